"""Renormalised mutual information: how much a deterministic feature y = f(x) tells of x."""

import math
from typing import SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastmi._arguments import (
    NanPolicy,
    as_k,
    as_workers,
    check_enough_samples,
    check_full_rank,
    features_with_jacobian,
    unit_of,
)
from fastmi._entropy import entropy

Array = NDArray[np.float64]


def renormalized_mutual_info(
    y: ArrayLike,
    jacobian: ArrayLike,
    *,
    k: SupportsIndex = 3,
    nan_policy: NanPolicy = "raise",
    base: float | None = None,
    workers: int | None = None,
) -> float:
    """Estimate the renormalised mutual information H(y) - <1/2 log det(J J^T)> of a variable x and a feature y = f(x).

    The mutual information of x and a function of it is infinite. Noise in x makes it finite, and as the noise goes to zero
    the part that diverges is the same for all features of so many columns. What is left tells good features from poor
    ones, and is the same for y and for any invertible function of y.

    Parameters
    ----------
    y : array_like of shape (n_samples,) or (n_samples, n_features)
        The feature of every sample of x. Any real type; computed in float64. Columns are taken as they are, so give them
        comparable units.
    jacobian : array_like of shape (n_samples, n_inputs) or (n_samples, n_features, n_inputs)
        The derivatives dy / dx of every sample: gradients, where y has one column. As many inputs as features or more.
    k : int, default 3
        Neighbours that set the radius of a sample, in the entropy of y. More lowers the variance and raises the bias.
    nan_policy : {"raise", "omit", "propagate"}
        What NaN in a row of y or of its Jacobian does: raise an error, leave the row out, or make the result NaN.
    base : float, optional
        Unit of the result: 2 for bits. Nats by default.
    workers : int, optional
        Threads: None for OpenMP's default, -1 for all cores. The result does not depend on it.

    Returns
    -------
    float
        The estimate in nats, or to the given base. It depends on the units of x, like an entropy, and may be negative:
        compare features of one x.

    Raises
    ------
    ValueError
        For a Jacobian that is not of full rank in some row: where the features do not change with x, or not
        independently of each other, the result would be infinite. For infinite values, NaN under "raise", empty, ragged
        or unequally long input, k < 1, n_samples <= k, and policies or bases out of range.
    TypeError
        For complex, object, text and masked arrays, and for k or workers that are no integers.

    See Also
    --------
    mutual_info : of variables that are not functions of each other.

    References
    ----------
    L. Sarra, A. Aiello, F. Marquardt, "Renormalized mutual information for artificial scientific discovery", Phys. Rev.
    Lett. 126, 200601 (2021), arXiv:2005.01912.

    Examples
    --------
    Of points near a ring, the angle tells more than the radius.

    >>> import numpy as np
    >>> import fastmi
    >>> rng = np.random.default_rng(1)
    >>> angle, radius = rng.uniform(-np.pi, np.pi, size=10_000), rng.normal(1, 0.1, size=10_000)
    >>> along, across = np.array([-np.sin(angle), np.cos(angle)]).T, np.array([np.cos(angle), np.sin(angle)]).T
    >>> print(f"{fastmi.renormalized_mutual_info(angle, along / radius[:, np.newaxis]):.1f} nats of the angle")
    1.8 nats of the angle
    >>> print(f"{fastmi.renormalized_mutual_info(radius, across):.1f} nats of the radius")
    -0.9 nats of the radius
    """
    k = as_k(k)
    unit = unit_of(base)
    as_workers(workers)
    features, gradients, complete = features_with_jacobian(y, jacobian, nan_policy)
    if nan_policy == "propagate" and not complete.all():
        return math.nan
    rows = np.flatnonzero(complete)
    check_enough_samples(len(rows), k, "y and jacobian")
    stretch = float(np.mean(_log_stretch(gradients[rows], rows)))
    return (float(entropy(features[rows], k=k, workers=workers)) - stretch) / unit


def _log_stretch(jacobian: Array, rows: NDArray[np.intp]) -> Array:
    """Return 1/2 log det(J J^T), the log volume that a unit cube of x across the level sets of y is given in y.

    By lengths of rows, which the units of y set alone and which may be very different, and singular values of unit rows.
    """
    largest = np.abs(jacobian).max(axis=2, keepdims=True)
    largest[largest == 0] = 1
    scaled = jacobian / largest  # so that no square over- or underflows
    lengths = np.linalg.norm(scaled, axis=2, keepdims=True)
    lengths[lengths == 0] = 1
    singular = np.linalg.svd(scaled / lengths, compute_uv=False)
    negligible = max(jacobian.shape[1:]) * np.finfo(np.float64).eps * singular[:, :1]
    check_full_rank(np.count_nonzero(singular > negligible, axis=1), jacobian.shape[1], rows)
    return np.asarray(np.sum(np.log(largest) + np.log(lengths), axis=(1, 2)) + np.sum(np.log(singular), axis=1))
