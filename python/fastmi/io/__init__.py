"""Events from files, one at a time."""

from fastmi.io._lazy_event import LazyEvent

__all__ = ["LazyEvent"]
