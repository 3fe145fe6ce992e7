"""MutualInfoSelector: what it takes, in which order, and that it is at home in scikit-learn."""

# ruff: noqa: N806 - X is what scikit-learn calls it

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks
from threadpoolctl import threadpool_limits

import fastmi
from fastmi.sklearn import MutualInfoSelector

METHODS = ["mrmr", "jmi", "mim"]


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    with threadpool_limits(1):
        yield


@pytest.mark.filterwarnings("ignore:k=.* is greater than n_features", "ignore:.* alone with their labels")
@parametrize_with_checks(
    [MutualInfoSelector(), MutualInfoSelector(k=2, method="jmi"), MutualInfoSelector(method="mim")]
)
def test_it_is_an_estimator_as_scikit_learn_wants_it(estimator, check):
    check(estimator)


def with_copies(n=600):
    """Return two causes, and copies of the stronger one."""
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, n))
    copies = a[:, np.newaxis] + 0.1 * rng.normal(size=(n, 3))
    return np.column_stack([a, copies, b]), 2 * a + b


def exclusive_or(n=1000):
    """Return a weak cause, another that tells something only with it, and a noisy image of the target."""
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=n), 0.5 + rng.normal(size=n)
    y = (a > 0) ^ (b > 0)
    weak = 0.4 * y + rng.normal(size=n)
    return np.column_stack([a, b, weak]), y


def test_copies_are_left_out_by_all_but_mim():
    X, y = with_copies()
    taken = {method: MutualInfoSelector(2, method=method).fit(X, y).get_support(indices=True) for method in METHODS}
    assert 4 not in taken["mim"]
    assert 4 in taken["mrmr"]
    assert 4 in taken["jmi"]


def test_features_that_tell_something_only_together_are_found_by_jmi():
    X, y = exclusive_or()
    taken = {method: list(MutualInfoSelector(2, method=method).fit(X, y).get_support(True)) for method in METHODS}
    assert taken["jmi"] == [0, 1]
    assert taken["mim"] == [0, 2]


def test_scores_are_what_the_docstring_says():
    X, y = with_copies(200)
    y = y / 2
    about_y = fastmi.mutual_info_matrix(X, y, method="mixed")[:, 0]
    of_each_other = fastmi.mutual_info_matrix(X, method="mixed")
    for method in METHODS:
        selector = MutualInfoSelector(3, method=method).fit(X, y)
        order = np.argsort(selector.ranking_, kind="stable")
        first, second, third = order[:3]
        np.testing.assert_array_equal(selector.ranking_[order], [1, 2, 3, 4, 4])
        np.testing.assert_array_equal(selector.support_, selector.ranking_ <= 3)
        np.testing.assert_array_equal(selector.relevance_, about_y)
        assert first == about_y.argmax()
        expected = {
            "mim": about_y,
            "mrmr": about_y - of_each_other[:, [first, second]].mean(axis=1),
            "jmi": [
                np.mean([fastmi.mutual_info(X[:, [j, s]], y, method="mixed") for s in (first, second)])
                for j in range(5)
            ],
        }[method]
        np.testing.assert_allclose(selector.scores_[order[2:]], np.asarray(expected)[order[2:]], rtol=1e-12)
        assert third == order[2:][np.argmax(selector.scores_[order[2:]])]


@pytest.mark.parametrize("method", METHODS)
def test_equal_features_are_taken_in_the_order_of_the_columns(method):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, 100))
    selector = MutualInfoSelector(3, method=method).fit(np.column_stack([x] * 4), y)
    np.testing.assert_array_equal(selector.ranking_, [1, 2, 3, 4])


@pytest.mark.parametrize("method", METHODS)
def test_units_and_places_do_not_matter(method):
    X, y = with_copies(300)
    expected = MutualInfoSelector(3, method=method).fit(X, y)
    found = MutualInfoSelector(3, method=method).fit(X * [1e-9, 1, 2**20, 5, 1] + [1, 1e8, 0, 0, -7], 1e6 * y)
    np.testing.assert_allclose(found.relevance_, expected.relevance_, atol=0.1)
    constant = np.column_stack([np.full(300, 1e7), X])
    assert MutualInfoSelector(3, method=method).fit(constant, y).relevance_[0] == 0


def test_targets_are_labels_unless_they_are_floats():
    X, _ = with_copies(200)
    y = (X[:, 0] > 0).astype(int)
    relevance = {dtype: MutualInfoSelector(1).fit(X, y.astype(dtype)).relevance_ for dtype in ("i8", "?", "U", "f8")}
    np.testing.assert_array_equal(relevance["i8"], relevance["U"])
    np.testing.assert_array_equal(relevance["i8"], relevance["?"])
    as_labels = MutualInfoSelector(1, discrete_target=True).fit(X, y.astype(float))
    np.testing.assert_array_equal(as_labels.relevance_, relevance["i8"])
    as_numbers = MutualInfoSelector(1, discrete_target=False).fit(X, y)
    np.testing.assert_array_equal(as_numbers.relevance_, relevance["f8"])


@pytest.mark.parametrize("method", METHODS)
def test_features_may_be_labels(method):
    rng = np.random.default_rng(0)
    labels = rng.permutation(5)[np.arange(500) % 5]
    X = np.column_stack([rng.normal(size=500), labels])
    y = np.array([3.0, 0, 2, 1, 4])[labels] + rng.normal(size=500)
    selector = MutualInfoSelector(2, method=method, discrete_features=[1]).fit(X, y)
    np.testing.assert_array_equal(selector.ranking_, [2, 1])


def test_names_survive():
    X, y = with_copies(100)
    frame = pd.DataFrame(X, columns=list("abcde"))
    selector = MutualInfoSelector(2).set_output(transform="pandas").fit(frame, y)
    chosen = frame.columns[selector.get_support()]
    assert list(selector.feature_names_in_) == list("abcde")
    assert list(selector.get_feature_names_out()) == list(chosen)
    pd.testing.assert_frame_equal(selector.transform(frame), frame[chosen])


def test_pipelines_searches_clones_and_pickles():
    X, y = exclusive_or(300)
    pipeline = make_pipeline(MutualInfoSelector(1), LogisticRegression())
    grid = {"mutualinfoselector__k": [1, 2], "mutualinfoselector__method": METHODS}
    search = GridSearchCV(pipeline, grid, cv=2).fit(X, y)
    best = search.best_estimator_[0]
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(best)).transform(X), best.transform(X))
    assert clone(best).get_params() == best.get_params()


def test_too_much_is_asked_for():
    X, y = with_copies(100)
    with pytest.warns(UserWarning, match="k=6 is greater than n_features=5"):
        assert MutualInfoSelector(6, method="mim").fit(X, y).get_support().all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"k": 0}, "The 'k' parameter"),
        ({"method": "best"}, "The 'method' parameter"),
        ({"n_neighbors": 100}, "n_neighbors = 100, n_samples = 100"),
        ({"discrete_target": "no"}, "The 'discrete_target' parameter"),
        ({"discrete_features": "auto"}, "The 'discrete_features' parameter"),
    ],
)
def test_bad_parameters(options, message):
    with pytest.raises(ValueError, match=message):
        MutualInfoSelector(**options).fit(*with_copies(100))
