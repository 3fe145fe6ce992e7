"""Events from files, one at a time."""

from fastmi.io._lazy_event import LazyEvent


def read_events(path, columns=None):  # until readers are there
    raise NotImplementedError


__all__ = ["LazyEvent"]
