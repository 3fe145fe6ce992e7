"""A permutation test beside loops over estimates, and beside tigramite's shuffle test.

Run ``python -m bench.significance``. All take turns on the same fresh data in one process, on one thread; the tables show
medians of what a permutation takes, fastmi of 39 to 999 and the others of 20, and how many times longer than the first row.
By hand: ``pip install tigramite numba``; who is not installed is left out.
"""

import argparse
import importlib.util
import statistics
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_selection import mutual_info_regression

import fastmi
from bench.turns import Times, machine, markdown, seconds, take_turns

Array = NDArray[np.float64]
Data = tuple[Array, ...]  # x, y and perhaps z

K = 3
FEW = 20  # permutations, of those who take their time
SEED = 1


class Way(NamedTuple):
    """Somebody's test, or what stands for it."""

    title: str
    ask: Callable[[Data], float]  # a p-value
    n_permutations: int


def _fastmi(n_resamples: int, workers: int | None = 1) -> Way:
    def ask(data: Data) -> float:
        x, y, *z = data
        options = {"z": z[0]} if z else {}
        return fastmi.mutual_info_test(x, y, k=K, n_resamples=n_resamples, rng=SEED, workers=workers, **options).pvalue

    title = f"fastmi {version('fastmi')}, `mutual_info_test`" + ("" if workers == 1 else ", all threads")
    return Way(title, ask, n_resamples)


def _loop(title: str, estimate: Callable[..., float]) -> Way:
    """Permute and estimate, time after time."""

    def ask(data: Data) -> float:
        x, y, *z = data
        rng = np.random.default_rng(SEED)
        statistic = estimate(x, y, *z)
        return float(np.mean([estimate(x, rng.permutation(y), *z) >= statistic for _ in range(FEW)]))

    return Way(title, ask, FEW)


def _fastmi_once(x: Array, y: Array, *z: Array) -> float:
    if z:
        return fastmi.conditional_mutual_info(x, y, *z, k=K, workers=1)
    return fastmi.mutual_info(x, y, k=K, workers=1)


def _scikit_learn_once(x: Array, y: Array) -> float:
    return float(mutual_info_regression(x[:, np.newaxis], y, n_neighbors=K)[0])


def _tigramite(data: Data) -> float:
    """Ask for no ranks. It always adds noise of 1e-6 of the spread."""
    from tigramite.independence_tests.cmiknn import CMIknn

    test = CMIknn(knn=K, transform=False, workers=1, sig_samples=FEW, sig_blocklength=1)
    array = np.vstack([side.T for side in data])
    side = np.repeat(np.arange(len(data)), [1 if values.ndim == 1 else values.shape[1] for values in data])
    value = test.get_dependence_measure(array, side)
    return float(test.get_shuffle_significance(array, side, value))


def ways(given_z: bool, one_column: bool, n_resamples: int) -> list[Way]:
    """Return fastmi and everyone who is installed and can answer."""
    found = [_fastmi(n_resamples), _fastmi(n_resamples, None), _loop("a loop over fastmi", _fastmi_once)]
    if one_column and not given_z:
        found.append(_loop(f"a loop over scikit-learn {version('scikit-learn')}", _scikit_learn_once))
    if importlib.util.find_spec("tigramite"):
        found.append(Way(f"tigramite {version('tigramite')}, shuffle test", _tigramite, FEW))
    return found


def measure(asked: list[Way], fresh: Callable[[], Data], rounds: int) -> Times:
    """Return what each took a permutation."""
    times = take_turns(
        {way.title: way.ask for way in asked},
        fresh,
        lambda *_: None,  # their p-values are of permutations of their own
        rounds,
        {asked[0].title: rounds},
    )
    return {way.title: [t / way.n_permutations for t in times[way.title]] for way in asked}


def report(title: str, times: Times) -> str:
    """Return a table, with ratios to the first row, each the median of its rounds."""
    first = next(iter(times.values()))
    rows = []
    for name, durations in times.items():
        ratio = statistics.median(theirs / ours for theirs, ours in zip(durations, first, strict=False))
        each = statistics.median(durations)
        rows.append([name, seconds(each), f"{999 * each:.3g} s", f"{ratio:.3g}"])
    return markdown([title, "a permutation", "999 of them", "times the first row"], rows)


def main() -> None:
    """Measure, print and save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=14_183, help="samples (default 14,183)")
    parser.add_argument("--rounds", type=int, default=5, help="fresh data sets for each question (default 5)")
    parser.add_argument("-o", "--output", type=Path, help="save the tables there as well")
    arguments = parser.parse_args()

    n, rng = arguments.n, np.random.default_rng()

    def columns(d_x: int, d_z: int = 0) -> Callable[[], Data]:
        def draw() -> Data:
            common = rng.normal(size=n)
            x = (common + rng.normal(size=(d_x, n))).T
            y = common + rng.normal(size=n)
            return (x if d_x > 1 else x[:, 0], y, *([common] if d_z else []))

        return draw

    tables = [
        report(title, measure(ways(bool(d_z), d_x == 1, n_resamples), columns(d_x, d_z), arguments.rounds))
        for title, d_x, d_z, n_resamples in [
            ("1+1", 1, 0, 999),
            ("3+1", 3, 0, 99),
            ("12+1", 12, 0, 39),
            ("1+1 given 1", 1, 1, 39),
        ]
    ]
    head = f"{n:,} samples, k = {K}:"
    foot = f"Medians of {arguments.rounds} rounds; ratios within a round. {machine()}.\n"
    text = "\n\n".join([head, *tables, foot])
    print(text)
    if arguments.output:
        arguments.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
