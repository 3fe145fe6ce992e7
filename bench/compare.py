"""One table: fastmi beside whatever of its peers is installed. Run ``python -m bench.compare``.

All take turns on the same fresh data in one process; the table shows medians, and how many times longer than fastmi
each peer took. Numbers that should agree are compared, too. One thread each unless said. With --degenerate, fastmi
alone on odd inputs, and how many times longer than on normal columns it took.
"""

import argparse
import sys
import warnings
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

from bench import degenerate, workloads
from bench.peers import Array, Estimator, Peer, installed
from bench.turns import Times, footnote, table, take_turns
from bench.workloads import K, Workload


def measure(workload: Workload, peers: Sequence[Peer], rounds: int, rng: np.random.Generator) -> Times:
    """Return what each peer took that knows the question. The first peer is fastmi; the others must agree with it."""
    asked = _asked(workload, peers)
    for ask in asked.values():  # a first call may import and compile
        ask(*workload._replace(n=100).draw(rng), K)

    tolerances = {peer.name: peer.tolerance for peer in asked}

    def agree(name: str, _: object, answer: Array, first_answer: Array) -> None:
        note = f"{name}, {workload.name}"
        np.testing.assert_allclose(answer, first_answer, rtol=0, atol=tolerances[name], err_msg=note)

    ways = {peer.name: partial(_ask, ask) for peer, ask in asked.items()}
    least = {peer.name: workload.least for peer in asked if peer.is_fastmi}
    return take_turns(ways, lambda: workload.draw(rng), agree, rounds, least)


def _ask(ask: Estimator, columns: tuple[Array, Array]) -> Array:
    return ask(*columns, K)


def measure_in_turns(
    chosen: Sequence[Workload], peers: Sequence[Peer], rounds: int, rng: np.random.Generator
) -> dict[str, Times]:
    """Return what :func:`measure` does for each workload, taking turns: their times are compared with each other."""
    results: dict[str, Times] = {workload.name: {peer.name: [] for peer in peers} for workload in chosen}
    for _ in range(rounds):
        for workload in chosen:
            for name, times in measure(workload, peers, 1, rng).items():
                results[workload.name][name] += times
    return results


def _asked(workload: Workload, peers: Sequence[Peer]) -> dict[Peer, Estimator]:
    wanted = [peer for peer in peers if peer.is_fastmi or not workload.alone]
    ways = {peer: peer.joint if workload.joint else peer.pairs for peer in wanted}
    return {peer: way for peer, way in ways.items() if way}


def main() -> None:
    """Measure, print and save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-k", nargs="+", default=[""], metavar="TEXT", help="only workloads with this in their name")
    parser.add_argument("--degenerate", action="store_true", help="odd inputs instead, fastmi alone")
    parser.add_argument("--rounds", type=int, default=7, help="fresh data sets for each workload (default 7)")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2], help="threads of fastmi (default 1 2)")
    parser.add_argument("-o", "--output", type=Path, help="save the table there as well")
    arguments = parser.parse_args()

    peers = installed(arguments.workers)
    if arguments.degenerate:
        peers = [peer for peer in peers if peer.is_fastmi]
        warnings.simplefilter("ignore", UserWarning)  # that many samples coincide
    every = degenerate.WORKLOADS if arguments.degenerate else workloads.WORKLOADS
    chosen = [workload for workload in every if any(text in workload.name for text in arguments.k)]
    if not chosen:
        parser.error("no workload has that in its name")

    rng = np.random.default_rng()
    if arguments.degenerate:
        results = measure_in_turns(chosen, peers, arguments.rounds, rng)
    else:
        results = {}
        for workload in chosen:
            print(workload.name, file=sys.stderr)
            results[workload.name] = measure(workload, peers, arguments.rounds, rng)
    text = f"{table(results, peers, f'KSG1, k = {K}', down=arguments.degenerate)}\n\n{footnote(arguments.rounds)}\n"
    print(text)
    if arguments.output:
        arguments.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
