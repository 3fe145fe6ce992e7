"""Means of digammas of counts, as every estimate by nearest neighbours is made of."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fastmi import _core

Counts = NDArray[np.int64]


def mean_digammas(plus: Sequence[Counts], minus: Sequence[Counts]) -> float:
    """Return the mean over samples of psi of the counts in `plus` less psi of those in `minus`.

    A count of 0 adds nothing. Counts are integers, so terms that cancel do so before any psi is taken, and the order of
    the samples has no effect.
    """
    weights = np.zeros(1 + max(int(counts.max()) for counts in (*plus, *minus)), np.int64)
    for sign, group in ((1, plus), (-1, minus)):
        for counts in group:
            found = np.bincount(counts)
            weights[: len(found)] += sign * found
    return _core.digamma_dot(weights) / len(plus[0])
