"""Toy collision events: helical tracks through barrel layers, and a small network that has looked at their hits.

Charged particles leave the beam line near the origin and move on helices in a solenoid field along z. A particle of
transverse momentum pt (GeV) has the radius R = pt / (0.3 B) (metres, tesla) in the transverse plane; it crosses the
layer of radius r after turning by 2 asin(r / 2R), and has by then moved along z by R times that angle times
sinh(eta). Lengths are in metres, momenta in GeV, angles in radians: of comparable size, as nearest neighbours want it.
"""

import operator
from collections.abc import Collection
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from fastmi.io import LazyEvent

Array = NDArray[np.float64]

FIELD = 2.0  # tesla
LAYERS = np.array([0.032, 0.072, 0.116, 0.172, 0.26, 0.36, 0.5, 0.66, 0.82, 1.02])
HALF_LENGTH = 1.2
NOISE_SHARE = 0.05
RESOLUTION = 1e-4
N_NEURONS = 12
N_HITS = 14_183

_NETWORK_SEED = 12  # the network is the same for all events


@dataclass(frozen=True)
class _Particles:
    pt: Array
    eta: Array
    phi: Array
    vz: Array
    charge: Array

    @classmethod
    def draw(cls, n: int, rng: np.random.Generator) -> "_Particles":
        return cls(
            pt=0.3 + rng.exponential(0.8, n),
            eta=rng.uniform(-2.0, 2.0, n),
            phi=rng.uniform(-np.pi, np.pi, n),
            vz=rng.normal(0.0, 0.05, n),
            charge=rng.choice([-1.0, 1.0], n),
        )


def toy_event(seed: int | np.random.Generator | None = None, *, n_hits: int = N_HITS) -> dict[str, Array]:
    """Make one toy event.

    Parameters
    ----------
    seed : int or numpy.random.Generator, optional
        Seed of the event; entropy of the system by default. The network is the same for all seeds.
    n_hits : int, default 14183
        Number of hits, noise included.

    Returns
    -------
    dict of ndarray
        One row a hit, in random order. ``latent`` (n_hits, 12), the output neurons; ``r``, ``phi_hit``, ``z``, where
        the hit is; ``pt``, ``eta``, ``phi``, ``vz``, ``q`` of the particle that made it, NaN for noise hits.

    Raises
    ------
    ValueError
        If n_hits is less than 1.

    Examples
    --------
    >>> from fastmi.toy import toy_event
    >>> event = toy_event(1)
    >>> event["latent"].shape, event["pt"].shape
    ((14183, 12), (14183,))
    """
    _check_n_hits(n_hits)
    generator = np.random.default_rng(seed)
    n_noise = round(NOISE_SHARE * n_hits)
    hits = _track_hits(n_hits - n_noise, generator)
    noise = _noise_hits(n_noise, generator)
    shuffled = generator.permutation(n_hits)
    event = {name: np.concatenate([hits[name], noise[name]])[shuffled] for name in hits}
    return {"latent": latent(event["r"], event["phi_hit"], event["z"]), **event}


def toy_events(n_events: int, *, seed: int = 0, n_hits: int = N_HITS) -> list[LazyEvent]:
    """Make toy events, each when its turn comes.

    Parameters
    ----------
    n_events : int
        How many. They take no memory until their arrays are asked for.
    seed : int, default 0
        Seed of all of them. An event depends on the seed and its place alone, so that more events begin with the same.
    n_hits : int, default 14183
        Number of hits of each, noise included.

    Returns
    -------
    list of fastmi.io.LazyEvent
        Mappings with the arrays of :func:`toy_event`, which are made where they are needed.

    Raises
    ------
    ValueError
        If n_hits is less than 1, or n_events or seed less than 0.
    TypeError
        If seed is no int.

    Examples
    --------
    >>> from fastmi.toy import toy_events
    >>> [event["pt"].shape for event in toy_events(2, n_hits=100)]
    [(100,), (100,)]
    """
    if n_events < 0:
        raise ValueError(f"n_events={n_events} is negative; pass how many events to make")
    if operator.index(seed) < 0:
        raise ValueError(f"seed={seed} is negative; pass a seed from 0 up")
    _check_n_hits(n_hits)
    return [
        LazyEvent(
            f"toy {place}",
            partial(_load, seed, place, n_hits),
            identity=f"toy event {place} of seed {seed}, {n_hits} hits",
        )
        for place in range(n_events)
    ]


def _load(seed: int, place: int, n_hits: int, _: Collection[str] | None) -> dict[str, Array]:
    return toy_event(np.random.default_rng([seed, place]), n_hits=n_hits)


def latent(r: Array, phi_hit: Array, z: Array) -> Array:
    """Return what the 12 output neurons of a fixed random network say of hits, shape (n_hits, 12)."""
    rng = np.random.default_rng(_NETWORK_SEED)
    activity = np.column_stack([r * np.cos(phi_hit), r * np.sin(phi_hit), z])
    for width in (32, 32, N_NEURONS):
        weights = rng.normal(0.0, 1.5 / np.sqrt(activity.shape[1]), (activity.shape[1], width))
        activity = np.tanh(activity @ weights + rng.normal(0.0, 0.3, width))
    return activity


def _check_n_hits(n_hits: int) -> None:
    if n_hits < 1:
        raise ValueError(f"n_hits={n_hits} is less than 1; pass the number of hits of the event")


def _track_hits(n_hits: int, rng: np.random.Generator) -> dict[str, Array]:
    batches = [_propagate(_Particles.draw(1 + n_hits // 4, rng), rng)]
    while sum(len(batch["r"]) for batch in batches) < n_hits:
        batches.append(_propagate(_Particles.draw(1 + n_hits // 4, rng), rng))
    return {name: np.concatenate([batch[name] for batch in batches])[:n_hits] for name in batches[0]}


def _propagate(particles: _Particles, rng: np.random.Generator) -> dict[str, Array]:
    """Hits of the particles on all layers, particle by particle and outwards."""
    curvature_radius = (particles.pt / (0.3 * FIELD))[:, np.newaxis]
    with np.errstate(invalid="ignore"):  # NaN where a particle curls up before it gets there
        half_turn = np.arcsin(LAYERS / (2 * curvature_radius))
    z = particles.vz[:, np.newaxis] + 2 * curvature_radius * half_turn * np.sinh(particles.eta)[:, np.newaxis]
    particle, layer = np.nonzero(np.abs(z) < HALF_LENGTH)
    r = LAYERS[layer]
    phi_hit = particles.phi[particle] - particles.charge[particle] * half_turn[particle, layer]
    return {
        "r": r + rng.normal(0.0, RESOLUTION, len(r)),
        "phi_hit": _wrapped(phi_hit + rng.normal(0.0, RESOLUTION, len(r)) / r),
        "z": z[particle, layer] + rng.normal(0.0, RESOLUTION, len(r)),
        "pt": particles.pt[particle],
        "eta": particles.eta[particle],
        "phi": particles.phi[particle],
        "vz": particles.vz[particle],
        "q": particles.charge[particle],
    }


def _noise_hits(n_hits: int, rng: np.random.Generator) -> dict[str, Array]:
    missing = np.full(n_hits, np.nan)
    return {
        "r": rng.choice(LAYERS, n_hits) + rng.normal(0.0, RESOLUTION, n_hits),
        "phi_hit": rng.uniform(-np.pi, np.pi, n_hits),
        "z": rng.uniform(-HALF_LENGTH, HALF_LENGTH, n_hits),
        "pt": missing,
        "eta": missing,
        "phi": missing,
        "vz": missing,
        "q": missing,
    }


def _wrapped(angle: Array) -> Array:
    """Return the angle in [-pi, pi)."""
    return np.mod(angle + np.pi, 2 * np.pi) - np.pi
