"""Mutual information of normal variables: ratios of determinants of the maximum-likelihood covariance.

    I(X;Y) = 1/2 log(|S_x| |S_y| / |S_xy|),    I(X;Y|Z) = 1/2 log(|S_xz| |S_yz| / |S_z| |S_xyz|)

For columns of moderate scale and offset that are not linearly dependent.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.stats import multivariate_normal

Array = NDArray[np.float64]


def mutual_info(x: Array, y: Array) -> float:
    """Return I(X;Y)."""
    return (_log_det(x) + _log_det(y) - _log_det(x, y)) / 2


def conditional_mutual_info(x: Array, y: Array, z: Array) -> float:
    """Return I(X;Y|Z)."""
    return (_log_det(x, z) + _log_det(y, z) - _log_det(z) - _log_det(x, y, z)) / 2


def local_mutual_info(x: Array, y: Array) -> Array:
    """Return log N(x, y) / N(x) N(y) of every sample."""
    return _log_density(x, y) - _log_density(x) - _log_density(y)


def _log_det(*sides: Array) -> float:
    return float(np.linalg.slogdet(_covariance(np.column_stack(sides)))[1])


def _log_density(*sides: Array) -> Array:
    samples = np.column_stack(sides)
    return np.atleast_1d(multivariate_normal(samples.mean(axis=0), _covariance(samples)).logpdf(samples))


def _covariance(samples: Array) -> Array:
    return np.atleast_2d(np.cov(samples, rowvar=False, bias=True))
