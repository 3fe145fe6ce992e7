"""Conditional entropies, as averages of the entropy of X in the balls around samples.

knn        With r(i) the distance of sample i to its k-th neighbour in X and Y jointly (the max-norm), V_x(r) the volume
           of a ball in X, and n_y(i) others whose Y is strictly closer than r(i):

               H(X|Y) = < psi(n_y + 1) > - psi(k) + < log V_x(r) >,

           which is H(X) - I(X;Y) with H(X) in the same balls (Kraskov, Stoegbauer and Grassberger 2004, equation 8 and
           the lines before it). Labels that differ are infinitely far apart; whoever has not k others with its labels
           takes those it has.
discrete   H(X,Y) - H(Y) from the counts of labels
histogram  the same from those of bins, plus the log volume of a bin of X
"""

import math
from typing import SupportsIndex

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import digamma

from fastmi._arguments import (
    CONDITIONAL_ENTROPY_METHODS,
    BinRange,
    Bins,
    NanPolicy,
    Period,
    as_bins,
    as_ranges,
    check_enough_samples,
    check_entropy_method,
    unit_of,
)
from fastmi._methods import options_of
from fastmi._variables import Discrete, Variable, as_numbers, as_variable, complete_rows_of
from fastmi.reference._binned import cells_of, entropies
from fastmi.reference._distances import distances
from fastmi.reference._knn_entropy import log_volume


def conditional_entropy(
    x: ArrayLike,
    given: ArrayLike,
    *,
    method: str = "knn",
    k: SupportsIndex = 3,
    bins: Bins = 20,
    range: BinRange = None,  # noqa: A002
    correction: str | None = None,
    x_period: Period = None,
    given_period: Period = None,
    given_discrete: Discrete = None,
    nan_policy: NanPolicy = "raise",
    base: float | None = None,
    workers: int | None = None,
) -> float:
    """Return H(X|Y); see :func:`fastmi.conditional_entropy`."""
    check_entropy_method(method, CONDITIONAL_ENTROPY_METHODS, x_period=x_period, given_period=given_period)
    unit = unit_of(base)
    options = options_of(method, k, bins, range, correction, workers)
    labels = method == "discrete"
    x_all = as_variable("x", x, True) if labels else as_numbers("x", x, x_period)
    given_all = as_variable("given", given, True if labels else given_discrete, given_period)
    complete = complete_rows_of([x_all, given_all], nan_policy)
    if nan_policy == "propagate" and not complete.all():
        return math.nan
    x_all, given_all = x_all.select(complete), given_all.select(complete)
    if method == "knn":
        return _by_neighbours(x_all, given_all, options.k) / unit

    d, n_columns = x_all.n_columns, x_all.n_columns + given_all.n_columns
    all_bins, all_ranges = as_bins(bins, n_columns), as_ranges(range, n_columns)
    x_cells = cells_of(x_all, all_bins[:d], all_ranges[:d])
    given_cells = cells_of(given_all, all_bins[d:], all_ranges[d:])
    _, h_given, h_both = entropies(x_cells, given_cells, correction)
    edges = [np.histogram_bin_edges(x, n, r) for x, n, r in zip(x_all.values.T, all_bins, all_ranges, strict=False)]
    log_volume_of_bin = 0.0 if labels else sum(math.log((e[-1] - e[0]) / (len(e) - 1)) for e in edges)
    return (h_both - h_given + log_volume_of_bin) / unit


def _by_neighbours(x: Variable, given: Variable, k: int) -> float:
    n = x.n_samples
    check_enough_samples(n, k, "x and given")
    joint, d_given = distances([x, given]), distances([given])
    terms = []
    for i, others in enumerate(~np.eye(n, dtype=np.bool_)):
        within_class = np.sort(joint[i, others][np.isfinite(d_given[i, others])])
        if len(within_class) == 0:
            raise ValueError(f"given has a label that occurs only once, in row {i}; leave such rows out")
        k_i = min(k, len(within_class))
        r = float(within_class[k_i - 1])
        n_given = np.count_nonzero(d_given[i, others] < r)
        terms.append(digamma(n_given + 1) - digamma(k_i) + log_volume(r, "chebyshev", x.periods))
    return float(np.mean(terms))
