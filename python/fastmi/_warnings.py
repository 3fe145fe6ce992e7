"""Warnings that point to the user's line, however deep in the package they arise."""

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import FrameType

_silent = ContextVar("_silent", default=False)


@contextmanager
def silence() -> Iterator[None]:
    """Warn of nothing in this thread: for rearrangements of samples that were warned of already."""
    token = _silent.set(True)
    try:
        yield
    finally:
        _silent.reset(token)


def warn(message: str) -> None:
    """Issue a UserWarning on behalf of the innermost caller outside the package."""
    if _silent.get():
        return
    frame: FrameType | None = sys._getframe()
    level = 1
    while frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] == "fastmi":
        frame, level = frame.f_back, level + 1
    warnings.warn(message, UserWarning, stacklevel=level)
