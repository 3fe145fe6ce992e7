"""Events as users pass them, all made one kind: what is to be read where it is needed."""

import hashlib
import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from fastmi._scan.columns import check_present
from fastmi.io import LazyEvent, read_events

Arrays = Mapping[str, Any]


def each_event(events: Any, names: Sequence[str], with_identity: bool) -> Iterator[LazyEvent]:
    """Take the events one by one; those that hold arrays already are reduced to what is asked for."""
    for place, event in enumerate(_iterate(events)):
        if isinstance(event, str | os.PathLike):
            yield from _in_file(event, names)
        elif isinstance(event, LazyEvent):
            yield event
        else:
            yield _at_hand(str(place), event, names, with_identity)


def number_of_events(events: Any) -> int | None:
    """Return how many there are if that is known without reading them."""
    if isinstance(events, str | os.PathLike) or not hasattr(events, "__len__"):
        return None
    if any(isinstance(event, str | os.PathLike) for event in events):
        return None  # files may hold several
    return len(events)


def arrays_of(event: LazyEvent, names: Sequence[str]) -> Arrays:
    """Read the arrays of these names, all of which have to be there."""
    arrays = event.read(names)
    if any(name not in arrays for name in names):
        check_present(event, names)
    return arrays


def _iterate(events: Any) -> Iterable[Any]:
    if isinstance(events, str | os.PathLike):
        return [events]
    if isinstance(events, Mapping) or _names_of_table(events) is not None:
        raise TypeError("events is a single event; pass a list of events, [event] if it is one")
    if not isinstance(events, Iterable):
        raise TypeError(f"events={events!r} is not an iterable of events; pass a list of mappings or paths")
    return events


def _in_file(path: str | os.PathLike[str], names: Sequence[str]) -> Iterator[LazyEvent]:
    try:
        yield from read_events(path, columns=names)
    except (OSError, ValueError) as error:
        yield LazyEvent(os.fspath(path), partial(_fail, error))


def _fail(error: Exception, _: Collection[str] | None) -> NoReturn:
    raise error


def _at_hand(name: str, event: Any, names: Sequence[str], with_identity: bool) -> LazyEvent:
    """Return an event whose arrays are in memory."""
    try:
        present = event if isinstance(event, Mapping) else _names_of_table(event)
        if present is None:
            raise TypeError(f"an event is a mapping from names to arrays, or a path; this is a {type(event).__name__}")
        check_present(present, names)
        arrays = {column: _as_array(event[column]) for column in names}
    except (ValueError, TypeError) as error:
        return LazyEvent(name, partial(_fail, error))
    return LazyEvent(name, partial(_given, arrays), identity=_digest(arrays) if with_identity else name)


def _given(arrays: Arrays, _: Collection[str] | None) -> Arrays:
    return arrays


def _names_of_table(event: Any) -> list[str] | None:
    """Return the names of the columns of a structured array, an Arrow table, an Awkward record or a data frame."""
    if isinstance(event, np.ndarray | np.void):
        return None if event.dtype.names is None else list(event.dtype.names)
    for attribute in ("column_names", "fields", "columns"):
        names = getattr(event, attribute, None)
        if names is not None:
            return list(names)
    return None


def _as_array(column: Any) -> NDArray[Any]:
    return np.asarray(column)


def _digest(arrays: Arrays) -> str:
    """Return what tells one event from another."""
    digest = hashlib.blake2b(digest_size=16)
    for name, array in arrays.items():
        digest.update(f"{name} {array.dtype} {array.shape} ".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()
