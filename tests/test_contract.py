"""The promises about numbers, other than that counts are exact (test_counts.py) and NaN (test_nan.py)."""

import copy
import math
import warnings

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import fastmi
from fastmi import reference
from samples import correlated, problems


def quiet(function, *args, **options):
    """Call without the warning about coinciding samples: here only the numbers matter."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*coincide", category=UserWarning)
        return function(*args, **options)


def assert_same_bits(a, b):
    np.testing.assert_array_equal(np.asarray(a).view(np.int64), np.asarray(b).view(np.int64))


@settings(max_examples=50)
@given(problem=problems(max_samples=300, max_x=4))
def test_estimates_equal_the_reference(problem):
    for name in ("mutual_info", "local_mutual_info"):
        ours = quiet(getattr(fastmi, name), problem.x, problem.y, **problem.options)
        theirs = getattr(reference, name)(problem.x, problem.y, **problem.options)
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12)


@settings(max_examples=50)
@given(problem=problems(max_samples=300, max_x=4))
def test_local_terms_average_to_the_estimate(problem):
    local = quiet(fastmi.local_mutual_info, problem.x, problem.y, **problem.options)
    assert np.isclose(local.mean(), quiet(fastmi.mutual_info, problem.x, problem.y, **problem.options), atol=1e-12)


@settings(max_examples=50)
@given(problem=problems(max_x=4))
def test_same_bits_for_any_number_of_workers(problem):
    alone = quiet(fastmi.local_mutual_info, problem.x, problem.y, workers=1, **problem.options)
    value = quiet(fastmi.mutual_info, problem.x, problem.y, workers=1, **problem.options)
    for workers in (None, -1, 2, 5):
        options = problem.options | {"workers": workers}
        assert_same_bits(quiet(fastmi.local_mutual_info, problem.x, problem.y, **options), alone)
        assert_same_bits(quiet(fastmi.mutual_info, problem.x, problem.y, **options), value)


@settings(max_examples=50)
@given(problem=problems(max_x=4), seed=st.integers(0, 1000))
def test_same_bits_for_any_order_of_samples(problem, seed):
    order = np.random.default_rng(seed).permutation(len(problem.x))
    value = quiet(fastmi.mutual_info, problem.x, problem.y, **problem.options)
    shuffled = quiet(fastmi.mutual_info, problem.x[order], problem.y[order], **problem.options)
    assert_same_bits(shuffled, value)


@settings(max_examples=50)
@given(problem=problems(max_x=3))
def test_same_bits_with_the_sides_exchanged(problem):
    value = quiet(fastmi.mutual_info, problem.x, problem.y, **problem.options)
    exchanged = quiet(
        fastmi.mutual_info, problem.y, problem.x, k=problem.k, x_period=problem.y_period, y_period=problem.x_period
    )
    assert_same_bits(exchanged, value)


@settings(max_examples=50)
@given(problem=problems(max_x=4), power=st.integers(-100, 100))
def test_same_bits_when_all_is_multiplied_by_a_power_of_two(problem, power):
    scale = 2.0**power
    value = quiet(fastmi.mutual_info, problem.x, problem.y, **problem.options)
    periods = {
        "x_period": [p * scale for p in problem.x_period],
        "y_period": [p * scale for p in problem.y_period],
    }
    scaled = quiet(fastmi.mutual_info, problem.x * scale, problem.y * scale, k=problem.k, **periods)
    assert_same_bits(scaled, value)


@settings(max_examples=50)
@given(problem=problems(max_x=4), data=st.data())
def test_same_bits_when_signs_of_columns_flip(problem, data):
    signs = data.draw(st.lists(st.sampled_from([-1.0, 1.0]), min_size=problem.x.shape[1], max_size=problem.x.shape[1]))
    value = quiet(fastmi.mutual_info, problem.x, problem.y, **problem.options)
    assert_same_bits(quiet(fastmi.mutual_info, problem.x * signs, problem.y, **problem.options), value)


@pytest.mark.filterwarnings("error")
@settings(max_examples=100)
@given(
    constant=st.floats(-1e300, 1e300),
    n=st.integers(2, 500),
    k=st.integers(1, 20),
    seed=st.integers(0, 1000),
)
def test_a_constant_column_carries_exactly_nothing(constant, n, k, seed):
    assume(k < n)
    y = np.random.default_rng(seed).normal(size=n)
    assert fastmi.mutual_info(np.full(n, constant), y, k=k) == 0.0
    assert fastmi.mutual_info(y, np.full(n, constant), k=k) == 0.0


@settings(max_examples=50)
@given(problem=problems(kinds=("integer", "normal", "rounded"), max_x=3))
@pytest.mark.parametrize(
    "dtype", [np.float32, np.float16, np.int8, np.int64, np.uint16, np.bool_, ">f8", np.longdouble]
)
def test_other_types_give_what_their_float64_copies_give(dtype, problem):
    x = np.abs(problem.x).astype(dtype) if np.dtype(dtype).kind == "u" else problem.x.astype(dtype)
    ours = fastmi.ksg_counts(x, problem.y.astype(np.float32), k=problem.k)
    copies = fastmi.ksg_counts(x.astype(np.float64), problem.y.astype(np.float32).astype(np.float64), k=problem.k)
    for got, want in zip(ours, copies, strict=True):
        assert_same_bits(got, want)


def test_memory_layout_does_not_matter():
    rng = np.random.default_rng(5)
    x, y = correlated(400, 0.5, rng, d_x=3)
    wide = np.zeros((800, 6))
    wide[::2, ::2] = x
    value = fastmi.mutual_info(x, y)
    for same in (np.asfortranarray(x), wide[::2, ::2], x.tolist(), x[::-1][::-1]):
        assert_same_bits(fastmi.mutual_info(same, y), value)
    assert_same_bits(fastmi.mutual_info(x, y[:, np.newaxis]), value)


@pytest.mark.parametrize("name", ["mutual_info", "local_mutual_info", "ksg_counts", "mutual_info_matrix"])
def test_inputs_are_not_modified(name):
    rng = np.random.default_rng(6)
    x, y = np.asfortranarray(rng.uniform(-9, 9, size=(100, 2))), rng.uniform(-9, 9, size=100)
    before = copy.deepcopy((x, y))
    x.flags.writeable = y.flags.writeable = False
    getattr(fastmi, name)(x, y, x_period=1.0, y_period=2.0)
    np.testing.assert_array_equal(x, before[0])
    np.testing.assert_array_equal(y, before[1])


def test_negative_estimates_are_returned_as_they_are():
    rng = np.random.default_rng(7)
    values = [fastmi.mutual_info(*rng.normal(size=(2, 300))) for _ in range(20)]
    assert min(values) < 0 < max(values)


@pytest.mark.parametrize("name", ["mutual_info", "local_mutual_info", "mutual_info_matrix"])
def test_coinciding_samples_are_warned_of(name):
    rng = np.random.default_rng(8)
    x, y = rng.integers(0, 3, size=(2, 1000))
    with pytest.warns(UserWarning, match=r"100\.0% of the samples.*coincide.*method=\"mixed\"") as caught:
        getattr(fastmi, name)(x, y)
    assert caught[0].filename == __file__


def test_the_matrix_names_the_worst_pair_once():
    rng = np.random.default_rng(9)
    x = np.column_stack([rng.normal(size=500), rng.integers(0, 3, size=500)])
    with pytest.warns(UserWarning, match="of column 1 of x and column 0 of y") as caught:
        fastmi.mutual_info_matrix(x, rng.integers(0, 3, size=(500, 1)))
    assert len(caught) == 1


def test_a_few_coinciding_samples_are_not_warned_of():
    rng = np.random.default_rng(10)
    x, y = rng.normal(size=(2, 10_000))
    x[:4], y[:4] = 0.0, 0.0
    assert (fastmi.ksg_counts(x, y).radius == 0).sum() == 4
    fastmi.mutual_info(x, y)


def test_base_is_the_unit():
    rng = np.random.default_rng(11)
    x, y = correlated(500, 0.9, rng)
    nats = fastmi.mutual_info(x, y)
    assert math.isclose(fastmi.mutual_info(x, y, base=2), nats / math.log(2))
    np.testing.assert_allclose(fastmi.local_mutual_info(x, y, base=10).mean(), nats / math.log(10))
    np.testing.assert_allclose(fastmi.mutual_info_matrix(x, y, base=2), [[nats / math.log(2)]])


@settings(max_examples=30)
@given(problem=problems(max_samples=200, max_x=3, max_y=3))
def test_matrix_entries_are_the_single_calls(problem):
    matrix = quiet(fastmi.mutual_info_matrix, problem.x, problem.y, **problem.options)
    for i, x_period in enumerate(problem.x_period):
        for j, y_period in enumerate(problem.y_period):
            options = {"k": problem.k, "x_period": x_period, "y_period": y_period}
            assert_same_bits(matrix[i, j], quiet(fastmi.mutual_info, problem.x[:, i], problem.y[:, j], **options))
    reference_matrix = reference.mutual_info_matrix(problem.x, problem.y, **problem.options)
    np.testing.assert_allclose(matrix, reference_matrix, rtol=1e-12, atol=1e-12)


@settings(max_examples=30)
@given(problem=problems(max_samples=200, max_x=4, max_y=1))
def test_matrix_of_one_side_with_itself(problem):
    options = {"k": problem.k, "x_period": problem.x_period}
    matrix = quiet(fastmi.mutual_info_matrix, problem.x, **options)
    both = quiet(fastmi.mutual_info_matrix, problem.x, problem.x, y_period=problem.x_period, **options)
    assert_same_bits(matrix, both)
    assert_same_bits(matrix, matrix.T.copy())


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.9])
def test_normal_columns_have_the_information_they_should(rho):
    truth = -0.5 * math.log(1 - rho**2)
    rng = np.random.default_rng(12)
    values = []
    for _ in range(20):
        x, y = correlated(2000, rho, rng)
        values.append(fastmi.mutual_info(x, y))
    standard_error = np.std(values, ddof=1) / math.sqrt(len(values))
    assert abs(np.mean(values) - truth) < 3 * standard_error + 0.01


def test_angles_know_across_the_cut():
    """An angle and the same angle cut elsewhere carry the same; taken as linear, they do not."""
    rng = np.random.default_rng(13)
    phi = rng.uniform(-np.pi, np.pi, size=3000)
    y = np.mod(phi + 0.1 * rng.normal(size=3000), 2 * np.pi)
    period = 2 * np.pi
    value = fastmi.mutual_info(phi, y, x_period=period, y_period=period)
    turned = fastmi.mutual_info(np.mod(phi + 1.0, period), y, x_period=period, y_period=period)
    assert abs(turned - value) < 0.01
    assert fastmi.mutual_info(phi, y) < value
