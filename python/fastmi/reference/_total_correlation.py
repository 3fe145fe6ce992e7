"""Total correlation, as A. Kraskov, H. Stoegbauer and P. Grassberger (2004) have it in equation (23).

With epsilon(i) / 2 the distance of sample i to its k-th neighbour in all m columns (the max-norm), and n_j(i) the
number of others that are strictly closer in column j:

    I(X_1, ..., X_m) = psi(k) + (m - 1) psi(N) - < psi(n_1 + 1) + ... + psi(n_m + 1) >.
"""

import math
from typing import SupportsIndex

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import digamma

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
from fastmi._marginals import Marginals, check_marginals
from fastmi._variables import Variable
from fastmi.reference._distances import distances
from fastmi.reference._marginals import with_marginals


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
    """Return I(X_1, ..., X_m); see :func:`fastmi.total_correlation`."""
    unit = unit_of(base)
    as_workers(workers)
    check_marginals(marginals)
    k = as_k(k)
    values = as_several_columns("x", x)
    periods = as_periods("period", period, values.shape[1])
    samples = complete_samples("x", values, nan_policy)
    if samples is None:
        return math.nan
    n, m = samples.shape
    check_enough_samples(n, k, "the columns of x")
    whole = with_marginals(Variable("x", samples, periods, [False] * m), marginals)
    by_column = [distances([v]) for v in whole.columns()]
    others = ~np.eye(n, dtype=np.bool_)
    joint = np.max(by_column, axis=0)
    half_epsilon = np.array([np.sort(joint[i, others[i]])[k - 1] for i in np.arange(n)])
    n_closer = [np.count_nonzero(others & (d < half_epsilon[:, np.newaxis]), axis=1) for d in by_column]
    return float(digamma(k) + (m - 1) * digamma(n) - np.mean(np.sum(digamma(np.add(n_closer, 1)), axis=0))) / unit
