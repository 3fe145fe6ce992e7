"""Kernel density estimates with a Gaussian product kernel, as in B. W. Silverman, "Density Estimation" (1986).

Section 4.2:

    p(x) = 1/n sum_j prod_c phi((x_c - x_jc) / h_c) / h_c

with the normal density phi; its leave-one-out likelihood is that of section 3.4.4.
"""

import math
from typing import NamedTuple, Self, SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq, minimize_scalar
from scipy.special import logsumexp
from scipy.stats import binom, norm

from fastmi._arguments import BinRange, Bins, as_bins, as_count, as_finite_samples, as_ranges, as_workers, unit_of
from fastmi._bandwidth import Bandwidth, check_bandwidth
from fastmi._entropy_estimate import EntropyEstimate
from fastmi._histogram import Histogram
from fastmi._kde_histogram import Progress, Seed

Array = NDArray[np.float64]


class GoodnessOfFit(NamedTuple):
    """The Kolmogorov-Smirnov distance in each column."""

    distance: Array


class KernelDensity:
    """A density estimated by a normal distribution around every sample; see :class:`fastmi.KernelDensity`."""

    bandwidth_: Array
    centers_: Array
    n_features_in_: int

    def __init__(self, bandwidth: Bandwidth = 1.0) -> None:
        check_bandwidth(bandwidth)
        self.bandwidth = bandwidth

    def fit(self, x: ArrayLike, y: object = None, *, workers: int | None = None) -> Self:  # noqa: ARG002
        """Take the samples and find the bandwidth."""
        check_bandwidth(self.bandwidth)
        as_workers(workers)
        self.centers_ = np.array(as_finite_samples("x", x), order="C")
        n, d = self.centers_.shape
        self.n_features_in_ = d
        self.bandwidth_ = np.ones(d)
        if isinstance(self.bandwidth, str):
            if self.bandwidth == "scott":
                self.bandwidth_ *= n ** (-1 / (d + 4))
            elif self.bandwidth == "silverman":
                self.bandwidth_ *= (n * (d + 2) / 4) ** (-1 / (d + 4))
            else:
                self.bandwidth_ *= self._cross_validated()
        else:
            self.bandwidth_ *= self.bandwidth
        return self

    def score_samples(self, x: ArrayLike, *, workers: int | None = None) -> Array:
        """Return log p(x)."""
        as_workers(workers)
        log_sum = np.array([logsumexp(self._log_kernels(point)) for point in as_finite_samples("x", x)])
        return log_sum - float(np.log(len(self.centers_)))

    def score(self, x: ArrayLike, *, workers: int | None = None) -> float:
        """Return the sum of log p(x)."""
        return float(np.sum(self.score_samples(x, workers=workers)))

    def sample(self, n_samples: SupportsIndex = 1, *, rng: Seed = None) -> Array:
        """Draw a center, then a normal deviate."""
        generator = np.random.default_rng(rng)
        center = generator.integers(len(self.centers_), size=as_count("n_samples", n_samples))
        return generator.normal(self.centers_[center], self.bandwidth_)

    def cross_entropy(self, *, workers: int | None = None) -> float:
        """Return the mean of -log p_{-i}(x_i)."""
        as_workers(workers)
        n = len(self.centers_)
        others = [logsumexp(np.delete(self._log_kernels(point), i)) for i, point in enumerate(self.centers_)]
        return -float(np.mean(others) - np.log(n - 1))

    def goodness_of_fit(self, x: ArrayLike | None = None, *, workers: int | None = None) -> GoodnessOfFit:
        """Compare each column with its marginal distribution."""
        as_workers(workers)
        samples = self.centers_ if x is None else as_finite_samples("x", x)

        def distance(column: int) -> float:
            x, centers, h = np.sort(samples[:, column]), self.centers_[:, column], self.bandwidth_[column]
            fitted = np.array([norm.cdf((point - centers) / h).mean() for point in x])
            below, up_to = (np.searchsorted(x, x, side) / len(x) for side in ("left", "right"))
            return float(max(np.max(up_to - fitted), np.max(fitted - below)))

        return GoodnessOfFit(np.array([distance(column) for column in range(self.n_features_in_)]))

    def histogram(
        self,
        *,
        bins: Bins = 20,
        n_samples: SupportsIndex | None = 10**10,
        range: BinRange = None,  # noqa: A002
        rng: Seed = None,
        progress: Progress | None = None,
        workers: int | None = None,
    ) -> Histogram:
        """Return the histogram of an array of draws, or the mean over the centers of products of normal integrals."""
        as_workers(workers)
        edges = self._edges(bins, range)
        if n_samples is None:
            probability = np.zeros([len(e) - 1 for e in edges])
            for center in self.centers_:
                masses = [
                    np.diff(norm.cdf((e - x) / h)) for e, x, h in zip(edges, center, self.bandwidth_, strict=True)
                ]
                probability += math.prod(np.ix_(*masses)) / len(self.centers_)
            return Histogram(probability, edges, None, 1 - float(probability.sum()), None, "")
        n = as_count("n_samples", n_samples)
        counts, _ = np.histogramdd(self.sample(n, rng=np.random.default_rng(rng)), edges)
        if progress is not None:
            progress(n, n)
        return Histogram(counts.astype(np.int64), edges, n, n - int(counts.sum()), None, "")

    def entropy(
        self,
        *,
        bins: Bins = 20,
        n_samples: SupportsIndex | None = None,
        range: BinRange = None,  # noqa: A002
        rng: Seed = None,  # noqa: ARG002
        base: float | None = None,
        workers: int | None = None,
    ) -> EntropyEstimate:
        """Return log M - sum E[C log C] / M with binomial counts C, or -sum p log p, plus the log volume of a bin."""
        limit = self.histogram(bins=bins, n_samples=None, range=range, workers=workers)
        inside = float(limit.counts.sum())
        p = limit.counts[limit.counts > 0] / inside
        log_volume = float(np.sum(np.log(limit.widths)))
        unit = unit_of(base)
        if n_samples is None:
            return EntropyEstimate((log_volume - float(p @ np.log(p))) / unit, outside=limit.outside, unit=unit)
        n = as_count("n_samples", n_samples)
        n_inside = round(n * inside)

        def expected(m: int) -> float:
            c = np.arange(1, m + 1)
            return float(np.log(m) - np.sum([binom.pmf(c, m, q) @ (c * np.log(c)) for q in p]) / m)

        return EntropyEstimate(
            (expected(n_inside) + log_volume) / unit,
            ceiling=(float(np.log(n_inside)) + log_volume) / unit,
            singleton_fraction=float(p @ (1 - p) ** (n_inside - 1)),
            slope=n_inside * (expected(n_inside + 1) - expected(n_inside)),
            n_samples=n_inside,
            outside=round(n * limit.outside),
            unit=unit,
        )

    def _edges(self, bins: Bins, range_: BinRange) -> tuple[Array, ...]:
        """Return bins over the ranges given, or over what 10**7 draws are expected to span."""
        d = self.n_features_in_

        def own_range(c: int) -> tuple[float, float]:
            x, h = self.centers_[:, c], self.bandwidth_[c]
            ends = x.min() - 9 * h, x.max() + 9 * h
            low = brentq(lambda t: norm.cdf((t - x) / h).mean() - 1e-7, *ends, xtol=1e-15)
            high = brentq(lambda t: norm.sf((t - x) / h).mean() - 1e-7, *ends, xtol=1e-15)
            return low, high

        ranges = [own_range(c) if pair is None else pair for c, pair in enumerate(as_ranges(range_, d))]
        return tuple(np.linspace(low, high, n + 1) for (low, high), n in zip(ranges, as_bins(bins, d), strict=True))

    def _log_kernels(self, x: Array) -> Array:
        """Of one x, for each center."""
        kernels: Array = np.sum(norm.logpdf((x - self.centers_) / self.bandwidth_) - np.log(self.bandwidth_), axis=1)
        return kernels

    def _cross_validated(self) -> float:
        """Maximise the leave-one-out likelihood: on a grid first, then around its best point."""
        d = self.n_features_in_

        def cross_entropy(log_h: float) -> float:
            self.bandwidth_ = np.full(d, np.exp(log_h))
            return self.cross_entropy()

        apart = np.sqrt(((self.centers_[:, np.newaxis] - self.centers_) ** 2).sum(axis=2) / d)
        np.fill_diagonal(apart, np.inf)
        nearest = apart.min(axis=1).mean()
        np.fill_diagonal(apart, 0)
        grid = np.arange(np.log(nearest) - 1, np.log(apart.max()) + 1, 0.25)
        best = grid[np.argmin([cross_entropy(log_h) for log_h in grid])]
        found = minimize_scalar(cross_entropy, bounds=(best - 0.25, best + 0.25), options={"xatol": 1e-7})
        self.bandwidth_ = np.ones(d)
        return float(np.exp(found.x))
