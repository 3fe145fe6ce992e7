"""Warnings that point to the user's line, however deep in the package they arise."""

import sys
import warnings
from types import FrameType


def warn(message: str) -> None:
    """Issue a UserWarning on behalf of the innermost caller outside the package."""
    frame: FrameType | None = sys._getframe()
    level = 1
    while frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] == "fastmi":
        frame, level = frame.f_back, level + 1
    warnings.warn(message, UserWarning, stacklevel=level)
