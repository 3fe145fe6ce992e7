"""Samples as other libraries hold them give what NumPy's float64 copies give, uncopied where their memory can be used."""

import array
import subprocess
import sys
import tempfile
import tracemalloc
import warnings
from decimal import Decimal
from functools import cache, partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fastmi
from fastmi._arguments import as_columns, as_samples
from fastmi._variables import as_variable

N = 60
RNG = np.random.default_rng(1)
X = RNG.normal(size=(N, 3))
Y = X[:, 0] + RNG.normal(size=N)
NAMES = ["a", "b", "c"]


def library(name):
    return pytest.importorskip(name)


# What stands for a tensor of torch, JAX or CuPy


class WithArray:
    """What has `__array__`, as tensors of torch have it: without the argument that NumPy 2 has brought."""

    def __init__(self, values):
        self.values = values

    def __array__(self, dtype=None):
        return self.values if dtype is None else self.values.astype(dtype)


class WithDLPack:
    """What has nothing but DLPack."""

    def __init__(self, values):
        self.values = values

    def __dlpack__(self, **options):
        return self.values.__dlpack__(**options)

    def __dlpack_device__(self):
        return self.values.__dlpack_device__()


class WithGradient:
    """A tensor of torch that requires grad."""

    def __array__(self, dtype=None):
        raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")


class OnDevice:
    """A tensor of torch, or an array of CuPy, on a GPU."""

    def __array__(self, dtype=None):
        raise TypeError("can't convert cuda:0 device type tensor to numpy. Use Tensor.cpu() first.")


class OnDeviceWithDLPack:
    """What has nothing but DLPack, on a GPU."""

    def __dlpack__(self, **_):
        raise BufferError("not on the CPU")

    def __dlpack_device__(self):
        return 2, 0


# Containers of any number of columns


def read_only(values):
    values = values.copy("K")
    values.setflags(write=False)
    return values


def strided(values):
    return (
        np.repeat(np.repeat(values, 2, axis=0), 3, axis=-1)[::2, ..., ::3]
        if values.ndim == 2
        else values.repeat(2)[::2]
    )


def backwards(values):
    return values[::-1].copy()[::-1]


def unaligned(values):
    memory = np.frombuffer(b" " + values.tobytes(), np.uint8)[1:]
    return memory.view(values.dtype).reshape(values.shape)


def memory_map(values):
    with tempfile.TemporaryFile() as file:
        values.tofile(file)
        return np.memmap(file, values.dtype, "r", shape=values.shape)


def torch_tensor(values):
    return library("torch").from_numpy(values.copy())


def jax_array(values):
    jax = library("jax")
    jax.config.update("jax_enable_x64", True)
    return jax.numpy.asarray(values)


def data_array(values):
    return library("xarray").DataArray(values)


def awkward_array(values):
    return library("awkward").from_numpy(values)


def awkward_lists(values):
    library("pyarrow")
    return library("awkward").Array(values.tolist())


ARRAYS = [
    *(np.ndarray.tolist, np.asfortranarray, np.ascontiguousarray, read_only, strided, backwards, unaligned, memory_map),
    *(memoryview, WithArray, WithDLPack, torch_tensor, jax_array, data_array, awkward_array, awkward_lists),
    partial(np.ndarray.astype, dtype=">f8"),
]


# One column


def pandas_series(values, dtype=None):
    return library("pandas").Series(values, index=7 * np.arange(len(values))[::-1], dtype=dtype)


def pandas_arrow(values):
    library("pyarrow")
    return pandas_series(values, "double[pyarrow]")


def pandas_array(values):
    return pandas_series(values, "Float64").array


def pandas_index(values):
    return library("pandas").Index(values)


def polars_series(values):
    return library("polars").Series(values)


def arrow_array(values):
    return library("pyarrow").array(values)


def arrow_chunks(values):
    return library("pyarrow").chunked_array([values[:7], values[7:7], values[7:]])


VECTORS = [
    *(pandas_series, partial(pandas_series, dtype="Float64"), pandas_arrow, pandas_array, pandas_index),
    *(polars_series, arrow_array, arrow_chunks, lambda values: array.array("d", values), tuple),
]


# Several columns


def columns(values):
    return dict(zip(NAMES, np.array(values.T), strict=True))


def pandas_frame(values):
    return library("pandas").DataFrame(values, columns=NAMES, index=np.arange(len(values))[::-1])


def pandas_blocks(values):
    return library("pandas").DataFrame(columns(values))


def pandas_nullable(values):
    return pandas_frame(values).astype({"b": "Float64"})


def pandas_arrow_frame(values):
    library("pyarrow")
    return pandas_frame(values).astype("double[pyarrow]")


def pandas_mixed(values):
    """Return a data frame with a column of other numbers, though of the same values."""
    return pandas_frame(values).astype({"b": "longdouble"})


def pandas_levels(values):
    pandas = library("pandas")
    return pandas.DataFrame(values, columns=pandas.MultiIndex.from_tuples([("hit", "x"), ("hit", "y"), ("cell", "")]))


def polars_frame(values):
    return library("polars").DataFrame(columns(values))


def polars_matrix(values):
    return library("polars").Series(values, dtype=library("polars").Array(library("polars").Float64, 3))


def arrow_table(values):
    return library("pyarrow").table(columns(values))


def arrow_batch(values):
    return arrow_table(values).to_batches()[0]


def arrow_matrix(values):
    return library("pyarrow").FixedSizeListArray.from_arrays(values.ravel(), 3)


def awkward_records(values):
    return library("awkward").zip(columns(values))


def polars_arrow_matrix(values):
    library("pyarrow")
    return polars_matrix(values)


MATRICES = [
    *(pandas_frame, pandas_blocks, pandas_nullable, pandas_arrow_frame, pandas_mixed, pandas_levels),
    *(
        polars_frame,
        polars_arrow_matrix,
        arrow_table,
        arrow_batch,
        arrow_matrix,
        awkward_records,
    ),
]


# All that take samples; x has three columns, y has one


def names_dropped(table):
    """Return the numbers of a table of whichever library."""
    return np.asarray(table.drop("column", strict=False) if hasattr(table, "get_columns") else table, float)


def bounds(_, y):
    return fastmi.donsker_varadhan_bound(y, y), fastmi.nwj_bound(y, y)


def relative(x, y):
    given = fastmi.relative_entropy(y, measure=lambda points: np.exp(-np.abs(points)), bins=3)
    return fastmi.relative_entropy(x, bins=2)[0], fastmi.relative_entropy(x, measure=x, bins=2)[0], given[0]


def densities(x, y):
    fitted = fastmi.KernelDensity("silverman").fit(x)
    of_y = fastmi.KernelDensity("silverman").fit(y).goodness_of_fit(y).distance
    return fitted.score_samples(x), fitted.score(x), fitted.goodness_of_fit(x).distance, of_y


def scanned(x, y):
    found = fastmi.scan([{"latent": x, "pt": y}], x="latent", y="pt", measures=["mutual_info", "proficiency"])
    return list(found.values.values())


SHARES = [
    *("information", "proficiency", "symmetric_uncertainty", "redundancy", "information_quality_ratio"),
    *("normalized_mutual_info", "information_distance", "information_correlation"),
]
CALLS = {
    **{f"mutual_info {m}": partial(fastmi.mutual_info, method=m) for m in ("ksg1", "ksg2", "mixed", "gaussian")},
    "mutual_info histogram": partial(fastmi.mutual_info, method="histogram", bins=3),
    "mutual_info labels": partial(fastmi.mutual_info, method="mixed", x_discrete=[True, False, False]),
    "mutual_info lag": partial(fastmi.mutual_info, lag=[0, 1, -2]),
    "local_mutual_info": fastmi.local_mutual_info,
    "ksg_counts": fastmi.ksg_counts,
    "mutual_info_matrix": lambda x, y: names_dropped(fastmi.mutual_info_matrix(x, y)),
    "mutual_info_matrix x": lambda x, _: names_dropped(fastmi.mutual_info_matrix(x, method="gaussian")),
    "conditional_mutual_info": lambda x, y: fastmi.conditional_mutual_info(y, x, y),
    "transfer_entropy": fastmi.transfer_entropy,
    "conditional_entropy": fastmi.conditional_entropy,
    "conditional_entropy discrete": lambda x, y: fastmi.conditional_entropy(y, x, method="discrete"),
    **{f"entropy {m}": lambda x, _, m=m: float(fastmi.entropy(x, method=m)) for m in ("knn", "discrete", "histogram")},
    "entropy kde": lambda _, y: float(fastmi.entropy(y, method="kde")),
    "cross_entropy": lambda x, y: (fastmi.cross_entropy(x, x), fastmi.cross_entropy(y, y, k=1)),
    "kl_divergence": lambda _, y: fastmi.kl_divergence(y, X[:, 0]),
    "relative_entropy": relative,
    "total_correlation": lambda x, _: fastmi.total_correlation(x),
    "renormalized_mutual_info": lambda x, y: fastmi.renormalized_mutual_info(y, x),
    **{name: partial(getattr(fastmi, name), bins=3, method="histogram") for name in SHARES},
    "pointwise_mutual_info": lambda _, y: fastmi.pointwise_mutual_info(y, y, bins=3).pmi,
    "pointwise_mutual_info labels": lambda _, y: fastmi.pointwise_mutual_info(y, y, x_discrete=True).x,
    "histogram": lambda x, _: fastmi.histogram(x, bins=4).counts,
    "KernelDensity": densities,
    "bounds": bounds,
    "scan": scanned,
}


def ask(call, x, y):
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*(coincide|alone|silverman)", UserWarning)
        return CALLS[call](x, y)


@cache
def expected(call):
    return ask(call, X.copy(), Y.copy())


def assert_same(call, x, y):
    found = ask(call, x, y)
    np.testing.assert_equal(found, expected(call), err_msg=call)


def same_bits(a, b):
    return np.array(a, np.float64).tobytes() == np.array(b, np.float64).tobytes()


@pytest.mark.parametrize("make_y", [*ARRAYS, *VECTORS])
def test_a_column_of_any_kind(make_y):
    y = make_y(Y)
    for call in CALLS:
        assert_same(call, X, y)
    assert same_bits(as_columns("y", y, "one row")[:, 0], Y)  # and so it was not modified


@pytest.mark.parametrize("make_x", [*ARRAYS, *MATRICES])
def test_several_columns_of_any_kind(make_x):
    x = make_x(X)
    for call in CALLS:
        assert_same(call, x, Y)
    assert same_bits(as_columns("x", x, "one row"), X)


@pytest.mark.parametrize("make", [*ARRAYS, *MATRICES])
def test_a_matrix_of_scores_of_any_kind(make):
    assert fastmi.infonce_bound(make(X[:3])) == fastmi.infonce_bound(X[:3])


# Types, memory


DTYPES = ["f2", "f4", "f8", ">f4", ">i8", "i1", "i2", "i8", "u1", "u8", "?"]
UNTYPED = [
    WithDLPack,
    pandas_series,
    polars_series,
    arrow_array,
    arrow_chunks,
    data_array,
    memoryview,
    np.ndarray.tolist,
]


@pytest.mark.parametrize("make", [*ARRAYS[:8], *UNTYPED, WithArray, awkward_array])
@settings(max_examples=15)
@given(data=st.data())
def test_numbers_of_any_type_are_their_float64_copies(make, data):
    kinds = [dtype for dtype in DTYPES if dtype[0] != ">" or make in ARRAYS[:8]]
    dtype = np.dtype(data.draw(st.sampled_from(kinds)))
    bits = data.draw(st.binary(min_size=8, max_size=80).filter(lambda b: len(b) % 8 == 0))
    values = np.frombuffer(bits, np.uint8) > 100 if dtype.kind == "b" else np.frombuffer(bits, dtype)
    values = np.where(np.isfinite(values), values, 0)
    np.testing.assert_array_equal(as_columns("y", make(values), "one row"), values.astype(np.float64)[:, np.newaxis])


def whole_memory(values):
    """Return the only array that a container is made of."""
    if isinstance(values, WithArray | WithDLPack):
        return values.values
    if type(values).__module__.startswith("pandas."):
        return values.to_numpy(np.float64)
    return values.to_numpy() if hasattr(values, "to_numpy") else np.asarray(values)


SHARED = [np.asarray, read_only, memory_map, WithArray, WithDLPack, torch_tensor, jax_array, data_array, awkward_array]


@pytest.mark.parametrize(
    "make",
    [
        *(*SHARED, pandas_series, partial(pandas_series, dtype="Float64"), pandas_arrow, pandas_index),
        *(polars_series, arrow_array),
    ],
)
def test_a_column_is_not_copied(make):
    y = make(Y)
    memory = np.asarray(y) if make is pandas_arrow else whole_memory(y)
    assert np.shares_memory(as_samples("y", y)[0], memory)
    assert np.shares_memory(as_variable("y", y).values, memory)


@pytest.mark.parametrize("make", SHARED)
def test_columns_one_after_the_other_are_not_copied(make):
    x = memory_map(X.reshape(3, -1)).T if make is memory_map else make(np.asfortranarray(X))
    assert np.shares_memory(as_samples("x", x)[0], whole_memory(x))
    assert np.shares_memory(as_variable("x", x).values, whole_memory(x))


@pytest.mark.parametrize("name", ["pandas", "polars"])
def test_a_data_frame_that_is_one_array_is_not_copied(name):
    frame = library(name).DataFrame(np.asfortranarray(X))
    memory = frame.to_numpy()
    assert np.shares_memory(memory, frame.to_numpy())
    assert np.shares_memory(as_samples("x", frame)[0], memory)
    assert np.shares_memory(as_variable("x", frame).values, memory)


TALL = np.random.default_rng(2).integers(-100, 100, size=(50_000, 4))


def floats(values):
    return dict(zip("abcd", values.T.astype(float), strict=True))


@pytest.mark.parametrize(
    "make",
    [
        *(np.asarray, lambda v: v.astype("f4"), lambda v: v.astype(">f8"), lambda v: v.astype(float), WithDLPack),
        lambda v: library("pandas").DataFrame(floats(v)),
        lambda v: library("polars").DataFrame(floats(v)),
        lambda v: library("pandas").DataFrame(v).astype({0: float, 1: "Float64"}),
        lambda v: library("pyarrow").table(floats(v)),
    ],
)
def test_what_is_copied_is_copied_once(make):
    x = make(TALL)
    as_samples("x", x)  # once for what libraries keep
    tracemalloc.start()
    samples, _ = as_samples("x", x)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    np.testing.assert_array_equal(samples, TALL)
    assert peak < 1.6 * samples.nbytes


# What is missing


def holes(n_missing_from):
    """Return numbers of which some are missing, as a list with None and as an array with NaN."""
    values = [None if row % 7 == n_missing_from else value for row, value in enumerate(Y.tolist())]
    return values, np.array(values, float)


@pytest.mark.parametrize(
    "make",
    [
        lambda v: library("pandas").Series(v, dtype="Float64"),
        lambda v: library("pandas").Series(v, dtype="Float32"),
        lambda v: library("pandas").Series(v).array,
        lambda v: library("polars").Series(v),
        lambda v: library("pyarrow").array(v),
        lambda v: library("pyarrow").chunked_array([v[:1], v[1:]]),
        lambda v: library("pyarrow") and library("pandas").Series(v, dtype="double[pyarrow]"),
        lambda v: library("pyarrow") and library("awkward").Array(v),
        lambda v: library("pandas").DataFrame({"a": v, "b": 1}).astype({"a": "Float64"})[["a"]],
        lambda v: library("polars").DataFrame({"a": v}),
        lambda v: library("pyarrow").table({"a": v}),
        lambda v: library("pyarrow") and library("awkward").zip({"a": v}),
    ],
)
@pytest.mark.parametrize("method", ["ksg1", "mixed"])
def test_what_is_missing_is_nan(make, method):
    values, as_nan = holes(3)
    values = [None if value is None else float(np.float32(value)) for value in values]
    as_nan = as_nan.astype("f4")
    expected = fastmi.mutual_info(X, as_nan, method=method, nan_policy="omit")
    assert fastmi.mutual_info(X, make(values), method=method, nan_policy="omit") == expected
    with pytest.raises(ValueError, match=r"^y has NaN in 9 of 60 rows, first in row 3; pass nan_policy='omit'"):
        fastmi.mutual_info(X, make(values), method=method)


def wide_integers(values):
    polars = library("polars")
    if not hasattr(polars, "Int128"):
        pytest.skip("this polars has no integers of 128 bits")
    return polars.Series(values, dtype=polars.Int128)


WHOLE = [0, 1, 2, None, 4, 0, 1] * 6


@pytest.mark.parametrize("discrete", [None, True])
@pytest.mark.parametrize("values", [WHOLE, [None if v is None else v + 2**60 for v in WHOLE]])
@pytest.mark.parametrize(
    "make",
    [
        lambda v: library("pandas").array(v, "Int64"),
        lambda v: library("pandas").Series(v, dtype="UInt64"),
        lambda v: library("pyarrow") and library("pandas").Series(v, dtype="int64[pyarrow]"),
        lambda v: library("polars").Series(v, dtype=library("polars").Int64),
        wide_integers,
        lambda v: library("pyarrow").array(v),
        lambda v: library("pyarrow") and library("awkward").Array(v),
    ],
)
def test_integers_beside_what_is_missing_are_told_apart_as_labels(make, values, discrete):
    entries = np.array([np.nan if v is None else v for v in values], object)
    ours, theirs = (as_variable("x", v, discrete) for v in (make(values), entries))
    assert ours.is_label == theirs.is_label == [bool(discrete)]
    np.testing.assert_array_equal(ours.values, theirs.values)
    if discrete:
        assert fastmi.entropy(make(values), method="discrete", nan_policy="omit") == fastmi.entropy(
            [v for v in values if v is not None], method="discrete"
        )


# Labels

WORDS = [["muon", "electron", "tau"][int(abs(7 * y)) % 3] for y in Y]
WITH_NONE = [None if row in (5, 6) else word for row, word in enumerate(WORDS)]
LABELS = [
    lambda v: v,
    lambda v: library("pandas").Series(v),
    lambda v: library("pandas").Series(v, dtype=object),
    lambda v: library("pandas").Series(v, dtype="string"),
    lambda v: library("pandas").Series(v, dtype="category"),
    lambda v: library("pandas").Categorical(v),
    lambda v: library("pyarrow") and library("pandas").Series(v, dtype="string[pyarrow]"),
    lambda v: library("polars").Series(v),
    lambda v: library("polars").Series(v, dtype=library("polars").Categorical),
    lambda v: library("polars").Series(v, dtype=library("polars").Enum(["electron", "muon", "tau"])),
    lambda v: library("pyarrow").array(v),
    lambda v: library("pyarrow").array(v).dictionary_encode(),
    lambda v: library("pyarrow").chunked_array([v[:4], v[4:]]),
    lambda v: library("pyarrow") and library("awkward").Array(v),
    lambda v: library("xarray").DataArray(v),
    lambda v: library("pandas").DataFrame({"kind": v}),
    lambda v: library("pandas").DataFrame({"kind": v}).astype("category"),
    lambda v: library("polars").DataFrame({"kind": v}),
    lambda v: library("pyarrow").table({"kind": v}),
    lambda v: library("pyarrow") and library("awkward").zip({"kind": v}),
]


@pytest.mark.parametrize("make", LABELS)
def test_text_is_labels(make):
    for method in ("mixed", "histogram"):
        expected = fastmi.mutual_info(X, np.array(WORDS), method=method)
        assert fastmi.mutual_info(X, make(WORDS), method=method) == pytest.approx(expected, rel=1e-14)
    assert fastmi.entropy(make(WORDS), method="discrete") == pytest.approx(fastmi.entropy(WORDS, method="discrete"))
    assert fastmi.conditional_entropy(Y, make(WORDS)) == fastmi.conditional_entropy(Y, np.array(WORDS, object))
    assert sorted(fastmi.pointwise_mutual_info(Y, make(WORDS)).y) == ["electron", "muon", "tau"]


@pytest.mark.parametrize("make", [*LABELS[1:14], *LABELS[-5:]])
def test_text_that_is_missing_is_no_label(make):
    known = [row for row, word in enumerate(WITH_NONE) if word is not None]
    expected = fastmi.mutual_info(Y[known], [WORDS[row] for row in known], method="mixed")
    found = fastmi.mutual_info(Y, make(WITH_NONE), method="mixed", nan_policy="omit")
    assert found == pytest.approx(expected, rel=1e-14)
    with pytest.raises(ValueError, match="x has NaN in 2 of 60 rows, first in row 5"):
        fastmi.entropy(make(WITH_NONE), method="discrete")


@pytest.mark.parametrize("missing", [False, True])
@pytest.mark.parametrize(
    "make",
    [
        lambda v: library("pandas").Series(v, dtype="boolean"),
        lambda v: library("pyarrow") and library("pandas").Series(v, dtype="bool[pyarrow]"),
        lambda v: library("polars").Series(v),
        lambda v: library("pyarrow").array(v),
        lambda v: library("pyarrow") and library("awkward").Array(v),
        lambda v: library("polars").DataFrame({"a": v}),
    ],
)
def test_booleans_are_labels_or_0_and_1(make, missing):
    values = [True, False, None if missing else True]
    numbers = [[1.0], [0.0], [np.nan if missing else 1.0]]
    assert as_variable("x", make(values)).is_label == [True]
    np.testing.assert_array_equal(as_variable("x", make(values), False).values, numbers)
    np.testing.assert_array_equal(as_columns("x", make(values), "one row"), numbers)


def test_columns_of_a_frame_are_each_what_they_are():
    columns = {"pt": Y.tolist(), "charge": [1, -1, None] * 20, "kind": WORDS, "tight": [True, False] * 30}
    made = [
        library("pandas").DataFrame(columns),
        library("pandas").DataFrame(columns).convert_dtypes(),
        library("polars").DataFrame(columns),
        library("pyarrow").table(columns),
        library("awkward").zip(columns),
    ]
    for frame in made:
        variable = as_variable("x", frame)
        assert variable.is_label == [False, False, True, True]
        assert variable.values[:, 0].tolist() == columns["pt"]
        np.testing.assert_array_equal(variable.values[:3, 1], [1, -1, np.nan])
        assert list(variable.names) == list(columns)
        known = {"nan_policy": "omit", "method": "discrete"}
        assert fastmi.entropy(frame, **known) == pytest.approx(fastmi.entropy(made[0], **known), rel=1e-14)


@pytest.mark.parametrize(
    "make",
    [
        lambda v: library("pyarrow").array(v),
        lambda v: library("pyarrow").table({"price": v}),
        lambda v: library("polars").Series(v),
        lambda v: library("pandas").Series(v, dtype=library("pandas").ArrowDtype(library("pyarrow").decimal128(9, 2))),
    ],
)
def test_columns_of_decimals_are_numbers(make):
    values = [Decimal("1.25"), None, Decimal("-3.50")]
    for method in (as_columns, lambda name, x, _: as_variable(name, x).values):
        np.testing.assert_array_equal(method("x", make(values), "one row"), [[1.25], [np.nan], [-3.5]])


# What is refused


def table(values):
    return library("pyarrow").table({"a": Y[:4], "b": values})


REFUSED = [
    (WithGradient, TypeError, r"^x, of type WithGradient, cannot be read as an array: .*detach\(\)\.numpy\(\) instead"),
    (OnDevice, TypeError, r"^x, of type OnDevice, cannot be read as an array: .*Tensor\.cpu\(\) first"),
    (OnDeviceWithDLPack, TypeError, "^x, of type OnDeviceWithDLPack, cannot be read as an array: "),
    (lambda: library("xarray").Dataset({"a": 1}), TypeError, "^x, of type Dataset, cannot be read as an array: "),
    (lambda: library("xarray").DataArray(np.zeros((2, 2, 2))), ValueError, r"^x has shape \(2, 2, 2\)"),
    (lambda: WithDLPack(np.array(1.0)), ValueError, r"^x has shape \(\)"),
    (lambda: library("awkward").Array([1.0])[:0], ValueError, r"^x is empty \(shape \(0,\)\)"),
    (lambda: library("pyarrow") and library("awkward").Array([[1.0], [1, 2]]), ValueError, "^x is ragged: row 1 has 2"),
    (lambda: library("pandas").DataFrame(), ValueError, r"^x is empty \(shape \(0, 0\)\); pass at least"),
    (lambda: library("pandas").DataFrame({"a": [], "b": ""}), ValueError, r"^x is empty \(shape \(0, 2\)\)"),
    (lambda: library("pandas").DataFrame(index=range(9)), ValueError, r"^x is empty \(shape \(9, 0\)\)"),
    (lambda: library("polars").DataFrame(), ValueError, r"^x is empty \(shape \(0, 0\)\)"),
    (lambda: library("polars").DataFrame({"a": [], "b": []}), ValueError, r"^x is empty \(shape \(0, 2\)\)"),
    (lambda: library("pyarrow").table({}), ValueError, r"^x is empty \(shape \(0, 0\)\)"),
    (lambda: library("polars").LazyFrame({"a": [1]}), TypeError, "^x has dtype object, in row 0 a LazyFrame"),
    (lambda: library("pandas").Timestamp(0), TypeError, "^x has dtype object, in row 0 a Timestamp"),
    (lambda: library("pandas").Series(WORDS), TypeError, "^x has dtype .*; pass real numbers"),
    (
        lambda: library("pandas").Series(WORDS, dtype="category"),
        TypeError,
        "^x holds categories; pass numbers, such as",
    ),
    (lambda: library("pandas").Categorical([1, 2]), TypeError, "^x holds categories"),
    (lambda: library("pandas").DataFrame({1: Y, "k": WORDS}), TypeError, "^column 'k' of x has dtype .*; pass real"),
    (lambda: library("pandas").Series([0, 1], dtype="M8[s]"), TypeError, "^x has dtype object, in row 0 a Timestamp"),
    (lambda: library("pandas").Series([1j, 2]), TypeError, "^x holds complex numbers"),
    (lambda: library("polars").Series(WORDS), TypeError, "^x has dtype object, in row 0 a str"),
    (lambda: library("polars").Series([0, 1]).cast(library("polars").Date), TypeError, "^x has dtype datetime64"),
    (lambda: library("polars").DataFrame({"k": WORDS}), TypeError, "^column 'k' of x has dtype object, in row 0 a str"),
    (lambda: table(WORDS[:4]), TypeError, "^column 'b' of x has dtype object, in row 0 a str"),
    (lambda: table([{"a": 1}] * 4), ValueError, "^column 'b' of x has the type struct<a: int64>; flatten it"),
    (lambda: table([[1, 2]] * 4), ValueError, "^column 'b' of x holds lists of 2 numbers; pass it by itself"),
    (lambda: table([[1], [1, 2]] * 2), ValueError, "^column 'b' of x is ragged: row 1 has 2 entries and row 0 has 1"),
    (lambda: table([2**60 + 1, None, 1, 2]), ValueError, "^column 'b' of x has empty cells and integers that float64"),
    (lambda: table([1.0, 2.0, np.inf, 3.0]), ValueError, "^x has an infinite value in row 2"),
    (lambda: [Decimal(1), Decimal(2)], TypeError, "^x has dtype object, in row 0 a Decimal"),
]


@pytest.mark.parametrize(("make", "error", "message"), REFUSED)
def test_what_is_no_samples_of_numbers(make, error, message):
    values = make()
    for ask in (fastmi.entropy, fastmi.total_correlation, partial(fastmi.mutual_info, y=Y)):
        with pytest.raises(error, match=message):
            ask(values)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (WithGradient, TypeError, "^x, of type WithGradient, cannot be read as an array"),
        (lambda: library("pandas").DataFrame(), ValueError, r"^x is empty \(shape \(0, 0\)\); pass at least one row"),
        (lambda: library("polars").DataFrame({"a": []}), ValueError, r"^x is empty \(shape \(0, 1\)\)"),
        (lambda: library("pandas").Series([0, 1], dtype="M8[s]"), TypeError, r"^x has dtype datetime64\[s\]"),
        (lambda: table(np.zeros(4, "M8[s]")), TypeError, r"^column 'b' of x has dtype datetime64\[s\]"),
        (lambda: table([{"a": 1}] * 4), ValueError, "^column 'b' of x has the type struct<a: int64>; flatten it"),
        (lambda: table([[1, 2]] * 4), ValueError, "^column 'b' of x holds lists of 2 numbers; pass it by itself"),
        (lambda: library("pandas").Series([[1], [2]]), TypeError, "^x holds a list in row 0, which cannot be hashed"),
    ],
)
def test_what_is_neither_numbers_nor_labels(make, error, message):
    with pytest.raises(error, match=message):
        fastmi.mutual_info(make(), Y, method="mixed")


def test_times_are_labels_if_said_to_be():
    days = np.array(["2026-01-01", "NaT", "2026-01-02"] * 20, "M8[D]")
    expected = fastmi.mutual_info(days, Y, method="mixed", x_discrete=True, nan_policy="omit")
    for make in (pandas_series, polars_series, arrow_array, data_array):
        found = fastmi.mutual_info(make(days.astype("M8[ns]")), Y, method="mixed", x_discrete=True, nan_policy="omit")
        assert found == expected, make


# Rows go by position


def test_the_index_of_rows_does_not_matter():
    pandas = library("pandas")
    y = pandas.Series(Y, index=RNG.permutation(N))
    assert fastmi.mutual_info(pandas.DataFrame(X), y) == fastmi.mutual_info(X, Y)


# A matrix with the names of its columns

SQUARE = fastmi.mutual_info_matrix(X)
WIDE = fastmi.mutual_info_matrix(X, Y)


def test_the_matrix_of_pandas_frames():
    pandas = library("pandas")
    x, y = pandas_frame(X), pandas.Series(Y, name="pt")
    found = fastmi.mutual_info_matrix(x)
    pandas.testing.assert_frame_equal(found, pandas.DataFrame(SQUARE, index=NAMES, columns=NAMES))
    found = fastmi.mutual_info_matrix(x, y)
    pandas.testing.assert_frame_equal(found, pandas.DataFrame(WIDE, index=NAMES, columns=["pt"]))
    assert found.loc["a", "pt"] == fastmi.mutual_info(x["a"], y)
    pandas.testing.assert_frame_equal(fastmi.mutual_info_matrix(x, Y), pandas.DataFrame(WIDE, index=NAMES))
    pandas.testing.assert_frame_equal(fastmi.mutual_info_matrix(X, y.rename(None)), pandas.DataFrame(WIDE))
    pandas.testing.assert_frame_equal(fastmi.mutual_info_matrix(Y, x), pandas.DataFrame(WIDE.T, columns=NAMES))


def test_the_matrix_of_pandas_frames_keeps_names_as_they_are():
    pandas = library("pandas")
    x = pandas_levels(X).rename_axis(columns=["part", "axis"])
    found = fastmi.mutual_info_matrix(x)
    assert found.index.equals(x.columns)
    assert found.columns.names == ["part", "axis"]
    assert found.loc[("hit", "x"), ("hit", "y")] == SQUARE[0, 1]
    twice = pandas.DataFrame(X, columns=["a", "a", 3])
    assert list(fastmi.mutual_info_matrix(twice).index) == ["a", "a", 3]
    assert fastmi.mutual_info(twice, Y) == fastmi.mutual_info(X, Y)
    assert list(fastmi.mutual_info_matrix(pandas_frame(X), method="histogram", bins=3).index) == NAMES


def test_the_matrix_of_polars_frames():
    x = polars_frame(X)
    found = fastmi.mutual_info_matrix(x)
    assert found.columns == ["column", *NAMES]
    assert found["column"].to_list() == NAMES
    np.testing.assert_array_equal(found.drop("column").to_numpy(), SQUARE)
    found = fastmi.mutual_info_matrix(x, Y)
    assert (found.columns, found["column"].to_list()) == (["column", "column_0"], NAMES)
    found = fastmi.mutual_info_matrix(Y, x)
    np.testing.assert_array_equal(found.to_numpy(), WIDE.T)
    assert found.columns == NAMES
    with pytest.raises(ValueError, match="a column of y is called 'column'"):
        fastmi.mutual_info_matrix(x, x.rename({"c": "column"}))


def test_the_matrix_of_labelled_arrays():
    xarray = library("xarray")
    x = xarray.DataArray(X, dims=("hit", "neuron"), coords={"neuron": NAMES})
    y = xarray.DataArray(Y, dims="hit", name="pt")
    found = fastmi.mutual_info_matrix(x, y)
    assert found.dims == ("x", "y")
    assert found.sel(x="b", y="pt") == WIDE[1, 0]
    found = fastmi.mutual_info_matrix(x)
    np.testing.assert_array_equal(found, SQUARE)
    assert found.sel(x="a", y="c") == SQUARE[0, 2]
    assert list(fastmi.mutual_info_matrix(xarray.DataArray(X)).coords) == []


def test_the_matrix_of_lists_numbers_them():
    pandas = library("pandas")
    found = fastmi.mutual_info_matrix(pandas.Series(X.tolist(), name="latent"), pandas.Series(Y, name="pt"))
    pandas.testing.assert_frame_equal(
        found, pandas.DataFrame(WIDE, index=[f"latent[{c}]" for c in range(3)], columns=["pt"])
    )
    assert fastmi.mutual_info_matrix(polars_matrix(X).alias("latent"))["column"][2] == "latent[2]"


def test_the_library_of_x_goes_before_that_of_y():
    x, y = polars_frame(X), pandas_frame(X)
    assert type(fastmi.mutual_info_matrix(x, y)) is type(x)
    mixed = fastmi.mutual_info_matrix(y, x)
    assert type(mixed) is type(y)
    assert list(mixed.columns) == NAMES
    assert list(fastmi.mutual_info_matrix(library("xarray").DataArray(X), pandas_levels(X)).y.values[0]) == ["hit", "x"]


@pytest.mark.parametrize("make", [np.asarray, arrow_table, awkward_records, WithDLPack])
def test_the_matrix_of_others_is_an_array(make):
    assert type(fastmi.mutual_info_matrix(make(X))) is np.ndarray


@pytest.mark.parametrize("make", [pandas_frame, polars_frame, arrow_table])
def test_messages_name_columns(make):
    x, y = make(np.column_stack([X[:, 0], np.full(N, np.nan), X[:, 2]])), pandas_series(Y)
    with pytest.raises(ValueError, match="k=3 needs at least 4 samples, but column 'b' of x and column 0 of y have 0"):
        fastmi.mutual_info_matrix(x, y, nan_policy="omit")
    with pytest.raises(ValueError, match="column 'a' of x and column 'b' of x have 0 rows without NaN"):
        fastmi.mutual_info_matrix(x, method="gaussian", nan_policy="omit")
    with pytest.warns(UserWarning, match=r"of the samples of column 'a' of x and column 'a' of x coincide"):
        fastmi.mutual_info_matrix(make(np.ones((N, 3))))


# Imports


def test_no_library_is_imported_for_arrays():
    script = """
import sys
import numpy as np
import fastmi
x = np.random.default_rng(1).normal(size=(50, 3))
fastmi.mutual_info(x, x[:, 0])
fastmi.mutual_info_matrix(x, x.tolist())
fastmi.mutual_info([*"ab"] * 25, x, method="mixed")
fastmi.entropy(["a", None, 1], method="discrete")
fastmi.KernelDensity().fit(x)
found = {"pandas", "polars", "pyarrow", "awkward", "xarray", "torch", "jax", "h5py", "uproot"} & set(sys.modules)
assert not found, found
"""
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.parametrize("make", [polars_series, awkward_array])
def test_what_need_not_be_installed(make, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert fastmi.mutual_info(X, make(Y)) == fastmi.mutual_info(X, Y)


def test_what_is_missing_to_read_lists(monkeypatch):
    lists = library("polars").Series([[1.0], [2.0]])
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ImportError, match=r"reading lists of polars needs pyarrow: pip install 'fastmi\[io\]'"):
        fastmi.entropy(lists)
