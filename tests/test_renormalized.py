"""Renormalised mutual information: against the reference, closed forms, and under maps of the feature."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import closed_forms
import fastmi
from fastmi import reference, renormalized_mutual_info

MODULES = (fastmi, reference)
COV = closed_forms.THREE_AND_TWO[:4, :4]


def linear(seed, n, weights):
    """Return linear features of normal x, and their Jacobians."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, len(COV))) @ np.linalg.cholesky(COV).T
    return x @ np.transpose(weights), np.broadcast_to(weights, (n, *np.shape(weights)))


def quadratic(seed, n):
    """Return two features that bend, and their Jacobians."""
    x = np.random.default_rng(seed).normal(size=(n, 3))
    y = np.column_stack([x[:, 0] + 0.3 * x[:, 1] ** 2, x[:, 2] + 0.2 * x[:, 0] * x[:, 1]])
    ones = np.ones(n)
    rows = [[ones, 0.6 * x[:, 1], 0 * ones], [0.2 * x[:, 1], 0.2 * x[:, 0], ones]]
    return y, np.moveaxis(np.array(rows), 2, 0)


@settings(max_examples=20)
@given(
    seed=st.integers(0, 1000),
    n_features=st.integers(1, 3),
    n_more_inputs=st.integers(0, 3),
    k=st.integers(1, 5),
    base=st.sampled_from([None, 2]),
)
def test_equals_the_reference(seed, n_features, n_more_inputs, k, base):
    rng = np.random.default_rng(seed)
    y, jacobian = rng.normal(size=(50, n_features)), rng.normal(size=(50, n_features, n_features + n_more_inputs))
    ours, theirs = (m.renormalized_mutual_info(y, jacobian, k=k, base=base) for m in MODULES)
    assert math.isclose(ours, theirs, abs_tol=1e-9)


@pytest.mark.parametrize(
    "weights",
    [[[1.0, 0.0, 0.0, 0.0]], [[1.0, -1.0, 2.0, 0.5]], [[1.0, 0.5, 0.0, 0.0], [0.0, 1.0, 0.0, -1.0]], np.eye(4)],
    ids=["column", "sum", "two sums", "all"],
)
def test_linear_features_of_normals(weights):
    """H(A x) = 1/2 log det(2 pi e A S A^T), less 1/2 log det(A A^T); the entropy is biased by -0.005 in two columns, -0.05 in four."""
    weights = np.array(weights)
    truth = (
        closed_forms.normal_entropy(weights @ COV @ weights.T) - np.linalg.slogdet(weights @ weights.T).logabsdet / 2
    )
    found = [renormalized_mutual_info(*linear(seed, 4000, weights)) for seed in range(20)]
    bias = {1: 0.0, 2: 0.005, 4: 0.05}[len(weights)]
    assert abs(np.mean(found) - truth) < 3 * np.std(found, ddof=1) / math.sqrt(len(found)) + bias


def test_all_of_x_has_the_entropy_of_x():
    x = np.random.default_rng(1).gamma(3, size=(5000, 2))
    y, jacobian = np.log(x), np.array([np.diag(1 / row) for row in x])
    entropy_of_x = 2 * (3 + math.log(2) - 2 * (1.5 - np.euler_gamma))  # of Gamma(a): a + log Gamma(a) + (1 - a) psi(a)
    assert renormalized_mutual_info(y, jacobian) == pytest.approx(entropy_of_x, abs=0.05)


@settings(max_examples=20)
@given(seed=st.integers(0, 1000), exponent=st.integers(-300, 300), reverse=st.booleans())
def test_scaling_and_permuting_features_changes_nothing(seed, exponent, reverse):
    y, jacobian = quadratic(seed, 100)
    columns, scale = [1, 0] if reverse else [0, 1], 3.0 * 2.0**exponent
    again = renormalized_mutual_info(scale * y[:, columns], scale * jacobian[:, columns])
    assert math.isclose(again, renormalized_mutual_info(y, jacobian), abs_tol=1e-9)


def test_invertible_maps_change_nothing_but_noise():
    y, jacobian = quadratic(1, 20_000)
    plain = renormalized_mutual_info(y, jacobian)
    turn = np.array([[1.0, 0.5], [-0.3, 0.8]])
    assert renormalized_mutual_info(y @ turn.T, turn @ jacobian) == pytest.approx(plain, abs=0.02)
    bent = np.exp(y / 2)
    assert renormalized_mutual_info(bent, bent[:, :, np.newaxis] / 2 * jacobian) == pytest.approx(plain, abs=0.02)
    one = renormalized_mutual_info(y[:, 0], jacobian[:, 0])
    exp = np.exp(y[:, :1])
    assert renormalized_mutual_info(exp[:, 0], exp * jacobian[:, 0]) == pytest.approx(one, abs=0.02)


def test_derivatives_of_very_different_units():
    y, jacobian = quadratic(2, 200)
    units = np.array([[1e-150], [1e150]])  # of which the logs cancel
    assert renormalized_mutual_info(y, units * jacobian) == pytest.approx(
        renormalized_mutual_info(y, jacobian), abs=1e-9
    )


def test_the_better_feature_of_a_ring_is_the_angle():
    rng = np.random.default_rng(3)
    angle, radius = rng.uniform(-np.pi, np.pi, size=5000), rng.normal(1, 0.1, size=5000)
    along = np.column_stack([-np.sin(angle), np.cos(angle)]) / radius[:, np.newaxis]
    across = np.column_stack([np.cos(angle), np.sin(angle)])
    of_angle, of_radius = renormalized_mutual_info(angle, along), renormalized_mutual_info(radius, across)
    assert of_angle == pytest.approx(math.log(2 * math.pi) + np.mean(np.log(radius)), abs=0.05)
    assert of_radius == pytest.approx(0.5 * math.log(2 * math.pi * math.e * 0.01), abs=0.05)
    both = renormalized_mutual_info(np.column_stack([angle, radius]), np.stack([along, across], axis=1))
    assert both == pytest.approx(of_angle + of_radius, abs=0.05)  # they are independent, and at right angles


@pytest.mark.parametrize("module", MODULES)
def test_shapes_and_types(module):
    rng = np.random.default_rng(4)
    y, jacobian = rng.integers(-999, 999, size=30) * 7, rng.integers(1, 9, size=(30, 2))
    before = y.copy(), jacobian.copy()
    found = module.renormalized_mutual_info(y.astype(float), jacobian.astype(float))
    for features in (y, y[:, np.newaxis], y.astype(np.float32), y.tolist()):
        for gradients in (jacobian, jacobian[:, np.newaxis], jacobian.astype(np.float32), jacobian.tolist()):
            assert module.renormalized_mutual_info(features, gradients) == found
    assert isinstance(found, float)
    assert np.array_equal(y, before[0])
    assert np.array_equal(jacobian, before[1])


@pytest.mark.parametrize("module", MODULES)
def test_nan(module):
    y, jacobian = quadratic(5, 40)
    holes, gaps = y.copy(), jacobian.copy()
    holes[3, 1], gaps[7, 0, 2] = np.nan, np.nan
    with pytest.raises(ValueError, match="y has NaN in 1 of 40 rows, first in row 3"):
        module.renormalized_mutual_info(holes, jacobian)
    with pytest.raises(ValueError, match="jacobian has NaN in 1 of 40 rows, first in row 7"):
        module.renormalized_mutual_info(y, gaps)
    assert math.isnan(module.renormalized_mutual_info(y, gaps, nan_policy="propagate"))
    kept = np.delete(np.arange(40), [3, 7])
    left = module.renormalized_mutual_info(holes, gaps, nan_policy="omit")
    assert left == module.renormalized_mutual_info(y[kept], jacobian[kept])


@pytest.mark.parametrize("module", MODULES)
def test_deficient_rank(module):
    y, jacobian = quadratic(6, 10)
    flat, together = jacobian.copy(), jacobian.copy()
    flat[4:6, 1] = 0
    together[8, 1] = -0.1 * together[8, 0]
    holes = y.copy()
    holes[2, 0] = np.nan
    for features, derivatives, message in [
        (
            y,
            flat,
            "jacobian has rank 1 for 2 columns of y in 2 of 10 rows, first in row 4: where features do not change",
        ),
        (y[:, 1], flat[:, 1], "jacobian has rank 0 for 1 columns of y in 2 of 10 rows, first in row 4"),
        (y, together, "jacobian has rank 1 for 2 columns of y in 1 of 10 rows, first in row 8"),
        (y, jacobian[:, :, :1], "jacobian has rank 1 for 2 columns of y in 10 of 10 rows, first in row 0"),
        (holes, flat, "jacobian has rank 1 for 2 columns of y in 2 of 9 rows, first in row 4"),
    ]:
        with pytest.raises(ValueError, match=message):
            module.renormalized_mutual_info(features, derivatives, nan_policy="omit")


GOOD = np.linspace(0.0, 1.0, 10) ** 2
ONES = np.ones((10, 3))


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize(
    ("y", "jacobian", "error", "message"),
    [
        (GOOD, ONES[:9], ValueError, "y has 10 rows but jacobian has 9; row i of both must be the same sample"),
        (
            GOOD,
            GOOD,
            ValueError,
            r"jacobian has shape \(10,\), but y has 10 rows and 1 columns; pass .* or \(10, n_inputs",
        ),
        (ONES, ONES, ValueError, r"jacobian has shape \(10, 3\), but y .* 3 columns; pass .* \(10, 3, n_inputs\)$"),
        (ONES, np.ones((10, 2, 3)), ValueError, r"jacobian has shape \(10, 2, 3\), but y"),
        (GOOD, np.ones((10, 0)), ValueError, r"jacobian is empty \(shape \(10, 0\)\)"),
        (
            GOOD,
            ONES * np.where(np.arange(10) == 4, np.inf, 1)[:, np.newaxis],
            ValueError,
            "jacobian has an infinite .* row 4",
        ),
        (GOOD, ONES * 1j, TypeError, "jacobian holds complex numbers"),
        (GOOD, [[1.0]] * 9 + [[1.0, 2.0]], ValueError, "jacobian cannot be read .* ragged, row 9"),
        (GOOD, np.ma.masked_less(ONES, 0), TypeError, "jacobian is a masked array"),
        ([], ONES, ValueError, "y is empty"),
        (GOOD[:3], ONES[:3], ValueError, "k=3 needs at least 4 samples, but y and jacobian have 3 rows without NaN"),
    ],
)
def test_bad_samples(module, y, jacobian, error, message):
    with pytest.raises(error, match=message):
        module.renormalized_mutual_info(y, jacobian)


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"k": 0}, ValueError, "k=0 is less than 1"),
        ({"base": 1}, ValueError, "base=1 is not a finite number above 1"),
        ({"workers": 0}, ValueError, "workers=0 is not a number of threads"),
        ({"nan_policy": "drop"}, ValueError, "nan_policy='drop' is unknown"),
    ],
)
def test_bad_options(module, options, error, message):
    with pytest.raises(error, match=message):
        module.renormalized_mutual_info(GOOD, ONES, **options)
