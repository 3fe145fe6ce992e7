"""Functions of the columns of one side, of which canonical correlation takes linear combinations.

All are functions of ranks, so that no monotone map of a column changes them, and of one side alone, so that they may
be made from all rows: with z the normal scores of the columns, u their uniform scores, w the whitened z and g the
normal scores of the length of w,

linear       z
additive     z, z^2 - 1, z^3 - 3z and cos(pi j u) of every column, and g, g^2
quadratic    z, all products of two of them, g, and for few columns what is in additive
modulated    z, B_j(g) and w B_j(g) with bumps B_j: directions that turn with the distance from the centre

Dictionaries of more functions than the rows can fit are cut short or left out.
"""

from collections.abc import Callable
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from fastmi import _core

Array = NDArray[np.float64]

_DIGITS = 10
_NO_SPREAD = 1e-9  # of a column that counts as constant
_NO_LENGTH = 1e-12  # of the variance along a principal axis, beside the largest, that counts as none
_ROWS_PER_COSINE_TERM = 20
_ROWS_PER_FUNCTION = 10
_COSINES = range(3, 9)
_TERMS = 3 + len(_COSINES)  # of additive, for a column
_FEW_COLUMNS = 5
_BUMPS = np.linspace(-2, 2, 8)
_BUMP_WIDTH = 0.5


class Side(NamedTuple):
    """The columns of one side that are not constant, by their ranks."""

    normal: Array
    uniform: Array
    white: Array
    radius: Array  # one column

    @property
    def n_samples(self) -> int:
        """Return the number of rows."""
        return len(self.normal)

    @property
    def n_columns(self) -> int:
        """Return the number of columns."""
        return int(self.normal.shape[1])

    def rows(self, rows: NDArray[np.intp]) -> Self:
        """Return the same of some rows."""
        return type(self)(*(np.asfortranarray(field[rows]) for field in self))


Dictionary = Callable[[Side], Array]


def side_of(values: Array, workers: int) -> Side:
    """Return the side of samples without NaN, column after column."""
    normal = _core.normal_scores(values, workers)
    varies = normal.std(axis=0) > _NO_SPREAD
    normal = np.asfortranarray(normal[:, varies])
    uniform = _core.uniform_scores(np.asfortranarray(values[:, varies]), workers)
    if normal.shape[1] < 2:
        return Side(normal, uniform, normal, normal)
    white = _whitened(normal)
    return Side(normal, uniform, white, scores_of(np.linalg.norm(white, axis=1)[:, np.newaxis], workers))


def scores_of(columns: Array, workers: int) -> Array:
    """Return the normal scores of computed columns of spread 1, of which what differs by rounding alone is equal."""
    return _core.normal_scores(np.asfortranarray(columns.round(_DIGITS)), workers)


def dictionaries(x: Side, y: Side, n_fit: int) -> dict[str, Dictionary]:
    """Return the dictionaries for which so many rows suffice on both sides, by name."""
    d = max(x.n_columns, y.n_columns)
    n_products = d * (d + 3) // 2
    found: dict[str, Dictionary] = {}
    if x.n_columns + y.n_columns < n_fit:  # else some linear functions of both sides are equal on these rows
        found["linear"] = lambda side: side.normal
    if 2 * d <= n_fit / _ROWS_PER_FUNCTION:
        found["additive"] = lambda side: additive(side, n_fit)
    if d == 1 or n_products <= n_fit / _ROWS_PER_FUNCTION:
        found["quadratic"] = lambda side: quadratic(side, n_fit)
    if d == 1 or (len(_BUMPS) + 1) * d <= n_fit / _ROWS_PER_FUNCTION:
        found["modulated"] = lambda side: modulated(side, n_fit)
    return found


def additive(side: Side, n_fit: int) -> Array:
    """Return sums of functions of single columns, and of the radius."""
    z, d = side.normal, side.n_columns
    terms = [z, z**2 - 1]
    if 3 * d <= n_fit / _ROWS_PER_COSINE_TERM:
        terms.append(z**3 - 3 * z)
    if _TERMS * d <= n_fit / _ROWS_PER_COSINE_TERM:
        terms += _cosines(side.uniform)
    if d > 1:
        terms += [side.radius, side.radius**2]
    return np.hstack(terms)


def quadratic(side: Side, n_fit: int) -> Array:
    """Return the products of two columns."""
    z, d = side.normal, side.n_columns
    if d == 1:
        return additive(side, n_fit)
    products = [z[:, i:] * z[:, i : i + 1] for i in range(d)]
    rest = [additive(side, n_fit)[:, d:]] if d <= _FEW_COLUMNS else [side.radius]
    return np.hstack([z, *products, *rest])


def modulated(side: Side, n_fit: int) -> Array:
    """Return the directions times functions of the radius."""
    if side.n_columns == 1:
        return additive(side, n_fit)
    bumps = np.exp(-0.5 * ((side.radius - _BUMPS) / _BUMP_WIDTH) ** 2)
    return np.hstack([side.normal, bumps, *(side.white * bump[:, np.newaxis] for bump in bumps.T)])


def _cosines(u: Array) -> list[Array]:
    """Return cos(pi j u), from cos((j + 1) t) = 2 cos(t) cos(j t) - cos((j - 1) t)."""
    first = np.cos(np.pi * u)
    cosines = [np.ones_like(u), first]
    while len(cosines) < _COSINES.stop:
        cosines.append(2 * first * cosines[-1] - cosines[-2])
    return cosines[_COSINES.start :]


def _whitened(normal: Array) -> Array:
    centred = normal - normal.mean(axis=0)
    variances, axes = np.linalg.eigh(centred.T @ centred / len(centred))
    kept = variances > _NO_LENGTH * variances[-1]
    return np.asarray(centred @ (axes[:, kept] / np.sqrt(variances[kept])))
