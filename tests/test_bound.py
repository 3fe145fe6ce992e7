"""The lower bound from views of few columns: against the reference, closed forms, and what must not matter."""

import math

import numpy as np
import pytest

import fastmi
from fastmi import reference
from fastmi._canonical import cross_fitted
from fastmi._dictionaries import dictionaries, side_of


def product(rng, n=300, d=3):
    x = rng.normal(size=(n, d))
    return x, x[:, 0] * x[:, 1] + 0.2 * rng.normal(size=n)


def turning(rng, n=300):
    x = rng.normal(size=(n, 2))
    angle = 0.7 * np.square(x).sum(axis=1)
    y = np.column_stack([np.cos(angle) * x[:, 0] - np.sin(angle) * x[:, 1], rng.normal(size=n)])
    return x, y + 0.1 * rng.normal(size=(n, 2))


def pairs(rng, n=300, d=6, n_pairs=4, rho=0.9):
    x, y = rng.normal(size=(2, n, d))
    y[:, :n_pairs] = rho * x[:, :n_pairs] + math.sqrt(1 - rho**2) * y[:, :n_pairs]
    return x, y


def student(rng, n=300):
    x, y = rng.normal(size=(2, n, 2))
    scale = np.sqrt(rng.chisquare(1, size=(n, 1)))
    return x / scale, y / scale


def independent(rng, n=300):
    return rng.normal(size=(n, 3)), rng.normal(size=(n, 4))


LAWS = [product, turning, pairs, student, independent]


@pytest.mark.parametrize("law", LAWS)
def test_equals_the_reference(law):
    x, y = law(np.random.default_rng(1))
    ours, theirs = (module.mutual_info_bound(x, y, k=4, rng=2, base=2) for module in (fastmi, reference))
    assert sorted(str(view) for view in ours.views) == sorted(str(view) for view in theirs.views)
    assert {v.name for v in ours.views} >= {"radial"} | ({"quadratic"} if law is product else set())
    by_value = [sorted((str(v), v.value) for v in bound.views) for bound in (ours, theirs)]
    for (_, a), (_, b) in zip(*by_value, strict=True):
        assert a == pytest.approx(b, abs=1e-9)
    for name in ("value", "standard_error", "full", "z"):
        assert getattr(ours, name) == pytest.approx(getattr(theirs, name), rel=1e-8, abs=1e-9), name
    assert (ours.view, ours.n_samples, ours.unit) == (theirs.view, theirs.n_samples, theirs.unit)


def test_all_columns_are_ksg_with_normal_marginals():
    x, y = product(np.random.default_rng(3))
    full = fastmi.mutual_info(x, y, k=5, marginals="normal")
    assert fastmi.mutual_info_bound(x, y, rng=1).full == pytest.approx(full, abs=1e-12)


@pytest.mark.parametrize("name", ["linear", "additive", "quadratic", "modulated"])
def test_what_is_fitted_for_a_fold_does_not_know_its_pairing(name):
    rng = np.random.default_rng(4)
    x, y = pairs(rng, n=600, d=3, n_pairs=2)
    here, other = np.arange(0, 600, 2), np.arange(1, 600, 2)
    sides = [side_of(np.asfortranarray(side), 1) for side in (x, y)]
    shuffled = np.arange(600)
    shuffled[here] = rng.permutation(here)
    dictionary = dictionaries(*sides, 300)[name]
    fitted, _ = cross_fitted(dictionary, *sides, (here, other), 1e-3, 2)
    among_them = np.searchsorted(here, shuffled[here])
    dependent, _ = cross_fitted(dictionary, sides[0], sides[1].rows(shuffled), (here, other), 1e-3, 2)
    assert fitted.x.shape[1] == 2
    assert dependent.x.shape[1] == 0  # these rows show nothing any more
    _, of_other = cross_fitted(dictionary, *sides, (other, here), 1e-3, 2)
    np.testing.assert_array_equal(of_other.x, fitted.x)
    assert len(np.unique(among_them)) == len(here)


def test_pairs_are_canonical_variates_of_the_other_half():
    """Fitted on these rows, they would be uncorrelated but for the partner; on the others they nearly are."""
    x, y = pairs(np.random.default_rng(5), n=4000, d=4, n_pairs=2)
    sides = [side_of(np.asfortranarray(side), 1) for side in (x, y)]
    first, second = cross_fitted(lambda s: s.normal, *sides, (np.arange(2000), np.arange(2000, 4000)), 0.0, 4)
    for fold in (first, second):
        correlation = np.corrcoef(fold.x.T, fold.y.T)
        np.testing.assert_allclose(correlation, np.eye(4) + 0.9 * np.roll(np.eye(4), 2, axis=0), atol=0.1)


@pytest.mark.parametrize("law", LAWS)
def test_same_bits_with_the_sides_exchanged(law):
    x, y = law(np.random.default_rng(6))
    one, other = fastmi.mutual_info_bound(x, y, rng=1), fastmi.mutual_info_bound(y, x, rng=1)
    assert one == other


def test_same_bits_for_monotone_maps_and_any_number_of_workers():
    x, y = product(np.random.default_rng(7))
    one = fastmi.mutual_info_bound(x, y, rng=1, workers=1)
    assert fastmi.mutual_info_bound(np.exp(3 * x), -(y**3), rng=1, workers=3) == one


def test_the_seed_decides():
    x, y = product(np.random.default_rng(8))
    bounds = [fastmi.mutual_info_bound(x, y, rng=seed) for seed in (1, np.random.default_rng(1), 2)]
    assert bounds[0] == bounds[1]
    assert bounds[0].value != bounds[2].value


@pytest.mark.parametrize(("d", "n_pairs", "rho"), [(8, 1, 0.9), (8, 2, 0.7), (8, 8, 0.6), (20, 1, 0.8)])
def test_normals_in_many_dimensions(d, n_pairs, rho):
    x, y = pairs(np.random.default_rng(9), 4000, d, n_pairs, rho)
    truth = -n_pairs / 2 * math.log(1 - rho**2)
    bound = fastmi.mutual_info_bound(x, y, rng=1)
    assert bound.full_is_too_low
    assert bound.full < 0.8 * truth
    assert float(bound) == pytest.approx(truth, abs=0.05 + 0.03 * truth)


def test_many_pairs_are_read_from_their_correlations():
    x, y = pairs(np.random.default_rng(10), 3000, 8, 8, 0.6)
    assert fastmi.mutual_info_bound(x, y, rng=1).view == "gaussian, 8 pairs"


def test_correlations_of_columns_on_a_curve_are_not_believed():
    """The columns of each side are functions of one: as normals they would carry several times what there is."""
    rng = np.random.default_rng(11)
    u = rng.normal(size=2000)
    v = u + 0.3 * rng.normal(size=2000)
    x, y = (np.column_stack([c, np.sin(c), np.cos(2 * c), np.sin(3 * c)]) for c in (u, v))
    bound = fastmi.mutual_info_bound(x, y, rng=1)
    assert float(bound) < 0.5 * math.log1p(1 / 0.3**2) + 0.05
    assert all(view.value < 1.4 for view in bound.views)


@pytest.mark.parametrize("n", [100, 1000])
def test_where_there_is_nothing_all_columns_are_taken(n):
    for seed in range(5):
        rng = np.random.default_rng(seed)
        x, y = rng.standard_cauchy(size=(n, 5)), rng.normal(size=(n, 3))
        bound = fastmi.mutual_info_bound(x, y, rng=seed)
        assert (bound.view, bound.value) == ("all columns", bound.full)
        assert not bound.full_is_too_low


def test_one_column_a_side_has_no_views():
    rng = np.random.default_rng(12)
    x, y = rng.normal(size=(2, 500))
    bound = fastmi.mutual_info_bound(x, y)
    assert (bound.views, bound.view, bound.value) == ((), "all columns", bound.full)
    assert math.isnan(bound.z)
    assert "no view" in bound.sentence


def test_constant_and_repeated_columns_change_nothing_that_counts():
    x, y = product(np.random.default_rng(13), n=1000)
    bound = fastmi.mutual_info_bound(x, y, rng=1)
    more = np.column_stack([x, np.full(1000, 7.0), x[:, 0], x[:, 1] - x[:, 0]])
    assert float(fastmi.mutual_info_bound(more, y, rng=1)) == pytest.approx(float(bound), abs=0.1)
    with_constant = fastmi.mutual_info_bound(np.column_stack([x, np.full(1000, 7.0)]), y, rng=1)
    assert with_constant.value == bound.value
    nothing = fastmi.mutual_info_bound(np.zeros((1000, 3)), y)
    assert (nothing.value, nothing.views) == (0.0, ())


def test_more_columns_than_rows():
    rng = np.random.default_rng(14)
    x, y = rng.normal(size=(60, 200)), rng.normal(size=(60, 2))
    assert fastmi.mutual_info_bound(x, y, rng=1).view == "all columns"


@pytest.mark.parametrize("n", [6, 7, 12, 20, 25, 40])
def test_few_rows(n):
    x, y = product(np.random.default_rng(15), n=n)
    assert math.isfinite(float(fastmi.mutual_info_bound(x, y, rng=1)))


def test_one_is_a_function_of_the_other():
    x = np.random.default_rng(16).normal(size=(1000, 6))
    bound = fastmi.mutual_info_bound(x, x, rng=1)
    assert math.isfinite(bound.value)
    assert bound.value >= bound.full


@pytest.mark.filterwarnings("ignore:.*coincide:UserWarning")
def test_views_of_coinciding_samples_are_left_out():
    rng = np.random.default_rng(17)
    x = rng.integers(0, 2, size=(2000, 4)).astype(float)
    y = np.column_stack([x[:, 0], rng.integers(0, 2, size=2000)])
    bound = fastmi.mutual_info_bound(x, y, rng=1)
    assert bound.views == ()
    with pytest.warns(UserWarning, match="coincide"):
        fastmi.mutual_info_bound(x, y, rng=1)


def test_nan():
    x, y = product(np.random.default_rng(18))
    x[5, 1] = np.nan
    with pytest.raises(ValueError, match="x has NaN in 1 of 300 rows, first in row 5"):
        fastmi.mutual_info_bound(x, y)
    omitted = fastmi.mutual_info_bound(x, y, rng=1, nan_policy="omit")
    assert omitted == fastmi.mutual_info_bound(np.delete(x, 5, axis=0), np.delete(y, 5), rng=1)
    for module in (fastmi, reference):
        propagated = module.mutual_info_bound(x, y, nan_policy="propagate")
        assert math.isnan(float(propagated))
        assert propagated.n_samples == 299


def test_units():
    x, y = product(np.random.default_rng(19))
    nats, bits = (fastmi.mutual_info_bound(x, y, rng=1, base=base) for base in (None, 2))
    assert bits.value == pytest.approx(nats.value / math.log(2))
    assert bits.standard_error == pytest.approx(nats.standard_error / math.log(2))
    assert bits.views[0].value == pytest.approx(nats.views[0].value / math.log(2))
    assert bits.z == nats.z
    assert "bits" in repr(bits)


def test_printing_says_what_was_found():
    x, y = product(np.random.default_rng(20), n=2000, d=8)
    bound = fastmi.mutual_info_bound(x, y, rng=1)
    assert repr(bound).startswith("MutualInfoBound(")
    assert "the estimate from all columns is too low" in str(bound)
    assert all(str(view) in str(bound) for view in bound.views)


def test_arguments():
    x, y = product(np.random.default_rng(21), n=10)
    with pytest.raises(ValueError, match="k=10 needs at least 11 samples"):
        fastmi.mutual_info_bound(x, y, k=10)
    with pytest.raises(ValueError, match="x has 9 rows"):
        fastmi.mutual_info_bound(x[1:], y)
    with pytest.raises(ValueError, match="infinite value in row 0"):
        fastmi.mutual_info_bound(x, np.r_[np.inf, y[1:]])
