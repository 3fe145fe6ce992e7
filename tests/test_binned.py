"""Plug-in mutual information of bins and labels: against the reference, tables by hand, and scikit-learn."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fastmi
from fastmi import _binned as binned
from fastmi._variables import as_variable
from fastmi.reference import _binned as reference
from samples import KINDS

CORRECTIONS = [None, "miller-madow", "grassberger", "chao-shen", "nsb"]
SEEDS = st.integers(0, 2**32 - 1)


class Side:
    """A variable, in the cells of both implementations."""

    def __init__(self, values, bins=20, ranges=None, discrete=None):
        variable = as_variable("x", values, discrete)
        d = variable.values.shape[1]
        options = variable, [bins] * d, ranges or [None] * d
        self.ours, self.theirs = binned.codes_of(*options), reference.cells_of(*options)


def labels(*columns):
    return Side(np.column_stack(columns), discrete=True).ours


@st.composite
def sides(draw, n, rng):
    kinds = draw(st.lists(st.sampled_from(list(KINDS)), min_size=1, max_size=3))
    columns = np.column_stack([KINDS[kind].draw(rng, n) for kind in kinds])
    discrete = [kind == "integer" and draw(st.booleans()) for kind in kinds]
    limits = np.nanpercentile(columns, [10, 90], axis=0).T
    ranges = [(low, high) if low < high and draw(st.booleans()) else None for low, high in limits]
    return Side(columns, draw(st.integers(1, 12)), ranges, discrete)


@settings(max_examples=60)
@given(data=st.data(), n=st.integers(30, 120), seed=SEEDS, correction=st.sampled_from(CORRECTIONS[:-1]))
def test_reference(data, n, seed, correction):
    rng = np.random.default_rng(seed)
    x, y, z = (data.draw(sides(n, rng)) for _ in range(3))
    assert x.ours.n_cells == x.theirs.n_cells
    if not (x.ours.inside & y.ours.inside & z.ours.inside).any():
        return
    assert math.isclose(
        binned.mutual_info(x.ours, y.ours, correction),
        reference.mutual_info(x.theirs, y.theirs, correction),
        abs_tol=1e-10,
    )
    np.testing.assert_allclose(
        binned.local_mutual_info(x.ours, y.ours), reference.local_mutual_info(x.theirs, y.theirs), atol=1e-12
    )
    assert math.isclose(
        binned.conditional_mutual_info(x.ours, y.ours, z.ours, correction),
        reference.conditional_mutual_info(x.theirs, y.theirs, z.theirs, correction),
        abs_tol=1e-10,
    )


def test_nsb_equals_the_reference():
    rng = np.random.default_rng(1)
    x, y = Side(rng.normal(size=60), 4), Side(rng.integers(3, size=(60, 2)), discrete=True)
    ours, theirs = binned.entropies(x.ours, y.ours, "nsb"), reference.entropies(x.theirs, y.theirs, "nsb")
    np.testing.assert_allclose(ours, theirs, rtol=1e-6)


@settings(max_examples=40)
@given(data=st.data(), n=st.integers(30, 120), seed=SEEDS, correction=st.sampled_from(CORRECTIONS[:-1]))
def test_identities(data, n, seed, correction):
    rng = np.random.default_rng(seed)
    x, y = (data.draw(sides(n, rng)).ours for _ in range(2))
    if not (x.inside & y.inside).any():
        return
    information = binned.mutual_info(x, y, correction)
    assert binned.mutual_info(y, x, correction) == information
    h = binned.entropies(x, y, correction)
    assert h.x + h.y - h.xy == information
    plain = binned.mutual_info(x, y, None)
    assert -1e-12 <= plain <= min(binned.entropies(x, y, None)[:2]) + 1e-12
    local = binned.local_mutual_info(x, y)
    np.testing.assert_array_equal(np.isnan(local), ~(x.inside & y.inside))
    assert math.isclose(np.nanmean(local), plain, abs_tol=1e-12)


@settings(max_examples=40)
@given(seed=SEEDS, bins=st.integers(1, 20), given_range=st.booleans())
def test_bins_are_those_of_a_histogram(seed, bins, given_range):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(100, 2)).round(1)
    pair = (-1.0, 1.0) if given_range else None
    cells = Side(x, bins, [pair, pair]).ours
    found = fastmi.histogram(x, bins=bins, range=pair)
    assert binned.n_outside(cells) == found.outside
    counts = np.unique(cells.codes.codes[cells.inside], return_counts=True)[1]
    np.testing.assert_array_equal(np.sort(counts), np.sort(found.counts[found.counts > 0]))


@settings(max_examples=40)
@given(x=st.lists(st.integers(0, 4), min_size=1, max_size=60), seed=SEEDS)
def test_scikit_learn(x, seed):
    metrics = pytest.importorskip("sklearn.metrics")
    y = np.random.default_rng(seed).integers(3, size=len(x)) + np.array(x) // 2
    theirs = metrics.mutual_info_score(x, y)
    assert math.isclose(binned.mutual_info(labels(x), labels(y), None), theirs, abs_tol=1e-12)


def test_table_by_hand():
    """Of 8 samples, 3 are (0, 0), 1 is (0, 1) and 4 are (1, 1)."""
    x, y = labels([0, 0, 0, 0, 1, 1, 1, 1]), labels([0, 0, 0, 1, 1, 1, 1, 1])
    truth = 3 / 8 * math.log(2) + 1 / 8 * math.log(2 / 5) + 1 / 2 * math.log(8 / 5)
    assert math.isclose(binned.mutual_info(x, y, None), truth)
    local = binned.local_mutual_info(x, y)
    np.testing.assert_allclose(local, np.log([2, 2, 2, 2 / 5, 8 / 5, 8 / 5, 8 / 5, 8 / 5]))


def test_exclusive_or():
    x, y = np.array(list(product([0, 1], repeat=2)) * 5).T
    z = x ^ y
    assert binned.mutual_info(labels(x), labels(y), None) == 0
    assert math.isclose(binned.conditional_mutual_info(labels(x), labels(y), labels(z), None), math.log(2))
    assert math.isclose(binned.mutual_info(labels(x, y), labels(z), None), math.log(2))


def test_common_cause():
    z = np.repeat([0, 1, 2], 8)
    x, y = np.array(list(product([0, 1], repeat=2)) * 6).T + z
    assert binned.mutual_info(labels(x), labels(y), None) > 0.3
    assert math.isclose(binned.conditional_mutual_info(labels(x), labels(y), labels(z), None), 0, abs_tol=1e-15)


@pytest.mark.parametrize("correction", CORRECTIONS)
def test_constants_carry_nothing(correction):
    x, constant = labels(np.arange(30) % 7), labels(np.ones(30))
    h = binned.entropies(x, constant, correction)
    assert h.xy == h.x
    assert abs(h.y) < 1e-3  # by Grassberger's formula not exactly 0
    assert math.isclose(binned.mutual_info(x, constant, correction), h.y, abs_tol=1e-15)


def test_normal_distribution():
    """What is left of the bias is what bins blur."""
    rng = np.random.default_rng(2)
    x = rng.normal(size=200_000)
    y = 0.6 * x + 0.8 * rng.normal(size=200_000)
    x_cells, y_cells = (binned.codes_of(as_variable("x", side), [40], [None]) for side in (x, y))
    assert abs(binned.mutual_info(x_cells, y_cells, "miller-madow") + math.log(1 - 0.36) / 2) < 0.01


def test_more_cells_than_there_are_numbers_for_them():
    x = np.random.default_rng(3).normal(size=(200, 40))
    side = Side(x, 1000).ours
    assert side.n_cells == 1000**40
    assert math.isclose(binned.mutual_info(side, side, None), math.log(200))


def test_samples_outside_are_left_out_of_all():
    x, y = np.array([0.0, 1, 2, 3, 9]), np.array([-9.0, 1, 2, 3, 4])
    x_cells, y_cells = Side(x, 4, [(0, 4)]).ours, Side(y, 4, [(0, 4)]).ours
    assert binned.n_outside(x_cells, y_cells) == 2
    assert math.isclose(binned.mutual_info(x_cells, y_cells, None), math.log(3))
    with pytest.warns(UserWarning, match="2 of 5 samples lie outside the range") as caught:
        binned.warn_if_outside(binned.n_outside(x_cells, y_cells), 5)
    assert caught[0].filename == __file__
    beyond = Side(y, 4, [(20, 30)]).ours
    with pytest.raises(ValueError, match="no samples are in the bins"):
        binned.mutual_info(x_cells, beyond, None)


def test_a_range_too_narrow_is_named():
    variable = as_variable("y", np.column_stack([np.arange(5.0), np.arange(5.0)]))
    with pytest.raises(ValueError, match=r"column 1 is too narrow for 20 bins: .* y with its offset subtracted"):
        binned.codes_of(variable, [20, 20], [None, (1, np.nextafter(1, 2))])
