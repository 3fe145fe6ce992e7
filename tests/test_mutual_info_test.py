"""Tests of independence: against the reference and loops, and that they alarm as often as they say."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare, false_discovery_control, kstest

import fastmi
from fastmi import reference
from fastmi.reference._mutual_info_test import shuffle
from samples import correlated, mixed_problems, options_of, problems

SEEDS = st.integers(0, 2**32 - 1)

pytestmark = pytest.mark.filterwarnings("ignore:.* (coincide with|alone with their labels)")


def mi_test(*columns, n_resamples=99, rng=0, **options):
    return fastmi.mutual_info_test(*columns, n_resamples=n_resamples, rng=rng, **options)


def matrix_test(*columns, n_resamples=19, rng=0, **options):
    return fastmi.mutual_info_matrix_test(*columns, n_resamples=n_resamples, rng=rng, **options)


def permutation(rng, n):
    """Draw the next permutation of a test with that generator."""
    return shuffle(n, int(rng.integers(2**64, dtype=np.uint64)))


def ar1(rng, n, memory):
    """Draw a stationary series whose rows remember the ones before."""
    noise = rng.normal(size=n)
    series = [noise[0]]
    for step in noise[1:]:
        series.append(memory * series[-1] + math.sqrt(1 - memory**2) * step)
    return np.array(series)


def assert_equal(ours, theirs):
    for field in ours._fields:
        np.testing.assert_allclose(
            getattr(ours, field), getattr(theirs, field), rtol=1e-12, atol=1e-12, err_msg=field, equal_nan=True
        )


# The reference, one permutation after the other


@settings(max_examples=20)
@given(problem=problems(max_samples=30, max_x=3), seed=SEEDS, alternative=st.sampled_from(["greater", "two-sided"]))
def test_ksg1_is_the_reference(problem, seed, alternative):
    options = problem.options | {"n_resamples": 5, "rng": seed, "alternative": alternative}
    ours, theirs = (m.mutual_info_test(problem.x, problem.y, **options) for m in (fastmi, reference))
    assert_equal(ours, theirs)


@settings(max_examples=20)
@given(problem=mixed_problems(max_samples=25, max_columns=2), seed=SEEDS, n_strata=st.integers(1, 8))
def test_within_strata_is_the_reference(problem, seed, n_strata):
    (x, y), k = problem
    strata = np.random.default_rng(seed).integers(n_strata, size=len(x.values))
    options = options_of([x, y]) | {"k": k, "method": "mixed", "strata": strata, "n_resamples": 4, "rng": seed}
    assert_equal(*(m.mutual_info_test(x.values, y.values, **options) for m in (fastmi, reference)))


@settings(max_examples=20)
@given(problem=mixed_problems("xyz", max_samples=25, max_columns=2), seed=SEEDS)
def test_given_z_is_the_reference(problem, seed):
    (x, y, z), k = problem
    options = options_of([x, y, z], "xyz") | {"z": z.values, "k": k, "n_resamples": 4, "rng": seed}
    assert_equal(*(m.mutual_info_test(x.values, y.values, **options) for m in (fastmi, reference)))


@pytest.mark.parametrize("options", [{}, {"min_shift": 5}, {"z": 0}])
def test_normal_marginals_are_the_reference(options):
    x, y, z = np.random.default_rng(1).normal(size=(3, 40)).round(1)
    asked = {"marginals": "normal", "k": 2, "n_resamples": 4, "rng": 1} | options | ({"z": z} if "z" in options else {})
    assert_equal(*(m.mutual_info_test(np.exp(x), y, **asked) for m in (fastmi, reference)))
    x[::7] = np.nan
    del asked["z" if "z" in options else "k"]
    assert_equal(
        *(
            m.mutual_info_matrix_test(np.column_stack([x, z]), y, nan_policy="omit", **asked)
            for m in (fastmi, reference)
        )
    )


@pytest.mark.parametrize("method", ["ksg2", "gaussian"])
@pytest.mark.parametrize("how", [{}, {"min_shift": 5}])
def test_other_methods_are_the_reference(method, how):
    x, y = correlated(40, 0.3, np.random.default_rng(1), d_x=2)
    options = how | {"method": method, "n_resamples": 9, "rng": 2}
    assert_equal(*(m.mutual_info_test(x, y, **options) for m in (fastmi, reference)))


@settings(max_examples=20)
@given(
    seed=SEEDS,
    control=st.sampled_from(["fdr", "max", None]),
    alternative=st.sampled_from(["greater", "two-sided"]),
    nan_policy=st.sampled_from(["omit", "propagate"]),
    with_y=st.booleans(),
)
def test_the_matrix_is_the_reference(seed, control, alternative, nan_policy, with_y):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(25, 3)), rng.normal(size=(25, 2)).round(1)
    x[rng.integers(25, size=4), rng.integers(3, size=4)] = np.nan
    y[rng.integers(25, size=3), 1] = np.nan
    options = {"control": control, "alternative": alternative, "nan_policy": nan_policy, "n_resamples": 9, "rng": seed}
    columns = (x, y) if with_y else (x,)
    assert_equal(*(m.mutual_info_matrix_test(*columns, **options) for m in (fastmi, reference)))


# What holds exactly


def test_all_permutations_are_as_likely():
    seeds = np.random.default_rng(1).integers(2**64, size=24_000, dtype=np.uint64)
    orders, counts = np.unique(fastmi._core.shuffles(seeds, 4, 1).reshape(-1, 4), axis=0, return_counts=True)
    assert len(orders) == 24
    assert chisquare(counts).pvalue > 0.01


@pytest.mark.parametrize(
    ("d_x", "d_y", "options"),
    [
        (1, 1, {}),
        (1, 1, {"k": 20}),
        (1, 1, {"y_period": 1.0}),
        (2, 1, {}),
        (1, 3, {"x_period": 2.0}),
        (12, 1, {}),
        (7, 6, {}),
    ],
)
@pytest.mark.parametrize("rounded", [False, True])
@pytest.mark.usefixtures("instruction_set")
def test_every_estimate_is_mutual_info_of_the_permuted_rows(d_x, d_y, options, rounded):
    x, y = np.split(np.random.default_rng(1).normal(size=(300, d_x + d_y)), [d_x], axis=1)
    if rounded:
        x, y = x.round(1), y.round(0)
    found = mi_test(x, y, n_resamples=7, rng=3, **options)
    rng = np.random.default_rng(3)
    assert found.statistic == fastmi.mutual_info(x, y, **options)
    expected = [fastmi.mutual_info(x, y[permutation(rng, 300)], **options) for _ in range(7)]
    np.testing.assert_array_equal(found.null_distribution, expected)


def test_every_estimate_given_z_is_that_of_permuted_rows():
    x, y, z = np.random.default_rng(1).normal(size=(3, 200))
    label = np.where(z > 0, "high", "low")
    found = mi_test(x, y, z=label, n_resamples=3, rng=3)
    rng = np.random.default_rng(3)
    for estimate in found.null_distribution:
        shuffled, rows = permutation(rng, 200), np.empty(200, int)
        for name in ("high", "low"):
            rows[label == name] = shuffled[label[shuffled] == name]
        assert estimate == fastmi.conditional_mutual_info(x, y[rows], label)


@pytest.mark.parametrize("engine", ["tree", "bitmap"])
@pytest.mark.parametrize("d_x", [1, 3])
def test_engines_agree(monkeypatch, engine, d_x):
    x, y = correlated(300, 0.3, np.random.default_rng(1), d_x=d_x)
    expected = mi_test(x, y, n_resamples=5)
    monkeypatch.setenv("FASTMI_ENGINE", engine)
    assert_equal(mi_test(x, y, n_resamples=5), expected)


@pytest.mark.parametrize("d_x", [1, 3, 12])
def test_workers_make_no_difference(d_x):
    x, y = correlated(500, 0.1, np.random.default_rng(1), d_x=d_x)
    found = [mi_test(x, y, n_resamples=40, workers=workers) for workers in (1, 2, 5)]
    for other in found[1:]:
        np.testing.assert_array_equal(found[0].null_distribution, other.null_distribution)


def test_the_same_in_one_batch_and_in_many(monkeypatch):
    x, y = np.random.default_rng(1).normal(size=(2, 300))
    expected = mi_test(x, y)
    monkeypatch.setattr("fastmi._permutations._ROWS_AT_ONCE", 1)
    np.testing.assert_array_equal(mi_test(x, y).null_distribution, expected.null_distribution)


@pytest.mark.parametrize("options", [{}, {"method": "mixed"}, {"strata": np.arange(80) % 3}, {"min_shift": 3}])
def test_the_matrix_is_a_loop_over_pairs(options):
    x, y = np.random.default_rng(1).normal(size=(80, 3)), np.random.default_rng(2).normal(size=(80, 2))
    y[:, 1] += x[:, 2]
    found = matrix_test(x, y, control=None, **options)
    for i, j in np.ndindex(3, 2):
        pair = mi_test(x[:, i], y[:, j], n_resamples=19, **options)
        assert found.statistic[i, j] == pair.statistic
        assert found.pvalue[i, j] == pair.pvalue == found.adjusted_pvalue[i, j]
        np.testing.assert_array_equal(found.null_distribution[:, i, j], pair.null_distribution)


def test_the_rate_of_false_discoveries_is_that_of_scipy():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(60, 4))
    found = matrix_test(x, x[:, :3] + rng.normal(size=(60, 3)), n_resamples=99)
    expected = false_discovery_control(found.pvalue.ravel()).reshape(4, 3)
    np.testing.assert_allclose(found.adjusted_pvalue, expected, rtol=1e-14)


def test_a_matrix_of_one_set_of_columns_is_symmetric_and_tests_no_column_with_itself():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(100, 3))
    x[:, 2] += 2 * x[:, 0]
    found = matrix_test(x, control="max", n_resamples=99)
    for values in (found.pvalue, found.adjusted_pvalue, found.null_distribution[5]):
        assert np.isnan(values.diagonal()).all()
        np.testing.assert_array_equal(values, values.T)
    assert found.adjusted_pvalue[0, 2] == 0.01
    assert found.adjusted_pvalue[0, 1] > 0.05


def test_labels_take_part():
    rng = np.random.default_rng(1)
    label = rng.choice(["a", "b", "c"], size=150)
    x = 2 * (label == "a") + rng.normal(size=150)
    assert mi_test(x, label, method="mixed").pvalue < 0.05
    assert mi_test(x, rng.permutation(label), method="mixed").pvalue > 0.05


def test_base_is_the_unit_of_estimates_and_nothing_else():
    x, y = np.random.default_rng(1).normal(size=(2, 100))
    nats, bits = mi_test(x, y), mi_test(x, y, base=2)
    assert bits.statistic == nats.statistic / math.log(2)
    assert bits.pvalue == nats.pvalue
    np.testing.assert_array_equal(bits.null_distribution, nats.null_distribution / math.log(2))


# p-values


def test_the_pvalue_counts_estimates_as_great():
    x, y = np.random.default_rng(2).normal(size=(2, 50))
    found = mi_test(x, y)
    b = np.count_nonzero(found.null_distribution >= found.statistic)
    assert found.pvalue == (b + 1) / 100
    c = np.count_nonzero(found.null_distribution <= found.statistic)
    assert mi_test(x, y, alternative="two-sided").pvalue == min(1, 2 * (min(b, c) + 1) / 100)


@pytest.mark.parametrize("options", [{}, {"method": "mixed"}, {"method": "gaussian"}])
def test_of_a_constant_nothing_can_be_said(options):
    y = np.random.default_rng(1).normal(size=30)
    found = mi_test(np.ones(30), y, **options)
    assert found.statistic == pytest.approx(0, abs=1e-12)
    assert found.pvalue == 1
    assert mi_test(np.ones(30), y, alternative="two-sided", **options).pvalue == 1


def test_equal_estimates_count_as_great():
    x = np.repeat([0.0, 1.0], 3)  # of 720 permutations one in ten leaves the table as it is, or mirrors it
    found = mi_test(x, x, k=1, method="mixed", n_resamples=999)
    assert found.pvalue == pytest.approx(0.1, abs=0.03)


def test_fewer_permutations_than_resamples_will_do():
    found = mi_test([1.0, 2.0, 4.0], [1.0, 3.0, 4.0], k=1, n_resamples=200)
    assert len(found.null_distribution) == 200
    assert found.pvalue > 1 / 6


def test_strata_of_one_row_leave_nothing_to_permute():
    x, y = correlated(30, 0.9, np.random.default_rng(1))
    found = mi_test(x, y, strata=np.arange(30))
    assert found.pvalue == 1
    np.testing.assert_array_equal(found.null_distribution, found.statistic)


def test_strata_of_several_columns_and_of_text():
    x, y = np.random.default_rng(1).normal(size=(2, 40))
    first, second = np.arange(40) % 2, np.arange(40) % 3
    names = [f"{a}{b}" for a, b in zip(first, second, strict=True)]
    columns, text = mi_test(x, y, strata=np.column_stack([first, second])), mi_test(x, y, strata=names)
    np.testing.assert_array_equal(columns.null_distribution, text.null_distribution)


@pytest.mark.parametrize("options", [{}, {"strata": np.arange(40) % 2}, {"min_shift": 1, "n_resamples": 30}])
def test_rows_with_nan_are_left_out_or_spoil_all(options):
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(2, 40))
    x[3], y[7] = np.nan, np.nan
    kept = ~(np.isnan(x) | np.isnan(y))
    shorter = options | ({"strata": options["strata"][kept]} if "strata" in options else {})
    assert_equal(mi_test(x, y, nan_policy="omit", **options), mi_test(x[kept], y[kept], **shorter))
    found = mi_test(x, y, nan_policy="propagate", **options)
    assert np.isnan([found.statistic, found.pvalue, *found.null_distribution]).all()
    with pytest.raises(ValueError, match="x has NaN in 1 of 40 rows, first in row 3"):
        mi_test(x, y, **options)


# How often they alarm


def pvalues(draw, n_tests=100, **options):
    rng = np.random.default_rng(1)
    return np.array([mi_test(*draw(rng), n_resamples=39, rng=rng, **options).pvalue for _ in range(n_tests)])


@pytest.mark.parametrize(
    "options", [{}, {"alternative": "two-sided"}, {"strata": np.arange(60) % 4}, {"min_shift": 10}]
)
def test_pvalues_are_uniform_where_there_is_no_dependence(options):
    p = pvalues(lambda rng: rng.normal(size=(2, 60)), **options)
    jitter = np.random.default_rng(2).uniform(size=len(p)) / 40  # of steps of 1/40, and two-sided of 2/40
    if "alternative" in options:
        jitter = 2 * jitter
    assert kstest(np.clip(p - jitter, 0, 1), "uniform").pvalue > 0.01


@pytest.mark.parametrize(
    "options", [{}, {"alternative": "two-sided"}, {"strata": np.arange(60) % 2}, {"min_shift": 10}]
)
def test_dependence_is_found(options):
    p = pvalues(lambda rng: correlated(60, 0.7, rng), n_tests=30, k=6, **options)
    assert np.mean(p <= 0.1) > 0.9


def test_a_common_cause_makes_x_and_y_dependent_until_it_is_given():
    def confounded(rng):
        z = rng.normal(size=100)
        return z + 0.5 * rng.normal(size=100), z + 0.5 * rng.normal(size=100), z

    rng = np.random.default_rng(1)
    p, p_given = [], []
    for _ in range(25):
        x, y, z = confounded(rng)
        p.append(mi_test(x, y, k=5, n_resamples=19, rng=rng).pvalue)
        p_given.append(mi_test(x, y, z=z, k=5, n_resamples=19, rng=rng).pvalue)
    assert np.mean(np.array(p) <= 0.05) > 0.95
    assert np.mean(np.array(p_given) <= 0.05) < 0.15


def test_dependence_beyond_z_is_found():
    rng = np.random.default_rng(1)
    z = rng.normal(size=(200, 2))
    x = z[:, 0] + rng.normal(size=200)
    y = z[:, 1] + x + 0.5 * rng.normal(size=200)
    assert mi_test(x, y, z=z, k=10, n_resamples=19).pvalue == 1 / 20


def test_strata_take_away_what_differs_between_them():
    rng = np.random.default_rng(1)
    session = np.arange(120) // 30
    x, y = 2 * session + rng.normal(size=(2, 120))
    assert mi_test(x, y).pvalue == 0.01
    assert mi_test(x, y, strata=session).pvalue > 0.05


def test_series_that_remember_call_for_shifts():
    def independent_series(rng):
        return ar1(rng, 200, 0.95), ar1(rng, 200, 0.95)

    shuffled = pvalues(independent_series, n_tests=40, k=5)
    shifted = pvalues(independent_series, n_tests=40, k=5, min_shift=20)
    assert np.mean(shuffled <= 0.05) > 0.4
    assert np.mean(shifted <= 0.05) < 0.15


def test_the_max_statistic_seldom_alarms_at_all():
    rng = np.random.default_rng(2)
    found = [matrix_test(rng.normal(size=(40, 4)), rng.normal(size=(40, 4)), control="max", rng=rng) for _ in range(60)]
    assert np.mean([np.min(one.pvalue) <= 0.1 for one in found]) > 0.5
    assert np.mean([np.min(one.adjusted_pvalue) <= 0.1 for one in found]) < 0.2


# What goes wrong


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"alternative": "less"}, "alternative='less' is unknown; use one of 'greater', 'two-sided'"),
        ({"n_resamples": 0}, "n_resamples=0 is less than 1"),
        ({"min_shift": 0}, "min_shift=0 is less than 1"),
        ({"min_shift": 8}, "min_shift=8 leaves 5 shifts of 20 rows, fewer than n_resamples=99"),
        ({"min_shift": 11}, "min_shift=11 leaves 0 shifts"),
        ({"strata": np.zeros(20), "min_shift": 2}, "strata and min_shift are given together"),
        ({"strata": np.zeros(20), "z": np.zeros(20)}, "z and strata are given together"),
        ({"strata": np.zeros(19)}, "x has 20 rows but strata has 19"),
        ({"strata": [np.nan] + [0.0] * 19}, "strata has NaN in 1 of 20 rows, first in row 0"),
        ({"method": "histogram"}, "method='histogram' is unknown; use one of 'ksg1', 'ksg2', 'mixed', 'gaussian'"),
        ({"method": "ksg1", "z": np.zeros(20)}, "method='ksg1' is unknown; use one of 'mixed', 'gaussian'"),
        ({"z_period": 1.0}, "z_period=1.0 is given without z"),
        ({"k": 20}, "k=20 needs at least 21 samples"),
    ],
)
def test_messages_name_the_way_out(options, message):
    x, y = np.random.default_rng(1).normal(size=(2, 20))
    with pytest.raises(ValueError, match=message):
        mi_test(x, y, **options)


@pytest.mark.parametrize("name", ["n_resamples", "min_shift"])
def test_numbers_of_rows_and_resamples_are_integers(name):
    with pytest.raises(TypeError, match=f"{name}=1.5 is not an integer"):
        mi_test(np.arange(9.0), np.arange(9.0), **{name: 1.5})


def test_a_matrix_needs_a_pair_and_a_known_control():
    x = np.random.default_rng(1).normal(size=(20, 2))
    with pytest.raises(ValueError, match="x has 1 column and y is None"):
        matrix_test(x[:, 0])
    with pytest.raises(ValueError, match="control='bonferroni' is unknown; use one of 'fdr', 'max', None"):
        matrix_test(x, control="bonferroni")


def test_inputs_are_left_alone():
    x, y, z = np.random.default_rng(1).normal(size=(3, 30))
    before = x.copy(), y.copy(), z.copy()
    mi_test(x, y, z=z, n_resamples=3)
    matrix_test(np.column_stack([x, y]))
    for now, then in zip((x, y, z), before, strict=True):
        np.testing.assert_array_equal(now, then)


@pytest.mark.filterwarnings("default")
def test_only_the_samples_as_they_are_are_warned_of():
    x, y = np.random.default_rng(1).integers(2, size=(2, 50))
    with pytest.warns(UserWarning, match="coincide") as warned:
        mi_test(x, y)
    assert len(warned) == 1
    labels = np.arange(50) % 10
    with pytest.warns(UserWarning, match="alone with their labels") as warned:
        mi_test(labels, labels[::-1] // 2 + np.arange(50), method="mixed", x_discrete=True, y_discrete=True)
    assert len(warned) == 1


def test_nearly_all_rows_are_taken_once_given_z():
    z = np.random.default_rng(1).normal(size=(500, 2))
    nearest = fastmi._core.nearest_rows(np.asfortranarray(z), [0.0, 0.0], np.full(500, np.inf), 5, 1).reshape(500, 5)
    distance = np.abs(z[:, np.newaxis] - z).max(axis=2)
    np.testing.assert_array_equal(np.take_along_axis(distance, nearest, axis=1), np.sort(distance, axis=1)[:, :5])
    rows = fastmi._core.take_in_turn(np.random.default_rng(2).permutation(500), nearest)
    assert len(np.unique(rows)) > 400


def test_rows_of_one_z_have_neighbours_of_their_own():
    nearest = fastmi._core.nearest_rows(np.zeros((7, 1), order="F"), [0.0], np.zeros(7), 3, 1).reshape(7, 3)
    np.testing.assert_array_equal(nearest, (np.arange(7)[:, np.newaxis] + np.arange(3)) % 7)
