"""Events come from files one at a time, and are read where they are needed."""

import errno
import multiprocessing
import os
import pickle
import sys
import zipfile
from functools import partial
from pathlib import Path

import numpy as np
import pytest

import fastmi.io
from fastmi.io import LazyEvent, read_events
from fastmi.io._reading import ContentsError, reading


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def save(path, **arrays):
    np.savez(path, **(arrays or {"x": np.arange(3.0), "latent": np.ones((3, 2), np.float32)}))
    return path


def assert_same(event, arrays):
    assert list(event) == list(arrays)
    for name, array in arrays.items():
        np.testing.assert_array_equal(event[name], array)
        assert event[name].dtype == np.asarray(array).dtype


def test_names():
    assert fastmi.io.__all__ == ["LazyEvent", "read_events"]


def test_a_file_is_an_event():
    arrays = {
        "latent": np.ones((3, 2), np.float32),
        "id": np.array([1, 2**62 + 1, 3]),
        "label": np.array(["a", "b", "c"]),
    }
    save("event1.npz", **arrays)
    (event,) = read_events("event1.npz")
    assert event.name == "event1"
    assert_same(event, arrays)


def test_paths_of_any_kind(folder):
    save("event1.npz")
    for paths in ("event1.npz", Path("event1.npz"), folder / "event1.npz", ["event1.npz"], iter([Path("event1.npz")])):
        assert [event.name for event in read_events(paths)] == ["event1"]
    assert list(read_events([])) == []


def test_columns_are_those_asked_for_that_there_are():
    save("event.npz")
    (event,) = read_events("event.npz", columns=(name for name in ["x", "nope", "x"]))
    assert list(event) == ["x"]
    assert list(event.read(["latent", "x"])) == ["x"]
    for name in ("nope", "latent"):
        with pytest.raises(KeyError):
            event[name]
    (whole,) = read_events("event.npz")
    assert list(whole.read(["latent", "nope"])) == ["latent"]


def test_only_the_columns_are_read():
    save("event.npz", x=np.arange(3.0), objects=np.array([1, "a", None], dtype=object))
    (event,) = read_events("event.npz", columns=["x"])
    assert_same(event, {"x": np.arange(3.0)})
    (whole,) = read_events("event.npz")
    assert list(whole.read(["x"])) == ["x"]
    with pytest.raises(ValueError, match=r"^event.npz: array 'objects' cannot be read"):
        whole.read()


def test_nothing_is_read_before_it_is_needed():
    Path("later.npz").write_bytes(b"")
    (event,) = read_events("later.npz")
    save("later.npz")
    assert len(event["x"]) == 3


def test_paths_are_taken_as_events_are():
    taken = []

    def paths():
        for name in ("event1.npz", "event2.npz", "missing.npz", "event3.npz"):
            taken.append(name)
            yield save(name) if name != "missing.npz" else name

    events = read_events(paths())
    assert taken == []
    assert next(events).name == "event1"
    assert taken == ["event1.npz"]
    assert next(events).name == "event2"
    missing, last = events
    assert (missing.name, last.name) == ("missing.npz", "event3")
    with pytest.raises(FileNotFoundError, match=r"missing\.npz"):
        missing.read()


def test_a_folder_stands_for_its_files_in_natural_order(folder):
    for name in ("event10.npz", "event9.npz", "event9b.npz", "Event1.NPZ"):
        with open(name, "wb") as file:
            np.savez(file, x=np.arange(3.0))
    Path("readme.txt").write_text("none of these")
    Path("folder.npz").mkdir()
    for whole in (".", folder):
        assert [event.name for event in read_events(whole)] == ["Event1", "event9", "event9b", "event10"]
    Path("sub").mkdir()
    save("sub/event9.npz")
    names = [event.name for event in read_events([".", "sub/event9.npz"], format="npz")]
    assert names[3:] == ["event10", "sub/event9"]


def test_a_folder_without_events():
    Path("readme.txt").write_text("no event")
    with pytest.raises(ValueError, match=r"without a file to read.*\*\.npz.*\*\.csv\.gz.*\*\.root.*\*-hits\.csv"):
        next(read_events(".")).read()
    save("event.npz")
    with pytest.raises(ValueError, match=r"without a file to read: known by their names are \*\.parquet$"):
        next(read_events(".", format="parquet")).read()


def test_what_cannot_be_read_keeps_nothing_else_from_being_read():
    """Neither in a folder nor in a list."""
    pytest.importorskip("pyarrow")
    for place in (1, 2, 5):
        save(f"event{place}.npz")
    Path("event3-truth.csv").write_text("hit_id,particle_id\n7,1\n")  # without hits
    Path("event4.npz").symlink_to("gone.npz")
    events = list(read_events("."))
    assert [event.name for event in events] == ["event1", "event2", "event3", "event4.npz", "event5"]
    for event, message in zip(events[2:4], ("there is no file of hits", "No such file.*event4"), strict=True):
        for same in (event, pickle.loads(pickle.dumps(event))):
            with pytest.raises(FileNotFoundError, match=message):
                same.read()
    names = [event.name for event in read_events(["event1.npz", "no", "event2.npz", "event3-truth.csv", "event5.npz"])]
    assert names == ["event1", "no", "event2", "event3", "event5"]


@pytest.mark.parametrize(
    "paths",
    [
        ["event1.npz", "./event1.npz"],
        ["event2.npz", ".", "event1.npz"],
        [".", "event*.npz"],
        ["event1.npz", "link.npz"],
        ["linked", "."],
    ],
)
def test_a_file_that_is_named_twice_is_refused(paths, folder):
    for place in (1, 2):
        save(f"event{place}.npz")
    if "link.npz" in paths:
        Path("link.npz").symlink_to("event1.npz")
    if "linked" in paths:
        Path("linked").symlink_to(folder)
    with pytest.raises(ValueError, match=r"event[12]\.npz is named twice|link\.npz is named twice"):
        list(read_events(paths))


def test_names_tell_files_of_several_folders_apart(folder):
    for run in ("run1", "run2"):
        Path(run).mkdir()
        save(f"{run}/event1.npz")
    for paths in (["run1", "run2"], "run*", "run?/*.npz", ["run1/event1.npz", Path("run2")]):
        assert [event.name for event in read_events(paths)] == ["run1/event1", "run2/event1"]
    assert [event.name for event in read_events([folder / "run1"])] == [f"{folder.as_posix()}/run1/event1"]
    assert [event.name for event in read_events("run1/*.npz")] == ["event1"]


def test_patterns():
    for name in ("event10.npz", "event9.npz", "odd[1].npz"):
        save(name)
    assert [event.name for event in read_events("event*.npz")] == ["event9", "event10"]
    assert [event.name for event in read_events("odd[1].npz")] == ["odd[1]"]  # which is there
    (event,) = read_events("none*.npz")
    with pytest.raises(FileNotFoundError, match=r"no file matches: 'none\*\.npz'"):
        event.read()


@pytest.mark.parametrize("path", ["root://eos.cern.ch//eos/a.root", "s3://bucket/event1.npz"])
def test_only_local_files_are_read(path):
    (event,) = read_events(path)
    with pytest.raises(ValueError, match=f"^{path} is not on this machine, and only local files are read"):
        event.read()


@pytest.mark.parametrize("suffix", ["npz", "parquet", "csv"])
def test_results_among_events_are_no_events(suffix):
    if suffix != "npz":
        pytest.importorskip("pyarrow")
    for place in (1, 2):
        save(f"event{place}.npz", x=np.random.default_rng(place).normal(size=9), y=np.arange(9.0))
    fastmi.scan(".", x="x", y="y").save(f"found.{suffix}")
    assert fastmi.scan(".", x="x", y="y").events == ["event1", "event2"]
    Path("event1.npz").unlink()
    Path("event2.npz").unlink()
    with pytest.raises(ValueError, match="without a file to read"):
        next(read_events(".")).read()


def test_what_the_system_says_is_kept():
    """So that it can be told from a damaged file, which will be as damaged next time."""
    for error, kept in [
        (OSError(errno.EIO, "Input/output error"), OSError),
        (OSError(errno.EMFILE, "Too many open files"), OSError),
        (PermissionError(errno.EACCES, "Permission denied"), PermissionError),
        (OSError(errno.EINVAL, "Invalid argument"), ContentsError),
        (OSError("truncated file"), ContentsError),
    ]:
        save("event.npz")
        with pytest.raises(kept, match=r"event\.npz") as raised, reading(Path("event.npz"), ".npz"):
            raise error
        if kept is not ContentsError:
            assert raised.value.errno == error.errno


def test_what_is_asked_for_is_checked_at_once():
    with pytest.raises(ValueError, match=r"format='json' is unknown; use one of 'npz', 'csv', 'parquet', 'root'"):
        read_events("event.npz", format="json")
    with pytest.raises(TypeError, match=r"columns='pt' is a string; pass a list of names: columns=\['pt'\]"):
        read_events("event.npz", columns="pt")


def test_unknown_suffix():
    Path("event.txt").write_text("x,y\n1,2\n")
    with pytest.raises(ValueError, match=r"event\.txt is of unknown format; known by their names are \*\.npz"):
        next(read_events("event.txt")).read()
    with pytest.raises(FileNotFoundError, match="nothing"):
        next(read_events("nothing")).read()


def test_format_counts_more_than_the_suffix():
    with open("event.data", "wb") as file:
        np.savez(file, x=np.arange(3))
    (event,) = read_events("event.data", format="npz")
    assert event.name == "event"
    assert_same(event, {"x": np.arange(3)})


@pytest.mark.parametrize("suffix", ["npz", "csv", "csv.gz", "parquet", "root", "h5", "hdf5"])
@pytest.mark.parametrize(
    "contents", [b"", b"\n", b"\xff\x00" * 64, bytes(reversed(range(256))) * 8, b"PK\x03\x04\xff not really"]
)
def test_a_damaged_file_is_an_event_that_cannot_be_read(suffix, contents):
    """So a scan of many files notes it, and goes on."""
    pytest.importorskip({"root": "uproot", "h5": "h5py", "hdf5": "h5py", "npz": "numpy"}.get(suffix, "pyarrow"))
    Path(f"bad.{suffix}").write_bytes(contents)
    save("good.npz")
    bad, good = read_events([f"bad.{suffix}", "good.npz"])
    for event in (bad, pickle.loads(pickle.dumps(bad))):
        with pytest.raises(ValueError, match=rf"^bad\.{suffix}: "):
            event.read(["x"])
    assert len(good["x"]) == 3


def test_what_else_a_file_called_npz_may_be():
    with open("single.npz", "wb") as file:
        np.save(file, np.arange(3))
    with open("pickled.npz", "wb") as file:
        pickle.dump({"x": 1}, file)
    with zipfile.ZipFile("archive.npz", "w") as archive:
        archive.writestr("readme.txt", "no array")
    for name, message in [
        ("single", "this is a single array; save named arrays with numpy.savez"),
        ("pickled", "this is not a readable .npz file"),
        ("archive", "'readme.txt' is no array"),
    ]:
        (event,) = read_events(f"{name}.npz")
        with pytest.raises(ValueError, match=f"^{name}.npz: {message}"):
            event.read()


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_truncated_npz(share):
    whole = Path(save("event.npz", x=np.arange(100.0))).read_bytes()
    Path("event.npz").write_bytes(whole[: int(share * len(whole))])
    (event,) = read_events("event.npz")
    with pytest.raises(ValueError, match=r"^event\.npz: this is not a readable \.npz file"):
        event.read()


def test_no_rows():
    save("event.npz", x=np.empty(0), latent=np.empty((0, 12)))
    (event,) = read_events("event.npz")
    assert event["latent"].shape == (0, 12)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="all files are open to root")
def test_a_forbidden_file_says_so():
    os.chmod(save("event.npz"), 0)
    (event,) = read_events("event.npz")
    with pytest.raises(PermissionError, match=r"event\.npz"):
        event.read()


def test_identity_changes_with_the_file():
    def identity():
        (event,) = read_events("event.npz")
        return event.identity

    save("event.npz", x=np.arange(3))
    os.utime("event.npz", ns=(1, 1))
    first = identity()
    assert first == identity()
    assert "event.npz" in first
    save("event.npz", x=np.arange(300))
    os.utime("event.npz", ns=(1, 1))
    longer = identity()
    os.utime("event.npz", ns=(2, 2))
    assert len({first, longer, identity()}) == 3


def test_identity_is_the_same_by_every_path(folder):
    save("event.npz")
    Path("link.npz").symlink_to("event.npz")
    paths = ("event.npz", folder / "event.npz", "./event.npz", "link.npz")
    assert len({event.identity for path in paths for event in read_events(path)}) == 1


def test_a_missing_library_is_named_with_the_way_to_get_it(monkeypatch):
    for library, file in [
        ("pyarrow", "event.csv"),
        ("pyarrow", "event.parquet"),
        ("uproot", "event.root"),
        ("h5py", "event.h5"),
        ("pyarrow", "event1-hits.csv"),
    ]:
        Path(file).write_bytes(b"")
        with monkeypatch.context() as patch:
            for module in (library, f"{library}.csv", f"{library}.parquet"):
                patch.setitem(sys.modules, module, None)
            with pytest.raises(ImportError, match=rf"needs {library}: pip install 'fastmi\[io\]'"):
                next(read_events(file))


def counted(calls, columns):
    calls.append(columns)
    return {"x": np.arange(3), "y": np.arange(3.0)}


def test_a_lazy_event_is_made_once_and_read_as_often_as_asked():
    calls = []
    event = LazyEvent("made", partial(counted, calls))
    assert repr(event) == "LazyEvent('made')"
    assert event.identity == "made"
    assert calls == []
    assert list(event) == ["x", "y"]
    assert len(event) == len(event["x"]) - 1
    assert calls == [None]
    assert list(event.read(["y"])) == ["y"]
    assert calls == [None, ["y"]]


def test_lazy_events_are_themselves_and_read_nothing_for_it():
    calls = []
    one, other = (LazyEvent("made", partial(counted, calls)) for _ in range(2))
    assert one == one  # noqa: PLR0124
    assert one != other
    assert [one, other].index(other) == 1
    assert len({one, other, one}) == 2
    assert bool(one)
    assert calls == []


def test_a_lazy_event_travels_as_a_description():
    save("event.npz", x=np.zeros(100_000))
    (event,) = read_events("event.npz", columns=["x"])
    assert len(event["x"]) == 100_000
    description = pickle.dumps(event)
    assert len(description) < 1000
    assert_same(pickle.loads(description), {"x": np.zeros(100_000)})


def test_other_processes_read_events(folder):
    save("event1.npz", x=np.arange(3))
    save("event2.npz", x=np.arange(4))
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        first, second = pool.map(LazyEvent.read, read_events(str(folder)))
    np.testing.assert_array_equal(first["x"], np.arange(3))
    np.testing.assert_array_equal(second["x"], np.arange(4))
