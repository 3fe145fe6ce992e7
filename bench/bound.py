"""What a lower bound costs beside plain KSG: ``python -m bench.bound``, as Markdown."""

import argparse
import statistics
from collections.abc import Callable
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray

import fastmi
from bench.turns import machine, markdown, seconds, take_turns

K = 5
SHAPES = ((12, 1, 14_183), (25, 25, 10_000))

Question = tuple[NDArray[np.float64], NDArray[np.float64]]


def question(d_x: int, d_y: int, n: int, seed: int) -> Question:
    """Draw normals of which the first of x is in all of y."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, d_x))
    return x, x[:, :1] + rng.normal(size=(n, d_y))


def rows(d_x: int, d_y: int, n: int, rounds: int) -> list[list[str]]:
    """Return a line for each number of workers."""
    seeds = count()
    found = []
    for workers in range(1, fastmi.build_info()["max_workers"] + 1):
        ways: dict[str, Callable[[Question], Any]] = {
            "KSG": lambda asked, w=workers: fastmi.mutual_info(*asked, k=K, workers=w),
            "bound": lambda asked, w=workers: fastmi.mutual_info_bound(*asked, k=K, rng=1, workers=w),
        }
        times = take_turns(
            ways, lambda: question(d_x, d_y, n, next(seeds)), lambda *_: None, rounds, dict.fromkeys(ways, rounds)
        )
        ratio = statistics.median(mine / base for mine, base in zip(times["bound"], times["KSG"], strict=True))
        medians = [seconds(statistics.median(times[name])) for name in ways]
        found.append([f"{d_x} + {d_y}", f"{n:,}", str(workers), *medians, f"{ratio:.1f}"])
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="with new data each (default 5)")
    rounds = parser.parse_args().rounds
    table = [row for shape in SHAPES for row in rows(*shape, rounds)]
    print(markdown(["columns", "n", "workers", "`mutual_info`", "`mutual_info_bound`", "times"], table))
    print(f"\nMedians of {rounds} rounds, k = {K}; ratios within a round. {machine()}.")


if __name__ == "__main__":
    main()
