"""Gaussian kernel density estimates, as users call them."""

from typing import Self, SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastmi import _core
from fastmi._arguments import BinRange, Bins, as_count, as_finite_samples, as_workers
from fastmi._bandwidth import Bandwidth, check_bandwidth, column_bandwidths
from fastmi._entropy_estimate import EntropyEstimate
from fastmi._goodness_of_fit import GoodnessOfFit, goodness_of_fit
from fastmi._histogram import Histogram
from fastmi._kde_histogram import Mixture, Progress, Seed, drawn_histogram, histogram_entropy, limit_histogram

Array = NDArray[np.float64]


class KernelDensity:
    """A density estimated by a normal distribution around every sample.

    Around each of the n samples of d columns lies a product of normal distributions of width h_c; the estimate is
    their mean. Names, meanings and values are those of ``sklearn.neighbors.KernelDensity`` with its Gaussian kernel.

    Parameters
    ----------
    bandwidth : float, sequence of float, "scott", "silverman" or "cv", default 1.0
        The width h of the kernels, in the unit of the data: one number for all columns, or one a column. The rules
        "scott", n^(-1/(d+4)), and "silverman", (n (d+2)/4)^(-1/(d+4)), suit columns of unit spread; they do not look
        at the data. "cv" is the one number for all columns that maximises the leave-one-out likelihood.

    Attributes
    ----------
    bandwidth_ : ndarray of shape (n_columns,)
        The width in each column, once fitted.
    centers_ : ndarray of shape (n_samples, n_columns)
        The samples, as float64.
    n_features_in_ : int
        The number of columns.

    References
    ----------
    B. W. Silverman, "Density Estimation for Statistics and Data Analysis", Chapman and Hall (1986), section 4.
    J. D. F. Habbema, J. Hermans, K. van den Broek, "A stepwise discriminant analysis program using density
    estimation", Compstat 1974, for the leave-one-out likelihood.

    Examples
    --------
    >>> import numpy as np
    >>> import fastmi
    >>> rng = np.random.default_rng(1)
    >>> x = rng.normal(size=(2000, 2))
    >>> density = fastmi.KernelDensity(bandwidth="cv").fit(x)
    >>> density.bandwidth_.round(2)
    array([0.34, 0.34])
    >>> density.score_samples([[0.0, 0.0], [9.0, 0.0]]).round(1)
    array([  -1.9, -124.1])
    >>> print(f"{density.cross_entropy():.2f} nats, in theory {np.log(2 * np.pi * np.e):.2f}")
    2.86 nats, in theory 2.84
    >>> density.goodness_of_fit()
    GoodnessOfFit(distance=[0.0198, 0.0222])
    """

    bandwidth_: Array
    centers_: Array
    n_features_in_: int

    def __init__(self, bandwidth: Bandwidth = 1.0) -> None:
        check_bandwidth(bandwidth)
        self.bandwidth = bandwidth

    def __repr__(self) -> str:
        """Show how it was made."""
        return f"KernelDensity(bandwidth={self.bandwidth!r})"

    def fit(self, x: ArrayLike, y: object = None, *, workers: int | None = None) -> Self:  # noqa: ARG002
        """Take the samples as centers of the kernels, and find the bandwidth if it is a rule.

        Parameters
        ----------
        x : array_like of shape (n_samples,) or (n_samples, n_columns)
            Any real type; computed in float64. The samples are copied.
        y : ignored
            For pipelines, which pass it.
        workers : int, optional
            Threads for the search of "cv": None for OpenMP's default, -1 for all cores. No result depends on it.

        Returns
        -------
        KernelDensity
            Itself.

        Raises
        ------
        ValueError
            For NaN, infinite values, empty or ragged input, another number of bandwidths than columns; under "cv" for
            fewer than two samples, or if every row repeats another.
        TypeError
            For complex, object, text and masked arrays, and workers that are no integer.

        Warns
        -----
        UserWarning
            If under "cv" more than one row in a thousand repeats another: these ask for a bandwidth of 0.
        """
        n_workers = as_workers(workers)
        centers = np.array(as_finite_samples("x", x), order="C")
        self.bandwidth_ = column_bandwidths(self.bandwidth, centers, n_workers)
        self.centers_ = centers
        self.n_features_in_ = centers.shape[1]
        return self

    def score_samples(self, x: ArrayLike, *, workers: int | None = None) -> Array:
        """Return the logarithm of the density at every x.

        Parameters
        ----------
        x : array_like of shape (n_samples,) or (n_samples, n_columns)
            Where; as many columns as were fitted.
        workers : int, optional
            As for :meth:`fit`.

        Returns
        -------
        ndarray of shape (n_samples,)
            Natural logarithms, finite far into the tails.

        Raises
        ------
        ValueError, TypeError
            As for :meth:`fit`; and before it, or for another number of columns.
        """
        n_workers = as_workers(workers)
        queries = np.ascontiguousarray(self._as_fitted("x", x))
        return _core.log_density(self.centers_, self.bandwidth_, queries, n_workers)

    def score(self, x: ArrayLike, *, workers: int | None = None) -> float:
        """Return the log likelihood of all x together, the sum of :meth:`score_samples`.

        Parameters
        ----------
        x, workers
            As for :meth:`score_samples`.

        Returns
        -------
        float
            In nats.

        Raises
        ------
        ValueError, TypeError
            As for :meth:`score_samples`.
        """
        with np.errstate(over="ignore"):
            return float(self.score_samples(x, workers=workers).sum())

    def sample(
        self,
        n_samples: SupportsIndex = 1,
        *,
        rng: Seed = None,
    ) -> Array:
        """Draw from the density: a center each, all equally likely, and a normal deviate around it.

        Parameters
        ----------
        n_samples : int, default 1
            How many.
        rng : int or numpy.random.Generator, optional
            The seed or the generator; by default a fresh one.

        Returns
        -------
        ndarray of shape (n_samples, n_columns)

        Raises
        ------
        ValueError, TypeError
            Before :meth:`fit`, and for a number that is no integer or less than 1.
        """
        self._check_fitted()
        n = as_count("n_samples", n_samples)
        generator = np.random.default_rng(rng)
        drawn = self.centers_[generator.integers(len(self.centers_), size=n)]
        drawn += self.bandwidth_ * generator.standard_normal(drawn.shape)
        return drawn

    def cross_entropy(self, *, workers: int | None = None) -> float:
        """Return the mean of -log p_{-i}(x_i), where p_{-i} is the density without its own sample i.

        An upper estimate of the entropy of the samples that needs no bins, and what "cv" minimises.

        Parameters
        ----------
        workers : int, optional
            As for :meth:`fit`.

        Returns
        -------
        float
            In nats.

        Raises
        ------
        ValueError
            Before :meth:`fit`, and with a single sample.
        """
        self._check_fitted()
        n_workers = as_workers(workers)
        n = len(self.centers_)
        if n < 2:
            raise ValueError("cross_entropy leaves one sample out and needs at least 2; fit more than one")
        log_density, _, _ = _core.leave_one_out(self.centers_, self.bandwidth_, np.arange(n), n_workers)
        return -float(log_density.mean())

    def goodness_of_fit(self, x: ArrayLike | None = None, *, workers: int | None = None) -> GoodnessOfFit:
        """Compare each column of data with the fitted density.

        Parameters
        ----------
        x : array_like of shape (n_samples,) or (n_samples, n_columns), optional
            The data; by default those that were fitted.
        workers : int, optional
            As for :meth:`fit`.

        Returns
        -------
        GoodnessOfFit
            With ``distance``, the Kolmogorov-Smirnov distance in each column, and ``plot()``.

        Raises
        ------
        ValueError, TypeError
            As for :meth:`score_samples`.
        """
        n_workers = as_workers(workers)
        self._check_fitted()
        samples = self.centers_ if x is None else self._as_fitted("x", x)
        return goodness_of_fit(samples, self.centers_, self.bandwidth_, n_workers)

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
        """Draw samples from the density into a histogram, without ever holding them; or take infinitely many.

        Every draw chooses a center and then a bin in each column, with random numbers of its own; columns are
        independent given the center, and the probabilities of a center's bins are exact to 2**-32.

        Parameters
        ----------
        bins : int or sequence of int, default 20
            Number of bins, of all columns or of each.
        n_samples : int or None, default 10**10
            How many to draw. None gives the limit of infinitely many: the probability of each bin, in closed form.
        range : None, (low, high) or sequence, optional
            The outer edges: one pair for all columns, or an entry a column. None stands for where 10**7 draws are
            expected to have their extremes: the quantiles 1e-7 and 1 - 1e-7 of the column. It does not depend on
            n_samples, so that histograms of few and of many draws have the same bins.
        rng : int, Generator, SeedSequence, BitGenerator or None
            Seed of the draws. The same seed gives the same histogram, on any number of workers.
        progress : callable, optional
            Called now and then, on the calling thread, as ``progress(n_drawn, n_samples)``.
        workers : int, optional
            Threads: None for OpenMP's default, -1 for all cores. The result does not depend on it.

        Returns
        -------
        Histogram
            With 64-bit counts, or with probabilities where n_samples is None. Dense up to 2**27 bins; there it takes 8
            bytes a bin, and each worker up to 2 MB, or 8 bytes for each bin of the last column if that is more. Sparse
            beyond: 16 bytes an occupied bin, 48 along the way, and each worker 64 MB. The tables of the centers take up
            to 512 MB: so many of them are taken at a time.

        Raises
        ------
        ValueError
            Before :meth:`fit`; for bins, ranges and numbers out of bounds; for n_samples=None if there are more than
            2**27 bins, or if the kernels reach more than 2**40 of them in all.
        TypeError
            For bins, n_samples or workers that are no integers.
        MemoryError
            If so many bins are occupied that they would take more than half of the machine's memory.

        References
        ----------
        A. J. Walker, ACM Transactions on Mathematical Software 3, 253 (1977), for the bins of a draw.
        J. K. Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC'11 (2011), for its random numbers.

        Examples
        --------
        >>> import numpy as np
        >>> import fastmi
        >>> density = fastmi.KernelDensity(0.2).fit(np.random.default_rng(1).normal(size=(1000, 2)))
        >>> drawn = density.histogram(n_samples=10**6, range=(-4, 4), rng=1)
        >>> limit = density.histogram(n_samples=None, range=(-4, 4))
        >>> int(drawn.counts[10, 10]), round(10**6 * limit.counts[10, 10])
        (21076, 20967)
        """
        density = self._mixture()
        if n_samples is None:
            return limit_histogram(density, bins, range, workers)
        return drawn_histogram(density, bins, n_samples, range, rng, progress, workers)

    def entropy(
        self,
        *,
        bins: Bins = 20,
        n_samples: SupportsIndex | None = None,
        range: BinRange = None,  # noqa: A002
        rng: Seed = None,
        base: float | None = None,
        workers: int | None = None,
    ) -> EntropyEstimate:
        """Return the differential entropy that a histogram of the density has, without drawing it.

        This is the plug-in entropy plus the logarithm of the volume of a bin. With n_samples it is the expectation
        over all histograms of so many draws, which is too low where bins have few draws each; without, it is the limit
        of infinitely many draws. Neither is the entropy of what the samples came from: kernels and bins both add to
        it, and :meth:`cross_entropy` has no bins.

        It is computed from the probabilities of all bins where :meth:`histogram` gives them; elsewhere, usually above
        6 columns, it is a mean over 2**17 draws of the exact logarithm for each, with a standard error.

        Parameters
        ----------
        bins, range, workers
            As for :meth:`histogram`, for any number of cells.
        n_samples : int or None
            Number of draws in the histogram; None for the limit.
        rng : int, Generator, SeedSequence, BitGenerator or None
            Seed of the Monte Carlo mean.
        base : float, optional
            Unit of the result: 2 for bits. Nats by default.

        Returns
        -------
        EntropyEstimate
            A float that carries its ceiling, its share of singletons, its slope in log(n_samples) and its standard
            error, and warns, when printed, where it echoes the number of draws.

        Raises
        ------
        ValueError
            Before :meth:`fit`; for bins, ranges, numbers and bases out of bounds.
        TypeError
            For bins, n_samples or workers that are no integers, and a base that is no number.

        References
        ----------
        L. Paninski, "Estimation of entropy and mutual information", Neural Computation 15, 1191 (2003), on the
        expectation of the plug-in estimate.

        Examples
        --------
        >>> import numpy as np
        >>> import fastmi
        >>> density = fastmi.KernelDensity(0.2).fit(np.random.default_rng(1).normal(size=(1000, 5)))
        >>> for n_samples in 10**4, 10**7, 10**10, None:
        ...     h = density.entropy(n_samples=n_samples)
        ...     print(f"{h:.2f}", h.saturated)
        4.49 True
        6.01 False
        6.02 False
        6.02 False
        """
        return histogram_entropy(self._mixture(), bins, n_samples, range, rng, base, workers)

    def _mixture(self) -> Mixture:
        self._check_fitted()
        return Mixture(np.asfortranarray(self.centers_), self.bandwidth_)

    def _check_fitted(self) -> None:
        if not hasattr(self, "centers_"):
            raise ValueError("this KernelDensity has no samples yet; call fit(x) first")

    def _as_fitted(self, name: str, values: ArrayLike) -> Array:
        self._check_fitted()
        samples = as_finite_samples(name, values)
        if samples.shape[1] != self.n_features_in_:
            raise ValueError(
                f"{name} has {samples.shape[1]} columns but {self.n_features_in_} were fitted; pass shape "
                f"(n_samples, {self.n_features_in_})"
            )
        return samples
