"""The first estimator of Kraskov, Stoegbauer and Grassberger, by the core."""

from typing import NamedTuple, SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastmi import _core
from fastmi._arguments import NanPolicy, Period, as_k, as_workers, check_enough_samples
from fastmi._estimate import Estimate, Estimates, LocalEstimate
from fastmi._marginals import Marginals, check_marginals, with_marginals
from fastmi._methods import Options
from fastmi._variables import Variable, as_numbers, complete_rows_of


class KsgCounts(NamedTuple):
    """The integers behind the estimate, one entry a sample."""

    radius: NDArray[np.float64]
    n_x: NDArray[np.int64]
    n_y: NDArray[np.int64]


class _Question(NamedTuple):
    """What the core is asked, in the order of its parameters."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    x_period: list[float]
    y_period: list[float]
    k: int
    workers: int


def ksg_counts(
    x: ArrayLike,
    y: ArrayLike,
    *,
    k: SupportsIndex = 3,
    x_period: Period = None,
    y_period: Period = None,
    marginals: Marginals = None,
    nan_policy: NanPolicy = "raise",
    workers: int | None = None,
) -> KsgCounts:
    """Count the neighbours on which the KSG estimate rests, exactly.

    Parameters
    ----------
    x, y, k, x_period, y_period, marginals, nan_policy, workers
        As for :func:`mutual_info`.

    Returns
    -------
    radius : ndarray of float64, shape (n_samples,)
        Distance of each sample to its k-th nearest other sample in the joint max-norm. The distance in a column is the
        float64 ``abs(a - b)``, on a periodic column the shortest way round after ``fmod(value, period)``.
    n_x, n_y : ndarray of int64, shape (n_samples,)
        How many other samples are strictly closer than the radius in x alone and in y alone.

        Rows with NaN have radius NaN and counts -1 under "omit"; under "propagate" all rows do, if any has NaN.

    Raises
    ------
    ValueError, TypeError
        As for :func:`mutual_info`.

    References
    ----------
    A. Kraskov, H. Stoegbauer, P. Grassberger, Phys. Rev. E 69, 066138 (2004), first algorithm.

    Examples
    --------
    >>> import fastmi
    >>> radius, n_x, n_y = fastmi.ksg_counts([0.0, 1.0, 3.0, 7.0], [0.0, 2.0, 1.0, 8.0], k=1)
    >>> radius, n_x, n_y
    (array([2., 2., 2., 6.]), array([1, 1, 0, 1]), array([1, 1, 2, 0]))
    """
    check_marginals(marginals)
    x_all = as_numbers("x", x, x_period)
    y_all = as_numbers("y", y, y_period)
    complete = complete_rows_of([x_all, y_all], nan_policy)
    n_neighbours, n_workers = as_k(k), as_workers(workers)
    n = len(complete)
    counts = KsgCounts(np.full(n, np.nan), np.full(n, -1, np.int64), np.full(n, -1, np.int64))
    if complete.all() or nan_policy == "omit":
        x_kept, y_kept = (with_marginals(side.select(complete), marginals, n_workers) for side in (x_all, y_all))
        question = _ask(x_kept, y_kept, n_neighbours, n_workers)
        for rows, found in zip(counts, _core.ksg_counts(*question), strict=True):
            rows[complete] = found
    return counts


def ksg1(x: Variable, y: Variable, options: Options) -> Estimate:
    """Return I(X;Y) of samples without NaN."""
    value, n_coincident = _core.ksg1(*_ask(x, y, options.k, options.workers))
    return Estimate(value, x.n_samples, n_coincident)


def local_ksg1(x: Variable, y: Variable, options: Options) -> LocalEstimate:
    """Return the terms whose mean is I(X;Y)."""
    return LocalEstimate(*_core.ksg1_local(*_ask(x, y, options.k, options.workers)))


def ksg1_matrix(x: Variable, y: Variable, asked: NDArray[np.bool_], options: Options) -> Estimates:
    """Return I of the pairs of columns that are asked for, NaN elsewhere; a row counts where neither is NaN."""
    n_samples = common_rows(x.values, y.values)
    for i, j in np.argwhere(asked & (n_samples <= options.k))[:1]:
        check_enough_samples(int(n_samples[i, j]), options.k, f"{x.column_name(i)} and {y.column_name(j)}")
    value, n_coincident = ksg1_pairs(x, y, asked, options)
    return Estimates(value, n_samples, n_coincident)


def ksg1_pairs(
    x: Variable, y: Variable, asked: NDArray[np.bool_], options: Options
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return I of the pairs of columns that are asked for, which have more than k rows, and how many coincide."""
    value = np.full(asked.shape, np.nan)
    n_coincident = np.zeros(asked.shape, np.int64)
    pairs = [(int(i), int(j)) for i, j in np.argwhere(asked)]
    question = _Question(x.values, y.values, x.periods, y.periods, options.k, options.workers)
    value[asked], n_coincident[asked] = _core.ksg1_pairs(*question, pairs)
    return value, n_coincident


def common_rows(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return how many rows each column of x shares with each column of y, NaN left out."""
    if not (np.isnan(x).any() or np.isnan(y).any()):
        return np.full((x.shape[1], y.shape[1]), len(x), np.int64)
    complete_x, complete_y = ~np.isnan(x.T), ~np.isnan(y.T)
    # Not as a product of matrices: BLAS would take all cores, whatever `workers` says.
    return np.array([[np.count_nonzero(a & b) for b in complete_y] for a in complete_x], np.int64)


def _ask(x: Variable, y: Variable, k: int, workers: int) -> _Question:
    check_enough_samples(x.n_samples, k)
    return _Question(x.values, y.values, x.periods, y.periods, k, workers)
