"""Mutual information, as users call it."""

from collections.abc import Iterator
from typing import Any, SupportsIndex, TypedDict, Unpack, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastmi._arguments import (
    BinRange,
    Bins,
    Lags,
    NanPolicy,
    Period,
    as_bins,
    as_lags,
    as_ranges,
    check_no_second_side,
    unit_of,
)
from fastmi._containers import as_table
from fastmi._estimate import Estimate, Estimates, warn_if_coincident
from fastmi._estimators import ESTIMATORS, Estimator
from fastmi._marginals import Marginals
from fastmi._methods import Options, method_of, options_of, prepared, variable_for
from fastmi._variables import Discrete, Variable, complete_rows_of, rows_without_nan


class _Keywords(TypedDict, total=False):
    k: SupportsIndex
    method: str
    bins: Bins
    range: BinRange
    correction: str | None
    x_period: Period
    y_period: Period
    x_discrete: Discrete
    y_discrete: Discrete
    marginals: Marginals
    nan_policy: NanPolicy
    base: float | None
    workers: int | None


@overload
def mutual_info(x: ArrayLike, y: ArrayLike, *, lag: int = ..., **options: Unpack[_Keywords]) -> float: ...
@overload
def mutual_info(x: ArrayLike, y: ArrayLike, *, lag: Lags, **options: Unpack[_Keywords]) -> NDArray[np.float64]: ...


def mutual_info(
    x: ArrayLike,
    y: ArrayLike,
    *,
    k: SupportsIndex = 3,
    method: str = "ksg1",
    bins: Bins = 20,
    range: BinRange = None,  # noqa: A002
    correction: str | None = None,
    lag: int | Lags = 0,
    x_period: Period = None,
    y_period: Period = None,
    x_discrete: Discrete = None,
    y_discrete: Discrete = None,
    marginals: Marginals = None,
    nan_policy: NanPolicy = "raise",
    base: float | None = None,
    workers: int | None = None,
) -> float | NDArray[np.float64]:
    """Estimate the mutual information I(X;Y) of two variables.

    Parameters
    ----------
    x, y : array_like of shape (n_samples,) or (n_samples, n_columns)
        Row i of both is the same sample. Numbers of any real type, computed in float64; for "mixed" and "histogram" also
        labels. Columns are taken as they are, neither rescaled nor jittered: estimators by neighbours see all columns
        of one side at one scale, so give them comparable units. A data frame, a tensor or what else holds an array may
        be passed in place of one; rows go by position.
    k : int, default 3
        Neighbours that set the radius of a sample. More lowers the variance and raises the bias. For "ksg1", "ksg2" and
        "mixed".
    method : {"ksg1", "ksg2", "mixed", "gaussian", "histogram"}
        The estimator. "ksg1" and "ksg2" are for continuous variables; the second has a little less bias where there is
        much information, and more scatter. "mixed" is for variables of which any column may be discrete, continuous, or
        both at once; it is "ksg1", bit for bit, where no distances are equal (those of ranks, of values on a grid, and
        of values that repeat are). Samples alone with their labels have a term of 0. "gaussian" takes the variables for normal, and
        is a lower bound if the columns of one side are. "histogram" is the plug-in estimate from equally wide bins; it
        is biased upwards, by about (number of cells) / (2 n_samples).
    bins : int or sequence of int, default 20
        Bins a column, for "histogram": one number for all, or one for each column of x and then of y. A column of labels
        has a bin for each.
    range : pair or sequence of pairs of float, optional
        Lowest and highest value that is binned: one pair for all columns, or one (or None) for each column of x and then
        of y. None stands for the smallest and largest sample.
    correction : {None, "miller-madow", "grassberger", "chao-shen", "nsb"}
        As for :func:`entropy`, of all three entropies, for "histogram".
    lag : int or array_like of int, default 0
        For series whose rows follow each other in time: row i of x goes with row i + lag of y, so that positive lags ask
        what x knows of the future of y. An array gives one estimate for each lag, over all rows that it leaves.
    x_period, y_period : None, float or sequence, optional
        Period of the columns: one for all of them, or an entry a column; None or 0 for a linear column. Angles in
        radians have the period ``2 * numpy.pi``. For "ksg1", "ksg2" and "mixed".
    x_discrete, y_discrete : None, bool or sequence of bool, optional
        Whether the columns are labels, which are equal or not and nothing else: one entry for all, or one a column. None
        means that columns of text, booleans, categories and other objects are. NaN is no label; the object None is one.
        For "mixed" and "histogram".
    marginals : {None, "normal"}
        Of the columns as they are used. "normal" puts in place of every value the normal quantile of its rank (of the
        mean of their ranks where values are equal): no monotone map of any column then changes the result in one bit, and
        heavy tails and unlike units do no harm. With "gaussian" this is the information of a Gaussian copula. Columns of
        labels stay as they are. Not for "histogram", nor for periodic columns.
    nan_policy : {"raise", "omit", "propagate"}
        What NaN in a row does: raise an error, leave the row out, or make the result NaN.
    base : float, optional
        Unit of the result: 2 for bits. Nats by default.
    workers : int, optional
        Threads: None for OpenMP's default, -1 for all cores. The result does not depend on it. "gaussian" leaves threads
        and last digits to NumPy's linear algebra.

    Returns
    -------
    float, or ndarray of float64 with an entry for each lag
        The estimate in nats, or to the given base. It may be negative where there is little information: it scatters
        around the truth, and is not clipped.

    Raises
    ------
    ValueError
        For infinite values, NaN under "raise", empty, ragged or unequally long input, k < 1, n_samples <= k, lags that
        leave no rows, periods or labels that the method does not know, and periods, policies, methods or bases out of range.
    TypeError
        For complex, object, text and masked arrays (objects and text are labels for "mixed" and "histogram"), and for k,
        lag or workers that are no integers.

    Warns
    -----
    UserWarning
        If many samples coincide with k others under "ksg1", or in x or y alone under "ksg2": then there is no density,
        and the estimate means nothing; if under "mixed" many samples are alone with their labels, and the estimate is
        too low; and if samples lie outside the range of a histogram.

    See Also
    --------
    conditional_mutual_info : what is left of it when a third variable is known.
    ksg_counts : the exact integers behind the estimate.
    mutual_info_matrix : every column against every column.

    References
    ----------
    A. Kraskov, H. Stoegbauer, P. Grassberger, "Estimating mutual information", Phys. Rev. E 69, 066138 (2004),
    equations (8) and (9).
    B. C. Ross, "Mutual information between discrete and continuous data sets", PLoS ONE 9, e87357 (2014).
    W. Gao, S. Kannan, S. Oh, P. Viswanath, "Estimating mutual information for discrete-continuous mixtures", NIPS 30
    (2017), arXiv:1709.06212.
    O. C. Mesner, C. R. Shalizi, "Conditional mutual information estimation for mixed, discrete and continuous data",
    IEEE Trans. Inf. Theory 67, 464 (2021).

    Examples
    --------
    >>> import numpy as np
    >>> import fastmi
    >>> rng = np.random.default_rng(1)
    >>> x = rng.normal(size=10_000)
    >>> y = 0.6 * x + 0.8 * rng.normal(size=10_000)
    >>> print(f"{fastmi.mutual_info(x, y):.2f} nats, in theory {-0.5 * np.log(1 - 0.6**2):.2f}")
    0.24 nats, in theory 0.22
    >>> sign = np.where(x > 0, "positive", "negative")
    >>> print(f"{fastmi.mutual_info(x, sign, method='mixed', base=2):.2f} bits")
    1.00 bits
    """
    way = method_of(method, ESTIMATORS)
    unit = unit_of(base)
    options = options_of(method, k, bins, range, correction, workers, marginals)
    x_all = variable_for(way, "x", x, x_discrete, x_period)
    y_all = variable_for(way, "y", y, y_discrete, y_period)
    rows_without_nan([x_all, y_all], nan_policy)  # so that "raise" names rows as they were passed
    lags = as_lags(lag, x_all.n_samples)
    values = np.array([_value(ESTIMATORS[method], *pair, options, nan_policy) for pair in _lagged(x_all, y_all, lags)])
    return float(values[0]) / unit if np.ndim(lag) == 0 else values / unit


def local_mutual_info(
    x: ArrayLike,
    y: ArrayLike,
    *,
    k: SupportsIndex = 3,
    method: str = "ksg1",
    bins: Bins = 20,
    range: BinRange = None,  # noqa: A002
    correction: str | None = None,
    x_period: Period = None,
    y_period: Period = None,
    x_discrete: Discrete = None,
    y_discrete: Discrete = None,
    marginals: Marginals = None,
    nan_policy: NanPolicy = "raise",
    base: float | None = None,
    workers: int | None = None,
) -> NDArray[np.float64]:
    """Estimate how much each single sample contributes to the mutual information.

    Parameters
    ----------
    x, y, k, method, bins, range, x_period, y_period, x_discrete, y_discrete, marginals, nan_policy, base, workers
        As for :func:`mutual_info`.
    correction : None
        Only sums of entropies have corrections; single samples have none.

    Returns
    -------
    ndarray of float64, shape (n_samples,)
        The terms of every sample, in nats or to the given base, whose mean is :func:`mutual_info` to rounding: for "ksg1"
        psi(k) + psi(n) - psi(n_x + 1) - psi(n_y + 1), for "gaussian" and "histogram" the logarithm of the estimated
        p(x, y) / p(x) p(y). Rows with NaN are NaN under "omit" (take ``numpy.nanmean``); under
        "propagate" all rows are, if any has NaN. So are those outside the range of a histogram.

    Raises
    ------
    ValueError, TypeError
        As for :func:`mutual_info`; and for a correction.

    Warns
    -----
    UserWarning
        As for :func:`mutual_info`.

    References
    ----------
    A. Kraskov, H. Stoegbauer, P. Grassberger, Phys. Rev. E 69, 066138 (2004), equation (8) before the mean.

    Examples
    --------
    >>> import numpy as np
    >>> import fastmi
    >>> rng = np.random.default_rng(1)
    >>> x = rng.normal(size=1000)
    >>> y = x + rng.normal(size=1000)
    >>> local = fastmi.local_mutual_info(x, y)
    >>> local.shape, bool(np.isclose(local.mean(), fastmi.mutual_info(x, y)))
    ((1000,), True)
    """
    way = method_of(method, ESTIMATORS)
    unit = unit_of(base)
    if correction is not None:
        raise ValueError(f"correction={correction!r} has no meaning for single samples; pass None")
    options = options_of(method, k, bins, range, correction, workers, marginals)
    x_all = variable_for(way, "x", x, x_discrete, x_period)
    y_all = variable_for(way, "y", y, y_discrete, y_period)
    complete = complete_rows_of([x_all, y_all], nan_policy)
    terms = np.full(len(complete), np.nan)
    if complete.all() or nan_policy == "omit":
        x_kept, y_kept = prepared([x_all, y_all], complete, options)
        found = ESTIMATORS[method].local(x_kept, y_kept, options)
        terms[complete] = found.terms
        warn_if_coincident(found.whole)
    return terms / unit


def mutual_info_matrix(
    x: ArrayLike,
    y: ArrayLike | None = None,
    *,
    k: SupportsIndex = 3,
    method: str = "ksg1",
    bins: Bins = 20,
    range: BinRange = None,  # noqa: A002
    correction: str | None = None,
    x_period: Period = None,
    y_period: Period = None,
    x_discrete: Discrete = None,
    y_discrete: Discrete = None,
    marginals: Marginals = None,
    nan_policy: NanPolicy = "raise",
    base: float | None = None,
    workers: int | None = None,
) -> NDArray[np.float64] | Any:  # tables of other libraries, which a type checker need not know
    """Estimate the mutual information of every column of x with every column of y.

    For "ksg1", every column is sorted once for all the pairs it is in, and the pairs are computed in parallel.

    Parameters
    ----------
    x, y : array_like of shape (n_samples,) or (n_samples, n_columns)
        Row i of both is the same sample. Without y, the columns of x are taken against each other.
    k, method, bins, range, correction, x_period, y_period, x_discrete, y_discrete, marginals, base, workers
        As for :func:`mutual_info`. Without y, what is said of the columns of x holds for both sides, and `y_period` and
        `y_discrete` must be None.
    nan_policy : {"raise", "omit", "propagate"}
        As for :func:`mutual_info`, pair by pair: "omit" leaves out the rows in which one of the two columns is NaN,
        "propagate" makes the pairs of a column with NaN NaN.

    Returns
    -------
    ndarray of float64, shape (n_columns_x, n_columns_y), or a table of them
        Entry (i, j) is ``mutual_info(x[:, i], y[:, j])``, bit for bit (by "gaussian" to rounding); symmetric without y.
        If x, or else y, is of pandas, polars or xarray, it is a table of that library with their names: a data frame
        with the columns of x as its index; a data frame with the columns of x in its first column, called "column"; or
        a data array of dimensions x and y.

    Raises
    ------
    ValueError, TypeError
        As for :func:`mutual_info`. A pair with too few common rows is named by its columns.

    Warns
    -----
    UserWarning
        As for :func:`mutual_info`; of coincidences once for the matrix.

    References
    ----------
    A. Kraskov, H. Stoegbauer, P. Grassberger, Phys. Rev. E 69, 066138 (2004), equation (8).

    Examples
    --------
    >>> import numpy as np
    >>> import fastmi
    >>> rng = np.random.default_rng(1)
    >>> x = rng.normal(size=(10_000, 3))
    >>> y = x[:, :2] + rng.normal(size=(10_000, 2))
    >>> fastmi.mutual_info_matrix(x, y).round(3)
    array([[ 0.346, -0.003],
           [ 0.003,  0.34 ],
           [-0.014, -0.012]])
    """
    way = method_of(method, ESTIMATORS)
    unit = unit_of(base)
    options = options_of(method, k, bins, range, correction, workers, marginals)
    check_no_second_side(y, y_period=y_period, y_discrete=y_discrete)
    x_all = variable_for(way, "x", x, x_discrete, x_period)
    y_all = x_all if y is None else variable_for(way, "y", y, y_discrete, y_period)
    found = estimates_of_pairs(ESTIMATORS[method], x_all, y_all, options, nan_policy)
    i, j = found.worst
    warn_if_coincident(found.at(i, j), f" of {x_all.column_name(i)} and {y_all.column_name(j)}")
    return as_table(found.mutual_info / unit, x, x if y is None else y)


def _lagged(x: Variable, y: Variable, lags: list[int]) -> Iterator[tuple[Variable, Variable]]:
    """Pair row i of x with row i + lag of y."""
    for lag in lags:
        ahead, behind = max(lag, 0), max(-lag, 0)
        yield x.rows(behind, x.n_samples - ahead), y.rows(ahead, y.n_samples - behind)


def _value(estimator: Estimator, x: Variable, y: Variable, options: Options, nan_policy: NanPolicy) -> float:
    found = _estimate(estimator, x, y, options, nan_policy)
    warn_if_coincident(found)
    return found.mutual_info


def _estimate(estimator: Estimator, x: Variable, y: Variable, options: Options, nan_policy: NanPolicy) -> Estimate:
    complete = complete_rows_of([x, y], nan_policy)
    if nan_policy == "propagate" and not complete.all():
        return Estimate(float("nan"), 0)
    x_kept, y_kept = prepared([x, y], complete, options)
    return estimator.estimate(x_kept, y_kept, options)


def estimates_of_pairs(
    estimator: Estimator, x: Variable, y: Variable, options: Options, nan_policy: NanPolicy
) -> Estimates:
    """Return I of every column of x with every column of y, in nats."""
    rows_without_nan([x, y], nan_policy)  # of which "raise" demands all, and the others only some of every pair
    asked: NDArray[np.bool_] = np.ones((x.n_columns, y.n_columns), np.bool_)
    if nan_policy == "propagate":
        asked = ~(np.logical_or.outer(np.isnan(x.values).any(axis=0), np.isnan(y.values).any(axis=0)))
    if y is x:
        asked = np.triu(asked)
    whole = not any(np.isnan(side.values).any() for side in (x, y))
    if estimator.matrix and (whole or options.marginals is None):  # ranks among the rows of a pair are its own
        x_whole, y_whole = prepared([x, y], np.ones(x.n_samples, np.bool_), options)
        found = estimator.matrix(x_whole, y_whole, asked, options)
    else:
        found = _by_pairs(estimator, x, y, asked, options)
    return found.mirrored() if y is x else found


def _by_pairs(estimator: Estimator, x: Variable, y: Variable, asked: NDArray[np.bool_], options: Options) -> Estimates:
    """Ask for each pair of columns by itself."""
    columns = [*_named_columns(x), *_named_columns(y)]
    n_bins = x.n_columns if y is x else len(columns)
    bins, ranges = as_bins(options.bins, n_bins), as_ranges(options.range, n_bins)
    found = Estimates.unknown(asked.shape)
    for i, j in np.argwhere(asked):
        of_pair = (i, j if y is x else x.n_columns + j)
        of_pair_options = options._replace(bins=[bins[c] for c in of_pair], range=[ranges[c] for c in of_pair])
        pair = _estimate(estimator, columns[i], columns[x.n_columns + j], of_pair_options, "omit")
        for field, value in zip(found, pair, strict=True):
            field[i, j] = value
    return found


def _named_columns(variable: Variable) -> Iterator[Variable]:
    """Return each column by itself, by the name it has in messages."""
    for c, column in enumerate(variable.columns()):
        yield column._replace(name=variable.column_name(c))
