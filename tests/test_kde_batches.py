"""Histograms of a kernel density whose centres do not fit the tables at once, and how far their drawing is."""

import math

import numpy as np

import fastmi

BINS = 100_000
CENTRES = np.linspace(-3, 3, 1000)  # with so many bins, about 300 fit


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


def test_progress_ends_at_all_draws_though_some_are_outside():
    seen = []
    density = fastmi.KernelDensity(1.0).fit(np.zeros((10, 5)))
    drawn = density.histogram(n_samples=10**6, range=(-1, 1), rng=1, progress=lambda *done: seen.append(done))
    assert drawn.outside > 0
    assert seen == sorted(seen)
    assert seen[-1] == (10**6, 10**6)
