"""Entropies of samples, as users call them."""

import math
from typing import Any, SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastmi._arguments import (
    ENTROPY_METHODS,
    BinRange,
    Bins,
    NanPolicy,
    Period,
    as_bins,
    as_columns,
    as_k,
    as_ranges,
    as_workers,
    check_correction,
    check_enough_samples,
    check_entropy_method,
    check_heeded,
    check_nan_policy,
    check_of_density,
    complete_samples,
    unit_of,
)
from fastmi._binned import bin_codes, warn_if_outside
from fastmi._entropy_estimate import EntropyEstimate
from fastmi._geometry import as_geometry
from fastmi._histogram import Histogram, edges_around, histogram
from fastmi._kernel_density import KernelDensity
from fastmi._knn_entropy import entropy as knn_entropy
from fastmi._labels import Codes, count_labels, joint_codes
from fastmi._plugin import plugin_entropy

_MOST_BINS = 2**63 - 1  # that a histogram can number


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
    """Estimate the entropy H(X) of a variable, with the evidence for and against the estimate.

    Parameters
    ----------
    x : array_like of shape (n_samples,) or (n_samples, n_columns)
        Rows are samples. For "histogram" real numbers, computed in float64. For "discrete" labels of any type, such as
        numbers, strings or objects that can be hashed; columns may be of different types in an array of objects. Labels
        are the same if they compare equal, so 1, 1.0 and True are one; None is a label.
    method : {"knn", "discrete", "histogram", "kde"}
        For columns with a density, "knn" looks how far the k-th nearest other sample is (Kozachenko and Leonenko), and
        "kde" takes the mean of -log density at each sample, from kernels around the others, of the bandwidth that makes
        it smallest. "histogram" counts samples in equally wide bins, and "discrete" counts equal rows.
    k : int, default 3
        Neighbours, for "knn". More lowers the variance and raises the bias.
    metric : {"chebyshev", "euclidean"}
        Shape of the balls around samples, for "knn": cubes or spheres. In one column they are the same.
    period : None, float or sequence, optional
        Period of the columns, for "knn" with cubes: one for all of them, or an entry a column; None or 0 for a linear
        column. Angles in radians have the period ``2 * numpy.pi``.
    bins : int or sequence of int, default 20
        Bins a column, for "histogram".
    range : pair or sequence of pairs of float, optional
        Lowest and highest value that is binned: one pair for all columns, or one (or None) a column. None stands for the
        smallest and largest sample of the column; note that it grows with the number of samples.
    correction : {None, "miller-madow", "grassberger", "chao-shen", "nsb"}
        What is done about the bias of the plain estimate -sum p log p with p = n / M, which is too low. In the order of
        what they take away, for bins that are barely filled: "miller-madow" adds the first order, (K - 1) / 2M for K
        bins occupied; "grassberger" puts log n right on average for each bin; "chao-shen" makes up for the bins not
        seen by the share of samples alone in their bin (if that is all of them, all but one are taken); "nsb" is a
        posterior mean that knows how many bins there are: the product of `bins`, or the labels that occur.
    density : bool, default True
        For "histogram", whether to add the mean log volume of a bin, so that the result approaches the differential
        entropy of X. If False, the result is the Shannon entropy of the bin that X falls into. Labels have no density:
        for "discrete" it has no effect.
    nan_policy : {"raise", "omit", "propagate"}
        What NaN in a row does: raise an error, leave the row out, or make the result NaN.
    base : float, optional
        Unit of the result: 2 for bits. Nats by default.
    workers : int, optional
        Threads: None for OpenMP's default, -1 for all cores. The result does not depend on it.

    Returns
    -------
    EntropyEstimate
        A float, in nats or to the given base, with attributes that tell what it is worth; printing it shows a warning
        where it says more about the number of samples than about X. Differential entropies may be negative.

    Raises
    ------
    ValueError
        For infinite values, NaN under "raise", empty or ragged input, n_samples <= k, a range without samples, a
        period under another method or metric, and methods, metrics, corrections, bins, ranges, policies or bases that
        do not exist.
    TypeError
        For complex, object, text and masked arrays, and for labels that cannot be hashed.

    Warns
    -----
    UserWarning
        If samples lie outside the range: they are left out, and the result is the entropy of those inside. If under
        "knn" a sample coincides with k others: there is no density, and the result is -inf.

    See Also
    --------
    histogram : the counts themselves.
    conditional_entropy : what is left of it where another variable is known.
    relative_entropy : an entropy that does not depend on the units of x.
    KernelDensity : kernels of a bandwidth of one's own.

    Notes
    -----
    Under "knn" the entropy is psi(n) - psi(k) plus the mean log volume of the balls that reach to the k-th nearest
    other sample. It is right on average where the density is even within each ball. Multiplying x by a power of two
    adds the logarithm of that to the entropy, once a column, and nothing else.

    References
    ----------
    L. F. Kozachenko, N. N. Leonenko, "Sample estimate of the entropy of a random vector", Probl. Inf. Transm. 23, 95
    (1987).
    A. Kraskov, H. Stoegbauer, P. Grassberger, "Estimating mutual information", Phys. Rev. E 69, 066138 (2004), equation
    (20), for k neighbours and cubes.
    P. Hall, S. C. Morton, "On the estimation of entropy", Ann. Inst. Stat. Math. 45, 69 (1993), for kernels.
    C. E. Shannon, "A mathematical theory of communication", Bell Syst. Tech. J. 27, 379 (1948).
    G. A. Miller, "Note on the bias of information estimates", in Information Theory in Psychology (1955).
    P. Grassberger, "Entropy estimates from insufficient samplings", arXiv:physics/0307138 (2003).
    A. Chao, T.-J. Shen, "Nonparametric estimation of Shannon's index of diversity when there are unseen species in
    sample", Environ. Ecol. Stat. 10, 429 (2003).
    I. Nemenman, F. Shafee, W. Bialek, "Entropy and inference, revisited", NIPS 14 (2002), arXiv:physics/0108025.

    Examples
    --------
    >>> import numpy as np
    >>> import fastmi
    >>> x = np.random.default_rng(1).normal(size=100_000)
    >>> print(f"{fastmi.entropy(x):.3f} nats, in theory {0.5 * np.log(2 * np.pi * np.e):.3f}")
    1.414 nats, in theory 1.419
    >>> print(f"{fastmi.entropy(x, method='histogram', bins=50):.3f} nats")
    1.416 nats
    >>> print(fastmi.entropy(["heads", "tails", "tails", "heads"], method="discrete", base=2))
    1 bits
    """
    check_entropy_method(method, ENTROPY_METHODS, period=period)
    check_correction(correction)
    check_heeded(method, range=range, correction=correction)
    check_of_density(method, metric, density)
    check_nan_policy(nan_policy)
    unit = unit_of(base)
    as_workers(workers)
    if method == "discrete":
        counts = count_labels(x, nan_policy)
        if counts is None:
            return EntropyEstimate(math.nan, unit=unit)
        return plugin_entropy(counts, correction=correction, unit=unit)
    if method in ("knn", "kde"):
        return _of_density(x, method, k, metric, period, nan_policy, unit, workers)
    if nan_policy == "propagate" and complete_samples("x", x, nan_policy) is None:
        return EntropyEstimate(math.nan, unit=unit)
    found = fill(x, bins, range, nan_policy, workers)
    estimate = found.entropy(correction=correction, density=density, base=base)
    warn_if_outside(found.outside, found.n_samples)
    return estimate


def _of_density(
    x: ArrayLike,
    method: str,
    k: SupportsIndex,
    metric: str,
    period: Period,
    nan_policy: NanPolicy,
    unit: float,
    workers: int | None,
) -> EntropyEstimate:
    """Estimate without bins."""
    values = as_columns("x", x, "k + 1 rows")
    k, geometry = as_k(k), as_geometry(metric, period, values.shape[1])
    samples = complete_samples("x", values, nan_policy)
    if samples is None:
        return EntropyEstimate(math.nan, unit=unit)
    if method == "kde":
        h = KernelDensity("cv").fit(samples, workers=workers).cross_entropy(workers=workers)
    else:
        check_enough_samples(len(samples), k, "the columns of x")
        h = knn_entropy(samples, geometry, k, as_workers(workers))
    return EntropyEstimate(h / unit, n_samples=len(samples), unit=unit)


def fill(x: ArrayLike, bins: Bins, range_: BinRange, nan_policy: NanPolicy, workers: int | None) -> Histogram:
    """Return a histogram that has an entropy, though there be more bins than it can number."""
    values = as_columns("x", x, "one row")
    per_column = as_bins(bins, values.shape[1])
    if math.prod(per_column) > _MOST_BINS:
        return _fill_by_columns(values, per_column, range_, nan_policy)
    policy: NanPolicy = "omit" if nan_policy == "omit" else "raise"
    return histogram(values, bins=bins, range=range_, nan_policy=policy, workers=workers)


def _fill_by_columns(values: NDArray[Any], bins: tuple[int, ...], range_: BinRange, nan_policy: NanPolicy) -> Histogram:
    """Bin the columns one by one, and number the occupied bins only: counts and edges are all that an entropy needs."""
    samples = complete_samples("x", values, nan_policy)
    assert samples is not None  # "propagate" has been dealt with
    edges = edges_around(samples, bins, as_ranges(range_, len(bins)))
    columns, inside = bin_codes(samples, edges)
    counts = np.bincount(joint_codes(Codes(codes[inside], n) for codes, n in columns))
    return Histogram(
        counts=counts,
        edges=tuple(edges),
        n_samples=len(samples),
        outside=int(np.count_nonzero(~inside)),
        keys=np.arange(len(counts)),
        range_rule="column by column",
    )
