"""What is refused, and in which words: the argument, the value or the first bad row, and the way out."""

import numpy as np
import pytest

import fastmi
from fastmi import reference

GOOD = np.linspace(0.0, 1.0, 10) ** 2
FUNCTIONS = [
    getattr(module, name)
    for module in (fastmi, reference)
    for name in ("mutual_info", "local_mutual_info", "ksg_counts", "mutual_info_matrix")
]


def at(row, value, dtype=float):
    column = GOOD.astype(dtype)
    column[row] = value
    return column


BAD_SAMPLES = [
    (at(4, np.inf), ValueError, r"{name} has an infinite value in row 4; .*remove the row"),
    (at(6, -np.inf), ValueError, r"{name} has an infinite value in row 6"),
    (np.column_stack([GOOD, at(2, np.inf)]), ValueError, r"{name} has an infinite value in row 2"),
    (np.full(10, np.longdouble("1e4000")), ValueError, r"{name} has an infinite value in row 0"),
    (at(3, 1j, complex), TypeError, r"{name} holds complex numbers \(complex128\).*real and imaginary parts"),
    (at(5, "a", object), TypeError, r"{name} has dtype object, in row 5 a str; pass real numbers"),
    (at(2, None, object), TypeError, r"{name} has dtype object, in row 2 a NoneType; .*numpy.nan for what is missing"),
    (GOOD.astype(object), TypeError, r"{name} has dtype object.*\.astype\(float\)"),
    (object(), TypeError, r"{name} has dtype object, in row 0 a object"),
    (at(3, np.ones(2), object), TypeError, r"{name} has dtype object, in row 3 a ndarray; pass real numbers"),
    (np.empty((0, 2), object), TypeError, r"{name} has dtype object"),
    (["a"] * 10, TypeError, r"{name} has dtype <U1; pass real numbers, or labels to method='mixed' of mutual_info"),
    (np.zeros(10, "datetime64[s]"), TypeError, r"{name} has dtype datetime64\[s\]"),
    (np.zeros(10, [("a", float)]), TypeError, r"{name} has dtype \[\('a', '<f8'\)\]"),
    (np.ma.masked_less(GOOD, 0.1), TypeError, r"{name} is a masked array.*filled\(numpy.nan\).*nan_policy='omit'"),
    ([[1, 2], [3, 4], [5]], ValueError, r"{name} cannot be read .*ragged, row 2 has 1 entries and row 0 has 2"),
    ([1, 2, [3, 4]], ValueError, r"{name} cannot be read .*ragged, row 2 has 2 entries and row 0 has a bare number"),
    ([], ValueError, r"{name} is empty \(shape \(0,\)\); pass at least k \+ 1 rows"),
    (np.zeros((10, 0)), ValueError, r"{name} is empty \(shape \(10, 0\)\)"),
    (3.5, ValueError, r"{name} has shape \(\); pass an array of shape \(n_samples,\)"),
    (np.zeros((10, 2, 2)), ValueError, r"{name} has shape \(10, 2, 2\); pass an array of shape"),
]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f"{f.__module__}.{f.__name__}")
@pytest.mark.parametrize(("bad", "error", "message"), BAD_SAMPLES)
def test_bad_samples(function, bad, error, message):
    with pytest.raises(error, match=message.format(name="x")):
        function(bad, GOOD)
    with pytest.raises(error, match=message.format(name="y")):
        function(GOOD, bad)


BAD_OPTIONS = [
    ({"k": 0}, ValueError, "k=0 is less than 1"),
    ({"k": -3}, ValueError, "k=-3 is less than 1"),
    ({"k": 3.0}, TypeError, "k=3.0 is not an integer"),
    ({"k": None}, TypeError, "k=None is not an integer"),
    ({"k": 10}, ValueError, r"k=10 needs at least 11 samples, but .* have 10 rows"),
    ({"k": 2**80}, ValueError, "needs at least"),
    ({"workers": 0}, ValueError, "workers=0 is not a number of threads; pass None, -1 for all cores"),
    ({"workers": -2}, ValueError, "workers=-2"),
    ({"workers": 2**40}, ValueError, "workers="),
    ({"workers": 1.5}, TypeError, "workers=1.5 is not an integer or None"),
    ({"nan_policy": "drop"}, ValueError, "nan_policy='drop' is unknown; use one of 'raise', 'omit', 'propagate'"),
    ({"x_period": -1.0}, ValueError, r"x_period has the entry .*-1\.0.*; a period is positive"),
    ({"x_period": np.nan}, ValueError, "x_period has the entry .*nan"),
    ({"x_period": np.inf}, ValueError, "x_period has the entry .*inf"),
    ({"x_period": [1.0, 2.0]}, ValueError, "x_period has 2 entries for 1 columns; pass one number for all columns"),
    ({"x_period": "2pi"}, TypeError, "x_period='2pi' is not None, a number, or a sequence"),
    ({"x_period": [[1.0]]}, ValueError, "x_period"),
]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f"{f.__module__}.{f.__name__}")
@pytest.mark.parametrize(("options", "error", "message"), BAD_OPTIONS)
def test_bad_options(function, options, error, message):
    with pytest.raises(error, match=message):
        function(GOOD, GOOD, **options)


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f"{f.__module__}.{f.__name__}")
def test_bad_y_period(function):
    with pytest.raises(ValueError, match="y_period has 2 entries for 1 columns"):
        function(GOOD, GOOD, y_period=[1.0, None])


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f"{f.__module__}.{f.__name__}")
def test_mismatched_lengths(function):
    with pytest.raises(ValueError, match="x has 10 rows but y has 9; row i of both must be the same sample"):
        function(GOOD, GOOD[1:])


WITH_METHOD = [function for function in FUNCTIONS if function.__name__ != "ksg_counts"]


@pytest.mark.parametrize("function", WITH_METHOD, ids=lambda f: f"{f.__module__}.{f.__name__}")
@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"method": "KSG"}, ValueError, "method='KSG' is unknown; use one of 'ksg1', 'ksg2'"),
        ({"base": 1}, ValueError, "base=1 is not a finite number above 1; pass 2 for bits"),
        ({"base": -2.0}, ValueError, r"base=-2\.0"),
        ({"base": np.nan}, ValueError, "base=nan"),
        ({"base": "2"}, TypeError, "base='2' is not a number"),
    ],
)
def test_bad_method_and_base(function, options, error, message):
    with pytest.raises(error, match=message):
        function(GOOD, GOOD, **options)


@pytest.mark.parametrize("module", [fastmi, reference])
def test_y_period_without_y(module):
    with pytest.raises(ValueError, match=r"y_period=1\.0 is given without y; x_period holds for both"):
        module.mutual_info_matrix(GOOD, y_period=1.0)


def test_options_are_keyword_only():
    with pytest.raises(TypeError):
        fastmi.mutual_info(GOOD, GOOD, 3)


def test_numpy_integers_are_integers():
    assert fastmi.mutual_info(GOOD, GOOD, k=np.int32(2), workers=np.int64(1)) == fastmi.mutual_info(GOOD, GOOD, k=2)
