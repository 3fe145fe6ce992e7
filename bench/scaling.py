"""How the time grows with the number of samples: ``python -m bench.scaling -o scaling.png``.

One column against one, one thread. Prints the numbers as a table and draws them.
"""

import argparse
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bench.compare import measure
from bench.peers import Peer, installed
from bench.turns import Times, machine, table
from bench.workloads import K, Workload

_BESIDE = ["cKDTree", "scikit-learn"]
_TOO_LONG = 20.0  # seconds: a peer whose call took longer is not asked for more samples


def sizes(largest: int) -> list[int]:
    """Return 1,000 and so on, two steps for each power of ten."""
    return [round(10 ** (i / 2)) for i in range(6, int(2 * np.log10(largest) + 1e-9) + 1)]


def scale(peers: Sequence[Peer], largest: int, rounds: int) -> dict[int, Times]:
    """Return the times of each peer by the number of samples."""
    rng = np.random.default_rng()
    results: dict[int, Times] = {}
    for n in sizes(largest):
        print(f"{n:,} samples", file=sys.stderr)
        results[n] = measure(Workload(f"{n:,} samples", n, 1, 1, least=1), peers, rounds, rng)
        peers = [p for p in peers if p.is_fastmi or max(results[n][p.name]) <= _TOO_LONG]
    return results


def draw(path: Path, results: dict[int, Times], peers: Sequence[Peer]) -> None:
    """Save the medians as a plot."""
    from matplotlib.figure import Figure  # without pyplot there is no window and no state

    figure = Figure(figsize=(6, 4.5), layout="constrained")
    axis = figure.subplots()
    for peer in peers:
        points = [(n, statistics.median(times[peer.name])) for n, times in results.items() if peer.name in times]
        axis.loglog(*zip(*points, strict=True), marker="o", label=peer.title)
    axis.set(xlabel="samples", ylabel="seconds", title=f"KSG1, k = {K}, one column against one, one thread")
    axis.grid(alpha=0.3)
    axis.legend()
    figure.savefig(path, dpi=150)


def main() -> None:
    """Measure, print and draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=float, default=1e7, help="the largest number of samples (default 1e7)")
    parser.add_argument("--rounds", type=int, default=5, help="fresh data sets for each size (default 5)")
    parser.add_argument("-o", "--output", type=Path, default=Path("scaling.png"), help="the plot (default scaling.png)")
    arguments = parser.parse_args()

    peers = [peer for peer in installed([1]) if peer.is_fastmi or peer.name in _BESIDE]
    results = scale(peers, int(arguments.n), arguments.rounds)
    print(table({f"{n:,} samples, 1+1": times for n, times in results.items()}, peers, f"KSG1, k = {K}"))
    print(f"\nMedians of {arguments.rounds} rounds, or of fewer that take long (*: a single one). {machine()}.")
    draw(arguments.output, results, peers)


if __name__ == "__main__":
    main()
