"""How one distribution differs from another, by nearest neighbours, as users call it."""

import math
from typing import NamedTuple, SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastmi import _knn_entropy
from fastmi._arguments import (
    NanPolicy,
    Period,
    as_k,
    as_workers,
    check_enough_of_q,
    check_enough_samples,
    complete_samples,
    same_columns,
    unit_of,
)
from fastmi._geometry import Geometry, as_geometry

Array = NDArray[np.float64]


def cross_entropy(
    p: ArrayLike,
    q: ArrayLike,
    *,
    k: SupportsIndex = 3,
    metric: str = "chebyshev",
    period: Period = None,
    nan_policy: NanPolicy = "raise",
    base: float | None = None,
    workers: int | None = None,
) -> float:
    """Estimate the cross entropy H(p, q) = -< log q > of two distributions, the mean over p.

    Parameters
    ----------
    p, q : array_like of shape (n_samples,) or (n_samples, n_columns)
        Samples of either distribution, each as many as there are, of the same columns. Any real type; computed in
        float64.
    k : int, default 3
        Neighbours. More lowers the variance and raises the bias.
    metric : {"chebyshev", "euclidean"}
        Shape of the balls around samples: cubes or spheres.
    period : None, float or sequence, optional
        Period of the columns, with cubes: one for all of them, or an entry a column; None or 0 for a linear column.
    nan_policy : {"raise", "omit", "propagate"}
        What NaN in a row of p or q does: raise an error, leave the row out, or make the result NaN.
    base : float, optional
        Unit of the result: 2 for bits. Nats by default.
    workers : int, optional
        Threads: None for OpenMP's default, -1 for all cores. The result does not depend on it.

    Returns
    -------
    float
        psi(m + 1) - psi(k) plus the mean log volume of the balls around samples of p that reach to the k-th nearest of
        the m samples of q. It is right on average where q is even within each ball, and too low where samples of p lie
        beyond those of q.

    Raises
    ------
    ValueError
        For infinite values, NaN under "raise", empty or ragged input, other columns in q than in p, fewer than k
        samples of q, and metrics, periods, policies or bases out of range.
    TypeError
        For complex, object, text and masked arrays, and for k or workers that are no integers.

    Warns
    -----
    UserWarning
        If a sample of p coincides with k samples of q: there is no density, and the result is -inf.

    See Also
    --------
    kl_divergence : its excess over the entropy of p.
    entropy : the same of a distribution with itself.

    References
    ----------
    N. Leonenko, L. Pronzato, V. Savani, "A class of Renyi information estimators for multidimensional densities", Ann.
    Statist. 36, 2153 (2008).

    Examples
    --------
    >>> import numpy as np
    >>> import fastmi
    >>> rng = np.random.default_rng(1)
    >>> p, q = rng.normal(size=20_000), rng.normal(scale=2, size=10_000)
    >>> truth = 0.5 * np.log(8 * np.pi) + 1 / 8
    >>> print(f"{fastmi.cross_entropy(p, q):.2f} nats, in theory {truth:.2f}")
    1.72 nats, in theory 1.74
    """
    unit = unit_of(base)
    question = _ask(p, q, k, metric, period, nan_policy, workers)
    return math.nan if question is None else _knn_entropy.cross_entropy(*question) / unit


def kl_divergence(
    p: ArrayLike,
    q: ArrayLike,
    *,
    k: SupportsIndex = 3,
    metric: str = "chebyshev",
    period: Period = None,
    nan_policy: NanPolicy = "raise",
    base: float | None = None,
    workers: int | None = None,
) -> float:
    """Estimate the Kullback-Leibler divergence D(p||q) = < log p / q > of two distributions, the mean over p.

    Parameters
    ----------
    p, q, k, metric, period, nan_policy, base, workers
        As for :func:`cross_entropy`; k neighbours in p as well as in q.

    Returns
    -------
    float
        The :func:`cross_entropy` less the :func:`entropy` of p. It may be negative where the distributions hardly
        differ: it scatters around the truth, and is not clipped.

    Raises
    ------
    ValueError
        As for :func:`cross_entropy`; and if p has no more than k samples.
    TypeError
        As for :func:`cross_entropy`.

    Warns
    -----
    UserWarning
        If a sample of p coincides with k samples of q, which makes the result -inf; or with k others of p, which makes
        it inf. It is NaN if both happen.

    See Also
    --------
    relative_entropy : the same from counts in cells, also for a density that is known.

    Notes
    -----
    With the volumes U and V of the balls around the n samples of p that reach to the k-th nearest of the other n - 1
    and of the m samples of q, it is psi(m + 1) - psi(n) + < log V / U >. Wang et al. have log(m / (n - 1)) instead of
    the digammas. That is the same for many samples; with the digammas, the estimate is right on average for any number,
    where the densities are even within each ball. Scaling p and q by one factor does not change it.

    References
    ----------
    Q. Wang, S. R. Kulkarni, S. Verdu, "Divergence estimation for multidimensional densities via k-nearest-neighbor
    distances", IEEE Trans. Inf. Theory 55, 2392 (2009).

    Examples
    --------
    >>> import numpy as np
    >>> import fastmi
    >>> rng = np.random.default_rng(1)
    >>> p, q = rng.normal(size=20_000), rng.normal(scale=2, size=10_000)
    >>> print(f"{fastmi.kl_divergence(p, q):.2f} nats, in theory {np.log(2) - 3 / 8:.2f}")
    0.30 nats, in theory 0.32
    """
    unit = unit_of(base)
    question = _ask(p, q, k, metric, period, nan_policy, workers)
    if question is None:
        return math.nan
    check_enough_samples(len(question.p), question.k, "the columns of p")
    return _knn_entropy.divergence(*question) / unit


class _Question(NamedTuple):
    """What is asked, in the order of the parameters."""

    p: Array
    q: Array
    geometry: Geometry
    k: int
    workers: int


def _ask(
    p: ArrayLike,
    q: ArrayLike,
    k: SupportsIndex,
    metric: str,
    period: Period,
    nan_policy: NanPolicy,
    workers: int | None,
) -> _Question | None:
    """Return what is asked, None if NaN is to be propagated."""
    p_columns, q_columns = same_columns(p, q)
    geometry = as_geometry(metric, period, p_columns.shape[1])
    n_workers, k = as_workers(workers), as_k(k)
    p_samples, q_samples = complete_samples("p", p_columns, nan_policy), complete_samples("q", q_columns, nan_policy)
    if p_samples is None or q_samples is None:
        return None
    check_enough_of_q(len(q_samples), k)
    return _Question(p_samples, q_samples, geometry, k, n_workers)
