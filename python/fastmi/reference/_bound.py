"""The lower bound from views of few columns, step by step.

Columns are brought to normal scores z, with uniform scores u, whitened z called w, and g the normal scores of the length
of w. Canonical correlation of functions of both sides is fitted on each half of the rows and looked at on the other.
"""

import math
from typing import SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial.distance import cdist
from scipy.stats import norm, pearsonr

from fastmi._arguments import NanPolicy, as_k, as_workers, check_enough_samples, unit_of
from fastmi._bound import BoundView, MutualInfoBound
from fastmi._kde_histogram import Seed
from fastmi._variables import as_numbers, complete_rows_of
from fastmi.reference._marginals import normal_scores, uniform_scores
from fastmi.reference._mutual_info import local_mutual_info

Array = NDArray[np.float64]
Views = dict[
    tuple[str, int, int], list[Array]
]  # by name, number of pairs, and side if that matters: terms of each fold

SMALL = 1e-9


def mutual_info_bound(
    x: ArrayLike,
    y: ArrayLike,
    *,
    k: SupportsIndex = 5,
    rng: Seed = None,
    nan_policy: NanPolicy = "raise",
    base: float | None = None,
    workers: int | None = None,
) -> MutualInfoBound:
    """Return a lower bound of I(X;Y); see :func:`fastmi.mutual_info_bound`."""
    unit, k = unit_of(base), as_k(k)
    as_workers(workers)
    generator = np.random.default_rng(rng)
    variables = as_numbers("x", x), as_numbers("y", y)
    complete = complete_rows_of(variables, nan_policy)
    nan = math.nan
    if nan_policy == "propagate" and not complete.all():
        return MutualInfoBound(nan, nan, "all columns", nan, nan, (), int(complete.sum()), unit)
    n = int(complete.sum())
    check_enough_samples(n, k)
    sides = [variable.values[complete] for variable in variables]

    full = terms = local_mutual_info(*sides, k=k, marginals="normal")
    order = generator.permutation(n)
    folds = np.sort(order[: n // 2]), np.sort(order[n // 2 :])
    views = _views(sides, folds, k, generator)
    value, view, z = float(full.mean()), "all columns", nan
    if views:
        best_on = [max(views, key=lambda name: views[name][fold].mean()) for fold in (0, 1)]
        chosen = best_on[1], best_on[0]
        projected = np.empty(n)
        for fold, rows in enumerate(folds):
            projected[rows] = views[chosen[fold]][fold]
        difference = projected - full
        z = float(difference.mean() / (difference.std() / np.sqrt(n))) if difference.any() else 0.0
        if z > 5:
            terms, value = projected, float(np.mean([projected[rows].mean() for rows in folds]))
            view = "; ".join(dict.fromkeys(str(BoundView(name, m, 0.0)) for name, m, _ in chosen))
    values = {name: float(np.mean([fold.mean() for fold in of_folds])) / unit for name, of_folds in views.items()}
    return MutualInfoBound(
        value=value / unit,
        standard_error=float(terms.std()) / math.sqrt(n) / unit,
        view=view,
        full=float(full.mean()) / unit,
        z=z,
        views=tuple(BoundView(name, m, values[name, m, side]) for name, m, side in views),
        n_samples=n,
        unit=unit,
    )


def _views(
    sides: list[Array], folds: tuple[NDArray[np.intp], NDArray[np.intp]], k: int, rng: np.random.Generator
) -> Views:
    """Return the terms of all views on both folds."""
    uniform = [np.transpose([uniform_scores(column) for column in side.T if np.ptp(column) > 0]) for side in sides]
    scores = [np.transpose([normal_scores(column) for column in side.T if np.ptp(column) > 0]) for side in sides]
    columns = [side.shape[-1] if side.size else 0 for side in scores]
    n_fit = len(folds[0])
    if n_fit <= max(k, 10) or min(columns) == 0 or max(columns) == 1:
        return {}
    white = [z if z.shape[1] == 1 else _whitened(z) for z in scores]
    radius = [z if z.shape[1] == 1 else _scored(np.linalg.norm(w, axis=1)) for z, w in zip(scores, white, strict=True)]
    of_radius = _terms(radius[0], radius[1], k)
    views: Views = {}
    if of_radius is not None:
        views["radial", 1, 0] = [of_radius[rows] for rows in folds]
    functions = [
        _dictionaries(z, u, w, g, max(columns), sum(columns), n_fit)
        for z, u, w, g in zip(scores, uniform, white, radius, strict=True)
    ]
    for name in functions[0]:
        f, g = (_standardised(of_side[name]) for of_side in functions)
        ridge, most = (0.0, min(columns)) if name == "linear" else (1e-3, 4)
        variates = [_pairs(f, g, rows, other, ridge, most) for rows, other in zip(folds, reversed(folds), strict=True)]
        m_both = min(u.shape[1] for u, _ in variates)
        for m in range(1, min(m_both, 4) + 1):
            pairs = [
                [z[rows] if z.shape[1] == 1 else side[:, :m] for z, side in zip(scores, both, strict=True)]
                for rows, both in zip(folds, variates, strict=True)
            ]
            terms = [_terms(u, v, k) for u, v in pairs]
            if all(of_fold is not None for of_fold in terms):
                views[name, m, 0] = [of_fold for of_fold in terms if of_fold is not None]
        if name == "linear" and m_both > 0:
            views |= _gaussian([(_scored(u[:, :m_both]), _scored(v[:, :m_both])) for u, v in variates], k, rng)
    return views


def _dictionaries(z: Array, u: Array, w: Array, g: Array, d_most: int, d_both: int, n_fit: int) -> dict[str, Array]:
    """Return the functions of one side, for as many columns as the wider side has."""
    d = z.shape[1]
    cosines = np.hstack([np.cos(np.pi * j * u) for j in range(3, 9)])
    of_columns = [z, z**2 - 1]
    if 3 * d <= n_fit / 20:
        of_columns.append(z**3 - 3 * z)
    if 9 * d <= n_fit / 20:
        of_columns.append(cosines)
    additive = np.hstack([*of_columns, g, g**2] if d > 1 else of_columns)
    products = np.transpose([z[:, i] * z[:, j] for i in range(d) for j in range(i, d)])
    bumps = np.exp(-0.5 * ((g - np.linspace(-2, 2, 8)) / 0.5) ** 2)
    turning = np.hstack([w * bump[:, np.newaxis] for bump in bumps.T])
    quadratic = np.hstack([z, products, additive[:, d:] if d <= 5 else g])
    found = {}
    if d_both < n_fit:
        found["linear"] = z
    if 2 * d_most <= n_fit / 10:
        found["additive"] = additive
    if d_most == 1 or d_most * (d_most + 3) / 2 <= n_fit / 10:
        found["quadratic"] = additive if d == 1 else quadratic
    if d_most == 1 or 9 * d_most <= n_fit / 10:
        found["modulated"] = additive if d == 1 else np.hstack([z, bumps, turning])
    return found


def _pairs(
    f: Array, g: Array, rows: NDArray[np.intp], other: NDArray[np.intp], ridge: float, most: int
) -> tuple[Array, Array]:
    """Return the variates of `rows` that were fitted on the others, while they correlate with p < 0.001."""
    f_axes, g_axes = _axes(np.cov(f[other].T, bias=True), ridge), _axes(np.cov(g[other].T, bias=True), ridge)
    f_centred, g_centred = f[other] - f[other].mean(axis=0), g[other] - g[other].mean(axis=0)
    a, _, b = np.linalg.svd(f_axes.T @ (f_centred.T @ g_centred / len(other)) @ g_axes)
    u, v = f[rows] @ f_axes @ a[:, :most], g[rows] @ g_axes @ b[:most].T
    m = 0
    while m < min(u.shape[1], v.shape[1]):
        r = pearsonr(u[:, m], v[:, m]).statistic
        if norm.sf(np.arctanh(min(r, 1 - 1e-15)) * np.sqrt(len(rows) - 3)) >= 1e-3:
            break
        m += 1
    return u[:, :m], v[:, :m]


def _axes(covariance: Array, ridge: float) -> Array:
    """Return weights of uncorrelated variates, of variance 1 but for the ridge."""
    variances, axes = np.linalg.eigh(np.atleast_2d(covariance))
    kept = variances > SMALL * variances.max()
    return np.asarray(axes[:, kept] / np.sqrt(variances[kept] + ridge * variances[kept].mean()))


def _gaussian(pairs: list[tuple[Array, Array]], k: int, rng: np.random.Generator) -> Views:
    """Return sum log N(u, v) / N(u) N(v), less the negentropy of one side."""
    m = pairs[0][0].shape[1]
    normal = []
    for u, v in pairs:
        terms = np.zeros(len(u))
        for a, b in zip(u.T, v.T, strict=True):
            r = pearsonr(a, b).statistic
            a, b = a / a.std(), b / b.std()
            both = np.log(norm.pdf(b)) + norm.logpdf(a, r * b, np.sqrt(1 - r**2))
            terms += both - norm.logpdf(a) - norm.logpdf(b)
        normal.append(terms)
    if m == 1:
        return {("gaussian", 1, 0): normal}
    independent = [_scored(rng.normal(size=u.shape)) for u, _ in pairs]
    views: Views = {}
    for side in (0, 1):
        views["gaussian", m, side] = [
            terms - (_log_volumes(sample, k).mean() - _log_volumes(pair[side], k))
            for terms, sample, pair in zip(normal, independent, pairs, strict=True)
        ]
    return views


def _log_volumes(sample: Array, k: int) -> Array:
    radius = np.sort(cdist(sample, sample, "chebyshev"), axis=1)[:, k]
    return np.asarray(sample.shape[1] * np.log(radius))


def _terms(u: Array, v: Array, k: int) -> Array | None:
    """Return the terms of KSG with normal marginals, None where more than a thousandth of the samples coincide."""
    u, v = _scored(u), _scored(v)
    joint = np.hstack([u, v])
    radius = np.sort(cdist(joint, joint, "chebyshev"), axis=1)[:, k]
    if np.count_nonzero(radius == 0) > 1e-3 * len(u):
        return None
    return local_mutual_info(u, v, k=k)


def _whitened(z: Array) -> Array:
    left, lengths, _ = np.linalg.svd(z - z.mean(axis=0), full_matrices=False)
    return np.asarray(left[:, lengths > 1e-6 * lengths[0]] * np.sqrt(len(z)))


def _standardised(f: Array) -> Array:
    f = f[:, f.std(axis=0) > SMALL]
    return np.asarray((f - f.mean(axis=0)) / f.std(axis=0))


def _scored(columns: Array) -> Array:
    """Return normal scores; what differs by rounding alone is equal."""
    return np.transpose([normal_scores(column) for column in np.reshape(columns, (len(columns), -1)).round(10).T])
