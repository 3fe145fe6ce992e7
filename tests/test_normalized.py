"""Shares of information: against the reference, tables by hand, scikit-learn, and what must not matter."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import digamma

import fastmi
from fastmi import reference
from samples import correlated

SHARES = [
    "proficiency",
    "symmetric_uncertainty",
    "redundancy",
    "information_quality_ratio",
    "normalized_mutual_info",
    "information_distance",
]
MODULES = [fastmi, reference]
LABELS = st.lists(st.integers(0, 3), min_size=1, max_size=60)
SEEDS = st.integers(0, 2**32 - 1)
DISCRETE = {"method": "histogram", "x_discrete": True, "y_discrete": True}


def assert_same(ours, theirs):
    np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12)


def fields(found):
    return [found.mutual_info, found.h_x, found.h_y, found.h_xy, found.unit]


OPTIONS = [
    {"k": 5},
    {"x_period": 2 * np.pi},
    {"method": "histogram", "bins": [5, 6, 7]},
    {"method": "histogram", "bins": 4, "correction": "grassberger", "x_discrete": [False, True]},
]


@pytest.mark.parametrize("options", OPTIONS)
def test_reference(options):
    rng = np.random.default_rng(1)
    y = rng.normal(size=150)
    x = np.column_stack([y + rng.normal(size=150), rng.integers(3, size=150)])
    y[3], x[[5, 8], 0] = np.nan, np.nan
    options = {"nan_policy": "omit"} | options
    assert_same(*(fields(module.information(x, y, base=2, **options)) for module in MODULES))
    for name in [*SHARES, "information_correlation"]:
        assert_same(*(getattr(module, name)(x, y, **options) for module in MODULES))


def test_gaussian_reference():
    x, y = correlated(100, 0.6, np.random.default_rng(2), d_x=2)
    assert_same(*(module.information_correlation(x, y, method="gaussian") for module in MODULES))


def test_functions_are_attributes_of_information():
    x, y = correlated(200, 0.6, np.random.default_rng(3))
    found = fastmi.information(x, y, base=2)
    for name in SHARES:
        assert math.isclose(getattr(fastmi, name)(x, y), getattr(found, name))
    assert math.isclose(fastmi.information_correlation(x, y), found.correlation)
    assert found.unit == math.log(2)


def test_table_by_hand():
    """X has the three values 0, 0, 1, 2 and Y tells whether it is 0: 1.5 bits and 1 bit, of which 1 is common."""
    x, y = [0, 0, 1, 2], [0, 0, 1, 1]
    found = fastmi.information(x, y, base=2, **DISCRETE)
    assert_same(fields(found), [1, 1.5, 1, 1.5, math.log(2)])
    measures = [getattr(found, name) for name in SHARES]
    assert_same(measures, [1, 2 / 2.5, 1 / 2.5, 1 / 1.5, 1 / math.sqrt(1.5), 1 - 1 / 1.5])
    assert math.isclose(found.correlation, math.sqrt(1 - 1 / 4))


@settings(max_examples=50)
@given(x=LABELS, seed=SEEDS, base=st.sampled_from([None, 2, 10]))
def test_bounds_and_symmetry(x, seed, base):
    y = np.random.default_rng(seed).integers(3, size=len(x)) * np.array(x)
    there, back = fastmi.information(x, y, base=base, **DISCRETE), fastmi.information(y, x, base=base, **DISCRETE)
    for name in SHARES:
        value = getattr(there, name)
        assert math.isnan(value) or -1e-12 <= value <= 1 + 1e-12
        if name != "proficiency":
            np.testing.assert_allclose(getattr(back, name), value, atol=1e-12)
    if there.h_y > 0:
        assert math.isclose(there.proficiency, there.mutual_info / there.h_y)
        most = min(there.h_x, there.h_y) / (there.h_x + there.h_y)
        assert there.redundancy <= most + 1e-12 <= 0.5 + 2e-12


@settings(max_examples=50)
@given(x=LABELS, seed=SEEDS)
def test_scikit_learn(x, seed):
    score = pytest.importorskip("sklearn.metrics").normalized_mutual_info_score
    y = np.random.default_rng(seed).integers(3, size=len(x)) + np.array(x) // 2
    found = fastmi.information(x, y, **DISCRETE)
    if found.h_x > 0 and found.h_y > 0:
        assert math.isclose(found.symmetric_uncertainty, score(x, y), abs_tol=1e-12)
        geometric = score(x, y, average_method="geometric")
        assert math.isclose(found.normalized_mutual_info, geometric, abs_tol=1e-12)


@settings(max_examples=50)
@given(seed=SEEDS, n=st.integers(2, 40), labels=st.integers(2, 4))
def test_triangle_inequality(seed, n, labels):
    x, y, z = np.random.default_rng(seed).integers(labels, size=(3, n))

    def distance(a, b):
        value = fastmi.information_distance(a, b, **DISCRETE)
        return 0.0 if math.isnan(value) else value  # of two constants

    assert distance(x, z) <= distance(x, y) + distance(y, z) + 1e-12
    assert distance(x, x) == 0


@settings(max_examples=30)
@given(seed=SEEDS, k=st.integers(1, 6), n=st.integers(10, 200), scale=st.sampled_from([2.0, 2.0**-30, 1e-3, 1e9]))
def test_units_do_not_matter(seed, k, n, scale):
    """Entropies of nearest neighbours are psi(n) - psi(k) whatever the scale; shares need one scale for both sides."""
    x, y = correlated(n, 0.7, np.random.default_rng(seed))
    found, scaled = fastmi.information(x, y, k=k), fastmi.information(x, scale * y, k=k)
    assert found.h_x == found.h_y == scaled.h_x == scaled.h_y
    assert math.isclose(found.h_y, digamma(n) - digamma(k))
    assert fastmi.proficiency(0.125 * x, 0.125 * y, k=k) == found.proficiency
    assert found.proficiency <= 1
    binned = [fastmi.proficiency(x, s * y, method="histogram", bins=6) for s in (1, 2)]
    assert binned[0] == binned[1]


def test_a_variable_tells_all_of_itself():
    y = np.random.default_rng(4).normal(size=500)
    for options in ({}, {"method": "histogram"}, {"method": "mixed"}):
        assert fastmi.proficiency(y, y, **options) == 1
        assert fastmi.information_distance(y, y, **options) == 0
    assert abs(fastmi.proficiency(np.random.default_rng(5).normal(size=500), y)) < 0.05


def test_mixed_entropies_of_labels_are_those_of_the_labels():
    rng = np.random.default_rng(6)
    y = rng.integers(4, size=5000)
    found = fastmi.information(y + 0.1 * rng.normal(size=5000), y, method="mixed", y_discrete=True)
    assert abs(found.h_y - math.log(4)) < 0.01
    assert abs(found.proficiency - 1) < 0.01


@pytest.mark.parametrize("correction", [None, "miller-madow", "grassberger", "chao-shen", "nsb"])
def test_shares_of_a_constant(correction):
    """There is nothing to know of it, so no saying which share of that is known."""
    x, constant = np.arange(40) % 5, np.zeros(40)
    options = DISCRETE | {"correction": correction}
    assert math.isnan(fastmi.proficiency(x, constant, **options))
    assert abs(fastmi.proficiency(constant, x, **options)) < 1e-3
    assert math.isnan(fastmi.normalized_mutual_info(x, constant, **options))
    assert abs(fastmi.symmetric_uncertainty(x, constant, **options)) < 1e-3
    for name in SHARES:
        assert math.isnan(getattr(fastmi, name)(constant, constant, **options))


def test_shares_of_a_constant_by_neighbours():
    x, constant = np.random.default_rng(7).normal(size=40), np.full(40, 3.0)
    for method in ("ksg1", "mixed"):
        found = fastmi.information(x, constant, method=method)
        assert (found.mutual_info, found.h_y) == (0, 0)
        assert math.isnan(found.proficiency)
        assert found.symmetric_uncertainty == 0


def test_correlation_of_normal_variables():
    rng = np.random.default_rng(8)
    x, y = correlated(5000, 0.6, rng)
    r = abs(np.corrcoef(x[:, 0], y)[0, 1])
    assert math.isclose(fastmi.information_correlation(x, -y, method="gaussian"), r, rel_tol=1e-9)
    assert fastmi.information_correlation(y, 3 * y + 1, method="gaussian") == 1
    values = [fastmi.information_correlation(*correlated(2000, 0.6, rng)) for _ in range(20)]
    assert abs(np.mean(values) - 0.6) < 3 * np.std(values) / math.sqrt(20) + 0.005  # the bias of k = 3


def test_correlation_has_the_sign_of_the_estimate():
    assert fastmi.Information(-0.1, 1, 1, 2.1).correlation == -fastmi.Information(0.1, 1, 1, 1.9).correlation < 0
    assert fastmi.Information(0, 1, 1, 2).correlation == 0
    assert fastmi.Information(math.inf, 1, 1, 2).correlation == 1
    assert math.isnan(fastmi.Information(math.nan, 1, 1, 2).correlation)


def test_coincidences_are_told_once_and_of_the_right_side():
    rng = np.random.default_rng(9)
    x, y = rng.normal(size=200), rng.integers(3, size=200)
    with pytest.warns(UserWarning, match="100.0% of the samples of y coincide .* no entropy") as caught:
        fastmi.proficiency(x, y)
    assert [w.filename for w in caught] == [__file__]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fastmi.proficiency(y, x)  # needs no entropy of what tells
        fastmi.information_correlation(x, y)
        fastmi.information(x, y, method="mixed", y_discrete=True)
    with pytest.warns(UserWarning, match="coincide with at least k others in x and y together") as caught:
        fastmi.information(y, y)
    assert len(caught) == 1


def test_rows_are_left_out_pairwise():
    x, y = correlated(60, 0.6, np.random.default_rng(10), d_x=2)
    x[4, 1], y[7] = np.nan, np.nan
    kept = np.delete(np.arange(60), [4, 7])
    for method in ("ksg1", "histogram"):
        found = fastmi.information(x, y, method=method, nan_policy="omit")
        assert found == fastmi.information(x[kept], y[kept], method=method)
        assert all(math.isnan(v) for v in fields(fastmi.information(x, y, method=method, nan_policy="propagate"))[:4])
        with pytest.raises(ValueError, match="x has NaN in 1 of 60 rows"):
            fastmi.proficiency(x, y, method=method)


def test_samples_outside_the_range_are_left_out_of_all():
    x, y = np.arange(10.0), np.arange(10.0)[::-1]
    with pytest.warns(UserWarning, match="4 of 10 samples lie outside the range") as caught:
        found = fastmi.information(x, y, method="histogram", bins=10, range=[(0, 7), (0, 7)])
    assert caught[0].filename == __file__
    assert_same(fields(found)[:4], [math.log(6)] * 4)


@pytest.mark.parametrize("module", MODULES)
def test_gaussian_correlation_and_types(module):
    x, y = correlated(50, 0.6, np.random.default_rng(11))
    x32, y_int = np.float32(x), np.round(10 * y).astype(int)
    same = np.float64(x32), np.float64(y_int)
    for options in ({"method": "gaussian"}, {"method": "histogram"}):
        assert module.information_correlation(x32, y_int, **options) == module.information_correlation(*same, **options)


X = np.arange(5.0)
BAD = [
    ({"method": "gaussian"}, ValueError, "method='gaussian' .* information_correlation"),
    ({"method": "mi"}, ValueError, "method='mi' is unknown"),
    (
        {"x_discrete": True},
        ValueError,
        "x_discrete=True says that there are labels, of which method='ksg1' knows nothing; use method='mixed'",
    ),
    ({"correction": "no"}, ValueError, "correction='no' is unknown"),
    ({"workers": 0}, ValueError, "workers=0"),
    ({"k": 5}, ValueError, "k=5 needs at least 6 samples"),
    ({"k": 0}, ValueError, "k=0"),
    ({"nan_policy": "drop"}, ValueError, "nan_policy='drop' is unknown"),
    ({"method": "histogram", "bins": [3]}, ValueError, "bins has 1 entries for 2 columns"),
    ({"method": "histogram", "range": (20, 30)}, ValueError, "no samples are in the bins"),
]


@pytest.mark.parametrize(("options", "error", "message"), BAD)
def test_bad_options(options, error, message):
    with pytest.raises(error, match=message):
        fastmi.proficiency(X, X, **options)


def test_bad_samples():
    with pytest.raises(ValueError, match="x has 5 rows but y has 4"):
        fastmi.information(X, X[:4])
    with pytest.raises(ValueError, match="x and y have 0 rows without NaN"):
        fastmi.information([1.0, np.nan], [np.nan, 1.0], nan_policy="omit")
    with pytest.raises(ValueError, match="base=1 is not"):
        fastmi.information(X, X, base=1)
