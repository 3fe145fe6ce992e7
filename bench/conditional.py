"""Conditional mutual information beside peers, and what the estimator for mixtures costs beside KSG1.

Run ``python -m bench.conditional``. All take turns on the same fresh data in one process, on one thread; the tables show
medians, and how many times longer than the first column each took. The conditional estimates must agree, or the run
fails. By hand: ``pip install ennemi npeet-plus tigramite numba``; who is not installed is left out.
"""

import argparse
import importlib.util
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

import fastmi
from bench.turns import Times, footnote, table, take_turns

Array = NDArray[np.float64]
Data = tuple[Array, Array, Array]

K = 3


class Way(NamedTuple):
    """Somebody's answer to a question about x, y and z."""

    name: str
    title: str
    ask: Callable[[Data], float]
    tolerance: float = 1e-10


def _fastmi(data: Data, workers: int = 1) -> float:
    return fastmi.conditional_mutual_info(*data, k=K, workers=workers)


def _npeet_plus(data: Data) -> float:
    """Ask for nats instead of bits. It always adds noise of 1e-10."""
    from npeet_plus import cmi

    return float(cmi(*(side[:, None] for side in data), k=K, base=np.e))


def _ennemi(data: Data) -> float:
    """Ask for no scaling and no noise."""
    from ennemi import estimate_mi

    x, y, z = data
    return float(estimate_mi(y, x, cond=z, k=K, preprocess=False, max_threads=1)[0, 0])


def _tigramite(data: Data) -> float:
    """Ask for no ranks. It always adds noise of 1e-6 of the spread."""
    from tigramite.independence_tests.cmiknn import CMIknn

    test = CMIknn(knn=K, transform=False, workers=1)
    return float(test.get_dependence_measure(np.array(data), np.arange(3)))


def peers() -> list[Way]:
    """Return fastmi and everyone who is installed."""
    found = [
        Way("fastmi", f"fastmi {version('fastmi')}", _fastmi),
        Way("fastmi, 2 workers", f"fastmi {version('fastmi')}, 2 workers", partial(_fastmi, workers=2)),
    ]
    for module, distribution, ask, tolerance in [
        ("npeet_plus", "npeet-plus", _npeet_plus, 1e-5),
        ("ennemi", "ennemi", _ennemi, 1e-5),
        ("tigramite", "tigramite", _tigramite, 1e-3),
    ]:
        if importlib.util.find_spec(module):
            found.append(Way(distribution, f"{distribution} {version(distribution)}", ask, tolerance))
    return found


def normal(rng: np.random.Generator, n: int) -> Data:
    """Draw x and y that share z and more."""
    x, y, z = rng.normal(size=(3, n))
    return x + z, y + 0.5 * x + z, z


def measure_conditional(ways: list[Way], n: int, rounds: int, rng: np.random.Generator) -> Times:
    """Return what each took for I(X;Y|Z)."""
    tolerance = {way.name: way.tolerance for way in ways}

    def agree(name: str, _: Data, answer: float, first_answer: float) -> None:
        np.testing.assert_allclose(answer, first_answer, rtol=0, atol=tolerance[name], err_msg=name)

    return take_turns({way.name: way.ask for way in ways}, lambda: normal(rng, n), agree, rounds, {"fastmi": rounds})


def _zero_inflated(values: Array, rng: np.random.Generator) -> Array:
    return np.where(rng.random(len(values)) < 0.3, 0.0, values)


MIXTURES: dict[str, Callable[[Data, np.random.Generator], tuple[Array, Array]]] = {
    "both continuous": lambda data, _: (data[0], data[1]),
    "5 labels and continuous": lambda data, _: (np.clip(np.round(data[0]), -2, 2), data[1]),
    "both 30% zeros": lambda data, rng: (_zero_inflated(data[0], rng), _zero_inflated(data[1], rng)),
    "both rounded to 0.1": lambda data, _: (data[0].round(1), data[1].round(1)),
    "both counts": lambda data, rng: tuple(rng.poisson(np.exp(side)).astype(float) for side in data[:2]),
}
MIXED = [
    Way("ksg1", "ksg1, both continuous", lambda data: fastmi.mutual_info(*data[:2], k=K, workers=1)),
    Way("mixed", "mixed", lambda _: np.nan),
]


def measure_mixed(kind: str, n: int, rounds: int, rng: np.random.Generator) -> Times:
    """Return what KSG1 took for continuous columns, and the estimator for mixtures for some of another kind."""

    def fresh() -> tuple[Data, tuple[Array, Array]]:
        data = normal(rng, n)
        return data, MIXTURES[kind](data, rng)

    def mixed(question: tuple[Data, tuple[Array, Array]]) -> float:
        x, y = question[1]
        return fastmi.mutual_info(x, y, k=K, method="mixed", x_discrete=kind.startswith("5 labels"), workers=1)

    ways = {"ksg1": lambda question: MIXED[0].ask(question[0]), "mixed": mixed}
    return take_turns(ways, fresh, lambda *_: None, rounds, {"ksg1": rounds, "mixed": rounds})


def main() -> None:
    """Measure, print and save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=14_183, help="samples (default 14,183)")
    parser.add_argument("--rounds", type=int, default=9, help="fresh data sets for each question (default 9)")
    parser.add_argument("-o", "--output", type=Path, help="save the tables there as well")
    arguments = parser.parse_args()

    rng = np.random.default_rng()
    ways = peers()
    conditional = {"`conditional_mutual_info`, 1+1+1": measure_conditional(ways, arguments.n, arguments.rounds, rng)}
    mixed = {f"`mutual_info`, {kind}": measure_mixed(kind, arguments.n, arguments.rounds, rng) for kind in MIXTURES}
    title = f"{arguments.n:,} samples, k = {K}"
    text = f"{table(conditional, ways, title)}\n\n{table(mixed, MIXED, title)}\n\n{footnote(arguments.rounds)}\n"
    print(text)
    if arguments.output:
        arguments.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
