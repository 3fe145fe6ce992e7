"""Tests of independence by permutation, one permutation after the other.

anywhere   y in the order of a random permutation of all rows, by Fisher and Yates from the words of SplitMix64
strata     the same, and in each stratum its rows in the order that they have among all
shifts     y moved on round the end, by each of some distinct numbers of rows
given z    in random order, each row takes from one of its nearest rows in z, the first in a random order that none took
           before, or else the last (Runge 2018, algorithm 1); of labels z, as for strata

p = (b + 1) / (m + 1), where b of m permutations give an estimate as great as the samples do.

`workers` is taken for the sake of equal signatures; everything here runs on one thread.
"""

import math
from collections.abc import Iterator
from typing import SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastmi._arguments import NanPolicy, Period, as_k, unit_of
from fastmi._kde_histogram import Seed
from fastmi._marginals import Marginals
from fastmi._methods import Options, method_of, variable_for
from fastmi._mutual_info_test import (
    METHODS,
    METHODS_GIVEN_Z,
    Alternative,
    Control,
    MutualInfoMatrixTest,
    MutualInfoTest,
)
from fastmi._variables import Discrete, Variable, as_variable, complete_rows_of
from fastmi.reference import _gaussian
from fastmi.reference._conditional import local_mixed
from fastmi.reference._distances import distances
from fastmi.reference._marginals import with_marginals
from fastmi.reference._mutual_info import local_terms

Array = NDArray[np.float64]
Rows = NDArray[np.int64]

_N_NEAREST = 5
_ROUNDING = 1e-12


def mutual_info_test(
    x: ArrayLike,
    y: ArrayLike,
    *,
    z: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    min_shift: SupportsIndex | None = None,
    n_resamples: SupportsIndex = 999,
    alternative: Alternative = "greater",
    rng: Seed = None,
    k: SupportsIndex = 3,
    method: str | None = None,
    x_period: Period = None,
    y_period: Period = None,
    z_period: Period = None,
    x_discrete: Discrete = None,
    y_discrete: Discrete = None,
    z_discrete: Discrete = None,
    marginals: Marginals = None,
    nan_policy: NanPolicy = "raise",
    base: float | None = None,
    workers: int | None = None,  # noqa: ARG001
) -> MutualInfoTest:
    """Return the estimate, its p-value and the estimates of permutations; see :func:`fastmi.mutual_info_test`."""
    method = method or ("ksg1" if z is None else "mixed")
    way = method_of(method, METHODS if z is None else METHODS_GIVEN_Z)
    k, m, unit = as_k(k), int(n_resamples), unit_of(base)
    sides = [variable_for(way, "x", x, x_discrete, x_period), variable_for(way, "y", y, y_discrete, y_period)]
    if z is not None:
        sides.append(variable_for(way, "z", z, z_discrete, z_period))
    complete = complete_rows_of(sides, nan_policy)
    if nan_policy == "propagate" and not complete.all():
        return MutualInfoTest(math.nan, math.nan, np.full(m, math.nan))
    x_all, y_all, *given = (with_marginals(side.select(complete), marginals) for side in sides)
    labels = None if strata is None else _labels(as_variable("strata", strata, discrete=True))[complete]
    if given and all(given[0].is_label):
        labels = _labels(given[0])
    generator = np.random.default_rng(rng)
    if given and labels is None:
        permutations = _nearby(given[0], m, generator)
    else:
        permutations = _permutations(x_all.n_samples, labels, min_shift, m, generator)
    null = np.array([_estimate(method, x_all, y_all.take(rows), given, k) for rows in permutations])
    statistic = _estimate(method, x_all, y_all, given, k)
    return MutualInfoTest(statistic / unit, _pvalue(statistic, null, null, alternative), null / unit)


def mutual_info_matrix_test(
    x: ArrayLike,
    y: ArrayLike | None = None,
    *,
    strata: ArrayLike | None = None,
    min_shift: SupportsIndex | None = None,
    n_resamples: SupportsIndex = 999,
    alternative: Alternative = "greater",
    control: Control = "fdr",
    rng: Seed = None,
    k: SupportsIndex = 3,
    method: str = "ksg1",
    x_period: Period = None,
    y_period: Period = None,
    x_discrete: Discrete = None,
    y_discrete: Discrete = None,
    marginals: Marginals = None,
    nan_policy: NanPolicy = "raise",
    base: float | None = None,
    workers: int | None = None,  # noqa: ARG001
) -> MutualInfoMatrixTest:
    """Return the same for every column of x with every column of y; see :func:`fastmi.mutual_info_matrix_test`."""
    way = method_of(method, METHODS)
    k, m, unit = as_k(k), int(n_resamples), unit_of(base)
    x_all = variable_for(way, "x", x, x_discrete, x_period)
    y_all = x_all if y is None else variable_for(way, "y", y, y_discrete, y_period)
    labels = None if strata is None else _labels(as_variable("strata", strata, discrete=True))
    permutations = list(_permutations(x_all.n_samples, labels, min_shift, m, np.random.default_rng(rng)))
    shape = x_all.n_columns, y_all.n_columns
    statistic, null = np.full(shape, np.nan), np.full((m, *shape), np.nan)
    for i, x_column in enumerate(x_all.columns()):
        for j, y_column in enumerate(y_all.columns()):
            complete = complete_rows_of([x_column, y_column], nan_policy)
            if nan_policy == "propagate" and not complete.all():
                continue
            kept = np.flatnonzero(complete)
            x_kept, y_kept = (with_marginals(column.take(kept), marginals) for column in (x_column, y_column))
            statistic[i, j] = _estimate(method, x_kept, y_kept, [], k)
            if y is None and i == j:
                continue
            if y is None and i > j:
                null[:, i, j] = null[:, j, i]
                continue
            number = {row: place for place, row in enumerate(kept)}
            for p, rows in enumerate(permutations):
                of_kept = np.array([number[row] for row in rows if row in number])
                null[p, i, j] = _estimate(method, x_kept, y_kept.take(of_kept), [], k)
    tested = ~np.isnan(null[0])
    pvalue, adjusted = np.full(shape, np.nan), np.full(shape, np.nan)
    for i, j in np.argwhere(tested):
        pvalue[i, j] = _pvalue(statistic[i, j], null[:, i, j], null[:, i, j], alternative)
    once = np.argwhere(tested & (np.triu(tested) if y is None else True))
    for i, j in np.argwhere(tested):
        if control is None:
            adjusted[i, j] = pvalue[i, j]
        elif control == "max":
            least, greatest = np.nanmin(null, axis=(1, 2)), np.nanmax(null, axis=(1, 2))
            adjusted[i, j] = _pvalue(statistic[i, j], least, greatest, alternative)
        else:
            every = np.array([pvalue[a, b] for a, b in once])
            as_small = [len(every) * p / np.count_nonzero(every <= p) for p in every if p >= pvalue[i, j]]
            adjusted[i, j] = min([1.0, *as_small])
    return MutualInfoMatrixTest(statistic / unit, pvalue, adjusted, null / unit)


def _permutations(
    n: int, labels: NDArray[np.str_] | None, min_shift: SupportsIndex | None, m: int, rng: np.random.Generator
) -> Iterator[Rows]:
    if min_shift is not None:
        shifts = rng.permutation(np.arange(int(min_shift), n - int(min_shift) + 1))
        for shift in shifts[:m]:
            yield (np.arange(n) - shift) % n
        return
    for _ in range(m):
        shuffled = shuffle(n, int(rng.integers(2**64, dtype=np.uint64)))
        rows = shuffled.copy()
        if labels is not None:
            for label in set(labels):
                rows[labels == label] = shuffled[labels[shuffled] == label]
        yield rows


def shuffle(n: int, seed: int) -> Rows:
    """Return 0 ... n - 1 in the order of the seed."""
    word = seed
    rows = list(range(n))
    for i in range(n - 1, 0, -1):
        word = (word + 0x9E3779B97F4A7C15) % 2**64
        mixed = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB % 2**64
        j = (mixed ^ (mixed >> 31)) * (i + 1) >> 64
        rows[i], rows[j] = rows[j], rows[i]
    return np.array(rows)


def _nearby(z: Variable, m: int, rng: np.random.Generator) -> Iterator[Rows]:
    n = z.n_samples
    nearest = np.full((n, min(_N_NEAREST, n)), -1)
    for i, distance in enumerate(distances([z])):
        by_distance = sorted(np.flatnonzero(np.isfinite(distance)), key=lambda j: (distance[j], (j - i) % n))
        found = by_distance[: nearest.shape[1]]
        nearest[i, : len(found)] = found
    for _ in range(m):
        order, choices = rng.permutation(n), rng.permuted(nearest, axis=1)
        rows = np.full(n, -1)
        for i in order:
            choice = [row for row in choices[i] if row >= 0]
            free = [row for row in choice if row not in rows]
            rows[i] = free[0] if free else choice[-1]
        yield rows


def _labels(variable: Variable) -> NDArray[np.str_]:
    return np.array([row.tobytes().hex() for row in variable.values])


def _estimate(method: str, x: Variable, y: Variable, given: list[Variable], k: int) -> float:
    if not given:
        return float(local_terms(method, x, y, Options(k)).mean())
    if method == "gaussian":
        return _gaussian.conditional_mutual_info(x.values, y.values, given[0].values)
    return float(local_mixed(x, y, given, k).mean())


def _pvalue(statistic: float, least: Array, greatest: Array, alternative: Alternative) -> float:
    as_great = np.count_nonzero(greatest >= statistic - _ROUNDING)
    as_small = np.count_nonzero(least <= statistic + _ROUNDING)
    m = len(greatest)
    p_great, p_small = (as_great + 1) / (m + 1), (as_small + 1) / (m + 1)
    return p_great if alternative == "greater" else min(1.0, 2 * p_great, 2 * p_small)
