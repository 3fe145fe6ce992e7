"""Events and their columns as other libraries hold them.

None of these libraries is imported unless an object of it is there.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastmi._arguments import as_columns
from fastmi._containers import numbers
from fastmi.io._names import library_of
from fastmi.io._reading import require


def are_awkward_events(events: Any) -> bool:
    """Return whether this is an Awkward array of which each entry holds lists: several events, with names as one has."""
    if not library_of(events, ["awkward"]):
        return False
    types = require("awkward", "Awkward arrays").types

    def present(kind: Any) -> Any:
        return kind.content if isinstance(kind, types.OptionType) else kind

    if not isinstance(events.type, types.ArrayType):  # but one record
        return False
    entry = present(events.type.content)
    parts = entry.contents if isinstance(entry, types.RecordType) else [entry]
    return any(isinstance(present(part), types.ListType) for part in parts)


def as_array(name: str, column: Any) -> NDArray[Any]:
    """Return a column of numbers as an array, NaN where one is missing, not copied where its memory can be used."""
    parts = getattr(column, "columns", None)  # of two levels of names, those under one of the first
    if library_of(column, ["pandas"]) and parts is not None and not parts.is_unique:
        raise ValueError(f"several columns are called {name!r}; rename all but one")
    values = numbers(name, column)
    if _is_numeric(values):
        return np.asarray(values)
    return as_columns(name, values, "k + 1 rows")  # which makes an array of lists, or says what is wrong


def _is_numeric(values: Any) -> bool:
    dtype = getattr(values, "dtype", None)
    return isinstance(dtype, np.dtype) and dtype.kind in "biuf" and not isinstance(values, np.ma.MaskedArray)
