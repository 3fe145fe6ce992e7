"""Plug-in estimates for variables that are labels, or numbers in equally wide bins.

Every estimate is a sum of entropies of cells, each by its plug-in formula and correction. Nothing here warns of samples
outside a range; who asks warns once, with `warn_if_outside(n_outside(x, y), n_samples)`.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fastmi._histogram import edges_around
from fastmi._labels import Codes, joint_codes
from fastmi._plugin import plugin_entropy
from fastmi._variables import Variable
from fastmi._warnings import warn


class Cells(NamedTuple):
    """In which cell, of how many there can be, each sample of a variable is."""

    codes: Codes
    n_cells: int
    inside: NDArray[np.bool_]  # the range; the code of a sample outside means nothing


class Entropies(NamedTuple):
    """Those of two variables and of both together."""

    x: float
    y: float
    xy: float


def codes_of(variable: Variable, bins: Sequence[int], ranges: Sequence[tuple[float, float] | None]) -> Cells:
    """Return the cells of a variable: numbers in the bins of `fastmi.histogram`, an entry a column, labels as they are.

    There can be as many cells as the bins of the columns of numbers make, times the rows of labels that occur.
    """
    is_label = np.array(variable.is_label)
    numbers = variable.values[:, ~is_label]
    options = [option for option, label in zip(zip(bins, ranges, strict=True), is_label, strict=True) if not label]
    edges = edges_around(numbers, [n for n, _ in options], [pair for _, pair in options], variable.name)
    binned, inside = bin_codes(numbers, edges)
    labels = [Codes(column.astype(np.int64), int(column.max()) + 1) for column in variable.values[:, is_label].T]
    n_labels = len(np.unique(joint_codes(labels))) if labels else 1
    return Cells(_joint([*labels, *binned]), math.prod(n for n, _ in options) * n_labels, inside)


def bin_codes(
    samples: NDArray[np.float64], edges: Sequence[NDArray[np.float64]]
) -> tuple[list[Codes], NDArray[np.bool_]]:
    """Return the bins of each column, and which rows are inside the range; the others are put in the outermost bins."""
    inside = np.ones(len(samples), np.bool_)
    columns = []
    for column, e in zip(samples.T, edges, strict=True):
        inside &= (e[0] <= column) & (column <= e[-1])
        columns.append(Codes(np.searchsorted(e[1:-1], column, side="right"), len(e) - 1))
    return columns, inside


def mutual_info(x: Cells, y: Cells, correction: str | None) -> float:
    """Return I(X;Y) = H(X) + H(Y) - H(X,Y) of the samples inside."""
    h = entropies(x, y, correction)
    return h.x + h.y - h.xy


def entropies(x: Cells, y: Cells, correction: str | None) -> Entropies:
    """Return H(X), H(Y) and H(X,Y) of the samples inside for both."""
    inside = x.inside & y.inside
    return Entropies(*(_entropy(cells, inside, correction) for cells in ([x], [y], [x, y])))


def conditional_mutual_info(x: Cells, y: Cells, z: Cells, correction: str | None) -> float:
    """Return I(X;Y|Z) = H(X,Z) + H(Y,Z) - H(Z) - H(X,Y,Z) of the samples inside."""
    inside = x.inside & y.inside & z.inside
    h_xz, h_yz, h_z, h_xyz = (_entropy(cells, inside, correction) for cells in ([x, z], [y, z], [z], [x, y, z]))
    return h_xz + h_yz - h_z - h_xyz


def local_mutual_info(x: Cells, y: Cells) -> NDArray[np.float64]:
    """Return log(p(x, y) / p(x) p(y)) of every sample, NaN outside; their mean is I(X;Y) without correction."""
    inside = x.inside & y.inside
    n_xy, n_x, n_y = (_sharing_cell(cells, inside) for cells in ([x, y], [x], [y]))
    terms = np.full(len(inside), np.nan)
    terms[inside] = np.log(n_xy * np.count_nonzero(inside) / (n_x * n_y))
    return terms


def n_outside(*variables: Cells) -> int:
    """Return how many samples are outside the range of some variable."""
    return int(np.count_nonzero(~np.all([cells.inside for cells in variables], axis=0)))


def warn_if_outside(outside: float, n_samples: int | None) -> None:
    """Warn of samples outside the range."""
    if outside:
        warn(
            f"{outside} of {n_samples} samples lie outside the range and are left out; pass range=None or a wider "
            "range, unless this is meant"
        )


def _entropy(variables: Sequence[Cells], inside: NDArray[np.bool_], correction: str | None) -> float:
    counts = np.bincount(_codes(variables, inside))
    n_cells = math.prod(cells.n_cells for cells in variables)
    return float(plugin_entropy(counts, correction=correction, n_bins=n_cells))


def _sharing_cell(variables: Sequence[Cells], inside: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return how many samples are in the cell of each, itself included; as floats, whose products do not overflow."""
    codes = _codes(variables, inside)
    return np.bincount(codes).astype(np.float64)[codes]


def _codes(variables: Sequence[Cells], inside: NDArray[np.bool_]) -> NDArray[np.int64]:
    return joint_codes(Codes(cells.codes.codes[inside], cells.codes.n_codes) for cells in variables)


def _joint(columns: Sequence[Codes]) -> Codes:
    codes = joint_codes(columns)
    return Codes(codes, int(codes.max()) + 1)
