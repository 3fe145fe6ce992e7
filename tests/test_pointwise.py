"""Pointwise mutual information: against the reference, tables by hand, and its mean."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fastmi
from fastmi import reference
from fastmi._binned import codes_of, mutual_info
from fastmi._variables import as_variable
from samples import KINDS

MODULES = [fastmi, reference]
SEEDS = st.integers(0, 2**32 - 1)
WORDS = np.array(["never", "often", "once"])


def assert_same(ours, theirs):
    for name in ("pmi", "positive", "normalized", "probability"):
        np.testing.assert_allclose(getattr(ours, name), getattr(theirs, name), atol=1e-12)
    np.testing.assert_array_equal(ours.x, theirs.x)
    np.testing.assert_array_equal(ours.y, theirs.y)


@settings(max_examples=50)
@given(
    kinds=st.tuples(*[st.sampled_from(list(KINDS))] * 2),
    bins=st.tuples(*[st.integers(1, 8)] * 2),
    seed=SEEDS,
    n=st.integers(1, 100),
    base=st.sampled_from([None, 2]),
)
def test_reference_of_numbers(kinds, bins, seed, n, base):
    rng = np.random.default_rng(seed)
    x, y = (KINDS[kind].draw(rng, n) for kind in kinds)
    assert_same(*(module.pointwise_mutual_info(x, y, bins=bins, base=base) for module in MODULES))


@settings(max_examples=30)
@given(seed=SEEDS, n=st.integers(1, 60), as_objects=st.booleans())
def test_reference_of_labels(seed, n, as_objects):
    rng = np.random.default_rng(seed)
    x, y = WORDS[rng.integers(3, size=n)], rng.integers(-9, 9, size=n)
    if as_objects:
        x = x.astype(object)
    assert_same(*(module.pointwise_mutual_info(x, y, y_discrete=True) for module in MODULES))


@settings(max_examples=50)
@given(seed=SEEDS, n=st.integers(2, 100), bins=st.integers(1, 8))
def test_properties(seed, n, bins):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    y = x + rng.normal(size=n)
    found, back = fastmi.pointwise_mutual_info(x, y, bins=bins), fastmi.pointwise_mutual_info(y, x, bins=bins)
    np.testing.assert_allclose(found.pmi, back.pmi.T, atol=1e-12)
    some = found.probability > 0
    assert math.isclose(found.probability.sum(), 1)
    cells = [codes_of(as_variable("x", side), [bins], [None]) for side in (x, y)]
    assert math.isclose(found.probability[some] @ found.pmi[some], mutual_info(*cells, None), abs_tol=1e-12)
    known = found.normalized[~np.isnan(found.normalized)]
    assert (np.abs(known) <= 1 + 1e-12).all()
    assert (found.positive[some] >= 0).all()
    assert_same(found, fastmi.histogram(np.column_stack([x, y]), bins=bins).pointwise_mutual_info())


def test_table_by_hand():
    """Of 8 samples, 3 are (a, 0), 1 is (a, 1) and 4 are (b, 1)."""
    found = fastmi.pointwise_mutual_info(["a"] * 4 + ["b"] * 4, [0, 0, 0, 1, 1, 1, 1, 1], y_discrete=True, base=2)
    np.testing.assert_allclose(found.pmi, [[1, math.log2(2 / 5)], [-math.inf, math.log2(8 / 5)]])
    np.testing.assert_allclose(found.positive, [[1, 0], [0, math.log2(8 / 5)]])
    np.testing.assert_allclose(found.normalized, [[1 / math.log2(8 / 3), math.log2(2 / 5) / 3], [-1, math.log2(8 / 5)]])
    np.testing.assert_array_equal(found.probability, [[3 / 8, 1 / 8], [0, 1 / 2]])
    assert (found.x.tolist(), found.y.tolist()) == (["a", "b"], [0, 1])


def test_normalized_is_one_where_values_occur_only_together():
    found = fastmi.pointwise_mutual_info(["a", "b", "c", "c"], [7, 8, 9, 9], y_discrete=True)
    np.testing.assert_allclose(found.normalized, 2 * np.eye(3) - 1)


def test_independent_columns_are_zero_exactly():
    x, y = np.repeat([0, 1, 2], 4), np.tile([0, 1, 1, 1], 3)
    found = fastmi.pointwise_mutual_info(x, y, x_discrete=True, y_discrete=True)
    assert not found.pmi.any()
    assert not found.normalized.any()


def test_what_does_not_occur_is_unknown():
    found = fastmi.pointwise_mutual_info([0.0, 0, 9, 9], ["a", "b", "a", "b"], bins=3)
    np.testing.assert_array_equal(found.pmi, [[0, 0], [np.nan] * 2, [0, 0]])
    np.testing.assert_array_equal(found.x, [0, 3, 6, 9])
    assert np.isnan(found.normalized[1]).all()
    assert np.isnan(found.positive[1]).all()
    assert math.isnan(fastmi.pointwise_mutual_info(["a"], ["b"]).normalized[0, 0])  # of one cell


def test_labels_that_are_apart_have_no_rows_between():
    found = fastmi.pointwise_mutual_info(np.array([3, 7, 3, 5, 3]), WORDS[[0, 1, 0, 1, 1]], x_discrete=True)
    assert found.x.tolist() == [3, 5, 7]
    assert found.y.tolist() == ["never", "often"]


def test_labels_of_series():
    pandas = pytest.importorskip("pandas")
    x = pandas.Series(["b", "a", None, "b"], dtype="category", index=[5, 6, 7, 8])
    found = fastmi.pointwise_mutual_info(x, pandas.Series([1.0, 2, 3, 4]), bins=2, nan_policy="omit")
    assert sorted(found.x) == ["a", "b"]
    np.testing.assert_array_equal(found.y, [1, 2.5, 4])


@pytest.mark.parametrize("module", MODULES)
def test_nan(module):
    x, y = [0.0, 1, np.nan, 3], ["a", "b", "a", "b"]
    with pytest.raises(ValueError, match="x has NaN in 1 of 4 rows"):
        module.pointwise_mutual_info(x, y)
    kept = module.pointwise_mutual_info(np.delete(x, 2), np.delete(y, 2))
    assert_same(module.pointwise_mutual_info(x, y, nan_policy="omit"), kept)
    found = module.pointwise_mutual_info(x, y, nan_policy="propagate")
    assert all(np.isnan(table).all() for table in found[:4])
    assert found.pmi.shape == (20, 2)


def test_samples_outside_the_range():
    x, y = np.arange(10.0), np.arange(10.0) % 2
    with pytest.warns(UserWarning, match="4 of 10 samples lie outside the range") as caught:
        found = fastmi.pointwise_mutual_info(x, y, bins=[3, 2], range=[(0, 5), None])
    assert caught[0].filename == __file__
    assert_same(found, fastmi.pointwise_mutual_info(x[:6], y[:6], bins=[3, 2]))


def test_of_the_limit_of_infinitely_many_samples():
    centres = np.random.default_rng(1).normal(size=(50, 2))
    found = (
        fastmi.KernelDensity(bandwidth=0.3)
        .fit(centres)
        .histogram(n_samples=None, bins=6, range=(-2, 2))
        .pointwise_mutual_info()
    )
    assert math.isclose(found.probability.sum(), 1)
    assert np.nansum(found.probability * np.where(found.probability > 0, found.pmi, 0)) > 0


X = np.arange(5.0)
BAD = [
    ((np.zeros((5, 2)), X), {}, ValueError, r"x has 2 columns, .* pass x\[:, c\]"),
    ((X, X[:4]), {}, ValueError, "x has 5 rows but y has 4"),
    ((X, X), {"bins": [2, 3, 4]}, ValueError, "bins has 3 entries for 2 columns"),
    ((X, X), {"bins": 2**14}, ValueError, "a table of 16384 x 16384 cells is too large"),
    ((X, X), {"range": (10, 20)}, ValueError, "no samples are in the bins"),
    ((X, X), {"base": 1}, ValueError, "base=1"),
    ((X, X), {"workers": 0}, ValueError, "workers=0"),
    (([1.0, np.nan], [np.nan, 1.0]), {"nan_policy": "omit"}, ValueError, "x and y have 0 rows without NaN"),
    ((X, X), {"range": [None, (1, np.nextafter(1, 2))]}, ValueError, "column 0 is too narrow .* y with its offset"),
]


@pytest.mark.parametrize(("samples", "options", "error", "message"), BAD)
def test_bad_arguments(samples, options, error, message):
    with pytest.raises(error, match=message):
        fastmi.pointwise_mutual_info(*samples, **options)


@pytest.mark.parametrize("columns", [1, 3])
def test_histograms_of_other_than_two_columns(columns):
    found = fastmi.histogram(np.zeros((5, columns)))
    with pytest.raises(ValueError, match="no table of two columns"):
        found.pointwise_mutual_info()
