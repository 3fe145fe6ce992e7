"""The core's two questions about neighbours, by every engine, against brute force: bit for bit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastmi import _core
from samples import KINDS


def distances(samples, period):
    """Max-norm distances of all rows, a row's own infinite."""
    columns = []
    for x, p in zip(samples.T, period, strict=True):
        d = np.abs(x[:, None] - x)
        if p:
            x = np.fmod(x, p)
            once_round = np.fmod(np.abs(x[:, None] - x), p)
            d = np.minimum(once_round, p - once_round)
        columns.append(d)
    joint = np.max(columns, axis=0)
    np.fill_diagonal(joint, np.inf)
    return joint


@st.composite
def many_columns(draw, max_samples=300, max_columns=9):
    n = draw(st.integers(2, max_samples))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    kinds = draw(st.lists(st.sampled_from(list(KINDS)), min_size=1, max_size=max_columns))
    samples = np.asfortranarray(np.column_stack([KINDS[kind].draw(rng, n) for kind in kinds]))
    return samples, [KINDS[kind].period for kind in kinds]


@settings(max_examples=150)
@given(problem=many_columns(), data=st.data())
def test_distances_and_counts_are_those_of_brute_force(problem, data):
    samples, period = problem
    k = data.draw(st.integers(1, min(12, len(samples) - 1)))
    expected = distances(samples, period)
    radius = np.sort(expected, axis=1)[:, k - 1].copy()

    neighbours = _core.Neighbours(samples, period, data.draw(st.sampled_from([1, 2])))
    np.testing.assert_array_equal(neighbours.kth_distances(k), radius)
    for r in (radius, np.nextafter(radius, np.inf), np.zeros(len(radius)), 10 * radius):
        np.testing.assert_array_equal(neighbours.count_closer(r), (expected < r[:, None]).sum(axis=1))
        inside, within = neighbours.count_around(r)
        np.testing.assert_array_equal(inside, (expected < r[:, None]).sum(axis=1))
        np.testing.assert_array_equal(within, (expected <= r[:, None]).sum(axis=1))
    kth, next_one = neighbours.kth_and_next(k)
    np.testing.assert_array_equal(kth, radius)
    np.testing.assert_array_equal(next_one, np.sort(expected, axis=1)[:, k])  # the last is infinite


@pytest.mark.usefixtures("instruction_set")
@pytest.mark.parametrize("engine", ["strips", "tree", "bitmap"])
@pytest.mark.parametrize("n_columns", [2, 5])
def test_every_engine(engine, n_columns, monkeypatch):
    if (engine, n_columns) == ("strips", 5):
        pytest.skip("strips are for two columns")
    rng = np.random.default_rng(1)
    samples = np.asfortranarray(rng.normal(size=(700, n_columns)).round(1))
    expected = distances(samples, [0.0] * n_columns)
    if engine != "strips":  # which only search
        monkeypatch.setenv("FASTMI_ENGINE", engine)
    neighbours = _core.Neighbours(samples, [0.0] * n_columns, 1)
    radius = neighbours.kth_distances(3)
    np.testing.assert_array_equal(radius, np.sort(expected, axis=1)[:, 2])
    np.testing.assert_array_equal(neighbours.count_closer(radius), (expected < radius[:, None]).sum(axis=1))
    np.testing.assert_array_equal(neighbours.count_around(radius)[1], (expected <= radius[:, None]).sum(axis=1))
    np.testing.assert_array_equal(neighbours.kth_and_next(3), np.sort(expected, axis=1)[:, 2:4].T)


@pytest.mark.parametrize("k", [1, 5, 99])
def test_one_column_of_ties_and_gaps(k):
    x = np.array([[0.0] * 30 + [1.0] * 30 + [1e9] * 30 + [-1.7e308] * 5 + [1.7e308] * 5]).T
    with np.errstate(over="ignore"):
        expected = np.sort(distances(x, [0.0]), axis=1)[:, k - 1]
    np.testing.assert_array_equal(_core.Neighbours(np.asfortranarray(x), [0.0], 1).kth_distances(k), expected)
