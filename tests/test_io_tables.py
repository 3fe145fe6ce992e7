"""CSV and Parquet: a file is an event, a row a hit."""

import gzip
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import array_shapes, arrays

from fastmi.io import read_events

pa = pytest.importorskip("pyarrow")
csv = pytest.importorskip("pyarrow.csv")
parquet = pytest.importorskip("pyarrow.parquet")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def read_csv(text, name="event.csv", **options):
    Path(name).write_bytes(gzip.compress(text.encode()) if name.lower().endswith(".gz") else text.encode())
    (event,) = read_events(name, **options)
    return event.read()


def read_parquet(table, **options):
    parquet.write_table(table if isinstance(table, pa.Table) else pa.table(table), "event.parquet")
    (event,) = read_events("event.parquet", **options)
    return event.read()


def fails(call, *arguments, message, **options):
    with pytest.raises(ValueError, match=message):
        call(*arguments, **options)


@pytest.mark.parametrize("name", ["event.csv", "event.csv.gz", "EVENT.CSV.GZ"])
def test_csv(name):
    event = read_csv("id,pt,label\n9007199254740993,0.1,a\n2,nan,b\n", name)
    np.testing.assert_array_equal(event["id"], [9007199254740993, 2])
    assert event["id"].dtype == np.int64
    np.testing.assert_array_equal(event["pt"], [0.1, np.nan])
    assert list(event["label"]) == ["a", "b"]
    (lazy,) = read_events(name)
    assert lazy.name.lower() == "event"


def test_empty_cells_are_nan():
    event = read_csv("pt,n,good,none,label\n1.5,1,true,,a\n,,,,\n3,3,false,,NA\n")
    np.testing.assert_array_equal(event["pt"], [1.5, np.nan, 3])
    np.testing.assert_array_equal(event["n"], [1, np.nan, 3])
    np.testing.assert_array_equal(event["good"], [1, np.nan, 0])
    np.testing.assert_array_equal(event["none"], [np.nan] * 3)
    assert list(event["label"]) == ["a", "", "NA"]
    assert {event[name].dtype for name in ("pt", "n", "good", "none")} == {np.dtype(np.float64)}


def test_a_column_is_what_all_of_its_rows_are():
    """Also those that come late in a large file."""
    event = read_csv("a,b\n" + "1,\n" * 400_000 + "1.5,x\n")
    assert event["a"][0] == 1.0
    assert event["a"][-1] == 1.5
    assert event["b"][-1] == "x"


def test_integers_are_not_rounded_silently():
    message = r"^event\.csv: column 'id' has empty cells and integers that float64"
    fails(read_csv, "id,x\n9007199254740993,1\n,2\n", message=message)
    assert list(read_csv("id,x\n9007199254740993,1\n,2\n", columns=["x"])) == ["x"]


def test_csv_columns():
    text = "\ufeffa,b,c\n1,2,3\n"
    assert list(read_csv(text)) == ["a", "b", "c"]
    assert list(read_csv(text, columns=["c", "nope", "a"])) == ["c", "a"]
    assert read_csv(text, columns=["nope"]) == {}
    assert read_csv(text, columns=[]) == {}


def test_spaces_around_names_are_no_part_of_them():
    event = read_csv("x, y ,z\n1, 2,3\n", columns=["y", "x"])
    assert list(event) == ["y", "x"]
    np.testing.assert_array_equal(event["y"], [2])
    fails(read_csv, "x, x\n1,2\n", message="several columns are called 'x'")


def test_csv_without_rows():
    assert {name: array.shape for name, array in read_csv("a,b\n").items()} == {"a": (0,), "b": (0,)}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "does not begin with a line of names"),
        ("\n\n", "does not begin with a line of names"),
        ("a,a\n1,2\n", "several columns are called 'a'"),
        ("a;b\n1,5;2,5\n", r"the names in 'a;b' are separated by ';'; separate columns by commas"),
        ("a\tb\n1\t2\n", r"the names in 'a\\tb' are separated by '\\t'"),
        ("# of run 7\na,b\n1,2\n", "Expected 1 columns, got 2.*commas, and named by its first line, '# of run 7'"),
        ("a,b\n1,2\n3\n", "this is not a readable .csv file .*Expected 2 columns, got 1"),
    ],
)
def test_csv_that_is_none(text, message):
    fails(read_csv, text, message=rf"^event\.csv: .*{message}")


def test_csv_of_another_encoding():
    Path("event.csv").write_bytes("a,ä\n1,2\n".encode("latin1"))
    (event,) = read_events("event.csv")
    fails(event.read, message=r"^event\.csv: this is not a readable \.csv file .*utf-8")


@pytest.mark.parametrize("keep", [0.01, 0.5, 0.99])
def test_truncated_gzip(keep):
    packed = gzip.compress(b"a,b\n" + b"".join(b"%d,%d\n" % (i, i * i) for i in range(10_000)))
    Path("event.csv.gz").write_bytes(packed[: int(keep * len(packed))])
    (event,) = read_events("event.csv.gz")
    fails(event.read, message=r"^event\.csv\.gz: this is not a readable \.csv file")


def test_parquet():
    event = read_parquet(
        {
            "f": pa.array([1.5, None, 3.0], pa.float32()),
            "i": [1, None, 3],
            "id": pa.array([2**64 - 1, 0, 1], pa.uint64()),
            "b": [True, None, False],
            "none": pa.nulls(3),
            "text": ["a", "b", "c"],
            "category": pa.array(["u", "v", "u"]).dictionary_encode(),
            "decimal": pa.array([1, 2, 3], pa.decimal128(10, 2)),
            "a.b": [1, 2, 3],
        }
    )
    np.testing.assert_array_equal(event["f"], np.array([1.5, np.nan, 3.0], np.float32))
    np.testing.assert_array_equal(event["i"], [1, np.nan, 3])
    np.testing.assert_array_equal(event["id"], np.array([2**64 - 1, 0, 1], np.uint64))
    np.testing.assert_array_equal(event["b"], [1, np.nan, 0])
    np.testing.assert_array_equal(event["none"], [np.nan] * 3)
    np.testing.assert_array_equal(event["decimal"], [1.0, 2.0, 3.0])
    np.testing.assert_array_equal(event["a.b"], [1, 2, 3])
    assert list(event["text"]) == ["a", "b", "c"]
    assert list(event["category"]) == ["u", "v", "u"]
    assert event["f"].dtype == np.float32


LISTS = [pa.list_(pa.float32()), pa.large_list(pa.float32()), pa.list_(pa.float32(), 2)]


@pytest.mark.parametrize("kind", LISTS)
def test_lists_of_equal_lengths_are_matrices(kind):
    event = read_parquet({"latent": pa.array([[1, 2], [3, 4], [5, 6]], kind)})
    np.testing.assert_array_equal(event["latent"], np.array([[1, 2], [3, 4], [5, 6]], np.float32))
    assert event["latent"].dtype == np.float32
    part = pa.table({"latent": pa.array([[1, 2], [3, 4], [5, 6]], kind)}).slice(1, 1)
    np.testing.assert_array_equal(read_parquet(part)["latent"], [[3, 4]])


@pytest.mark.parametrize("kind", LISTS)
def test_missing_lists_are_missing_rows(kind):
    if pa.types.is_fixed_size_list(kind) and int(pa.__version__.split(".")[0]) < 26:
        pytest.skip("before pyarrow 26 Parquet files with missing lists of a fixed size cannot be read")
    event = read_parquet({"latent": pa.array([None, [3, None], [5, 6]], kind)})
    np.testing.assert_array_equal(event["latent"], [[np.nan, np.nan], [3, np.nan], [5, 6]])


@given(matrix=arrays(np.float64, array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=6)), rows=st.integers(1, 5))
def test_matrices_come_back(tmp_path_factory, matrix, rows):
    path = tmp_path_factory.getbasetemp() / "matrix.parquet"
    parquet.write_table(pa.table({"m": list(matrix)}), path, row_group_size=rows)
    (event,) = read_events(path)
    np.testing.assert_array_equal(event["m"], matrix)


@pytest.mark.parametrize(
    ("lists", "message"),
    [
        ([[1, 2], [3, 4], [5], []], "row 2 has 1 entries and row 0 has 2"),
        ([None, [3, 4], None, [5]], "row 3 has 1 entries and row 1 has 2"),
    ],
)
def test_ragged_lists(lists, message):
    table = {"jets": pa.array(lists), "x": range(4)}
    fails(read_parquet, table, message=rf"^event\.parquet: column 'jets' is ragged: {message}")
    np.testing.assert_array_equal(read_parquet(table, columns=["x", "nope"])["x"], range(4))  # jets are not read


def test_structures():
    fails(read_parquet, {"hit": [{"x": 1}]}, message=r"column 'hit' has the type struct<x: int64>; flatten it")


def test_parquet_of_two_columns_of_one_name():
    table = pa.table([pa.array([1]), pa.array([2])], names=["a", "a"])
    fails(read_parquet, table, message=r"^event\.parquet: several columns are called 'a'")


def test_parquet_without_rows():
    schema = pa.schema({"x": pa.int64(), "l": pa.list_(pa.float64()), "f": pa.list_(pa.float64(), 12)})
    event = read_parquet(schema.empty_table())
    assert {name: array.shape for name, array in event.items()} == {"x": (0,), "l": (0, 0), "f": (0, 12)}


def test_names_of_folders_are_no_columns():
    Path("run=7").mkdir()
    parquet.write_table(pa.table({"x": [1]}), "run=7/event.parquet")
    (event,) = read_events("run=7")
    assert list(event) == ["x"]


@pytest.mark.parametrize("keep", [0.01, 0.5, 0.99])
def test_truncated_parquet(keep):
    parquet.write_table(pa.table({"x": np.arange(1000.0)}), "event.parquet")
    whole = Path("event.parquet").read_bytes()
    Path("event.parquet").write_bytes(whole[: int(keep * len(whole))])
    (event,) = read_events("event.parquet")
    fails(event.read, message=r"^event\.parquet: this is not a readable \.parquet file")
