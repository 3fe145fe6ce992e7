"""fastmi.sklearn's scores: those of scikit-learn, and what `exact` makes of them."""

# ruff: noqa: N803, N806 - X is what scikit-learn calls it

import inspect
import subprocess
import sys

import numpy as np
import pandas as pd
import polars as pl
import pytest
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import datasets, feature_selection
from sklearn.feature_selection import SelectKBest, SelectPercentile
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

import fastmi
from fastmi.sklearn import mutual_info_classif, mutual_info_regression
from samples import KINDS

NAMES = ["mutual_info_classif", "mutual_info_regression"]
OURS = [mutual_info_classif, mutual_info_regression]
LINEAR = [name for name, kind in KINDS.items() if not kind.period]

# Of decimals that are said to be labels, and of nearly as many labels as samples.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Clustering metrics expects discrete values", "ignore:The number of unique classes is greater"
)


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """Threads of two libraries that wait for each other take all the time on a shared machine."""
    with threadpool_limits(1):
        yield


def theirs_of(ours):
    return getattr(feature_selection, ours.__name__)


def assert_same(ours, X, y, **options):
    """Raise unless both answer alike, or both refuse."""
    try:
        expected = theirs_of(ours)(X, y, **options)
    except (ValueError, IndexError, TypeError) as error:
        with pytest.raises(type(error)):
            ours(X, y, **options)
        return
    np.testing.assert_allclose(ours(X, y, **options), expected, rtol=0, atol=1e-10)


@st.composite
def data_sets(draw, max_samples=60):
    """Columns of all kinds, in any layout and type, some of them labels; and a target."""
    n = draw(st.integers(1, max_samples))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    kinds = draw(st.lists(st.sampled_from(LINEAR), min_size=1, max_size=4))
    X = np.column_stack([KINDS[kind].draw(rng, n) for kind in kinds])
    y = KINDS[draw(st.sampled_from(LINEAR))].draw(rng, n)
    if draw(st.booleans()):
        y = y + X[:, 0]
    dtype = draw(st.sampled_from([np.float64, np.float32, np.int64]))
    X = np.array(X.clip(-1e9, 1e9) if dtype is np.int64 else X, dtype, order=draw(st.sampled_from("CF")))
    mask = np.array(draw(st.lists(st.booleans(), min_size=len(kinds), max_size=len(kinds))))
    k = draw(st.integers(1, 8) | st.integers(1, n))
    return X, y, {"discrete_features": mask, "n_neighbors": k, "random_state": draw(st.integers(0, 9))}


@settings(max_examples=40)
@given(data_sets(), st.sampled_from([np.float64, np.float32, np.int64]))
def test_regression_is_as_scikit_learn_has_it(data, dtype):
    X, y, options = data
    assert_same(mutual_info_regression, X, y.clip(-1e9, 1e9).astype(dtype), **options)


@settings(max_examples=40)
@given(data_sets(), st.integers(1, 40))
def test_classification_is_as_scikit_learn_has_it(data, n_classes):
    X, y, options = data
    labels = np.argsort(np.argsort(y)) * n_classes // len(y)
    assert_same(mutual_info_classif, X, labels, **options)
    assert_same(mutual_info_classif, X, labels.astype(str), **options)


@pytest.mark.parametrize("ours", OURS)
def test_many_samples_of_few_and_many_classes(ours):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(1000, 4))
    X[:, 2] = rng.integers(400, size=1000)
    X[:, 3] = rng.integers(3, size=1000)
    for y in (X[:, 0] + X[:, 3] > 0).astype(int), rng.integers(300, size=1000):
        for discrete in False, [2, 3]:
            assert_same(ours, X, y, discrete_features=discrete, random_state=1)


@pytest.mark.parametrize("ours", OURS)
@pytest.mark.parametrize("container", ["csr_array", "csc_array", "csc_matrix", "coo_array"])
def test_sparse_features_are_labels(ours, container):
    rng = np.random.default_rng(0)
    dense = rng.poisson(0.2, size=(60, 70))
    X, y = getattr(scipy.sparse, container)(dense), (dense[:, :5].sum(axis=1) > 1).astype(int)
    assert_same(ours, X, y, random_state=0)
    assert_same(ours, X, y, discrete_features=True, random_state=0)
    assert_same(ours, X, y, discrete_features=False)
    assert_same(ours, X, y, discrete_features=np.arange(69))


@pytest.mark.parametrize("ours", OURS)
def test_lists_and_data_frames(ours):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(60, 3)), rng.integers(3, size=60)
    expected = theirs_of(ours)(X, y, random_state=0)
    for container in (np.ndarray.tolist, pd.DataFrame, lambda X: pl.DataFrame(X), np.asfortranarray):
        np.testing.assert_allclose(ours(container(X), list(y), random_state=0), expected, rtol=0, atol=1e-10)


@pytest.mark.parametrize("ours", OURS)
@pytest.mark.parametrize(
    "options",
    [
        {"discrete_features": "auto"},
        {"discrete_features": True},
        {"discrete_features": [0, 2]},
        {"discrete_features": [True, False, True]},
        {"discrete_features": (1,)},
        {"n_neighbors": np.int64(5)},
        {"copy": False},
        {"discrete_features": "manual"},
        {"discrete_features": 3.5},
        {"discrete_features": [0, 7]},
        {"discrete_features": [True, False]},
        {"n_neighbors": 0},
        {"n_neighbors": 2.5},
        {"n_neighbors": 60},
        {"n_neighbors": 59},
        {"copy": "yes"},
        {"n_jobs": 0},
        {"n_jobs": 1.5},
        {"random_state": "seed"},
    ],
    ids=str,
)
def test_options_mean_what_they_mean_there_and_are_refused_alike(ours, options):
    rng = np.random.default_rng(0)
    X, y = rng.integers(5, size=(60, 3)), rng.integers(3, size=60)
    assert_same(ours, X, y, **{"random_state": 0} | options)


@pytest.mark.parametrize("ours", OURS)
@pytest.mark.parametrize(
    ("X", "y"),
    [
        ([[1.0], [np.nan], [2.0], [3.0], [4.0]], [0, 1, 0, 1, 0]),
        ([[1.0], [np.inf], [2.0], [3.0], [4.0]], [0, 1, 0, 1, 0]),
        ([[1.0], [2.0], [3.0]], [0, 1]),
        ([1.0, 2.0, 3.0], [0, 1, 0]),
        (np.empty((0, 1)), []),
        (np.empty((5, 0)), [0, 1, 0, 1, 0]),
        ([["a"], ["b"], ["c"], ["d"], ["e"]], [0, 1, 0, 1, 0]),
        (np.ones((5, 1)), [1j, 2, 3, 4, 5]),
        (np.arange(5)[:, None], np.arange(5)),
        (np.ones((5, 1)), np.ones(5)),
        (np.ones((5, 1)), None),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_bad_input_is_refused_alike(ours, X, y):
    assert_same(ours, X, y, random_state=0)
    assert_same(ours, X, y, discrete_features=True, random_state=0)


def test_a_target_of_numbers_has_no_classes():
    with pytest.raises(ValueError, match="Unknown label type"):
        mutual_info_classif([[1.0], [2.0], [3.0]], [0.5, 1.5, 2.5])


@pytest.mark.parametrize("ours", OURS)
def test_the_signature_is_scikit_learns_and_exact(ours):
    expected = list(inspect.signature(theirs_of(ours)).parameters.values())
    *parameters, exact = inspect.signature(ours).parameters.values()
    assert [(p.name, p.kind, p.default) for p in parameters] == [(p.name, p.kind, p.default) for p in expected]
    assert (exact.name, exact.default) == ("exact", False)


@pytest.mark.parametrize("ours", OURS)
def test_a_random_state_is_left_as_scikit_learn_leaves_it(ours):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(51, 3)), rng.integers(3, size=51)
    states = np.random.RandomState(5), np.random.RandomState(5)
    for function, state in zip((ours, theirs_of(ours)), states, strict=True):
        function(X, y, random_state=state)
    assert states[0].standard_normal() == states[1].standard_normal()


@pytest.mark.parametrize("ours", OURS)
@pytest.mark.parametrize("exact", [False, True])
def test_the_input_stays_and_the_number_of_threads_does_not_matter(ours, exact):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(3000, 3)), rng.integers(3, size=3000)
    X_before, y_before = X.copy(), y.copy()
    options = {"discrete_features": [2], "random_state": 0, "copy": False, "exact": exact}
    X[:, 2] = X_before[:, 2] = np.round(X[:, 2])
    results = [ours(X, y, n_jobs=n_jobs, **options) for n_jobs in (None, 1, 3)]
    for result in results:
        assert result.dtype == np.float64
        np.testing.assert_array_equal(result, results[0])
    np.testing.assert_array_equal(X, X_before)
    np.testing.assert_array_equal(y, y_before)


DATA_SETS = {
    "iris": (datasets.load_iris, mutual_info_classif),
    "wine": (datasets.load_wine, mutual_info_classif),
    "breast_cancer": (datasets.load_breast_cancer, mutual_info_classif),
    "digits": (datasets.load_digits, mutual_info_classif),
    "diabetes": (datasets.load_diabetes, mutual_info_regression),
}


@pytest.mark.parametrize("name", DATA_SETS)
def test_the_same_features_of_the_bundled_data_sets_are_selected(name):
    load, ours = DATA_SETS[name]
    X, y = load(return_X_y=True)

    scores = [function(X, y, random_state=0) for function in (ours, theirs_of(ours))]
    np.testing.assert_allclose(*scores, rtol=0, atol=1e-10)
    for k in {1, 3, min(10, X.shape[1])}:
        mine, other = (SelectKBest(lambda *_, known=known: known, k=k).fit(X, y) for known in scores)
        np.testing.assert_array_equal(mine.get_support(), other.get_support())


def test_the_same_features_are_selected_for_each_of_several_targets():
    X, Y = datasets.load_linnerud(return_X_y=True)
    for y in Y.T:
        assert_same(mutual_info_regression, X, y, random_state=0)


def test_selectors_pipelines_and_searches_take_it():
    X, y = datasets.load_wine(return_X_y=True)
    assert SelectPercentile(mutual_info_classif, percentile=50).fit_transform(X, y).shape == (178, 6)
    pipeline = make_pipeline(StandardScaler(), SelectKBest(mutual_info_classif), LogisticRegression())
    search = GridSearchCV(pipeline, {"selectkbest__k": [2, 8]}, cv=3).fit(X, y)
    assert search.best_params_ == {"selectkbest__k": 8}
    assert search.best_score_ > 0.9


class TestExact:
    """No noise, no clipping, ties as they are."""

    def test_a_far_column_is_as_good_as_a_near_one(self):
        rng = np.random.default_rng(0)
        x = rng.normal(size=1000)
        y = x + rng.normal(size=1000)
        columns = np.column_stack([x, x + 1e10, x + 1e13])
        near, far, farther = mutual_info_regression(columns, y, exact=True)
        assert near == fastmi.mutual_info(x, y / 2)
        assert abs(far - near) < 0.01
        assert abs(farther - near) < 0.05
        noisy = mutual_info_regression(columns, y, random_state=0)
        assert noisy[1] < 0.7 * near  # the noise is of the size of the spread
        assert noisy[2] < 0.1

    def test_a_constant_column_has_nothing_to_tell(self):
        rng = np.random.default_rng(0)
        constants = np.full((500, 4), [0.0, 1.0, 0.1, -1e9])
        y = rng.normal(size=500)
        assert not mutual_info_regression(constants, y, exact=True).any()
        assert not mutual_info_regression(constants, y, exact=True, discrete_features=True).any()
        assert not mutual_info_classif(constants, y > 0, exact=True).any()
        assert not mutual_info_regression(rng.normal(size=(500, 2)), np.full(500, 0.3), exact=True).any()
        of_noise = [mutual_info_regression(constants, y, random_state=seed) for seed in range(5)]
        assert np.any(of_noise)

    def test_values_that_repeat_are_not_taken_apart(self):
        rng = np.random.default_rng(0)
        n = rng.poisson(3, size=2000)
        m = n + rng.poisson(1, size=2000)
        counts = fastmi.mutual_info(n, m, method="histogram", x_discrete=True, y_discrete=True, correction="nsb")
        (exact,) = mutual_info_regression(n[:, np.newaxis], m, exact=True)
        assert abs(exact - counts) < 0.05

    def test_it_is_the_mixed_estimator_of_columns_of_one_spread(self):
        rng = np.random.default_rng(0)
        x = rng.normal(size=(400, 2)).round(1)
        labels = rng.integers(3, size=400)
        y = 1e5 * (x[:, 0] + labels)
        X = np.column_stack([x, labels])
        expected = [
            *(fastmi.mutual_info(column, y / 2**17, method="mixed") for column in x.T),
            fastmi.mutual_info(labels, y, method="mixed", x_discrete=True),
        ]
        found = mutual_info_regression(X, y, discrete_features=[2], exact=True)
        np.testing.assert_array_equal(found, expected)
        expected = [
            *(fastmi.mutual_info(column, labels, method="mixed", y_discrete=True) for column in x.T),
            fastmi.mutual_info(labels, labels, method="histogram", x_discrete=True, y_discrete=True),
        ]
        np.testing.assert_allclose(mutual_info_classif(X, labels, discrete_features=[2], exact=True), expected, 1e-12)

    @pytest.mark.parametrize("size", [1e-300, 1e300, 2.0**-1022])
    def test_units_do_not_matter(self, size):
        rng = np.random.default_rng(0)
        x = rng.normal(size=(200, 2)).clip(-5, 5)
        size = 2.0 ** np.round(np.log2(size))
        y = x[:, 0] + x[:, 1]
        np.testing.assert_allclose(
            mutual_info_regression(size * x, y, exact=True), mutual_info_regression(x, y, exact=True), atol=1e-2
        )

    def test_what_is_independent_scatters_around_zero(self):
        X, y = np.random.default_rng(0).normal(size=(300, 40)), np.random.default_rng(1).normal(size=300)
        scores = mutual_info_regression(X, y, exact=True)
        assert (scores < 0).sum() > 10
        assert abs(scores.mean()) < 0.02

    def test_it_draws_nothing(self):
        X, y = np.random.default_rng(0).normal(size=(300, 2)), np.arange(300)
        state = np.random.RandomState(0)
        mutual_info_regression(X, y, random_state=state, exact=True)
        assert state.standard_normal() == np.random.RandomState(0).standard_normal()

    @pytest.mark.parametrize("ours", OURS)
    def test_too_few_samples(self, ours):
        with pytest.raises(ValueError, match="n_neighbors = 3, n_samples = 3"):
            ours(np.arange(3)[:, np.newaxis], [0, 1, 1], exact=True)


def test_scikit_learn_is_imported_only_when_it_is_needed():
    program = "import sys; import fastmi; assert 'sklearn' not in sys.modules and 'scipy' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], check=True)


def test_without_scikit_learn_it_says_what_to_install():
    program = "import sys; sys.modules['sklearn'] = None; import fastmi.sklearn"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "pip install scikit-learn" in run.stderr
