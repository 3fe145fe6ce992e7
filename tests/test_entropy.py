"""Entropies of labels and of binned samples: against the reference, closed forms, and what must not matter."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fastmi
from fastmi import reference
from samples import KINDS

CORRECTIONS = [None, "miller-madow", "grassberger", "chao-shen", "nsb"]
MODULES = [fastmi, reference]
LABELS = st.one_of(st.integers(-3, 3), st.sampled_from("abc"), st.none(), st.booleans(), st.tuples(st.integers(0, 2)))


def binned(x, module=fastmi, **options):
    return module.entropy(x, method="histogram", **options)


def discrete(x, module=fastmi, **options):
    return module.entropy(x, method="discrete", **options)


def assert_same_estimate(ours, theirs, tolerance=1e-10):
    assert math.isclose(ours, theirs, rel_tol=tolerance, abs_tol=tolerance)
    for name, value in vars(theirs).items():
        assert math.isclose(getattr(ours, name), value, rel_tol=1e-10, abs_tol=1e-10)


@st.composite
def columns(draw, max_columns=4):
    kinds = draw(st.lists(st.sampled_from(list(KINDS)), min_size=1, max_size=max_columns))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = draw(st.integers(1, 200))
    return np.column_stack([KINDS[kind].draw(rng, n) for kind in kinds])


@settings(max_examples=40)
@given(x=columns(), bins=st.integers(1, 30), correction=st.sampled_from(CORRECTIONS[:-1]), density=st.booleans())
def test_histograms_equal_the_reference(x, bins, correction, density):
    options = {"bins": bins, "correction": correction, "density": density, "base": 2}
    assert_same_estimate(binned(x, **options), binned(x, reference, **options))


@settings(max_examples=40)
@given(labels=st.lists(LABELS, min_size=1, max_size=60), correction=st.sampled_from(CORRECTIONS[:-1]))
def test_labels_equal_the_reference(labels, correction):
    assert_same_estimate(discrete(labels, correction=correction), discrete(labels, reference, correction=correction))


@pytest.mark.parametrize("correction", CORRECTIONS)
def test_rows_equal_the_reference(correction):
    rng = np.random.default_rng(1)
    rows = rng.integers(0, 4, size=(80, 3))
    assert_same_estimate(
        discrete(rows, correction=correction), discrete(rows, reference, correction=correction), tolerance=1e-7
    )
    x = rng.normal(size=(80, 2))
    options = {"bins": [5, 7], "range": [(-2, 2), None], "correction": correction}
    with pytest.warns(UserWarning, match="outside the range"):
        ours = binned(x, **options)
    assert_same_estimate(ours, binned(x, reference, **options), tolerance=1e-7)


def test_uniform_labels():
    assert math.isclose(discrete(np.repeat(np.arange(64), 10), base=2), 6)
    assert discrete(["same"] * 100) == 0


def test_bernoulli():
    p = 0.3
    x = np.random.default_rng(2).random(200_000) < p
    assert abs(discrete(x) + p * math.log(p) + (1 - p) * math.log(1 - p)) < 0.005


@pytest.mark.parametrize("d", [1, 2])
def test_normal_distribution(d):
    rng = np.random.default_rng(3)
    cov = 0.5 * np.eye(d) + 0.5
    x = rng.multivariate_normal(np.zeros(d), cov, size=200_000)
    truth = 0.5 * math.log(np.linalg.det(2 * math.pi * math.e * cov))
    h = binned(x, bins=50, correction="miller-madow")
    assert abs(h - truth) < 0.01
    assert not h.saturated
    assert math.isclose(binned(x, bins=50, correction="miller-madow", base=2), h / math.log(2))


def test_shannon_and_differential_entropy_differ_by_the_volume_of_a_bin():
    x = np.random.default_rng(4).normal(size=(1000, 2))
    volume = np.prod((x.max(axis=0) - x.min(axis=0)) / [10, 20])
    h, shannon = binned(x, bins=[10, 20]), binned(x, bins=[10, 20], density=False)
    assert math.isclose(h, shannon + math.log(volume))
    assert math.isclose(shannon.ceiling, math.log(1000))


@pytest.mark.parametrize(
    ("d", "plain", "nsb"), [(3, 3.804, 3.919), (4, 4.379, 5.045), (5, 4.167, 6.138), (6, 3.425, 7.088)]
)
def test_ten_thousand_points_in_twenty_bins_a_dimension(d, plain, nsb):
    """As measured for other samples; the range of a sample scatters, and with it the volume of a bin by 0.1."""
    x = np.random.default_rng(5).multivariate_normal(np.zeros(d), 0.5 * np.eye(d) + 0.5, size=10_000)
    h = binned(x)
    assert abs(h - plain) < 0.35
    assert abs(binned(x, correction="nsb") - nsb) < 0.2
    assert h.saturated == (d > 3)
    assert (d < 5) == (h.slope < 0.5)


def test_thirteen_dimensions_only_echo_the_sample_size():
    x = np.random.default_rng(6).normal(size=(10_000, 13))
    h = binned(x)
    assert h.singleton_fraction == 1.0
    assert math.isclose(h, h.ceiling)
    assert "saturated" in str(h)


def test_more_bins_than_there_are_numbers_for_them():
    x = np.random.default_rng(7).normal(size=(300, 20)).round()
    assert_same_estimate(binned(x, range=(-9, 9)), binned(x, reference, range=(-9, 9)))
    shannon = binned(x[:, :15], density=False, range=(-9, 9), bins=19)
    assert math.isclose(shannon, discrete(x[:, :15]))  # one value a bin
    ranges = [(-1, 1), *[None] * 19]
    with pytest.warns(UserWarning, match=r"\d+ of 300 samples lie outside the range"):
        h = binned(x, range=ranges, bins=[20] * 20)
    assert h.outside == np.count_nonzero(np.abs(x[:, 0]) > 1)
    assert h.n_samples == 300 - h.outside


def test_wide_and_narrow_tables_agree():
    """The entropy of columns that say nothing new does not know how many bins they have."""
    x = np.random.default_rng(8).normal(size=(500, 2))
    wide = np.column_stack([x, *[x[:, 0]] * 20])
    assert math.isclose(binned(wide, density=False), binned(x, density=False))


@settings(max_examples=30)
@given(x=st.lists(st.integers(0, 9), min_size=1, max_size=50), seed=st.integers(0, 100))
def test_names_of_labels_do_not_matter(x, seed):
    rng = np.random.default_rng(seed)
    h = discrete(x)
    names = rng.permutation(10)
    words = np.array([f"word{i}" for i in range(10)])
    objects = [None, "a", 1.5, (), frozenset(), b"a", 2**80, True, "1", -1]
    for renamed in (names[x], words[x], [objects[i] for i in x], np.float32(x), rng.permutation(x)):
        assert discrete(renamed) == h


@settings(max_examples=30)
@given(x=st.lists(st.integers(0, 9), min_size=1, max_size=50), split=st.integers(1, 8))
def test_entropy_of_a_split(x, split):
    """H(X) = H(group) + sum over groups of p H(X within the group)."""
    x = np.array(x)
    group = x < split
    within = sum(np.mean(group == g) * discrete(x[group == g]) for g in np.unique(group))
    assert math.isclose(discrete(x), discrete(group) + within, abs_tol=1e-12)


@settings(max_examples=30)
@given(x=st.lists(st.integers(0, 9), min_size=1, max_size=50))
def test_rows_that_say_the_same_as_their_first_column(x):
    assert discrete(np.column_stack([x, np.square(x), x])) == discrete(x)
    assert discrete(np.column_stack([x, np.zeros_like(x)]).astype(str)) == discrete(x)


def test_numbers_and_text_are_kept_apart():
    assert math.isclose(discrete(["1", 1, "1", 1]), math.log(2))
    assert math.isclose(discrete([("a", 1), ("a", "1")]), math.log(2))
    assert math.isclose(discrete([b"a", "a"]), math.log(2))
    assert discrete([1, 1.0, True]) == 0
    assert discrete(np.array([0.0, -0.0])) == 0


def test_words_of_unequal_length():
    assert math.isclose(discrete([("a",), ("a", "b"), ("a",), ("a", "b")]), math.log(2))


@pytest.mark.parametrize("dtype", ["i1", "u8", "f2", "U3", "S3", "O", "M8[s]", "c16", "?"])
def test_types_of_labels(dtype):
    x = np.array([0, 1, 1, 0, 1]).astype("i8").astype(dtype)
    assert math.isclose(discrete(x), discrete([0, 1, 1, 0, 1]))


@pytest.mark.parametrize(
    ("dtype", "pair"),
    [("i1", (-128, 127)), ("u8", (2**64 - 1, 2**64 - 2)), ("i8", (-(2**63), 2**63 - 1)), ("i8", (-(2**63), 1 - 2**63))],
)
def test_integers_at_the_ends_of_their_types(dtype, pair):
    assert math.isclose(discrete(np.array(pair * 200, dtype)), math.log(2))


def test_inputs_are_not_modified():
    x = np.random.default_rng(9).normal(size=(50, 2))
    before = x.copy()
    x.flags.writeable = False
    binned(x, nan_policy="omit")
    discrete(x)
    np.testing.assert_array_equal(x, before)


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("method", ["histogram", "discrete"])
def test_nan(module, method):
    x = np.array([[0.0, 1.0], [np.nan, 1.0], [2.0, np.nan], [0.0, 1.5]])
    with pytest.raises(ValueError, match="x has NaN in 2 of 4 rows, first in row 1; pass nan_policy='omit'"):
        module.entropy(x, method=method)
    assert np.isnan(module.entropy(x, method=method, nan_policy="propagate"))
    assert module.entropy(x, method=method, nan_policy="omit") == module.entropy(x[[0, 3]], method=method)
    clean = np.nan_to_num(x)
    assert module.entropy(clean, method=method, nan_policy="propagate") == module.entropy(clean, method=method)


@pytest.mark.parametrize("module", MODULES)
def test_nan_among_objects(module):
    x = ["a", None, float("nan"), np.float64("nan"), "a"]
    with pytest.raises(ValueError, match="x has NaN in 2 of 5 rows, first in row 2"):
        discrete(x, module)
    assert discrete(x, module, nan_policy="omit") == discrete(["a", None, "a"], module)
    assert np.isnan(discrete(x, module, nan_policy="propagate"))


@pytest.mark.parametrize("method", ["histogram", "discrete"])
def test_nothing_but_nan(method):
    x = np.full(5, np.nan)
    with pytest.raises(ValueError, match="x has NaN in all of its 5 rows"):
        fastmi.entropy(x, method=method, nan_policy="omit")
    assert np.isnan(fastmi.entropy(x, method=method, nan_policy="propagate"))


def test_samples_outside_are_counted_and_warned_of():
    x = np.linspace(0, 10, 11)
    with pytest.warns(UserWarning, match="2 of 11 samples lie outside the range .* pass range=None") as caught:
        h = binned(x, range=(1, 9), bins=4)
    assert caught[0].filename == __file__
    assert (h.outside, h.n_samples) == (2, 9)
    with pytest.raises(ValueError, match="no samples are in the bins"):
        binned(x, range=(20, 30))


BAD_OPTIONS = [
    ({"period": 1.0}, ValueError, "method='histogram' knows no period; use method='knn', or pass period=None"),
    ({"method": "bins"}, ValueError, "method='bins' is unknown; use one of 'knn', 'discrete', 'histogram'"),
    ({"correction": "nbs"}, ValueError, "correction='nbs' is unknown"),
    ({"nan_policy": "drop"}, ValueError, "nan_policy='drop' is unknown"),
    ({"base": 1}, ValueError, "base=1 is not"),
    ({"workers": 0}, ValueError, "workers=0"),
    ({"bins": 0}, ValueError, "bins=0 has 0 for a column"),
    ({"bins": 2.5}, TypeError, "bins=2.5 is not an integer"),
    ({"bins": [3, 4]}, ValueError, "bins has 2 entries for 1 columns"),
    ({"range": 3}, TypeError, "range=3 is not None, a pair"),
    ({"range": (2, 1)}, ValueError, r"range has the entry \(2.0, 1.0\)"),
    ({"range": (0, np.inf)}, ValueError, r"range has the entry \(0.0, inf\)"),
    ({"range": [(0, 1), (0, 1), None]}, ValueError, "range has 3 entries for 1 columns"),
    ({"range": [(0, 1, 2)]}, TypeError, "range has the entry"),
]


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize(("options", "error", "message"), BAD_OPTIONS)
def test_bad_options(module, options, error, message):
    with pytest.raises(error, match=message):
        module.entropy(np.arange(5.0), **{"method": "histogram"} | options)


BAD_LABELS = [
    ([[1], [1, 2]], TypeError, r"x holds a list in row 0, which cannot be hashed; pass labels such as numbers"),
    ([], ValueError, r"x is empty \(shape \(0,\)\)"),
    (np.zeros((3, 0)), ValueError, r"x is empty \(shape \(3, 0\)\)"),
    (3, ValueError, r"x has shape \(\)"),
    ("word", ValueError, r"x has shape \(\)"),
    (np.zeros((2, 2, 2)), ValueError, r"x has shape \(2, 2, 2\)"),
    (np.zeros(3, [("a", int)]), TypeError, r"x has dtype \[\('a', '<i8'\)\]; pass its fields as the columns"),
    (np.ma.masked_equal([1, 2], 1), TypeError, r"x is a masked array.*filled"),
]


@pytest.mark.parametrize(("x", "error", "message"), BAD_LABELS)
def test_bad_labels(x, error, message):
    with pytest.raises(error, match=message):
        discrete(x)


@pytest.mark.parametrize(
    ("x", "error", "message"),
    [
        ([1.0, np.inf], ValueError, "x has an infinite value in row 1"),
        (["a", "b"], TypeError, "x has dtype <U1"),
        ([], ValueError, "x is empty"),
        ([[1.0], [1.0, 2.0]], ValueError, "x cannot be read as an array"),
        (np.ma.masked_equal([1.0, 2.0], 1.0), TypeError, "x is a masked array"),
    ],
)
def test_bad_samples(x, error, message):
    with pytest.raises(error, match=message):
        binned(x)


@pytest.mark.parametrize(
    "labels",
    [[2**63 + 1, 2**63 + 2, -1], [2**53, 2**53 + 1, 0.5], ["a", "a\0", "b"], [b"a", b"a\0", b"b"]],
)
def test_labels_that_numpy_would_not_tell_apart(labels):
    assert fastmi.entropy(labels, method="discrete") == pytest.approx(math.log(3))


def test_missing_values_of_every_type():
    labels = np.array([np.datetime64("NaT"), complex("nan"), float("nan"), 1], object)
    with pytest.raises(ValueError, match="NaN in 3 of 4 rows"):
        fastmi.entropy(labels, method="discrete")
