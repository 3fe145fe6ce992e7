"""Distinct values, and distinct rows of them, of any type that can be told apart.

Values become codes 0, 1, 2 ... column by column, and rows of codes become one code a row: more columns than fit into
64 bits are only a matter of giving the distinct rows so far new numbers.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastmi._arguments import NanPolicy, check_no_lists, check_not_empty, column_of, kept_rows
from fastmi._containers import columns_of, labels

_MOST_CODES = 2**63 - 1
_MOST_EXACT = 2**53  # up to which every integer is a float64


class Codes(NamedTuple):
    """A column of numbers from 0 to n_codes - 1."""

    codes: NDArray[np.int64]
    n_codes: int


def count_labels(x: ArrayLike, nan_policy: NanPolicy) -> NDArray[np.int64] | None:
    """Count the distinct rows of x; None if there is NaN and the policy is "propagate"."""
    columns = as_labels("x", x)
    missing = np.asarray(np.any([is_nan(column) for column in columns], axis=0))
    kept = kept_rows("x", missing, nan_policy)
    if kept is None:
        return None
    return np.bincount(joint_codes(encode("x", column[kept]) for column in columns))


def joint_codes(columns: Iterable[Codes]) -> NDArray[np.int64]:
    """Return a number for each distinct row of columns of codes, the same for equal rows, less than their number."""
    rows, n_rows = np.zeros((), np.int64), 1
    for codes, n_codes in columns:
        if n_rows * n_codes > _MOST_CODES:
            (rows, n_rows), (codes, n_codes) = _renumber(rows), _renumber(codes)
        rows, n_rows = rows * n_codes + codes, n_rows * n_codes
    return rows if n_rows <= len(rows) else _renumber(rows).codes


def as_labels(name: str, values: ArrayLike) -> list[NDArray[Any]]:
    """Return the columns of `values`, of dtype object where types are mixed; those of a data frame as they are."""
    if isinstance(values, np.ma.MaskedArray):
        raise TypeError(
            f"{name} is a masked array, whose mask would be lost; pass {name}.compressed(), or "
            f"{name}.filled(...) with a label for what is masked"
        )
    frame = columns_of(values)
    if frame is not None:
        check_not_empty(name, (len(values), len(frame)), "one row")  # type: ignore[arg-type]
        return [_column(column_of(name, label), part) for label, part in frame]
    array = _as_array(labels(name, values))
    if array.dtype.kind == "V":
        raise TypeError(f"{name} has dtype {array.dtype}; pass its fields as the columns of a 2-D array")
    if array.ndim not in (1, 2):
        raise ValueError(
            f"{name} has shape {array.shape}; pass an array of shape (n_samples,) or (n_samples, n_columns)"
        )
    check_not_empty(name, array.shape, "one row")
    return list(array.T) if array.ndim == 2 else [array]


def _column(name: str, values: Any) -> NDArray[Any]:
    """Return a column of a data frame."""
    columns = as_labels(name, values)
    check_no_lists(name, len(columns))
    return columns[0]


def _as_array(values: ArrayLike) -> NDArray[Any]:
    """Return `values` as an array; a list keeps apart what NumPy would not."""
    try:
        array = np.asarray(values)
    except ValueError:  # entries of unequal length, such as words as tuples of letters, are labels themselves
        return np.fromiter(cast("Sequence[object]", values), object)
    if array.dtype.kind in "USf" and not isinstance(values, np.ndarray):
        objects = np.asarray(values, object)
        if not _are_told_apart(objects, array.dtype.kind):
            return objects
    return array


def _are_told_apart(objects: NDArray[Any], kind: str) -> bool:
    """Return whether an array of one type, text or float64, has a value of its own for every different object."""
    if kind == "f":
        return not any(isinstance(entry, int) and abs(entry) > _MOST_EXACT for entry in objects.flat)
    text, end = (str, "\0") if kind == "U" else (bytes, b"\0")
    return all(isinstance(entry, text) and not entry.endswith(end) for entry in objects.flat)  # type: ignore[arg-type]


def is_nan(column: NDArray[Any]) -> NDArray[np.bool_]:
    """Return where a column of any type has a NaN or NaT."""
    if column.dtype.kind in "fcmM":
        return np.asarray(np.isnan(column))
    if column.dtype.kind == "O":
        return np.array([_differs_from_itself(value) for value in column])
    return np.zeros(len(column), np.bool_)


def _differs_from_itself(value: object) -> bool:
    """Return whether it is a NaN, of whatever type, NaT, or pandas.NA, which says neither yes nor no."""
    try:
        return bool(value != value)  # noqa: PLR0124
    except TypeError:
        return True
    except (ValueError, ArithmeticError):
        return False


def encode(name: str, column: NDArray[Any]) -> Codes:
    """Give each distinct value of a column without NaN a number."""
    if column.dtype.kind in "biu":
        low, high = column.min(), column.max()
        n_codes = int(high) - int(low) + 1
        if n_codes <= len(column):  # the integers are codes but for an offset, and need not be sorted
            return Codes(np.subtract(column, low, dtype=np.int64, casting="unsafe"), n_codes)
    if column.dtype.kind != "O":
        return _renumber(column)
    table: dict[object, int] = {}  # objects need have no order, so they are hashed
    codes = np.empty(len(column), np.int64)
    for row, value in enumerate(column):
        try:
            codes[row] = table.setdefault(value, len(table))
        except TypeError:
            raise TypeError(
                f"{name} holds a {type(value).__name__} in row {row}, which cannot be hashed; pass labels such as "
                "numbers, strings or tuples, or the rows of a 2-D array"
            ) from None
    return Codes(codes, len(table))


def _renumber(column: NDArray[Any]) -> Codes:
    distinct, codes = np.unique(column, return_inverse=True)
    return Codes(codes.reshape(column.shape), len(distinct))
