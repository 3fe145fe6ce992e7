"""How often error bars cover the truth: ``python -m bench.coverage -o bench/coverage.md``.

Nominal 95 % bars, 1.96 standard errors to each side, of KSG with k = 5 and normal marginals of 1,000 samples, over 200
data sets. "Centred" covers the mean of all estimates in place of the truth, so that it judges the standard error alone.
Eight minutes on one core.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import fastmi
from bench.problems import Problem, Rng, drawn_from, normal_truth, pairs, student_excess
from bench.turns import markdown

K = 5
N = 1000
N_SETS = 200
NOMINAL = 1.96
BLOCK = 50  # rows, of the series

Error = Callable[[NDArray[np.float64], NDArray[np.float64], int], float]


def by(way: str) -> Error:
    """Return how to ask for an error bar."""
    return lambda x, y, seed: fastmi.mutual_info_error(x, y, k=K, by=way, marginals="normal", rng=seed)  # type: ignore[arg-type]


def by_blocks(x: NDArray[np.float64], y: NDArray[np.float64], seed: int) -> float:
    """Return the error bar of rows that follow each other in time."""
    return fastmi.mutual_info_error(x, y, k=K, marginals="normal", rng=seed, blocks=BLOCK)


def independent(d: int) -> Problem:
    """Return normal columns that have nothing to do with each other."""
    return Problem(f"independent, {d} + 1", 0.0, drawn_from(np.eye(d + 1), d))


def series(rng: Rng, n: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Draw two series that are correlated with each other and, 0.9 from step to step, with their own past."""
    noise = rng.normal(size=(n + 100, 2)) @ np.linalg.cholesky([[1, 0.75], [0.75, 1]]).T
    state = np.zeros(2)
    rows = []
    for step in noise:
        state = 0.9 * state + step
        rows.append(state)
    columns = np.array(rows[100:])
    return columns[:, :1], columns[:, 1:]


ONE, SPARSE = pairs(1, 1, 0.75), pairs(3, 2, 0.8)
LAWS = [
    independent(1),
    independent(5),
    Problem("normals of correlation 0.75, 1 + 1", normal_truth(ONE, 1), drawn_from(ONE, 1)),
    Problem("two pairs of 0.8, 3 + 3", normal_truth(SPARSE, 3), drawn_from(SPARSE, 3)),
    Problem("Student, nu = 2, 2 + 2", student_excess(2, 2, 2), drawn_from(np.eye(4), 2, nu=2)),
]
SERIES = Problem("series of 1,000 steps, correlation 0.75, 1 + 1", normal_truth(ONE, 1), series)


def row(law: Problem, ways: dict[str, Error]) -> list[str]:
    """Return bias, scatter, and the mean and coverages of every way."""
    samples = [law.draw(np.random.default_rng(seed), N) for seed in range(N_SETS)]
    estimates = np.array([fastmi.mutual_info(x, y, k=K, marginals="normal") for x, y in samples])
    off = np.abs(estimates - law.truth)
    off_centre = np.abs(estimates - estimates.mean())
    cells = [law.name, f"{estimates.mean() - law.truth:+.3f}", f"{estimates.std(ddof=1):.4f}"]
    for error in ways.values():
        errors = np.array([error(x, y, seed) for seed, (x, y) in enumerate(samples)])
        covers, covers_mean = (np.mean(distance <= NOMINAL * errors) for distance in (off, off_centre))
        cells.append(f"{errors.mean():.4f}; {covers:.2f} ({covers_mean:.2f})")
    return cells


def table(laws: list[Problem], ways: dict[str, Error]) -> str:
    """Return the coverage of each way for each law."""
    heads = [f"{name}: mean; coverage (centred)" for name in ways]
    return markdown(["law", "bias", "scatter", *heads], [row(law, ways) for law in laws])


def main() -> None:
    """Print, or write, both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", type=Path, help="write the tables to this file, too")
    output = parser.parse_args().output
    parts = [
        "# Coverage of error bars",
        (
            f"`python -m bench.coverage`: nominal 95 %, KSG with k = {K} and normal marginals, {N:,} samples, {N_SETS} data "
            f"sets; nats. fastmi {fastmi.__version__}, NumPy {np.__version__}."
        ),
        table(LAWS, {'`by="subsets"`': by("subsets"), '`by="local"`': by("local")}),
        f"Rows that are not independent, {BLOCK} to a block:",
        table([SERIES], {'`by="subsets"`': by("subsets"), f"`blocks={BLOCK}`": by_blocks}),
    ]
    text = "\n\n".join(parts) + "\n"
    print(text)
    if output:
        output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
