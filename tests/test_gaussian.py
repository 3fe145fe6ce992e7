"""Mutual information of normal variables: against determinants, closed forms, and what must not matter."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastmi import _gaussian as gaussian
from fastmi.reference import _gaussian as reference


def dependent_sides(rng, n, *widths):
    """Draw sides of so many columns each, all mixed from common normal ones."""
    common = rng.normal(size=(n, sum(widths)))
    mixed = common @ rng.normal(size=(sum(widths), sum(widths))) + rng.normal(size=common.shape)
    return np.split(mixed, np.cumsum(widths)[:-1], axis=1)


WIDTHS = st.integers(1, 4)
SEEDS = st.integers(0, 2**32 - 1)


@settings(max_examples=50)
@given(d_x=WIDTHS, d_y=WIDTHS, d_z=WIDTHS, n=st.integers(15, 200), seed=SEEDS)
def test_determinants(d_x, d_y, d_z, n, seed):
    x, y, z = dependent_sides(np.random.default_rng(seed), n, d_x, d_y, d_z)
    assert math.isclose(gaussian.mutual_info(x, y), reference.mutual_info(x, y), abs_tol=1e-9)
    np.testing.assert_allclose(gaussian.local_mutual_info(x, y), reference.local_mutual_info(x, y), atol=1e-7)
    assert math.isclose(
        gaussian.conditional_mutual_info(x, y, z), reference.conditional_mutual_info(x, y, z), abs_tol=1e-9
    )


@settings(max_examples=50)
@given(d_x=WIDTHS, d_y=WIDTHS, d_z=WIDTHS, n=st.integers(15, 200), seed=SEEDS)
def test_identities(d_x, d_y, d_z, n, seed):
    x, y, z = dependent_sides(np.random.default_rng(seed), n, d_x, d_y, d_z)
    information = gaussian.mutual_info(x, y)
    assert information >= 0
    assert math.isclose(information, gaussian.mutual_info(y, x), abs_tol=1e-12)
    assert math.isclose(information, gaussian.local_mutual_info(x, y).mean(), abs_tol=1e-12)
    chain = gaussian.mutual_info(x, np.column_stack([y, z])) - gaussian.mutual_info(x, z)
    assert math.isclose(gaussian.conditional_mutual_info(x, y, z), chain, abs_tol=1e-10)
    mixed = x @ np.random.default_rng(seed + 1).normal(size=(d_x, d_x))
    assert math.isclose(information, gaussian.mutual_info(mixed, y), rel_tol=1e-6)


@settings(max_examples=50)
@given(n=st.integers(3, 200), seed=SEEDS, far=st.sampled_from([0, 1e8]), scale=st.sampled_from([1, 1e-150, 1e150]))
def test_two_columns(n, seed, far, scale):
    x, y = dependent_sides(np.random.default_rng(seed), n, 1, 1)
    r = np.corrcoef(x[:, 0], y[:, 0])[0, 1]
    information = gaussian.mutual_info((x + far) * scale, y / scale - far / scale)
    assert math.isclose(information, -math.log1p(-(r**2)) / 2, rel_tol=1e-5, abs_tol=1e-7)


def test_powers_of_two_and_signs_do_not_change_a_bit():
    x, y = dependent_sides(np.random.default_rng(1), 100, 3, 2)
    information = gaussian.mutual_info(x, y)
    assert gaussian.mutual_info(2.0**300 * x, -(2.0**-400) * y) == information


def test_strong_and_weak_dependence_to_many_digits():
    """Columns whose correlation is known exactly: cos and sin over whole turns are orthogonal."""
    angle = 2 * np.pi * np.arange(1000)[:, np.newaxis] / 1000
    for share in (1e-7, 1e-4, 0.5, 1e4, 1e7):  # tangent of the angle between the two
        information = gaussian.mutual_info(np.cos(angle), np.cos(angle) + share * np.sin(angle))
        assert math.isclose(information, math.log1p(share**-2) / 2, rel_tol=1e-7, abs_tol=1e-16)


def test_normal_distribution():
    rng = np.random.default_rng(2)
    n, rho = 2000, 0.6
    truth = -math.log(1 - rho**2) / 2
    estimates = []
    for _ in range(50):
        x = rng.normal(size=(n, 1))
        estimates.append(gaussian.mutual_info(x, rho * x + math.sqrt(1 - rho**2) * rng.normal(size=(n, 1))))
    assert abs(np.mean(estimates) - truth - 1 / (2 * n)) < 3 * np.std(estimates) / math.sqrt(len(estimates))


def test_a_common_cause_explains_all():
    rng = np.random.default_rng(3)
    z = rng.normal(size=(20_000, 2))
    x, y = z @ [[1.0], [2.0]] + rng.normal(size=(20_000, 1)), z + rng.normal(size=(20_000, 2))
    assert gaussian.mutual_info(x, y) > 0.2
    assert 0 <= gaussian.conditional_mutual_info(x, y, z) < 5e-4  # chi-square of 2 degrees of freedom over 2 n


def test_columns_that_repeat_others_of_their_side_count_once():
    x, y, z = dependent_sides(np.random.default_rng(4), 300, 2, 2, 2)
    more = np.column_stack([x, x @ [0.3, -7.1], np.full(300, 1e8), 3 * x[:, 0] + 1e8])
    assert math.isclose(gaussian.mutual_info(more, y), gaussian.mutual_info(x, y), rel_tol=1e-6)
    assert math.isclose(gaussian.mutual_info(y, more), gaussian.mutual_info(x, y), rel_tol=1e-6)
    np.testing.assert_allclose(gaussian.local_mutual_info(y, more), gaussian.local_mutual_info(y, x), atol=1e-5)
    given_less, given_more = gaussian.conditional_mutual_info(y, z, x), gaussian.conditional_mutual_info(y, z, more)
    assert math.isclose(given_less, given_more, rel_tol=1e-6)


def test_constants_carry_nothing():
    x, y = dependent_sides(np.random.default_rng(5), 50, 2, 2)
    constant = np.full((50, 1), 0.1)
    assert gaussian.mutual_info(x, constant) == gaussian.mutual_info(constant, x) == 0
    assert gaussian.mutual_info(constant, constant) == 0
    np.testing.assert_allclose(gaussian.local_mutual_info(constant, x), 0, atol=1e-12)
    assert gaussian.conditional_mutual_info(x, y, constant) == gaussian.mutual_info(x, y)
    assert gaussian.mutual_info(x[:1], y[:1]) == 0


@pytest.mark.parametrize("scale", [1, 1e-150, 1e150])
@pytest.mark.parametrize("offset", [0, 1e8])
def test_exact_dependence_is_infinite(scale, offset):
    x, z = dependent_sides(np.random.default_rng(6), 500, 3, 1)
    y = np.column_stack([(x @ [0.1, -1.7, 0.3] + offset) * scale, z])
    assert gaussian.mutual_info(x, y) == gaussian.mutual_info(y, x) == math.inf
    assert (gaussian.local_mutual_info(x, y) == math.inf).all()
    assert gaussian.conditional_mutual_info(x, y, z) == math.inf
    assert gaussian.conditional_mutual_info(x[:, :1], y[:, :1], x[:, 1:]) == math.inf


def test_what_z_determines_carries_nothing_given_z():
    x, y, z = dependent_sides(np.random.default_rng(7), 500, 1, 2, 3)
    assert gaussian.conditional_mutual_info(z @ [[1.0], [0.3], [-2.0]], y, z) == 0
    assert gaussian.conditional_mutual_info(z[:, :1] * 1e8 + 3, z[:, 1:], z) == 0
    assert gaussian.conditional_mutual_info(np.column_stack([x, z[:, 1]]), y, z) == pytest.approx(
        gaussian.conditional_mutual_info(x, y, z)
    )


def test_nearly_exact_dependence_is_finite():
    rng = np.random.default_rng(8)
    x = rng.normal(size=(1000, 1))
    for noise in (1e-3, 1e-8, 1e-12):
        information = gaussian.mutual_info(x, x + noise * rng.normal(size=(1000, 1)))
        assert math.isclose(information, -math.log(noise), abs_tol=0.1)


def test_few_bits_far_from_zero_do_not_pass_for_dependence():
    rng = np.random.default_rng(9)
    x = rng.normal(size=(1000, 1))
    y = x + rng.normal(size=(1000, 1))
    information = gaussian.mutual_info(1e8 + 1e-7 * x, y)
    assert math.isclose(information, gaussian.mutual_info(x, y), rel_tol=0.02)
