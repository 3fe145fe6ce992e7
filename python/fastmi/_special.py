"""Relatives of the gamma function for positive real arguments, elementwise, in plain NumPy.

Stirling's series is good to the last bits from 10 on; smaller arguments are lifted there by Gamma(x + 1) = x Gamma(x).
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

_LIFT = 10

# Coefficients of 1/x^2, 1/x^4 ... : B_2k / 2k, B_2k, and B_2k / (2k (2k - 1)) with Bernoulli's numbers B_2k.
_DIGAMMA = (1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12)
_TRIGAMMA = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6)
_LOG_GAMMA = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156)


def digamma(x: ArrayLike) -> NDArray[np.float64]:
    """Return psi(x) = d log Gamma(x) / dx."""
    x, lifted = _lift(x)
    psi = np.asarray(np.log(lifted) - 0.5 / lifted - _series(_DIGAMMA, lifted))
    small = x < _LIFT
    psi[small] -= sum(1 / (x[small] + j) for j in range(_LIFT))
    return psi


def trigamma(x: ArrayLike) -> NDArray[np.float64]:
    """Return psi'(x)."""
    x, lifted = _lift(x)
    slope = np.asarray((1 + 0.5 / lifted + _series(_TRIGAMMA, lifted)) / lifted)
    small = x < _LIFT
    slope[small] += sum(1 / (x[small] + j) ** 2 for j in range(_LIFT))
    return slope


def log_rising(x: ArrayLike, n: ArrayLike) -> NDArray[np.float64]:
    """Return log(Gamma(x + n) / Gamma(x)), the log of the rising factorial x (x + 1) ... (x + n - 1).

    Good to about one part in 10^15 of n log(x + n) also where n is tiny beside x, or x beside n.
    """
    shape = np.broadcast_shapes(np.shape(x), np.shape(n))
    x, lifted = _lift(np.broadcast_to(x, shape))
    n = np.broadcast_to(np.asarray(n, np.float64), shape)
    top = lifted + n
    remainders = _series(_LOG_GAMMA, top) * top - _series(_LOG_GAMMA, lifted) * lifted
    log = np.asarray(n * (np.log(top) - 1) + (lifted - 0.5) * np.log1p(n / lifted) + remainders)
    small = x < _LIFT
    x, n = x[small], n[small]
    log[small] -= np.log(np.prod([1 + n / (x + j) for j in range(_LIFT)], axis=0))
    return log


def _lift(x: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return x, and x with `_LIFT` added where it is smaller than that."""
    values = np.asarray(x, np.float64)
    return values, np.asarray(np.where(values < _LIFT, values + _LIFT, values))


def _series(coefficients: tuple[float, ...], x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return c_1 / x^2 + c_2 / x^4 + ..."""
    square = 1 / x**2
    total = np.zeros_like(x)
    for coefficient in reversed(coefficients):
        total = (total + coefficient) * square
    return total
