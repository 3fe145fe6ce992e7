"""Variables of several columns, each of numbers or of labels, as users pass them: arrays, lists, series, data frames.

A column of labels becomes one of codes 0, 1, 2 ..., so that a variable is a float64 matrix whatever it holds, with NaN
where an entry is missing.
"""

from collections.abc import Hashable, Iterator, Sequence
from numbers import Real
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastmi._arguments import (
    NanPolicy,
    Period,
    as_periods,
    as_samples,
    check_nan_policy,
    column_of,
    complete_rows,
    rows_with_nan,
)
from fastmi._containers import are_categories, column_names, columns_of, labels
from fastmi._labels import Codes, as_labels, encode, is_nan, joint_codes

Discrete = bool | Sequence[bool] | NDArray[np.bool_] | None


class Variable(NamedTuple):
    """The samples of a variable, and what its columns are."""

    name: str
    values: NDArray[np.float64]  # of shape (n_samples, n_columns), column after column; codes in columns of labels
    periods: list[float]  # of each column, 0 if it has none
    is_label: list[bool]  # of each column
    names: Sequence[Hashable] | None = None  # of the columns, where they have some

    @property
    def n_samples(self) -> int:
        """Return the number of rows."""
        return len(self.values)

    @property
    def n_columns(self) -> int:
        """Return the number of columns."""
        return len(self.is_label)

    def column_name(self, c: int) -> str:
        """Return what messages call a column."""
        return f"column {c} of {self.name}" if self.names is None else column_of(self.name, self.names[c])

    def columns(self) -> Iterator["Variable"]:
        """Return a variable for each column."""
        for c, (period, is_label) in enumerate(zip(self.periods, self.is_label, strict=True)):
            yield Variable(self.name, self.values[:, c : c + 1], [period], [is_label])

    def rows(self, begin: int, end: int) -> "Variable":
        """Return the same of a stretch of rows."""
        whole = begin == 0 and end == self.n_samples
        return self if whole else self._replace(values=np.asfortranarray(self.values[begin:end]))

    def select(self, rows: NDArray[np.bool_]) -> "Variable":
        """Return the same of some rows."""
        return self if rows.all() else self._replace(values=np.asfortranarray(self.values[rows]))

    def take(self, rows: NDArray[np.int64]) -> "Variable":
        """Return the same of these rows, in their order."""
        return self._replace(values=np.asfortranarray(self.values[rows]))

    def only(self, columns: NDArray[np.intp]) -> "Variable":
        """Return the same of some columns."""
        return Variable(
            self.name,
            np.asfortranarray(self.values[:, columns]),
            [self.periods[c] for c in columns],
            [self.is_label[c] for c in columns],
        )

    def codes(self) -> NDArray[np.int64]:
        """Return a number for each distinct row of labels, without NaN."""
        columns = [column.astype(np.int64) for column in self.values.T]
        return joint_codes(Codes(column, int(column.max()) + 1) for column in columns)


class _Column(NamedTuple):
    name: str
    values: NDArray[Any]
    looks_like_labels: bool


def as_numbers(name: str, values: ArrayLike, period: Period = None) -> Variable:
    """Return `values` as a variable of numbers, for what takes no labels: objects are refused."""
    samples, _ = as_samples(name, values)
    n_columns = samples.shape[1]
    periods = as_periods(f"{name}_period", period, n_columns)
    return Variable(name, samples, periods, [False] * n_columns, column_names(values, n_columns))


def as_variable(name: str, values: ArrayLike, discrete: Discrete = None, period: Period = None) -> Variable:
    """Return `values` as a variable.

    `discrete` says which columns are labels, one entry for all or one a column. If it is None, those of text, booleans,
    categories and other objects are.
    """
    if isinstance(values, np.ma.MaskedArray):
        raise TypeError(
            f"{name} is a masked array, whose mask would be lost; pass {name}.astype(object).filled(numpy.nan) "
            "with nan_policy='omit'"
        )
    columns = _columns(name, values)
    names = column_names(values, len(columns))
    is_label = [c.looks_like_labels for c in columns] if discrete is None else flags_of(name, discrete, len(columns))
    periods = as_periods(f"{name}_period", period, len(columns))
    _check_no_period_of_labels(name, periods, is_label)
    exported = labels(name, values)
    if isinstance(exported, np.ndarray) and exported.dtype.kind != "O" and not any(is_label):
        return Variable(name, as_samples(name, exported)[0], periods, is_label, names)
    matrix = np.empty((len(columns[0].values), len(columns)), order="F")
    for c, (column, label) in enumerate(zip(columns, is_label, strict=True)):
        matrix[:, c] = _codes(column.name, column.values) if label else _numbers(column.name, column.values)
    return Variable(name, matrix, periods, is_label, names)


def flags_of(name: str, discrete: Discrete, n_columns: int) -> list[bool]:
    """Return for each column whether it is said to be labels."""
    try:
        flags = np.asarray(discrete)
    except ValueError:  # ragged
        flags = np.empty(0)
    if flags.dtype != np.bool_ or flags.ndim > 1:
        raise TypeError(f"{name}_discrete={discrete!r} is not None, True, False, or a sequence of them, one a column")
    if flags.ndim == 1 and len(flags) != n_columns:
        raise ValueError(
            f"{name}_discrete has {len(flags)} entries for {n_columns} columns; pass one for all, or one a column"
        )
    return [bool(flag) for flag in np.broadcast_to(flags, n_columns)]


def joined(name: str, variables: Sequence[Variable]) -> Variable:
    """Return all columns as those of one variable."""
    values = np.empty((variables[0].n_samples, sum(variable.n_columns for variable in variables)), order="F")
    np.concatenate([variable.values for variable in variables], axis=1, out=values)
    return Variable(
        name,
        values,
        [period for variable in variables for period in variable.periods],
        [label for variable in variables for label in variable.is_label],
    )


def codes_of(name: str, labels: ArrayLike, beside: Variable) -> NDArray[np.int64]:
    """Return a number for each distinct row of labels, of which each row of another variable has one."""
    variable = as_variable(name, labels, discrete=True)
    check_equal_lengths([beside, variable])
    missing = rows_with_nan(variable.values)
    if missing.any():
        raise ValueError(
            f"{name} has NaN in {int(missing.sum())} of {len(missing)} rows, first in row {int(np.argmax(missing))}; "
            "give such rows a label of their own, or leave them out"
        )
    return variable.codes()


def check_equal_lengths(variables: Sequence[Variable]) -> None:
    """Raise unless all have as many rows."""
    first = variables[0]
    for variable in variables[1:]:
        if variable.n_samples != first.n_samples:
            raise ValueError(
                f"{first.name} has {first.n_samples} rows but {variable.name} has {variable.n_samples}; row i of "
                f"{'both' if len(variables) == 2 else 'all'} must be the same sample"
            )


def complete_rows_of(variables: Sequence[Variable], nan_policy: NanPolicy) -> NDArray[np.bool_]:
    """Return in which rows no variable has NaN, of which "raise" demands all and "omit" one."""
    complete = rows_without_nan(variables, nan_policy)
    if nan_policy == "omit" and not complete.any():
        raise ValueError(
            f"{' and '.join(variable.name for variable in variables)} have 0 rows without NaN, of {len(complete)}; pass "
            "rows without NaN"
        )
    return complete


def rows_without_nan(variables: Sequence[Variable], nan_policy: NanPolicy) -> NDArray[np.bool_]:
    """Return in which rows no variable has NaN, of which "raise" demands all."""
    check_nan_policy(nan_policy)
    check_equal_lengths(variables)
    complete = np.ones(variables[0].n_samples, np.bool_)
    for variable in variables:
        if np.isnan(variable.values).any():
            complete &= complete_rows(variable.name, rows_with_nan(variable.values), nan_policy)
    return complete


def _columns(name: str, values: Any) -> list[_Column]:
    """Return the columns, each of the type it has in a data frame or a series."""
    frame = columns_of(values)
    if frame is not None:
        arrays = as_labels(name, values)
        return [
            _column(column_of(name, label), part, array) for (label, part), array in zip(frame, arrays, strict=True)
        ]
    return [_column(name, values, array) for array in as_labels(name, values)]


def _column(name: str, values: Any, array: NDArray[Any]) -> _Column:
    return _Column(name, array, looks_like_labels=are_categories(values) or _looks_like_labels(array))


def _looks_like_labels(column: NDArray[Any]) -> bool:
    if column.dtype.kind == "O":
        return not all(_is_number(entry) for entry in column[~_is_missing(column)])
    return column.dtype.kind in "bUS"


def _is_missing(column: NDArray[Any]) -> NDArray[np.bool_]:
    """Return where there is no number: NaN, or None in a column of objects."""
    return np.array([entry is None for entry in column]) | is_nan(column)


def _is_number(entry: object) -> bool:
    return type(entry) is not bool and isinstance(entry, Real)


def _check_no_period_of_labels(name: str, periods: list[float], is_label: list[bool]) -> None:
    for column, (period, label) in enumerate(zip(periods, is_label, strict=True)):
        if label and period:
            raise ValueError(
                f"{name}_period has {period} for column {column}, which holds labels; pass None there, or "
                f"{name}_discrete=False if they are numbers"
            )


def _numbers(name: str, column: NDArray[Any]) -> NDArray[np.float64]:
    missing = _is_missing(column)
    if column.dtype.kind == "O" and all(isinstance(entry, Real | np.bool_) for entry in column[~missing]):
        numbers = np.where(missing, np.nan, column)
        try:
            column = numbers.astype(np.float64)
        except OverflowError:
            raise ValueError(f"{name} has an integer too large for float64; scale the column") from None
    return np.asarray(as_samples(name, column)[0][:, 0])


def _codes(name: str, column: NDArray[Any]) -> NDArray[np.float64]:
    missing = is_nan(column)
    codes = np.full(len(column), np.nan)
    if not missing.all():
        codes[~missing] = encode(name, column[~missing]).codes
    return codes
