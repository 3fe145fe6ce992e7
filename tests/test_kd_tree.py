"""What only the tree answers (Euclidean distances, distances to other samples, extents), against brute force, to the bit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree

from fastmi import _core
from samples import KINDS

LINEAR = [name for name, kind in KINDS.items() if not kind.period]


def column_distances(x, y, period):
    """Distances of rows of x to rows of y, column by column."""
    for a, b, p in zip(x.T, y.T, period, strict=True):
        if not p:
            yield np.abs(a[:, None] - b)
            continue
        once_round = np.fmod(np.abs(np.fmod(a, p)[:, None] - np.fmod(b, p)), p)
        yield np.minimum(once_round, p - once_round)


def max_norm(x, y, period):
    return np.max(list(column_distances(x, y, period)), axis=0)


def euclidean(x, y):
    with np.errstate(over="ignore", under="ignore"):
        return np.sqrt(sum(d * d for d in column_distances(x, y, [0.0] * x.shape[1])))


def leave_itself_out(distance):
    distance = distance.copy()
    np.fill_diagonal(distance, np.inf)
    return distance


def kth(distance, k):
    return np.sort(distance, axis=1)[:, k - 1].copy()


def in_columns(columns):
    return np.asfortranarray(np.column_stack(columns), dtype=float)


@st.composite
def mixed_columns(draw, kinds=tuple(KINDS), max_samples=250, n_sets=1):
    """Draw sets of samples with the same columns, and their periods."""
    chosen = draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=7))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    sizes = [draw(st.integers(2, max_samples)) for _ in range(n_sets)]
    sets = [in_columns([KINDS[kind].draw(rng, n) for kind in chosen]) for n in sizes]
    return sets, [KINDS[kind].period for kind in chosen]


workers = st.sampled_from([1, 2])


@settings(max_examples=80)
@given(problem=mixed_columns(kinds=LINEAR), workers=workers, data=st.data())
def test_euclidean_distances(problem, workers, data):
    (x,), period = problem
    k = data.draw(st.integers(1, len(x) - 1))
    found = _core.Neighbours(x, period, workers, euclidean=True).kth_distances(k)
    np.testing.assert_array_equal(found, kth(leave_itself_out(euclidean(x, x)), k))


@settings(max_examples=80)
@given(problem=mixed_columns(n_sets=2), workers=workers, data=st.data())
def test_distances_to_other_samples(problem, workers, data):
    (x, y), period = problem
    y[: len(y) // 3] = x[np.arange(len(y) // 3) % len(x)]  # some coincide
    k = data.draw(st.integers(1, len(x)))
    points, queries = (_core.Neighbours(z, period, workers) for z in (x, y))
    np.testing.assert_array_equal(points.kth_distances_of(queries, k), kth(max_norm(y, x, period), k))


@settings(max_examples=80)
@given(problem=mixed_columns(kinds=LINEAR, n_sets=2), workers=workers, data=st.data())
def test_euclidean_distances_to_other_samples(problem, workers, data):
    (x, y), period = problem
    y[: len(y) // 3] = x[np.arange(len(y) // 3) % len(x)]
    k = data.draw(st.integers(1, len(x)))
    points, queries = (_core.Neighbours(z, period, workers, euclidean=True) for z in (x, y))
    np.testing.assert_array_equal(points.kth_distances_of(queries, k), kth(euclidean(y, x), k))


def extents(x, period, radius, n_first):
    distances = np.array(list(column_distances(x, x, period)))
    inside = leave_itself_out(distances.max(axis=0)) <= radius[:, None]
    np.fill_diagonal(inside, False)
    sides = np.where(inside, distances, 0)
    return [side.max(axis=(0, 2), initial=0) for side in (sides[:n_first], sides[n_first:])]


@settings(max_examples=80)
@given(problem=mixed_columns(), workers=workers, data=st.data())
def test_extents(problem, workers, data):
    (x,), period = problem
    n_first = data.draw(st.integers(1, x.shape[1]))
    radius = kth(leave_itself_out(max_norm(x, x, period)), data.draw(st.integers(1, min(20, len(x) - 1))))
    neighbours = _core.Neighbours(x, period, workers)
    for r in (radius, np.nextafter(radius, -np.inf), np.zeros(len(x)), 3 * radius):
        for found, expected in zip(neighbours.extents(r, n_first), extents(x, period, r, n_first), strict=True):
            np.testing.assert_array_equal(found, expected)


@pytest.mark.usefixtures("instruction_set")
@pytest.mark.parametrize("n_columns", range(1, 8))
@pytest.mark.parametrize("k", [3, 9])
def test_every_instruction_set(n_columns, k):
    rng = np.random.default_rng(n_columns)
    x, y = (np.asfortranarray(rng.normal(size=(n, n_columns)).round(2)) for n in (600, 300))
    period = [0.0] * n_columns
    points, queries = (_core.Neighbours(z, period, 2) for z in (x, y))
    np.testing.assert_array_equal(points.kth_distances_of(queries, k), kth(max_norm(y, x, period), k))
    radius = kth(leave_itself_out(max_norm(x, x, period)), k)
    for found, expected in zip(points.extents(radius, 1), extents(x, period, radius, 1), strict=True):
        np.testing.assert_array_equal(found, expected)
    points, queries = (_core.Neighbours(z, period, 2, euclidean=True) for z in (x, y))
    np.testing.assert_array_equal(points.kth_distances(k), kth(leave_itself_out(euclidean(x, x)), k))
    np.testing.assert_array_equal(points.kth_distances_of(queries, k), kth(euclidean(y, x), k))


SHAPES = {
    "normal": lambda rng, n: rng.normal(size=(n, 3)),
    "cauchy": lambda rng, n: rng.standard_cauchy(size=(n, 3)),
    "clusters": lambda rng, n: rng.integers(5, size=(n, 1)) + 1e-9 * rng.normal(size=(n, 3)),
    "constant": lambda _, n: np.zeros((n, 3)),
    "integers": lambda rng, n: rng.integers(4, size=(n, 3)).astype(float),
    "a line": lambda _, n: np.column_stack([np.arange(n), np.zeros(n), np.ones(n)]).astype(float),
    "huge": lambda rng, n: 1e154 * rng.normal(size=(n, 3)),
    "minute": lambda rng, n: 1e-160 * rng.normal(size=(n, 3)),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("n", [2, 8, 9, 31, 32, 33, 40, 65, 127, 700])
def test_sizes_and_shapes(shape, n):
    """Sizes around where leaves and levels are added."""
    rng = np.random.default_rng(n)
    x, y = (np.asfortranarray(SHAPES[shape](rng, m)) for m in (n, n // 2 + 1))
    period = [0.0] * 3
    for metric in (lambda a, b: max_norm(a, b, period), euclidean):
        points, queries = (_core.Neighbours(z, period, 1, euclidean=metric is euclidean) for z in (x, y))
        for k in {1, min(3, n - 1), n // 2, n - 1}:
            np.testing.assert_array_equal(points.kth_distances(k), kth(leave_itself_out(metric(x, x)), k))
            np.testing.assert_array_equal(points.kth_distances_of(queries, k), kth(metric(y, x), k))
        np.testing.assert_array_equal(points.kth_distances_of(queries, n), kth(metric(y, x), n))


@pytest.mark.parametrize("shape", SHAPES)
def test_many_samples(shape):
    """As many as for all ways to find a median, and more than one task of every loop."""
    x = np.asfortranarray(SHAPES[shape](np.random.default_rng(0), 40_000))
    found = _core.Neighbours(x, [0.0] * 3, 2).kth_distances(3)
    if shape in ("constant", "integers"):
        assert not found.any()
    else:
        np.testing.assert_array_equal(found, cKDTree(x).query(x, 4, p=np.inf)[0][:, 3])


def test_distances_beyond_floats():
    x = np.asfortranarray([[-1.7e308, 0.0], [1.7e308, 1.0], [0.0, 2.0], [1.0, 2.0]] * 20)
    with np.errstate(over="ignore"):
        distance = leave_itself_out(max_norm(x, x, [0.0, 0.0]))
        for k in (30, 79):
            radius = kth(distance, k)
            neighbours = _core.Neighbours(x, [0.0, 0.0], 1)
            for found, expected in zip(neighbours.extents(radius, 1), extents(x, [0.0, 0.0], radius, 1), strict=True):
                np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("shape", ["constant", "integers"])
def test_ties_do_not_make_extents_quadratic(shape):
    """With 100,000 samples that would be minutes."""
    x = np.asfortranarray(SHAPES[shape](np.random.default_rng(0), 100_000))
    neighbours = _core.Neighbours(x, [0.0] * 3, 1)
    radius = np.full(len(x), 2.0)
    width = x.max(axis=0) - x.min(axis=0)
    first, second = neighbours.extents(radius, 1)
    assert first.max() <= min(2, width[0])
    assert second.max() <= min(2, width[1:].max())
