"""Selection of features by fastmi.sklearn beside scikit-learn's own functions.

Run ``python -m bench.feature_selection``: ``SelectKBest(..., k=10)`` on 14,183 samples of 12 features, for a continuous
target and for five classes, taking turns on new data in each round; the scores must agree to 1e-10. Then the data sets
that come with scikit-learn: whether the same features are selected, and how long that takes.
"""

# ruff: noqa: N806 - X is what scikit-learn calls it

import argparse
import statistics
from collections.abc import Callable, Mapping
from functools import partial
from importlib.metadata import version
from itertools import count
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn import datasets, feature_selection
from sklearn.feature_selection import SelectKBest

import fastmi.sklearn
from bench.turns import Times, machine, markdown, seconds, take_turns

N_FEATURES = 12

Score = Callable[..., NDArray[np.float64]]


class Data(NamedTuple):
    """Features and a target."""

    X: NDArray[np.float64]
    y: NDArray[np.generic]


FUNCTIONS = {"regression": "mutual_info_regression", "classification": "mutual_info_classif"}
BUNDLED = {
    "iris": ("classification", datasets.load_iris),
    "wine": ("classification", datasets.load_wine),
    "breast_cancer": ("classification", datasets.load_breast_cancer),
    "digits": ("classification", datasets.load_digits),
    "diabetes": ("regression", datasets.load_diabetes),
}


def ways(task: str) -> dict[str, Callable[[Data], SelectKBest]]:
    """Return who selects, fastmi first."""
    modules = {"fastmi.sklearn": fastmi.sklearn, "scikit-learn": feature_selection}
    return {name: partial(select, getattr(module, FUNCTIONS[task])) for name, module in modules.items()}


def select(score: Score, data: Data) -> SelectKBest:
    """Return ten features, or all of fewer."""
    return SelectKBest(partial(score, random_state=0), k=min(10, data.X.shape[1])).fit(data.X, data.y)


def agree(name: str, _: Data, answer: SelectKBest, first_answer: SelectKBest) -> None:
    """Raise unless scores and features are the same."""
    np.testing.assert_allclose(answer.scores_, first_answer.scores_, rtol=0, atol=1e-10, err_msg=name)
    np.testing.assert_array_equal(answer.get_support(), first_answer.get_support(), err_msg=name)


def draw(rng: np.random.Generator, n: int, task: str) -> Data:
    """Return new correlated normal features, and a target that follows from some of them with noise."""
    X = np.sqrt(0.5) * (rng.normal(size=(n, 1)) + rng.normal(size=(n, N_FEATURES)))
    y = X[:, :4].sum(axis=1) + rng.normal(size=n)
    return Data(X, y if task == "regression" else np.digitize(y, np.quantile(y, [0.2, 0.4, 0.6, 0.8])))


def measure(n: int, task: str, rounds: int) -> Times:
    """Return what everyone took on new data."""
    seeds = count()
    return take_turns(
        ways(task),
        lambda: draw(np.random.default_rng(next(seeds)), n, task),
        agree,
        rounds,
        {"fastmi.sklearn": rounds, "scikit-learn": rounds},
    )


def measure_bundled(name: str, rounds: int) -> Times:
    """Return what everyone took on a data set that comes with scikit-learn."""
    task, load = BUNDLED[name]
    data = Data(*load(return_X_y=True))
    return take_turns(ways(task), lambda: data, agree, rounds, {"fastmi.sklearn": rounds, "scikit-learn": rounds})


def report(results: Mapping[str, Times]) -> str:
    """Return a table of medians, and of the ratios within a round."""
    rows = []
    for name, times in results.items():
        ours, theirs = times.values()
        ratio = statistics.median(other / mine for mine, other in zip(ours, theirs, strict=True))
        rows.append([name, seconds(statistics.median(ours)), seconds(statistics.median(theirs)), f"{ratio:.3g}"])
    return markdown(["", "fastmi.sklearn", f"scikit-learn {version('scikit-learn')}", "times as fast"], rows)


def main() -> None:
    """Measure, print and save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=14_183, help="of the new data (default 14,183)")
    parser.add_argument("--rounds", type=int, default=11, help="each with new data (default 11)")
    parser.add_argument("-o", "--output", type=Path, help="save the tables there as well")
    arguments = parser.parse_args()

    n, rounds = arguments.samples, arguments.rounds
    for task in FUNCTIONS:
        measure(500, task, 1)  # first calls take longer
    drawn = {f"{task}, {n:,} samples of {N_FEATURES} features": measure(n, task, rounds) for task in FUNCTIONS}
    bundled = {f"{name}, {BUNDLED[name][0]}": measure_bundled(name, 3) for name in BUNDLED}
    text = "\n\n".join(
        [
            f"`SelectKBest(k=10)`, {rounds} rounds; scores agree to 1e-10, and the same features are selected:",
            report(drawn),
            "The data sets that come with scikit-learn, 3 rounds; likewise:",
            report(bundled),
            f"Medians, with the median of the ratios within a round. {machine()}; scikit-learn on one thread.\n",
        ]
    )
    print(text)
    if arguments.output:
        arguments.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
