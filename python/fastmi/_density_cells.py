"""Cells that hold equal shares of a density, column by column.

The density is integrated on a grid of panels. They follow it column by column as those of Lepage's integrator do
(J. Comput. Phys. 27, 192, 1978), so that a density may rise over many orders of magnitude within the range.
"""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Density = Callable[[Array], ArrayLike]

_MOST_POINTS = 2**22  # at which a density is evaluated at once
_ENOUGH_POINTS = 2**18
_ENOUGH_PANELS = 2**14  # a column
_REFINEMENTS = 8  # after which the panels move no more, even for 1/x from e^-22 to e^22


def equal_cells(density: Density, outer: list[Array], n_bins: tuple[int, ...]) -> tuple[list[Array], Array]:
    """Return where to cut each column, and the share of the density in each product of the parts.

    `outer` holds the lowest and highest value of each column.
    """
    n_cells = math.prod(n_bins)
    if n_cells * 2 ** len(n_bins) > _MOST_POINTS:
        raise ValueError(
            f"measure as a function is evaluated on a grid, which is too large for {n_cells} cells in {len(n_bins)} "
            "columns; pass samples of the measure, or fewer bins or columns"
        )
    enough = min(_ENOUGH_PANELS, math.floor(_ENOUGH_POINTS ** (1 / len(n_bins))))
    panels = [np.linspace(low, high, max(enough, 2 * n) + 1) for (low, high), n in zip(outer, n_bins, strict=True)]
    for _ in range(_REFINEMENTS):
        marginals = _marginals(_masses(density, panels))
        panels = [_refined(edges, mass) for edges, mass in zip(panels, marginals, strict=True)]
    marginals = _marginals(_masses(density, panels))
    cuts = [_equal_shares(edges, mass, n)[1:-1] for edges, mass, n in zip(panels, marginals, n_bins, strict=True)]

    panels = [np.union1d(edges, at) for edges, at in zip(panels, cuts, strict=True)]
    masses = _masses(density, panels)
    for axis, (edges, at) in enumerate(zip(panels, cuts, strict=True)):
        masses = _sums_between(masses, np.searchsorted(edges, at), axis)
    return cuts, _shares(masses)


def checked(measure: Density, takes_vectors: bool) -> Density:
    """Return the density as a function of points of shape (n, n_columns) that never returns nonsense."""

    def density(points: Array) -> Array:
        passed = points[:, 0] if takes_vectors else points
        values = np.asarray(measure(passed), np.float64)
        if values.shape != (len(points),):
            raise ValueError(
                f"measure returned an array of shape {values.shape} for points of shape {passed.shape}; return one "
                "density a point"
            )
        bad = ~(np.isfinite(values) & (values >= 0))
        if bad.any():
            row = int(np.argmax(bad))
            raise ValueError(
                f"measure returned {values[row]} at {passed[row]}; a density is finite and not negative: pass a range "
                "on which it is"
            )
        if not values.any():
            raise ValueError("measure returned 0 everywhere in the range; pass a range in which it has some mass")
        return values

    return density


def _refined(edges: Array, masses: Array) -> Array:
    """Return as many edges: a third where the mass is, a third where its root is, with longer tails, a third evenly."""
    widths = np.diff(edges)
    return _equal_shares(edges, _shares(masses) + _shares(np.sqrt(masses * widths)) + _shares(widths), len(masses))


def _marginals(masses: Array) -> list[Array]:
    axes = set(range(masses.ndim))
    return [masses.sum(axis=tuple(axes - {axis})) for axis in range(masses.ndim)]


def _shares(masses: Array) -> Array:
    return np.asarray(masses / masses.sum())


def _equal_shares(edges: Array, masses: Array, n: int) -> Array:
    """Return n + 1 edges, between which lie equal sums of the masses between the given ones."""
    cumulative = np.concatenate([[0.0], np.cumsum(masses)])
    inner = np.interp(np.linspace(0, cumulative[-1], n + 1)[1:-1], cumulative, edges)
    return np.concatenate([edges[:1], inner, edges[-1:]])


def _sums_between(masses: Array, cuts: NDArray[np.intp], axis: int) -> Array:
    """Return the sums of the masses before the first cut, from there to the second, and so on."""
    return np.stack([part.sum(axis=axis) for part in np.split(masses, cuts, axis=axis)], axis=axis)


def _masses(density: Density, panels: list[Array]) -> Array:
    """Return the integrals of the density over the products of panels, by the midpoint rule, but for a factor."""
    middles = [0.5 * (edges[:-1] + edges[1:]) for edges in panels]
    points = np.stack(np.meshgrid(*middles, indexing="ij"), axis=-1)
    values = np.asarray(density(points.reshape(-1, len(panels))))
    masses = (values / values.max()).reshape(points.shape[:-1])
    for axis, edges in enumerate(panels):
        masses = masses * np.diff(edges).reshape([-1 if other == axis else 1 for other in range(len(panels))])
    return np.asarray(masses)
