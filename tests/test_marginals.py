"""Normal scores, and estimates with normal marginals: against SciPy and the reference, and what must not matter."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtri
from scipy.stats import rankdata

import fastmi
from fastmi import _core, reference
from samples import problems

MODULES = [fastmi, reference]
LINEAR = ("normal", "uniform", "rounded", "integer", "constant", "clustered", "cauchy", "lognormal", "far", "tiny")
NORMAL = {"marginals": "normal"}


def same(a, b):
    np.testing.assert_array_equal(np.asarray(a).view(np.int64), np.asarray(b).view(np.int64))


def test_the_normal_quantile_is_scipys_to_the_last_digits():
    p = np.concatenate([np.linspace(0, 1, 100_003)[1:-1], 10.0 ** -np.arange(1, 308), 1 - 2.0 ** -np.arange(1, 53)])
    np.testing.assert_allclose(_core.normal_quantile(p), ndtri(p), rtol=2e-15, atol=2e-16)


def test_the_normal_quantile_is_odd():
    p = np.arange(1, 1024) / 1024
    same(_core.normal_quantile(p), -_core.normal_quantile(1 - p) + 0.0)


def test_scores_are_quantiles_of_mean_ranks_among_what_is_not_nan():
    column = np.array([3.0, -1.0, 3.0, np.nan, 0.0, -0.0, 7.0])
    u = (np.array([4.5, 1.0, 4.5, np.nan, 2.5, 2.5, 6.0]) - 0.5) / 6
    x = np.asfortranarray(column[:, np.newaxis])
    np.testing.assert_allclose(_core.uniform_scores(x, 1)[:, 0], u, rtol=1e-15)
    np.testing.assert_allclose(_core.normal_scores(x, 1)[:, 0], ndtri(u), rtol=1e-14)


@settings(max_examples=30)
@given(problem=problems(max_samples=300, kinds=LINEAR))
def test_scores_of_many_columns(problem):
    x = np.asfortranarray(problem.x)
    expected = ndtri((rankdata(x, axis=0) - 0.5) / len(x))
    for workers in (1, 3):
        np.testing.assert_allclose(_core.normal_scores(x, workers), expected, rtol=1e-13, atol=1e-15)


@settings(max_examples=20)
@given(problem=problems(max_samples=80, max_x=4, kinds=LINEAR, max_k=8))
@pytest.mark.filterwarnings("ignore:.*coincide:UserWarning")
def test_estimates_equal_the_reference(problem):
    x, y, k = problem.x, problem.y, problem.k
    for a, b in zip(*(module.ksg_counts(x, y, k=k, **NORMAL) for module in MODULES), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-14)
    for method in ("ksg1", "ksg2", "mixed"):
        ours, theirs = (module.local_mutual_info(x, y, k=k, method=method, **NORMAL) for module in MODULES)
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12)
    ours, theirs = (module.mutual_info_matrix(x, y, k=k, **NORMAL) for module in MODULES)
    np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12)


def test_conditional_estimates_equal_the_reference():
    rng = np.random.default_rng(1)
    z, x = rng.lognormal(size=(100, 2)), rng.standard_cauchy(size=100)
    y = x + z[:, 0]
    assert_agree("conditional_mutual_info", x, y, z, **NORMAL)
    assert_agree("transfer_entropy", x, y, z=z, lag=[1, 3], x_history=2, **NORMAL)
    assert_agree("total_correlation", np.column_stack([x, y, z]), **NORMAL)
    assert_agree("conditional_mutual_info", x, y, z > 1, z_discrete=True, **NORMAL)


def assert_agree(name, *args, **options):
    ours, theirs = (getattr(module, name)(*args, **options) for module in MODULES)
    np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12)


INCREASING = {
    "as it is": lambda v: v,
    "shifted and scaled": lambda v: 3e5 * v - 17.0,
    "cubed": lambda v: v**3,
    "exponential": np.exp,
    "logistic": lambda v: 1 / (1 + np.exp(-v)),
    "ranks": rankdata,
    "upside down": lambda v: -v,
    "inverse": lambda v: 1 / (1 + np.exp(v)),
}


@settings(max_examples=30)
@pytest.mark.filterwarnings("ignore:.*coincide:UserWarning")
@given(data=st.data(), n=st.integers(5, 300), seed=st.integers(0, 1000))
def test_same_bits_for_monotone_maps_of_any_column(data, n, seed):
    rng = np.random.default_rng(seed)
    columns = rng.integers(-500, 500, size=(n, 4)) / 100  # apart enough to stay apart under all maps
    columns[:, 0] += columns[:, 3]
    mapped = [INCREASING[data.draw(st.sampled_from(list(INCREASING)))](np.round(c, 2)) for c in columns.T]
    x, y, z = np.round(columns[:, :2], 2), np.round(columns[:, 2:3], 2), np.round(columns[:, 3:], 2)
    u, v, w = np.column_stack(mapped[:2]), mapped[2], mapped[3]
    for method in ("ksg1", "ksg2", "mixed"):
        same(*(fastmi.mutual_info(*sides, method=method, **NORMAL) for sides in ((x, y), (u, v))))
    same(fastmi.conditional_mutual_info(x, y, z, **NORMAL), fastmi.conditional_mutual_info(u, v, w, **NORMAL))


def test_pairs_of_a_matrix_rank_the_rows_they_share():
    rng = np.random.default_rng(3)
    x = rng.lognormal(size=(200, 3))
    x[rng.uniform(size=x.shape) < 0.1] = np.nan
    for nan_policy in ("omit", "propagate"):
        matrix = fastmi.mutual_info_matrix(x, nan_policy=nan_policy, **NORMAL)
        for i, j in ((0, 1), (1, 2), (2, 0)):
            pair = fastmi.mutual_info(x[:, i], x[:, j], nan_policy=nan_policy, **NORMAL)
            np.testing.assert_array_equal(matrix[i, j], pair)


def test_heavy_tails_do_no_harm():
    rng = np.random.default_rng(4)
    x, y = rng.multivariate_normal([0, 0], [[1, 0.75], [0.75, 1]], size=2000).T
    same(fastmi.mutual_info(np.exp(9 * x), y**3, **NORMAL), fastmi.mutual_info(x, y, **NORMAL))


def test_labels_stay_as_they_are():
    rng = np.random.default_rng(5)
    label = rng.choice(["a", "b", "c"], size=300)
    number = rng.lognormal(size=300) + (label == "a")
    scored = _core.normal_scores(np.asfortranarray(number[:, np.newaxis]), 1)
    expected = fastmi.mutual_info(label, scored, method="mixed")
    assert fastmi.mutual_info(label, number, method="mixed", **NORMAL) == expected


@pytest.mark.parametrize("function", ["mutual_info", "local_mutual_info", "mutual_info_matrix", "ksg_counts"])
def test_what_has_no_meaning_is_refused(function):
    call = getattr(fastmi, function)
    x = np.arange(10.0)
    with pytest.raises(ValueError, match="marginals='uniform' is unknown; pass 'normal'"):
        call(x, x, marginals="uniform")
    with pytest.raises(ValueError, match=r"no meaning for column 0 of y, of period 6.0: .* pass marginals=None"):
        call(x, x, y_period=6, **NORMAL)
    if function != "ksg_counts":
        with pytest.raises(ValueError, match="no meaning for method='histogram'"):
            call(x, x, method="histogram", **NORMAL)


def test_refusals_of_the_others():
    x = np.arange(20.0).reshape(10, 2)
    with pytest.raises(ValueError, match="column 0 of z, of period"):
        fastmi.conditional_mutual_info(x, x, x, z_period=7.0, **NORMAL)
    with pytest.raises(ValueError, match="column 1 of x, of period"):
        fastmi.total_correlation(x, period=[None, 7.0], **NORMAL)
