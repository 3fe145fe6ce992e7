"""The same questions, asked of other packages. A peer that is not installed is left out.

Every peer runs on one thread, is asked for KSG1 in nats with the maximum norm, and sees the data as they are wherever
it can be told not to rescale them. It is imported and called, nothing else: no code of it is here.
"""

import importlib.util
import logging
from collections.abc import Callable
from importlib.metadata import version
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Estimator = Callable[[Array, Array, int], Array]


class Peer(NamedTuple):
    """One way to compute KSG1. Each question takes x of shape (n, d), y of shape (n, d) and k."""

    name: str
    distribution: str
    pairs: Estimator  # every column of x with every column of y, (d_x, d_y)
    joint: Estimator | None  # all columns of x with all columns of y, a number
    tolerance: float = 1e-10  # how far its numbers may be from fastmi's

    @property
    def title(self) -> str:
        """Name with version."""
        return f"{self.name} {version(self.distribution)}"

    @property
    def is_fastmi(self) -> bool:
        """Whether this is fastmi itself, on however many threads."""
        return self.distribution == "fastmi"


def _one_by_one(joint: Estimator) -> Estimator:
    """Return what asks for each pair of columns by itself."""

    def pairs(x: Array, y: Array, k: int) -> Array:
        return np.array([[joint(x_i[:, None], y_j[:, None], k) for y_j in y.T] for x_i in x.T])

    return pairs


def _fastmi(workers: int) -> Peer:
    import fastmi

    return Peer(
        "fastmi" if workers == 1 else f"fastmi, {workers} workers",
        "fastmi",
        lambda x, y, k: fastmi.mutual_info_matrix(x, y, k=k, workers=workers),
        lambda x, y, k: np.array(fastmi.mutual_info(x, y, k=k, workers=workers)),
    )


def _scikit_learn() -> Peer:
    """Ask for single columns, all it knows. It divides by the standard deviation, adds noise of 1e-10, clips at 0."""
    from sklearn.feature_selection import mutual_info_regression

    def pairs(x: Array, y: Array, k: int) -> Array:
        columns = [mutual_info_regression(x, target, n_neighbors=k, random_state=0, n_jobs=1) for target in y.T]
        return np.column_stack(columns)

    return Peer("scikit-learn", "scikit-learn", pairs, None, tolerance=0.02)


def _ckdtree() -> Peer:
    """KSG1 as one writes it with SciPy: a tree for the radius; marginals by bisection, or by a tree above one column."""
    from scipy.spatial import cKDTree
    from scipy.special import digamma

    def counts(marginal: Array, radius: Array) -> Array:
        # query_ball_point counts <=, KSG1 <; and bisecting for value +- radius would round the k-th neighbour, which
        # lies on the boundary, in or out.
        closer = radius - 1e-12
        if marginal.shape[1] == 1:
            values = marginal[:, 0]
            ordered = np.sort(values)
            upper = np.searchsorted(ordered, values + closer, side="right")
            return upper - np.searchsorted(ordered, values - closer, side="left") - 1
        return cKDTree(marginal).query_ball_point(marginal, closer, p=np.inf, return_length=True) - 1

    def joint(x: Array, y: Array, k: int) -> Array:
        z = np.hstack([x, y])
        radius = cKDTree(z).query(z, k=[k + 1], p=np.inf)[0][:, 0]
        terms = digamma(counts(x, radius) + 1) + digamma(counts(y, radius) + 1)
        return digamma(k) + digamma(len(z)) - terms.mean()

    return Peer("cKDTree", "scipy", _one_by_one(joint), joint, tolerance=1e-5)


def _ennemi() -> Peer:
    """Ask for single columns, all it knows. Its series for digamma is off by 5e-7; it shrinks the radius by 1e-12."""
    from ennemi import estimate_mi

    def pairs(x: Array, y: Array, k: int) -> Array:
        # Without preprocess=False it would rescale and add noise of 1e-10.
        columns = [estimate_mi(target, x, k=k, preprocess=False, max_threads=1)[0] for target in y.T]
        return np.column_stack(columns)

    return Peer("ennemi", "ennemi", pairs, None, tolerance=1e-5)


def _npeet_plus() -> Peer:
    """Ask for nats instead of bits. It always adds noise of 1e-10."""
    from npeet_plus import mi

    def joint(x: Array, y: Array, k: int) -> Array:
        return mi(x, y, k=k, base=np.e)

    return Peer("npeet-plus", "npeet-plus", _one_by_one(joint), joint, tolerance=1e-5)


def _tigramite() -> Peer:
    """Ask for the conditional estimate given nothing, which is KSG1. It always adds noise of 1e-6 of the spread."""
    from tigramite.independence_tests.cmiknn import CMIknn

    def joint(x: Array, y: Array, k: int) -> Array:
        side = np.repeat([0, 1], [x.shape[1], y.shape[1]])
        # Only the estimate, not the significance test; the default would rank the data and use every core.
        test = CMIknn(knn=k, transform=False, workers=1)
        return test.get_dependence_measure(np.hstack([x, y]).T, side)

    return Peer("tigramite", "tigramite", _one_by_one(joint), joint, tolerance=1e-3)


def _infomeasure() -> Peer:
    """Ask for no noise, which would be of 1e-10."""
    from infomeasure import mutual_information

    # Importing it makes the root logger print what numba, in tigramite, has to say about itself.
    logging.getLogger("numba").setLevel(logging.WARNING)

    def joint(x: Array, y: Array, k: int) -> Array:
        return mutual_information(x, y, approach="ksg", k=k, noise_level=0, base="e")

    return Peer("infomeasure", "infomeasure", _one_by_one(joint), joint)


_PEERS = {
    "sklearn": _scikit_learn,
    "scipy": _ckdtree,
    "ennemi": _ennemi,
    "npeet_plus": _npeet_plus,
    "tigramite": _tigramite,
    "infomeasure": _infomeasure,
}


def installed(workers: list[int]) -> list[Peer]:
    """Return fastmi, once for each number of workers, and every peer that can be imported."""
    peers = [make() for module, make in _PEERS.items() if importlib.util.find_spec(module)]
    return [_fastmi(n) for n in workers] + peers
