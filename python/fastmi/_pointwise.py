"""Pointwise mutual information of two columns, as users call it."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastmi._arguments import BinRange, Bins, NanPolicy, as_bins, as_ranges, as_workers, unit_of
from fastmi._binned import bin_codes, warn_if_outside
from fastmi._histogram import edges_around, fits_table
from fastmi._labels import as_labels
from fastmi._pointwise_table import PointwiseMutualInfo, of_table
from fastmi._variables import Discrete, Variable, as_variable, complete_rows_of


class _Axis(NamedTuple):
    """A column as rows or columns of a table."""

    codes: NDArray[np.int64]
    inside: NDArray[np.bool_]  # the range
    length: int
    values: NDArray[Any]  # edges or labels


def pointwise_mutual_info(
    x: ArrayLike,
    y: ArrayLike,
    *,
    bins: Bins = 20,
    range: BinRange = None,  # noqa: A002
    x_discrete: Discrete = None,
    y_discrete: Discrete = None,
    nan_policy: NanPolicy = "raise",
    base: float | None = None,
    workers: int | None = None,
) -> PointwiseMutualInfo:
    """Estimate how much more or less often than by chance the values of two columns occur together.

    Parameters
    ----------
    x, y : array_like of shape (n_samples,) or (n_samples, 1)
        Row i of both is the same sample. Numbers are binned, labels are taken as they are.
    bins : int or pair of int, default 20
        Bins of both, or of x and of y; where they are numbers.
    range : pair or two of float, optional
        Lowest and highest value that is binned, of both, or of x and of y (None where it is left to the samples).
    x_discrete, y_discrete : bool, optional
        Whether the values are labels. By default text, booleans, categories and other objects are, numbers are not.
    nan_policy : {"raise", "omit", "propagate"}
        What NaN in a row does: raise an error, leave the row out, or make the tables NaN.
    base : float, optional
        Unit of `pmi` and `positive`: 2 for bits. Nats by default.
    workers : int, optional
        Taken for the sake of equal signatures: counting into one table is not worth a thread.

    Returns
    -------
    PointwiseMutualInfo
        Tables of the pointwise information, its positive part, its normalised form, and the probabilities; and the
        edges or labels to which rows and columns belong: labels in sorted order, those of objects as they first occur.

    Raises
    ------
    ValueError
        For infinite values, NaN under "raise", several columns, unequally long or empty input, a range without samples,
        a table of more than 2**27 cells, and bins, ranges, policies or bases that do not exist.
    TypeError
        For complex and masked arrays, and labels that cannot be hashed.

    Warns
    -----
    UserWarning
        If samples lie outside the range. They are left out.

    See Also
    --------
    mutual_info : the mean, by method="histogram".
    Histogram.pointwise_mutual_info : the same of a histogram.

    References
    ----------
    K. W. Church, P. Hanks, "Word association norms, mutual information, and lexicography", Comput. Linguist. 16, 22
    (1990).
    G. Bouma, "Normalized (pointwise) mutual information in collocation extraction", Proc. GSCL (2009), 31.

    Examples
    --------
    >>> import fastmi
    >>> weather, umbrella = ["rain", "rain", "sun", "sun", "sun"], [True, True, False, False, True]
    >>> found = fastmi.pointwise_mutual_info(weather, umbrella, base=2)
    >>> found.x, found.y
    (array(['rain', 'sun'], dtype='<U4'), array([False,  True]))
    >>> found.normalized.round(3)
    array([[-1.   ,  0.557],
           [ 0.557, -0.365]])
    """
    unit = unit_of(base)
    as_workers(workers)
    sides = as_variable("x", x, x_discrete), as_variable("y", y, y_discrete)
    _check_one_column(sides)
    complete = complete_rows_of(sides, nan_policy)
    if not complete.any():
        raise ValueError(f"none of the {len(complete)} rows of x and y is without NaN in both; pass some that are")
    rows, columns = (
        _axis(side.select(complete), values, n_bins, pair, complete)
        for side, values, n_bins, pair in zip(sides, (x, y), as_bins(bins, 2), as_ranges(range, 2), strict=True)
    )
    inside = rows.inside & columns.inside
    found = of_table(_count(rows, columns, inside), rows.values, columns.values, unit)
    warn_if_outside(int(np.count_nonzero(~inside)), len(inside))
    if nan_policy == "propagate" and not complete.all():
        nothing = np.full(found.pmi.shape, np.nan)
        return PointwiseMutualInfo(nothing, nothing, nothing, nothing, found.x, found.y)
    return found


def _check_one_column(sides: tuple[Variable, Variable]) -> None:
    for name, values, *_ in sides:
        if values.shape[1] != 1:
            raise ValueError(
                f"{name} has {values.shape[1]} columns, and a table has one of x and one of y; pass {name}[:, c] for a "
                "column c"
            )


def _axis(
    side: Variable, passed: ArrayLike, n_bins: int, pair: tuple[float, float] | None, complete: NDArray[np.bool_]
) -> _Axis:
    """Return the axis of the complete rows of a column, with the labels as they were passed."""
    if side.is_label[0]:
        _, first, codes = np.unique(side.values[:, 0], return_index=True, return_inverse=True)
        labels = as_labels(side.name, passed)[0][complete][first]
        return _Axis(codes, np.ones(side.n_samples, np.bool_), len(labels), labels)
    edges = edges_around(side.values, [n_bins], [pair], side.name)
    (binned,), inside = bin_codes(side.values, edges)
    return _Axis(binned.codes, inside, n_bins, edges[0])


def _count(x: _Axis, y: _Axis, inside: NDArray[np.bool_]) -> NDArray[np.int64]:
    if not fits_table((x.length, y.length)):
        raise ValueError(f"a table of {x.length} x {y.length} cells is too large; pass fewer bins, or coarser labels")
    counts = np.bincount(x.codes[inside] * y.length + y.codes[inside], minlength=x.length * y.length)
    return counts.reshape(x.length, y.length)
