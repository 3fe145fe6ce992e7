"""Entropies by nearest neighbours.

The k-th nearest of n - 1 other samples is so far from a sample that the ball in between has, on average over the
others, a log probability of psi(k) - psi(n), whatever the density. Where the density p is even within the ball, that
log probability is log p plus the log volume V of the ball, so that (Kozachenko and Leonenko 1987; Kraskov et al. 2004)

    H(X) = -< log p > = psi(n) - psi(k) + < log V >.

The k-th nearest of m samples of another distribution q, to which the sample does not belong, is as far as among m + 1
samples of it, of which one is left out:

    H(p, q) = -< log q > = psi(m + 1) - psi(k) + < log V >.

Both are right on average, for any number of samples, where the density is even within each ball.
"""

import numpy as np
from numpy.typing import NDArray

from fastmi import _core
from fastmi._geometry import Geometry
from fastmi._special import digamma
from fastmi._warnings import warn

Array = NDArray[np.float64]


def entropy(samples: Array, geometry: Geometry, k: int, workers: int) -> float:
    """Return H(X) in nats."""
    (samples,), log_unit = geometry.to_scale(samples)
    radius = geometry.neighbours(samples, workers).kth_distances(k)
    warn_if_coincident(radius, "x", "the entropy is -inf", 'use method="discrete" or "histogram"')
    return _entropy(radius, geometry, k) + log_unit


def cross_entropy(p: Array, q: Array, geometry: Geometry, k: int, workers: int) -> float:
    """Return H(p, q) in nats."""
    (p, q), log_unit = geometry.to_scale(p, q)
    p_neighbours, q_neighbours = (geometry.neighbours(side, workers) for side in (p, q))
    return _cross_entropy(p_neighbours, q_neighbours, len(q), geometry, k) + log_unit


def divergence(p: Array, q: Array, geometry: Geometry, k: int, workers: int) -> float:
    """Return D(p||q) = H(p, q) - H(p) in nats."""
    (p, q), _ = geometry.to_scale(p, q)
    p_neighbours, q_neighbours = (geometry.neighbours(side, workers) for side in (p, q))
    h_pq = _cross_entropy(p_neighbours, q_neighbours, len(q), geometry, k)
    radius = p_neighbours.kth_distances(k)
    warn_if_coincident(radius, "p", "the divergence is inf", "use fastmi.relative_entropy")
    return h_pq - _entropy(radius, geometry, k)


def _entropy(radius: Array, geometry: Geometry, k: int) -> float:
    return float(digamma(len(radius)) - digamma(k) + geometry.log_volumes(radius).mean())


def _cross_entropy(p: _core.Neighbours, q: _core.Neighbours, m: int, geometry: Geometry, k: int) -> float:
    radius = q.kth_distances_of(p, k)
    n_shared = np.count_nonzero(radius == 0)
    if n_shared:
        warn(
            f"{n_shared} of {len(radius)} samples of p coincide with at least k samples of q (distance 0): there is no "
            "density, and the cross entropy is -inf. Pass p and q that share no samples, or a k larger than the number "
            "of repetitions."
        )
    return float(digamma(m + 1) - digamma(k) + geometry.log_volumes(radius).mean())


def warn_if_coincident(radius: Array, name: str, consequence: str, way_out: str) -> None:
    """Warn if balls have no volume."""
    n_coincident = np.count_nonzero(radius == 0)
    if n_coincident:
        warn(
            f"{n_coincident} of {len(radius)} samples of {name} coincide with at least k others (radius 0): there is "
            f"no density, and {consequence}. Pass a k larger than the number of repetitions or, for discrete data, "
            f"{way_out}."
        )
