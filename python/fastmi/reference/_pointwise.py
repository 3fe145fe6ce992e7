"""Pointwise mutual information, log(p(x, y) / p(x) p(y)), cell by cell."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastmi._arguments import BinRange, Bins, NanPolicy, as_bins, as_ranges, as_workers, unit_of
from fastmi._labels import as_labels
from fastmi._pointwise_table import PointwiseMutualInfo
from fastmi._variables import Discrete, as_variable, complete_rows_of
from fastmi.reference._entropy import bin_of_row


def pointwise_mutual_info(
    x: ArrayLike,
    y: ArrayLike,
    *,
    bins: Bins = 20,
    range: BinRange = None,  # noqa: A002
    x_discrete: Discrete = None,
    y_discrete: Discrete = None,
    nan_policy: NanPolicy = "raise",
    base: float | None = None,
    workers: int | None = None,
) -> PointwiseMutualInfo:
    """Return the tables of pointwise information; see :func:`fastmi.pointwise_mutual_info`."""
    unit = unit_of(base)
    as_workers(workers)
    sides = as_variable("x", x, x_discrete), as_variable("y", y, y_discrete)
    complete = complete_rows_of(sides, nan_policy)
    cells: list[list[int | None]] = []
    axes, sizes = [], []
    for side, passed, n, pair in zip(sides, (x, y), as_bins(bins, 2), as_ranges(range, 2), strict=True):
        column = side.values[complete, 0]
        if side.is_label[0]:
            codes = sorted(set(column.tolist()))
            labels = as_labels(side.name, passed)[0][complete]
            cells.append([codes.index(code) for code in column])
            axes.append(np.array([labels[column == code][0] for code in codes], labels.dtype))
            sizes.append(len(codes))
        else:
            edges = np.histogram_bin_edges(column, n, pair)
            bin_of = [bin_of_row(np.array([value]), [edges]) for value in column]
            cells.append([None if b is None else b[0] for b in bin_of])
            axes.append(edges)
            sizes.append(n)

    p = np.zeros(sizes)
    for a, b in zip(*cells, strict=True):
        if a is not None and b is not None:
            p[a, b] += 1
    if p.sum() == 0:
        raise ValueError("no samples are in the bins; pass a range that holds some of them, or range=None")
    p /= p.sum()
    pmi, normalized = np.empty(sizes), np.empty(sizes)
    for i, j in np.ndindex(*sizes):
        pmi[i, j] = _pmi(p, i, j)
        normalized[i, j] = _npmi(_pmi(p, i, j), float(p[i, j]))
    if nan_policy == "propagate" and not complete.all():
        pmi, normalized, p = (np.full(p.shape, np.nan) for _ in "123")
    return PointwiseMutualInfo(pmi / unit, np.where(pmi < 0, 0.0, pmi) / unit, normalized, p, axes[0], axes[1])


def _pmi(p: NDArray[np.float64], i: int, j: int) -> float:
    by_chance = p[i].sum() * p[:, j].sum()
    if by_chance == 0:
        return math.nan
    return math.log(p[i, j] / by_chance) if p[i, j] > 0 else -math.inf


def _npmi(pmi: float, probability: float) -> float:
    if pmi == -math.inf:
        return -1.0
    return pmi / -math.log(probability) if 0 < probability < 1 else math.nan
