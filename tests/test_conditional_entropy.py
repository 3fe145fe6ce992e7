"""Conditional entropies: against the reference, closed forms, the chain rule, and averages within classes."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fastmi
from fastmi import reference
from samples import KINDS, correlated

MODULES = [fastmi, reference]
WITH_DENSITY = [name for name in KINDS if name not in ("rounded", "integer", "constant", "degrees")]
CORRECTIONS = [None, "miller-madow", "grassberger", "chao-shen"]


@st.composite
def sides(draw, max_classes=4):
    """Draw columns with a density, columns of any kind, and perhaps a class."""
    n = draw(st.integers(12, 120))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    x_kinds = draw(st.lists(st.sampled_from(WITH_DENSITY), min_size=1, max_size=3))
    kinds = draw(st.lists(st.sampled_from(list(KINDS)), max_size=2))
    n_classes = draw(st.integers(1, max_classes))
    x = np.column_stack([KINDS[kind].draw(rng, n) for kind in x_kinds])
    label = rng.permutation(np.arange(n) % n_classes * (n_classes - 1))
    columns = [KINDS[kind].draw(rng, n) for kind in kinds]
    options = {
        "x_period": [KINDS[kind].period for kind in x_kinds],
        "given_period": [KINDS[kind].period for kind in kinds] + [None],
        "given_discrete": [False] * len(kinds) + [True],
    }
    return x, np.column_stack([*columns, label]), options


@settings(max_examples=60)
@given(problem=sides(), k=st.integers(1, 8))
def test_neighbours_equal_the_reference(problem, k):
    x, y, options = problem
    ours, theirs = (module.conditional_entropy(x, y, k=k, base=2, **options) for module in MODULES)
    assert math.isclose(ours, theirs, rel_tol=1e-12, abs_tol=1e-11)


@settings(max_examples=40)
@given(problem=sides(), correction=st.sampled_from(CORRECTIONS), bins=st.integers(1, 9))
def test_bins_equal_the_reference(problem, correction, bins):
    x, y, options = problem
    options = {"given_discrete": options["given_discrete"], "bins": bins, "correction": correction}
    ours, theirs = (module.conditional_entropy(x, y, method="histogram", **options) for module in MODULES)
    assert math.isclose(ours, theirs, rel_tol=1e-10, abs_tol=1e-10)


@pytest.mark.parametrize("correction", [*CORRECTIONS, "nsb"])
def test_labels_equal_the_reference(correction):
    rng = np.random.default_rng(1)
    x, y = rng.choice(["a", "b", "c"], size=(80, 2)), rng.integers(0, 3, size=80)
    options = {"method": "discrete", "correction": correction, "base": 2}
    ours, theirs = (module.conditional_entropy(x, y, **options) for module in MODULES)
    assert math.isclose(ours, theirs, abs_tol=1e-6)


@settings(max_examples=40)
@given(problem=sides(), correction=st.sampled_from(CORRECTIONS))
def test_chain_rule_of_bins(problem, correction):
    x, y, _ = problem
    options = {"method": "histogram", "bins": 5, "correction": correction}
    h = fastmi.conditional_entropy(x, y, given_discrete=False, **options)
    assert math.isclose(h, fastmi.entropy(np.hstack([x, y]), **options) - fastmi.entropy(y, **options), abs_tol=1e-9)


@settings(max_examples=40)
@given(
    rows=st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 3), st.booleans()), min_size=1, max_size=50),
    correction=st.sampled_from(CORRECTIONS),
)
def test_chain_rule_of_labels(rows, correction):
    options = {"method": "discrete", "correction": correction}
    labels = np.array(rows, object)
    h = fastmi.conditional_entropy(labels[:, 0], labels[:, 1:], **options)
    assert math.isclose(h, fastmi.entropy(labels, **options) - fastmi.entropy(labels[:, 1:], **options), abs_tol=1e-12)


@pytest.mark.parametrize("n_numbers", [0, 1])
def test_classes_are_averaged(n_numbers):
    """What is within a class does not see the others; one that is too small for k others takes those it has."""
    rng = np.random.default_rng(2)
    label = np.repeat(["a", "b", "c", "d"], [100, 60, 2, 3])
    x, y = rng.normal(size=(len(label), 2)), rng.normal(size=(len(label), n_numbers))
    order = rng.permutation(len(label))
    known = np.column_stack([label.astype(object), *y.T])
    h = fastmi.conditional_entropy(x[order], known[order], k=4)
    expected = 0.0
    for name, size in zip(*np.unique(label, return_counts=True), strict=True):
        of_class, k = label == name, min(4, size - 1)
        within = (
            fastmi.conditional_entropy(x[of_class], y[of_class], k=k) if n_numbers else fastmi.entropy(x[of_class], k=k)
        )
        expected += size * within / len(label)
    assert math.isclose(h, expected, rel_tol=1e-13)
    if not n_numbers:
        assert math.isclose(fastmi.conditional_entropy(x, label, k=4), h, rel_tol=1e-13)
        codes = np.unique(label, return_inverse=True)[1]
        assert math.isclose(fastmi.conditional_entropy(x, codes, k=4, given_discrete=True), h, rel_tol=1e-13)


def test_a_constant_tells_nothing():
    x = np.random.default_rng(3).normal(size=(200, 2))
    assert math.isclose(fastmi.conditional_entropy(x, np.full(200, 7.0)), fastmi.entropy(x), rel_tol=1e-13)


# Measured over 50 seeds, 1000 samples, k = 3.
NORMAL_BIAS = {0.0: -0.013, 0.6: -0.019, 0.9: -0.023}


@pytest.mark.parametrize("rho", NORMAL_BIAS)
def test_bivariate_normals(rho):
    truth = 0.5 * math.log(2 * math.pi * math.e * (1 - rho**2))
    errors = []
    for seed in range(10):
        x, y = correlated(1000, rho, np.random.default_rng(seed))
        errors.append(fastmi.conditional_entropy(x, y) - truth)
    standard_error = np.std(errors, ddof=1) / math.sqrt(len(errors))
    assert abs(np.mean(errors) - NORMAL_BIAS[rho]) < 3 * standard_error + 0.005


def test_normals_of_a_class():
    scales = np.array([0.5, 1.0, 4.0])
    truth = np.mean(np.log(scales)) + 0.5 * math.log(2 * math.pi * math.e)
    errors = []
    for seed in range(10):
        rng = np.random.default_rng(seed)
        label = rng.integers(3, size=1000)
        errors.append(
            fastmi.conditional_entropy(label + scales[label] * rng.normal(size=1000), label, given_discrete=True)
            - truth
        )
    standard_error = np.std(errors, ddof=1) / math.sqrt(len(errors))
    assert abs(np.mean(errors)) < 3 * standard_error + 0.01


def test_on_a_torus():
    """X is even within a window that turns with Y: H(X|Y) is the log of its width, wherever the circle is cut."""
    rng = np.random.default_rng(4)
    y = rng.uniform(-0.5, 0.5, size=4000)
    x = np.mod(y + rng.uniform(0, 0.5, size=4000), 1.0)
    assert abs(fastmi.conditional_entropy(x, y, x_period=1.0, given_period=1.0) - math.log(0.5)) < 0.05


@pytest.mark.parametrize("power", [-300, -7, 400])
def test_scaling_adds_its_logarithm(power):
    x, y = np.random.default_rng(5).normal(size=(2, 200, 2))
    h, scaled = (fastmi.conditional_entropy(np.ldexp(x, e), np.ldexp(y, e)) for e in (0, power))
    assert math.isclose(scaled, h + 2 * power * math.log(2), rel_tol=1e-13)


@pytest.mark.parametrize("method", ["knn", "histogram", "discrete"])
def test_types_orders_and_workers_do_not_matter(method):
    rng = np.random.default_rng(6)
    x, y = rng.permutation(1000)[:100], rng.permutation(1000)[:100]
    before = x.copy(), y.copy()
    h = fastmi.conditional_entropy(x.astype(float), y.astype(float), method=method, workers=1)
    for same in (
        fastmi.conditional_entropy(x, y.astype(np.float32), method=method, workers=2),
        fastmi.conditional_entropy(x.tolist(), y[:, np.newaxis], method=method),
        fastmi.conditional_entropy(x[::-1], y[::-1], method=method),
    ):
        assert math.isclose(same, h, rel_tol=1e-13)
    np.testing.assert_array_equal((x, y), before)


@pytest.mark.parametrize("module", MODULES)
def test_a_label_that_occurs_once(module):
    x, label = np.arange(6.0), ["a", "a", "a", "b", "a", "a"]
    with pytest.raises(ValueError, match=r"given .*only once.* in row 3.*leave such rows out"):
        module.conditional_entropy(x, label, k=1)


def test_repeated_samples():
    rng = np.random.default_rng(7)
    x, label = rng.normal(size=100), np.repeat(["a", "b"], 50)
    x[:4] = 0.0
    message = "4 of 100 samples of x and given coincide with at least k others"
    with pytest.warns(UserWarning, match=message) as caught:
        assert fastmi.conditional_entropy(x, label) == -math.inf
    assert caught[0].filename == __file__
    x[:4] = [0.0, 0.0, 0.0, 1.0]
    assert math.isfinite(fastmi.conditional_entropy(x, label))


def test_samples_outside_the_range():
    x, y = np.random.default_rng(8).normal(size=(2, 500))
    with pytest.warns(UserWarning, match="of 500 samples lie outside the range"):
        h = fastmi.conditional_entropy(x, y, method="histogram", range=[(-1, 1), (-2, 2)], bins=[4, 5])
    kept = (np.abs(x) <= 1) & (np.abs(y) <= 2)
    options = {"method": "histogram", "range": [(-1, 1), (-2, 2)], "bins": [4, 5]}
    assert math.isclose(fastmi.conditional_entropy(x[kept], y[kept], **options), h, abs_tol=1e-12)


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("method", ["knn", "histogram", "discrete"])
def test_nan(module, method):
    x, y = np.random.default_rng(9).normal(size=(2, 30))
    x[4] = y[9] = np.nan
    with pytest.raises(ValueError, match="x has NaN in 1 of 30 rows, first in row 4"):
        module.conditional_entropy(x, y, method=method)
    assert math.isnan(module.conditional_entropy(x, y, method=method, nan_policy="propagate"))
    kept = [np.delete(side, [4, 9]) for side in (x, y)]
    expected = module.conditional_entropy(*kept, method=method)
    assert module.conditional_entropy(x, y, method=method, nan_policy="omit") == expected


TEN = np.arange(10.0)


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize(
    ("x", "known", "options", "error", "message"),
    [
        (TEN, TEN[1:], {}, ValueError, "x has 10 rows but given has 9; row i of both"),
        (TEN, TEN, {"k": 10}, ValueError, "k=10 needs at least 11 samples, but x and given have 10 rows"),
        (["a"] * 10, TEN, {}, TypeError, "x has dtype <U1"),
        (TEN, [np.inf] * 10, {}, ValueError, "given has an infinite value in row 0"),
        (TEN, [], {}, ValueError, "given is empty"),
        (TEN, TEN, {"method": "kde"}, ValueError, "method='kde' is unknown; use one of 'knn', 'discrete', 'histogram'"),
        (TEN, TEN, {"method": "discrete", "x_period": 1}, ValueError, "'discrete' knows no period; .* x_period=None"),
        (TEN, TEN, {"method": "histogram", "given_period": 1}, ValueError, "no period; .* pass given_period=None"),
        (TEN, ["a"] * 10, {"given_period": 1}, ValueError, "given_period has 1.* labels"),
        (TEN, TEN, {"given_discrete": [True, False]}, ValueError, "given_discrete has 2 entries for 1 columns"),
        (TEN, TEN, {"correction": "none"}, ValueError, "correction='none' is unknown"),
        (TEN, TEN, {"method": "histogram", "bins": [2, 3, 4]}, ValueError, "bins has 3 entries for 2 columns"),
        (TEN, TEN, {"base": 0.5}, ValueError, "base=0.5 is not"),
        (TEN, TEN, {"workers": 0}, ValueError, "workers=0"),
    ],
)
def test_bad_arguments(module, x, known, options, error, message):
    with pytest.raises(error, match=message):
        module.conditional_entropy(x, known, **options)
