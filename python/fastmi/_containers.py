"""Samples as other libraries hold them, made NumPy arrays: NaN where one is missing, not copied where memory can be used.

None of these libraries is imported unless an object of it is there: objects are known by the names of their types.
"""

from collections.abc import Callable, Hashable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fastmi.io._arrow import array_of
from fastmi.io._names import library_of
from fastmi.io._reading import ContentsError, require


class _Ways(NamedTuple):
    """How a column, which messages call by the first argument, becomes an array."""

    numbers: Callable[[str, Any], Any]
    labels: Callable[[str, Any], Any]


def columns_of(values: Any) -> list[tuple[Hashable, Any]] | None:
    """Return the columns of a data frame by name; None of what is none, or is one matrix of numbers."""
    kind = _kind(values)
    if not _is_frame(kind, values):
        return None
    names = list(getattr(values, _FRAMES[kind]))
    if kind == "pandas.DataFrame":
        return [(name, values.iloc[:, c]) for c, name in enumerate(names)]  # by place, since names may be equal
    if kind.startswith("pyarrow."):
        return list(zip(names, values.columns, strict=True))
    return [(name, values[name]) for name in names]


def column_names(values: Any, n_columns: int) -> list[Hashable] | None:
    """Return the names of the columns, None where they have none; those of a column of lists are numbered."""
    kind = _kind(values)
    if kind == "xarray.DataArray" and values.ndim == 2 and values.dims[1] in values.coords:
        return list(values[values.dims[1]].values.tolist())
    if kind in _FRAMES:
        return list(getattr(values, _FRAMES[kind])) or None
    name = getattr(values, "name", None) if kind in _NAMED_COLUMNS else None
    if name is None or name == "":
        return None
    return [name] if n_columns == 1 else [f"{name}[{c}]" for c in range(n_columns)]


def numbers(name: str, values: Any) -> Any:
    """Return an array of what is to be numbers; lists, and data frames of several columns, as they are."""
    kind = _kind(values)
    return values if _is_frame(kind, values) else _COLUMNS.get(kind, _OTHERS).numbers(name, values)


def labels(name: str, values: Any) -> Any:
    """Return an array that tells apart what differs; lists, and data frames of several columns, as they are."""
    kind = _kind(values)
    return values if _is_frame(kind, values) else _COLUMNS.get(kind, _OTHERS).labels(name, values)


def are_categories(values: Any) -> bool:
    """Return whether these are labels, though they may be numbers."""
    return getattr(getattr(values, "dtype", None), "name", None) == "category"


def as_table(matrix: NDArray[np.float64], x: Any, y: Any) -> Any:
    """Return a matrix, with a row a column of x and a column one of y, as a table of the library of x, or else of y."""
    for side in (x, y):
        library = library_of(side, _TABLES)
        if library:
            return _TABLES[library](matrix, x, y)
    return matrix


def _kind(thing: Any) -> str:
    """Return the type of these libraries that the thing has, or that its type extends."""
    if isinstance(thing, np.ndarray):  # soonest, since most are
        return ""
    kinds = (f"{base.__module__.partition('.')[0]}.{base.__name__}" for base in type(thing).__mro__)
    return next((kind for kind in kinds if kind in _KINDS), "")


def _is_frame(kind: str, values: Any) -> bool:
    """Return whether this holds columns of its own, which are not one matrix of numbers."""
    if kind == "awkward.Array":
        return bool(values.fields)
    return kind in _FRAMES and not _is_matrix(kind, values)


def _is_matrix(kind: str, frame: Any) -> bool:
    """Return whether all columns of a data frame are numbers of one type of NumPy's, which it makes one array."""
    if kind not in ("pandas.DataFrame", "polars.DataFrame"):
        return False
    types = set(frame.dtypes)
    is_plain = _is_plain_pandas if kind == "pandas.DataFrame" else _is_plain_polars
    return len(types) == 1 and is_plain(types.pop())


def _exported(name: str, values: Any) -> Any:
    """Return the array of anything that offers its memory: tensors, labelled arrays, arrays of other kinds."""
    if isinstance(values, np.ndarray):
        return values
    is_array = hasattr(values, "__array__")
    if not (is_array or hasattr(values, "__dlpack__")):
        return values
    try:
        return np.asarray(values) if is_array else np.from_dlpack(values)
    except (BufferError, RuntimeError, TypeError) as error:  # on another device, or with a gradient to be tracked
        raise TypeError(f"{name}, of type {type(values).__name__}, cannot be read as an array: {error}") from error


# pandas


def _is_plain_pandas(dtype: Any) -> bool:
    return isinstance(dtype, np.dtype) and dtype.kind in "biuf"


def _pandas_numbers(name: str, column: Any) -> Any:
    if are_categories(column):
        raise TypeError(f"{name} holds categories; pass numbers, such as the codes: .cat.codes")
    types = require("pandas", "data frames").api.types
    if not (types.is_numeric_dtype(column.dtype) or types.is_bool_dtype(column.dtype)):
        return column.tolist()  # whose entries may be lists of numbers
    if isinstance(column.dtype, np.dtype):
        return column.to_numpy()
    return column.to_numpy(np.float64, na_value=np.nan)


def _pandas_labels(name: str, column: Any) -> NDArray[Any]:
    if isinstance(column.dtype, np.dtype) and column.dtype.kind != "O":
        return np.asarray(column)
    if getattr(column.dtype, "kind", "O") == "M":  # times of a time zone, or of Arrow
        return np.asarray(column.to_numpy("M8[ns]", na_value=np.datetime64("NaT")))
    types = require("pandas", "data frames").api.types
    is_whole = types.is_integer_dtype(column.dtype) or types.is_bool_dtype(column.dtype)
    if types.is_numeric_dtype(column.dtype) and not is_whole:
        return np.asarray(_pandas_numbers(name, column))
    if is_whole and not column.isna().any():
        return np.asarray(column)
    return np.asarray(column.to_numpy(object, na_value=np.nan))


def _pandas_table(matrix: NDArray[np.float64], x: Any, y: Any) -> Any:
    # The index of a data frame has more than names of columns: levels, and their names.
    index, columns = (
        side.columns if _kind(side) == "pandas.DataFrame" else column_names(side, n)
        for side, n in zip((x, y), matrix.shape, strict=True)
    )
    return require("pandas", "data frames").DataFrame(matrix, index=index, columns=columns)


# Arrow


def _arrow_numbers(name: str, column: Any) -> NDArray[Any]:
    try:
        return array_of(name, _chunked(column))
    except ContentsError as error:
        raise ValueError(str(error)) from error.__cause__


def _arrow_labels(name: str, column: Any) -> NDArray[Any]:
    types = require("pyarrow", "tables").types
    column = _chunked(column)
    if types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if types.is_nested(column.type) or types.is_decimal(column.type):
        return _arrow_numbers(name, column)
    array: NDArray[Any] = column.to_numpy()
    if column.null_count and (array.dtype.kind == "O" or types.is_integer(column.type)):
        return _objects(column.to_pylist())
    return array


def _chunked(column: Any) -> Any:
    pyarrow = require("pyarrow", "tables")
    return column if isinstance(column, pyarrow.ChunkedArray) else pyarrow.chunked_array([column])


def _objects(entries: list[Any]) -> NDArray[Any]:
    """Return the entries of a column one by one, which does not round integers."""
    return np.fromiter((np.nan if entry is None else entry for entry in entries), object, len(entries))


# polars


def _is_plain_polars(dtype: Any) -> bool:
    return bool(dtype.is_float() or (dtype.is_integer() and not str(dtype).endswith("128")))


def _polars_numbers(name: str, column: Any) -> NDArray[Any]:
    polars, dtype = require("polars", "data frames"), column.dtype
    if dtype.is_nested():
        require("pyarrow", "lists of polars")
        return _arrow_numbers(name, column.to_arrow())
    is_number = dtype.is_numeric() or dtype in (polars.Boolean, polars.Null)
    if is_number and not _is_plain_polars(dtype) and (dtype != polars.Boolean or column.null_count()):
        column = column.cast(polars.Float64)
    return np.asarray(column.to_numpy())


def _polars_labels(name: str, column: Any) -> NDArray[Any]:
    dtype, has_nulls = column.dtype, column.null_count() > 0
    if dtype.is_nested() or dtype.is_decimal():
        return _polars_numbers(name, column)
    if dtype.is_integer() and (has_nulls or not _is_plain_polars(dtype)):
        return _objects(column.to_list())
    array = np.asarray(column.to_numpy())
    return _objects(array.tolist()) if has_nulls and array.dtype.kind == "O" else array


def _polars_table(matrix: NDArray[np.float64], x: Any, y: Any) -> Any:
    """Return the matrix with the names of x in a first column, as polars transposes with a header."""
    polars = require("polars", "data frames")
    x_names, y_names = (column_names(side, n) for side, n in zip((x, y), matrix.shape, strict=True))
    if x_names is not None and y_names is not None and "column" in y_names:
        raise ValueError("a column of y is called 'column', as is the one that names the rows of the result; rename it")
    table = polars.DataFrame(matrix, schema=y_names and [str(name) for name in y_names], orient="row")
    if x_names is None:
        return table
    return table.insert_column(0, polars.Series("column", [str(name) for name in x_names]))


# Awkward Array


def _awkward_numbers(name: str, column: Any) -> NDArray[Any]:
    if _is_rectangular(column):
        return np.asarray(_exported(name, column))
    return _arrow_numbers(name, _arrow_of_awkward(column))


def _awkward_labels(name: str, column: Any) -> NDArray[Any]:
    if _is_rectangular(column):
        return np.asarray(_exported(name, column))
    return _arrow_labels(name, _arrow_of_awkward(column))


def _is_rectangular(column: Any) -> bool:
    """Return whether there are numbers, none of them missing, in lists of one length if in any."""
    types = require("awkward", "Awkward arrays").types
    content = column.type.content
    while isinstance(content, types.RegularType):
        content = content.content
    return isinstance(content, types.NumpyType)


def _arrow_of_awkward(column: Any) -> Any:
    require("pyarrow", "Awkward arrays")
    return require("awkward", "Awkward arrays").to_arrow(column, extensionarray=False)


# xarray


def _xarray_table(matrix: NDArray[np.float64], x: Any, y: Any) -> Any:
    names = {"x": column_names(x, matrix.shape[0]), "y": column_names(y, matrix.shape[1])}
    coords = {dim: _one_a_column(found) for dim, found in names.items() if found is not None}
    return require("xarray", "labelled arrays").DataArray(matrix, coords, dims=("x", "y"))


def _one_a_column(names: list[Hashable]) -> Any:
    """Return names, tuples among which are not to become rows of a matrix."""
    return np.fromiter(names, object, len(names)) if any(isinstance(name, tuple) for name in names) else names


_FRAMES = {  # and which attribute has the names of their columns
    "awkward.Array": "fields",
    "pandas.DataFrame": "columns",
    "polars.DataFrame": "columns",
    "pyarrow.RecordBatch": "column_names",
    "pyarrow.Table": "column_names",
}
_OTHERS = _Ways(_exported, _exported)
_PANDAS = _Ways(_pandas_numbers, _pandas_labels)
_ARROW = _Ways(_arrow_numbers, _arrow_labels)
_COLUMNS = {
    "awkward.Array": _Ways(_awkward_numbers, _awkward_labels),
    "pandas.ExtensionArray": _PANDAS,
    "pandas.Index": _PANDAS,
    "pandas.Series": _PANDAS,
    "polars.Series": _Ways(_polars_numbers, _polars_labels),
    "pyarrow.Array": _ARROW,
    "pyarrow.ChunkedArray": _ARROW,
}
_NAMED_COLUMNS = {"pandas.Index", "pandas.Series", "polars.Series", "xarray.DataArray"}
_KINDS = {*_FRAMES, *_COLUMNS, *_NAMED_COLUMNS}
_TABLES: dict[str, Callable[[NDArray[np.float64], Any, Any], Any]] = {
    "pandas": _pandas_table,
    "polars": _polars_table,
    "xarray": _xarray_table,
}
