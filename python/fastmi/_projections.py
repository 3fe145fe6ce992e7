"""Views of few columns, each of which has at most the information that all columns have.

I(f(X); g(Y)) <= I(X;Y) whatever f and g are. Pairs of canonical variates are fitted on one half of the rows and looked
at on the other, so that what they carry there is no artefact of the fit.
"""

from typing import NamedTuple

import numpy as np

from fastmi import _core
from fastmi._canonical import Pairs, Rows, cross_fitted
from fastmi._dictionaries import Array, Side, dictionaries, scores_of
from fastmi._estimate import LocalEstimate

_MOST_PAIRS = 4
_RIDGE = 1e-3


class View(NamedTuple):
    """A lower bound in population, and its terms, of the rows of each fold."""

    name: str
    n_pairs: int
    terms: tuple[Array, Array]

    @property
    def value(self) -> float:
        """Return the mean of the folds."""
        return float(np.mean([terms.mean() for terms in self.terms]))


def views(x: Side, y: Side, folds: tuple[Rows, Rows], k: int, rng: np.random.Generator, workers: int) -> list[View]:
    """Return all views that show something on both folds."""
    found = _radial(x, y, folds, k, workers)
    n_fit = min(len(rows) for rows in folds)
    for name, dictionary in dictionaries(x, y, n_fit).items():
        linear = name == "linear"
        ridge, most = (0.0, min(x.n_columns, y.n_columns)) if linear else (_RIDGE, _MOST_PAIRS)
        pairs = cross_fitted(dictionary, x, y, folds, ridge, most)
        found += _by_neighbours(name, pairs, x, y, folds, k, workers)
        if linear:
            found += _gaussian(pairs, k, rng, workers)
    return found


def local_ksg(x: Array, y: Array, k: int, workers: int) -> LocalEstimate:
    """Return the terms of KSG of columns without period."""
    return LocalEstimate(*_core.ksg1_local(x, y, [0.0] * x.shape[1], [0.0] * y.shape[1], k, workers))


def _radial(x: Side, y: Side, folds: tuple[Rows, Rows], k: int, workers: int) -> list[View]:
    """Return what the distances from the centre know of each other: nothing is fitted."""
    found = local_ksg(x.radius, y.radius, k, workers)
    first, second = (found.terms[rows] for rows in folds)
    return [] if found.whole.doubtful else [View("radial", 1, (first, second))]


def _by_neighbours(
    name: str, pairs: tuple[Pairs, Pairs], x: Side, y: Side, folds: tuple[Rows, Rows], k: int, workers: int
) -> list[View]:
    """Return KSG of the first pair, the first two ... A side of one column is taken as it is."""
    found = []
    sides = [
        (scores_of(_variates(x, pair.x, rows), workers), scores_of(_variates(y, pair.y, rows), workers))
        for pair, rows in zip(pairs, folds, strict=True)
    ]
    for m in range(1, min(pairs[0].x.shape[1], _MOST_PAIRS) + 1):
        first, second = (local_ksg(of_x[:, :m], of_y[:, :m], k, workers) for of_x, of_y in sides)
        if not (first.whole.doubtful or second.whole.doubtful):
            found.append(View(name, m, (first.terms, second.terms)))
    return found


def _variates(side: Side, variates: Array, rows: Rows) -> Array:
    return side.normal[rows] if side.n_columns == 1 else variates


def _gaussian(pairs: tuple[Pairs, Pairs], k: int, rng: np.random.Generator, workers: int) -> list[View]:
    """Return the information of the correlations of all pairs, less what non-normality may take from it.

    For any density q, I(U;V) >= h(U) + <log q(u|v)>. With q normal, a pair at a time, that is

        I(U;V) >= -1/2 sum log(1 - r^2) - J(U),

    where J(U), the sum of the entropies of normal columns less h(U), is 0 for one pair of normal scores. For more it is
    how much closer the k-th neighbours are than those of independent normal columns. The same holds with J(V).
    """
    n_pairs = pairs[0].x.shape[1]
    if n_pairs == 0:
        return []
    scored = [Pairs(scores_of(pair.x, workers), scores_of(pair.y, workers)) for pair in pairs]
    normal = [_normal_terms(pair) for pair in scored]
    if n_pairs == 1:
        candidates = [normal]
    else:
        independent = [scores_of(rng.normal(size=pair.x.shape), workers) for pair in scored]
        expected = [_log_volumes(sample, k, workers).mean() for sample in independent]
        candidates = [
            [normal[f] - (expected[f] - _log_volumes(scored[f][side], k, workers)) for f in range(2)]
            for side in range(2)
        ]
    return [View("gaussian", n_pairs, (a, b)) for a, b in candidates if np.isfinite(a).all() and np.isfinite(b).all()]


def _normal_terms(pairs: Pairs) -> Array:
    """Return log N(u, v) / N(u) N(v) of every row, summed over the pairs."""
    terms = np.zeros(len(pairs.x))
    for u, v in zip(pairs.x.T, pairs.y.T, strict=True):
        u, v = u / u.std(), v / v.std()
        r = np.mean(u * v)
        with np.errstate(divide="ignore", invalid="ignore"):  # where one is a function of the other
            terms -= 0.5 * np.log1p(-(r**2)) + ((u - r * v) ** 2 / (1 - r**2) - u**2) / 2
    return terms


def _log_volumes(sample: Array, k: int, workers: int) -> Array:
    """Return the logarithms of the volumes of balls that reach to the k-th neighbours, but for a constant."""
    radius = _core.Neighbours(sample, [0.0] * sample.shape[1], workers).kth_distances(k)
    with np.errstate(divide="ignore"):  # where samples coincide
        return np.asarray(sample.shape[1] * np.log(radius))
