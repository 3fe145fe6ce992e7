"""Events that could not be measured."""

import traceback
from dataclasses import dataclass

from fastmi.io._reading import ContentsError


@dataclass(frozen=True, order=True)
class Failure:
    """An event that could not be measured."""

    index: int  # its place among the events that were passed
    event: str
    error: str  # the type
    message: str


class KnownError(Exception):
    """What was wrong with an event, known before it is worked on."""

    def __init__(self, error: str, message: str, may_pass: bool = False) -> None:
        super().__init__(message)
        self.error = error
        self.may_pass = may_pass


def error_of(error: BaseException) -> str:
    """Return the name of the type of an error; of one of fastmi's own, of the type that it extends."""
    if isinstance(error, KnownError):
        return error.error
    return next(kind.__name__ for kind in type(error).__mro__ if not kind.__module__.startswith("fastmi."))


def may_pass(error: BaseException | None) -> bool:
    """Tell whether it is for want of a disk, of memory or of the like that an event failed: next time it may not."""
    if isinstance(error, KnownError):
        return error.may_pass
    if error is None or isinstance(error, ContentsError):  # of a library that has read what there is
        return False
    return isinstance(error, OSError | MemoryError) or may_pass(error.__cause__)


def traceback_of(error: BaseException) -> str:
    """Return where an error comes from as text, which travels anywhere; nothing for fastmi's own, which say all."""
    *_, (frame, _) = traceback.walk_tb(error.__traceback__)
    if frame.f_globals.get("__name__", "").partition(".")[0] == "fastmi":
        return ""
    return "".join(traceback.format_exception(error))
