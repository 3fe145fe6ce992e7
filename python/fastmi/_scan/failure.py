"""Events that could not be measured."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Failure:
    """An event that could not be measured."""

    index: int  # its place among the events that were passed
    event: str
    error: str  # the type
    message: str
