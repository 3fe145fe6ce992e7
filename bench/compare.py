"""One table: fastmi beside whatever of its peers is installed. Run ``python -m bench.compare``.

All take turns on the same fresh data in one process; the table shows medians, and how many times longer than fastmi
each peer took. Numbers that should agree are compared, too. One thread each unless said.
"""

import argparse
import platform
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

import cpuinfo
import numpy as np

import fastmi
from bench.peers import Peer, installed
from bench.workloads import WORKLOADS, K, Workload

# scikit-learn rescales, adds noise of 1e-10 and clips at 0. Bisecting for value +- radius, as the version with cKDTree
# does, rounds the k-th neighbour in or out of the interval on whose boundary it lies.
_TOLERANCE = {"scikit-learn": 0.02, "cKDTree": 0.02}


def measure(workload: Workload, peers: Sequence[Peer], rounds: int, rng: np.random.Generator) -> dict[str, float]:
    """Return the median time in seconds of each peer that knows the question."""
    asked = {peer.name: peer.joint if workload.joint else peer.pairs for peer in peers}
    times: dict[str, list[float]] = {name: [] for name, ask in asked.items() if ask}
    for _ in range(rounds):
        x, y = workload.draw(rng)
        answers = {}
        for name, measured in times.items():
            start = time.perf_counter()
            answers[name] = asked[name](x, y, K)
            measured.append(time.perf_counter() - start)
        for name, answer in answers.items():
            np.testing.assert_allclose(
                answer, answers["fastmi"], atol=_TOLERANCE.get(name, 1e-10), err_msg=f"{name}, {workload.name}"
            )
    return {name: statistics.median(values) for name, values in times.items()}


def table(results: dict[str, dict[str, float]], peers: Sequence[Peer]) -> str:
    """Return the results as Markdown."""
    lines = [
        "| " + " | ".join(["KSG1, k = 3", *(peer.title for peer in peers)]) + " |",
        "| " + " | ".join(["---"] * (1 + len(peers))) + " |",
    ]
    for name, times in results.items():
        cells = [name]
        for peer in peers:
            if peer.name not in times:
                cells.append("-")
                continue
            ratio = times[peer.name] / times["fastmi"]
            cells.append(f"{_time(times[peer.name])}" + (f" ({ratio:.3g}x)" if peer.name != "fastmi" else ""))
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _time(seconds: float) -> str:
    return f"{seconds:.3g} s" if seconds >= 1 else f"{seconds * 1e3:.3g} ms"


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
    parser.add_argument("--rounds", type=int, default=7, help="fresh data sets for each workload (default 7)")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2], help="threads of fastmi (default 1 2)")
    parser.add_argument("-o", "--output", type=Path, help="save the table there as well")
    arguments = parser.parse_args()

    peers = installed(arguments.workers)
    rng = np.random.default_rng()
    results = {workload.name: measure(workload, peers, arguments.rounds, rng) for workload in WORKLOADS}
    text = f"{table(results, peers)}\n\nMedians of {arguments.rounds} rounds. {machine()}.\n"
    print(text)
    if arguments.output:
        arguments.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
