"""Mutual information of labels, numbers and mixtures of both: against the reference, KSG1, scikit-learn and the truth."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import digamma

import closed_forms
import fastmi
from fastmi import _balls, reference
from samples import LABELS, mixed_problems, options_of, problems

CONTINUOUS = ("normal", "uniform", "cauchy", "angle", "positive angle", "peaked angle", "many turns", "tiny")
SEEDS = st.integers(0, 2**32 - 1)

pytestmark = pytest.mark.filterwarnings("ignore:.* alone with their labels")


def mixed(x, y, **options):
    return fastmi.mutual_info(x, y, method="mixed", **options)


def local_mixed(x, y, **options):
    return fastmi.local_mutual_info(x, y, method="mixed", **options)


@settings(max_examples=100)
@given(problem=mixed_problems(max_samples=50))
def test_reference(problem):
    (x, y), k = problem
    options = options_of([x, y]) | {"k": k, "method": "mixed"}
    for name in ("mutual_info", "local_mutual_info"):
        ours, theirs = (getattr(module, name)(x.values, y.values, **options) for module in (fastmi, reference))
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12)


@settings(max_examples=40)
@given(problem=mixed_problems(max_samples=200))
def test_local_terms_average_to_the_estimate(problem):
    (x, y), k = problem
    options = options_of([x, y]) | {"k": k}
    local = local_mixed(x.values, y.values, **options)
    assert math.isclose(local.mean(), mixed(x.values, y.values, **options), abs_tol=1e-12)


@settings(max_examples=30)
@given(problem=problems(max_samples=150, max_x=4, kinds=CONTINUOUS))
def test_without_ties_it_is_ksg1_bit_for_bit(problem):
    x, y = problem.x, problem.y
    assert mixed(x, y, **problem.options) == fastmi.mutual_info(x, y, **problem.options)
    np.testing.assert_array_equal(
        local_mixed(x, y, **problem.options), fastmi.local_mutual_info(x, y, **problem.options)
    )


def test_without_ties_it_is_ksg1_of_many_samples():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(20_000, 3))
    y = x[:, 0] + rng.normal(size=20_000)
    assert mixed(x, y) == fastmi.mutual_info(x, y)


@pytest.mark.parametrize("k", [1, 3, 10])
def test_scikit_learn(k):
    """Numbers of unit variance, which it divides by; and classes of more than k, of which it drops none."""
    rng = np.random.default_rng(2)
    y = rng.integers(4, size=600)
    x = np.column_stack([rng.normal(size=600) + y, rng.exponential(1 + y), rng.standard_cauchy(size=600) * (1 + y)])
    x /= x.std(axis=0)
    theirs = pytest.importorskip("sklearn.feature_selection").mutual_info_classif(
        x, y, discrete_features=False, n_neighbors=k, random_state=0
    )
    assert (theirs > 0).all()
    ours = fastmi.mutual_info_matrix(x, y, k=k, method="mixed", y_discrete=True)[:, 0]
    np.testing.assert_allclose(ours, theirs, atol=1e-10)


@settings(max_examples=25)
@given(problem=mixed_problems(max_samples=150), seed=SEEDS)
def test_same_bits_for_any_order_of_rows_workers_and_sides(problem, seed):
    (x, y), k = problem
    value = mixed(x.values, y.values, k=k, workers=1, **options_of([x, y]))
    order = np.random.default_rng(seed).permutation(len(x.values))
    for workers in (None, -1, 2, 5):
        assert mixed(x.values[order], y.values[order], k=k, workers=workers, **options_of([x, y])) == value
    assert mixed(y.values, x.values, k=k, **options_of([y, x])) == value


@settings(max_examples=25)
@given(problem=mixed_problems(max_samples=150, labels=()), power=st.integers(-100, 100), data=st.data())
def test_same_bits_when_scaled_by_powers_of_two_and_mirrored(problem, power, data):
    (x, y), k = problem
    signs = data.draw(st.lists(st.sampled_from([-1, 1]), min_size=len(x.period), max_size=len(x.period)))
    value = mixed(x.values, y.values, k=k, **options_of([x, y]))
    scale = 2.0**power
    periods = {"x_period": np.multiply(x.period, scale), "y_period": np.multiply(y.period, scale)}
    assert mixed(x.values * signs * scale, y.values * scale, k=k, **periods) == value


@pytest.mark.parametrize("kind", LABELS)
def test_same_bits_for_any_numbers_and_types_of_labels(kind):
    rng = np.random.default_rng(3)
    codes = LABELS[kind](rng, 150)
    x = rng.normal(size=(150, 2)).round(1)
    value = mixed(x, codes, y_discrete=True)
    names = rng.permutation(10**6)[:200]
    for labels in (
        -codes.astype(float) * 1e300,
        names[codes],
        names[codes].astype(np.int32)[:, np.newaxis],
        names[codes] / 7,
        codes.astype(np.uint8),
        codes + 2**62,
        codes * 1j,
        np.array([f"class {name}" for name in names])[codes],
        [f"class {name}".encode() for name in names[codes]],
        [("class", int(name)) for name in names[codes]],
        np.array([f"class {name}" for name in names], object)[codes],
        np.datetime64("2020-01-01") + codes,
        codes.tolist(),
    ):
        is_tuple = isinstance(labels, list) and isinstance(labels[0], tuple)
        values = np.fromiter(labels, object) if is_tuple else labels
        assert mixed(x, values, y_discrete=True) == value
    if kind == "two":
        assert mixed(x, codes == 1) == mixed(x, (codes == 1).tolist()) == value


def test_labels_in_several_columns_are_their_tuples():
    rng = np.random.default_rng(4)
    x, labels = rng.normal(size=300), rng.integers(3, size=(300, 2))
    together = [f"{a} {b}" for a, b in labels]
    assert mixed(x, labels, y_discrete=True) == mixed(x, together)
    assert mixed(x, np.column_stack([labels, x]), y_discrete=[True, True, False]) == mixed(
        np.column_stack([x, labels[:, ::-1]]), x, x_discrete=[False, True, True]
    )


def test_same_bits_on_any_instruction_set_and_engine(instruction_set, monkeypatch):
    rng = np.random.default_rng(5)
    x = np.column_stack([rng.normal(size=400), rng.normal(size=400).round(1), rng.integers(4, size=400)])
    y = np.column_stack([x[:, 0] + rng.normal(size=400).round(1), rng.integers(30, size=400)])
    kinds = {"x_discrete": [False, False, True], "y_discrete": [False, True]}
    value = mixed(x, y, **kinds)
    for engine in ("tree", "bitmap"):
        monkeypatch.setenv("FASTMI_ENGINE", engine)
        assert mixed(x, y, **kinds) == value, instruction_set
    assert math.isclose(value, reference.mutual_info(x, y, method="mixed", **kinds), abs_tol=1e-12)


# How far the mean of 300 estimates of 2000 samples, k = 3, is from the truth; about 0 for the others. Loners of rare
# counts tell nothing. Half on a lattice, the continuous samples next to a lattice point have its many in their balls.
BIASES = {
    "uniform windows 5": -0.002,
    "zero-inflated Poisson 0.0": -0.006,
    "zero-inflated Poisson 0.15": -0.006,
    "label of a mixture 0.5, 2.0": 0.002,
    "half on a lattice 0.9, 0.9": -0.168,
    "shared Poisson 1.0, 2.0, 1.5": -0.0255,
}
KNOWN = [*closed_forms.MIXED, *closed_forms.DISCRETE]


@pytest.mark.parametrize("known", KNOWN, ids=str)
def test_closed_forms(known):
    x_discrete, y_discrete = known.discrete or (False, False)
    values = []
    for seed in range(12):
        x, y = known.sample(np.random.default_rng(seed), 2000)
        values.append(mixed(x, y, x_discrete=x_discrete, y_discrete=y_discrete))
    standard_error = np.std(values, ddof=1) / math.sqrt(len(values))
    assert abs(np.mean(values) - known.truth - BIASES.get(known.name, 0.0)) < 3 * standard_error + 0.001


def test_counts_as_numbers_lend_each_other_neighbours():
    """So that rare ones are not alone, which halves the bias."""
    known = closed_forms.shared_poisson(1.0, 2.0, 1.5)
    values = [mixed(*known.sample(np.random.default_rng(seed), 2000)) for seed in range(12)]
    standard_error = np.std(values, ddof=1) / math.sqrt(len(values))
    assert abs(np.mean(values) - known.truth + 0.0135) < 3 * standard_error + 0.001


def test_labels_alone_by_their_counts():
    """Classes hold all samples that share their labels, so k has no say in it."""
    rng = np.random.default_rng(6)
    x, y = rng.integers(3, size=200), rng.integers(4, size=200)
    n_x, n_y = (np.bincount(side)[side] for side in (x, y))
    n_xy = np.bincount(4 * x + y)[4 * x + y]
    expected = (digamma(n_xy - 1) + digamma(199) - digamma(n_x - 1) - digamma(n_y - 1)).mean()
    for k in (1, 3, 199):
        assert math.isclose(mixed(x, y, k=k, x_discrete=True, y_discrete=True), expected)


def test_loners_tell_nothing():
    rng = np.random.default_rng(7)
    x, y = rng.normal(size=50), rng.integers(3, size=50)
    y[[4, 40]] = 7, 8
    local = local_mixed(x, y, y_discrete=True)
    assert local[4] == local[40] == 0
    assert mixed(x, np.arange(50), y_discrete=True) == 0
    assert mixed(np.arange(50), np.arange(50), x_discrete=True, y_discrete=True) == 0
    assert (local_mixed(np.arange(50), x, x_discrete=True) == 0).all()


@pytest.mark.parametrize("n", [2, 3, 20])
def test_constants_carry_nothing(n):
    rng = np.random.default_rng(8)
    for constant in (np.zeros(n), np.full(n, 1e300), ["a"] * n, np.full(n, 5e-324)):
        for y in (rng.normal(size=n), rng.integers(2, size=n), np.arange(n).astype(str), np.ones(n)):
            for k in {1, n - 1}:
                assert mixed(constant, y, k=k) == mixed(y, constant, k=k) == 0


def test_two_samples():
    assert mixed([0.0, 1.0], [5.0, 6.0], k=1) == 1  # psi(1) + psi(2) - 2 psi(1)
    assert mixed([0.0, 1.0], [5.0, 7.0], k=1) == 0  # of whose sides only one is on the boundary
    assert mixed([0.0, 0.0], [5.0, 7.0], k=1) == 0
    assert mixed(["a", "b"], [5.0, 7.0], k=1) == 0
    assert mixed(["a", "a"], [5.0, 7.0], k=1) == 0


@settings(max_examples=30)
@given(problem=mixed_problems(max_samples=100), most=st.integers(1, 9))
def test_more_labels_than_there_are_steps(problem, most):
    (x, y), k = problem
    options = options_of([x, y]) | {"k": k}
    value = mixed(x.values, y.values, **options)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_balls, "_MOST_CODES", most)
        assert mixed(x.values, y.values, **options) == value


def test_numbers_as_large_and_as_small_as_can_be():
    rng = np.random.default_rng(9)
    x, y = rng.integers(-40, 40, size=(2, 100)).astype(float)
    labels = rng.integers(3, size=100).astype(str)
    for other in (y, labels):
        value = mixed(x, other)
        for power in (-1074, 900, 992):
            scaled = np.ldexp(y, power) if other is y else other
            assert mixed(np.ldexp(x, power), scaled) == value
    with pytest.raises(ValueError, match=r"x has values beyond 2\*\*998, .* labels; scale its columns"):
        mixed(np.ldexp(x, 1000), labels)
    with pytest.raises(ValueError, match=r"y has values beyond 2\*\*998"):
        mixed(labels, np.ldexp(x, 1000))


@settings(max_examples=40)
@given(k=st.integers(1, 15), seed=SEEDS, module_method=st.sampled_from(["mixed", "ksg2"]))
@pytest.mark.filterwarnings("ignore:.*coincide")
def test_differences_that_overflow(k, seed, module_method):
    rng = np.random.default_rng(seed)
    x, y = rng.choice([-1.7e308, 1.7e308, -1.6e308, 0, 1, 2], size=(2, 16))
    options = {"k": k, "method": module_method}
    ours, theirs = (module.local_mutual_info(x, y, **options) for module in (fastmi, reference))
    np.testing.assert_allclose(ours, theirs, atol=1e-12)


def test_missing_labels_and_classes_that_go_with_them():
    rng = np.random.default_rng(10)
    x, y = rng.normal(size=90), np.repeat([0.0, 1, 2], 30)
    y[5] = np.nan
    x[60:] = np.nan  # and with it all of the third class
    kept = ~np.isnan(x + y)
    expected = mixed(x[kept], y[kept], y_discrete=True)
    assert mixed(x, y, y_discrete=True, nan_policy="omit") == expected
    assert np.isnan(mixed(x, y, y_discrete=True, nan_policy="propagate"))
    objects = np.where(np.isnan(y), np.nan, np.array([f"class {label}" for label in y], object))
    assert mixed(x, objects, nan_policy="omit") == expected
    local = local_mixed(x, objects, nan_policy="omit")
    np.testing.assert_array_equal(np.isnan(local), ~kept)
    assert math.isclose(np.nanmean(local), expected)
    with pytest.raises(ValueError, match="y has NaN in 1 of 90 rows, first in row 5"):
        mixed(np.zeros(90), objects)


def test_pandas():
    pd = pytest.importorskip("pandas")
    rng = np.random.default_rng(11)
    energy, code = rng.normal(size=200), rng.integers(3, size=200)
    name = np.array(["electron", "muon", "tau"])[code]
    value = mixed(energy, code, y_discrete=True)
    index = rng.permutation(200)
    for labels in (
        pd.Series(name, index=index),
        pd.Series(name, dtype=object),
        pd.Series(name, dtype="category"),
        pd.Categorical(name),
        pd.Series(code, dtype="category"),
        pd.Series(name, dtype="string"),
        pd.DataFrame({"particle": name}, index=index),
    ):
        assert mixed(pd.Series(energy), labels) == value
    frame = pd.DataFrame({"energy": energy, "particle": name, "charged": code > 0})
    together = mixed(frame, energy)
    assert together == mixed(np.column_stack([energy, code, code > 0]), energy, x_discrete=[False, True, True])
    matrix = fastmi.mutual_info_matrix(frame, method="mixed")
    assert matrix.loc["energy", "particle"] == matrix.loc["particle", "energy"] == value
    some = pd.Series(name).mask(energy > 1)
    kept = energy <= 1
    expected = mixed(energy[kept], name[kept])
    for labels in (some, some.astype("category"), some.astype("string")):
        assert mixed(energy, labels, nan_policy="omit") == expected
