"""Cross entropy and divergence by nearest neighbours: against the reference, closed forms, and what must not matter."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import digamma

import closed_forms
import fastmi
from fastmi import reference
from samples import KINDS

METRICS = ["chebyshev", "euclidean"]
MODULES = [fastmi, reference]
FUNCTIONS = ["cross_entropy", "kl_divergence"]
WITH_DENSITY = [name for name in KINDS if name not in ("rounded", "integer", "constant", "degrees")]


@st.composite
def pairs(draw, metric="chebyshev"):
    """Draw samples of two distributions of the same columns, k and the periods."""
    kinds = draw(st.lists(st.sampled_from(WITH_DENSITY), min_size=1, max_size=4))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, m, k = draw(st.integers(2, 100)), draw(st.integers(1, 100)), draw(st.integers(1, 5))
    p, q = (np.column_stack([KINDS[kind].draw(rng, rows) for kind in kinds]) for rows in (n + k, m + k))
    periods = [KINDS[kind].period if metric == "chebyshev" else 0.0 for kind in kinds]
    return p, q, {"k": k, "period": periods, "metric": metric}


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("metric", METRICS)
@settings(max_examples=25)
@given(data=st.data())
def test_equal_to_the_reference(name, metric, data):
    p, q, options = data.draw(pairs(metric))
    ours, theirs = (getattr(module, name)(p, q, base=2, **options) for module in MODULES)
    assert math.isclose(ours, theirs, rel_tol=1e-12, abs_tol=1e-10)


@settings(max_examples=25)
@given(problem=pairs())
def test_the_divergence_is_the_cross_entropy_less_the_entropy(problem):
    p, q, options = problem
    difference = fastmi.cross_entropy(p, q, **options) - fastmi.entropy(p, **options)
    assert fastmi.kl_divergence(p, q, **options) == difference


# Measured over 30 seeds, 1000 samples of each, k = 3.
BIAS = {
    "kl_divergence": {"exponentials 2.0, 1.0": 0.01, "exponentials 1.0, 2.0": -0.04},
    "cross_entropy": {"normals 3": -0.035, "normals 1": -0.01},
}
CLOSED_FORMS = [("kl_divergence", known) for known in closed_forms.DIVERGENCE] + [
    ("cross_entropy", known) for known in closed_forms.CROSS_ENTROPY
]


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize(("name", "known"), CLOSED_FORMS, ids=str)
def test_closed_forms(name, known, metric):
    errors = []
    for seed in range(10):
        p, q = known.sample(np.random.default_rng(seed), 1000)
        errors.append(getattr(fastmi, name)(p, q, metric=metric) - known.truth)
    standard_error = np.std(errors, ddof=1) / math.sqrt(len(errors))
    assert abs(np.mean(errors) - BIAS[name].get(known.name, 0.0)) < 3 * standard_error + 0.005


@pytest.mark.parametrize(("n", "m", "k"), [(5, 50, 1), (50, 5, 3), (5, 5, 4)])
def test_even_densities_have_no_bias(n, m, k):
    """With digammas, that is: the logarithms of Wang et al. are off by this much."""
    rng = np.random.default_rng(1)
    sides = [1.0, 3.0]
    divergences = [
        fastmi.kl_divergence(rng.random((n, 2)) * sides, rng.random((m, 2)) * sides, k=k, period=sides)
        for _ in range(400)
    ]
    standard_error = np.std(divergences) / math.sqrt(len(divergences))
    assert abs(np.mean(divergences)) < 3 * standard_error
    logarithms = math.log(m / (n - 1)) - (digamma(m + 1) - digamma(n))
    assert abs(logarithms) > 0.02


@settings(max_examples=25)
@given(problem=pairs(), power=st.integers(-300, 300))
def test_a_common_scale_does_not_matter(problem, power):
    p, q, options = problem
    scaled = options | {"period": [math.ldexp(period, power) for period in options["period"]]}
    d = fastmi.kl_divergence(p, q, **options)
    assert math.isclose(fastmi.kl_divergence(np.ldexp(p, power), np.ldexp(q, power), **scaled), d, abs_tol=1e-10)


@pytest.mark.parametrize("power", [-1000, -520, 520, 1000])
def test_a_common_scale_does_not_matter_to_spheres(power):
    p, q = np.random.default_rng(2).normal(size=(2, 200, 3))
    d, scaled = (fastmi.kl_divergence(np.ldexp(p, e), np.ldexp(q, e), metric="euclidean") for e in (0, power))
    assert math.isclose(scaled, d, abs_tol=1e-11)


def test_any_numbers_in_any_order():
    rng = np.random.default_rng(3)
    p, q = rng.normal(size=(80, 2)).astype(np.float32), rng.integers(-(10**9), 10**9, size=(50, 2))
    for name in FUNCTIONS:
        function = getattr(fastmi, name)
        value = function(p.astype(float), q.astype(float), workers=1)
        for same in (function(p, q, workers=2), function(p.tolist(), np.asfortranarray(q))):
            assert same == value
        assert math.isclose(function(p[::-1], q[::-1]), value)


def test_samples_in_common():
    p, q = np.random.default_rng(4).normal(size=(2, 100))
    q[:3] = p[0]
    message = "1 of 100 samples of p coincide with at least k samples of q .* share no samples, or a k larger"
    with pytest.warns(UserWarning, match=message) as caught:
        assert fastmi.kl_divergence(p, q) == -math.inf
    assert caught[0].filename == __file__
    assert math.isfinite(fastmi.kl_divergence(p, q, k=4))

    p[:4] = 7.0
    with pytest.warns(UserWarning, match="4 of 100 samples of p coincide with at least k others"):
        assert fastmi.kl_divergence(p, np.arange(10.0)[:6]) == math.inf
    with pytest.warns(UserWarning, match="samples of p coincide"):
        assert math.isnan(fastmi.kl_divergence(p, p))


def test_one_sample_has_a_cross_entropy():
    assert math.isclose(fastmi.cross_entropy([0.0], [3.0], k=1), 1 + math.log(6))
    assert math.isclose(reference.cross_entropy([0.0], [3.0], k=1), 1 + math.log(6))


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_nan(module, name):
    function = getattr(module, name)
    p, q = np.random.default_rng(5).normal(size=(2, 20))
    holes = q.copy()
    holes[[2, 5]] = np.nan
    with pytest.raises(ValueError, match="q has NaN in 2 of 20 rows, first in row 2"):
        function(p, holes)
    with pytest.raises(ValueError, match="p has NaN in 2 of 20 rows, first in row 2"):
        function(holes, p)
    for pair in ((p, holes), (holes, p), (holes, holes)):
        assert math.isnan(function(*pair, nan_policy="propagate"))
    assert function(p, holes, nan_policy="omit") == function(p, np.delete(q, [2, 5]))
    assert function(holes, p, nan_policy="omit") == function(np.delete(q, [2, 5]), p)


TEN, WIDE = np.arange(10.0), np.ones((10, 2))


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize(
    ("p", "q", "options", "error", "message"),
    [
        (TEN, WIDE, {}, ValueError, "p has 1 columns but q has 2; pass samples of the same columns"),
        (TEN, TEN[:2], {}, ValueError, "k=3 needs at least 3 samples of q, but q has 2 rows without NaN"),
        (TEN, [], {}, ValueError, "q is empty"),
        ([1.0, np.inf], TEN, {}, ValueError, "p has an infinite value in row 1"),
        (TEN, ["a"], {}, TypeError, "q has dtype <U1"),
        (TEN, TEN, {"k": 0}, ValueError, "k=0 is less than 1"),
        (TEN, TEN, {"metric": "cosine"}, ValueError, "metric='cosine' is unknown"),
        (TEN, TEN, {"metric": "euclidean", "period": 2}, ValueError, "metric='euclidean' knows no period"),
        (TEN, TEN, {"period": -1}, ValueError, "period has the entry"),
        (TEN, TEN, {"nan_policy": "drop"}, ValueError, "nan_policy='drop' is unknown"),
        (TEN, TEN, {"base": 1}, ValueError, "base=1 is not"),
        (TEN, TEN, {"workers": 0}, ValueError, "workers=0"),
    ],
)
def test_bad_arguments(module, name, p, q, options, error, message):
    with pytest.raises(error, match=message):
        getattr(module, name)(p, q, **options)


@pytest.mark.parametrize("module", MODULES)
def test_the_divergence_needs_others_in_p(module):
    with pytest.raises(ValueError, match="k=3 needs at least 4 samples, but the columns of p have 3 rows"):
        module.kl_divergence(TEN[:3], TEN + 0.5)


def test_inputs_are_not_modified():
    p, q = np.random.default_rng(6).normal(size=(2, 30, 2)) * 1e200
    before = p.copy(), q.copy()
    p.flags.writeable = q.flags.writeable = False
    fastmi.kl_divergence(p, q, metric="euclidean")
    np.testing.assert_array_equal((p, q), before)
