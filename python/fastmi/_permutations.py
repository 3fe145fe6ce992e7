"""Orders of the rows of y under which it is as good as independent of x, and otherwise as it was.

Row r of the permuted y is row ``rows[r]`` of y. What is random is drawn for one permutation after the other, so that it
depends on the seed alone: not on the number of threads, nor on how many permutations are drawn at a time.
"""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from fastmi import _core
from fastmi._balls import Space
from fastmi._variables import Variable

Rows = NDArray[np.int64]
Draw = Callable[[int], Rows]  # so many more permutations, a line each

# Of z, from which a row may come: Runge (2018) finds that 5 to 10 keep the false alarms to what they should be.
_N_NEAREST = 5
_ROWS_AT_ONCE = 2**20  # of all permutations that are held at a time: 8 MB
_LEAST_AT_ONCE = 16  # permutations, for all threads to have something to do


def anywhere(n: int, workers: int, rng: np.random.Generator) -> Draw:
    """Return permutations of n rows that are exchangeable."""

    def draw(n_permutations: int) -> Rows:
        seeds = rng.integers(2**64, size=n_permutations, dtype=np.uint64)
        return _core.shuffles(seeds, n, workers).reshape(n_permutations, n)

    return draw


def within(strata: NDArray[np.int64], workers: int, rng: np.random.Generator) -> Draw:
    """Return permutations that leave each row in its stratum."""
    shuffled = anywhere(len(strata), workers, rng)
    by_stratum = np.argsort(strata, kind="stable")

    def draw(n_permutations: int) -> Rows:
        rows = shuffled(n_permutations)
        for line in rows:
            line[by_stratum] = line[np.argsort(strata[line], kind="stable")]
        return rows

    return draw


def shifted(n: int, min_shift: int, n_resamples: int, rng: np.random.Generator) -> Draw:
    """Return distinct shifts round the end by at least so many rows, either way."""
    shifts = np.arange(min_shift, n - min_shift + 1)
    if len(shifts) < n_resamples:
        raise ValueError(
            f"min_shift={min_shift} leaves {len(shifts)} shifts of {n} rows, fewer than n_resamples={n_resamples}; pass "
            "fewer resamples, a smaller shift or a longer series"
        )
    to_come = iter(rng.permutation(shifts))
    return lambda n_permutations: np.stack([np.roll(np.arange(n), next(to_come)) for _ in range(n_permutations)])


def nearby(z: Variable, workers: int, rng: np.random.Generator) -> Draw:
    """Return permutations, or nearly so, that bring to each row one of the nearest in z (Runge 2018, algorithm 1)."""
    nearest = Space([z], workers).nearest_rows(min(_N_NEAREST, z.n_samples))

    def draw_one() -> Rows:
        order = rng.permutation(z.n_samples)
        return _core.take_in_turn(order, rng.permuted(nearest, axis=1))

    return lambda n_permutations: np.stack([draw_one() for _ in range(n_permutations)])


def batches(draw: Draw, n_resamples: int, n_rows: int) -> Iterator[Rows]:
    """Yield so many permutations in arrays of bounded size."""
    at_once = max(_ROWS_AT_ONCE // n_rows, _LEAST_AT_ONCE)
    for begin in range(0, n_resamples, at_once):
        yield draw(min(at_once, n_resamples - begin))


def among(kept: NDArray[np.bool_], rows: Rows) -> Rows:
    """Return permutations, one a line, of the rows that are kept: in the order they have among all."""
    if kept.all():
        return rows
    number = np.cumsum(kept) - 1
    return np.asarray(number[rows[kept[rows]]].reshape(len(rows), -1))
