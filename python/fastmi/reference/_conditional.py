"""Conditional mutual information, as the papers have it.

mixed      Of the others within the distance of sample i to its k-th neighbour (in X, Y and Z jointly, the max-norm), k~
           are so in all, n_xz in X and Z, and so on:  < psi(k~) - psi(n_xz) - psi(n_yz) + psi(n_z) >
           (Mesner and Shalizi 2021; without Z, all N samples are within). Where no other is at that very distance, the
           strict count plus one stands for n (Frenzel and Pompe 2007; Kraskov et al. 2004). Labels that differ are
           infinitely far apart; whoever has not k others with its labels takes those it has, and none tells nothing.
gaussian   from covariances; see _gaussian.py
histogram  H(X,Z) + H(Y,Z) - H(Z) - H(X,Y,Z) of the cells that samples fall into; see _binned.py
"""

from collections.abc import Sequence
from typing import SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import digamma

from fastmi._arguments import (
    BinRange,
    Bins,
    Lags,
    NanPolicy,
    Period,
    as_bins,
    as_k,
    as_lags,
    as_ranges,
    check_enough_samples,
    unit_of,
)
from fastmi._marginals import Marginals
from fastmi._methods import method_of, options_of, variable_for
from fastmi._variables import Discrete, Variable, complete_rows_of
from fastmi.reference import _binned, _gaussian
from fastmi.reference._distances import distances
from fastmi.reference._marginals import with_marginals

Array = NDArray[np.float64]


def conditional_mutual_info(
    x: ArrayLike,
    y: ArrayLike,
    z: ArrayLike,
    *,
    k: SupportsIndex = 3,
    method: str = "mixed",
    bins: Bins = 20,
    range: BinRange = None,  # noqa: A002
    correction: str | None = None,
    x_period: Period = None,
    y_period: Period = None,
    z_period: Period = None,
    x_discrete: Discrete = None,
    y_discrete: Discrete = None,
    z_discrete: Discrete = None,
    marginals: Marginals = None,
    nan_policy: NanPolicy = "raise",
    base: float | None = None,
    workers: int | None = None,
) -> float:
    """Return I(X;Y|Z); see :func:`fastmi.conditional_mutual_info`."""
    way = method_of(method, ["mixed", "gaussian", "histogram"])
    options_of(method, k, bins, range, correction, workers, marginals)
    variables = [
        variable_for(way, "x", x, x_discrete, x_period),
        variable_for(way, "y", y, y_discrete, y_period),
        variable_for(way, "z", z, z_discrete, z_period),
    ]
    complete = complete_rows_of(variables, nan_policy)
    if nan_policy == "propagate" and not complete.all():
        return float("nan")
    x_all, y_all, z_all = (with_marginals(variable.select(complete), marginals) for variable in variables)
    if method == "mixed":
        return float(local_mixed(x_all, y_all, [z_all], as_k(k)).mean()) / unit_of(base)
    if method == "gaussian":
        return _gaussian.conditional_mutual_info(x_all.values, y_all.values, z_all.values) / unit_of(base)
    ends = np.cumsum([0, x_all.n_columns, y_all.n_columns, z_all.n_columns])
    all_bins, all_ranges = as_bins(bins, int(ends[-1])), as_ranges(range, int(ends[-1]))
    x_cells, y_cells, z_cells = (
        _binned.cells_of(variable, all_bins[begin:end], all_ranges[begin:end])
        for variable, begin, end in zip((x_all, y_all, z_all), ends[:-1], ends[1:], strict=True)
    )
    return _binned.conditional_mutual_info(x_cells, y_cells, z_cells, correction) / unit_of(base)


def transfer_entropy(
    x: ArrayLike,
    y: ArrayLike,
    *,
    z: ArrayLike | None = None,
    lag: int | Lags = 1,
    x_history: SupportsIndex = 1,
    y_history: SupportsIndex = 1,
    z_history: SupportsIndex = 1,
    k: SupportsIndex = 3,
    method: str = "mixed",
    bins: Bins = 20,
    range: BinRange = None,  # noqa: A002
    correction: str | None = None,
    x_period: Period = None,
    y_period: Period = None,
    z_period: Period = None,
    x_discrete: Discrete = None,
    y_discrete: Discrete = None,
    z_discrete: Discrete = None,
    marginals: Marginals = None,
    nan_policy: NanPolicy = "raise",
    base: float | None = None,
    workers: int | None = None,
) -> float | Array:
    """Return I(past of X; Y|past of Y, past of Z); see :func:`fastmi.transfer_entropy`."""
    way = method_of(method, ["mixed", "gaussian", "histogram"])
    series = {"x": np.asarray(x), "y": np.asarray(y)} | ({} if z is None else {"z": np.asarray(z)})
    length = {"x": int(x_history), "y": int(y_history), "z": int(z_history)}
    periods = {"x": x_period, "y": y_period, "z": z_period}
    discrete = {"x": x_discrete, "y": y_discrete, "z": z_discrete}
    n = len(series["y"])
    values = []
    for delay in as_lags(lag, n, at_least=1):
        starts = {"x": delay, "y": 1, "z": 1}
        first = max(starts[name] + length[name] - 1 for name in series)

        def past(name: str, times: Sequence[int], starts: dict[str, int] = starts) -> Array:
            rows = [[series[name][t - starts[name] - s] for s in np.arange(length[name])] for t in times]
            return np.array(rows).reshape(len(rows), -1)

        times = [int(t) for t in np.arange(first, n)]
        given = [past(name, times) for name in series if name != "x"]
        kinds = [variable_for(way, name, series[name], discrete[name], periods[name]) for name in series if name != "x"]
        x_kind = variable_for(way, "x", x, x_discrete, x_period)
        values.append(
            conditional_mutual_info(
                past("x", times),
                series["y"][times],
                np.hstack(given),
                k=k,
                method=method,
                bins=bins,
                range=range,
                correction=correction,
                x_period=x_kind.periods * length["x"],
                y_period=y_period,
                z_period=[p for kind in kinds for p in kind.periods * length[kind.name]],
                x_discrete=x_kind.is_label * length["x"],
                y_discrete=y_discrete,
                z_discrete=[label for kind in kinds for label in kind.is_label * length[kind.name]],
                marginals=marginals,
                nan_policy=nan_policy,
                base=base,
                workers=workers,
            )
        )
    return float(values[0]) if np.ndim(lag) == 0 else np.array(values)


def local_mixed(x: Variable, y: Variable, given: Sequence[Variable], k: int) -> Array:
    """Return the terms of the estimator for mixtures, sample by sample."""
    n = x.n_samples
    check_enough_samples(n, k, ", ".join(side.name for side in (x, y, *given)))
    joint, d_xz, d_yz = (distances(side) for side in ([x, y, *given], [x, *given], [y, *given]))
    d_z = distances(given) if given else np.zeros((n, n))
    terms = []
    for i, others in enumerate(~np.eye(n, dtype=np.bool_)):
        d = np.sort(joint[i, others])
        n_finite = np.count_nonzero(np.isfinite(d)) if any(any(v.is_label) for v in (x, y, *given)) else n - 1
        if n_finite == 0:
            terms.append(0.0)
            continue
        radius = d[min(k, n_finite) - 1]

        def count(distance: Array, others: NDArray[np.bool_] = others, i: int = i, radius: float = radius) -> int:
            strictly = int(np.count_nonzero(distance[i, others] < radius))
            return max(strictly + 1, int(np.count_nonzero(distance[i, others] <= radius)))

        n_within = np.count_nonzero(d <= radius)
        terms.append(digamma(n_within) - digamma(count(d_xz)) - digamma(count(d_yz)) + digamma(count(d_z)))
    return np.array(terms)
