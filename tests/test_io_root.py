"""ROOT: an event is an entry of lists, or a whole tree of entries without."""

from pathlib import Path, PureWindowsPath

import numpy as np
import pytest

from fastmi.io import _root, read_events

awkward = pytest.importorskip("awkward")
uproot = pytest.importorskip("uproot")

PT = awkward.Array([[1.0, 2.0, 3.0], [], [4.0, 5.0]])
ID = awkward.Array([[1, 2**62 + 1, 3], [], [4, 5]])


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write_tree(name="run7.root", tree="events", **branches):
    """Write a TTree, as older files have it."""
    with uproot.recreate(name) as file:
        file.mktree(tree, {branch: kind for branch, (kind, _) in branches.items()}).extend(
            {branch: values for branch, (_, values) in branches.items()}
        )
    return name


def write_ntuples(name="run7.root", **trees):
    with uproot.recreate(name) as file:
        for tree, fields in trees.items():
            file.mkrntuple(tree.replace("__", "/"), fields)
    return name


def write_lists():
    vectors = np.arange(9, dtype=np.float32).reshape(3, 3)
    return write_tree(
        pt=("var * float64", PT),
        id=("var * int64", ID),
        run=("int32", np.arange(3, dtype=np.int32)),
        vertex=(np.dtype((np.float32, (3,))), vectors),
    )


def fails(message, path, columns=None):
    with pytest.raises(ValueError, match=message):
        next(read_events(path, columns=columns)).read()


def test_a_tree_of_numbers_is_an_event():
    latent = np.arange(6, dtype=np.float32).reshape(3, 2)
    write_tree(pt=("float64", np.arange(3.0)), latent=(np.dtype((np.float32, (2,))), latent))
    (event,) = read_events("run7.root")
    assert event.name == "run7"
    assert list(event) == ["pt", "latent"]
    np.testing.assert_array_equal(event["pt"], np.arange(3.0))
    np.testing.assert_array_equal(event["latent"], latent)
    assert event["latent"].dtype == np.float32


def test_an_entry_of_lists_is_an_event():
    write_lists()
    events = list(read_events("run7.root", columns=["id", "pt", "run", "vertex", "nope"]))
    assert [event.name for event in events] == ["run7[0]", "run7[1]", "run7[2]"]
    assert len({event.identity for event in events}) == 3
    for entry, event in enumerate(events):
        assert list(event) == ["id", "pt", "run", "vertex"]
        np.testing.assert_array_equal(event["pt"], PT[entry])
        np.testing.assert_array_equal(event["id"], ID[entry])
        np.testing.assert_array_equal(event["run"], [entry] * len(PT[entry]))
        np.testing.assert_array_equal(
            event["vertex"], np.arange(3 * entry, 3 * entry + 3) * np.ones((len(PT[entry]), 1))
        )
        assert event["id"].dtype == np.int64
        assert event["vertex"].dtype == np.float32


def test_the_wanted_branches_decide():
    write_lists()
    (event,) = read_events("run7.root", columns=["run", "nope"])
    np.testing.assert_array_equal(event["run"], np.arange(3))
    third = list(read_events("run7.root"))[2]
    np.testing.assert_array_equal(third.read(["run"])["run"], [2, 2])
    assert third.read(["nope"]) == {}


def test_only_the_branches_and_the_entry_are_read(monkeypatch):
    write_lists()
    event = list(read_events("run7.root"))[2]
    read = []
    array = uproot.TBranch.array
    monkeypatch.setattr(
        uproot.TBranch,
        "array",
        lambda branch, **options: read.append((branch.name, options)) or array(branch, **options),
    )
    event.read(["pt", "run"])
    assert [name for name, _ in read] == ["pt", "run"]
    assert {(options["entry_start"], options["entry_stop"]) for _, options in read} == {(2, 3)}


def test_ntuples():
    latent = awkward.Array([[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], [], [[7.0, 8.0], [9.0, 10.0]]])
    labels = awkward.Array([["a", "bb", "c"], [], ["d", "e"]])
    write_ntuples(events={"pt": PT, "latent": latent, "label": labels, "run": [1, None, 3], "text": ["x", "yy", "zzz"]})
    first, second, third = read_events("run7.root")
    np.testing.assert_array_equal(first["latent"], latent[0])
    np.testing.assert_array_equal(third["latent"], latent[2])
    assert list(first["label"]) == ["a", "bb", "c"]
    assert list(third["text"]) == ["zzz", "zzz"]
    np.testing.assert_array_equal(third["run"], [3.0, 3.0])
    assert len(second["pt"]) == 0
    (rows,) = read_events("run7.root", columns=["run", "text"])
    np.testing.assert_array_equal(rows["run"], [1, np.nan, 3])
    assert list(rows["text"]) == ["x", "yy", "zzz"]


def test_lists_that_do_not_belong_together():
    write_ntuples(events={"pt": PT, "jet": awkward.Array([[1.0, 2.0, 3.0], [1.0], [2.0]])})
    first, second, _ = read_events("run7.root")
    assert len(first["jet"]) == 3
    with pytest.raises(
        ValueError, match=r"^run7\.root: branch 'pt' has 0 .* 'jet' has 1; ask by|'jet' has 1 .* 'pt' has 0; ask by"
    ):
        second.read()
    assert len(second.read(["jet"])["jet"]) == 1


def test_ragged_lists_of_lists():
    write_ntuples(events={"cells": awkward.Array([[[1.0], [2.0], [3.0, 4.0]]])})
    fails(r"^run7\.root: branch 'cells' is ragged: row 2 has 2 entries and row 0 has 1", "run7.root")


def test_records_are_no_arrays():
    write_ntuples(events={"x": [1, 2], "record": awkward.Array([{"u": 1.0}, {"u": 2.0}])})
    (event,) = read_events("run7.root")
    assert "record" not in event
    np.testing.assert_array_equal(event["record.u"], [1.0, 2.0])
    fails(r"^run7\.root: branch 'record' holds {u: float64}: neither numbers nor text", "run7.root", ["record"])


@pytest.mark.parametrize("name", ["a.b", "a[0]", "a*", "2x"])
def test_names_are_not_taken_for_patterns(name):
    write_tree(**{name: ("int64", np.array([1, 2])), "ab": ("int64", np.array([3, 4]))})
    (event,) = read_events("run7.root", columns=[name])
    np.testing.assert_array_equal(event[name], [1, 2])


def test_the_tree_may_be_named(folder):
    write_ntuples(hits={"x": [1, 2]}, deep__tracks={"pt": PT})
    (event,) = read_events(folder / "run7.root:hits")
    assert event.name == "run7:hits"
    np.testing.assert_array_equal(event["x"], [1, 2])
    assert [event.name for event in read_events("run7.root:deep/tracks")][2] == "run7:deep/tracks[2]"
    fails("run7.root has several trees, deep/tracks, hits; name one: 'run7.root:deep/tracks'", "run7.root")
    fails("run7.root has no tree 'nope'; there are deep/tracks, hits", "run7.root:nope")


def test_a_tree_is_chosen_by_the_columns(folder):
    """As a folder of files in which there are others beside that of the events, of runs for example."""
    for run in (1, 2):
        write_ntuples(f"run{run}.root", Events={"pt": PT, "run": [1, 1, 1]}, Runs={"run": [1]}, Blocks={"run": [1]})
    for columns in (["pt", "run"], ["pt", "nope"]):
        assert [event.name for event in read_events("*.root", columns=columns)] == [
            f"run{run}[{entry}]" for run in (1, 2) for entry in range(3)
        ]
    np.savez("run3.npz", pt=np.ones(3))
    events = list(read_events(folder, columns=["run"]))
    assert [event.name for event in events] == ["run1.root", "run2.root", "run3"]
    with pytest.raises(ValueError, match=r"run1\.root has several trees, Blocks, Events, Runs; name one"):
        events[0].read()
    (event,) = read_events("run1.root:Runs", columns=["run"])
    assert len(event["run"]) == 1


def test_cycles_are_one_tree():
    with uproot.recreate("run7.root") as file:
        file.mkrntuple("hits", {"x": [1, 2]})
        file.mkrntuple("hits", {"x": [1, 2, 3]})
        assert file.keys() == ["hits;1", "hits;2"]
    (event,) = read_events("run7.root")
    assert len(event["x"]) == 3
    (event,) = read_events("run7.root:hits;1")
    assert len(event["x"]) == 2


def test_colons_of_drives_name_no_tree():
    assert _root.split_tree(PureWindowsPath(r"C:\data\x.root")) == (PureWindowsPath(r"C:\data\x.root"), None)
    file, tree = _root.split_tree(PureWindowsPath(r"C:\data\x.root:deep\hits"))
    assert (file.as_posix(), tree) == ("C:/data/x.root", "deep/hits")
    assert _root.split_tree(Path("a.root/b.ROOT:hits")) == (Path("a.root/b.ROOT"), "hits")


def test_a_missing_file():
    for path in ("run8.root", "run8.root:hits"):
        with pytest.raises(FileNotFoundError, match=r"run8\.root"):
            next(read_events(path)).read()


def test_no_tree_and_no_entries():
    with uproot.recreate("empty.root") as file:
        file["histogram"] = np.histogram([1.0, 2.0])
    fails(r"^empty\.root: there is no TTree or RNTuple in it", "empty.root")
    write_tree(pt=("var * float64", PT[:0]), x=("float64", np.empty(0)))
    assert list(read_events("run7.root")) == []
    (event,) = read_events("run7.root", columns=["x"])
    assert event["x"].shape == (0,)


def test_truncated():
    whole = Path(write_ntuples(events={"x": np.arange(100_000)})).read_bytes()
    for keep in (0.0001, 0.01, 0.5):
        Path("run7.root").write_bytes(whole[: int(keep * len(whole))])
        fails(r"^run7\.root: this is not a readable ROOT file", "run7.root")
