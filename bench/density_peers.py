"""Histograms and kernel densities, asked of other packages. A peer that is not installed is left out.

All are imported and called in the way that is fastest for them and gives the values asked for, with no code of theirs
here. Threads and BLAS are left as they are.
"""

import importlib.util
import logging
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import fastmi

Array = NDArray[np.float64]
Ranges = list[tuple[float, float]]

BINS = 20
_CHUNK = 2**16  # draws that a cache holds


class Peer(NamedTuple):
    """One way to answer a question."""

    name: str
    distributions: tuple[str, ...]  # what it is made of, as in its name
    ask: Callable[..., Any]
    in_chunks: bool = False  # whether it draws a few at a time, so that many take no memory

    @property
    def is_fastmi(self) -> bool:
        """Whether this is fastmi itself, on however many threads."""
        return self.distributions == ("fastmi",)

    @property
    def title(self) -> str:
        """Name with versions."""
        title = self.name
        for distribution in self.distributions:
            title = title.replace(distribution, f"{distribution} {version(distribution)}")
        return title


# Draws from a density into bins: (centres, bandwidth, ranges, n_draws) -> counts.


def _draw_fastmi(workers: int) -> Peer:
    def ask(centres: Array, bandwidth: float, ranges: Ranges, n_draws: int) -> Array:
        density = fastmi.KernelDensity(bandwidth).fit(centres)
        return density.histogram(bins=BINS, n_samples=n_draws, range=ranges, workers=workers).counts

    return _fastmi(workers, ask)


def _draw_scikit_learn() -> Peer:
    from sklearn.neighbors import KernelDensity

    def ask(centres: Array, bandwidth: float, ranges: Ranges, n_draws: int) -> Array:
        draws = KernelDensity(bandwidth=bandwidth).fit(centres).sample(n_draws)
        return np.histogramdd(draws, BINS, ranges)[0]

    return Peer("scikit-learn, numpy histogramdd", ("scikit-learn", "numpy"), ask)


def _draw_kalepy() -> Peer:
    """Ask for kernels that do not take the shape of the data. What it says about chunks goes to the root logger."""
    import kalepy

    logging.getLogger().setLevel(logging.ERROR)

    def ask(centres: Array, bandwidth: float, ranges: Ranges, n_draws: int) -> Array:
        density = kalepy.KDE(centres.T, bandwidth=bandwidth, covariance=np.eye(centres.shape[1]))
        draws = density.resample(n_draws, squeeze=False)
        return np.histogramdd(draws.T, BINS, ranges)[0]

    return Peer("kalepy, numpy histogramdd", ("kalepy", "numpy"), ask)


def _draw_fast_histogram() -> Peer:
    from fast_histogram import histogramdd

    def ask(centres: Array, bandwidth: float, ranges: Ranges, n_draws: int) -> Array:
        draws = _draw(np.random.default_rng(), centres, bandwidth, n_draws)
        return histogramdd(tuple(draws.T), BINS, ranges)

    return Peer("numpy draws, fast-histogram", ("numpy", "fast-histogram"), ask)


def _draw_boost_histogram() -> Peer:
    """Fill one histogram with draws that stay in the cache: as fast as it goes without a compiler."""

    def ask(centres: Array, bandwidth: float, ranges: Ranges, n_draws: int) -> Array:
        rng = np.random.default_rng()
        # Bins for what lies outside would make a table of 22**6 cells of one of 20**6.
        histogram = _boost_histogram(ranges, flow=False)
        for done in range(0, n_draws, _CHUNK):
            histogram.fill(*_draw(rng, centres, bandwidth, min(_CHUNK, n_draws - done)).T)
        return histogram.view()

    return Peer("numpy draws, boost-histogram", ("numpy", "boost-histogram"), ask, in_chunks=True)


def _draw(rng: np.random.Generator, centres: Array, bandwidth: float, n_draws: int) -> Array:
    """Return draws: a centre each, and a normal deviate around it."""
    draws = centres[rng.integers(len(centres), size=n_draws)]
    draws += bandwidth * rng.standard_normal(draws.shape)
    return draws


# Points into bins: (x, ranges) -> counts.


def _fill_fastmi(workers: int) -> Peer:
    def ask(x: Array, ranges: Ranges) -> NDArray[np.int64]:
        return fastmi.histogram(x, bins=BINS, range=ranges, workers=workers).counts

    return _fastmi(workers, ask)


def _fill_boost_histogram(threads: int) -> Peer:
    def ask(x: Array, ranges: Ranges) -> NDArray[np.int64]:
        return _boost_histogram(ranges, flow=True).fill(*x.T, threads=threads).view()

    name = "boost-histogram" if threads == 1 else f"boost-histogram, {threads} threads"
    return Peer(name, ("boost-histogram",), ask)


def _boost_histogram(ranges: Ranges, *, flow: bool) -> Any:
    """Return an empty histogram of integers, not of doubles as by default."""
    import boost_histogram as bh

    axes = [bh.axis.Regular(BINS, *pair, underflow=flow, overflow=flow) for pair in ranges]
    return bh.Histogram(*axes, storage=bh.storage.Int64())


def _fill_fast_histogram() -> Peer:
    from fast_histogram import histogramdd

    return Peer("fast-histogram", ("fast-histogram",), lambda x, ranges: histogramdd(tuple(x.T), BINS, ranges))


def _fill_numpy() -> Peer:
    return Peer("numpy", ("numpy",), lambda x, ranges: np.histogramdd(x, BINS, ranges)[0])


# Logarithms of a density: (centres, bandwidth, queries) -> one for each query.


def _score_fastmi(workers: int) -> Peer:
    def ask(centres: Array, bandwidth: float, queries: Array) -> Array:
        return fastmi.KernelDensity(bandwidth).fit(centres).score_samples(queries, workers=workers)

    return _fastmi(workers, ask)


def _score_scikit_learn() -> Peer:
    """Ask for a tree of a single leaf: the sums over more of them are wrong far from the centres."""
    from sklearn.neighbors import KernelDensity

    def ask(centres: Array, bandwidth: float, queries: Array) -> Array:
        return KernelDensity(bandwidth=bandwidth, leaf_size=len(centres)).fit(centres).score_samples(queries)

    return Peer("scikit-learn", ("scikit-learn",), ask)


def _score_scipy() -> Peer:
    """Its kernels have the covariance of the centres, times the bandwidth squared: here that is to be the identity."""
    from scipy.stats import gaussian_kde

    def ask(centres: Array, bandwidth: float, queries: Array) -> Array:
        return gaussian_kde(centres.T, bandwidth).logpdf(queries.T)

    return Peer("scipy", ("scipy",), ask)


def _fastmi(workers: int, ask: Callable[..., Any]) -> Peer:
    return Peer("fastmi" if workers == 1 else f"fastmi, {workers} workers", ("fastmi",), ask)


_DRAWERS = [
    ("sklearn", _draw_scikit_learn),
    ("kalepy", _draw_kalepy),
    ("fast_histogram", _draw_fast_histogram),
    ("boost_histogram", _draw_boost_histogram),
]
_FILLERS = [
    ("boost_histogram", partial(_fill_boost_histogram, 1)),
    ("boost_histogram", partial(_fill_boost_histogram, 2)),
    ("fast_histogram", _fill_fast_histogram),
    ("numpy", _fill_numpy),
]
_SCORERS = [
    ("sklearn", _score_scikit_learn),
    ("scipy", _score_scipy),
]


def drawers() -> list[Peer]:
    """Return who can draw into bins, fastmi first."""
    return [_draw_fastmi(1), _draw_fastmi(2), *_installed(_DRAWERS)]


def fillers() -> list[Peer]:
    """Return who can count points in bins, fastmi first."""
    return [_fill_fastmi(1), _fill_fastmi(2), *_installed(_FILLERS)]


def scorers() -> list[Peer]:
    """Return who can tell the logarithm of a density, fastmi first."""
    return [_score_fastmi(1), _score_fastmi(2), *_installed(_SCORERS)]


def _installed(peers: list[tuple[str, Callable[[], Peer]]]) -> list[Peer]:
    return [make() for module, make in peers if importlib.util.find_spec(module)]
