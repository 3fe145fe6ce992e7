"""The standard error of an estimate, from estimates of disjoint subsets (Holmes and Nemenman 2019).

The samples are divided into s = 2, 3 ... 10 subsets. If the variance of an estimate from n samples is B / n, the variance
sigma_s^2 among s subsets estimates s B / n with s - 1 degrees of freedom, and the likeliest B is

    B / n = sum_s (s - 1) sigma_s^2 / s / sum_s (s - 1).
"""

import math
from typing import Any, Literal, SupportsIndex

import numpy as np
from numpy.typing import ArrayLike

from fastmi._arguments import BinRange, Bins, NanPolicy, Period
from fastmi._error import MOST_SUBSETS, Blocks
from fastmi._kde_histogram import Seed
from fastmi._marginals import Marginals
from fastmi._variables import Discrete
from fastmi.reference._mutual_info import local_mutual_info, mutual_info


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
    """Return the standard error of I(X;Y); see :func:`fastmi.mutual_info_error`."""
    x_rows, y_rows = np.asarray(x), np.asarray(y)
    n = len(x_rows)
    generator = np.random.default_rng(rng)
    options: dict[str, Any] = {
        "k": k,
        "method": method,
        "bins": bins,
        "range": range,
        "x_period": x_period,
        "y_period": y_period,
        "x_discrete": x_discrete,
        "y_discrete": y_discrete,
        "marginals": marginals,
        "nan_policy": nan_policy,
        "base": base,
        "workers": workers,
    }
    terms = local_mutual_info(x_rows, y_rows, **options)
    complete = ~np.isnan(terms) if nan_policy == "omit" else np.ones(n, np.bool_)
    if np.isnan(terms[complete]).any():
        return math.nan
    length: Any = 1 if blocks is None else blocks
    names: Any = np.arange(n) // length if np.ndim(length) == 0 else length
    rows_of: dict[Any, list[int]] = {}  # of each block
    for row, name in enumerate(names):
        rows_of.setdefault(name, []).append(row)
    kept = [[row for row in rows_of[name] if complete[row]] for name in sorted(rows_of)]
    n_kept = int(complete.sum())
    if by == "local":
        mean = terms[complete].mean()
        return math.sqrt(sum(np.sum(terms[rows] - mean) ** 2 for rows in kept)) / n_kept

    fewest = 2 if method in ("gaussian", "histogram") else int(k) + 1
    most = min(MOST_SUBSETS, n_kept // (max(len(rows) for rows in kept) + fewest))
    variances, freedoms = [], []
    for s in np.arange(2, most + 1):
        subsets: list[list[int]] = [[] for _ in np.arange(s)]
        before = 0
        for b in generator.permutation(len(kept)):
            middle = before + len(kept[b]) / 2
            subsets[min(int(middle * s / n_kept), int(s) - 1)].extend(kept[b])
            before += len(kept[b])
        estimates = [
            float(mutual_info(x_rows[rows], y_rows[rows], correction=correction, **options)) for rows in subsets
        ]
        variances.append(np.var(estimates, ddof=1) / s)
        freedoms.append(s - 1)
    return math.sqrt(np.average(variances, weights=freedoms))
