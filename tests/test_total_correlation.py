"""Total correlation: against the reference, mutual information, closed forms, and what must not matter."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fastmi
from closed_forms import THREE_AND_TWO, TWO_AND_ONE
from fastmi import reference
from samples import KINDS, problems

MODULES = [fastmi, reference]


@settings(max_examples=60)
@given(data=st.data(), n=st.integers(2, 200), seed=st.integers(0, 2**32 - 1))
@pytest.mark.filterwarnings("ignore:.*coincide:UserWarning")
def test_equals_the_reference(data, n, seed):
    rng = np.random.default_rng(seed)
    kinds = data.draw(st.lists(st.sampled_from(list(KINDS)), min_size=2, max_size=8))
    k = data.draw(st.integers(1, min(9, n - 1)))
    x = np.column_stack([KINDS[kind].draw(rng, n) for kind in kinds])
    options = {"k": k, "period": [KINDS[kind].period for kind in kinds], "base": 2}
    ours, theirs = (module.total_correlation(x, **options) for module in MODULES)
    assert math.isclose(ours, theirs, rel_tol=1e-12, abs_tol=1e-12)


@settings(max_examples=60)
@given(problem=problems(max_x=1, max_y=1))
@pytest.mark.filterwarnings("ignore:.*coincide:UserWarning")
def test_of_two_columns_it_is_the_mutual_information(problem):
    both, period = np.hstack([problem.x, problem.y]), problem.x_period + problem.y_period
    value = fastmi.total_correlation(both, k=problem.k, period=period)
    assert value == fastmi.mutual_info(problem.x, problem.y, **problem.options)
    assert fastmi.total_correlation(both[::-1, ::-1], k=problem.k, period=period[::-1], workers=2) == value


# Measured over 50 seeds, 1000 samples, k = 3.
@pytest.mark.parametrize(("cov", "bias"), [(np.eye(3), -0.005), (TWO_AND_ONE, 0.0), (THREE_AND_TWO, -0.015)])
def test_normals(cov, bias):
    truth = 0.5 * (np.sum(np.log(np.diag(cov))) - np.linalg.slogdet(cov).logabsdet)
    scale = np.sqrt(np.diag(cov))
    errors = []
    for seed in range(10):
        x = np.random.default_rng(seed).normal(size=(1000, len(cov))) @ np.linalg.cholesky(cov).T / scale
        errors.append(fastmi.total_correlation(x) - truth)
    standard_error = np.std(errors, ddof=1) / math.sqrt(len(errors))
    assert abs(np.mean(errors) - bias) < 3 * standard_error + 0.005


def test_a_constant_column_adds_exactly_nothing():
    x = np.random.default_rng(1).normal(size=(300, 3))
    assert fastmi.total_correlation(np.column_stack([x, np.full(300, 1e9)])) == fastmi.total_correlation(x)


def test_same_bits_for_scales_signs_and_types():
    x = np.random.default_rng(2).integers(-(2**20), 2**20, size=(300, 3))
    value = fastmi.total_correlation(x.astype(float))
    for same in (x, x.astype(np.float32), x * 2.0**80, x * [1, -1, 1], x.tolist(), np.asfortranarray(x)):
        assert fastmi.total_correlation(same) == value


def test_coinciding_samples_are_warned_of():
    x = np.random.default_rng(3).integers(0, 2, size=(200, 3))
    with pytest.warns(UserWarning, match=r"100\.0% of the samples coincide with .*method=\"discrete\"") as caught:
        fastmi.total_correlation(x)
    assert caught[0].filename == __file__


@pytest.mark.parametrize("module", MODULES)
def test_nan(module):
    x = np.random.default_rng(4).normal(size=(30, 3))
    x[5, 1] = np.nan
    with pytest.raises(ValueError, match="x has NaN in 1 of 30 rows, first in row 5"):
        module.total_correlation(x)
    assert math.isnan(module.total_correlation(x, nan_policy="propagate"))
    expected = module.total_correlation(np.delete(x, 5, axis=0))
    assert module.total_correlation(x, nan_policy="omit") == expected


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize(
    ("x", "options", "error", "message"),
    [
        (np.arange(10.0), {}, ValueError, r"x has 1 column \(shape \(10,\)\); pass two or more"),
        (np.ones((3, 2)), {}, ValueError, "k=3 needs at least 4 samples, but the columns of x have 3 rows"),
        (np.ones((9, 2)), {"k": 0}, ValueError, "k=0 is less than 1"),
        (np.ones((9, 2)), {"period": [1.0] * 3}, ValueError, "period has 3 entries for 2 columns"),
        (np.full((9, 2), np.inf), {}, ValueError, "x has an infinite value in row 0"),
        (np.ones((9, 2), complex), {}, TypeError, "x holds complex numbers"),
        (np.ones((9, 2)), {"base": 1}, ValueError, "base=1 is not"),
        (np.ones((9, 2)), {"workers": 0}, ValueError, "workers=0"),
    ],
)
def test_bad_arguments(module, x, options, error, message):
    with pytest.raises(error, match=message):
        module.total_correlation(x, **options)
