"""Events and their columns as other libraries hold them.

None of these libraries is imported unless an object of it is there.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastmi._arguments import as_columns
from fastmi.io._arrow import table_arrays
from fastmi.io._names import library_of
from fastmi.io._reading import ContentsError, require


def are_awkward_events(events: Any) -> bool:
    """Return whether this is an Awkward array of which each entry holds lists: several events, with names as one has."""
    if library_of(events) != "awkward":
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
    unpack = _COLUMNS.get(library_of(column))
    values = column if unpack is None else unpack(name, column)
    if _is_numeric(values):
        return np.asarray(values)
    return as_columns(name, values, "k + 1 rows")  # which makes an array of lists, or says what is wrong


def _is_numeric(values: Any) -> bool:
    dtype = getattr(values, "dtype", None)
    return isinstance(dtype, np.dtype) and dtype.kind in "biuf" and not isinstance(values, np.ma.MaskedArray)


def _of_pandas(name: str, column: Any) -> Any:
    is_numeric = require("pandas", "data frames").api.types.is_numeric_dtype
    if column.ndim == 2:  # columns of two levels of names, under one of the first
        if not column.columns.is_unique:
            raise ValueError(f"several columns are called {name!r}; rename all but one")
        return np.column_stack([as_array(name, column.iloc[:, c]) for c in range(column.shape[1])])
    if column.dtype.name == "category":
        raise TypeError(f"{name} holds categories; pass numbers, such as the codes: .cat.codes")
    if not is_numeric(column.dtype):
        return column.tolist()  # whose entries may be lists of numbers
    if isinstance(column.dtype, np.dtype):
        return column.to_numpy()
    return column.to_numpy(np.float64, na_value=np.nan)


def _of_arrow(name: str, column: Any) -> NDArray[Any]:
    pyarrow = require("pyarrow", "tables")
    try:
        return table_arrays(pyarrow.table({name: column}))[name]
    except ContentsError as error:
        raise ValueError(str(error)) from error.__cause__


def _of_polars(name: str, column: Any) -> NDArray[Any]:
    require("pyarrow", "polars data frames")
    return _of_arrow(name, column.to_arrow())


def _of_awkward(name: str, column: Any) -> NDArray[Any]:
    require("pyarrow", "Awkward arrays")
    awkward = require("awkward", "Awkward arrays")
    return _of_arrow(name, awkward.to_arrow(column, extensionarray=False))


_COLUMNS: dict[str, Callable[[str, Any], Any]] = {
    "pandas": _of_pandas,
    "polars": _of_polars,
    "pyarrow": _of_arrow,
    "awkward": _of_awkward,
}
