"""Renormalised mutual information, as Sarra, Aiello and Marquardt (2021) define it."""

import math
from typing import SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial.distance import cdist
from scipy.special import digamma

from fastmi._arguments import (
    NanPolicy,
    as_k,
    as_workers,
    check_enough_samples,
    check_full_rank,
    features_with_jacobian,
    unit_of,
)


def renormalized_mutual_info(
    y: ArrayLike,
    jacobian: ArrayLike,
    *,
    k: SupportsIndex = 3,
    nan_policy: NanPolicy = "raise",
    base: float | None = None,
    workers: int | None = None,
) -> float:
    """Return H(y) - < log sqrt(det(J J^T)) >; see :func:`fastmi.renormalized_mutual_info`."""
    k = as_k(k)
    as_workers(workers)
    features, gradients, complete = features_with_jacobian(y, jacobian, nan_policy)
    if nan_policy == "propagate" and not complete.all():
        return math.nan
    rows = np.flatnonzero(complete)
    check_enough_samples(len(rows), k, "y and jacobian")
    ranks = np.array([np.linalg.matrix_rank(gradients[row]) for row in rows])
    check_full_rank(ranks, features.shape[1], rows)
    log_det = [np.linalg.slogdet(gradients[row] @ gradients[row].T).logabsdet for row in rows]
    return (_entropy_of(features[rows], k) - float(np.mean(log_det)) / 2) / unit_of(base)


def _entropy_of(y: NDArray[np.float64], k: int) -> float:
    n_samples, d = y.shape
    distance = np.sort(cdist(y, y, "chebyshev"), axis=1)[:, k]  # the nearest is the sample itself
    return float(digamma(n_samples) - digamma(k) + d * np.mean(np.log(2 * distance)))
