"""Canonical correlation of functions of two sides, fitted on one half of the rows for use on the other.

The functions of all rows are never held at once: sums over blocks of rows are enough to fit, and the pairs of canonical
variates that are wanted are few.
"""

from collections.abc import Iterator
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from fastmi._dictionaries import Array, Dictionary, Side

Rows = NDArray[np.intp]

_BLOCK = 16_384  # rows
_NO_SPREAD = 1e-9  # of a function that counts as constant
_NO_VARIANCE = 1e-9  # along a principal axis, beside the largest, that counts as none
_SIGNIFICANT = 3.0902323061678132  # one-sided p = 1e-3 of a normal variate


class Pairs(NamedTuple):
    """Canonical variates of rows that had no part in the fit, a column a pair."""

    x: Array
    y: Array


class _Moments(NamedTuple):
    """Sums over rows of functions of the sides, and of their products."""

    n: int
    x: Array
    y: Array
    xx: Array
    yy: Array
    xy: Array

    def __add__(self, other: tuple[object, ...]) -> Self:
        return type(self)(*(a + b for a, b in zip(self, other, strict=True)))  # type: ignore[operator]

    def covariances(self) -> tuple[Array, Array, Array]:
        """Return those of x, of y, and between them."""
        x, y = self.x / self.n, self.y / self.n
        return self.xx / self.n - np.outer(x, x), self.yy / self.n - np.outer(y, y), self.xy / self.n - np.outer(x, y)


def cross_fitted(
    dictionary: Dictionary, x: Side, y: Side, folds: tuple[Rows, Rows], ridge: float, most: int
) -> tuple[Pairs, Pairs]:
    """Return the pairs of each fold that were fitted on the other and hold good here, as many in both, `most` at most."""
    moments = [_moments(dictionary, x, y, rows) for rows in folds]
    x_total, y_total, _ = (moments[0] + moments[1]).covariances()
    scales = [np.sqrt(np.maximum(np.diag(total), 0)) for total in (x_total, y_total)]
    found = []
    for rows, other in zip(folds, reversed(moments), strict=True):
        a, b = _directions(other, scales[0], scales[1], ridge, most)
        u = np.concatenate([dictionary(x.rows(block)) @ a for block in _blocks(rows)])
        v = np.concatenate([dictionary(y.rows(block)) @ b for block in _blocks(rows)])
        found.append((u, v, _n_significant(u, v)))
    m = min(n for _, _, n in found)
    first, second = (Pairs(np.asfortranarray(u[:, :m]), np.asfortranarray(v[:, :m])) for u, v, _ in found)
    return first, second


def _blocks(rows: Rows) -> Iterator[Rows]:
    return (rows[begin : begin + _BLOCK] for begin in range(0, len(rows), _BLOCK))


def _moments(dictionary: Dictionary, x: Side, y: Side, rows: Rows) -> _Moments:
    first, *others = (_moments_of_block(dictionary, x, y, block) for block in _blocks(rows))
    return sum(others, first)


def _moments_of_block(dictionary: Dictionary, x: Side, y: Side, rows: Rows) -> _Moments:
    f, g = dictionary(x.rows(rows)), dictionary(y.rows(rows))
    return _Moments(len(rows), f.sum(axis=0), g.sum(axis=0), f.T @ f, g.T @ g, f.T @ g)


def _directions(fit: _Moments, x_scale: Array, y_scale: Array, ridge: float, most: int) -> tuple[Array, Array]:
    """Return the weights of the functions in the canonical variates, the most correlated pair first."""
    of_x, of_y, between = fit.covariances()
    x_axes, y_axes = _whitening(of_x, x_scale, ridge), _whitening(of_y, y_scale, ridge)
    u, _, v = np.linalg.svd(x_axes.T @ between @ y_axes, full_matrices=False)
    return x_axes @ u[:, :most], y_axes @ v[:most].T


def _whitening(covariance: Array, scale: Array, ridge: float) -> Array:
    """Return weights that make uncorrelated variates of functions brought to equal scale, of variance 1 but for the ridge."""
    varies = scale > _NO_SPREAD
    weight = np.divide(1.0, scale, out=np.zeros_like(scale), where=varies)[varies]
    variances, axes = np.linalg.eigh(covariance[np.ix_(varies, varies)] * np.outer(weight, weight))
    kept = variances > _NO_VARIANCE * variances.max(initial=0.0)
    variances = variances[kept]
    whitening = np.zeros((len(scale), len(variances)))
    whitening[varies] = weight[:, np.newaxis] * axes[:, kept] / np.sqrt(variances + ridge * variances.mean())
    return whitening


def _n_significant(u: Array, v: Array) -> int:
    """Return how many leading pairs have a correlation that is significantly positive."""
    least = np.tanh(_SIGNIFICANT / np.sqrt(len(u) - 3))
    for pair, (a, b) in enumerate(zip(u.T, v.T, strict=True)):
        a, b = a - a.mean(), b - b.mean()
        if not a @ b > least * np.sqrt((a @ a) * (b @ b)):
            return pair
    return int(u.shape[1])
