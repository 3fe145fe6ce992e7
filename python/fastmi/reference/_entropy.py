"""Entropies from counts n_i of M samples in bins, as their papers write them, bin by bin.

`workers` is taken for the sake of equal signatures; everything here runs on one thread.
"""

import itertools
import math
from collections import Counter
from collections.abc import Callable
from typing import SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.integrate import nquad, quad
from scipy.optimize import brentq, minimize_scalar
from scipy.special import digamma, polygamma

from fastmi._arguments import (
    ENTROPY_METHODS,
    BinRange,
    Bins,
    NanPolicy,
    Period,
    as_bins,
    as_k,
    as_periods,
    as_ranges,
    as_workers,
    check_correction,
    check_entropy_method,
    check_heeded,
    check_metric,
    check_nan_policy,
    check_of_density,
    complete_samples,
    is_vector,
    kept_rows,
    unit_of,
)
from fastmi._entropy_estimate import EntropyEstimate
from fastmi._labels import as_labels
from fastmi.reference._kernel_density import KernelDensity
from fastmi.reference._knn_entropy import knn_entropy

Array = NDArray[np.float64]
Density = Callable[[Array], ArrayLike]


def entropy(
    x: ArrayLike,
    *,
    method: str = "knn",
    k: SupportsIndex = 3,
    metric: str = "chebyshev",
    period: Period = None,
    bins: Bins = 20,
    range: BinRange = None,  # noqa: A002
    correction: str | None = None,
    density: bool = True,
    nan_policy: NanPolicy = "raise",
    base: float | None = None,
    workers: int | None = None,
) -> EntropyEstimate:
    """Return H(X); see :func:`fastmi.entropy`."""
    check_entropy_method(method, ENTROPY_METHODS, period=period)
    check_correction(correction)
    check_heeded(method, range=range, correction=correction)
    check_of_density(method, metric, density)
    check_nan_policy(nan_policy)
    unit = unit_of(base)
    as_workers(workers)
    if method == "discrete":
        rows = list(zip(*(column.tolist() for column in as_labels("x", x)), strict=True))
        missing = np.array([any(isinstance(v, float) and math.isnan(v) for v in row) for row in rows])
        kept = kept_rows("x", missing, nan_policy)
        if kept is None:
            return EntropyEstimate(math.nan, unit=unit)
        counts = list(Counter(row for row, is_kept in zip(rows, kept, strict=True) if is_kept).values())
        return _estimate(counts, correction, len(counts), 0.0, 0, unit)

    samples = complete_samples("x", x, nan_policy)
    if samples is None:
        return EntropyEstimate(math.nan, unit=unit)
    if method == "kde":
        h = KernelDensity("cv").fit(samples).cross_entropy()
        return EntropyEstimate(h / unit, n_samples=len(samples), unit=unit)
    if method == "knn":
        periods = as_periods("period", period, samples.shape[1])
        check_metric(metric, periods)
        h = knn_entropy(samples, as_k(k), metric, periods)
        return EntropyEstimate(h / unit, n_samples=len(samples), unit=unit)
    edges = _equal_widths(samples, bins, range)
    bin_of = [bin_of_row(row, edges) for row in samples]
    counts = list(Counter(b for b in bin_of if b is not None).values())
    n_bins = math.prod(len(e) - 1 for e in edges)
    log_volume = sum(math.log((e[-1] - e[0]) / (len(e) - 1)) for e in edges) if density else 0.0
    return _estimate(counts, correction, n_bins, log_volume, bin_of.count(None), unit)


def relative_entropy(
    x: ArrayLike,
    *,
    measure: ArrayLike | Density | None = None,
    n_points: float | None = None,
    bins: Bins = 20,
    range: BinRange = None,  # noqa: A002
    correction: str | None = None,
    nan_policy: NanPolicy = "raise",
    base: float | None = None,
    workers: int | None = None,
) -> tuple[float, EntropyEstimate, float]:
    """Return D(p||m), log N - D(p||m) and N; see :func:`fastmi.relative_entropy`."""
    check_correction(correction)
    unit = unit_of(base)
    as_workers(workers)
    samples = complete_samples("x", x, nan_policy)
    others = None if measure is None or callable(measure) else complete_samples("measure", measure, nan_policy)
    if samples is None or (others is None and not (measure is None or callable(measure))):
        return math.nan, EntropyEstimate(math.nan, unit=unit), math.nan

    edges = _equal_widths(samples, bins, range)
    n_cells = math.prod(len(e) - 1 for e in edges)
    if measure is None:
        mass = dict.fromkeys(np.ndindex(*(len(e) - 1 for e in edges)), 1 / n_cells)
    elif callable(measure):
        edges, mass = _cells_of_density(measure, edges, vectors=is_vector("x", x))
    else:
        assert others is not None
        edges, mass = _cells_of_samples(others, bins, range)
    cell_of = [bin_of_row(row, edges) for row in samples]
    counts = Counter(cell for cell in cell_of if cell is not None)
    n_inside = sum(counts.values())
    mean_log_mass = sum(n / n_inside * _log(mass.get(cell, 0.0)) for cell, n in counts.items())
    n_points = n_cells if n_points is None else n_points
    outside = len(samples) - n_inside
    log_volume = mean_log_mass + math.log(n_points)
    entropy = _estimate(list(counts.values()), correction, n_cells, log_volume, outside, unit)
    return math.log(n_points) / unit - float(entropy), entropy, n_points


def _equal_widths(samples: Array, bins: Bins, range_: BinRange) -> list[Array]:
    """Return the edges of equally wide bins, column by column."""
    n_bins, ranges = as_bins(bins, samples.shape[1]), as_ranges(range_, samples.shape[1])
    return [np.histogram_bin_edges(c, n, pair) for c, n, pair in zip(samples.T, n_bins, ranges, strict=True)]


def _cells_of_samples(measure: Array, bins: Bins, range_: BinRange) -> tuple[list[Array], dict[tuple[int, ...], float]]:
    """Return edges at equal shares of the sorted samples, and the share of them in each cell."""
    n_bins, ranges = as_bins(bins, measure.shape[1]), as_ranges(range_, measure.shape[1])
    limits = [(-math.inf, math.inf) if pair is None else pair for pair in ranges]
    inside = [row for row in measure if all(low <= v <= high for v, (low, high) in zip(row, limits, strict=True))]
    edges = []
    for column, n, (low, high) in zip(zip(*inside, strict=True), n_bins, limits, strict=True):
        ordered = sorted(column)
        edges.append(np.array([low, *(ordered[j * len(ordered) // n] for j in np.arange(1, n)), high]))
    counts = Counter(bin_of_row(row, edges) for row in inside)
    return edges, {cell: n / len(inside) for cell, n in counts.items() if cell is not None}


def _cells_of_density(
    measure: Density, outer: list[Array], vectors: bool
) -> tuple[list[Array], dict[tuple[int, ...], float]]:
    """Return edges at equal shares of the density's integral, column by column, and its share in each cell."""

    def value(*point: float) -> float:
        points = np.array(point) if vectors else np.array([point])
        return float(np.ravel(measure(points))[0])

    def integral(box: list[tuple[float, float]]) -> float:
        return float(nquad(value, box, opts={"epsabs": 0, "epsrel": 1e-8, "limit": 200})[0])

    whole = [(float(e[0]), float(e[-1])) for e in outer]
    total = integral(whole)
    edges = []
    for axis, (low, high) in enumerate(whole):
        n = len(outer[axis]) - 1

        def excess(
            edge: float, share: float, axis: int = axis, low: float = low
        ) -> float:  # of the integral below the edge
            return integral([*whole[:axis], (low, edge), *whole[axis + 1 :]]) / total - share

        inner = [brentq(excess, low, high, args=(j / n,), xtol=1e-9 * (high - low)) for j in np.arange(1, n)]
        edges.append(np.array([low, *inner, high]))
    mass = {
        cell: integral([(float(e[b]), float(e[b + 1])) for e, b in zip(edges, cell, strict=True)]) / total
        for cell in np.ndindex(*(len(e) - 1 for e in edges))
    }
    return edges, mass


def bin_of_row(row: Array, edges: list[Array]) -> tuple[int, ...] | None:
    """Return in which bin a sample lies: lower edge <= value < upper edge, the last bin with its upper edge."""
    if not all(e[0] <= value <= e[-1] for value, e in zip(row, edges, strict=True)):
        return None
    return tuple(int(np.count_nonzero(e[1:-1] <= value)) for value, e in zip(row, edges, strict=True))


def _estimate(
    counts: list[int], correction: str | None, n_bins: int, log_volume: float, outside: int, unit: float
) -> EntropyEstimate:
    m = sum(counts)
    return EntropyEstimate(
        (entropy_of_counts(counts, correction, n_bins) + log_volume) / unit,
        ceiling=(math.log(m) + log_volume) / unit,
        singleton_fraction=counts.count(1) / m,
        slope=_slope(counts),
        n_samples=m,
        outside=outside,
        unit=unit,
    )


def entropy_of_counts(counts: list[int], correction: str | None, n_bins: int) -> float:
    """Return the entropy of a distribution of which bins hold these counts."""
    if not counts:
        raise ValueError("no samples are in the bins; pass a range that holds some of them, or range=None")
    return _nsb(counts, n_bins) if correction == "nsb" else _FORMULAS[correction](counts)


def _slope(counts: list[int]) -> float:
    """Return (M - 1) (H_M - mean of H_(M-1)): the jackknife, leaving out one sample after the other."""
    m = sum(counts)
    if m == 1:
        return 0.0
    without_one = 0.0
    for n, bins in Counter(counts).items():
        rest = counts.copy()
        rest.remove(n)
        if n > 1:
            rest.append(n - 1)
        without_one += bins * n / m * _plugin(rest)
    return (m - 1) * (_plugin(counts) - without_one)


def _plugin(counts: list[int]) -> float:
    m = sum(counts)
    return -math.fsum(n / m * math.log(n / m) for n in counts)


def _miller_madow(counts: list[int]) -> float:
    return _plugin(counts) + (len(counts) - 1) / (2 * sum(counts))


def _grassberger(counts: list[int]) -> float:
    m = sum(counts)

    def g(n: int) -> float:
        return float(digamma(n) + 0.5 * (-1) ** n * (digamma((n + 1) / 2) - digamma(n / 2)))

    return math.log(m) - math.fsum(n * g(n) for n in counts) / m


def _chao_shen(counts: list[int]) -> float:
    m = sum(counts)
    singletons = counts.count(1)
    if singletons == m:
        singletons -= 1
    coverage = 1 - singletons / m
    shrunk = [coverage * n / m for n in counts]
    return -math.fsum(p * math.log(p) / (1 - (1 - p) ** m) for p in shrunk)


def _nsb(counts: list[int], n_bins: int) -> float:
    """Return the ratio of two integrals over u = log b, with the prior dxi / du = b (K psi'(Kb + 1) - psi'(b + 1))."""
    if n_bins == 1:
        return 0.0
    m, k = sum(counts), float(n_bins)
    n = np.array(counts)

    def log_density(u: float) -> float:
        b = math.exp(u)
        likelihood = sum(np.log(b + np.arange(n_i)).sum() for n_i in n) - np.log(k * b + np.arange(m)).sum()
        prior = b * (k * polygamma(1, k * b + 1) - polygamma(1, b + 1))
        return float(likelihood + math.log(prior))

    def mean_entropy(u: float) -> float:
        b = math.exp(u)
        total = m + k * b
        occupied = ((n + b) * digamma(n + b + 1)).sum()
        return float(digamma(total + 1) - (occupied + (k - len(n)) * b * digamma(b + 1)) / total)

    low, high = -math.log(k) - 30, math.log(m) + 18
    grid = np.linspace(low, high, 200)
    start = grid[np.argmax([log_density(u) for u in grid])]
    peak = minimize_scalar(lambda u: -log_density(u), bounds=(start - 1, start + 1), method="bounded").x
    top = log_density(peak)
    steps = [peak + step for step in (-9, -3, -1, -0.3, -0.1, 0, 0.1, 0.3, 1, 3, 9)]
    points = [low, *(u for u in steps if low < u < high), high]

    def integral(f: Callable[[float], float]) -> float:
        pieces = itertools.pairwise(points)
        return math.fsum(quad(lambda u: f(u) * math.exp(log_density(u) - top), *ends)[0] for ends in pieces)

    return integral(mean_entropy) / integral(lambda _: 1.0)


_FORMULAS: dict[str | None, Callable[[list[int]], float]] = {
    None: _plugin,
    "miller-madow": _miller_madow,
    "grassberger": _grassberger,
    "chao-shen": _chao_shen,
}


def _log(mass: float) -> float:
    return math.log(mass) if mass > 0 else -math.inf
