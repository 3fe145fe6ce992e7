"""Events that could not be measured."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Failure:
    """An event that could not be measured."""

    index: int  # its place among the events that were passed
    event: str
    error: str  # the type
    message: str


class KnownError(Exception):
    """What was wrong with an event, known before it is worked on."""

    def __init__(self, error: str, message: str) -> None:
        super().__init__(message)
        self.error = error


def error_of(error: Exception) -> str:
    """Return the name of the type of an error; of one of fastmi's own, of the type that it extends."""
    if isinstance(error, KnownError):
        return error.error
    return next(kind.__name__ for kind in type(error).__mro__ if not kind.__module__.startswith("fastmi."))
