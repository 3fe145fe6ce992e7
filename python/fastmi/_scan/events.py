"""Events as users pass them, all made one kind: what is to be read where it is needed."""

import hashlib
import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from fastmi._scan.columns import absent, check_present
from fastmi._scan.containers import are_awkward_events, as_array
from fastmi._scan.failure import KnownError, error_of, may_pass
from fastmi.io import LazyEvent, read_events
from fastmi.io._files import Listing
from fastmi.io._names import names_in

Arrays = Mapping[str, NDArray[Any]]


def each_event(events: Any, names: Sequence[str], with_identity: bool) -> Iterator[LazyEvent]:
    """Take the events one by one; those that hold arrays already are reduced to what is asked for."""
    if isinstance(events, str | os.PathLike):
        yield from read_events(events, columns=names)
        return
    place, listing = 0, Listing(names)
    for event in _iterate(events):
        for lazy in _lazy(place, event, names, listing, with_identity):
            yield lazy
            place += 1


def number_of_events(events: Any) -> int | None:
    """Return how many there are if that is known without taking any."""
    if not isinstance(events, list | tuple):  # others may have a length, and still make events as they are taken
        return None
    if any(isinstance(event, str | os.PathLike) for event in events):
        return None  # files may hold several
    return len(events)


def arrays_of(event: LazyEvent, names: Sequence[str]) -> Arrays:
    """Read the arrays of these names, all of which have to be there."""
    arrays = event.read(names)
    for name in names:
        if name not in arrays:
            raise _absent(name, event, arrays)
    return {name: as_array(name, arrays[name]) for name in names}


def _absent(name: str, event: LazyEvent, arrays: Mapping[str, Any]) -> ValueError:
    """Return the error that says which arrays there are: all, or those of `arrays` if others cannot be read."""
    if event._columns is not None and name not in event._columns:
        columns = list(event._columns)
        return ValueError(f"there is no array {name!r}: the event is read with columns={columns}; add {name!r} to them")
    try:
        return absent(name, names_in(event._load(None)) or ())
    except Exception:  # noqa: BLE001
        return absent(name, arrays)


def _iterate(events: Any) -> Iterable[Any]:
    if names_in(events) is not None and not are_awkward_events(events):
        raise TypeError(
            f"events is a single event, of type {type(events).__name__}; pass a list of events: [event] if it is one, or "
            "the values of a mapping that holds several"
        )
    if not isinstance(events, Iterable):
        raise TypeError(f"events={events!r} is not an iterable of events; pass a list of mappings or paths")
    return events


def _lazy(place: int, event: Any, names: Sequence[str], listing: Listing, with_identity: bool) -> Iterable[LazyEvent]:
    """Return an event as one that is read later, or those of a path."""
    if isinstance(event, str | os.PathLike):
        return listing.events(event)
    if isinstance(event, LazyEvent):
        return [event]
    return [_at_hand(str(place), event, names, with_identity)]


def _at_hand(name: str, event: Any, names: Sequence[str], with_identity: bool) -> LazyEvent:
    """Return an event that holds its arrays, or reads them here."""
    try:
        present = names_in(event)
        if present is None:
            raise TypeError(f"an event is a mapping from names to arrays, or a path; this is a {type(event).__name__}")
        check_present(present, names)
        # Copies, since whoever makes events one by one may use the same memory for the next.
        arrays = {column: np.array(as_array(column, event[column])) for column in names}
    except ImportError:  # which no other event would be spared
        raise
    except Exception as error:  # noqa: BLE001, whatever it is that is wrong with an event
        return _failing(name, error)
    return LazyEvent(name, partial(_given, arrays), identity=_digest(arrays) if with_identity else name)


def _given(arrays: Arrays, _: Collection[str] | None) -> Arrays:
    return arrays


def _failing(name: str, error: Exception) -> LazyEvent:
    """Return an event that fails where it is worked on. The error itself may be of a type that cannot travel there."""
    return LazyEvent(name, partial(_fail, error_of(error), str(error), may_pass(error)))


def _fail(error: str, message: str, passing: bool, _: Collection[str] | None) -> NoReturn:
    raise KnownError(error, message, passing)


def _digest(arrays: Arrays) -> str:
    """Return what tells one event from another."""
    digest = hashlib.blake2b(digest_size=16)
    for name, array in arrays.items():
        digest.update(f"{name} {array.dtype} {array.shape} ".encode())
        # Of long doubles a part of the bytes is padding, which may be anything.
        is_long = array.dtype.type is np.longdouble
        with np.errstate(over="ignore"):
            digest.update(np.ascontiguousarray(array, np.float64 if is_long else None).data)
    return digest.hexdigest()
