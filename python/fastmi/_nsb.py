"""The entropy of Nemenman, Shafee and Bialek (2002): the posterior mean under a prior that is flat in entropy.

The probabilities of the K bins have Dirichlet priors of concentration b, mixed so that the entropy xi expected before
seeing any sample is uniform on (0, log K). With kappa = K b and M samples, n of them in a bin,

    xi(b)              = psi(kappa + 1) - psi(b + 1)
    likelihood(b)      = Gamma(kappa) / Gamma(M + kappa)  prod_bins Gamma(n + b) / Gamma(b)
    <H>(b)             = psi(M + kappa + 1) - sum_bins (n + b) / (M + kappa) psi(n + b + 1)
    H                  = int <H> likelihood dxi / int likelihood dxi.

Both integrals are taken over u = log b, where the integrand is smooth and dies out exponentially on both sides, so that
the trapezoidal rule converges as fast as the step shrinks. Bins that hold equally many samples share their terms.
"""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from fastmi._special import digamma, log_rising, trigamma

Array = NDArray[np.float64]

_TAIL = 40.0  # nats below its maximum at which the integrand no longer counts
_STEP = 0.4  # for an integrand as wide as the prior, whose poles are pi away: the error is exp(-2 pi^2 / step)
_POINTS = 128  # at least, across a narrower one
_POINTS_IN_PEAK = 6  # within 1 nat of the maximum, where steps are half a standard deviation and the error is exp(-80)
_COLUMNS = 1024  # of a table of steps against counts, held at once
_FAR = 1e3  # concentration from which on the series in its inverse is exact to the last bits
_MOST_BINS = 10**100  # so that no product of ratios overflows


def nsb(n: Array, bins: Array, n_bins: int) -> float:
    """Return the posterior mean entropy of `n_bins` bins, of which bins[j] hold n[j] samples and the others none."""
    if n_bins == 1:
        return 0.0
    if n_bins > _MOST_BINS:
        raise ValueError(
            f"correction='nsb' asks how many bins there are, and about 10^{round(math.log10(n_bins))} are too many; use "
            "correction='chao-shen', or fewer bins"
        )
    k = float(n_bins)
    u, log_density = _around_its_maximum(lambda u: _log_density(np.exp(u), n, bins, k), k, float(bins @ n))
    weights = np.exp(log_density - log_density.max())
    return float(weights @ _mean_entropy(np.exp(u), n, bins, k) / weights.sum())


def _log_density(b: Array, n: Array, bins: Array, k: float) -> Array:
    """Return log(likelihood dxi/du)."""
    likelihood = _sum_over_bins(log_rising, b, n, bins) - log_rising(k * b, bins @ n)
    return np.asarray(likelihood + np.log(_prior(b, k)))


def _prior(b: Array, k: float) -> Array:
    """Return dxi/du = kappa psi'(kappa + 1) - b psi'(b + 1); both are nearly 1 where b is large."""
    near, far = np.minimum(b, _FAR), np.maximum(b, _FAR)
    direct = k * near * trigamma(k * near + 1) - near * trigamma(near + 1)
    return np.where(b < _FAR, direct, _one_minus_b_trigamma(far) - _one_minus_b_trigamma(k * far))


def _one_minus_b_trigamma(b: Array) -> Array:
    """Return 1 - b psi'(b + 1) = 1 / 2b - 1 / 6b^2 + 1 / 30b^4 - ... for large b."""
    r = 1 / b
    return np.asarray(r * (1 / 2 - r * (1 / 6 - r**2 / 30)))


def _mean_entropy(b: Array, n: Array, bins: Array, k: float) -> Array:
    """Return <H> at given concentrations."""
    total = bins @ n + k * b
    occupied = _sum_over_bins(lambda b, n: (n + b) * digamma(n + b + 1), b, n, bins)
    empty = (k - bins.sum()) * b * digamma(b + 1)
    return np.asarray(digamma(total + 1) - (occupied + empty) / total)


def _sum_over_bins(term: Callable[[Array, Array], Array], b: Array, n: Array, bins: Array) -> Array:
    total = np.zeros_like(b)
    for start in range(0, len(n), _COLUMNS):
        part = slice(start, start + _COLUMNS)
        total += term(b[:, np.newaxis], n[part]) @ bins[part]
    return total


def _around_its_maximum(log_density: Callable[[Array], Array], k: float, n_samples: float) -> tuple[Array, Array]:
    """Return steps in u that cover all that counts of a density, and the density there.

    The likelihood has one maximum (Levin and Reeds, Annals of Statistics 5, 79, 1977). With many samples it is far
    narrower than any step that covers the whole prior, so the steps are made finer where the density counts, until
    some are within its peak.
    """
    low = -math.log(k) - 1.5 * _TAIL
    high = math.log(n_samples) + 1.5 * _TAIL
    u = np.linspace(low, high, math.ceil((high - low) / _STEP))
    while True:
        values = log_density(u)
        below = values.max() - values
        if np.count_nonzero(below < 1) >= _POINTS_IN_PEAK:
            return u, values
        counting = np.flatnonzero(below < _TAIL)
        ends = u[max(counting[0] - 1, 0)], u[min(counting[-1] + 1, len(u) - 1)]
        u = np.linspace(*ends, max(_POINTS, 2 * len(counting)))
