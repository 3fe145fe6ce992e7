"""Draws, histograms and densities: fastmi beside its peers. Run ``python -m bench.entropies``.

All take turns on the same fresh data in one process; the tables show medians, and how many times longer than fastmi on
one worker each peer took. Wrong answers end the run. What no peer can do is timed for fastmi alone.
"""

import argparse
import functools
import math
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import fastmi
from bench.density_peers import BINS, Array, Peer, Ranges, drawers, fillers, scorers
from bench.turns import Times, footnote, markdown, seconds, table, take_turns

Rng = np.random.Generator

BANDWIDTH = 0.2
WORKERS = 2  # of fastmi where it is alone
_MOST_SIGMAS = 6.0  # an entropy of draws further from its expectation is wrong


class Sizes(NamedTuple):
    """How much work is asked for."""

    n_centres: int
    n_draws: int  # of fastmi
    n_peer_draws: int  # of the peers, which take as long over them: the rates are compared
    n_chunked_draws: int  # of the peers that do not hold them all at once
    n_many_draws: int  # of fastmi alone
    n_points: int


FULL = Sizes(10_000, 10**9, 10**7, 5 * 10**7, 10**10, 10**7)
QUICK = Sizes(1_000, 10**7, 10**5, 5 * 10**5, 10**8, 10**5)


def draws_of(peer: Peer, sizes: Sizes) -> int:
    """Return how many draws to ask for."""
    if peer.is_fastmi:
        return sizes.n_draws
    return sizes.n_chunked_draws if peer.in_chunks else sizes.n_peer_draws


def normal(rng: Rng, n: int, d: int, correlation: float = 0.0) -> Array:
    """Return normal columns of unit variance."""
    common = math.sqrt(correlation) * rng.normal(size=(n, 1))
    return common + math.sqrt(1 - correlation) * rng.normal(size=(n, d))


class Drawing:
    """A kernel density, its bins, and what is to be expected of draws in them."""

    def __init__(self, rng: Rng, n_centres: int, d: int) -> None:
        self.density = fastmi.KernelDensity(BANDWIDTH).fit(normal(rng, n_centres, d, correlation=0.5))
        edges = self.density.histogram(bins=BINS, n_samples=1).edges
        self.ranges: Ranges = [(float(e[0]), float(e[-1])) for e in edges]
        self.log_volume = sum(math.log((high - low) / BINS) for low, high in self.ranges)
        self._expected: dict[int, float] = {}

    def expected_entropy(self, n_draws: int) -> float:
        """Return the exact mean over all histograms of so many draws."""
        if n_draws not in self._expected:
            self._expected[n_draws] = float(self.density.entropy(bins=BINS, n_samples=n_draws, range=self.ranges))
        return self._expected[n_draws]

    @functools.cached_property
    def spread(self) -> float:
        """Standard deviation of the logarithm of the probability of a draw's bin."""
        probability = self.density.histogram(bins=BINS, n_samples=None, range=self.ranges).counts
        probability = probability[probability > 0]
        logarithm = np.log(probability)
        mean = np.average(logarithm, weights=probability)
        return math.sqrt(np.average((logarithm - mean) ** 2, weights=probability))

    def compare(self, counts: NDArray[Any], n_draws: int, who: str) -> str:
        """Return how far the entropy of draws is from what is to be expected, or raise if that is no accident."""
        entropy = plugin_entropy(counts) + self.log_volume
        off = entropy - self.expected_entropy(n_draws)
        noise = self.spread / math.sqrt(n_draws)
        report = f"{entropy:.6f} from {n_draws:,} draws, {off:+.1e} from its expectation, noise {noise:.1e}"
        if not abs(off) <= _MOST_SIGMAS * noise:
            raise AssertionError(f"{who}: {report}")
        return report


def plugin_entropy(counts: NDArray[Any]) -> float:
    occupied = counts[counts > 0].astype(float)
    n = occupied.sum()
    return math.log(n) - float(occupied @ np.log(occupied)) / n


# Beside peers: a table of the questions with these names.

Table = Callable[[Sizes, Sequence[str], int, Rng], str]


def draws_table(sizes: Sizes, names: Sequence[str], rounds: int, rng: Rng) -> str:
    """Return draws per second into a histogram."""
    peers = drawers()
    n_draws = {peer.name: draws_of(peer, sizes) for peer in peers}

    def draw(peer: Peer, drawing: Drawing) -> NDArray[Any]:
        return peer.ask(drawing.density.centers_, BANDWIDTH, drawing.ranges, n_draws[peer.name])

    def agree(name: str, drawing: Drawing, counts: NDArray[Any], _: NDArray[Any]) -> None:
        drawing.compare(counts, n_draws[name], name)

    results = {}
    for name in names:
        fresh = functools.partial(Drawing, rng, sizes.n_centres, DRAWS[name])
        times = _take_turns(name, peers, draw, fresh, agree, rounds)
        results[name] = {who: [t / n_draws[who] for t in durations] for who, durations in times.items()}
    title = f"million draws a second from {sizes.n_centres:,} centres, h = {BANDWIDTH}, {BINS} bins a column"
    return table(results, peers, title, show=lambda duration: f"{1e-6 / duration:.3g}")


def histogram_table(sizes: Sizes, names: Sequence[str], rounds: int, rng: Rng) -> str:
    """Return times of counting points in bins."""
    ranges: Ranges = [(-4.0, 4.0)] * 3

    def agree(name: str, _: Array, counts: NDArray[Any], first_counts: NDArray[Any]) -> None:
        np.testing.assert_array_equal(counts, first_counts, err_msg=name)

    def fresh(order: Any) -> Array:
        return np.asarray(normal(rng, sizes.n_points, 3), order=order)

    peers = fillers()
    results = {
        name: _take_turns(
            name,
            peers,
            lambda peer, x: peer.ask(x, ranges),
            functools.partial(fresh, HISTOGRAMS[name]),
            agree,
            rounds,
        )
        for name in names
    }
    return table(results, peers, f"{sizes.n_points:,} points in {BINS} x {BINS} x {BINS} bins")


def density_table(sizes: Sizes, names: Sequence[str], rounds: int, rng: Rng) -> str:
    """Return times of logarithms of densities."""

    def fresh(d: int) -> tuple[Array, Array]:
        return _whitened(normal(rng, sizes.n_centres, d)), normal(rng, sizes.n_centres, d)

    def agree(name: str, _: object, logarithms: Array, first_logarithms: Array) -> None:
        np.testing.assert_allclose(logarithms, first_logarithms, rtol=1e-10, atol=1e-10, err_msg=name)

    peers = scorers()
    results = {
        name: _take_turns(
            name,
            peers,
            lambda peer, question: peer.ask(question[0], BANDWIDTH, question[1]),
            functools.partial(fresh, DENSITIES[name]),
            agree,
            rounds,
        )
        for name in names
    }
    return table(results, peers, f"log density of {sizes.n_centres:,} centres at as many points, h = {BANDWIDTH}")


def _whitened(x: Array) -> Array:
    """Return x with the identity as the covariance of its columns, as SciPy's kernels need it."""
    centred = x - x.mean(axis=0)
    return np.linalg.solve(np.linalg.cholesky(np.cov(centred.T)), centred.T).T.copy()


def _take_turns(
    name: str,
    peers: Sequence[Peer],
    ask: Callable[[Peer, Any], Any],
    fresh: Callable[[], Any],
    agree: Callable[[str, Any, Any, Any], None],
    rounds: int,
) -> Times:
    print(name, file=sys.stderr)
    ways = {peer.name: functools.partial(ask, peer) for peer in peers}
    return take_turns(ways, fresh, agree, rounds, least={peer.name: rounds for peer in peers if peer.is_fastmi})


# By itself: a question, answered and timed once. Returns seconds, and what was found.


def many_draws(sizes: Sizes, rng: Rng) -> tuple[float, str]:
    drawing = Drawing(rng, sizes.n_centres, 3)
    duration, drawn = _timed(
        lambda: drawing.density.histogram(
            bins=BINS, n_samples=sizes.n_many_draws, range=drawing.ranges, workers=WORKERS
        )
    )
    return duration, drawing.compare(drawn.counts, sizes.n_many_draws, "fastmi")


def exact_limit(sizes: Sizes, rng: Rng) -> tuple[float, str]:
    drawing = Drawing(rng, sizes.n_centres, 6)
    duration, exact = _timed(lambda: drawing.density.entropy(bins=BINS, range=drawing.ranges, workers=WORKERS))
    drawn = drawing.density.histogram(bins=BINS, n_samples=sizes.n_draws, range=drawing.ranges, workers=WORKERS)
    return duration, f"{exact:.6f}; {drawing.compare(drawn.counts, sizes.n_draws, 'fastmi')}"


def monte_carlo_limit(bandwidth: float, sizes: Sizes, rng: Rng) -> tuple[float, str]:
    density = fastmi.KernelDensity(bandwidth).fit(normal(rng, sizes.n_centres, 13))
    duration, limit = _timed(lambda: density.entropy(bins=BINS, workers=WORKERS))
    return duration, f"{limit:.4f}, standard error {limit.std_error:.1e}"


def _timed(ask: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    answer = ask()
    return time.perf_counter() - start, answer


def alone_table(sizes: Sizes, names: Sequence[str], rounds: int, rng: Rng) -> str:
    """Return what only fastmi does."""
    rows = []
    for name in names:
        print(name, file=sys.stderr)
        times, found = zip(*(ALONE[name](sizes, rng) for _ in range(rounds)), strict=True)
        rows.append([name, seconds(statistics.median(times)), found[-1]])
    return markdown([f"fastmi on {WORKERS} workers", "time", "entropy in nats, of the last round"], rows)


DRAWS = {"draws, 1-D": 1, "draws, 3-D": 3, "draws, 6-D": 6}
HISTOGRAMS = {"histogram, row by row": "C", "histogram, column by column": "F"}
DENSITIES = {"log density, 3-D": 3, "log density, 13-D": 13}
ALONE = {
    "many draws, 3-D": many_draws,
    "exact limit, 6-D": exact_limit,
    "Monte Carlo limit, 13-D, h = 0.2": functools.partial(monte_carlo_limit, 0.2),
    "Monte Carlo limit, 13-D, h = 0.67": functools.partial(monte_carlo_limit, 0.67),
}
TABLES: list[tuple[Table, dict[str, Any]]] = [
    (draws_table, DRAWS),
    (alone_table, ALONE),
    (histogram_table, HISTOGRAMS),
    (density_table, DENSITIES),
]


def main() -> None:
    """Measure, print and save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-k", nargs="+", default=[""], metavar="TEXT", help="only questions with this in their name")
    parser.add_argument("--rounds", type=int, default=5, help="fresh data sets for each question (default 5)")
    parser.add_argument("--quick", action="store_true", help="a hundredth of the work, to see that all is well")
    parser.add_argument("-o", "--output", type=Path, help="save the tables there as well")
    arguments = parser.parse_args()

    sizes = QUICK if arguments.quick else FULL
    chosen = [(make, [n for n in names if any(text in n for text in arguments.k)]) for make, names in TABLES]
    if not any(names for _, names in chosen):
        parser.error("no question has that in its name")

    rng = np.random.default_rng()
    tables = [make(sizes, names, arguments.rounds, rng) for make, names in chosen if names]
    text = "\n\n".join([*tables, footnote(arguments.rounds)]) + "\n"
    print(text)
    if arguments.output:
        arguments.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
