"""Conditional entropies of samples, as users call them.

By neighbours, both entropies of H(X|Y) = H(X) - I(X;Y) are taken in balls of one radius r, the distance to the k-th
nearest other sample in X and Y jointly, so that their biases cancel (the idea of Kraskov et al. 2004). With n_x and n_y
others strictly closer than r in X and in Y, and V the volume of a ball in X,

    I(X;Y) = psi(k) + psi(n) - < psi(n_x + 1) + psi(n_y + 1) >
    H(X)   = psi(n) - < psi(n_x + 1) > + < log V(r) >
    H(X|Y) = < psi(n_y + 1) > - psi(k) + < log V(r) >.

Among labels n_y + 1 is the size of a class, which no ball leaves (see _balls.py): that is the average within classes of
the estimate of Kozachenko and Leonenko. A class too small for k others takes those it has.
"""

import math
from collections.abc import Callable
from typing import SupportsIndex

import numpy as np
from numpy.typing import ArrayLike

from fastmi import _binned
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
from fastmi._balls import Balls, Space
from fastmi._digammas import mean_digammas
from fastmi._estimators import cells_of
from fastmi._geometry import Geometry
from fastmi._histogram import edges_around
from fastmi._knn_entropy import warn_if_coincident
from fastmi._methods import Options, options_of
from fastmi._variables import Discrete, Variable, as_numbers, as_variable, complete_rows_of


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
    """Estimate the conditional entropy H(X|Y): what is left of the entropy of x where another variable is known.

    Parameters
    ----------
    x : array_like of shape (n_samples,) or (n_samples, n_columns)
        Rows are samples. Real numbers, or for "discrete" labels of any type.
    given : array_like of shape (n_samples,) or (n_samples, n_columns)
        What is known of each sample, numbers or labels. Where it is a class, the result is the mean over samples of the
        entropy within their class: pass it as text, or ``given_discrete=True``.
    method : {"knn", "discrete", "histogram"}
        As for :func:`entropy`: "knn" for densities of x, by the distances to neighbours; "discrete" for x and given of
        labels alone; "histogram" for densities of x in equally wide bins, where labels of given are bins of their own.
    k : int, default 3
        Neighbours, for "knn". More lowers the variance and raises the bias. A class among others that has fewer takes
        those it has.
    bins : int or sequence of int, default 20
        Bins a column, for "histogram": one number for all, or one for each column of x and then of given.
    range : pair or sequence of pairs of float, optional
        Lowest and highest value that is binned: one pair for all columns, or one (or None) for each column of x and
        then of given. None stands for the smallest and largest sample.
    correction : {None, "miller-madow", "grassberger", "chao-shen", "nsb"}
        As for :func:`entropy`, for "discrete" and "histogram", of both H(X,Y) and H(Y).
    x_period, given_period : None, float or sequence, optional
        Period of the columns, for "knn": one for all of them, or an entry a column; None or 0 for a linear column.
    given_discrete : None, bool or sequence of bool, optional
        Whether the columns of given are labels, which are equal or not and nothing else: one entry for all, or one a
        column. None means that columns of text, booleans, categories and other objects are. For "knn" and "histogram".
    nan_policy : {"raise", "omit", "propagate"}
        What NaN in a row of x or given does: raise an error, leave the row out, or make the result NaN.
    base : float, optional
        Unit of the result: 2 for bits. Nats by default.
    workers : int, optional
        Threads: None for OpenMP's default, -1 for all cores. The result does not depend on it.

    Returns
    -------
    float
        The estimate in nats, or to the given base. Differential entropies may be negative. For "discrete" and
        "histogram" it is H(X,Y) - H(Y) of the same method.

    Raises
    ------
    ValueError
        For infinite values, NaN under "raise", empty, ragged or unequally long input, n_samples <= k, a label that
        occurs only once under "knn", a range without samples, a period under another method, and options out of range.
    TypeError
        For complex, object, text and masked arrays as x, but under "discrete"; and for options of another type.

    Warns
    -----
    UserWarning
        If samples lie outside the range, and are left out. If under "knn" a sample coincides with k others in x and
        given: there is no density, and the result is -inf.

    See Also
    --------
    entropy : the same given nothing.
    mutual_info : how much less it is, H(X) - H(X|Y).

    References
    ----------
    A. Kraskov, H. Stoegbauer, P. Grassberger, "Estimating mutual information", Phys. Rev. E 69, 066138 (2004), for one
    radius in both entropies.
    L. F. Kozachenko, N. N. Leonenko, Probl. Inf. Transm. 23, 95 (1987), within classes.
    T. M. Cover, J. A. Thomas, "Elements of Information Theory", Wiley (2006), sections 2.2 and 8.4.

    Examples
    --------
    >>> import numpy as np
    >>> import fastmi
    >>> rng = np.random.default_rng(1)
    >>> y = rng.normal(size=10_000)
    >>> x = 0.6 * y + 0.8 * rng.normal(size=10_000)
    >>> truth = 0.5 * np.log(2 * np.pi * np.e * 0.8**2)
    >>> print(f"{fastmi.conditional_entropy(x, y):.2f} nats, in theory {truth:.2f}")
    1.18 nats, in theory 1.20
    """
    check_entropy_method(method, CONDITIONAL_ENTROPY_METHODS, x_period=x_period, given_period=given_period)
    unit = unit_of(base)
    options = options_of(method, k, bins, range, correction, workers)
    only_labels = method == "discrete"
    x_all = as_variable("x", x, True) if only_labels else as_numbers("x", x, x_period)
    given_all = as_variable("given", given, True if only_labels else given_discrete, given_period)
    complete = complete_rows_of([x_all, given_all], nan_policy)
    if nan_policy == "propagate" and not complete.all():
        return math.nan
    return _ESTIMATORS[method](x_all.select(complete), given_all.select(complete), options) / unit


def _by_neighbours(x: Variable, given: Variable, options: Options) -> float:
    check_enough_samples(x.n_samples, options.k, "x and given")
    _check_no_label_is_alone(given)
    balls = Space([x, given], options.workers).balls(options.k)
    warn_if_coincident(
        balls.radius,
        "x and given",
        "the conditional entropy is -inf",
        'use method="discrete" or "histogram"; in classes of at most k samples all others are taken, so leave such '
        "classes out or give them one name",
    )
    return entropy_in_balls(balls, x, given, options)


def entropy_in_balls(balls: Balls, x: Variable, given: Variable, options: Options) -> float:
    """Return H(X|Y) of balls that reach to the k-th neighbours in X and Y jointly."""
    n_asked = np.minimum(balls.n_within, options.k)
    n_given = Space([given], options.workers).count_closer(balls.radius)
    log_volumes = Geometry("chebyshev", x.periods).log_volumes(balls.radius)
    return mean_digammas([n_given + 1], [n_asked]) + float(log_volumes.mean())


def _check_no_label_is_alone(given: Variable) -> None:
    labels = given.values[:, np.array(given.is_label)]
    if labels.size == 0:
        return
    _, label, count = np.unique(labels, axis=0, return_inverse=True, return_counts=True)
    alone = count[label.reshape(-1)] == 1
    if alone.any():
        raise ValueError(
            f"given has a label that occurs only once in {int(alone.sum())} rows, first in row {int(np.argmax(alone))} of those "
            "without NaN; a single sample tells nothing of an entropy: leave such rows out, or give rare labels one "
            "name"
        )


def _by_labels(x: Variable, given: Variable, options: Options) -> float:
    x_cells, given_cells = cells_of([x, given], options)
    h = _binned.entropies(x_cells, given_cells, options.correction)
    return h.xy - h.y


def _by_bins(x: Variable, given: Variable, options: Options) -> float:
    n_columns = x.n_columns + given.n_columns
    bins, ranges = as_bins(options.bins, n_columns), as_ranges(options.range, n_columns)
    x_edges = edges_around(x.values, bins[: x.n_columns], ranges[: x.n_columns])
    log_volume = math.fsum(math.log((float(e[-1]) - float(e[0])) / (len(e) - 1)) for e in x_edges)
    return _by_labels(x, given, options) + log_volume


_ESTIMATORS: dict[str, Callable[[Variable, Variable, Options], float]] = {
    "knn": _by_neighbours,
    "discrete": _by_labels,
    "histogram": _by_bins,
}
