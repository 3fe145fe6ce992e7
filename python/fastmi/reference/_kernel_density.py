"""Kernel density estimates with a Gaussian product kernel, as in B. W. Silverman, "Density Estimation" (1986).

Section 4.2:

    p(x) = 1/n sum_j prod_c phi((x_c - x_jc) / h_c) / h_c

with the normal density phi; its leave-one-out likelihood is that of section 3.4.4.
"""

from typing import NamedTuple, Self, SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize_scalar
from scipy.special import logsumexp
from scipy.stats import norm

from fastmi._arguments import as_count, as_finite_samples, as_workers
from fastmi._bandwidth import Bandwidth, check_bandwidth

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

    def fit(self, x: ArrayLike, *, workers: int | None = None) -> Self:
        """Take the samples and find the bandwidth."""
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

    def sample(self, n_samples: SupportsIndex = 1, *, rng: int | np.random.Generator | None = None) -> Array:
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
