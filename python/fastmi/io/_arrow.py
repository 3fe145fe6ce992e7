"""Columns of Arrow tables as NumPy arrays."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastmi.io._reading import ContentsError, require


def table_arrays(table: Any) -> dict[str, NDArray[Any]]:
    """Return the columns of a table by name, with NaN for what is null; lists of equal lengths become matrices."""
    return {name: array_of(f"column {name!r}", table[name]) for name in table.column_names}


def check_unique(names: list[str]) -> None:
    """Raise if two columns have the same name."""
    repeated = {name for name in names if names.count(name) > 1}
    if repeated:
        raise ContentsError(f"several columns are called {min(repeated)!r}; rename all but one")


def array_of(what: str, column: Any) -> NDArray[Any]:
    """Return a chunked column, which messages call `what`, as an array."""
    types = require("pyarrow", "tables").types
    if types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if types.is_list(column.type) or types.is_large_list(column.type) or types.is_fixed_size_list(column.type):
        return _matrix(what, column.combine_chunks())
    if types.is_nested(column.type):
        raise ContentsError(f"{what} has the type {column.type}; flatten it to columns of numbers")
    has_holes = column.null_count and (types.is_integer(column.type) or types.is_boolean(column.type))
    if has_holes or types.is_decimal(column.type) or types.is_null(column.type):
        column = _as_float64(what, column)
    array: NDArray[Any] = column.to_numpy()
    return array


def _as_float64(what: str, column: Any) -> Any:
    pyarrow = require("pyarrow", "tables")
    try:
        return column.cast(pyarrow.float64())  # raises where an integer would be rounded
    except pyarrow.ArrowInvalid as error:
        raise ContentsError(
            f"{what} has empty cells and integers that float64, which marks them by NaN, cannot hold ({error}); "
            "fill the cells, or leave it out"
        ) from error


def _matrix(what: str, lists: Any) -> NDArray[Any]:
    """Return lists of equal lengths as rows, NaN for a list that is null."""
    pyarrow, compute = require("pyarrow", "tables"), require("pyarrow.compute", "tables")
    present = lists.is_valid().to_numpy(zero_copy_only=False)
    lengths = compute.list_value_length(lists).drop_null().to_numpy()
    ragged = lengths != lengths[:1]
    if ragged.any():
        first, bad = (int(np.flatnonzero(present)[i]) for i in (0, np.argmax(ragged)))
        raise ContentsError(
            f"{what} is ragged: row {bad} has {lengths[np.argmax(ragged)]} entries and row {first} has "
            f"{lengths[0]}; a matrix needs rows of equal length"
        )
    fixed = pyarrow.types.is_fixed_size_list(lists.type)
    width = lists.type.list_size if fixed else int(lengths[0]) if len(lengths) else 0
    entries = array_of(what, pyarrow.chunked_array([lists.flatten()]))
    rows = entries.reshape(len(lengths), width, *entries.shape[1:])
    if present.all():
        return rows
    matrix = np.full((len(lists), *rows.shape[1:]), np.nan)
    matrix[present] = rows
    return matrix
