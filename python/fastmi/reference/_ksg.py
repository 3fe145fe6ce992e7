"""The counts of the first estimator of Kraskov, Stoegbauer and Grassberger, Phys. Rev. E 69, 066138 (2004), as it is written there.

With z = (x, y) and the max-norm ||z - z'|| = max(||x - x'||, ||y - y'||), epsilon(i) / 2 is the distance from z_i to
its k-th neighbour, n_x(i) the number of points x_j whose distance from x_i is strictly less than epsilon(i) / 2, and
similarly n_y(i).

`workers` is taken for the sake of equal signatures; everything here runs on one thread.
"""

from typing import SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastmi._arguments import (
    NanPolicy,
    Period,
    as_k,
    as_workers,
    check_enough_samples,
)
from fastmi._marginals import Marginals, check_marginals
from fastmi._variables import as_numbers, complete_rows_of
from fastmi.reference._marginals import with_marginals

Array = NDArray[np.float64]


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
) -> tuple[Array, NDArray[np.int64], NDArray[np.int64]]:
    """Return epsilon / 2, n_x and n_y of every sample; see :func:`fastmi.ksg_counts`."""
    k = as_k(k)
    as_workers(workers)
    check_marginals(marginals)
    x_all, y_all = as_numbers("x", x, x_period), as_numbers("y", y, y_period)
    complete = complete_rows_of([x_all, y_all], nan_policy)
    x_periods, y_periods = np.array(x_all.periods), np.array(y_all.periods)
    radius = np.full(len(complete), np.nan)
    n_x = np.full(len(complete), -1)
    n_y = np.full(len(complete), -1)
    if nan_policy == "propagate" and not complete.all():
        return radius, n_x, n_y

    rows = np.flatnonzero(complete)
    check_enough_samples(len(rows), k)
    x_kept, y_kept = (with_marginals(side.select(complete), marginals).values for side in (x_all, y_all))
    for i, row in enumerate(rows):
        distance_x = np.delete(_distances(x_kept, x_kept[i], x_periods), i)
        distance_y = np.delete(_distances(y_kept, y_kept[i], y_periods), i)
        distance = np.maximum(distance_x, distance_y)
        radius[row] = np.partition(distance, k - 1)[k - 1]
        n_x[row] = np.count_nonzero(distance_x < radius[row])
        n_y[row] = np.count_nonzero(distance_y < radius[row])
    return radius, n_x, n_y


def _distances(points: Array, point: Array, periods: Array) -> Array:
    """Max-norm distances, in periodic columns the shortest way round."""
    periodic = periods > 0
    with np.errstate(over="ignore"):  # differences beyond the largest float are infinite, and compare as such
        difference = np.abs(points - point)
    if periodic.any():
        period = periods[periodic]
        wrapped = np.abs(np.fmod(points[:, periodic], period) - np.fmod(point[periodic], period))
        once_round = np.fmod(wrapped, period)
        difference[:, periodic] = np.minimum(once_round, period - once_round)
    distance: Array = difference.max(axis=1)
    return distance
