"""Events from files, one at a time."""

from fastmi.io._files import read_events
from fastmi.io._lazy_event import LazyEvent

__all__ = ["LazyEvent", "read_events"]
