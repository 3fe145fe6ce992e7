"""Events as other libraries hold them give what the same arrays give in a dict."""

import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

import numpy as np
import pytest

import fastmi
from fastmi._scan.containers import as_array
from fastmi.io import LazyEvent

N = 40
MISSING = [3, 17]  # rows where pt is


def arrays(seed):
    rng = np.random.default_rng(seed)
    pt = rng.lognormal(size=N).astype("f4")
    pt[MISSING] = np.nan
    latent = rng.normal(size=(N, 3))
    return {"latent": latent, "pt": pt, "n_cells": rng.permutation(N), "phi": latent[:, 0] + rng.normal(size=N)}


EVENTS = [arrays(seed) for seed in range(3)]
NAMES = {"x": "latent", "y": ["pt", "n_cells", "phi"]}


def with_none(column):
    return [None if np.isnan(value) else value for value in column.tolist()]


# One kind of event each; those that hold lists of rows do so for latent.


def lists(event):
    return {name: column.tolist() for name, column in event.items()}


def structured(event):
    rows = np.empty(N, [("latent", "f8", (3,)), ("pt", "f4"), ("n_cells", "i2"), ("phi", ">f8")])
    for name in rows.dtype.names:
        rows[name] = event[name]
    return rows


def record_array(event):
    return structured(event).view(np.recarray)


def void(event):
    """One record, whose fields are arrays."""
    record = np.zeros((), [(name, column.dtype, column.shape) for name, column in event.items()])
    for name, column in event.items():
        record[name] = column
    return record[()]


def npz(event, tmp_path):
    np.savez(tmp_path / "event.npz", **event)
    return np.load(tmp_path / "event.npz")


def hdf5(event, tmp_path):
    group = pytest.importorskip("h5py").File(tmp_path / "event.h5", "w").create_group("event")
    for name, column in event.items():
        group[name] = column
    return group


def lazy(event):
    return LazyEvent("lazy", partial(_given, event))


def _given(event, _):
    return event


def pandas_two_levels(event):
    pandas = pytest.importorskip("pandas")
    columns = {("latent", c): event["latent"][:, c] for c in range(3)}
    return pandas.DataFrame({**columns, **{(name, ""): event[name] for name in NAMES["y"]}})


def pandas_nullable(event):
    pandas = pytest.importorskip("pandas")
    frame = pandas_two_levels(event)
    frame["pt"] = pandas.array(with_none(event["pt"]), "Float64")
    frame[("latent", 1)] = frame[("latent", 1)].astype("Float64")
    frame["n_cells"] = frame["n_cells"].astype("Int16")
    return frame


def pandas_lists(event):
    pandas = pytest.importorskip("pandas")
    return pandas.DataFrame({**event, "latent": list(event["latent"])})


def pandas_arrow(event):
    pandas, pyarrow = pytest.importorskip("pandas"), pytest.importorskip("pyarrow")
    rows = pandas.ArrowDtype(pyarrow.list_(pyarrow.float64()))
    frame = pandas_lists(event)
    return frame.astype({"latent": rows, "pt": "float[pyarrow]", "n_cells": "int16[pyarrow]", "phi": "double[pyarrow]"})


def arrow_table(event):
    pyarrow = pytest.importorskip("pyarrow")
    table = pyarrow.table({**event, "latent": list(event["latent"]), "pt": pyarrow.array(with_none(event["pt"]))})
    return pyarrow.concat_tables([table.slice(0, 7), table.slice(7)])


def arrow_batch(event):
    return arrow_table(event).combine_chunks().to_batches()[0]


def arrow_fixed_size(event):
    pyarrow = pytest.importorskip("pyarrow")
    latent = pyarrow.FixedSizeListArray.from_arrays(event["latent"].ravel(), 3)
    cells = pyarrow.array(event["n_cells"]).dictionary_encode()
    return pyarrow.table({**event, "latent": latent, "n_cells": cells})


def polars_lists(event):
    polars = pytest.importorskip("polars")
    pytest.importorskip("pyarrow")
    return polars.DataFrame({**event, "latent": event["latent"].tolist(), "pt": with_none(event["pt"])})


def polars_arrays(event):
    polars = pytest.importorskip("polars")
    return polars_lists(event).with_columns(polars.col("latent").cast(polars.Array(polars.Float64, 3)))


def awkward_record(event):
    awkward = pytest.importorskip("awkward")
    pytest.importorskip("pyarrow")
    return awkward.Array([{**lists(event), "pt": with_none(event["pt"]), "run": 7}])[0]


def awkward_array(event):
    awkward = pytest.importorskip("awkward")
    pytest.importorskip("pyarrow")
    return awkward.zip({**event, "pt": awkward.Array(with_none(event["pt"]))}, depth_limit=1)


def frames(event, library):
    """Return a dict of which an array is a data frame."""
    columns = {str(c): event["latent"][:, c] for c in range(3)}
    return {**event, "latent": pytest.importorskip(library).DataFrame(columns)}


def awkward_records(event):
    """Return a dict of which an array has a record a hit."""
    columns = {str(c): event["latent"][:, c] for c in range(3)}
    return {**event, "latent": pytest.importorskip("awkward").zip(columns)}


def xarray_dataset(event):
    dimensions = {name: ("hit", "neuron")[: column.ndim] for name, column in event.items()}
    variables = {name: (dimensions[name], column) for name, column in event.items()}
    return pytest.importorskip("xarray").Dataset(variables).set_coords("phi")


def columns_of_libraries(event):
    """Return a dict whose arrays are of several libraries."""
    return {
        "latent": awkward_record(event)["latent"],
        "pt": pandas_nullable(event)["pt"],
        "n_cells": arrow_table(event)["n_cells"],
        "phi": polars_lists(event)["phi"],
    }


def lazily_columns_of_libraries(event):
    return LazyEvent("lazy", partial(_given, columns_of_libraries(event)))


IN_MEMORY = [
    *(lists, structured, record_array, void, lazy),
    *(pandas_two_levels, pandas_nullable, pandas_lists, pandas_arrow),
    *(arrow_table, arrow_batch, arrow_fixed_size, polars_lists, polars_arrays),
    *(partial(frames, library="pandas"), partial(frames, library="polars"), awkward_records),
    *(awkward_record, awkward_array, xarray_dataset, columns_of_libraries, lazily_columns_of_libraries),
]
IN_FILES = [npz, hdf5]


def check(make, events, **options):
    expected = fastmi.scan(EVENTS, **NAMES)
    found = fastmi.scan(events, **NAMES, **options)
    assert found.x == expected.x, make
    assert found.y == expected.y, make
    np.testing.assert_array_equal(found.n_samples, expected.n_samples)
    assert found.values["mutual_info"].tobytes() == expected.values["mutual_info"].tobytes(), make


@pytest.mark.parametrize("make", IN_MEMORY)
def test_an_event_of_any_kind_gives_what_a_dict_gives(make):
    check(make, [make(event) for event in EVENTS])


@pytest.mark.parametrize("make", IN_FILES)
def test_an_event_of_an_open_file_gives_what_a_dict_gives(make, tmp_path):
    folders = [tmp_path / str(seed) for seed in range(3)]
    for folder in folders:
        folder.mkdir()
    check(make, [make(event, folder) for event, folder in zip(EVENTS, folders, strict=True)])


def test_arrays_travel_to_processes_and_not_what_holds_them(tmp_path):
    pytest.importorskip("h5py")
    makes = [*IN_MEMORY[:-1], partial(hdf5, tmp_path=tmp_path)]
    with ProcessPoolExecutor(1, get_context("spawn")) as processes:
        found = fastmi.scan([make(EVENTS[0]) for make in makes], **NAMES, executor=processes)
    expected = fastmi.scan(EVENTS[:1], **NAMES)
    for values in found.values["mutual_info"]:
        np.testing.assert_array_equal(values, expected.values["mutual_info"][0])


@pytest.mark.parametrize("make", [lists, pandas_nullable, arrow_table, polars_arrays, awkward_record, xarray_dataset])
def test_a_checkpoint_knows_events_of_any_kind_again(make, tmp_path):
    events = [make(event) for event in EVENTS]
    first = fastmi.scan(events, **NAMES, checkpoint=tmp_path / "scan")
    again = fastmi.scan([make(event) for event in EVENTS], **NAMES, checkpoint=tmp_path / "scan")
    np.testing.assert_array_equal(again.values["mutual_info"], first.values["mutual_info"])
    with pytest.raises(ValueError, match="belongs to a scan of other events"):
        fastmi.scan([make(arrays(seed=9)), *events], **NAMES, checkpoint=tmp_path / "scan")


def test_layout_in_memory_does_not_change_what_a_checkpoint_knows(tmp_path):
    fastmi.scan(EVENTS, **NAMES, checkpoint=tmp_path / "scan")
    strided = [{name: np.repeat(np.asfortranarray(a), 2, axis=0)[::2] for name, a in e.items()} for e in EVENTS]
    check("strided", strided, checkpoint=tmp_path / "scan")


@pytest.mark.parametrize(
    "kind", [pandas_two_levels, arrow_table, polars_lists, awkward_array, structured, void, xarray_dataset]
)
def test_a_missing_array_is_told_with_those_that_are_there(kind):
    with pytest.raises(ValueError, match=r"there is no array 'eta'; there are 'latent', 'n_cells', .*'pt'"):
        fastmi.scan([kind(EVENTS[0])], x="latent", y="eta")


@pytest.mark.parametrize("make", IN_MEMORY)
def test_a_load_function_may_return_an_event_of_any_kind(make):
    check(make, [LazyEvent(str(place), partial(_given, make(event))) for place, event in enumerate(EVENTS)])
    of_rows = LazyEvent("0", partial(_given, make(EVENTS[0])))
    assert {"latent", "n_cells", "pt"} <= set(of_rows)
    with pytest.raises(ValueError, match=r"there is no array 'eta'; there are 'latent', 'n_cells', .*'pt'"):
        fastmi.scan([of_rows], x="latent", y="eta")


@pytest.mark.parametrize("returned", [None, [1, 2], np.ones((5, 2))])
def test_a_load_function_that_returns_no_arrays_by_name(returned):
    message = f"event mine: load returned a {type(returned).__name__}; it is to return a mapping from names to arrays"
    with pytest.raises(ValueError, match=message):
        fastmi.scan([LazyEvent("mine", partial(_given, returned))], x="a", y="b")


def test_names_of_columns_need_not_be_text():
    frame = pytest.importorskip("pandas").DataFrame(np.ones((5, 2)))
    with pytest.raises(ValueError, match="there is no array 'a'; there are 0, 1"):
        fastmi.scan([frame], x="a", y="b")


# A single event in place of several


@pytest.mark.parametrize(
    "make", [lists, structured, void, pandas_two_levels, arrow_table, arrow_batch, polars_lists, awkward_record]
)
def test_a_single_event_in_place_of_several(make):
    event = make(EVENTS[0])
    with pytest.raises(TypeError, match=rf"^events is a single event, of type {type(event).__name__}; pass a list"):
        fastmi.scan(event, **NAMES)


def test_an_awkward_array_of_one_event():
    with pytest.raises(TypeError, match=r"^events is a single event, of type Array; pass a list of events"):
        fastmi.scan(awkward_array(EVENTS[0]), **NAMES)


def test_a_dataset_in_place_of_several():
    with pytest.raises(TypeError, match=r"^events is a single event, of type Dataset"):
        fastmi.scan(xarray_dataset(EVENTS[0]), **NAMES)


# Several events in one container


def with_lengths_that_differ():
    return [{name: column[: N - 7 * place] for name, column in event.items()} for place, event in enumerate(EVENTS)]


def events_as_records():
    """One record an event, with a list a column."""
    awkward = pytest.importorskip("awkward")
    return awkward.Array([{"run": 3, **lists(event)} for event in with_lengths_that_differ()])


def events_as_lists_of_records():
    """One list an event, with a record a hit."""
    awkward = pytest.importorskip("awkward")
    events = events_as_records()
    return awkward.zip({name: events[name] for name in EVENTS[0]}, depth_limit=2)


def events_with_options():
    awkward = pytest.importorskip("awkward")
    return awkward.mask(events_as_records(), [True] * 3)


@pytest.mark.parametrize("make", [events_as_records, events_as_lists_of_records, events_with_options])
def test_an_awkward_array_of_events_is_gone_through(make):
    pytest.importorskip("pyarrow")
    expected = fastmi.scan(with_lengths_that_differ(), **NAMES)
    found = fastmi.scan(make(), **NAMES)
    assert found.events == ["0", "1", "2"]
    np.testing.assert_array_equal(found.n_samples, expected.n_samples)
    assert found.values["mutual_info"].tobytes() == expected.values["mutual_info"].tobytes()


def test_a_masked_event_fails():
    awkward = pytest.importorskip("awkward")
    pytest.importorskip("pyarrow")
    found = fastmi.scan(awkward.mask(events_as_records(), [True, False, True]), **NAMES, on_error="record")
    assert (found.events, [failure.index for failure in found.failures]) == (["0", "2"], [1])
    assert found.failures[0].message.endswith("this is a NoneType")


def test_groups_of_a_data_frame_are_events():
    pandas = pytest.importorskip("pandas")
    frame = pandas.concat([pandas_two_levels(event) for event in EVENTS])
    check("groups", (hits for _, hits in frame.groupby(np.repeat(range(3), N))))


def test_groups_of_a_file_are_events(tmp_path):
    file = pytest.importorskip("h5py").File(tmp_path / "events.h5", "w")
    for place, event in enumerate(EVENTS):
        for name, column in event.items():
            file[f"event{place}/{name}"] = column
    check("groups", file.values())
    with pytest.raises(TypeError, match=r"^events is a single event, of type File; .* the values of a mapping"):
        fastmi.scan(file, **NAMES)


def test_records_of_a_structured_array_are_events():
    check("records", list(np.array([void(event) for event in EVENTS])))


# Columns that are no numbers


def pandas_column(values, dtype=None):
    return pytest.importorskip("pandas").Series(values, dtype=dtype)


def arrow_column(values):
    return pytest.importorskip("pyarrow").array(values)


def polars_column(values, dtype=None):
    pytest.importorskip("pyarrow")
    return pytest.importorskip("polars").Series(values, dtype=dtype)


def awkward_column(values):
    pytest.importorskip("pyarrow")
    return pytest.importorskip("awkward").Array(values)


def xarray_column(values):
    return pytest.importorskip("xarray").DataArray(values)


NOT_NUMBERS = [
    (
        lambda: pandas_column(["b", "e"], "category"),
        "TypeError",
        "pt holds categories; pass numbers, such as the codes",
    ),
    (lambda: pandas_column([1, 2], "category"), "TypeError", "pt holds categories"),
    (lambda: pandas_column(["1", "2"], "str"), "TypeError", "pt has dtype <U1; pass real numbers"),
    (lambda: pandas_column(["b", None], "string"), "TypeError", "pt has dtype object, in row 0 a str"),
    (lambda: pandas_column([0, 1], "M8[ns]"), "TypeError", "pt has dtype object, in row 0 a Timestamp; pass real"),
    (
        lambda: pandas_column([[1], [1, 2]], object),
        "ValueError",
        "pt cannot be .* it is ragged, row 1 has 2 entries and",
    ),
    (lambda: pandas_column([1.0]).to_frame()[[0, 0]], "ValueError", "several columns are called 'pt'; rename all but"),
    (lambda: arrow_column(["b"]), "TypeError", "pt has dtype object, in row 0 a str; pass real numbers"),
    (lambda: arrow_column(["b"]).dictionary_encode(), "TypeError", "pt has dtype object, in row 0 a str"),
    (
        lambda: arrow_column([[1], [2], [1, 2]]),
        "ValueError",
        "pt is ragged: row 2 has 2 entries and row 0 has",
    ),
    (lambda: arrow_column([{"a": 1}]), "ValueError", "pt has the type struct<a: int64>; flatten it"),
    (
        lambda: arrow_column([2**60 + 1, None]),
        "ValueError",
        "pt has empty cells and integers that float64, wh",
    ),
    (lambda: polars_column(["b"]), "TypeError", "pt has dtype object, in row 0 a str"),
    (lambda: polars_column([[1], [1, 2]]), "ValueError", "pt is ragged: row 1 has 2 entries and row 0 has 1"),
    (
        lambda: awkward_column([[1.0], [1, 2]]),
        "ValueError",
        "pt is ragged: row 1 has 2 entries and row 0 has 1",
    ),
    (lambda: awkward_column(["b"]), "TypeError", "pt has dtype object, in row 0 a str"),
    (lambda: xarray_column(["b"]), "TypeError", "pt has dtype <U1"),
    (lambda: np.array([np.ones(1), np.ones(2)], object), "TypeError", "pt has dtype object, in row 0 a ndarray"),
]


@pytest.mark.parametrize(("column", "error", "message"), NOT_NUMBERS)
def test_columns_that_are_no_numbers(column, error, message):
    event = {"latent": np.ones(5), "pt": column()}
    with pytest.raises(ValueError, match=f"^event 0: {message}"):
        fastmi.scan([event], x="latent", y="pt")
    (failure,) = fastmi.scan([event], x="latent", y="pt", on_error="record").failures
    assert failure.error == error


def test_a_number_of_an_awkward_record_is_no_array():
    with pytest.raises(ValueError, match=r"^event 0: run has shape \(\); pass an array of shape"):
        fastmi.scan([awkward_record(EVENTS[0])], x="latent", y="run")


# Missing numbers


@pytest.mark.parametrize(
    "column",
    [
        lambda: pandas_column([1.5, None], "Float32"),
        lambda: pandas_column([1.5, None], "double[pyarrow]"),
        lambda: arrow_column([1.5, None]),
        lambda: polars_column([1.5, None]),
        lambda: awkward_column([1.5, None]),
    ],
)
def test_missing_numbers_are_nan(column):
    np.testing.assert_array_equal(as_array("pt", column()), [1.5, np.nan])


@pytest.mark.parametrize(
    "column",
    [
        lambda: pandas_column([1, 0, None], "Int64"),
        lambda: pandas_column([True, False, None], "boolean"),
        lambda: pandas_column([1, 0, None], "int8[pyarrow]"),
        lambda: arrow_column([True, False, None]),
        lambda: polars_column([1, 0, None]),
        lambda: polars_column([True, False, None]),
        lambda: awkward_column([1, 0, None]),
        lambda: awkward_column([True, False, None]),
    ],
)
def test_missing_integers_and_booleans_are_nan(column):
    np.testing.assert_array_equal(as_array("pt", column()), [1, 0, np.nan])


def test_a_missing_list_is_a_row_of_nan():
    np.testing.assert_array_equal(as_array("pt", awkward_column([[1, 2], None])), [[1, 2], [np.nan] * 2])
    np.testing.assert_array_equal(as_array("pt", arrow_column([None, [1, 2]])), [[np.nan] * 2, [1, 2]])
    np.testing.assert_array_equal(as_array("pt", polars_column([[1.0, None]])), [[1, np.nan]])


# Memory and imports


@pytest.mark.parametrize("dtype", ["f8", "f4", "i2", "u8"])
def test_memory_is_shared_where_it_can_be(dtype):
    numbers = np.arange(5).astype(dtype)
    numbers.setflags(write=False)
    assert as_array("pt", numbers) is numbers
    for make in (pandas_column, arrow_column, polars_column, awkward_column, xarray_column):
        column = make(numbers)
        memory = column.to_numpy() if hasattr(column, "to_numpy") else numbers
        assert np.shares_memory(as_array("pt", column), memory), make


def test_a_library_is_imported_only_for_its_objects():
    script = """
import sys, numpy as np, fastmi
column = np.arange(20.0)
fastmi.scan([{"a": column, "b": [*column[::-1]]}], x="a", y="b")
assert not {"pandas", "polars", "pyarrow", "awkward", "xarray", "h5py", "uproot"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", script], check=True)


def test_what_is_missing_to_read_a_column_is_named(monkeypatch):
    column = awkward_column([1.0, None])
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ImportError, match=r"reading Awkward arrays needs pyarrow: pip install 'fastmi\[io\]'"):
        fastmi.scan([{"a": column, "b": column}], x="a", y="b", on_error="record")
