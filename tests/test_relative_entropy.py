"""Entropy relative to a measure: against the reference, closed forms, and under changes of variable."""

import math
import sys

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

import fastmi
from fastmi import reference

RNG = np.random.default_rng(1)
X = RNG.normal(size=20_000)
WIDE = scipy.stats.norm(scale=2)
WITHIN = np.array([-4.5, 4.5])  # all of X


def divergence(x, **options):
    return fastmi.relative_entropy(x, **options).divergence


def assert_equals_the_reference(x, tolerance=1e-10, **options):
    ours, theirs = fastmi.relative_entropy(x, **options), reference.relative_entropy(x, **options)
    assert math.isclose(ours.divergence, theirs[0], abs_tol=tolerance)
    assert math.isclose(ours.invariant_entropy, theirs[1], abs_tol=tolerance)
    assert ours.n_points == theirs[2]
    assert math.isclose(ours.invariant_entropy.ceiling, theirs[1].ceiling, abs_tol=tolerance)
    for name in ("slope", "singleton_fraction", "n_samples", "outside"):
        assert math.isclose(getattr(ours.invariant_entropy, name), getattr(theirs[1], name), abs_tol=1e-10)


@settings(max_examples=20)
@given(
    seed=st.integers(0, 1000),
    d=st.integers(1, 2),
    bins=st.integers(1, 6),
    correction=st.sampled_from([None, "grassberger"]),
    n_points=st.sampled_from([None, 1, 1e6]),
)
def test_uniform_and_samples_equal_the_reference(seed, d, bins, correction, n_points):
    rng = np.random.default_rng(seed)
    x, m = rng.normal(size=(80, d)), 2 * rng.standard_t(2, size=(3000, d))
    options = {"bins": bins, "correction": correction, "n_points": n_points, "base": 2}
    assert_equals_the_reference(x, **options)
    assert_equals_the_reference(x, measure=m, **options)


def test_densities_equal_the_reference():
    x = X[:500]
    assert_equals_the_reference(x, tolerance=1e-6, measure=WIDE.pdf, bins=7)
    assert_equals_the_reference(np.exp(x), tolerance=1e-6, measure=lambda y: 1 / y, bins=4, range=(0.01, 100))
    pair = RNG.normal(size=(300, 2))
    normal = scipy.stats.multivariate_normal(cov=[[4, 1], [1, 4]])
    assert_equals_the_reference(pair, tolerance=1e-4, measure=lambda z: np.atleast_1d(normal.pdf(z)), bins=[3, 2])


@pytest.mark.parametrize("measure", [WIDE.pdf, WIDE.rvs(200_000, random_state=2)], ids=["density", "samples"])
def test_normal_against_normal(measure):
    truth = math.log(2) - 3 / 8
    found = fastmi.relative_entropy(X, measure=measure, bins=30, range=(-20, 20))
    assert abs(found.divergence - truth) < 0.01
    assert math.isclose(found.invariant_entropy, math.log(30) - found.divergence)
    assert found.n_points == 30


def test_uniform_measure_is_the_differential_entropy_in_units_of_the_range():
    x = RNG.normal(size=(5000, 2))
    volume = np.prod(x.max(axis=0) - x.min(axis=0))
    found = fastmi.relative_entropy(x, bins=10, n_points=1)
    h = fastmi.entropy(x, method="histogram", bins=10)
    assert math.isclose(found.divergence, math.log(volume) - h)
    assert math.isclose(found.invariant_entropy, -found.divergence)
    assert found.invariant_entropy.singleton_fraction == h.singleton_fraction


@pytest.mark.parametrize("correction", [None, "miller-madow", "nsb"])
def test_the_measure_itself_diverges_by_nothing(correction):
    x, m = RNG.normal(size=(2, 50_000))
    for measure in (m, scipy.stats.norm.pdf):
        assert abs(divergence(x, measure=measure, correction=correction)) < 2e-3
    assert abs(divergence(RNG.random(50_000), correction=correction)) < 2e-3


def test_a_change_of_units_changes_nothing():
    m = WIDE.rvs(3000, random_state=3)
    for scale in (2.0, 0.125):
        assert divergence(scale * X, range=scale * WITHIN) == divergence(X, range=WITHIN)
        assert divergence(scale * X) == divergence(X)
        assert divergence(scale * X, measure=scale * m) == divergence(X, measure=m)
        density = divergence(scale * X, measure=lambda y, scale=scale: WIDE.pdf(y / scale) / scale)
        assert math.isclose(density, divergence(X, measure=WIDE.pdf), abs_tol=1e-12)


@pytest.mark.parametrize("steepness", [1, 5])
def test_exponentials_change_nothing(steepness):
    m = WIDE.rvs(3000, random_state=4)
    y, limits = np.exp(steepness * X), np.exp(steepness * WITHIN)
    assert divergence(y, measure=np.exp(steepness * m)) == divergence(X, measure=m)
    as_density = divergence(y, measure=lambda y: 1 / y, range=limits)  # dx = dy / y
    assert math.isclose(as_density, divergence(X, range=WITHIN), abs_tol=1e-5)
    carried = divergence(y, measure=lambda y: WIDE.pdf(np.log(y) / steepness) / y, range=limits)
    assert math.isclose(carried, divergence(X, measure=WIDE.pdf, range=WITHIN), abs_tol=1e-3)
    assert abs(divergence(y, range=limits) - divergence(X, range=WITHIN)) > 0.1  # the measure stayed behind


@settings(max_examples=20)
@given(seed=st.integers(0, 1000), d=st.integers(1, 20), bins=st.integers(1, 20))
def test_increasing_maps_of_columns_change_nothing(seed, d, bins):
    rng = np.random.default_rng(seed)
    x, m = rng.integers(-9, 9, size=(50, d)), rng.integers(-9, 9, size=(70, d))
    x[:40] = m[:40]  # in cells that have some measure
    x[40:] = m[40:50]
    found = fastmi.relative_entropy(x, measure=m, bins=bins)
    for carried in (np.exp, np.arctan, lambda z: z**3 + 5):
        again = fastmi.relative_entropy(carried(x.astype(float)), measure=carried(m.astype(float)), bins=bins)
        assert again == found


@pytest.mark.parametrize("factor", [1e-320, 1e300])
def test_densities_need_not_be_normalised(factor):
    if factor < sys.float_info.min and np.lib.NumpyVersion(np.__version__) < "2.0.0":
        pytest.skip("NumPy 1 warns, falsely, of an overflow where it divides the smallest numbers")
    scaled = divergence(X, measure=lambda y: factor * np.exp(-np.abs(y)))
    assert math.isclose(scaled, divergence(X, measure=lambda y: np.exp(-np.abs(y))), abs_tol=1e-3)


def test_densities_in_several_columns():
    x = RNG.normal(size=(20_000, 3))
    normal = scipy.stats.multivariate_normal(cov=4 * np.eye(3))
    alone = divergence(X, measure=WIDE.pdf, bins=5, range=(-12, 12), correction="miller-madow")
    joint = divergence(x, measure=normal.pdf, bins=5, range=(-12, 12), correction="miller-madow")
    assert abs(joint - 3 * alone) < 0.02


def test_samples_where_there_is_no_measure():
    corners, diagonal = np.array([[0, 0], [1, 1], [0, 1]]), np.array([[0, 0], [1, 1]])
    with pytest.warns(UserWarning, match="cells without any measure, so the divergence is infinite") as caught:
        found = fastmi.relative_entropy(corners, measure=diagonal, bins=2)
    assert caught[0].filename == __file__
    assert (found.divergence, found.invariant_entropy) == (math.inf, -math.inf)
    with pytest.warns(UserWarning, match="without any measure"):
        assert divergence(corners, measure=lambda z: 1.0 * ((z[:, 0] < 0.5) == (z[:, 1] < 0.5)), bins=2) == math.inf


def test_samples_outside_the_range():
    with pytest.warns(UserWarning, match="of 20000 samples lie outside the range"):
        found = fastmi.relative_entropy(X, measure=WIDE.rvs(1000, random_state=5), range=(-1, 1))
    assert found.invariant_entropy.outside == np.count_nonzero(np.abs(X) > 1)
    assert abs(found.divergence) < 0.1
    with pytest.raises(ValueError, match="none of the 10 samples of measure are in the range"):
        fastmi.relative_entropy(X, measure=np.zeros(10), range=(1, 2))


def test_saturation_is_told():
    found = fastmi.relative_entropy(RNG.normal(size=(1000, 20)))
    assert found.invariant_entropy.saturated
    assert found.n_points == 20**20


def test_nan():
    holes = np.array([0.0, np.nan, 1.0])
    for module in (fastmi, reference):
        with pytest.raises(ValueError, match="x has NaN in 1 of 3 rows"):
            module.relative_entropy(holes)
        with pytest.raises(ValueError, match="measure has NaN in 1 of 3 rows"):
            module.relative_entropy(X, measure=holes)
        assert np.isnan(module.relative_entropy(holes, nan_policy="propagate")[0])
        assert np.isnan(module.relative_entropy(X, measure=holes, nan_policy="propagate")[0])
    assert divergence(holes, nan_policy="omit") == divergence(holes[[0, 2]])
    without = divergence(X, measure=holes[[0, 2]], bins=2)
    assert divergence(X, measure=holes, bins=2, nan_policy="omit") == without


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"measure": np.zeros((5, 2))}, ValueError, "measure has 2 columns but x has 1"),
        (
            {"measure": lambda _: 1.0},
            ValueError,
            r"measure returned an array of shape \(\) for points of shape \(\d+,\)",
        ),
        ({"measure": lambda y: -y}, ValueError, r"measure returned -.* at .*; a density is finite and not negative"),
        ({"measure": np.log, "range": (-1, 1)}, ValueError, "measure returned nan"),
        ({"measure": np.zeros_like}, ValueError, "measure returned 0 everywhere in the range"),
        ({"measure": "uniform"}, TypeError, "measure has dtype <U7"),
        ({"n_points": 0}, ValueError, "n_points=0 is not a positive finite number"),
        ({"n_points": "many"}, TypeError, "n_points='many' is not a number"),
        ({"correction": "nbs"}, ValueError, "correction='nbs' is unknown"),
        ({"bins": 0, "measure": X}, ValueError, "bins=0 has 0"),
        ({"bins": 2**24, "measure": WIDE.pdf}, ValueError, "too large for 16777216 cells in 1 columns; pass samples"),
    ],
)
def test_bad_options(options, error, message):
    with pytest.raises(error, match=message), np.errstate(invalid="ignore"):
        fastmi.relative_entropy(X, **options)
