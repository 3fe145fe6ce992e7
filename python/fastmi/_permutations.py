"""Orders of the rows of y under which it is as good as independent of x, and otherwise as it was.

Row r of the permuted y is row ``rows[r]`` of y. One after the other they are drawn from one generator, so that they
depend on its seed alone.
"""

from collections.abc import Iterator
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from fastmi import _core
from fastmi._balls import Space
from fastmi._variables import Variable

Rows = NDArray[np.int64]

# Of z, from which a row may come: Runge (2018) finds that 5 to 10 keep the false alarms to what they should be.
_N_NEAREST = 5
_ROWS_AT_ONCE = 2**22  # of all permutations that are held at a time: 32 MB
_LEAST_AT_ONCE = 16  # permutations, for all threads to have something to do


def anywhere(n: int, rng: np.random.Generator) -> Iterator[Rows]:
    """Yield permutations of n rows that are exchangeable."""
    while True:
        yield rng.permutation(n)


def within(strata: NDArray[np.int64], rng: np.random.Generator) -> Iterator[Rows]:
    """Yield permutations that leave each row in its stratum."""
    by_stratum = np.argsort(strata, kind="stable")
    rows = np.empty(len(strata), np.int64)
    while True:
        shuffled = rng.permutation(len(strata))
        rows[by_stratum] = shuffled[np.argsort(strata[shuffled], kind="stable")]
        yield rows.copy()


def shifted(n: int, min_shift: int, n_resamples: int, rng: np.random.Generator) -> Iterator[Rows]:
    """Yield distinct shifts round the end by at least so many rows, either way."""
    shifts = np.arange(min_shift, n - min_shift + 1)
    if len(shifts) < n_resamples:
        raise ValueError(
            f"min_shift={min_shift} leaves {len(shifts)} shifts of {n} rows, fewer than n_resamples={n_resamples}; pass "
            "fewer resamples, a smaller shift or a longer series"
        )
    for shift in rng.permutation(shifts)[:n_resamples]:
        yield np.roll(np.arange(n), shift)


def nearby(z: Variable, workers: int, rng: np.random.Generator) -> Iterator[Rows]:
    """Yield permutations, or nearly so, that bring to each row one of the nearest in z (Runge 2018, algorithm 1)."""
    nearest = Space([z], workers).nearest_rows(min(_N_NEAREST, z.n_samples))
    while True:
        order = rng.permutation(z.n_samples)
        yield _core.take_in_turn(order, rng.permuted(nearest, axis=1))


def batches(permutations: Iterator[Rows], n_resamples: int, n_rows: int) -> Iterator[Rows]:
    """Yield so many permutations in arrays of shape (some, n_rows), of bounded size."""
    at_once = max(_ROWS_AT_ONCE // n_rows, _LEAST_AT_ONCE)
    for begin in range(0, n_resamples, at_once):
        yield np.stack(list(islice(permutations, min(at_once, n_resamples - begin))))


def among(kept: NDArray[np.bool_], rows: Rows) -> Rows:
    """Return permutations, one a line, of the rows that are kept: in the order they have among all."""
    if kept.all():
        return rows
    number = np.cumsum(kept) - 1
    return np.asarray(number[rows[kept[rows]]].reshape(len(rows), -1))
