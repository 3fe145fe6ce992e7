"""Mutual information of variables that may be discrete, continuous or both at once, also given a third.

With k~ other samples in a ball around sample i that reaches to its k-th neighbour in all variables jointly, and n_xz,
n_yz and n_z others in balls of the same radius in some of them,

    I(X;Y|Z) = < psi(k~) - psi(n_xz) - psi(n_yz) + psi(n_z) >,

where a ball holds what is on its boundary (Mesner and Shalizi 2021): on a lattice, or where values repeat, that is most
of it, and k~ may exceed k. Between continuous variables only one neighbour is on the boundary, and only in some of the
spaces; in the others the boundary cut through a gap, and the count that is right on average is one more than the
samples inside (Kraskov et al. 2004; Frenzel and Pompe 2007). Both are

    n = max(samples inside + 1, samples inside or on the boundary),

so that without ties this is the estimator of Frenzel and Pompe, and without Z the first of Kraskov et al., bit for bit.
A ball that meets labels stays among its own (see _balls.py): with a label on one side this is the estimator of Ross
(2014), and with labels for Z the average within classes. Without Z, all samples are in the ball. Samples that are alone
in their class tell nothing: their term is 0.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fastmi import _core
from fastmi._balls import Balls, Counts, Space
from fastmi._digammas import mean_digammas
from fastmi._variables import Variable
from fastmi._warnings import warn

_LONERS = 1e-3  # the share of samples alone in their class that is not worth a word


class MixedCounts(NamedTuple):
    """What is in the balls around samples; every count is at least 1 but that of loners, of which all are 0."""

    joint: Counts
    n_xz: Counts
    n_yz: Counts
    n_z: Counts


def mutual_info(x: Variable, y: Variable, k: int, workers: int, given: Sequence[Variable] = ()) -> float:
    """Return I(X;Y|Z) in nats."""
    joint, n_xz, n_yz, n_z = mixed_counts(x, y, k, workers, given)
    return mean_digammas([joint, n_z], [n_xz, n_yz])


def local_mutual_info(x: Variable, y: Variable, k: int, workers: int) -> NDArray[np.float64]:
    """Return the terms whose mean is I(X;Y)."""
    joint, n_x, n_y, n = mixed_counts(x, y, k, workers)
    terms = np.zeros(len(joint))
    some = joint > 0
    psi = _core.digamma
    terms[some] = psi(joint[some]) + psi(n[some]) - (psi(n_x[some]) + psi(n_y[some]))
    return terms


def mixed_counts(x: Variable, y: Variable, k: int, workers: int, given: Sequence[Variable] = ()) -> MixedCounts:
    """Return the counts of every sample."""
    balls = Space([x, y, *given], workers).balls(k)
    n_xz = _count(Space([x, *given], workers), balls)
    n_yz = _count(Space([y, *given], workers), balls)
    n_z = _count(Space(given, workers), balls) if given else _count_all(balls)
    alone = balls.n_within == 0
    _warn_if_many(int(np.count_nonzero(alone)), x.n_samples)
    for counts in (n_xz, n_yz, n_z):
        counts[alone] = 0
    return MixedCounts(balls.n_within, n_xz, n_yz, n_z)


def _warn_if_many(n_alone: int, n_samples: int) -> None:
    if n_alone > _LONERS * n_samples:
        warn(
            f"{n_alone / n_samples:.1%} of the samples are alone with their labels: neighbours tell nothing of them, and "
            'the estimate is too low. Give rare labels one name, or use method="histogram" where all columns are labels.'
        )


def _count(space: Space, balls: Balls) -> Counts:
    inside, within = space.count_around(balls.radius)
    return np.maximum(inside + 1, within)


def _count_all(balls: Balls) -> Counts:
    """Count in the space of no variable, where all samples are at distance 0."""
    n_others = len(balls.radius) - 1
    return np.where(balls.radius > 0, n_others + 1, n_others)
