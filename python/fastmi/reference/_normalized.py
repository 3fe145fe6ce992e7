"""Mutual information as a share of entropies that are taken at its own resolution, H(Y) = I(Y;Y)."""

import math
from typing import SupportsIndex

import numpy as np
from numpy.typing import ArrayLike

from fastmi._arguments import BinRange, Bins, NanPolicy, Period, as_bins, as_ranges, unit_of
from fastmi._estimators import ESTIMATORS
from fastmi._information import Information
from fastmi._methods import method_of, options_of, variable_for
from fastmi._variables import Discrete, Variable, complete_rows_of
from fastmi.reference import _binned, _gaussian
from fastmi.reference._mutual_info import local_terms


def information(
    x: ArrayLike,
    y: ArrayLike,
    *,
    k: SupportsIndex = 3,
    method: str = "ksg1",
    bins: Bins = 20,
    range: BinRange = None,  # noqa: A002
    correction: str | None = None,
    x_period: Period = None,
    y_period: Period = None,
    x_discrete: Discrete = None,
    y_discrete: Discrete = None,
    nan_policy: NanPolicy = "raise",
    base: float | None = None,
    workers: int | None = None,
) -> Information:
    """Return I(X;Y), H(X), H(Y) and H(X,Y); see :func:`fastmi.information`."""
    unit = unit_of(base)
    mi, h_x, h_y, h_xy = _information(
        x, y, k, method, bins, range, correction, x_period, y_period, x_discrete, y_discrete, nan_policy, workers
    )
    return Information(mi / unit, h_x / unit, h_y / unit, h_xy / unit, unit)


def proficiency(
    x: ArrayLike,
    y: ArrayLike,
    *,
    k: SupportsIndex = 3,
    method: str = "ksg1",
    bins: Bins = 20,
    range: BinRange = None,  # noqa: A002
    correction: str | None = None,
    x_period: Period = None,
    y_period: Period = None,
    x_discrete: Discrete = None,
    y_discrete: Discrete = None,
    nan_policy: NanPolicy = "raise",
    workers: int | None = None,
) -> float:
    """Return the measure; see :func:`fastmi.proficiency`."""
    mi, _, h_y, _ = _information(
        x, y, k, method, bins, range, correction, x_period, y_period, x_discrete, y_discrete, nan_policy, workers
    )
    return mi / h_y if h_y else math.nan


def symmetric_uncertainty(
    x: ArrayLike,
    y: ArrayLike,
    *,
    k: SupportsIndex = 3,
    method: str = "ksg1",
    bins: Bins = 20,
    range: BinRange = None,  # noqa: A002
    correction: str | None = None,
    x_period: Period = None,
    y_period: Period = None,
    x_discrete: Discrete = None,
    y_discrete: Discrete = None,
    nan_policy: NanPolicy = "raise",
    workers: int | None = None,
) -> float:
    """Return the measure; see :func:`fastmi.symmetric_uncertainty`."""
    mi, h_x, h_y, _ = _information(
        x, y, k, method, bins, range, correction, x_period, y_period, x_discrete, y_discrete, nan_policy, workers
    )
    return 2 * mi / (h_x + h_y) if h_x + h_y else math.nan


def redundancy(
    x: ArrayLike,
    y: ArrayLike,
    *,
    k: SupportsIndex = 3,
    method: str = "ksg1",
    bins: Bins = 20,
    range: BinRange = None,  # noqa: A002
    correction: str | None = None,
    x_period: Period = None,
    y_period: Period = None,
    x_discrete: Discrete = None,
    y_discrete: Discrete = None,
    nan_policy: NanPolicy = "raise",
    workers: int | None = None,
) -> float:
    """Return the measure; see :func:`fastmi.redundancy`."""
    mi, h_x, h_y, _ = _information(
        x, y, k, method, bins, range, correction, x_period, y_period, x_discrete, y_discrete, nan_policy, workers
    )
    return mi / (h_x + h_y) if h_x + h_y else math.nan


def information_quality_ratio(
    x: ArrayLike,
    y: ArrayLike,
    *,
    k: SupportsIndex = 3,
    method: str = "ksg1",
    bins: Bins = 20,
    range: BinRange = None,  # noqa: A002
    correction: str | None = None,
    x_period: Period = None,
    y_period: Period = None,
    x_discrete: Discrete = None,
    y_discrete: Discrete = None,
    nan_policy: NanPolicy = "raise",
    workers: int | None = None,
) -> float:
    """Return the measure; see :func:`fastmi.information_quality_ratio`."""
    mi, _, _, h_xy = _information(
        x, y, k, method, bins, range, correction, x_period, y_period, x_discrete, y_discrete, nan_policy, workers
    )
    return mi / h_xy if h_xy else math.nan


def normalized_mutual_info(
    x: ArrayLike,
    y: ArrayLike,
    *,
    k: SupportsIndex = 3,
    method: str = "ksg1",
    bins: Bins = 20,
    range: BinRange = None,  # noqa: A002
    correction: str | None = None,
    x_period: Period = None,
    y_period: Period = None,
    x_discrete: Discrete = None,
    y_discrete: Discrete = None,
    nan_policy: NanPolicy = "raise",
    workers: int | None = None,
) -> float:
    """Return the measure; see :func:`fastmi.normalized_mutual_info`."""
    mi, h_x, h_y, _ = _information(
        x, y, k, method, bins, range, correction, x_period, y_period, x_discrete, y_discrete, nan_policy, workers
    )
    return mi / math.sqrt(h_x * h_y) if h_x * h_y else math.nan


def information_distance(
    x: ArrayLike,
    y: ArrayLike,
    *,
    k: SupportsIndex = 3,
    method: str = "ksg1",
    bins: Bins = 20,
    range: BinRange = None,  # noqa: A002
    correction: str | None = None,
    x_period: Period = None,
    y_period: Period = None,
    x_discrete: Discrete = None,
    y_discrete: Discrete = None,
    nan_policy: NanPolicy = "raise",
    workers: int | None = None,
) -> float:
    """Return the measure; see :func:`fastmi.information_distance`."""
    mi, _, _, h_xy = _information(
        x, y, k, method, bins, range, correction, x_period, y_period, x_discrete, y_discrete, nan_policy, workers
    )
    return 1 - mi / h_xy if h_xy else math.nan


def information_correlation(
    x: ArrayLike,
    y: ArrayLike,
    *,
    k: SupportsIndex = 3,
    method: str = "ksg1",
    bins: Bins = 20,
    range: BinRange = None,  # noqa: A002
    correction: str | None = None,
    x_period: Period = None,
    y_period: Period = None,
    x_discrete: Discrete = None,
    y_discrete: Discrete = None,
    nan_policy: NanPolicy = "raise",
    workers: int | None = None,
) -> float:
    """Return the measure; see :func:`fastmi.information_correlation`."""
    mi, _, _, _ = _information(
        x, y, k, method, bins, range, correction, x_period, y_period, x_discrete, y_discrete, nan_policy, workers
    )
    return math.copysign(math.sqrt(1 - math.exp(-2 * abs(mi))), mi)


def _information(
    x: ArrayLike,
    y: ArrayLike,
    k: SupportsIndex,
    method: str,
    bins: Bins,
    range_: BinRange,
    correction: str | None,
    x_period: Period,
    y_period: Period,
    x_discrete: Discrete,
    y_discrete: Discrete,
    nan_policy: NanPolicy,
    workers: int | None,
) -> tuple[float, float, float, float]:
    """Return I(X;Y), H(X), H(Y) and H(X,Y) in nats; with infinite entropies by "gaussian"."""
    way = method_of(method, ESTIMATORS)
    options = options_of(method, k, bins, range_, correction, workers)
    sides = variable_for(way, "x", x, x_discrete, x_period), variable_for(way, "y", y, y_discrete, y_period)
    complete = complete_rows_of(sides, nan_policy)
    if nan_policy == "propagate" and not complete.all():
        return math.nan, math.nan, math.nan, math.nan
    a, b = (side.select(complete) for side in sides)
    if method == "gaussian":
        return _gaussian.mutual_info(a.values, b.values), math.inf, math.inf, math.inf
    if method == "histogram":
        return _of_cells(a, b, bins, range_, correction)
    mi, h_x, h_y = (float(local_terms(method, s, t, options).mean()) for s, t in ((a, b), (a, a), (b, b)))
    h_x, h_y = (0.0 if len(np.unique(s.values, axis=0)) == 1 else h for s, h in ((a, h_x), (b, h_y)))
    return mi, h_x, h_y, h_x + h_y - mi


def _of_cells(
    x: Variable, y: Variable, bins: Bins, range_: BinRange, correction: str | None
) -> tuple[float, float, float, float]:
    d_x, d_y = len(x.is_label), len(y.is_label)
    all_bins, ranges = as_bins(bins, d_x + d_y), as_ranges(range_, d_x + d_y)
    x_cells = _binned.cells_of(x, all_bins[:d_x], ranges[:d_x])
    y_cells = _binned.cells_of(y, all_bins[d_x:], ranges[d_x:])
    h_x, h_y, h_xy = _binned.entropies(x_cells, y_cells, correction)
    pairs = [pair for pair in zip(x_cells.cell, y_cells.cell, strict=True) if None not in pair]
    n_x, n_y, n_xy = len({a for a, _ in pairs}), len({b for _, b in pairs}), len(set(pairs))
    return h_x + h_y - h_xy, h_x if n_x > 1 else 0.0, h_y if n_y > 1 else 0.0, h_xy if n_xy > 1 else 0.0
