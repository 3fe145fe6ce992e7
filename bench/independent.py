"""What estimates of mutual information give where there is none: ``python -m bench.independent``.

Prints means and standard deviations over data sets, as Markdown, for docs/choosing-an-estimator.md.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import fastmi
from bench.scatter import scatter
from bench.turns import markdown

SIZES = (1000, 10_000)
N_SETS = 50

Rng = np.random.Generator
Samples = tuple[NDArray[Any], NDArray[Any]]


class Case(NamedTuple):
    """A way to draw samples of independent variables, and which of them are labels."""

    draw: Callable[[Rng, int], Samples]
    labels: dict[str, bool]


def normals(d_x: int, d_y: int) -> Case:
    """Return normal columns."""
    return Case(lambda rng, n: (rng.normal(size=(n, d_x)), rng.normal(size=(n, d_y))), {})


def label_and_normal(rng: Rng, n: int) -> Samples:
    """Draw one of three labels, equally likely, and a normal column."""
    return rng.integers(3, size=n), rng.normal(size=n)


def two_counts(rng: Rng, n: int) -> Samples:
    """Draw two Poisson counts of mean 2."""
    x, y = rng.poisson(2.0, size=(2, n))
    return x, y


CASES = {
    "1 + 1 normals": normals(1, 1),
    "3 + 3 normals": normals(3, 3),
    "12 + 1 normals": normals(12, 1),
    "label, normal": Case(label_and_normal, {"x_discrete": True}),
    "count, count": Case(two_counts, {"x_discrete": True, "y_discrete": True}),
}
METHODS: dict[str, dict[str, Any]] = {
    "`ksg1`": {"method": "ksg1"},
    "`ksg1`, k = 10": {"method": "ksg1", "k": 10},
    "`ksg2`": {"method": "ksg2"},
    "`mixed`": {"method": "mixed"},
    "`gaussian`": {"method": "gaussian"},
    "`histogram`": {"method": "histogram"},
    "`histogram`, miller-madow": {"method": "histogram", "correction": "miller-madow"},
    "`histogram`, nsb": {"method": "histogram", "correction": "nsb"},
}
KNOW_LABELS = ("mixed", "histogram")


def cell(case: Case, options: dict[str, Any], n: int) -> str:
    """Return what a method gives, a dash where it is not meant for such data."""
    if case.labels and options["method"] not in KNOW_LABELS:
        return "-"
    return scatter(lambda rng: fastmi.mutual_info(*case.draw(rng, n), **options, **case.labels), N_SETS)


def main() -> None:
    """Print a table for each number of samples."""
    for n in SIZES:
        print(f"\nn = {n:,}, nats, mean ± standard deviation of {N_SETS} data sets:\n")
        rows = [[name, *(cell(case, options, n) for case in CASES.values())] for name, options in METHODS.items()]
        print(markdown(["method", *CASES], rows))


if __name__ == "__main__":
    main()
