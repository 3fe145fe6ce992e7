"""HDF5: an event is a group that holds datasets."""

from pathlib import Path

import numpy as np
import pytest

from fastmi.io import read_events

h5py = pytest.importorskip("h5py")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(name="file.h5", **members):
    with h5py.File(name, "w") as file:
        for path, value in members.items():
            file[path.replace("__", "/")] = value
    return name


def test_datasets_at_the_root_are_an_event():
    latent = np.arange(6, dtype=np.float32).reshape(3, 2)
    write("event1.hdf5", latent=latent, pt=np.arange(3), run=7, sub__x=np.arange(5))
    (event,) = read_events("event1.hdf5")
    assert event.name == "event1"
    assert sorted(event) == ["latent", "pt"]
    np.testing.assert_array_equal(event["latent"], latent)
    assert event["latent"].dtype == np.float32


def test_groups_are_events_in_natural_order():
    write(**{f"event{i}__x": np.arange(i) for i in (10, 9, 1)}, run1__event2__x=np.arange(2), empty__run=7, meta=7)
    events = list(read_events("file.h5"))
    assert [event.name for event in events] == [
        f"file/{group}" for group in ("event1", "event9", "event10", "run1/event2")
    ]
    assert [len(event["x"]) for event in events] == [1, 9, 10, 2]
    assert len({event.identity for event in events}) == 4


def test_groups_and_the_root_are_chosen_by_the_columns():
    write(n_hits=np.arange(2), **{f"event{i}__hits__{name}": np.ones(i) for i in (1, 2) for name in "ab"})
    write("more.h5", event1__particles__pt=np.ones(3), event1__hits__a=np.ones(2), event2__hits__b=np.ones(2))
    hits = ["file/event1/hits", "file/event2/hits"]
    for columns, names in [
        (["a", "b"], hits),
        (["a", "nope"], hits),
        (["n_hits"], ["file"]),
        (["nope"], ["file"]),
        (["n_hits", "a"], ["file"]),
        (["n_hits", "a", "b"], hits),
        (None, ["file"]),
    ]:
        assert [event.name for event in read_events("file.h5", columns=columns)] == names
    names = [event.name for event in read_events("more.h5", columns=["a", "b"])]
    assert names == ["more/event1/hits", "more/event2/hits"]  # each of which lacks a column, which is to be said


def test_fields_of_a_lone_compound_dataset_are_arrays():
    hits = np.zeros(3, [("x", "f8"), ("latent", "f4", (2,)), ("id", "i8")])
    hits["id"] = [1, 2**62 + 1, 3]
    write(event1__hits=hits, event2__hits=hits[:0])
    first, second = read_events("file.h5")
    assert list(first) == ["x", "latent", "id"]
    np.testing.assert_array_equal(first["id"], hits["id"])
    assert second["latent"].shape == (0, 2)
    assert list(first.read(["latent", "nope"])) == ["latent"]
    assert first.read(["nope"]) == {}
    write("rows.h5", hits__rows=hits, particles__rows=np.zeros(2, [("pt", "f8")]))
    assert [event.name for event in read_events("rows.h5", columns=["x"])] == ["rows/hits"]


def test_only_the_columns_are_read():
    write(x=np.arange(3))
    with h5py.File("file.h5", "a") as file:
        file.create_dataset("jets", (3,), h5py.vlen_dtype("f8"))
    (event,) = read_events("file.h5", columns=["x", "nope"])
    assert list(event) == ["x"]
    (whole,) = read_events("file.h5")
    with pytest.raises(ValueError, match=r"^file\.h5: dataset 'jets' is ragged"):
        whole.read()


def test_text_and_flags():
    write(text=["a", "ä"], fixed=np.array([b"a", b"b"]), flag=np.array([True, False]), nothing=h5py.Empty("f8"))
    (event,) = read_events("file.h5")
    assert list(event["text"]) == ["a", "ä"]
    assert list(event["fixed"]) == ["a", "b"]
    assert event["flag"].dtype == np.bool_
    assert "nothing" not in event


def test_links_that_lead_nowhere():
    write(event1__x=np.arange(3), event1__lost=h5py.SoftLink("/nowhere"), gone=h5py.ExternalLink("gone.h5", "/x"))
    (event,) = read_events("file.h5")
    assert list(event) == ["x"]


def test_a_file_without_datasets():
    write(run=7)
    (event,) = read_events("file.h5")
    with pytest.raises(ValueError, match=r"^file\.h5: there is no dataset in it"):
        event.read()


@pytest.mark.parametrize("keep", [0.05, 0.5, 0.99])
def test_truncated(keep):
    whole = Path(write(x=np.arange(1000.0))).read_bytes()
    Path("file.h5").write_bytes(whole[: int(keep * len(whole))])
    (event,) = read_events("file.h5")
    with pytest.raises(ValueError, match=r"^file\.h5: this is not a readable HDF5 file .*truncated"):
        event.read()
