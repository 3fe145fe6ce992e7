"""One table: fastmi beside whatever of its peers is installed. Run ``python -m bench.compare``.

All take turns on the same fresh data in one process; the table shows medians, and how many times longer than fastmi
each peer took. Numbers that should agree are compared, too. One thread each unless said. With --degenerate, fastmi
alone on odd inputs, and how many times longer than on normal columns it took.
"""

import argparse
import platform
import statistics
import sys
import time
import warnings
from collections.abc import Sequence
from pathlib import Path

import cpuinfo
import numpy as np

import fastmi
from bench import degenerate, workloads
from bench.peers import Estimator, Peer, installed
from bench.workloads import K, Workload

PATIENCE = 20.0  # seconds: who took that long over a workload is not asked again

Times = dict[str, list[float]]  # in seconds, by the name of the peer


def measure(workload: Workload, peers: Sequence[Peer], rounds: int, rng: np.random.Generator) -> Times:
    """Return what each peer took that knows the question. The first peer is fastmi; the others must agree with it."""
    asked = _asked(workload, peers)
    for ask in asked.values():  # a first call may import and compile
        ask(*workload._replace(n=100).draw(rng), K)

    times: Times = {peer.name: [] for peer in asked}
    least = {peer.name: workload.least if peer.is_fastmi else 1 for peer in asked}
    for done in range(rounds):
        turns = [peer for peer in asked if done < least[peer.name] or sum(times[peer.name]) < PATIENCE]
        if peers[0] not in turns:
            break
        x, y = workload.draw(rng)
        answers = []
        for peer in turns:
            start = time.perf_counter()
            answers.append(asked[peer](x, y, K))
            times[peer.name].append(time.perf_counter() - start)
        for peer, answer in zip(turns, answers, strict=True):
            note = f"{peer.name}, {workload.name}"
            np.testing.assert_allclose(answer, answers[0], rtol=0, atol=peer.tolerance, err_msg=note)
    return times


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


def table(results: dict[str, Times], peers: Sequence[Peer], title: str, *, down: bool = False) -> str:
    """Return the results as Markdown, with ratios to the first column, or ``down`` from the first row."""
    first_row = next(iter(results.values()))
    lines = [[title, *(peer.title for peer in peers)], ["---"] * (1 + len(peers))]
    for name, times in results.items():
        bases = first_row if down else dict.fromkeys(times, times[peers[0].name])
        lines.append([name, *(_cell(times[p.name], bases[p.name]) if p.name in times else "-" for p in peers)])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _cell(times: list[float], base: list[float]) -> str:
    seconds = statistics.median(times)
    text = f"{seconds:.3g} s" if seconds >= 1 else f"{seconds * 1e3:.3g} ms"
    once = "*" if len(times) == 1 else ""
    ratio = "" if times is base else f" ({seconds / statistics.median(base):.3g}x)"
    return text + once + ratio


def machine() -> str:
    """Return what the times depend on."""
    info = fastmi.build_info()
    return (
        f"{cpuinfo.get_cpu_info().get('brand_raw', platform.machine())}, {info['max_workers']} threads; "
        f"{info['compiler']}, instruction set {info['instruction_set']}; Python {platform.python_version()}, "
        f"NumPy {np.__version__}"
    )


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
    text = (
        f"{table(results, peers, f'KSG1, k = {K}', down=arguments.degenerate)}\n\n"
        f"Medians of {arguments.rounds} rounds, or of fewer once they take {PATIENCE:.0f} s (*: a single one). "
        f"{machine()}.\n"
    )
    print(text)
    if arguments.output:
        arguments.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
