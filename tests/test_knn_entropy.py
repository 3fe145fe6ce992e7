"""Entropies of densities without bins: against the reference, closed forms, and what must not matter."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import closed_forms
import fastmi
from fastmi import reference
from samples import KINDS

METRICS = ["chebyshev", "euclidean"]
MODULES = [fastmi, reference]
WITH_DENSITY = [name for name in KINDS if name not in ("rounded", "integer", "constant", "degrees")]


@st.composite
def densities(draw, max_columns=4, max_samples=150):
    """Draw columns without repetitions, with their periods."""
    kinds = draw(st.lists(st.sampled_from(WITH_DENSITY), min_size=1, max_size=max_columns))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = draw(st.integers(2, max_samples))
    return np.column_stack([KINDS[kind].draw(rng, n) for kind in kinds]), [KINDS[kind].period for kind in kinds]


@settings(max_examples=60)
@given(problem=densities(), data=st.data())
def test_cubes_equal_the_reference(problem, data):
    x, period = problem
    k = data.draw(st.integers(1, min(9, len(x) - 1)))
    ours, theirs = (module.entropy(x, k=k, period=period, base=2) for module in MODULES)
    assert math.isclose(ours, theirs, rel_tol=1e-12, abs_tol=1e-12)
    assert vars(ours) == vars(theirs)


@settings(max_examples=40)
@given(problem=densities(), data=st.data())
def test_spheres_equal_the_reference(problem, data):
    x, _ = problem
    k = data.draw(st.integers(1, min(9, len(x) - 1)))
    ours, theirs = (module.entropy(x, k=k, metric="euclidean") for module in MODULES)
    assert math.isclose(ours, theirs, rel_tol=1e-12, abs_tol=1e-12)


def test_kernels_equal_the_reference():
    x = np.random.default_rng(1).normal(size=(80, 2))
    ours, theirs = (module.entropy(x, method="kde", base=2) for module in MODULES)
    assert math.isclose(ours, theirs, abs_tol=1e-6)  # as far as their bandwidths agree
    density = fastmi.KernelDensity("cv").fit(x)
    assert math.isclose(ours * math.log(2), density.cross_entropy())


# Measured over 100 seeds, 1000 samples, k = 3. Balls at the corners of a box reach over its edges.
BIAS = {"normal 3": -0.04, "uniform 3": 0.18}


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("known", closed_forms.ENTROPY, ids=str)
def test_closed_forms(known, metric):
    errors = [
        fastmi.entropy(*known.sample(np.random.default_rng(seed), 1000), metric=metric) - known.truth
        for seed in range(10)
    ]
    standard_error = np.std(errors, ddof=1) / math.sqrt(len(errors))
    assert abs(np.mean(errors) - BIAS.get(known.name, 0.0)) < 3 * standard_error + 0.01


@pytest.mark.parametrize("method", ["knn", "kde"])
def test_the_more_samples_the_better(method):
    known = closed_forms.entropy_of_normal(np.eye(2))
    few, many = (
        np.mean([fastmi.entropy(*known.sample(np.random.default_rng(s), n), method=method) for s in range(5)])
        for n in (100, 2000)
    )
    assert abs(many - known.truth) < 0.03 < abs(few - known.truth) + 0.02


@pytest.mark.parametrize("n", [4, 50])
def test_even_densities_have_no_bias(n):
    """On a torus the balls have no edges to reach over: right on average, however few samples."""
    rng = np.random.default_rng(2)
    for sides in ([1.0], [1.0, 1.0], [1.0, 3.0]):
        h = [fastmi.entropy(rng.random((n, len(sides))) * sides, period=sides) for _ in range(400)]
        assert abs(np.mean(h) - math.log(np.prod(sides))) < 3 * np.std(h) / math.sqrt(len(h))


def test_a_ball_does_not_exceed_its_circle():
    angle = np.random.default_rng(3).uniform(-1, 1, size=200)
    wide = 1000 * np.random.default_rng(4).normal(size=200)
    both = fastmi.entropy(np.column_stack([angle, wide]), period=[2.0, None])
    assert math.isclose(both, fastmi.entropy(wide) + math.log(2))


@settings(max_examples=40)
@given(problem=densities(max_columns=1), k=st.integers(1, 5))
def test_in_one_column_cubes_and_spheres_are_the_same(problem, k):
    x = problem[0][:, 0]
    if len(x) > k:
        assert math.isclose(fastmi.entropy(x, k=k), fastmi.entropy(x, k=k, metric="euclidean"), rel_tol=1e-13)


@pytest.mark.parametrize("power", [-1000, -520, -1, 7, 500, 1000])
@pytest.mark.parametrize("metric", METRICS)
def test_scaling_adds_its_logarithm(metric, power):
    x = np.random.default_rng(5).normal(size=(200, 3))
    h, scaled = (fastmi.entropy(samples, metric=metric) for samples in (x, np.ldexp(x, power)))
    assert math.isclose(scaled, h + 3 * power * math.log(2), rel_tol=1e-13)


def test_far_offsets_and_reflections_do_not_matter():
    x = np.round(np.random.default_rng(6).normal(size=(200, 2)) * 2**20)
    for metric in METRICS:
        h = fastmi.entropy(x, metric=metric)
        for moved in (x + 2**50, -x, x[:, ::-1], x[::-1], x.astype(np.int64), x.tolist()):
            assert math.isclose(fastmi.entropy(moved, metric=metric), h, rel_tol=1e-14)


@pytest.mark.parametrize("workers", [1, 2, -1])
def test_workers_do_not_matter(workers):
    x = np.random.default_rng(7).normal(size=(500, 3)).astype(np.float32)
    for options in ({}, {"metric": "euclidean"}, {"method": "kde"}):
        assert fastmi.entropy(x, workers=workers, **options) == fastmi.entropy(x.astype(float), **options)


@pytest.mark.parametrize("metric", METRICS)
def test_repeated_samples(metric):
    x = np.random.default_rng(8).normal(size=(100, 2))
    x[:4] = x[0]
    message = (
        r'4 of 100 samples of x coincide with at least k others .* larger than .* method="discrete" or "histogram"'
    )
    with pytest.warns(UserWarning, match=message) as caught:
        assert fastmi.entropy(x, metric=metric) == -math.inf
    assert caught[0].filename == __file__
    assert reference.entropy(x, metric=metric) == -math.inf
    assert math.isfinite(fastmi.entropy(x, metric=metric, k=4))
    with pytest.warns(UserWarning, match="100 of 100"):
        assert fastmi.entropy(np.zeros(100)) == -math.inf


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("method", ["knn", "kde"])
def test_nan(module, method):
    x = np.random.default_rng(9).normal(size=(20, 2))
    x[3, 1] = np.nan
    with pytest.raises(ValueError, match="x has NaN in 1 of 20 rows, first in row 3"):
        module.entropy(x, method=method)
    assert math.isnan(module.entropy(x, method=method, nan_policy="propagate"))
    kept = np.delete(x, 3, axis=0)
    assert module.entropy(x, method=method, nan_policy="omit") == module.entropy(kept, method=method)


def test_what_it_says_of_itself():
    h = fastmi.entropy(np.random.default_rng(10).normal(size=100))
    assert repr(h) == f"EntropyEstimate({float(h):.6g}, unit='nats', n_samples=100)"
    assert not h.saturated


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"k": 0}, ValueError, "k=0 is less than 1"),
        ({"k": 10}, ValueError, "k=10 needs at least 11 samples, but the columns of x have 10 rows without NaN"),
        ({"k": 2.0}, TypeError, "k=2.0 is not an integer"),
        ({"metric": "manhattan"}, ValueError, "metric='manhattan' is unknown; use one of 'chebyshev', 'euclidean'"),
        ({"metric": "euclidean", "period": 1.0}, ValueError, "metric='euclidean' knows no period; use metric='cheb"),
        ({"period": [1.0, 2.0]}, ValueError, "period has 2 entries for 1 columns"),
        ({"method": "kde", "period": 1.0}, ValueError, "method='kde' knows no period"),
    ],
)
def test_bad_options(module, options, error, message):
    with pytest.raises(error, match=message):
        module.entropy(np.arange(10.0), **options)


@pytest.mark.parametrize("method", ["knn", "kde"])
@pytest.mark.parametrize(
    ("x", "error", "message"),
    [
        ([1.0, np.inf, 2.0, 3.0, 4.0], ValueError, "x has an infinite value in row 1"),
        (["a", "b"], TypeError, "x has dtype <U1"),
        ([], ValueError, "x is empty"),
    ],
)
def test_bad_samples(method, x, error, message):
    with pytest.raises(error, match=message):
        fastmi.entropy(x, method=method)
