"""The first estimator of Kraskov, Stoegbauer and Grassberger, Phys. Rev. E 69, 066138 (2004), as it is written there.

With z = (x, y) and the max-norm ||z - z'|| = max(||x - x'||, ||y - y'||), epsilon(i) / 2 is the distance from z_i to
its k-th neighbour, n_x(i) the number of points x_j whose distance from x_i is strictly less than epsilon(i) / 2, and
similarly n_y(i). Then (8)

    I(X;Y) = psi(k) - < psi(n_x + 1) + psi(n_y + 1) > + psi(N).

`workers` is taken for the sake of equal signatures; everything here runs on one thread.
"""

from typing import SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import digamma

from fastmi._arguments import (
    NanPolicy,
    Period,
    as_k,
    as_periods,
    as_workers,
    check_enough_samples,
    check_method,
    paired_samples,
    second_side,
    unit_of,
)

Array = NDArray[np.float64]


def ksg_counts(
    x: ArrayLike,
    y: ArrayLike,
    *,
    k: SupportsIndex = 3,
    x_period: Period = None,
    y_period: Period = None,
    nan_policy: NanPolicy = "raise",
    workers: int | None = None,
) -> tuple[Array, NDArray[np.int64], NDArray[np.int64]]:
    """Return epsilon / 2, n_x and n_y of every sample; see :func:`fastmi.ksg_counts`."""
    k = as_k(k)
    as_workers(workers)
    x_all, y_all, complete = paired_samples(x, y, nan_policy)
    x_periods = np.array(as_periods("x_period", x_period, x_all.shape[1]))
    y_periods = np.array(as_periods("y_period", y_period, y_all.shape[1]))
    radius = np.full(len(complete), np.nan)
    n_x = np.full(len(complete), -1)
    n_y = np.full(len(complete), -1)
    if nan_policy == "propagate" and not complete.all():
        return radius, n_x, n_y

    rows = np.flatnonzero(complete)
    check_enough_samples(len(rows), k)
    x_kept, y_kept = x_all[rows], y_all[rows]
    for i, row in enumerate(rows):
        distance_x = np.delete(_distances(x_kept, x_kept[i], x_periods), i)
        distance_y = np.delete(_distances(y_kept, y_kept[i], y_periods), i)
        distance = np.maximum(distance_x, distance_y)
        radius[row] = np.partition(distance, k - 1)[k - 1]
        n_x[row] = np.count_nonzero(distance_x < radius[row])
        n_y[row] = np.count_nonzero(distance_y < radius[row])
    return radius, n_x, n_y


def local_mutual_info(
    x: ArrayLike,
    y: ArrayLike,
    *,
    k: SupportsIndex = 3,
    method: str = "ksg1",
    x_period: Period = None,
    y_period: Period = None,
    nan_policy: NanPolicy = "raise",
    base: float | None = None,
    workers: int | None = None,
) -> Array:
    """Return the terms whose mean is I(X;Y); see :func:`fastmi.local_mutual_info`."""
    check_method(method)
    unit = unit_of(base)
    radius, n_x, n_y = ksg_counts(
        x, y, k=k, x_period=x_period, y_period=y_period, nan_policy=nan_policy, workers=workers
    )
    counted = ~np.isnan(radius)
    n = np.count_nonzero(counted)
    terms = np.full(len(radius), np.nan)
    terms[counted] = digamma(int(k)) - (digamma(n_x[counted] + 1) + digamma(n_y[counted] + 1)) + digamma(n)
    return terms / unit


def mutual_info(
    x: ArrayLike,
    y: ArrayLike,
    *,
    k: SupportsIndex = 3,
    method: str = "ksg1",
    x_period: Period = None,
    y_period: Period = None,
    nan_policy: NanPolicy = "raise",
    base: float | None = None,
    workers: int | None = None,
) -> float:
    """Return I(X;Y); see :func:`fastmi.mutual_info`."""
    terms = local_mutual_info(
        x,
        y,
        k=k,
        method=method,
        x_period=x_period,
        y_period=y_period,
        nan_policy=nan_policy,
        base=base,
        workers=workers,
    )
    if np.isnan(terms).all():
        return float("nan")
    return float(np.nanmean(terms))


def mutual_info_matrix(
    x: ArrayLike,
    y: ArrayLike | None = None,
    *,
    k: SupportsIndex = 3,
    method: str = "ksg1",
    x_period: Period = None,
    y_period: Period = None,
    nan_policy: NanPolicy = "raise",
    base: float | None = None,
    workers: int | None = None,
) -> Array:
    """Return I of every column of x with every column of y; see :func:`fastmi.mutual_info_matrix`."""
    y, y_period = second_side(x, x_period, y, y_period)
    x_all, y_all, _ = paired_samples(x, y, nan_policy)
    x_periods = as_periods("x_period", x_period, x_all.shape[1])
    y_periods = as_periods("y_period", y_period, y_all.shape[1])
    return np.array(
        [
            [
                mutual_info(
                    x_column,
                    y_column,
                    k=k,
                    method=method,
                    x_period=p_x,
                    y_period=p_y,
                    nan_policy=nan_policy,
                    base=base,
                    workers=workers,
                )
                for y_column, p_y in zip(y_all.T, y_periods, strict=True)
            ]
            for x_column, p_x in zip(x_all.T, x_periods, strict=True)
        ]
    )


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
