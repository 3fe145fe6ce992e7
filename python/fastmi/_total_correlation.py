"""What many columns have in common, as users call it."""

import math
from typing import SupportsIndex

import numpy as np
from numpy.typing import ArrayLike

from fastmi import _core
from fastmi._arguments import (
    NanPolicy,
    Period,
    as_k,
    as_periods,
    as_several_columns,
    as_workers,
    check_enough_samples,
    complete_samples,
    unit_of,
)
from fastmi._digammas import mean_digammas
from fastmi._estimate import Estimate
from fastmi._marginals import Marginals, check_marginals, with_marginals
from fastmi._variables import Variable
from fastmi._warnings import warn


def total_correlation(
    x: ArrayLike,
    *,
    k: SupportsIndex = 3,
    period: Period = None,
    marginals: Marginals = None,
    nan_policy: NanPolicy = "raise",
    base: float | None = None,
    workers: int | None = None,
) -> float:
    """Estimate the total correlation of columns: their entropies together less their joint entropy.

    It is 0 if all are independent, and is also known as multi-information; of two columns, it is their mutual
    information.

    Parameters
    ----------
    x : array_like of shape (n_samples, n_columns)
        Rows are samples, of two columns at least. Any real type; computed in float64. Columns are taken as they are,
        neither rescaled nor jittered.
    k : int, default 3
        Neighbours that set the radius of a sample. More lowers the variance and raises the bias.
    period : None, float or sequence, optional
        Period of the columns: one for all of them, or an entry a column; None or 0 for a linear column.
    marginals : {None, "normal"}
        As for :func:`mutual_info`.
    nan_policy : {"raise", "omit", "propagate"}
        What NaN in a row does: raise an error, leave the row out, or make the result NaN.
    base : float, optional
        Unit of the result: 2 for bits. Nats by default.
    workers : int, optional
        Threads: None for OpenMP's default, -1 for all cores. The result does not depend on it.

    Returns
    -------
    float
        psi(k) + (m - 1) psi(n) less the mean of the sum over the m columns of psi(n_j + 1), where n_j others are
        strictly closer in column j than the k-th nearest is in all columns. It may be negative where there is little in common.
        Where there is much, it is too low, the more so the more columns there are.

    Raises
    ------
    ValueError
        For a single column, infinite values, NaN under "raise", empty or ragged input, k < 1, n_samples <= k, and
        periods, policies or bases out of range.
    TypeError
        For complex, object, text and masked arrays, and for k or workers that are no integers.

    Warns
    -----
    UserWarning
        If many samples coincide with k others: then there is no density, and the estimate means nothing.

    See Also
    --------
    mutual_info : of two variables, of any columns each.

    References
    ----------
    S. Watanabe, "Information theoretical analysis of multivariate correlation", IBM J. Res. Dev. 4, 66 (1960).
    A. Kraskov, H. Stoegbauer, P. Grassberger, "Estimating mutual information", Phys. Rev. E 69, 066138 (2004), equation
    (23).

    Examples
    --------
    >>> import numpy as np
    >>> import fastmi
    >>> rng = np.random.default_rng(1)
    >>> cov = 0.5 * np.eye(3) + 0.5
    >>> x = rng.multivariate_normal(np.zeros(3), cov, size=10_000)
    >>> print(f"{fastmi.total_correlation(x):.2f} nats, in theory {-0.5 * np.log(np.linalg.det(cov)):.2f}")
    0.36 nats, in theory 0.35
    """
    unit = unit_of(base)
    check_marginals(marginals)
    values = as_several_columns("x", x)
    n_workers, k = as_workers(workers), as_k(k)
    periods = as_periods("period", period, values.shape[1])
    samples = complete_samples("x", values, nan_policy)
    if samples is None:
        return math.nan
    n, m = samples.shape
    check_enough_samples(n, k, "the columns of x")
    whole = Variable("x", np.asfortranarray(samples), periods, [False] * m)
    samples = with_marginals(whole, marginals, n_workers).values
    radius = _core.Neighbours(samples, periods, n_workers).kth_distances(k)
    n_closer = [
        _core.Neighbours(samples[:, j : j + 1], [periods[j]], n_workers).count_closer(radius) for j in np.arange(m)
    ]
    total = mean_digammas([np.full(n, k), *[np.full(n, n)] * (m - 1)], [closer + 1 for closer in n_closer])
    _warn_if_doubtful(Estimate(total, n, int(np.count_nonzero(radius == 0))))
    return total / unit


def _warn_if_doubtful(estimate: Estimate) -> None:
    if estimate.doubtful:
        warn(
            f"{estimate.n_coincident / estimate.n_samples:.1%} of the samples coincide with at least k others in all "
            "columns together (radius 0): there is no density, and the estimate means little. Of discrete columns take "
            'the sum of fastmi.entropy(..., method="discrete") of each, less that of all.'
        )
