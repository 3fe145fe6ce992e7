"""Histograms of a kernel density whose centres do not fit the tables at once, and how far their drawing is."""

import math

import numpy as np

import fastmi

BINS = 2_000_000
CENTRES = np.linspace(-3, 3, 5000)  # each reaches 20,000 of so many bins: 1,600 are taken at a time


def test_the_limit_is_that_of_all_batches():
    density = fastmi.KernelDensity(0.005).fit(CENTRES)
    fine = density.histogram(bins=BINS, n_samples=None, range=(-4, 4))
    coarse = density.histogram(bins=100, n_samples=None, range=(-4, 4))
    np.testing.assert_allclose(fine.counts.reshape(100, -1).sum(axis=1), coarse.counts, atol=1e-14)
    assert math.isclose(fine.counts.sum(), 1, abs_tol=1e-12)


def test_draws_are_those_of_all_batches():
    density = fastmi.KernelDensity(0.005).fit(CENTRES)
    drawn = density.histogram(bins=BINS, n_samples=10**6, range=(-4, 4), rng=1)
    expected = 10**6 * density.histogram(bins=100, n_samples=None, range=(-4, 4)).counts
    counts = drawn.counts.reshape(100, -1).sum(axis=1)
    assert counts.sum() == 10**6
    filled = expected > 5
    chi2 = ((counts - expected)[filled] ** 2 / expected[filled]).sum()
    assert abs(chi2 - filled.sum()) < 5 * math.sqrt(2 * filled.sum())


def test_draws_are_those_of_all_batches_of_shares():
    """Kernels reach 3,800 parts of the grid, in which a center has a share each: 1,400 centers are taken at a time."""
    centres = np.random.default_rng(1).normal(size=(3000, 4))
    drawn = fastmi.KernelDensity(1.0).fit(centres).histogram(bins=65, n_samples=10**5, range=(-9, 9), rng=1)
    assert drawn.counts.sum() == 10**5
    for c in range(4):
        column = fastmi.KernelDensity(1.0).fit(centres[:, c])
        expected = 10**5 * column.histogram(bins=65, n_samples=None, range=(-9, 9)).counts
        counts = drawn.counts.sum(axis=tuple(other for other in range(4) if other != c))
        filled = expected > 5
        chi2 = ((counts - expected)[filled] ** 2 / expected[filled]).sum()
        assert abs(chi2 - filled.sum()) < 5 * math.sqrt(2 * filled.sum())


def test_a_first_batch_outside_the_range_is_not_forgotten():
    """600 centers of a sparse grid are taken at a time."""
    centres = np.concatenate([np.full((700, 2), 100.0), np.zeros((500, 2))])
    drawn = fastmi.KernelDensity(0.2).fit(centres).histogram(bins=12_000, n_samples=12_000, range=(-3, 3), rng=1)
    assert drawn.is_sparse
    assert drawn.counts.sum() + drawn.outside == 12_000
    assert abs(drawn.outside - 7000) < 5 * math.sqrt(12_000 / 4)


def test_progress_ends_at_all_draws_though_some_are_outside():
    seen = []
    density = fastmi.KernelDensity(1.0).fit(np.zeros((10, 5)))
    drawn = density.histogram(n_samples=10**6, range=(-1, 1), rng=1, progress=lambda *done: seen.append(done))
    assert drawn.outside > 0
    assert seen == sorted(seen)
    assert seen[-1] == (10**6, 10**6)
