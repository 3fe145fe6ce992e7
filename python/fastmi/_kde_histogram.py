"""A kernel density in the bins of a histogram: drawn, in the limit of infinitely many draws, and its entropy there."""

import math
import os
from collections.abc import Callable
from typing import NamedTuple, SupportsIndex

import numpy as np
from numpy.typing import NDArray

from fastmi import _core
from fastmi._arguments import BinRange, Bins, as_bins, as_count, as_ranges, as_workers, unit_of
from fastmi._entropy_estimate import EntropyEstimate
from fastmi._histogram import Histogram, check_cells, equal_edges, fits_table, range_rule

Progress = Callable[[int, int], object]
Seed = int | np.random.Generator | np.random.SeedSequence | np.random.BitGenerator | None

# The range, where none is given, is what so many draws are expected to span.
_SPANNING_DRAWS = 10**7
# In bandwidths, how far the core follows a kernel.
_REACH = 8.3
# Products of bin masses, up to which the probabilities of all cells are computed: a minute of one thread.
_MOST_PRODUCTS = 2**40
_PRODUCTS_PER_MASS = 50  # which take as long as a mass
# Draws behind a Monte Carlo mean, and the bins of all columns together up to which it is taken.
_MONTE_CARLO_DRAWS = 2**17
_MOST_MONTE_CARLO_BINS = 2**16
# Of a covariance, beyond which distances in its metric are rounding errors.
_WORST_CONDITION = 1e10
# An occupied cell is a number and a count, at the worst moment three times over.
_BYTES_PER_OCCUPIED_CELL = 3 * 16
_ASSUMED_MEMORY = 2**33  # where the system does not say


class Mixture(NamedTuple):
    """Normal kernels of one width around each centre."""

    centres: NDArray[np.float64]  # (n, d), column after column in memory
    bandwidth: NDArray[np.float64]  # (d,)


class _Grid(NamedTuple):
    """The bins of each column, and how their range came about."""

    edges: list[NDArray[np.float64]]
    range_rule: str

    @property
    def bins(self) -> list[int]:
        return [len(edges) - 1 for edges in self.edges]

    @property
    def n_cells(self) -> int:
        return math.prod(self.bins)

    @property
    def log_volume(self) -> float:
        return sum(math.log((edges[-1] - edges[0]) / (len(edges) - 1)) for edges in self.edges)


def drawn_histogram(
    density: Mixture,
    bins: Bins,
    n_samples: SupportsIndex,
    range_: BinRange,
    rng: Seed,
    progress: Progress | None,
    workers: int | None,
) -> Histogram:
    """Count draws in bins."""
    n_draws = _as_n_samples(n_samples)
    grid = _grid(density, bins, range_)
    check_cells(grid.bins)
    generator = np.random.default_rng(rng)
    n_centres = len(density.centres)
    draws_of_centres = generator.multinomial(n_draws, np.full(n_centres, 1 / n_centres))
    question = (
        *_question(density, grid),
        draws_of_centres,
        int(generator.integers(2**64, dtype=np.uint64)),
        None if progress is None else lambda done: progress(done, n_draws),
        as_workers(workers),
    )
    if fits_table(grid.bins):
        counts, outside = _core.kde_draw_dense(*question)
        return Histogram(counts, tuple(grid.edges), n_draws, outside, None, grid.range_rule)
    limit = _most_occupied_cells()
    try:
        keys, counts, outside = _core.kde_draw_sparse(*question, limit)
    except _core.TooManyCellsError:
        raise MemoryError(
            f"n_samples={n_draws} fills more than {limit} of {grid.n_cells:.3g} bins, the most that half of this "
            "machine's memory is good for; pass fewer samples or fewer bins, or call .entropy(n_samples=...), which "
            "says what so many draws are to be expected to give, and needs no histogram"
        ) from None
    return Histogram(counts, tuple(grid.edges), n_draws, outside, keys, grid.range_rule)


def limit_histogram(density: Mixture, bins: Bins, range_: BinRange, workers: int | None) -> Histogram:
    """Return the probability of every bin."""
    grid = _grid(density, bins, range_)
    refusal = _why_not_exact(density, grid)
    if refusal:
        raise ValueError(
            f"n_samples=None asks for the probabilities of all bins, but {refusal}; pass fewer bins or a number of "
            "samples, or call .entropy(n_samples=None), which takes a Monte Carlo mean there"
        )
    probability, inside, outside = _core.kde_limit(*_question(density, grid), as_workers(workers))
    truncation = max(inside - float(probability.sum()), 0.0)
    return Histogram(probability, tuple(grid.edges), None, outside, None, grid.range_rule, truncation)


def histogram_entropy(
    density: Mixture,
    bins: Bins,
    n_samples: SupportsIndex | None,
    range_: BinRange,
    rng: Seed,
    base: float | None,
    workers: int | None,
) -> EntropyEstimate:
    """Return the entropy of the histogram of so many draws, as it is to be expected."""
    n_draws = None if n_samples is None else _as_n_samples(n_samples)
    grid = _grid(density, bins, range_)
    unit = unit_of(base)
    if _why_not_exact(density, grid) is None:
        probability, inside, _ = _core.kde_limit(*_question(density, grid), as_workers(workers))
        _check_inside(inside)
        total = float(probability.sum())
        mean = _core.expected_plugin(probability.ravel(), total, _draws_inside(n_draws, inside), as_workers(workers))
        std_error = 0.0
    else:
        mean, std_error, inside = _monte_carlo(density, grid, n_draws, np.random.default_rng(rng), as_workers(workers))
    outside = max(1.0 - inside, 0.0)
    surprise, slope, alone = mean
    return EntropyEstimate(
        (surprise + grid.log_volume) / unit,
        std_error=std_error / unit,
        ceiling=math.inf if n_draws is None else (math.log(_draws_inside(n_draws, inside)) + grid.log_volume) / unit,
        singleton_fraction=alone,
        slope=slope,
        n_samples=None if n_draws is None else int(_draws_inside(n_draws, inside)),
        outside=outside if n_draws is None else round(n_draws * outside),
        unit=unit,
    )


def _monte_carlo(
    density: Mixture, grid: _Grid, n_draws: int | None, generator: np.random.Generator, workers: int
) -> tuple[tuple[float, float, float], float, float]:
    """Return the expected surprise, slope and share of singletons, the first one's error, and the share inside.

    Two things vary much as the surprise of a draw does, and have known means: what the draw's own kernel has in its
    cell, and its Mahalanobis distance. The surprise less its regression on these varies far less.
    """
    if sum(grid.bins) > _MOST_MONTE_CARLO_BINS:
        raise ValueError(
            f"bins={grid.bins} are {sum(grid.bins)} in all columns together, too many for a Monte Carlo mean; pass at "
            f"most {_MOST_MONTE_CARLO_BINS}, or call .cross_entropy(), which has no bins"
        )
    centre = generator.integers(len(density.centres), size=_MONTE_CARLO_DRAWS)
    points = generator.normal(density.centres[centre], density.bandwidth)
    bins = np.array([np.searchsorted(e, x, side="right") - 1 for e, x in zip(grid.edges, points.T, strict=True)])
    is_inside = ((bins >= 0) & (bins < np.array(grid.bins)[:, np.newaxis])).all(axis=0)
    probability, log_own, mean_log_own, inside = _core.kde_probabilities(
        *_question(density, grid), centre[is_inside], list(bins[:, is_inside].astype(np.int32)), workers
    )
    _check_inside(inside)
    if len(probability) == 0:
        raise ValueError(
            f"the range holds {inside:.2g} of the density, too little for a mean over {_MONTE_CARLO_DRAWS} draws; pass a "
            "range that holds more of it"
        )
    surprise, slope, alone = _core.plugin_terms(probability / inside, _draws_inside(n_draws, inside))
    # All draws count, those outside with 0, so that the controls' means hold whatever the range. Inside, what counts is
    # the deviation from a middle, or how many draws are inside would make noise of its own.
    middle = float(surprise.mean())
    value = np.zeros(len(points))
    value[is_inside] = surprise - middle
    controls = np.zeros((len(points), 2))
    controls[is_inside, 0] = log_own - mean_log_own / inside
    controls[:, 1] = _mahalanobis(density, points) - len(grid.bins)
    mean, std_error = _controlled_mean(value, controls)
    return (middle + mean / inside, float(slope.mean()), float(alone.mean())), std_error / inside, inside


def _mahalanobis(density: Mixture, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the squared distance from the mean in the metric of the covariance; its mean is the number of columns.

    That number itself is returned where the covariance cannot be inverted: columns may depend on each other, and kernels
    be narrow beside that.
    """
    mean = density.centres.mean(axis=0)
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        variance = ((density.centres - mean) ** 2).mean(axis=0) + density.bandwidth**2
        scaled = (density.centres - mean) / np.sqrt(variance)
        covariance = scaled.T @ scaled / len(scaled) + np.diag(density.bandwidth**2 / variance)
    if not np.isfinite(covariance).all() or np.linalg.cond(covariance) > _WORST_CONDITION:
        return np.full(len(points), float(points.shape[1]))
    deviation = (points - mean) / np.sqrt(variance)
    return np.asarray((deviation * np.linalg.solve(covariance, deviation.T).T).sum(axis=1))


def _controlled_mean(value: NDArray[np.float64], controls: NDArray[np.float64]) -> tuple[float, float]:
    """Return the mean of `value`, given controls of mean 0, and its standard error."""
    coefficients, *_ = np.linalg.lstsq(controls - controls.mean(axis=0), value - value.mean(), rcond=None)
    controlled = value - controls @ coefficients
    return float(controlled.mean()), float(controlled.std(ddof=1 + controls.shape[1])) / math.sqrt(len(value))


def _check_inside(inside: float) -> None:
    if inside <= 0:
        raise ValueError("the range holds nothing of the density; pass range=None, or one that the samples lie in")


def _as_n_samples(n_samples: SupportsIndex) -> int:
    as_int = as_count("n_samples", n_samples)
    if as_int >= 2**62:
        raise ValueError(f"n_samples={as_int} is not below 2**62; pass fewer, or None for infinitely many")
    return as_int


def _question(density: Mixture, grid: _Grid) -> tuple[NDArray[np.float64], list[float], list[NDArray[np.float64]]]:
    return density.centres, [float(h) for h in density.bandwidth], grid.edges


def _grid(density: Mixture, bins: Bins, range_: BinRange) -> _Grid:
    n_columns = density.centres.shape[1]
    n_bins = as_bins(bins, n_columns)
    given = as_ranges(range_, n_columns)
    ranges = [
        _range_of_draws(density.centres[:, c], float(density.bandwidth[c])) if pair is None else pair
        for c, pair in enumerate(given)
    ]
    edges = equal_edges(ranges, n_bins)
    rule = range_rule(given, f"where {_SPANNING_DRAWS:,} draws are expected to have their extremes")
    return _Grid(edges, rule)


def _range_of_draws(centres: NDArray[np.float64], bandwidth: float) -> tuple[float, float]:
    """Return where the distribution function is 1/n and 1 - 1/n, for the spanning number n of draws."""
    return _quantile(np.sort(centres), bandwidth), -_quantile(np.sort(-centres), bandwidth)


def _quantile(centres: NDArray[np.float64], bandwidth: float) -> float:
    """Return where the distribution function is 1/n."""
    low = min(float(centres[0]) - _REACH * bandwidth, math.nextafter(float(centres[0]), -math.inf))
    high = max(float(centres[-1]) + _REACH * bandwidth, math.nextafter(float(centres[-1]), math.inf))
    while low < (middle := (low + high) / 2) < high:
        if _core.normal_mixture_cdf(centres, bandwidth, np.array([middle]), 1)[0] < 1 / _SPANNING_DRAWS:
            low = middle
        else:
            high = middle
    return low


def _why_not_exact(density: Mixture, grid: _Grid) -> str | None:
    """Say why the probabilities of all bins are too much to ask for, or None if they are not."""
    if not fits_table(grid.bins):
        return f"{grid.n_cells:.3g} bins in {len(grid.bins)} columns are more than a table holds"
    n_products = 1.0
    n_masses = 0.0
    for edges, bandwidth in zip(grid.edges, density.bandwidth, strict=True):
        n_bins = len(edges) - 1
        reached = 2 * _REACH * float(bandwidth) * n_bins / (float(edges[-1]) - float(edges[0])) + 1
        n_products *= min(n_bins, reached)
        n_masses += min(n_bins, reached)
    n_products = len(density.centres) * (n_products + _PRODUCTS_PER_MASS * n_masses)
    if n_products > _MOST_PRODUCTS:
        return f"the kernels reach too many of them: {n_products:.2g} operations, more than {_MOST_PRODUCTS:.2g}"
    return None


def _draws_inside(n_draws: int | None, inside: float) -> float:
    return math.inf if n_draws is None else float(max(round(n_draws * inside), 1))


def _most_occupied_cells() -> int:
    try:
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        memory = _ASSUMED_MEMORY
    return memory // 2 // _BYTES_PER_OCCUPIED_CELL
