"""The second estimator of Kraskov, Stoegbauer and Grassberger: against the reference, the truth, and what must not matter."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import digamma

import fastmi
from closed_forms import THREE_AND_TWO, TWO_AND_ONE, bivariate_normal, normal
from fastmi import reference
from samples import problems

pytestmark = pytest.mark.filterwarnings("ignore:.*coincide:UserWarning")


def ksg2(x, y, **options):
    return fastmi.mutual_info(x, y, method="ksg2", **options)


@settings(max_examples=80)
@given(problem=problems(max_samples=60, max_x=5))
def test_reference(problem):
    options = problem.options | {"method": "ksg2"}
    for name in ("mutual_info", "local_mutual_info"):
        ours, theirs = (getattr(module, name)(problem.x, problem.y, **options) for module in (fastmi, reference))
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12)


@settings(max_examples=20)
@given(problem=problems(max_samples=20, max_x=2, kinds=("integer", "constant", "degrees", "clustered")), data=st.data())
def test_hardly_any_samples_and_nearly_all_of_them_tied(problem, data):
    k = data.draw(st.integers(1, len(problem.x) - 1))
    options = problem.options | {"method": "ksg2", "k": k}
    ours, theirs = (module.local_mutual_info(problem.x, problem.y, **options) for module in (fastmi, reference))
    np.testing.assert_allclose(ours, theirs, atol=1e-12)


def test_by_hand():
    """The nearest of the samples are: the second, the first and third, the second, and the second."""
    local = fastmi.local_mutual_info([0, 1, 3, 7], [0, 2, 1, 8], k=1, method="ksg2")
    n_x, n_y = [1, 2, 1, 2], [2, 2, 2, 1]
    np.testing.assert_allclose(local, digamma(1) - 1 + digamma(4) - digamma(n_x) - digamma(n_y))


# How far the mean of 300 estimates of 2000 samples, k = 4, is from the truth.
NORMALS = [
    (bivariate_normal(0.0), 0.0),
    (bivariate_normal(0.5), 0.003),
    (bivariate_normal(0.9), 0.010),
    (normal(TWO_AND_ONE, 2), 0.0045),
    (normal(THREE_AND_TWO[1:, 1:], 2), 0.0),
    (normal(THREE_AND_TWO[:4, :4], 3), 0.0),
]


@pytest.mark.parametrize(("known", "bias"), NORMALS, ids=str)
def test_normals(known, bias):
    values = [ksg2(*known.sample(np.random.default_rng(seed), 2000), k=4) for seed in range(12)]
    standard_error = np.std(values, ddof=1) / math.sqrt(len(values))
    assert abs(np.mean(values) - known.truth - bias) < 3 * standard_error + 0.001


@settings(max_examples=20)
@given(problem=problems(max_samples=200, max_x=4), seed=st.integers(0, 1000))
def test_same_bits_for_any_order_of_rows_workers_and_sides(problem, seed):
    value = ksg2(problem.x, problem.y, workers=1, **problem.options)
    order = np.random.default_rng(seed).permutation(len(problem.x))
    for workers in (None, -1, 2, 5):
        assert ksg2(problem.x[order], problem.y[order], workers=workers, **problem.options) == value
    exchanged = {"k": problem.k, "x_period": problem.y_period, "y_period": problem.x_period}
    assert ksg2(problem.y, problem.x, **exchanged) == value


@settings(max_examples=25)
@given(problem=problems(max_samples=150, max_x=4), power=st.integers(-100, 100), data=st.data())
def test_same_bits_when_scaled_by_powers_of_two_and_mirrored(problem, power, data):
    n_columns = problem.x.shape[1]
    signs = data.draw(st.lists(st.sampled_from([-1, 1]), min_size=n_columns, max_size=n_columns))
    scale = 2.0**power
    periods = {"x_period": np.multiply(problem.x_period, scale), "y_period": np.multiply(problem.y_period, scale)}
    value = ksg2(problem.x, problem.y, **problem.options)
    assert ksg2(problem.x * signs * scale, problem.y * scale, k=problem.k, **periods) == value


@pytest.mark.usefixtures("instruction_set")
def test_same_bits_on_any_instruction_set_and_engine(monkeypatch):
    rng = np.random.default_rng(1)
    x = np.column_stack([rng.normal(size=400), rng.normal(size=400).round(1)])
    y = x[:, 0] + rng.normal(size=400).round(1)
    expected = reference.local_mutual_info(x, y, method="ksg2")
    for engine in ("tree", "bitmap"):
        monkeypatch.setenv("FASTMI_ENGINE", engine)
        np.testing.assert_allclose(fastmi.local_mutual_info(x, y, method="ksg2"), expected, atol=1e-12)


def test_all_are_neighbours():
    """The rectangle holds all: I is psi(k) - 1/k - 2 psi(n - 1) + psi(n) = 0."""
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=(2, 30))
    assert math.isclose(ksg2(x, y, k=29), 0, abs_tol=1e-14)
    assert math.isclose(ksg2(x[:2], y[:2], k=1), 0, abs_tol=1e-14)


def test_a_constant_column_costs_a_little():
    """All others are within its 0: I is off by 1/(n - 1) - 1/k, other than for KSG1."""
    y = np.random.default_rng(3).normal(size=500)
    assert math.isclose(ksg2(np.ones(500), y, k=3), 1 / 499 - 1 / 3)


@pytest.mark.filterwarnings("default:.*coincide:UserWarning")
@pytest.mark.parametrize("name", ["mutual_info", "local_mutual_info", "mutual_info_matrix"])
def test_coinciding_samples_are_warned_of(name):
    x, y = np.random.default_rng(4).integers(0, 3, size=(2, 1000))
    with pytest.warns(UserWarning, match=r"100\.0% of the samples.*coincide.*method=\"mixed\"") as caught:
        getattr(fastmi, name)(x, y, method="ksg2")
    assert len(caught) == 1
    assert caught[0].filename == __file__


def test_what_others_miss_around_ties_of_the_radius():
    """A square lattice: eight neighbours within 1, of which four tie along each side."""
    x, y = np.array(np.meshgrid(np.arange(9.0), np.arange(9.0))).reshape(2, -1)
    local = fastmi.local_mutual_info(x, y, k=3, method="ksg2")
    np.testing.assert_allclose(local, reference.local_mutual_info(x, y, k=3, method="ksg2"), atol=1e-12)
    middle = 40
    n = 3 * 9 - 1  # no further than 1 in x alone
    assert math.isclose(local[middle], digamma(3) - 1 / 3 + digamma(81) - 2 * digamma(n))
