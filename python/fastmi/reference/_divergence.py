"""Cross entropy and divergence by nearest neighbours, as Q. Wang, S. R. Kulkarni and S. Verdu (2009) have them.

With rho(i) the distance from p_i to its k-th neighbour among the other n - 1 samples of p, and nu(i) that to its k-th
neighbour among the m samples of q, their equation (25) is, for any volume V,

    D(p||q) = < log V(nu) / V(rho) > + log(m / (n - 1)).

psi(m + 1) and psi(n) take the place of log m and log(n - 1): the probability that q has within nu is that of the k-th
of m order statistics of uniform deviates, the mean logarithm of which is psi(k) - psi(m + 1).
"""

import math
from typing import SupportsIndex

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import digamma

from fastmi._arguments import (
    NanPolicy,
    Period,
    as_k,
    as_periods,
    as_workers,
    check_enough_of_q,
    check_metric,
    complete_samples,
    same_columns,
    unit_of,
)
from fastmi.reference._knn_entropy import distances, knn_entropy, kth_smallest, log_volume


def cross_entropy(
    p: ArrayLike,
    q: ArrayLike,
    *,
    k: SupportsIndex = 3,
    metric: str = "chebyshev",
    period: Period = None,
    nan_policy: NanPolicy = "raise",
    base: float | None = None,
    workers: int | None = None,
) -> float:
    """Return psi(m + 1) - psi(k) + < log V(nu) >; see :func:`fastmi.cross_entropy`."""
    unit = unit_of(base)
    as_workers(workers)
    k = as_k(k)
    p, q = same_columns(p, q)
    periods = as_periods("period", period, p.shape[1])
    check_metric(metric, periods)
    p_samples, q_samples = complete_samples("p", p, nan_policy), complete_samples("q", q, nan_policy)
    if p_samples is None or q_samples is None:
        return math.nan
    m = len(q_samples)
    check_enough_of_q(m, k)
    nu = [kth_smallest(distances(q_samples, point, metric, periods), k) for point in p_samples]
    return float(digamma(m + 1) - digamma(k) + np.mean([log_volume(r, metric, periods) for r in nu])) / unit


def kl_divergence(
    p: ArrayLike,
    q: ArrayLike,
    *,
    k: SupportsIndex = 3,
    metric: str = "chebyshev",
    period: Period = None,
    nan_policy: NanPolicy = "raise",
    base: float | None = None,
    workers: int | None = None,
) -> float:
    """Return H(p, q) - H(p); see :func:`fastmi.kl_divergence`."""
    h_pq = cross_entropy(p, q, k=k, metric=metric, period=period, nan_policy=nan_policy, base=base, workers=workers)
    samples = complete_samples("p", p, nan_policy)
    if math.isnan(h_pq) or samples is None:
        return math.nan
    h_p = knn_entropy(samples, as_k(k), metric, as_periods("period", period, samples.shape[1]), "p")
    return h_pq - h_p / unit_of(base)
