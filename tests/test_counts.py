"""Contract: counts are exact. The core against brute force, integer for integer, radius bit for bit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import fastmi
from fastmi import reference
from samples import KINDS, problems


def assert_exact(x, y, **options):
    found = fastmi.ksg_counts(x, y, **options)
    expected = reference.ksg_counts(x, y, **options)
    for name, got, want in zip(("radius", "n_x", "n_y"), found, expected, strict=True):
        np.testing.assert_array_equal(got, want, err_msg=name, strict=True)


@settings(max_examples=300)
@given(problem=problems())
def test_any_mix_of_columns(problem):
    assert_exact(problem.x, problem.y, **problem.options)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=15)
@given(data=st.data())
def test_one_kind_against_any_other(kind, data):
    problem = data.draw(problems(max_x=1, max_y=1))
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    x = KINDS[kind].draw(rng, len(problem.y))
    assert_exact(x, problem.y, k=problem.k, x_period=KINDS[kind].period, y_period=problem.y_period)


any_floats = st.floats(allow_nan=False, allow_infinity=False)
few_floats = st.sampled_from([0.0, -0.0, 1.0, -1.0, 0.1, 5e-324, 2.2e-308, 1.7e308, -1.7e308])


@settings(max_examples=500)
@given(data=st.data())
def test_any_finite_floats(data):
    n = data.draw(st.integers(2, 40))
    x, y = (
        data.draw(arrays(np.float64, (n, data.draw(st.integers(1, 3))), elements=any_floats | few_floats))
        for _ in range(2)
    )
    period = data.draw(st.none() | st.floats(5e-324, 4e307))
    assert_exact(x, y, k=data.draw(st.integers(1, n - 1)), x_period=period)


@settings(max_examples=50)
@given(
    multiples=arrays(np.int64, st.integers(8, 40), elements=st.integers(-6, 6)),
    period=st.sampled_from([1.0, 0.1, np.pi, 360.0, 1e-300, 3e307]),
)
def test_multiples_of_half_a_period(multiples, period):
    """Where wrapping and the two ways round meet their ties."""
    x = multiples * (period / 2)
    assert_exact(x, np.arange(float(len(x))), k=2, x_period=period)


def test_a_k_so_large_that_all_are_neighbours():
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(2, 300))
    assert_exact(x, y, k=299)


def test_more_samples_than_one_task_of_every_loop():
    rng = np.random.default_rng(4)
    x = rng.normal(size=(3000, 2))
    assert_exact(x, x[:, 0] + rng.normal(size=3000), workers=2)


def test_by_hand():
    radius, n_x, n_y = fastmi.ksg_counts([0, 1, 3, 7], [0, 2, 1, 8], k=1)
    assert radius.tolist() == [2, 2, 2, 6]
    assert n_x.tolist() == [1, 1, 0, 1]
    assert n_y.tolist() == [1, 1, 2, 0]
