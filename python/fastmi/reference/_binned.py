"""Plug-in estimates for labels, and for numbers in equally wide bins, sample by sample."""

import math
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fastmi._variables import Variable
from fastmi.reference._entropy import bin_of_row, entropy_of_counts

Array = NDArray[np.float64]


class Cells(NamedTuple):
    """The cell of each sample, None outside the range, and how many there can be."""

    cell: list[tuple[float, ...] | None]
    n_cells: int


def cells_of(variable: Variable, bins: Sequence[int], ranges: Sequence[tuple[float, float] | None]) -> Cells:
    """Return the cells of a variable: bins of its numbers, and its labels."""
    columns = list(zip(variable.values.T, bins, ranges, variable.is_label, strict=True))
    labels = [tuple(row) for row in variable.values[:, variable.is_label].tolist()]
    edges = [np.histogram_bin_edges(column, n, pair) for column, n, pair, is_label in columns if not is_label]
    numbers = variable.values[:, ~np.array(variable.is_label)]
    bin_of = [bin_of_row(row, edges) for row in numbers]
    cells = [None if b is None else (*label, *b) for label, b in zip(labels, bin_of, strict=True)]
    return Cells(cells, len(set(labels)) * math.prod(len(e) - 1 for e in edges))


def mutual_info(x: Cells, y: Cells, correction: str | None) -> float:
    """Return I(X;Y) = H(X) + H(Y) - H(X,Y)."""
    h_x, h_y, h_xy = entropies(x, y, correction)
    return h_x + h_y - h_xy


def entropies(x: Cells, y: Cells, correction: str | None) -> tuple[float, float, float]:
    """Return H(X), H(Y) and H(X,Y)."""
    rows = _inside(x, y)
    return _entropy([x], rows, correction), _entropy([y], rows, correction), _entropy([x, y], rows, correction)


def conditional_mutual_info(x: Cells, y: Cells, z: Cells, correction: str | None) -> float:
    """Return I(X;Y|Z) = H(X,Z) + H(Y,Z) - H(Z) - H(X,Y,Z)."""
    rows = _inside(x, y, z)
    h_xz, h_yz, h_z, h_xyz = (_entropy(cells, rows, correction) for cells in ([x, z], [y, z], [z], [x, y, z]))
    return h_xz + h_yz - h_z - h_xyz


def local_mutual_info(x: Cells, y: Cells) -> Array:
    """Return log(p(x, y) / p(x) p(y)) of every sample, NaN outside the range."""
    rows = _inside(x, y)
    n_x, n_y = Counter(x.cell[row] for row in rows), Counter(y.cell[row] for row in rows)
    n_xy = Counter((x.cell[row], y.cell[row]) for row in rows)
    terms = np.full(len(x.cell), np.nan)
    for row in rows:
        a, b = x.cell[row], y.cell[row]
        terms[row] = math.log(n_xy[a, b] * len(rows) / (n_x[a] * n_y[b]))
    return terms


def _inside(*variables: Cells) -> list[int]:
    """Return the rows that no variable has outside its range."""
    return [row for row, cells in enumerate(zip(*(v.cell for v in variables), strict=True)) if None not in cells]


def _entropy(variables: list[Cells], rows: list[int], correction: str | None) -> float:
    counts = Counter(tuple(v.cell[row] for v in variables) for row in rows)
    return entropy_of_counts(list(counts.values()), correction, math.prod(v.n_cells for v in variables))
