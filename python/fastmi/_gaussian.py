"""Mutual information of normal variables, from their sample covariance.

The canonical correlations rho of x and y are the cosines of the angles between the spaces their centred columns span:

    I(X;Y) = -1/2 sum log(1 - rho^2),

for one column each -1/2 log(1 - r^2). Orthonormal bases of the spaces give them without a covariance matrix, whose
squares would lose half the digits, and columns that only repeat others of their side add nothing to its space.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_EPSILON = float(np.finfo(np.float64).eps)
_SAFETY = 8  # times the rounding of the values is taken as no difference
_MOST_ROUNDING = 1e-6  # of a column beside its spread, so that one of few bits does not pass for dependent


class _Space(NamedTuple):
    """Orthonormal columns, and how far rounding of the values may have turned them."""

    basis: Array
    rounding: float


class _Angles(NamedTuple):
    """The angles between two spaces."""

    cosines: Array  # the canonical correlations, the largest first
    sines: Array  # 0 where it is rounding alone
    remainder: Array  # orthonormal columns: what x leaves of y


def mutual_info(x: Array, y: Array) -> float:
    """Return I(X;Y); infinite where a column of one side is a linear function of the other side."""
    return _information(_angles(_space(*_unit_columns(x)), _space(*_unit_columns(y))))


def conditional_mutual_info(x: Array, y: Array, z: Array) -> float:
    """Return I(X;Y|Z): that of the residuals of x and y after linear regression on z."""
    given = _space(*_unit_columns(z))
    return _information(_angles(_residual_space(x, given), _residual_space(y, given)))


def local_mutual_info(x: Array, y: Array) -> Array:
    """Return log N(x, y) / N(x) N(y) of every sample, whose mean is I(X;Y).

    The ratio is N(y|x) / N(y): the log determinants make up I, and the squared Mahalanobis distances of y from its mean
    and from its regression on x, which have the same mean, add half their difference.
    """
    y_space = _space(*_unit_columns(y))
    angles = _angles(_space(*_unit_columns(x)), y_space)
    information = _information(angles)
    if np.isinf(information):
        return np.full(len(x), np.inf)
    distance = len(x) * np.sum(np.square(y_space.basis), axis=1)
    distance_given_x = len(x) * np.sum(np.square(angles.remainder), axis=1)
    return np.asarray(information + (distance - distance_given_x) / 2)


def _unit_columns(columns: Array) -> tuple[Array, float]:
    """Return the columns centred and of length 1, without constant ones; and the rounding of the values beside that."""
    _, exponent = np.frexp(np.abs(columns).max(axis=0))
    scaled = np.ldexp(columns, -exponent)  # exact: squares neither overflow nor vanish
    shifted = scaled - scaled[0]  # exact where it matters, far from zero: the mean is then near zero
    centred = shifted - shifted.mean(axis=0)
    length = np.linalg.norm(centred, axis=0)
    varies = shifted.any(axis=0)
    rounding = _EPSILON * np.sqrt(len(columns)) / length[varies]
    return centred[:, varies] / length[varies], float(rounding.max(initial=0.0))


def _space(columns: Array, rounding: float) -> _Space:
    """Return the space that columns span, known to within their rounding."""
    basis, lengths = _principal_axes(columns)
    spanned = lengths > _tolerance(rounding, columns.shape[1])
    return _Space(basis[:, spanned], rounding / float(lengths[spanned].min(initial=1.0)))


def _principal_axes(columns: Array) -> tuple[Array, Array]:
    """Return orthonormal columns that span the given ones, and the lengths along them, the largest first."""
    q, r = np.linalg.qr(columns)  # first, since there are far more rows than columns
    axes, lengths, _ = np.linalg.svd(r, full_matrices=False)
    return q @ axes, lengths


def _residual_space(columns: Array, given: _Space) -> _Space:
    unit, rounding = _unit_columns(columns)
    return _space(_without(unit, given.basis), rounding + given.rounding)


def _without(columns: Array, basis: Array) -> Array:
    """Return what is left of columns after projection on a basis."""
    return np.asarray(columns - basis @ (basis.T @ columns))


def _angles(x: _Space, y: _Space) -> _Angles:
    cosines = np.asarray(np.linalg.svd(x.basis.T @ y.basis, compute_uv=False), np.float64)
    remainder, sines = _principal_axes(_without(y.basis, x.basis))
    smallest_first = sines[::-1][: len(cosines)]
    differs = smallest_first > _tolerance(x.rounding + y.rounding, x.basis.shape[1] + y.basis.shape[1])
    return _Angles(cosines, np.where(differs, smallest_first, 0.0), remainder)


def _tolerance(rounding: float, n_columns: int) -> float:
    return _SAFETY * n_columns * min(rounding, _MOST_ROUNDING)


def _information(angles: _Angles) -> float:
    """Return -1/2 sum log(1 - rho^2), where rho is large from the sines, which then have more digits."""
    square = np.square(angles.cosines)
    with np.errstate(divide="ignore", invalid="ignore"):  # in what is not taken, and for sines of 0
        terms = np.where(square < 0.5, -np.log1p(-square) / 2, -np.log(angles.sines))
    return float(terms.sum())
