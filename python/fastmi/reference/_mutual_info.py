"""Mutual information by every method, as the papers have it.

With the max-norm, the distance of sample i to its k-th neighbour in X and Y jointly, psi the digamma function and < >
the mean over samples:

ksg1       psi(k) + psi(N) - < psi(n_x + 1) + psi(n_y + 1) >, n_x others strictly closer than that in X alone
ksg2       psi(k) - 1/k + psi(N) - < psi(n_x) + psi(n_y) >, n_x others no further in X alone than any of the neighbours
           (both Kraskov, Stoegbauer and Grassberger 2004)
mixed      the conditional estimate given nothing; see _conditional.py
gaussian   from covariances; see _gaussian.py
histogram  H(X) + H(Y) - H(X,Y) of the cells that samples fall into; see _binned.py

`workers` is taken for the sake of equal signatures; everything here runs on one thread.
"""

from typing import SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import digamma

from fastmi._arguments import (
    BinRange,
    Bins,
    Lags,
    NanPolicy,
    Period,
    as_bins,
    as_lags,
    as_ranges,
    check_enough_samples,
    check_no_second_side,
    unit_of,
)
from fastmi._estimators import ESTIMATORS
from fastmi._marginals import Marginals
from fastmi._methods import Options, method_of, options_of, variable_for
from fastmi._variables import Discrete, Variable, complete_rows_of, rows_without_nan
from fastmi.reference import _binned, _gaussian
from fastmi.reference._conditional import local_mixed
from fastmi.reference._distances import distances
from fastmi.reference._ksg import ksg_counts
from fastmi.reference._marginals import with_marginals

Array = NDArray[np.float64]


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
) -> float | Array:
    """Return I(X;Y); see :func:`fastmi.mutual_info`."""
    way = method_of(method, ESTIMATORS)
    options = options_of(method, k, bins, range, correction, workers, marginals)
    x_all = variable_for(way, "x", x, x_discrete, x_period)
    y_all = variable_for(way, "y", y, y_discrete, y_period)
    values = []
    for delay in as_lags(lag, x_all.n_samples):
        ahead, behind = max(delay, 0), max(-delay, 0)
        pair = x_all.rows(behind, x_all.n_samples - ahead), y_all.rows(ahead, y_all.n_samples - behind)
        complete = complete_rows_of(pair, nan_policy)
        whole = complete.all() or nan_policy == "omit"
        values.append(
            _estimate(method, pair[0].select(complete), pair[1].select(complete), options) if whole else np.nan
        )
    found = np.array(values) / unit_of(base)
    return float(found[0]) if np.ndim(lag) == 0 else found


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
) -> Array:
    """Return the terms whose mean is I(X;Y); see :func:`fastmi.local_mutual_info`."""
    way = method_of(method, ESTIMATORS)
    options = options_of(method, k, bins, range, correction, workers, marginals)
    pair = variable_for(way, "x", x, x_discrete, x_period), variable_for(way, "y", y, y_discrete, y_period)
    complete = complete_rows_of(pair, nan_policy)
    terms = np.full(len(complete), np.nan)
    if complete.all() or nan_policy == "omit":
        terms[complete] = local_terms(method, pair[0].select(complete), pair[1].select(complete), options)
    return terms / unit_of(base)


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
) -> Array:
    """Return I of every column of x with every column of y; see :func:`fastmi.mutual_info_matrix`."""
    way = method_of(method, ESTIMATORS)
    options = options_of(method, k, bins, range, correction, workers, marginals)
    x_all = variable_for(way, "x", x, x_discrete, x_period)
    y_all = x_all if y is None else variable_for(way, "y", y, y_discrete, y_period)
    check_no_second_side(y, y_period=y_period, y_discrete=y_discrete)
    rows_without_nan([x_all, y_all], nan_policy)
    n_bins = x_all.n_columns + (0 if y is None else y_all.n_columns)
    all_bins, all_ranges = as_bins(bins, n_bins), as_ranges(range, n_bins)
    found = np.full((x_all.n_columns, y_all.n_columns), np.nan)
    for i, x_column in enumerate(x_all.columns()):
        for j, y_column in enumerate(y_all.columns()):
            complete = complete_rows_of([x_column, y_column], nan_policy)
            if complete.all() or nan_policy == "omit":
                of_y = j if y is None else x_all.n_columns + j
                two_bins, two_ranges = [all_bins[i], all_bins[of_y]], [all_ranges[i], all_ranges[of_y]]
                of_pair = options._replace(bins=two_bins, range=two_ranges)
                found[i, j] = _estimate(method, x_column.select(complete), y_column.select(complete), of_pair)
    return found / unit_of(base)


def _estimate(method: str, x: Variable, y: Variable, options: Options) -> float:
    if method == "histogram":
        return _binned.mutual_info(*_cells(x, y, options), options.correction)
    return float(local_terms(method, x, y, options).mean())


def local_terms(method: str, x: Variable, y: Variable, options: Options) -> Array:
    """Return the terms of every sample, in nats."""
    x, y = with_marginals(x, options.marginals), with_marginals(y, options.marginals)
    if method == "ksg1":
        return _ksg1(x, y, options.k)
    if method == "ksg2":
        return _ksg2(x, y, options.k)
    if method == "mixed":
        return local_mixed(x, y, [], options.k)
    if method == "gaussian":
        return _gaussian.local_mutual_info(x.values, y.values)
    return _binned.local_mutual_info(*_cells(x, y, options))


def _ksg1(x: Variable, y: Variable, k: int) -> Array:
    _, n_x, n_y = ksg_counts(x.values, y.values, k=k, x_period=x.periods, y_period=y.periods)
    terms: Array = digamma(k) - (digamma(n_x + 1) + digamma(n_y + 1)) + digamma(x.n_samples)
    return terms


def _ksg2(x: Variable, y: Variable, k: int) -> Array:
    check_enough_samples(x.n_samples, k)
    distance_x, distance_y = distances([x]), distances([y])
    terms = []
    for i, (d_x, d_y) in enumerate(zip(distance_x, distance_y, strict=True)):
        d_x, d_y = np.delete(d_x, i), np.delete(d_y, i)
        d = np.maximum(d_x, d_y)
        neighbours = d <= np.sort(d)[k - 1]
        n_x = np.count_nonzero(d_x <= d_x[neighbours].max())
        n_y = np.count_nonzero(d_y <= d_y[neighbours].max())
        terms.append(digamma(k) - 1 / k - (digamma(n_x) + digamma(n_y)) + digamma(x.n_samples))
    return np.array(terms)


def _cells(x: Variable, y: Variable, options: Options) -> tuple[_binned.Cells, _binned.Cells]:
    n_bins = x.n_columns + y.n_columns
    bins, ranges = as_bins(options.bins, n_bins), as_ranges(options.range, n_bins)
    x_cells = _binned.cells_of(x, bins[: x.n_columns], ranges[: x.n_columns])
    return x_cells, _binned.cells_of(y, bins[x.n_columns :], ranges[x.n_columns :])
