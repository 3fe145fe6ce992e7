"""What is made of distances to neighbours: fastmi beside trees of others. Run ``python -m bench.neighbours``.

All take turns on the same fresh data in one process; the table shows medians, and how many times longer than fastmi on
one worker each peer took. Numbers must agree, or the run fails. Peers give distances; what follows from these is the
same few lines of NumPy for all.
"""

import argparse
import math
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from scipy.special import digamma
from sklearn.neighbors import KDTree, NearestNeighbors

import fastmi
from bench.turns import Times, footnote, table, take_turns

Array = NDArray[np.float64]

K = 3
POWERS = {"chebyshev": math.inf, "euclidean": 2.0}


class Peer(NamedTuple):
    """A way to find the distance of each query to its k-th nearest sample; none for fastmi, which has the estimates."""

    name: str
    distribution: str
    distances: Callable[[Array, Array, int, str], Array] | None
    workers: int = 1

    @property
    def title(self) -> str:
        """Name with version."""
        return f"{self.name} {version(self.distribution)}"


def _scipy(samples: Array, queries: Array, k: int, metric: str, workers: int = 1) -> Array:
    return cKDTree(samples).query(queries, k=[k], p=POWERS[metric], workers=workers)[0][:, 0]


def _tree(samples: Array, queries: Array, k: int, metric: str) -> Array:
    return KDTree(samples, metric=metric).query(queries, k=k)[0][:, -1]


def _nearest_neighbors(samples: Array, queries: Array, k: int, metric: str) -> Array:
    return NearestNeighbors(n_neighbors=k, metric=metric, n_jobs=1).fit(samples).kneighbors(queries)[0][:, -1]


PEERS = [
    Peer("fastmi", "fastmi", None),
    Peer("fastmi, 2 workers", "fastmi", None, workers=2),
    Peer("cKDTree", "scipy", _scipy),
    Peer("cKDTree, 2 workers", "scipy", partial(_scipy, workers=2)),
    Peer("KDTree", "scikit-learn", _tree),
    Peer("NearestNeighbors", "scikit-learn", _nearest_neighbors),
]


def entropy(data: tuple[Array, Array], peer: Peer, metric: str) -> float:
    """Estimate H(X) of the first."""
    x, _ = data
    if peer.distances is None:
        return fastmi.entropy(x, k=K, metric=metric, workers=peer.workers)
    radius = peer.distances(x, x, K + 1, metric)
    return digamma(len(x)) - digamma(K) + np.mean(np.log(radius)) * x.shape[1] + _log_ball(x.shape[1], metric)


def kl_divergence(data: tuple[Array, Array], peer: Peer, metric: str) -> float:
    """Estimate D(p||q)."""
    p, q = data
    if peer.distances is None:
        return fastmi.kl_divergence(p, q, k=K, metric=metric, workers=peer.workers)
    inner, outer = peer.distances(p, p, K + 1, metric), peer.distances(q, p, K, metric)
    return digamma(len(q) + 1) - digamma(len(p)) + np.mean(np.log(outer / inner)) * p.shape[1]


def _log_ball(d: int, metric: str) -> float:
    """Return the log volume of the ball of radius 1."""
    return d * math.log(2) if metric == "chebyshev" else d / 2 * math.log(math.pi) - math.lgamma(d / 2 + 1)


QUESTIONS = {"entropy": entropy, "kl_divergence": kl_divergence}


def measure(question: str, metric: str, n: int, d: int, rounds: int, rng: np.random.Generator) -> Times:
    """Return what each peer took."""

    def agree(name: str, _: object, answer: float, first_answer: float) -> None:
        np.testing.assert_allclose(answer, first_answer, rtol=0, atol=1e-9, err_msg=f"{name}, {question}, {metric}")

    ways = {peer.name: partial(QUESTIONS[question], peer=peer, metric=metric) for peer in PEERS}
    return take_turns(ways, lambda: tuple(rng.normal(size=(2, n, d))), agree, rounds, {"fastmi": rounds})


def main() -> None:
    """Measure, print and save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=100_000, help="samples (default 100,000)")
    parser.add_argument("-d", type=int, default=3, help="columns (default 3)")
    parser.add_argument("--rounds", type=int, default=7, help="fresh data sets for each question (default 7)")
    parser.add_argument("-o", "--output", type=Path, help="save the table there as well")
    arguments = parser.parse_args()

    rng = np.random.default_rng()
    results = {
        f"`{question}`, {metric}": measure(question, metric, arguments.n, arguments.d, arguments.rounds, rng)
        for question in QUESTIONS
        for metric in POWERS
    }
    title = f"{arguments.n:,} samples of {arguments.d} normal columns, k = {K}"
    text = f"{table(results, PEERS, title)}\n\n{footnote(arguments.rounds)}\n"
    print(text)
    if arguments.output:
        arguments.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
