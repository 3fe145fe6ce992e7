"""The second estimator of Kraskov, Stoegbauer and Grassberger, Phys. Rev. E 69, 066138 (2004), equation (9).

Around sample i lies the rectangle that just holds its k neighbours: epsilon_x / 2 is the greatest of their distances in
X, and epsilon_y / 2 in Y. With n_x and n_y others no further than that (<=) in X alone and in Y alone,

    I(X;Y) = psi(k) - 1/k - < psi(n_x) + psi(n_y) > + psi(N).

Where several samples tie for the k-th neighbour, all of them do. A rectangle without width, of samples that coincide
with their neighbours in X alone or in Y alone, breaks the assumption of a density as a radius of 0 does.
"""

import numpy as np
from numpy.typing import NDArray

from fastmi import _core
from fastmi._arguments import check_enough_samples
from fastmi._balls import Space
from fastmi._digammas import mean_digammas
from fastmi._estimate import Estimate, LocalEstimate
from fastmi._methods import Options
from fastmi._variables import Variable

Counts = NDArray[np.int64]


def ksg2(x: Variable, y: Variable, options: Options) -> Estimate:
    """Return I(X;Y) of samples without NaN."""
    n_x, n_y, n_coincident = _counts(x, y, options)
    n = x.n_samples
    value = mean_digammas([np.full(n, options.k), np.full(n, n)], [n_x, n_y]) - 1 / options.k
    return Estimate(value, n, n_coincident)


def local_ksg2(x: Variable, y: Variable, options: Options) -> LocalEstimate:
    """Return the terms whose mean is I(X;Y)."""
    n_x, n_y, n_coincident = _counts(x, y, options)
    psi_k, psi_n = _core.digamma(np.array([options.k, x.n_samples]))
    return LocalEstimate(psi_k - 1 / options.k + psi_n - (_core.digamma(n_x) + _core.digamma(n_y)), n_coincident)


def _counts(x: Variable, y: Variable, options: Options) -> tuple[Counts, Counts, int]:
    """Return n_x and n_y of every sample, and how many rectangles have no area."""
    check_enough_samples(x.n_samples, options.k, f"{x.name} and {y.name}")
    joint = Space([x, y], options.workers)
    radius = joint.kth_distances(options.k)
    half_width, half_height = joint.extents(radius, x.n_columns)
    n_x = Space([x], options.workers).count_within(half_width)
    n_y = Space([y], options.workers).count_within(half_height)
    return n_x, n_y, int(np.count_nonzero((half_width == 0) | (half_height == 0)))
