"""Entropies by nearest neighbours, as their papers write them.

With V(r) the volume of a ball of radius r, and r(i) the distance from x_i to its k-th neighbour among n samples
(Kozachenko and Leonenko 1987; for k > 1 Kraskov, Stoegbauer and Grassberger 2004, equation 20):

    H(X) = psi(n) - psi(k) + < log V(r) >.

`workers` is taken for the sake of equal signatures; everything here runs on one thread.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma

from fastmi._arguments import check_enough_samples

Array = NDArray[np.float64]


def knn_entropy(samples: Array, k: int, metric: str, periods: Sequence[float], name: str = "x") -> float:
    """Return psi(n) - psi(k) + < log V(r) >."""
    n = len(samples)
    check_enough_samples(n, k, f"the columns of {name}")
    radius = [kth_smallest(np.delete(distances(samples, samples[i], metric, periods), i), k) for i in range(n)]
    return float(digamma(n) - digamma(k) + np.mean([log_volume(r, metric, periods) for r in radius]))


def distances(points: Array, point: Array, metric: str, periods: Sequence[float]) -> Array:
    """Return how far the points are from one, in periodic columns the shortest way round."""
    columns = [_differences(x, a, period) for x, a, period in zip(points.T, point, periods, strict=True)]
    if metric == "chebyshev":
        return np.asarray(np.max(columns, axis=0))
    return np.array([math.hypot(*differences) for differences in zip(*columns, strict=True)])


def _differences(x: Array, a: float, period: float) -> Array:
    if not period:
        return np.abs(x - a)
    once_round = np.fmod(np.abs(np.fmod(x, period) - np.fmod(a, period)), period)
    return np.asarray(np.minimum(once_round, period - once_round))


def kth_smallest(values: Array, k: int) -> float:
    """Return the k-th smallest value."""
    return float(np.sort(values)[k - 1])


def log_volume(r: float, metric: str, periods: Sequence[float]) -> float:
    """Return log V(r): of a sphere, or of a cube whose sides are not longer than a period."""
    if r == 0:
        return -math.inf
    d = len(periods)
    if metric == "euclidean":
        return d / 2 * math.log(math.pi) + d * math.log(r) - math.lgamma(d / 2 + 1)
    return sum(math.log(min(2 * r, period) if period else 2 * r) for period in periods)
