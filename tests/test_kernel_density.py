"""Kernel densities: against the plain reference, scikit-learn and SciPy, against closed forms, and what is refused."""

import io
import math
import pickle
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import fastmi
from fastmi import KernelDensity, reference
from samples import KINDS

GOOD = np.linspace(0.0, 1.0, 10) ** 2
LINEAR = [name for name, kind in KINDS.items() if not kind.period]


def assert_same_bits(a, b):
    np.testing.assert_array_equal(np.asarray(a).view(np.int64), np.asarray(b).view(np.int64))


def normal(n, d, seed=1, rho=0.0):
    rng = np.random.default_rng(seed)
    return math.sqrt(1 - rho) * rng.normal(size=(n, d)) + math.sqrt(rho) * rng.normal(size=(n, 1))


def results(density, x, workers=None):
    """Everything a fitted density computes, in one array."""
    return np.concatenate(
        [
            density.bandwidth_,
            density.score_samples(x, workers=workers),
            [density.score(x, workers=workers), density.cross_entropy(workers=workers)],
            density.goodness_of_fit(workers=workers).distance,
            density.goodness_of_fit(x, workers=workers).distance,
        ]
    )


@st.composite
def problems(draw):
    """Draw samples and queries in columns of any kind, and a bandwidth for each that suits its spread."""
    n, m, d = draw(st.integers(2, 200)), draw(st.integers(1, 40)), draw(st.integers(1, 13))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    kinds = draw(st.lists(st.sampled_from(LINEAR), min_size=d, max_size=d))
    x, queries = (np.column_stack([KINDS[kind].draw(rng, size) for kind in kinds]) for size in (n, m))
    spread = np.where(x.std(axis=0) > 0, x.std(axis=0), 1.0)
    return x, queries, list(spread * 10.0 ** rng.uniform(-3, 1, size=d))


@settings(max_examples=25)
@given(problem=problems())
def test_everything_equals_the_reference(problem):
    x, queries, bandwidth = problem
    ours, theirs = KernelDensity(bandwidth).fit(x), reference.KernelDensity(bandwidth).fit(x)
    np.testing.assert_allclose(results(ours, queries), results(theirs, queries), rtol=1e-10, atol=1e-13)
    np.testing.assert_allclose(ours.sample(20, rng=3), theirs.sample(20, rng=3), rtol=1e-14)


@pytest.mark.parametrize("d", range(1, 14))
@pytest.mark.parametrize("bandwidth", [0.2, 1.5, "scott", "silverman"])
def test_values_are_those_of_scikit_learn(d, bandwidth):
    """A leaf that holds all: with smaller ones scikit-learn's trees lose digits, or all of them in the tails."""
    x, queries = normal(500, d), np.geomspace(0.1, 1e4, 100)[:, np.newaxis] * normal(100, d, seed=2)
    ours = KernelDensity(bandwidth).fit(x)
    neighbors = pytest.importorskip("sklearn.neighbors")
    theirs = neighbors.KernelDensity(bandwidth=bandwidth, leaf_size=len(x)).fit(x)
    np.testing.assert_allclose(ours.bandwidth_, theirs.bandwidth_, rtol=1e-15)
    np.testing.assert_allclose(ours.score_samples(queries), theirs.score_samples(queries), rtol=1e-10)
    np.testing.assert_allclose(ours.score(queries), theirs.score(queries), rtol=1e-10)


def test_values_are_those_of_scipy():
    x, queries = normal(300, 1)[:, 0], np.linspace(-8, 8, 100)
    theirs = stats.gaussian_kde(x, bw_method="scott")
    ours = KernelDensity(math.sqrt(theirs.covariance[0, 0])).fit(x)
    np.testing.assert_allclose(ours.score_samples(queries), theirs.logpdf(queries), rtol=1e-10)


def test_one_center_is_a_normal_distribution():
    h = np.array([0.5, 2.0, 1e-3])
    density = KernelDensity(h).fit([[1.0, -2.0, 1e8]])
    queries = np.array([1.0, -2.0, 1e8]) + h * normal(50, 3) * np.geomspace(1e-3, 1e3, 50)[:, np.newaxis]
    truth = stats.norm.logpdf(queries, [1.0, -2.0, 1e8], h).sum(axis=1)
    np.testing.assert_allclose(density.score_samples(queries), truth, rtol=1e-13)
    many = density.sample(4000, rng=1)
    assert stats.kstest(many[:, 1], "norm", args=(-2.0, 2.0)).pvalue > 1e-3


@pytest.mark.parametrize("distance", [1e-9, 1.0, 50.0, 1e5])
def test_two_centers_leave_each_other(distance):
    density = KernelDensity(0.7).fit([0.0, distance])
    truth = -stats.norm.logpdf(distance, scale=0.7)
    assert math.isclose(density.cross_entropy(), truth, rel_tol=1e-13)
    assert math.isclose(KernelDensity("cv").fit([0.0, distance]).bandwidth_[0], distance, rel_tol=1e-4)


def test_tails_stay_finite():
    density = KernelDensity(0.1).fit(normal(1000, 3))
    far = density.score_samples(np.outer([1e2, 1e5, 1e100], np.ones(3)))
    assert np.isfinite(far).all()
    assert far[0] < -1e5
    np.testing.assert_allclose(far[2], -0.5 * 3 * (1e100 / 0.1) ** 2, rtol=1e-10)


def test_distances_beyond_the_largest_float_are_infinite():
    density = KernelDensity(1e-9).fit([0.0, 1e300])
    np.testing.assert_array_equal(density.score_samples([-1e308, 1e200]), [-np.inf, -np.inf])
    assert density.cross_entropy() == np.inf
    assert density.score([0.0, 5.0]) == density.score_samples([0.0, 5.0]).sum()


@pytest.mark.parametrize("offset", [1e8, -1e12])
def test_where_the_data_lies_does_not_matter(offset):
    x, queries = np.round(normal(400, 2) * 64) / 64, np.round(normal(50, 2, seed=2) * 64) / 64
    here, there = KernelDensity(0.3).fit(x), KernelDensity(0.3).fit(x + offset)
    assert_same_bits(there.score_samples(queries + offset), here.score_samples(queries))
    assert_same_bits(there.cross_entropy(), here.cross_entropy())
    assert_same_bits(there.goodness_of_fit().distance, here.goodness_of_fit().distance)


@settings(max_examples=10)
@given(problem=problems())
def test_same_bits_for_any_number_of_workers(problem):
    x, queries, bandwidth = problem
    density = KernelDensity(bandwidth).fit(x)
    alone = results(density, queries, workers=1)
    for workers in (None, -1, 2, 5):
        assert_same_bits(results(density, queries, workers), alone)


@pytest.mark.parametrize("d", [1, 2, 3, 4, 13])
def test_same_bits_for_every_instruction_set_and_number_of_workers(d, monkeypatch):
    x, queries = normal(300, d), 3 * normal(111, d, seed=2)
    expected = results(KernelDensity("cv").fit(x, workers=1), queries, workers=1)
    for level in fastmi.build_info()["instruction_sets"]:
        monkeypatch.setenv("FASTMI_SIMD", level)
        try:
            fastmi.build_info()
        except RuntimeError:
            continue  # not on this processor
        for workers in (1, 3):
            assert_same_bits(results(KernelDensity("cv").fit(x, workers=workers), queries, workers), expected)


@pytest.mark.parametrize("n", [1, 2, 15, 16, 17, 127, 128, 129, 257])
def test_around_the_sizes_of_tiles_and_blocks(n):
    x, queries = normal(n, 6), normal(n, 6, seed=2)
    ours, theirs = KernelDensity(0.5).fit(x), reference.KernelDensity(0.5).fit(x)
    np.testing.assert_allclose(ours.score_samples(queries), theirs.score_samples(queries), rtol=1e-13)
    np.testing.assert_allclose(ours.score_samples(x), theirs.score_samples(x), rtol=1e-13)
    if n > 1:
        np.testing.assert_allclose(ours.cross_entropy(), theirs.cross_entropy(), rtol=1e-13)


@pytest.mark.parametrize("kind", ["normal", "uniform", "cauchy", "far"])
@pytest.mark.parametrize("d", [1, 4])
def test_cross_validation_equals_the_reference(kind, d):
    rng = np.random.default_rng(4)
    x = np.column_stack([KINDS[kind].draw(rng, 120) for _ in range(d)])
    ours, theirs = KernelDensity("cv").fit(x), reference.KernelDensity("cv").fit(x)
    np.testing.assert_allclose(ours.bandwidth_, theirs.bandwidth_, rtol=1e-4)


@settings(max_examples=15)
@given(
    kinds=st.lists(st.sampled_from(["normal", "uniform", "cauchy", "clustered", "lognormal", "tiny"]), min_size=1),
    n=st.integers(2, 700),
    seed=st.integers(0, 1000),
    power=st.sampled_from([-700, -10, 0, 10, 700]),
)
def test_no_other_bandwidth_is_likelier(kinds, n, seed, power):
    rng = np.random.default_rng(seed)
    x = np.column_stack([KINDS[kind].draw(rng, n) for kind in kinds[:4]]) * 2.0**power
    best = KernelDensity("cv").fit(x)
    for factor in (1e-6, 1e-2, 0.1, 0.5, 0.9, 0.99, 1.01, 1.1, 2, 10, 100, 1e6):
        other = KernelDensity(best.bandwidth_[0] * factor).fit(x)
        assert other.cross_entropy() > best.cross_entropy()


@pytest.mark.parametrize(("d", "rho", "theory"), [(3, 0.5, 3.91), (4, 0.5, 5.09), (6, 0.5, 7.41), (13, 0.0, 18.45)])
def test_cross_entropy_is_a_little_above_the_entropy(d, rho, theory):
    """At 10,000 samples by 0.03 to 0.5 nats, growing with the dimension; it scatters by sqrt(d / 2 / n)."""
    excess = KernelDensity("cv").fit(normal(10_000, d, rho=rho)).cross_entropy() - theory
    assert -3 * math.sqrt(d / 20_000) < excess < {3: 0.04, 4: 0.06, 6: 0.1, 13: 0.55}[d] + 3 * math.sqrt(d / 20_000)


def test_repeated_rows_leave_no_bandwidth_to_find():
    message = r"every row of x repeats another.*pass a number, 'scott' or 'silverman', or the distinct rows"
    for x in (np.ones(50), np.ones((50, 3)), np.repeat(normal(50, 2), 2, axis=0)):
        with pytest.raises(ValueError, match=message):
            KernelDensity("cv").fit(x)


def test_spikes_are_warned_of():
    with pytest.warns(UserWarning, match=r"about 100% of the rows of x owe their density.*repeat") as caught:
        KernelDensity("cv").fit(normal(3000, 1).round(1))
    assert caught[0].filename == __file__


def test_a_few_repeated_rows_and_constant_columns_are_no_matter():
    x = normal(500, 3)
    x[:20] = x[20:40]
    assert 0.2 < KernelDensity("cv").fit(x).bandwidth_[0] < 1
    x[:, 1] = 7.0
    assert 0 < KernelDensity("cv").fit(x).bandwidth_[0] < 1


def test_a_span_too_large_to_search_is_refused():
    with pytest.raises(ValueError, match=r"x spans inf, .*rescale x, or pass a number"):
        KernelDensity("cv").fit([-1.7e308, 0.0, 1.7e308])


@settings(max_examples=30)
@given(kind=st.sampled_from(LINEAR), n=st.integers(1, 2000), seed=st.integers(0, 1000), power=st.floats(-3, 2))
def test_kolmogorov_smirnov_distance_is_that_of_all_samples(kind, n, seed, power):
    """Though the distribution function is evaluated at few of them."""
    rng = np.random.default_rng(seed)
    centers, x = KINDS[kind].draw(rng, 20), KINDS[kind].draw(rng, n)
    h = 10**power * (centers.std() or 1.0)
    cdf = np.sort(stats.norm.cdf((np.sort(x)[:, np.newaxis] - centers) / h).mean(axis=1))
    rank = np.arange(n)
    expected = max(np.max((rank + 1) / n - cdf), np.max(cdf - rank / n))
    found = KernelDensity(h).fit(centers).goodness_of_fit(x).distance
    np.testing.assert_allclose(found, [expected], atol=1e-13)


def test_goodness_of_fit_tells_a_bad_fit():
    x = normal(2000, 2)
    good = KernelDensity(0.2).fit(x).goodness_of_fit()
    bad = KernelDensity([0.2, 3.0]).fit(x).goodness_of_fit()
    elsewhere = KernelDensity(0.2).fit(x).goodness_of_fit(x + np.array([100.0, 0.0]))
    assert (good.distance < 0.02).all()
    assert bad.distance[0] == good.distance[0]
    assert bad.distance[1] > 0.2
    assert elsewhere.distance[0] == 1.0
    assert repr(elsewhere).startswith("GoodnessOfFit(distance=[1, 0.0")


@pytest.mark.usefixtures("matplotlib")
@pytest.mark.parametrize("d", [1, 5])
def test_goodness_of_fit_can_be_drawn(d):
    fit = KernelDensity(0.2).fit(normal(300, d)).goodness_of_fit(normal(100, d, seed=2))
    figure = fit.plot()
    assert len(figure.axes) == d
    assert [axes.get_xlabel() for axes in figure.axes] == [f"column {c}" for c in range(d)]
    line = figure.axes[0].lines[0]
    step = line.get_xdata()[1] - line.get_xdata()[0]
    assert 0.9 < line.get_ydata().sum() * step <= 1
    figure.savefig(io.BytesIO())


@pytest.mark.usefixtures("matplotlib")
def test_goodness_of_fit_draws_where_it_is_told():
    from matplotlib.figure import Figure

    fit = KernelDensity(0.2).fit(normal(300, 2)).goodness_of_fit()
    figure = Figure()
    assert fit.plot(figure.subplots(1, 2)) is figure
    assert all(axes.lines for axes in figure.axes)
    with pytest.raises(ValueError, match="axes holds 1 of them for 2 columns; pass one a column"):
        fit.plot(Figure().subplots())


@pytest.mark.usefixtures("matplotlib")
def test_drawing_constant_and_far_data():
    for x in (np.ones(20), 1e8 + normal(20, 1), np.random.default_rng(1).standard_cauchy(200)):
        KernelDensity(0.1).fit(x).goodness_of_fit().plot().savefig(io.BytesIO())


def test_drawing_without_matplotlib(monkeypatch):
    fit = KernelDensity().fit(GOOD).goodness_of_fit()
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ImportError, match=r"pip install 'fastmi\[plot\]'"):
        fit.plot()


def test_samples_come_from_the_density():
    x = np.concatenate([normal(500, 2), 20 + normal(500, 2, seed=2)])
    density = KernelDensity([0.5, 3.0]).fit(x)
    drawn = density.sample(20_000, rng=5)
    assert drawn.shape == (20_000, 2)
    assert (density.goodness_of_fit(drawn).distance < 1.95 / math.sqrt(len(drawn))).all()
    np.testing.assert_allclose(np.cov(drawn.T), np.cov(x.T, ddof=0) + np.diag([0.25, 9.0]), rtol=0.03)


def test_sampling_depends_on_the_seed_alone():
    density = KernelDensity().fit(GOOD)
    assert_same_bits(density.sample(7, rng=3), density.sample(7, rng=np.random.default_rng(3)))
    assert density.sample().shape == (1, 1)
    assert not np.array_equal(density.sample(7), density.sample(7))
    assert_same_bits(density.centers_[:, 0], GOOD)


def test_fitting_copies():
    x = normal(50, 2)
    for given_x in (x, np.asfortranarray(x)):
        density = KernelDensity().fit(given_x)
        before = density.score_samples([[0.0, 0.0]])
        given_x += 1.0
        assert_same_bits(density.score_samples([[0.0, 0.0]]), before)
        assert density.n_features_in_ == 2


def test_one_column_and_other_types():
    x = np.arange(8)
    one, column = KernelDensity(0.5).fit(x), KernelDensity(np.float32(0.5)).fit(x[:, np.newaxis].astype(np.float32))
    assert_same_bits(one.score_samples([2, 3]), column.score_samples([[2.0], [3.0]]))


@pytest.mark.parametrize("bandwidth", [0.3, [0.1, 0.2], "cv"])
def test_pickles_and_shows_how_it_was_made(bandwidth):
    density = KernelDensity(bandwidth).fit(normal(100, 2))
    copy = pickle.loads(pickle.dumps(density))
    assert_same_bits(results(copy, GOOD.reshape(5, 2)), results(density, GOOD.reshape(5, 2)))
    assert repr(copy) == f"KernelDensity(bandwidth={bandwidth!r})"
    fit = pickle.loads(pickle.dumps(density.goodness_of_fit()))
    assert_same_bits(fit.distance, density.goodness_of_fit().distance)


MODULES = [fastmi, reference]


def at(row, value):
    column = GOOD.copy()
    column[row] = value
    return column


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize(
    ("bad", "error", "message"),
    [
        (at(4, np.nan), ValueError, r"x has NaN or infinite values in 1 of 10 rows, first in row 4; remove such rows"),
        (at(6, -np.inf), ValueError, r"x has NaN or infinite .* row 6; .*x\[numpy.isfinite\(x\)\] of"),
        (np.full((3, 2), np.nan), ValueError, r"x has NaN .* row 0; .*x\[numpy.isfinite\(x\).all\(axis=1\)\] of"),
        ([], ValueError, r"x is empty \(shape \(0,\)\); pass at least one row and one column"),
        (np.zeros((10, 0)), ValueError, r"x is empty"),
        (3.5, ValueError, r"x has shape \(\)"),
        ([[1, 2], [3]], ValueError, "ragged"),
        (GOOD + 1j, TypeError, "x holds complex numbers"),
        (GOOD.astype(object), TypeError, "x has dtype object"),
        (np.ma.masked_less(GOOD, 0.1), TypeError, "x is a masked array.*pass the rows that are whole"),
    ],
)
def test_bad_samples(module, bad, error, message):
    with pytest.raises(error, match=message):
        module.KernelDensity().fit(bad)
    with pytest.raises(error, match=message):
        module.KernelDensity().fit(GOOD).score_samples(bad)


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize(
    ("bandwidth", "error", "message"),
    [
        ("rule", ValueError, "bandwidth='rule' is unknown; pass a number, one number a column, 'scott', 'silverman'"),
        (0, ValueError, r"bandwidth has the entry .*0.*; a bandwidth is finite and at least"),
        (-1.0, ValueError, r"bandwidth has the entry .*-1\.0"),
        (math.nan, ValueError, "bandwidth has the entry .*nan"),
        ([1.0, math.inf], ValueError, "bandwidth has the entry .*inf"),
        (1e-320, ValueError, "bandwidth has the entry"),
        (None, TypeError, "bandwidth=None is no number"),
        (True, TypeError, "bandwidth=True is no number"),
        (["cv"], TypeError, "is no number"),
        ([[1.0], [2.0, 3.0]], TypeError, "is no number"),
        ([], ValueError, r"bandwidth has shape \(0,\)"),
        ([[1.0]], ValueError, r"bandwidth has shape \(1, 1\)"),
    ],
)
def test_bad_bandwidths(module, bandwidth, error, message):
    with pytest.raises(error, match=message):
        module.KernelDensity(bandwidth)


def test_another_number_of_columns():
    with pytest.raises(ValueError, match="bandwidth has 2 entries for 1 columns; pass one number for all columns"):
        KernelDensity([1.0, 2.0]).fit(GOOD)
    density = KernelDensity().fit(normal(20, 3))
    for call in (density.score_samples, density.score, density.goodness_of_fit):
        with pytest.raises(ValueError, match=r"x has 1 columns but 3 were fitted; pass shape \(n_samples, 3\)"):
            call([1.0, 2.0, 3.0])


@pytest.mark.parametrize(
    "call",
    [
        lambda density: density.score_samples(GOOD),
        lambda density: density.score(GOOD),
        lambda density: density.sample(),
        lambda density: density.cross_entropy(),
        lambda density: density.goodness_of_fit(),
    ],
)
def test_before_fitting(call):
    with pytest.raises(ValueError, match=r"this KernelDensity has no samples yet; call fit\(x\) first"):
        call(KernelDensity())


def test_one_sample_cannot_be_left_out():
    with pytest.raises(ValueError, match=r"bandwidth='cv' leaves one sample out and needs at least 2"):
        KernelDensity("cv").fit([1.0])
    with pytest.raises(ValueError, match="cross_entropy leaves one sample out and needs at least 2"):
        KernelDensity().fit([1.0]).cross_entropy()


def test_bad_numbers_of_samples_and_workers():
    density = KernelDensity().fit(GOOD)
    with pytest.raises(ValueError, match="n_samples=0 is less than 1"):
        density.sample(0)
    with pytest.raises(TypeError, match=r"n_samples=2\.5 is not an integer"):
        density.sample(2.5)
    for call in (
        lambda: KernelDensity().fit(GOOD, workers=0),
        lambda: density.score_samples(GOOD, workers=0),
        lambda: density.cross_entropy(workers=0),
        lambda: density.goodness_of_fit(workers=0),
    ):
        with pytest.raises(ValueError, match="workers=0 is not a number of threads"):
            call()
