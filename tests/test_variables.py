"""Variables as users pass them: which columns are labels, what is missing, what is refused."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastmi._variables import as_variable, complete_rows_of, joined, rows_without_nan

NAN = float("nan")


def columns(values, *args):
    return as_variable("x", values, *args).values.T.tolist()


def kinds(values, *args):
    return as_variable("x", values, *args).is_label


@pytest.mark.parametrize(
    "values",
    [
        ["a", "b", "a"],
        [b"a", b"b", b"a"],
        [True, False, True],
        np.array([True, False, True]),
        np.array(["a", "b", "a"]),
        np.array(["a", "b", "a"], object),
        np.array([True, False, True], object),
        np.array([np.True_, np.False_, np.True_], object),
        [1, "b", 1],
        [1.5, None, "a"],
        [(1, 2), (3,), (1, 2)],
        [Decimal(1), Decimal(2), Decimal(1)],
        ["1", "2", "1"],
    ],
)
def test_what_looks_like_labels(values):
    variable = as_variable("x", values)
    assert variable.is_label == [True]
    assert variable.periods == [0.0]
    codes = variable.values[:, 0]
    assert sorted(set(codes)) == list(range(len(set(codes))))


@pytest.mark.parametrize(
    "values",
    [
        [1, 2, 1],
        [1.0, 2.0, 1.0],
        np.array([1, 2, 1], np.uint8),
        np.array([1, 2, 1], np.float16),
        np.array([1, 2, 1], np.longdouble),
        np.array([1, 2.0, 1], object),
        [Fraction(1), 2, np.float32(1)],
        np.array([1, 2, 1], ">i2"),
    ],
)
def test_what_looks_like_numbers(values):
    variable = as_variable("x", values)
    assert variable.is_label == [False]
    assert variable.values.tolist() == [[1.0], [2.0], [1.0]]
    assert variable.values.dtype == np.float64
    assert variable.values.flags.f_contiguous


def test_columns_of_their_own_kinds():
    rows = [["a", 1.5, True], ["b", 2.5, True], ["a", None, False]]
    variable = as_variable("x", rows)
    assert variable.is_label == [True, False, True]
    np.testing.assert_array_equal(variable.values, [[0, 1.5, 0], [1, 2.5, 0], [0, NAN, 1]])
    assert kinds(np.ones((3, 2))) == [False, False]
    assert kinds(np.ones((3, 2)), True) == [True, True]
    assert kinds(np.ones((3, 2)), [False, True]) == kinds(np.ones((3, 2)), np.array([False, True])) == [False, True]
    assert kinds(np.ones((3, 2)), np.False_) == kinds(np.ones((3, 2)), False) == [False, False]
    assert kinds(rows, [True, True, False]) == [True, True, False]


def test_flags_overrule_looks():
    assert columns([3.5, 1.5, 3.5], True) == [[1.0, 0.0, 1.0]]
    assert columns([True, False, True], False) == [[1.0, 0.0, 1.0]]
    assert columns([True, False, True], [False]) == [[1.0, 0.0, 1.0]]
    with pytest.raises(TypeError, match="x has dtype <U1; pass real numbers"):
        as_variable("x", ["1", "2"], False)
    with pytest.raises(TypeError, match="x has dtype <U1; pass real numbers"):
        as_variable("x", ["1", "2"], [False])
    with pytest.raises(TypeError, match="x has dtype object, in row 1 a str; pass real numbers"):
        as_variable("x", np.array([1.0, "b"], object), [False])


def test_what_is_missing():
    assert np.isnan(columns([None, None])).all()
    np.testing.assert_array_equal(columns([1.0, None, NAN]), [[1, NAN, NAN]])
    np.testing.assert_array_equal(columns([3.0, NAN, 3.0], True), [[0, NAN, 0]])
    np.testing.assert_array_equal(columns(np.array(["a", NAN, "b"], object)), [[0, NAN, 1]])
    np.testing.assert_array_equal(columns(np.array(["2020", "NaT"], "M8[Y]"), True), [[0, NAN]])
    assert columns(np.array(["a", None, "a"], object)) == [[0, 1, 0]]  # a label, as for entropy
    assert np.isnan(columns([NAN, NAN], True)).all()


@given(st.lists(st.integers(-(2**63), 2**63 - 1) | st.booleans(), min_size=1))
def test_codes_number_what_differs(values):
    (codes,) = columns(np.array(values, object), True)
    first = {value: code for value, code in zip(values, codes, strict=True)}
    assert sorted(set(codes)) == list(range(len(first)))
    assert [first[value] for value in values] == codes


def test_large_integers_are_told_apart_as_labels():
    assert columns([2**60, 2**60 + 1], True) == [[0, 1]]
    assert columns(np.array([2**64 - 1, 2**64 - 2, 0], np.uint64), True) == [[2, 1, 0]]
    assert columns([2**80, 1.0]) == [[2.0**80, 1.0]]
    with pytest.raises(ValueError, match="x has an integer too large for float64"):
        as_variable("x", [10**400, 1])


REFUSED = [
    (np.ma.masked_equal([1, 2], 1), TypeError, r"x is a masked array.*x\.astype\(object\)\.filled\(numpy\.nan\)"),
    ([], ValueError, "x is empty"),
    (np.zeros((3, 0)), ValueError, r"x is empty \(shape \(3, 0\)\)"),
    (3.5, ValueError, r"x has shape \(\)"),
    ("text", ValueError, r"x has shape \(\)"),
    (np.zeros((2, 2, 2)), ValueError, r"x has shape \(2, 2, 2\)"),
    ([1.0, np.inf], ValueError, "x has an infinite value in row 1"),
    ([None, -np.inf], ValueError, "x has an infinite value in row 1"),
    ([[1.0, "a"], [np.inf, "b"]], ValueError, "x has an infinite value in row 1"),
    ([1j, 2.0], TypeError, "x holds complex numbers"),
    (np.zeros(2, "M8[s]"), TypeError, r"x has dtype datetime64\[s\]"),
    (np.zeros(2, [("a", float)]), TypeError, "x has dtype .* pass its fields as the columns"),
    ([[1, 2], [3]], TypeError, "x holds a list in row 0, which cannot be hashed"),
    (np.array([{}, {}], object), TypeError, "x holds a dict in row 0, which cannot be hashed"),
]


@pytest.mark.parametrize(("values", "error", "message"), REFUSED)
def test_refused_samples(values, error, message):
    with pytest.raises(error, match=message):
        as_variable("x", values)


@pytest.mark.parametrize(
    ("discrete", "error", "message"),
    [
        ([True], ValueError, "x_discrete has 1 entries for 2 columns; pass one for all, or one a column"),
        ([], TypeError, r"x_discrete=\[\] is not None, True, False"),
        ([[True, False]], TypeError, r"x_discrete=\[\[True, False\]\] is not None, True, False"),
        ([[True], [True, False]], TypeError, "x_discrete=.* is not None"),
        ([0, 1], TypeError, r"x_discrete=\[0, 1\] is not None"),
        ([None, True], TypeError, r"x_discrete=\[None, True\] is not None"),
        (1, TypeError, "x_discrete=1 is not None"),
        ("auto", TypeError, "x_discrete='auto' is not None"),
    ],
)
def test_refused_flags(discrete, error, message):
    with pytest.raises(error, match=message):
        as_variable("x", np.ones((4, 2)), discrete)


def test_periods():
    assert as_variable("x", np.ones((4, 2)), None, [None, 3]).periods == [0.0, 3.0]
    assert as_variable("x", [["a", 1.0], ["b", 2.0]], None, [None, 360]).periods == [0.0, 360.0]
    for discrete, period in ((True, 1.0), ([False, True], [None, 2.0])):
        with pytest.raises(ValueError, match=r"x_period has .* for column ., which holds labels; pass None there"):
            as_variable("x", np.ones((4, 2)), discrete, period)
    with pytest.raises(ValueError, match="x_period has 3 entries for 2 columns"):
        as_variable("x", np.ones((4, 2)), None, [1, 2, 3])


def test_arrays_of_numbers_are_not_copied():
    x = np.asfortranarray(np.ones((5, 2)))
    for discrete in (None, False):
        assert np.shares_memory(as_variable("x", x, discrete).values, x)
    assert np.shares_memory(as_variable("x", x[:, 0]).values, x)


def test_parts():
    variable = as_variable("x", [["a", 1.0], ["b", 2.0], ["a", 3.0]], None, [None, 7.0])
    label, number = variable.columns()
    assert (label.is_label, label.periods, label.values.tolist()) == ([True], [0.0], [[0], [1], [0]])
    assert (number.is_label, number.periods, number.values.tolist()) == ([False], [7.0], [[1], [2], [3]])
    assert variable.rows(0, 3) is variable
    assert variable.rows(1, 3).values.tolist() == [[1, 2], [0, 3]]
    assert variable.select(np.array([True, True, True])) is variable
    assert variable.select(np.array([False, True, False])).values.tolist() == [[1, 2]]
    twice = joined("both", [variable, number])
    assert (twice.name, twice.n_samples, twice.n_columns) == ("both", 3, 3)
    assert (twice.is_label, twice.periods) == ([True, False, False], [0.0, 7.0, 7.0])
    assert twice.values.tolist() == [[0, 1, 1], [1, 2, 2], [0, 3, 3]]


def test_complete_rows():
    x, y = as_variable("x", [1.0, NAN, 3.0]), as_variable("y", ["a", "b", NAN], True)
    y = y._replace(values=np.array([[0.0], [1.0], [NAN]]))
    for policy in ("omit", "propagate"):
        assert complete_rows_of([x, y], policy).tolist() == [True, False, False]
        assert rows_without_nan([x, y], policy).tolist() == [True, False, False]
    for function in (complete_rows_of, rows_without_nan):
        with pytest.raises(ValueError, match="x has NaN in 1 of 3 rows, first in row 1"):
            function([x, y], "raise")
        with pytest.raises(ValueError, match="y has NaN in 1 of 3 rows, first in row 2"):
            function([y, x], "raise")
        with pytest.raises(ValueError, match="x has 3 rows but z has 2; row i of all must be the same sample"):
            function([x, y, as_variable("z", [1, 2])], "omit")
        with pytest.raises(ValueError, match="nan_policy='skip' is unknown"):
            function([x, y], "skip")
    missing = as_variable("x", [NAN, 1.0, 2.0]).rows(0, 1)
    assert not rows_without_nan([missing, missing], "omit").any()
    with pytest.raises(ValueError, match="x and x have 0 rows without NaN, of 1; pass rows without NaN"):
        complete_rows_of([missing, missing], "omit")


def test_pandas():
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(
        {
            "name": ["muon", "tau", "muon"],
            "energy": [1.5, np.nan, 2.5],
            "charge": pd.array([1, None, -1], dtype="Int64"),
            "class": pd.Categorical([3, 1, None]),
            "tight": pd.array([True, None, False], dtype="boolean"),
            "run": pd.array(["a", None, "b"], dtype="string"),
            "hits": np.array([3, 4, 5], np.int16),
        },
        index=[7, 3, 5],
    )
    variable = as_variable("x", frame)
    assert variable.is_label == [True, False, False, True, True, True, False]
    missing = [[False, False], [True, True], [False, False]]
    np.testing.assert_array_equal(np.isnan(variable.values[:, [1, 2]]), missing)
    np.testing.assert_array_equal(np.isnan(variable.values[:, 3]), [False, False, True])
    np.testing.assert_array_equal(np.isnan(variable.values[:, [4, 5]]), missing)
    assert variable.values[:, [0, 6]].tolist() == [[0, 3], [1, 4], [0, 5]]
    for c, name in enumerate(frame):
        assert kinds(frame[name]) == [variable.is_label[c]]
        np.testing.assert_array_equal(as_variable("x", frame[name]).values[:, 0], variable.values[:, c])
        np.testing.assert_array_equal(as_variable("x", frame[name].array).values[:, 0], variable.values[:, c])
    assert kinds(frame[["energy", "hits"]], False) == [False, False]
    with pytest.raises(ValueError, match="x is empty"):
        as_variable("x", frame.iloc[:0])
