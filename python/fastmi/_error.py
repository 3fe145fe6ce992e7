"""The standard error of an estimate of mutual information, as users call it."""

import math
from collections.abc import Callable
from typing import Literal, SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastmi._arguments import BinRange, Bins, NanPolicy, Period, as_count, unit_of
from fastmi._estimators import ESTIMATORS
from fastmi._kde_histogram import Seed
from fastmi._marginals import Marginals
from fastmi._methods import method_of, options_of, prepared, variable_for
from fastmi._variables import Discrete, Variable, codes_of, complete_rows_of

Blocks = SupportsIndex | ArrayLike | None

MOST_SUBSETS = 10  # into which the samples are divided


def mutual_info_error(
    x: ArrayLike,
    y: ArrayLike,
    *,
    by: Literal["subsets", "local"] = "subsets",
    blocks: Blocks = None,
    rng: Seed = None,
    k: SupportsIndex = 3,
    method: str = "ksg1",
    bins: Bins = 20,
    range: BinRange = None,  # noqa: A002
    correction: str | None = None,
    x_period: Period = None,
    y_period: Period = None,
    x_discrete: Discrete = None,
    y_discrete: Discrete = None,
    marginals: Marginals = None,
    nan_policy: NanPolicy = "raise",
    base: float | None = None,
    workers: int | None = None,
) -> float:
    """Estimate the standard error of ``mutual_info(x, y)``.

    It says how far the estimate would scatter over other samples of the same distribution, and nothing about bias: where
    KSG is too low, as in many dimensions, so are both ends of the bar. See :func:`diagnose` and
    :func:`mutual_info_bound` for that.

    Parameters
    ----------
    x, y : array_like of shape (n_samples,) or (n_samples, n_columns)
        Row i of both is the same sample, independent of the others but for those of its block.
    by : {"subsets", "local"}
        "subsets" estimates the scatter from that among estimates of disjoint subsets: the samples are divided at random
        into 2, 3 ... 10 parts, and the variance is taken to fall as 1 / n_samples. Samples are never repeated, since
        neighbours at distance 0 would spoil estimates by neighbours. It takes about as long as 9 estimates and itself
        scatters by about 10 %. "local" is the standard deviation of the local terms over sqrt(n_samples), quick and
        smooth, but too small by a factor of 1.1 to 1.5, since the terms of neighbours are alike.
    blocks : None, int or array_like of shape (n_samples,), optional
        For rows that are not independent, what stays together: a number of consecutive rows, some times longer than
        their correlation, or a label for each row that names its block, such as the event it comes from.
    rng : int, Generator, SeedSequence, BitGenerator or None
        Seed of the division, for "subsets". None divides anew with every call.
    k, method, bins, range, correction, x_period, y_period, x_discrete, y_discrete, marginals, nan_policy, base, workers
        As for :func:`mutual_info`; "propagate" gives NaN, if there is any.

    Returns
    -------
    float
        The standard error, in nats or to the given base.

    Raises
    ------
    ValueError, TypeError
        As for :func:`mutual_info`; for too few rows, or too large blocks, to divide them.

    Warns
    -----
    UserWarning
        If samples lie outside the range of a histogram.

    See Also
    --------
    mutual_info_bound : in many dimensions, how much too low the estimate is.

    References
    ----------
    C. M. Holmes, I. Nemenman, "Estimation of mutual information for real-valued data with error bars and controlled bias",
    Phys. Rev. E 100, 022404 (2019), arXiv:1903.09280.

    Examples
    --------
    >>> import numpy as np
    >>> import fastmi
    >>> rng = np.random.default_rng(1)
    >>> x = rng.normal(size=5000)
    >>> y = x + rng.normal(size=5000)
    >>> print(f"{fastmi.mutual_info(x, y):.2f} +- {fastmi.mutual_info_error(x, y, rng=1):.2f}")
    0.34 +- 0.01
    """
    way = method_of(method, ESTIMATORS)
    unit = unit_of(base)
    options = options_of(method, k, bins, range, correction, workers, marginals)
    if by not in ("subsets", "local"):
        raise ValueError(f"by={by!r} is unknown; use 'subsets' or 'local'")
    x_all = variable_for(way, "x", x, x_discrete, x_period)
    y_all = variable_for(way, "y", y, y_discrete, y_period)
    complete = complete_rows_of([x_all, y_all], nan_policy)
    block = _blocks_of(blocks, x_all)
    if nan_policy == "propagate" and not complete.all():
        return math.nan
    both, estimator = [x_all, y_all], ESTIMATORS[method]
    if by == "local":
        x_kept, y_kept = prepared(both, complete, options)
        terms = estimator.local(x_kept, y_kept, options).terms
        return _of_sums(terms, block[complete]) / unit

    def estimate(rows: NDArray[np.bool_]) -> float:
        of_x, of_y = prepared(both, rows, options)
        return estimator.estimate(of_x, of_y, options).mutual_info

    fewest = 1 + (options.k if method in ("ksg1", "ksg2", "mixed") else 1)
    return _of_subsets(estimate, complete, block, fewest, np.random.default_rng(rng)) / unit


def _blocks_of(blocks: Blocks, x: Variable) -> NDArray[np.int64]:
    """Return the number of the block of each row."""
    n = x.n_samples
    if blocks is None:
        return np.arange(n, dtype=np.int64)
    if np.ndim(blocks) == 0:  # type: ignore[arg-type]
        length = as_count("blocks", blocks)  # type: ignore[arg-type]
        return np.asarray(np.arange(n) // length, np.int64)
    shape: tuple[int, ...] = np.shape(blocks)  # type: ignore[arg-type]
    if shape != (n,):
        raise ValueError(f"blocks has shape {shape} for {n} rows; pass a number of rows, or a label for each row")
    codes = codes_of("blocks", blocks, x)  # type: ignore[arg-type]
    return np.asarray(np.unique(codes, return_inverse=True)[1])


def _of_sums(terms: NDArray[np.float64], block: NDArray[np.int64]) -> float:
    """Return the standard error of the mean of terms, which are independent from block to block."""
    inside = ~np.isnan(terms)  # the range of a histogram
    terms = terms[inside]
    sums = np.bincount(block[inside], terms - terms.mean())
    return math.sqrt(float(sums @ sums)) / len(terms)


def _of_subsets(
    estimate: Callable[[NDArray[np.bool_]], float],
    complete: NDArray[np.bool_],
    block: NDArray[np.int64],
    fewest: int,
    rng: np.random.Generator,
) -> float:
    """Return the standard error at n samples from the variance of estimates of s subsets each, s = 2, 3 ...

    If the variance is B / n, then s (s - 1) times that among s subsets of n / s samples is distributed as B / n times
    chi^2 of s - 1 degrees of freedom, and all together have the likeliest B.
    """
    n = int(complete.sum())
    largest = int(np.bincount(block[complete]).max())
    most = min(MOST_SUBSETS, n // (largest + fewest))  # subsets are smaller than n / s by one block at most
    if most < 2:
        raise ValueError(
            f"{n} rows in blocks of up to {largest} are too few to be divided into subsets of {fewest} rows; pass more "
            "samples, smaller blocks or a smaller k"
        )
    weighted, freedom = 0.0, 0
    for n_subsets in range(2, most + 1):
        subset = _divided(block, complete, n_subsets, rng)
        estimates = [estimate(complete & (subset == s)) for s in range(n_subsets)]
        weighted += (n_subsets - 1) * float(np.var(estimates, ddof=1)) / n_subsets
        freedom += n_subsets - 1
    return math.sqrt(weighted / freedom)


def _divided(
    block: NDArray[np.int64], complete: NDArray[np.bool_], n_subsets: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Return the subset of each row, as equal in size as whole blocks allow."""
    size = np.bincount(block, complete)
    order = rng.permutation(len(size))
    middle = np.cumsum(size[order]) - size[order] / 2
    subset = np.empty(len(size), np.int64)
    subset[order] = np.minimum(middle * n_subsets // complete.sum(), n_subsets - 1)
    return np.asarray(subset[block])
