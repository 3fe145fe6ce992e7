"""Lags, and what holds for every method: single calls, matrices, local terms, NaN, types, and what is refused."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fastmi
from fastmi import reference
from samples import mixed_problems, options_of

METHODS = ["ksg1", "ksg2", "mixed", "gaussian", "histogram"]
WITH_LABELS = ["mixed", "histogram"]
NAMES = ["mutual_info", "local_mutual_info", "mutual_info_matrix"]

pytestmark = pytest.mark.filterwarnings("ignore:.* alone with their labels")


def series(n=120, seed=1):
    """Draw x, and y that follows it by two steps."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    return x, np.roll(x, 2) + 0.5 * rng.normal(size=n)


def shifted(x, y, lag):
    return (x[: len(x) - lag], y[lag:]) if lag >= 0 else (x[-lag:], y[:lag])


# Lags


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("lag", [0, 1, 2, 17, -1, -30])
def test_a_lag_shifts_rows(method, lag):
    x, y = series()
    found = fastmi.mutual_info(x, y, lag=lag, method=method)
    assert isinstance(found, float)
    assert found == fastmi.mutual_info(*shifted(x, y, lag), method=method)
    assert found == fastmi.mutual_info(x, y, lag=np.int8(lag), method=method)
    assert fastmi.mutual_info(y, x, lag=-lag, method=method) == pytest.approx(found, abs=1e-12)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("module", [fastmi, reference])
def test_lags_at_once_are_lags_one_by_one(module, method):
    x, y = series(60)
    for lags in ([2], [3, -3, 0, 3], np.array([5, 1]), (1, 2), range(-2, 3)):
        found = module.mutual_info(x, y, lag=lags, method=method, base=2)
        assert found.shape == (len(lags),)
        assert found.dtype == np.float64
        assert found.tolist() == [module.mutual_info(x, y, lag=int(lag), method=method, base=2) for lag in lags]
    assert module.mutual_info(x, y, lag=[], method=method).shape == (0,)
    assert module.mutual_info(x, y, lag=np.array(2), method=method) == module.mutual_info(x, y, lag=2, method=method)


@pytest.mark.parametrize("method", METHODS)
def test_the_reference(method):
    x, y = series(60)
    lags = [-4, 0, 2]
    ours, theirs = (m.mutual_info(np.column_stack([x, x**2]), y, lag=lags, method=method) for m in (fastmi, reference))
    np.testing.assert_allclose(ours, theirs, atol=1e-10)


@settings(max_examples=25)
@given(problem=mixed_problems(max_samples=80), data=st.data())
def test_lags_of_any_columns(problem, data):
    (x, y), k = problem
    n = len(x.values)
    lag = data.draw(st.integers(-(n - k - 1), n - k - 1))
    options = options_of([x, y]) | {"k": k, "method": "mixed"}
    expected = fastmi.mutual_info(*shifted(x.values, y.values, lag), **options)
    assert fastmi.mutual_info(x.values, y.values, lag=lag, **options) == expected


def test_the_largest_information_is_at_the_true_lag():
    x, y = series(1000)
    for method in METHODS:
        assert np.argmax(fastmi.mutual_info(x, y, lag=range(-5, 6), method=method)) == 7


def test_lags_of_data_frames():
    pd = pytest.importorskip("pandas")
    x, y = series()
    frame = pd.DataFrame({"x": x, "up": x > 0}, index=np.arange(120) * 60)
    plain = np.column_stack([x, x > 0])
    found = fastmi.mutual_info(frame, pd.Series(y), lag=[1, -2], method="mixed")
    expected = fastmi.mutual_info(plain, y, lag=[1, -2], method="mixed", x_discrete=[False, True])
    np.testing.assert_array_equal(found, expected)
    assert fastmi.mutual_info(frame["x"], y, lag=2) == fastmi.mutual_info(x, y, lag=2)
    assert fastmi.mutual_info(frame[["x"]], y, lag=2, method="gaussian") == fastmi.mutual_info(
        x, y, lag=2, method="gaussian"
    )


@pytest.mark.parametrize("module", [fastmi, reference])
@pytest.mark.parametrize("method", METHODS)
def test_rows_that_are_whole_only_when_shifted(module, method):
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=(2, 60))
    x[::2], y[1::2] = np.nan, np.nan
    found = module.mutual_info(x, y, lag=[1, 3], method=method, nan_policy="omit")
    assert found.tolist() == [
        module.mutual_info(x[1:-1:2], y[2::2], method=method)
        if lag == 1
        else module.mutual_info(x[1:-3:2], y[4::2], method=method)
        for lag in (1, 3)
    ]
    with pytest.raises(ValueError, match="x and y have 0 rows without NaN"):
        module.mutual_info(x, y, lag=2, method=method, nan_policy="omit")


def test_nan_that_a_lag_shifts_out():
    x, y = series()
    x[-1] = np.nan
    assert fastmi.mutual_info(x, y, lag=1, nan_policy="propagate") == fastmi.mutual_info(x[:-1], y[1:])
    assert np.isnan(fastmi.mutual_info(x, y, lag=-1, nan_policy="propagate"))
    with pytest.raises(ValueError, match="x has NaN in 1 of 120 rows, first in row 119"):
        fastmi.mutual_info(x, y, lag=1)


@pytest.mark.parametrize("module", [fastmi, reference])
@pytest.mark.parametrize(
    ("lag", "error", "message"),
    [
        (120, ValueError, "lag=120 leaves nothing of 120 rows; pass a smaller lag or a longer series"),
        (-120, ValueError, "lag=-120 leaves nothing of 120 rows"),
        ([1, 2**70], ValueError, "lag=1180591620717411303424 leaves nothing of 120 rows"),
        (1.0, TypeError, "lag=1.0 is not an integer, or a sequence of them"),
        ([1, 2.0], TypeError, r"lag=\[1, 2\.0\] is not an integer"),
        (np.array([1.0]), TypeError, r"lag=array\(\[1\.\]\) is not an integer"),
        ("1", TypeError, "lag='1' is not an integer"),
        (None, TypeError, "lag=None is not an integer"),
        ([[1, 2], [3, 4]], TypeError, r"lag=\[\[1, 2\], \[3, 4\]\] is not an integer"),
        ([[1], [2, 3]], TypeError, "lag=.* is not an integer"),
    ],
)
def test_refused_lags(module, lag, error, message):
    with pytest.raises(error, match=message):
        module.mutual_info(*series(), lag=lag)


def test_a_lag_that_leaves_too_few_rows():
    x, y = series()
    for method in ("ksg1", "ksg2", "mixed"):
        assert np.isfinite(fastmi.mutual_info(x, y, lag=116, method=method))
        with pytest.raises(ValueError, match="k=3 needs at least 4 samples, but x and y have 3 rows"):
            fastmi.mutual_info(x, y, lag=117, method=method)


# Every method, in every function


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("own", [False, True])
def test_matrices_are_pair_by_pair(method, own):
    rng = np.random.default_rng(3)
    x = rng.normal(size=(80, 3))
    y = None if own else x[:, :2] + rng.normal(size=(80, 2)).round(1)
    other = x if own else y
    bins = [3, 4, 5] if own else [3, 4, 5, 6, 7]
    matrix = fastmi.mutual_info_matrix(x, y, method=method, bins=bins, base=2)
    for i, j in np.ndindex(matrix.shape):
        of_pair = [bins[i], bins[j if own else 3 + j]]
        options = {"method": method, "bins": of_pair, "base": 2}
        assert matrix[i, j] == pytest.approx(fastmi.mutual_info(x[:, i], other[:, j], **options), abs=1e-14)
        assert matrix[i, j] == fastmi.mutual_info(x[:, i], other[:, j], **options) or (own and i > j)
    if method != "gaussian" or not own:  # whose reference is for what is not dependent
        theirs = reference.mutual_info_matrix(x, y, method=method, bins=bins, base=2)
        np.testing.assert_allclose(matrix, theirs, atol=1e-10)


@settings(max_examples=20)
@given(problem=mixed_problems(max_samples=60))
def test_matrices_of_labels_and_angles(problem):
    (x, y), k = problem
    matrix = fastmi.mutual_info_matrix(x.values, y.values, k=k, method="mixed", **options_of([x, y]))
    for i, j in np.ndindex(matrix.shape):
        kinds = {"x_period": x.period[i], "x_discrete": x.discrete[i]}
        kinds |= {"y_period": y.period[j], "y_discrete": y.discrete[j]}
        assert matrix[i, j] == fastmi.mutual_info(x.values[:, i], y.values[:, j], k=k, method="mixed", **kinds)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("base", [None, 2])
def test_local_terms_average_to_the_estimate(method, base):
    x, y = series()
    options = {"method": method, "base": base}
    local = fastmi.local_mutual_info(np.column_stack([x, x**2]), y, **options)
    assert math.isclose(local.mean(), fastmi.mutual_info(np.column_stack([x, x**2]), y, **options), abs_tol=1e-12)
    theirs = reference.local_mutual_info(np.column_stack([x, x**2]), y, **options)
    np.testing.assert_allclose(local, theirs, atol=1e-9)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("module", [fastmi, reference])
def test_nan_policies(module, method):
    rng = np.random.default_rng(4)
    x, y = rng.normal(size=(70, 2)), rng.normal(size=70)
    x[rng.uniform(size=x.shape) < 0.1], y[[3, 20]] = np.nan, np.nan
    whole = ~np.isnan(np.column_stack([x, y])).any(axis=1)
    options = {"method": method, "bins": 4}
    expected = module.mutual_info(x[whole], y[whole], **options)
    assert module.mutual_info(x, y, nan_policy="omit", **options) == expected
    assert np.isnan(module.mutual_info(x, y, nan_policy="propagate", **options))
    local = module.local_mutual_info(x, y, nan_policy="omit", **options)
    np.testing.assert_array_equal(local[whole], module.local_mutual_info(x[whole], y[whole], **options))
    assert np.isnan(local[~whole]).all()
    assert np.isnan(module.local_mutual_info(x, y, nan_policy="propagate", **options)).all()
    matrix = module.mutual_info_matrix(x, y, nan_policy="omit", **options)
    for i in range(2):
        assert matrix[i, 0] == module.mutual_info(x[:, i], y, nan_policy="omit", **options)
    clean = np.column_stack([np.nan_to_num(x[:, 0]), x[:, 1]])
    matrix = module.mutual_info_matrix(clean, np.nan_to_num(y), nan_policy="propagate", **options)
    np.testing.assert_array_equal(np.isnan(matrix), [[False], [True]])
    for name in NAMES:
        with pytest.raises(ValueError, match="y has NaN in 2 of 70 rows, first in row 3"):
            getattr(module, name)(np.nan_to_num(x), y, **options)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("module", [fastmi, reference])
def test_a_matrix_needs_no_row_that_is_whole_in_all_columns(module, method):
    rng = np.random.default_rng(5)
    x = rng.normal(size=(60, 3))
    for c in range(3):
        x[c::3, c] = np.nan
    options = {"method": method, "nan_policy": "omit", "bins": 3}
    matrix = module.mutual_info_matrix(x[:, :2], x[:, 2], **options)
    assert matrix[1, 0] == module.mutual_info(x[:, 1], x[:, 2], **options)
    own = fastmi.mutual_info_matrix(x, **options)
    assert own[0, 2] == own[2, 0] == fastmi.mutual_info(x[:, 0], x[:, 2], **options)


@pytest.mark.parametrize("method", METHODS)
def test_a_pair_without_common_rows_is_named_by_its_columns(method):
    x = np.random.default_rng(6).normal(size=(20, 3))
    x[::2, 0], x[1::2, 2] = np.nan, np.nan
    for args, pair in (((x,), "column 0 of x and column 2 of x"), ((x, x[:, 1:]), "column 0 of x and column 1 of y")):
        with pytest.raises(ValueError, match=rf"{pair} have 0 rows without NaN"):
            fastmi.mutual_info_matrix(*args, method=method, nan_policy="omit")
    if method in ("ksg1", "ksg2", "mixed"):
        x[4:, 1] = np.nan
        with pytest.raises(
            ValueError, match=r"k=3 needs at least 4 samples, but column 0 of x and column 0 of y have 2 "
        ):
            fastmi.mutual_info_matrix(x[:, 1:], x[:, 0], method=method, nan_policy="omit")


@pytest.mark.filterwarnings("ignore:.*coincide")
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", NAMES)
def test_types_do_not_matter_and_inputs_are_not_modified(name, method):
    rng = np.random.default_rng(7)
    function = getattr(fastmi, name)
    y = rng.normal(size=60).astype(np.float32)
    for x in (y + rng.normal(size=60).astype(np.float32), rng.integers(-9, 9, 60), rng.integers(0, 250, 60, np.uint8)):
        before = x.copy()
        x.flags.writeable = False
        found = function(x, y, method=method)
        np.testing.assert_array_equal(x, before, strict=True)
        for same in (x.astype(np.float64), x.tolist(), x[:, np.newaxis], x.astype(">f8"), x.astype(np.longdouble)):
            np.testing.assert_array_equal(function(same, y.astype(np.float64), method=method), found)


@pytest.mark.parametrize("method", METHODS)
def test_hardly_any_samples(method):
    least = 2 if method in ("ksg1", "ksg2", "mixed") else 1
    if method != "gaussian":  # of which two samples are on a line
        found = fastmi.mutual_info([1.0, 2.0], [3.0, 5.0], k=1, method=method)
        assert found == pytest.approx(reference.mutual_info([1.0, 2.0], [3.0, 5.0], k=1, method=method), abs=1e-12)
    if least == 1:
        assert fastmi.mutual_info([1.0], [2.0], method=method) == 0
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*coincide")
        same = fastmi.mutual_info(np.ones(9), np.ones(9), method=method)
    if method in ("mixed", "gaussian", "histogram"):
        assert same == 0


GOOD = np.linspace(0.0, 1.0, 10) ** 2
WORDS = np.array(["a", "b"])[np.arange(10) % 2]
ALL, NUMBERS, NEIGHBOURS = METHODS, ["ksg1", "ksg2", "gaussian"], ["ksg1", "ksg2", "mixed"]
REFUSED = [
    (ALL, {"x_discrete": [False, False]}, ValueError, "x_discrete has 2 entries for 1 columns; pass one for all"),
    (ALL, {"y_discrete": "no"}, TypeError, "y_discrete='no' is not None, True, False, or a sequence of them"),
    (ALL, {"y_discrete": 0}, TypeError, "y_discrete=0 is not None, True, False"),
    (
        NUMBERS,
        {"x_discrete": True},
        ValueError,
        "x_discrete=True says that there are labels, of which method='.*' knows",
    ),
    (NUMBERS, {"y_discrete": [True]}, ValueError, r"y_discrete=\[True\] says that there are labels"),
    (["mixed"], {"x_discrete": True, "x_period": 2.0}, ValueError, "x_period has 2.0 for column 0, which holds labels"),
    (["gaussian", "histogram"], {"x_period": 2.0}, ValueError, "x_period=2.0 has no meaning for method="),
    (["gaussian", "histogram"], {"y_period": [1]}, ValueError, r"y_period=\[1\] has no meaning for method="),
    (NEIGHBOURS, {"y_period": [1, 2]}, ValueError, "y_period has 2 entries for 1 columns"),
    (NEIGHBOURS, {"k": 10}, ValueError, "k=10 needs at least 11 samples, but .* have 10 rows"),
    (ALL, {"k": 0}, ValueError, "k=0 is less than 1"),
    (["histogram"], {"bins": [3, 3, 3]}, ValueError, "bins has 3 entries for 2 columns"),
    (["histogram"], {"bins": [3]}, ValueError, "bins has 1 entries for 2 columns"),
    (["histogram"], {"bins": 0}, ValueError, "bins=0 has 0 for a column"),
    (["histogram"], {"bins": 2.5}, TypeError, "bins=2.5 is not an integer"),
    (["histogram"], {"range": [(0, 1)]}, ValueError, "range has 1 entries for 2 columns"),
    (["histogram"], {"range": (1, 0)}, ValueError, r"range has the entry \(1.0, 0.0\); pass the lower end first"),
    (ALL, {"correction": "none"}, ValueError, "correction='none' "),
    (ALL, {"base": 0}, ValueError, "base=0 is not a finite number above 1"),
    (ALL, {"nan_policy": None}, ValueError, "nan_policy=None is unknown"),
    (ALL, {"workers": 0}, ValueError, "workers=0"),
]
REFUSED_BY = [(method, *rest) for methods, *rest in REFUSED for method in methods]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("method", "options", "error", "message"), REFUSED_BY)
def test_refused_options(name, method, options, error, message):
    with pytest.raises(error, match=message):
        getattr(fastmi, name)(GOOD, GOOD[::-1], method=method, **options)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("bad", "error", "message"),
    [
        (np.where(GOOD == 1, np.inf, GOOD), ValueError, "{name} has an infinite value in row 9"),
        (GOOD * 1j, TypeError, "{name} holds complex numbers"),
        (
            np.ma.masked_less(GOOD, 0.1),
            TypeError,
            r"{name} is a masked array.*\.filled\(numpy.nan\).*nan_policy='omit'",
        ),
        ([], ValueError, "{name} is empty"),
        (np.zeros((10, 0)), ValueError, "{name} is empty"),
        (np.zeros((10, 1, 1)), ValueError, r"{name} has shape \(10, 1, 1\)"),
        ([[1, 2], [3]] * 5, (TypeError, ValueError), "{name} (cannot be read|holds a list in row 0)"),
        (GOOD[1:], ValueError, "row i of both must be the same sample"),
    ],
)
def test_refused_samples(name, method, bad, error, message):
    function = getattr(fastmi, name)
    with pytest.raises(error, match=message.format(name="x")):
        function(bad, GOOD, method=method)
    with pytest.raises(error, match=message.format(name="y")):
        function(GOOD, bad, method=method)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("method", METHODS)
def test_labels_are_for_those_who_know_them(name, method):
    function = getattr(fastmi, name)
    if method in WITH_LABELS:
        assert np.isfinite(function(GOOD, WORDS, method=method)).all()
        with pytest.raises(TypeError, match="y has dtype <U1; pass real numbers"):
            function(GOOD, WORDS, method=method, y_discrete=False)
    else:
        with pytest.raises(
            TypeError, match="y has dtype <U1; pass real numbers, or labels to method='mixed' of mutual_info"
        ):
            function(GOOD, WORDS, method=method)


@pytest.mark.parametrize("method", METHODS)
def test_nothing_but_nan(method):
    nothing = np.full(10, np.nan)
    with pytest.raises(ValueError, match="x and y have 0 rows without NaN, of 10; pass rows without NaN"):
        fastmi.mutual_info(nothing, GOOD, method=method, nan_policy="omit")
    with pytest.raises(ValueError, match="x and y have 0 rows without NaN"):
        fastmi.local_mutual_info(nothing, GOOD, method=method, nan_policy="omit")
    with pytest.raises(ValueError, match="column 0 of x and column 0 of y have 0 rows without NaN"):
        fastmi.mutual_info_matrix(nothing, GOOD, method=method, nan_policy="omit")
    assert np.isnan(fastmi.mutual_info(nothing, GOOD, method=method, nan_policy="propagate"))
    assert np.isnan(fastmi.mutual_info_matrix(nothing, GOOD, method=method, nan_policy="propagate")).all()
    assert np.isnan(fastmi.local_mutual_info(nothing, GOOD, method=method, nan_policy="propagate")).all()


def test_options_of_y_without_y():
    with pytest.raises(ValueError, match=r"y_discrete=True is given without y; x_discrete holds for both sides"):
        fastmi.mutual_info_matrix(GOOD, method="mixed", y_discrete=True)


@pytest.mark.parametrize("method", METHODS)
def test_local_terms_have_no_correction(method):
    with pytest.raises(ValueError, match="correction='nsb' has no meaning for single samples; pass None"):
        fastmi.local_mutual_info(GOOD, GOOD, method=method, correction="nsb")
