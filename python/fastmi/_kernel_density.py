"""Gaussian kernel density estimates, as users call them."""

from typing import Self, SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastmi import _core
from fastmi._arguments import as_count, as_finite_samples, as_workers
from fastmi._bandwidth import Bandwidth, check_bandwidth, column_bandwidths
from fastmi._goodness_of_fit import GoodnessOfFit, goodness_of_fit

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

    def fit(self, x: ArrayLike, *, workers: int | None = None) -> Self:
        """Take the samples as centers of the kernels, and find the bandwidth if it is a rule.

        Parameters
        ----------
        x : array_like of shape (n_samples,) or (n_samples, n_columns)
            Any real type; computed in float64. The samples are copied.
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
        rng: int | np.random.Generator | None = None,
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
