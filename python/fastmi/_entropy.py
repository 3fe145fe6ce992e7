"""Entropies of samples, as users call them."""

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastmi._arguments import (
    BinRange,
    Bins,
    NanPolicy,
    as_bins,
    as_columns,
    as_ranges,
    as_workers,
    check_correction,
    check_entropy_method,
    check_nan_policy,
    complete_samples,
    unit_of,
)
from fastmi._binned import bin_codes, warn_if_outside
from fastmi._entropy_estimate import EntropyEstimate
from fastmi._histogram import Histogram, edges_around, histogram
from fastmi._labels import Codes, count_labels, joint_codes
from fastmi._plugin import plugin_entropy

_MOST_BINS = 2**63 - 1  # that a histogram can number


def entropy(
    x: ArrayLike,
    *,
    method: str = "knn",
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
    method : {"histogram", "discrete"}
        "histogram" counts samples in equally wide bins, "discrete" counts equal rows. The default "knn" and "kde" are
        reserved.
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
        where it says more about the number of samples than about X.

    Raises
    ------
    ValueError
        For infinite values, NaN under "raise", empty or ragged input, a range without samples, and methods,
        corrections, bins, ranges, policies or bases that do not exist.
    TypeError
        For complex, object, text and masked arrays under "histogram", and labels that cannot be hashed.
    NotImplementedError
        For a reserved method.

    Warns
    -----
    UserWarning
        If samples lie outside the range. They are left out, and the result is the entropy of those inside.

    See Also
    --------
    histogram : the counts themselves.
    relative_entropy : an entropy that does not depend on the units of x.

    References
    ----------
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
    >>> h = fastmi.entropy(x, method="histogram", bins=50)
    >>> print(f"{h:.3f} nats, in theory {0.5 * np.log(2 * np.pi * np.e):.3f}")
    1.416 nats, in theory 1.419
    >>> print(fastmi.entropy(["heads", "tails", "tails", "heads"], method="discrete", base=2))
    1 bits
    """
    check_entropy_method(method)
    check_correction(correction)
    check_nan_policy(nan_policy)
    unit = unit_of(base)
    as_workers(workers)
    if method == "discrete":
        counts = count_labels(x, nan_policy)
        if counts is None:
            return EntropyEstimate(math.nan, unit=unit)
        return plugin_entropy(counts, correction=correction, unit=unit)
    if nan_policy == "propagate" and complete_samples("x", x, nan_policy) is None:
        return EntropyEstimate(math.nan, unit=unit)
    found = fill(x, bins, range, nan_policy, workers)
    estimate = found.entropy(correction=correction, density=density, base=base)
    warn_if_outside(found.outside, found.n_samples)
    return estimate


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
