"""The standard error of an estimate: against the reference, repeated draws, and what must not matter."""

import math

import numpy as np
import pytest

import fastmi
from fastmi import reference
from samples import correlated

MODULES = [fastmi, reference]


def problem(n=120, seed=1):
    x, y = correlated(n, 0.7, np.random.default_rng(seed), d_x=2)
    return x, y


@pytest.mark.parametrize("by", ["subsets", "local"])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"blocks": 7},
        {"blocks": np.repeat([5, 2, 9, 1, 7, 4], [10, 20, 30, 10, 20, 30])},
        {"method": "ksg2", "k": 2},
        {"method": "gaussian"},
        {"marginals": "normal", "base": 2},
    ],
    ids=["plain", "length of blocks", "labels of blocks", "ksg2", "gaussian", "normal marginals"],
)
def test_equals_the_reference(by, options):
    x, y = problem()
    ours, theirs = (module.mutual_info_error(x, y, by=by, rng=3, **options) for module in MODULES)
    assert ours == pytest.approx(theirs, rel=1e-9)


def test_nan():
    x, y = problem()
    x[[3, 50]] = np.nan
    for options in ({"by": "local"}, {"rng": 1}, {"rng": 1, "blocks": 10}):
        ours, theirs = (module.mutual_info_error(x, y, nan_policy="omit", **options) for module in MODULES)
        assert ours == pytest.approx(theirs, rel=1e-9)
    assert math.isnan(fastmi.mutual_info_error(x, y, nan_policy="propagate"))
    with pytest.raises(ValueError, match="x has NaN in 2 of 120 rows"):
        fastmi.mutual_info_error(x, y)


def test_the_scatter_of_repeated_draws():
    draws = [correlated(1000, 0.7, np.random.default_rng(seed)) for seed in range(60)]
    scatter = np.std([fastmi.mutual_info(x, y) for x, y in draws], ddof=1)
    assert np.mean([fastmi.mutual_info_error(x, y, rng=1) for x, y in draws]) == pytest.approx(scatter, rel=0.25)
    local = np.mean([fastmi.mutual_info_error(x, y, by="local") for x, y in draws])
    assert 0.6 * scatter < local < 1.05 * scatter


def test_blocks_of_equal_rows_count_once():
    """Each sample comes with three near copies: four times as many rows, and no more information."""
    rng = np.random.default_rng(2)
    x, y = correlated(500, 0.8, rng)
    many = [np.repeat(side.ravel(), 4) + 0.01 * rng.normal(size=2000) for side in (x, y)]
    for by in ("subsets", "local"):
        naive = fastmi.mutual_info_error(*many, by=by, rng=1, method="gaussian")
        whole = fastmi.mutual_info_error(*many, by=by, rng=1, method="gaussian", blocks=4)
        assert whole == pytest.approx(fastmi.mutual_info_error(x, y, by=by, rng=1, method="gaussian"), rel=0.3)
        assert whole > 1.5 * naive


def test_blocks_by_number_and_by_label_are_the_same():
    x, y = problem()
    by_number = fastmi.mutual_info_error(x, y, blocks=10, rng=1)
    for labels in (np.arange(120) // 10, [f"event {i // 10:02d}" for i in range(120)]):
        assert fastmi.mutual_info_error(x, y, blocks=labels, rng=1) == by_number


def test_blocks_of_very_unequal_size():
    rng = np.random.default_rng(7)
    label = np.repeat(np.arange(40), rng.integers(1, 30, size=40))
    x, y = correlated(len(label), 0.5, rng)
    for seed in range(20):
        assert 0 < fastmi.mutual_info_error(x, y, rng=seed, blocks=label) < 0.3


def test_workers_and_seed():
    x, y = problem()
    one = fastmi.mutual_info_error(x, y, rng=1, workers=1)
    assert fastmi.mutual_info_error(x, y, rng=1, workers=3) == one
    assert fastmi.mutual_info_error(x, y, rng=2) != one


def test_labels():
    rng = np.random.default_rng(5)
    label = rng.choice(["a", "b"], size=500)
    y = rng.normal(size=500) + (label == "a")
    assert 0.005 < fastmi.mutual_info_error(label, y, rng=1, method="mixed") < 0.05


def test_a_constant_has_no_error():
    y = np.random.default_rng(6).normal(size=100)
    assert fastmi.mutual_info_error(np.ones(100), y, rng=1) == 0
    assert fastmi.mutual_info_error(np.ones(100), y, by="local") == 0


def test_what_cannot_be_is_refused():
    x, y = problem()
    with pytest.raises(ValueError, match="by='bootstrap' is unknown; use 'subsets' or 'local'"):
        fastmi.mutual_info_error(x, y, by="bootstrap")
    with pytest.raises(ValueError, match="120 rows in blocks of up to 120 are too few to be divided into subsets of 4"):
        fastmi.mutual_info_error(x, y, blocks=120)
    with pytest.raises(ValueError, match="7 rows in blocks of up to 1 are too few"):
        fastmi.mutual_info_error(x[:7], y[:7])
    with pytest.raises(ValueError, match="blocks has NaN in 1 of 120 rows, first in row 3; give such rows a label"):
        fastmi.mutual_info_error(x, y, blocks=np.where(np.arange(120) == 3, np.nan, 1.0))
    with pytest.raises(ValueError, match=r"blocks has shape \(3,\) for 120 rows"):
        fastmi.mutual_info_error(x, y, blocks=[1, 2, 3])
    with pytest.raises(ValueError, match="blocks=0 is less than 1"):
        fastmi.mutual_info_error(x, y, blocks=0)
