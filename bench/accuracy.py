"""How true the estimates are in many dimensions: ``python -m bench.accuracy -o bench/accuracy.md``.

``mutual_info`` (KSG with k = 5) beside ``mutual_info_bound`` on the tasks of the benchmark "Beyond Normal", where there is
nothing to find, and on problems that are in no benchmark. Results are kept in a file beside the table as they come, and
a run that was cut short goes on from there; delete it to begin anew.

The tasks come from benchmark-mi, which needs an environment of its own: ``pip install benchmark-mi jax==0.4.30
jaxlib==0.4.30``. Without it the other tables are made.
"""

import argparse
import json
import platform
import statistics
import time
import warnings
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

import fastmi
from bench.problems import Array, Problem, Rng, outside, unseen
from bench.turns import markdown

K = 5
SEEDS = range(3)
N = 10_000
NULL_SIZES = (300, 1000, 10_000)
NULL_REPLICATES = 100

Record = dict[str, Any]


class Results:
    """Records in a file, a line each."""

    def __init__(self, path: Path) -> None:
        self.path = path
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        self.records: list[Record] = [json.loads(line) for line in lines]

    def of(self, table: str) -> list[Record]:
        """Return the records of one table."""
        return [record for record in self.records if record["table"] == table]

    def measure(self, table: str, problem: Problem, n: int, seed: int, workers: int | None) -> None:
        """Add what is found for one sample, unless it is known."""
        key = {"table": table, "problem": problem.name, "n": n, "seed": seed}
        if any(all(record[name] == value for name, value in key.items()) for record in self.records):
            return
        x, y = problem.draw(np.random.default_rng([seed, n]), n)
        start = time.perf_counter()
        plain = fastmi.mutual_info(x, y, k=K, workers=workers)
        middle = time.perf_counter()
        bound = fastmi.mutual_info_bound(x, y, k=K, rng=seed, workers=workers)
        end = time.perf_counter()
        record = key | {
            "truth": problem.truth,
            "plain": plain,
            "full": bound.full,
            "bound": bound.value,
            "view": bound.view,
            "z": bound.z,
            "seconds": [middle - start, end - middle],
            "versions": versions(),
        }
        self.records.append(record)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")


def standardised(draw: Callable[[Rng, int], tuple[Any, Any]]) -> Callable[[Rng, int], tuple[Array, Array]]:
    """Return the same with columns of mean 0 and deviation 1, as KSG is used."""

    def drawn(rng: Rng, n: int) -> tuple[Array, Array]:
        x, y = (np.asarray(side, np.float64) for side in draw(rng, n))
        return (x - x.mean(axis=0)) / x.std(axis=0), (y - y.mean(axis=0)) / y.std(axis=0)

    return drawn


def tasks() -> Iterator[Problem]:
    """Return the tasks of the benchmark; they take a seed of their own."""
    from bmi.benchmark import BENCHMARK_TASKS

    for name, task in BENCHMARK_TASKS.items():

        def draw(rng: Rng, n: int, task: Any = task) -> tuple[Any, Any]:
            return task.sample(n, int(rng.bit_generator.seed_seq.entropy[0]))  # type: ignore[attr-defined, index]

        yield Problem(name, float(task.mutual_information), standardised(draw))


def nulls() -> list[Problem]:
    """Return independent variables."""

    def normals(d_x: int, d_y: int) -> Problem:
        return Problem(f"{d_x} + {d_y}", 0.0, lambda rng, n: (rng.normal(size=(n, d_x)), rng.normal(size=(n, d_y))))

    def cauchy(rng: Rng, n: int) -> tuple[Array, Array]:
        x, y = rng.standard_cauchy(size=(2, n, 5))
        return x, y

    return [normals(2, 2), normals(12, 1), normals(25, 25), Problem("Cauchy, 5 + 5", 0.0, cauchy)]


def grouped(records: list[Record], *names: str) -> dict[tuple[Any, ...], list[Record]]:
    """Return records by the values of some entries, in order of appearance."""
    groups: dict[tuple[Any, ...], list[Record]] = {}
    for record in records:
        groups.setdefault(tuple(record[name] for name in names), []).append(record)
    return groups


def mean(records: list[Record], name: str) -> float:
    """Return the mean of an entry."""
    return statistics.fmean(record[name] for record in records)


def show_problems(records: list[Record]) -> str:
    """Return the means of all seeds, problem by problem, and a summary."""
    rows, errors = [], {"plain": [], "full": [], "bound": []}
    for (name, truth), group in grouped(records, "problem", "truth").items():
        for estimate, of_estimate in errors.items():
            of_estimate.append(mean(group, estimate) - truth)
        views = dict.fromkeys(record["view"] for record in group)
        cells = [f"{mean(group, estimate):.3f} ({error[-1]:+.3f})" for estimate, error in errors.items()]
        rows.append([name, f"{truth:.3f}", *cells, ", or ".join(views)])
    head = ["problem", "truth", "`mutual_info`", 'with `marginals="normal"`', "`mutual_info_bound`", "read from"]
    summary = [
        [
            title,
            f"{np.mean(np.abs(error)):.4f}",
            f"{np.count_nonzero(np.abs(error) <= 0.05)} of {len(error)}",
            f"{max(error):+.3f}",
            f"{min(error):+.3f}",
        ]
        for title, error in zip(head[2:5], errors.values(), strict=True)
    ]
    return "\n\n".join(
        [
            markdown(["", "mean abs. error", "within 0.05", "most too high", "most too low"], summary),
            markdown(head, rows),
        ]
    )


def show_nulls(records: list[Record]) -> str:
    """Return bias and switches of every case."""
    rows = []
    for (name, n), group in grouped(records, "problem", "n").items():
        n_switched = sum(record["view"] != "all columns" for record in group)
        cells = [
            f"{mean(group, estimate):+.4f} ± {np.std([r[estimate] for r in group], ddof=1) / np.sqrt(len(group)):.4f}"
            for estimate in ("plain", "full", "bound")
        ]
        rows.append([name, f"{n:,}", *cells, f"{n_switched} of {len(group)}"])
    total = sum(record["view"] != "all columns" for record in records)
    head = ["columns", "n", "`mutual_info`", 'with `marginals="normal"`', "`mutual_info_bound`", "switched"]
    return markdown(head, rows) + f"\n\nSwitched in all: {total} of {len(records)}."


def versions() -> str:
    """Return what the numbers depend on."""
    names = ["numpy", "scipy", "benchmark-mi", "jax"]
    found = []
    for name in names:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return f"fastmi {fastmi.__version__}, Python {platform.python_version()}, {', '.join(found)}"


TITLES = {
    "tasks": (
        (
            f'The tasks of "Beyond Normal" (Czyż et al. 2023), {N:,} samples, standardised columns, k = {K}, means of '
            f"{len(SEEDS)} seeds (error in brackets)"
        ),
        show_problems,
    ),
    "outside": (f"Problems of no benchmark, {N:,} samples, k = {K}, means of {len(SEEDS)} seeds", show_problems),
    "small": (f"The same problems, 1,000 samples, k = {K}, means of {len(SEEDS)} seeds", show_problems),
    "unseen": (
        f"Problems drawn up after the method was, {N:,} samples, k = {K}, means of {len(SEEDS)} seeds",
        show_problems,
    ),
    "null": (
        f"Independent variables: means and standard errors of {NULL_REPLICATES} data sets, k = {K}",
        show_nulls,
    ),
}


def report(results: Results) -> str:
    """Return all tables there are."""
    parts = ["# Accuracy in many dimensions", "`python -m bench.accuracy`, in nats."]
    for table, (title, show) in TITLES.items():
        if records := results.of(table):
            used = ". ".join(dict.fromkeys(record["versions"] for record in records))
            parts += [f"## {title}", show(records), f"{used}."]
    return "\n\n".join(parts) + "\n"


def has_tasks() -> bool:
    """Return whether benchmark-mi is installed."""
    try:
        version("benchmark-mi")
    except PackageNotFoundError:
        return False
    return True


def questions(table: str) -> Iterator[tuple[Problem, int, int]]:
    """Return the problems of a table, with number of samples and seed."""
    if table == "null":
        return ((p, n, seed) for n in NULL_SIZES for p in nulls() for seed in range(NULL_REPLICATES))
    problems = {"tasks": tasks, "outside": outside, "small": outside, "unseen": unseen}[table]
    n = 1000 if table == "small" else N
    return ((problem, n, seed) for problem in problems() for seed in SEEDS)


def main() -> None:
    """Measure what is not known yet, and print or write all tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", type=Path, help="write the tables to this file, too")
    parser.add_argument("-k", "--keep", type=Path, default=Path("accuracy.jsonl"), help="where results are kept")
    parser.add_argument("-t", "--table", choices=TITLES, action="append", help="only this one; may be repeated")
    parser.add_argument("-w", "--workers", type=int)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    results = Results(arguments.keep)
    for table in arguments.table or TITLES:
        if table == "tasks" and not has_tasks():
            print("benchmark-mi is not installed: its tasks are left out")
            continue
        for problem, n, seed in questions(table):
            results.measure(table, problem, n, seed, arguments.workers)
    text = report(results)
    print(text)
    if arguments.output:
        arguments.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
