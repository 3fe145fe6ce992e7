"""The same questions, asked of other packages. A peer that is not installed is left out."""

import importlib
import importlib.util
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
    pairs: Estimator | None  # every column of x with every column of y, (d_x, d_y)
    joint: Estimator | None  # all columns of x with all columns of y, a number

    @property
    def title(self) -> str:
        """Name with version."""
        return f"{self.name} {version(self.distribution)}"


def _fastmi(workers: int) -> Peer:
    import fastmi

    return Peer(
        "fastmi" if workers == 1 else f"fastmi, {workers} workers",
        "fastmi",
        lambda x, y, k: fastmi.mutual_info_matrix(x, y, k=k, workers=workers),
        lambda x, y, k: np.array(fastmi.mutual_info(x, y, k=k, workers=workers)),
    )


def _scikit_learn() -> Peer:
    from sklearn.feature_selection import mutual_info_regression

    def pairs(x: Array, y: Array, k: int) -> Array:
        columns = [mutual_info_regression(x, target, n_neighbors=k, random_state=0) for target in y.T]
        return np.column_stack(columns)

    return Peer("scikit-learn", "scikit-learn", pairs, None)


def _ckdtree() -> Peer:
    """KSG1 as one writes it with SciPy: a tree for the radius; marginals by bisection, or by a tree above one column."""
    from scipy.spatial import cKDTree
    from scipy.special import digamma

    def counts(marginal: Array, radius: Array) -> Array:
        closer = np.nextafter(radius, 0)  # query_ball_point counts <=, KSG1 <
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

    def pairs(x: Array, y: Array, k: int) -> Array:
        return np.array([[joint(x_i[:, None], y_j[:, None], k) for y_j in y.T] for x_i in x.T])

    return Peer("cKDTree", "scipy", pairs, joint)


def installed(workers: list[int]) -> list[Peer]:
    """Return fastmi, once for each number of workers, and every peer that can be imported."""
    peers = [_fastmi(n) for n in workers]
    for module, make in {"sklearn": _scikit_learn, "scipy": _ckdtree}.items():
        if importlib.util.find_spec(module):
            peers.append(make())
    return peers
