"""Entropies from counts: against the reference, closed forms, and each other."""

import math

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from fastmi._plugin import plugin_entropy
from fastmi.reference._entropy import _estimate

CORRECTIONS = [None, "miller-madow", "grassberger", "chao-shen", "nsb"]
COUNTS = st.lists(st.integers(0, 60), min_size=1, max_size=40).filter(any)


def plugin(counts, correction=None, **options):
    return plugin_entropy(np.asarray(counts, np.int64), correction=correction, **options)


def assert_equals_the_reference(correction, counts, n_bins, tolerance):
    ours = plugin(counts, correction, n_bins=n_bins, log_volume=1.5, outside=2, unit=0.5)
    theirs = _estimate([n for n in counts if n > 0], correction, n_bins, 1.5, 2, 0.5)
    assert math.isclose(ours, theirs, rel_tol=tolerance, abs_tol=tolerance)
    for name, value in vars(theirs).items():
        assert math.isclose(getattr(ours, name), value, rel_tol=1e-10, abs_tol=1e-10)


@pytest.mark.parametrize("correction", CORRECTIONS[:-1])
@given(counts=COUNTS)
def test_equals_the_reference(correction, counts):
    assert_equals_the_reference(correction, counts, len(counts), 1e-12)


@settings(max_examples=15)
@given(counts=st.lists(st.integers(0, 30), min_size=1, max_size=8).filter(any), empty=st.integers(0, 10**6))
def test_nsb_equals_the_reference(counts, empty):
    assert_equals_the_reference("nsb", counts, len(counts) + empty, 1e-7)


@given(counts=COUNTS)
def test_equals_scipy(counts):
    assert math.isclose(plugin(counts), scipy.stats.entropy(counts), abs_tol=1e-12)


@given(counts=COUNTS)
def test_bounds(counts):
    h = plugin(counts)
    assert 0 <= h <= math.log(min(sum(counts), np.count_nonzero(counts))) + 1e-12
    assert 0 <= h.slope <= 1
    assert h <= h.ceiling + 1e-12


@pytest.mark.parametrize("correction", CORRECTIONS)
@given(counts=COUNTS, seed=st.integers(0, 100))
def test_bins_have_no_order_and_no_shape(correction, counts, seed):
    counts = np.array(counts, np.int64)
    shuffled = np.random.default_rng(seed).permutation(counts).reshape(-1, 1)
    n_bins = len(counts)
    assert plugin(counts, correction, n_bins=n_bins) == plugin(shuffled, correction, n_bins=n_bins)
    empty = np.concatenate([counts, np.zeros(10**4, np.int64)])  # counted otherwise, being many
    assert plugin(counts, correction, n_bins=n_bins) == plugin(empty, correction, n_bins=n_bins)


@pytest.mark.parametrize("correction", CORRECTIONS)
def test_volume_unit_and_ceiling(correction):
    h = plugin([5, 3, 1, 1], correction)
    moved = plugin([5, 3, 1, 1], correction, log_volume=-2.0, unit=math.log(2))
    assert math.isclose(moved, (h - 2) / math.log(2))
    assert math.isclose(moved.ceiling, (math.log(10) - 2) / math.log(2))
    assert (moved.singleton_fraction, moved.n_samples, moved.slope) == (0.2, 10, h.slope)


def test_all_singletons_reach_the_ceiling():
    h = plugin(np.ones(5000))
    assert math.isclose(h, h.ceiling)
    assert h.singleton_fraction == 1.0
    assert h.saturated
    assert math.isclose(h.slope, 1, abs_tol=2e-4)


def test_filled_bins_have_the_slope_of_the_first_order():
    counts = np.full(100, 10_000)
    assert math.isclose(plugin(counts).slope, 99 / (2 * counts.sum()), rel_tol=1e-3)


@pytest.mark.parametrize("correction", [None, "miller-madow", "chao-shen", "nsb"])
@pytest.mark.parametrize("n", [1, 2, 10**9])
def test_one_bin_has_no_entropy(correction, n):
    h = plugin([0, n, 0], correction)
    assert 0 <= h < 1e-12
    assert h.slope == 0


def test_grassberger_of_single_counts():
    """G(1) = -gamma - log 2 and G(2) = G(3) = 2 - gamma - log 2, as in the paper."""
    first = -np.euler_gamma - math.log(2)
    assert math.isclose(plugin([1], "grassberger"), -first)
    assert math.isclose(plugin([2], "grassberger"), math.log(2) - 2 - first)
    assert math.isclose(plugin([3], "grassberger"), math.log(3) - 2 - first)


def test_grassberger_is_unbiased_for_poisson_bins_with_large_means():
    rng = np.random.default_rng(1)
    counts = rng.poisson(3.0, size=200_000)
    assert abs(plugin(counts, "grassberger") - math.log(200_000)) < 0.01
    assert abs(plugin(counts) - math.log(200_000)) > 0.1


def test_chao_shen_of_singletons_alone():
    """All but one sample are taken to be alone, so that the coverage is 1 / M."""
    m = 50
    p = 1 / m**2
    assert math.isclose(plugin(np.ones(m), "chao-shen"), -m * p * math.log(p) / (1 - (1 - p) ** m))


@pytest.mark.parametrize("correction", ["miller-madow", "grassberger", "nsb"])
def test_corrections_are_right_where_the_first_order_is(correction):
    """Uniform on 100 bins, 1000 samples: the bias is -0.05, and the correction leaves little of it."""
    rng = np.random.default_rng(2)
    tables = rng.multinomial(1000, np.full(100, 0.01), size=50)
    errors = [plugin(counts, correction, n_bins=100) - math.log(100) for counts in tables]
    assert abs(np.mean(errors)) < 0.01


@pytest.mark.parametrize("correction", CORRECTIONS)
def test_geometric_distribution(correction):
    p = 0.2
    truth = -((1 - p) * math.log(1 - p) + p * math.log(p)) / p
    samples = np.random.default_rng(3).geometric(p, size=100_000)
    assert abs(plugin(np.bincount(samples), correction, n_bins=1000) - truth) < 0.01


@pytest.mark.parametrize("n_bins", [2 * 10**6, 20**6, 20**13, 10**100])
@pytest.mark.parametrize("n", [1, 10**4, 10**6])
def test_nsb_without_coincidences_leans_on_the_prior(n_bins, n):
    h = plugin(np.ones(n), "nsb", n_bins=n_bins)
    assert math.log(n) < h < math.log(n_bins)


@given(n_bins=st.integers(2, 10**100))
def test_nsb_of_one_sample_is_the_mean_of_the_prior(n_bins):
    assert math.isclose(plugin([1], "nsb", n_bins=n_bins), math.log(n_bins) / 2, rel_tol=1e-6)


@pytest.mark.parametrize("n_samples", [10**5, 10**7, 10**10])
@pytest.mark.parametrize("n_bins", [1000, 20**13])
def test_nsb_of_many_samples_is_the_truth(n_samples, n_bins):
    counts = np.full(1000, n_samples // 1000)
    assert abs(plugin(counts, "nsb", n_bins=n_bins) - math.log(1000)) < 0.02


def test_nsb_finds_a_narrow_posterior():
    """10^10 samples in 10^6 bins: the posterior of the concentration is a thousandth wide."""
    counts = np.random.default_rng(4).poisson(10_000, size=10**6)
    h = plugin(counts, "nsb", n_bins=10**6)
    assert abs(h - plugin(counts, "miller-madow")) < 1e-6


def test_nsb_refuses_too_many_bins():
    with pytest.raises(ValueError, match=r"correction='nsb' .* about 10\^390 are too many; use correction='chao-shen'"):
        plugin([1, 2], "nsb", n_bins=20**300)


def test_no_samples():
    with pytest.raises(ValueError, match="no samples are in the bins; pass a range that holds some of them"):
        plugin(np.zeros(10))


def test_unknown_correction():
    with pytest.raises(
        ValueError, match="correction='nbs' is unknown; use None or one of 'miller-madow', 'grassberger'"
    ):
        plugin([1], "nbs")
