"""The four files of a TrackML event make a row a hit."""

import gzip
from pathlib import Path

import numpy as np
import pytest

import fastmi
from fastmi.io import read_events

pytest.importorskip("pyarrow")

# hit 3 is noise, hit 9 is of a particle that is not listed, hit 4 has no cells, and hit 8 is not in truth
BIG = 27028813309280257  # float64 would round it
FILES = {
    "hits": "hit_id,x,y,z,volume_id,layer_id,module_id\n"
    "7,3,4,10,8,2,1\n3,-1,0,0,8,2,2\n9,1,1,1,8,4,1\n4,0,2,-2,8,4,1\n8,1,2,3,9,2,1\n",
    "cells": "hit_id,ch0,ch1,value\n7,1,1,0.25\n9,1,2,1.5\n7,1,2,0.5\n3,0,0,0.125\n1000,0,0,9\n8,1,1,2\n",
    "truth": "hit_id,particle_id,tx,ty,tz,tpx,tpy,tpz,weight\n"
    f"9,5,1,1,1,0,0,1,0.25\n4,{BIG},0,2,-2,0,1,1,0.5\n3,0,-1,0,0,-9e5,1,1,0\n7,{BIG},3.5,4,10,3,4,12,0.5\n",
    "particles": "particle_id,particle_type,vx,vy,vz,px,py,pz,q,nhits\n"
    f"{BIG + 1},13,9,9,9,9,9,9,9,9\n{BIG},-211,0.5,0,1,3,4,12,-1,2\n",
}
HITS = ["hit_id", "x", "y", "z", "volume_id", "layer_id", "module_id", "r", "phi_hit", "theta_hit"]
CELLS = ["n_cells", "charge"]
TRUTH = ["particle_id", "noise", "tx", "ty", "tz", "tpx", "tpy", "tpz", "weight"]
PARTICLES = ["particle_type", "vx", "vy", "vz", "px", "py", "pz", "q", "nhits", "pt", "p", "phi", "theta", "eta"]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(prefix="event000000001", *, packed=False, without=(), **changed):
    for part, text in (FILES | changed).items():
        if part not in without:
            path = Path(f"{prefix}-{part}.csv{'.gz' if packed else ''}")
            path.write_bytes(gzip.compress(text.encode()) if packed else text.encode())
    return prefix


def read(columns=None):
    (event,) = read_events("event000000001", columns=columns)
    return event.read()


@pytest.mark.parametrize("packed", [False, True])
def test_a_row_a_hit_in_the_order_of_the_hits(packed):
    write(packed=packed)
    event = read()
    assert set(event) == {*HITS, *CELLS, *TRUTH, *PARTICLES}
    assert {array.shape for array in event.values()} == {(5,)}
    nan = np.nan
    for name, expected in {
        "hit_id": [7, 3, 9, 4, 8],
        "module_id": [1, 2, 1, 1, 1],
        "r": [5, 1, np.sqrt(2), 2, np.sqrt(5)],
        "phi_hit": np.arctan2([4, 0, 1, 2, 2], [3, -1, 1, 0, 1]),
        "theta_hit": np.arctan2([5, 1, np.sqrt(2), 2, np.sqrt(5)], [10, 0, 1, -2, 3]),
        "n_cells": [2, 1, 1, 0, 1],
        "charge": [0.75, 0.125, 1.5, 0, 2],
        "particle_id": [BIG, 0, 5, BIG, 0],
        "noise": [0, 1, 1, 0, 1],
        "tx": [3.5, -1, 1, 0, nan],
        "tpx": [3, -9e5, 0, 0, nan],
        "particle_type": [-211, nan, nan, -211, nan],
        "vz": [1, nan, nan, 1, nan],
        "q": [-1, nan, nan, -1, nan],
        "pt": [5, nan, nan, 5, nan],
        "p": [13, nan, nan, 13, nan],
        "phi": [np.arctan2(4, 3), nan, nan, np.arctan2(4, 3), nan],
        "theta": [np.arctan2(5, 12), nan, nan, np.arctan2(5, 12), nan],
        "eta": [np.arcsinh(12 / 5), nan, nan, np.arcsinh(12 / 5), nan],
    }.items():
        np.testing.assert_allclose(event[name], expected, rtol=1e-15, err_msg=name)
    for name in ("hit_id", "particle_id", "volume_id", "layer_id", "module_id", "n_cells"):
        assert event[name].dtype == np.int64
    assert int(event["particle_id"][0]) == BIG


def test_every_way_to_name_an_event(folder):
    write()
    for paths in (
        folder / "event000000001",
        ".",
        "event000000001-hits.csv",
        Path("event000000001-cells.csv"),
        [f"event000000001-{part}.csv" for part in FILES],
        "event*.csv",
    ):
        assert [Path(event.name).name for event in read_events(paths)] == ["event000000001"]


@pytest.mark.parametrize("again", ["event000000001", "event000000001-truth.csv", "."])
def test_an_event_that_is_named_twice_is_refused(again):
    write()
    with pytest.raises(ValueError, match="is named twice"):
        list(read_events(["event000000001", again]))


def test_a_scan_counts_an_event_of_four_files_once(folder):
    write()
    paths = [f"event000000001-{part}.csv" for part in FILES]
    for events in (paths, iter(paths), folder, [folder], "*.csv"):
        found = fastmi.scan(events, x="x", y="z", joint=False)
        assert len(found.events) == 1


def test_a_folder_of_events():
    for number, packed in [(10, False), (9, True), (1, False)]:
        write(f"event{number}", packed=packed)
    np.savez("event5.npz", x=np.arange(3))
    Path("detectors.csv").write_text("volume_id\n7\n")
    names = [event.name for event in read_events(".", format="trackml")]
    assert names == ["event1", "event9", "event10"]
    assert [event.name for event in read_events(".")] == ["detectors", "event1", "event5", "event9", "event10"]


def test_other_prefixes_need_the_format():
    write("muon7")
    (event,) = read_events("muon7-truth.csv")
    assert set(event) == set(FILES["truth"].splitlines()[0].split(","))
    (event,) = read_events("muon7-truth.csv", format="trackml")
    assert event.name == "muon7"
    assert len(event["pt"]) == 5
    assert [event.name for event in read_events(".", format="trackml")] == ["muon7"]
    assert [event.name for event in read_events("muon7")] == ["muon7"]


@pytest.mark.parametrize(
    ("without", "there"),
    [
        (["cells"], [*HITS, *TRUTH, *PARTICLES]),
        (["particles"], [*HITS, *CELLS, *TRUTH]),
        (["truth"], [*HITS, *CELLS]),
        (["cells", "truth", "particles"], HITS),
    ],
)
def test_columns_of_missing_files_are_left_out(without, there):
    write(without=without)
    assert set(read()) == set(there)


def test_noise_without_particles():
    write(without=["particles"])
    np.testing.assert_array_equal(read(["noise"])["noise"], [0, 1, 0, 0, 1])


def test_hits_are_needed():
    write(without=["hits"])
    for path in ("event000000001", "event000000001-truth.csv"):
        with pytest.raises(FileNotFoundError, match=r"event000000001-hits\.csv"):
            next(read_events(path)).read()


@pytest.mark.parametrize(
    ("columns", "files"),
    [
        (["r", "volume_id"], {"hits"}),
        (["charge"], {"hits", "cells"}),
        (["tpx", "particle_id"], {"hits", "truth"}),
        (["pt", "nope"], {"hits", "truth", "particles"}),
        (["noise"], {"hits", "truth", "particles"}),
    ],
)
def test_only_files_with_wanted_columns_are_read(columns, files):
    write(**{part: "no table" for part in FILES if part not in files})
    assert list(read(columns)) == [name for name in columns if name != "nope"]
    with pytest.raises(ValueError, match=r"^event000000001-\w+\.csv: "):
        read()


def test_no_hits_at_all():
    write(**{part: text.splitlines()[0] + "\n" for part, text in FILES.items()})
    assert {array.shape for array in read().values()} == {(0,)}


def test_particles_along_the_beam():
    header = FILES["particles"].splitlines()[0]
    write(particles=f"{header}\n{BIG},13,0,0,0,0,0,-2,1,2\n")
    event = read(["eta", "p"])
    assert event["eta"][0] == -np.inf
    assert event["p"][0] == 2


def test_fewer_columns():
    write(particles=f"particle_id,px,py,pz\n{BIG},3,4,12\n", truth=f"hit_id,particle_id\n7,{BIG}\n")
    event = read()
    assert set(event) == {*HITS, *CELLS, "particle_id", "noise", "px", "py", "pz", "pt", "p", "phi", "theta", "eta"}
    np.testing.assert_array_equal(event["pt"], [5] + [np.nan] * 4)


@pytest.mark.parametrize(
    ("part", "text", "message"),
    [
        ("truth", FILES["truth"] + f"9,{BIG},1,1,1,0,0,1,0\n", "rows 0 and 4 have the same hit_id 9"),
        (
            "particles",
            FILES["particles"] + f"{BIG},1,1,1,1,1,1,1,1,1\n",
            f"rows 1 and 2 have the same particle_id {BIG}",
        ),
        ("hits", FILES["hits"] + "7,3,4,10,8,2,1\n", "rows 0 and 5 have the same hit_id 7"),
        ("truth", "hit_id,tx\n7,1\n", "there is no column particle_id, which TrackML's truth have"),
        ("hits", "hit_id,x,y,z\n7,1,2,3\n,1,2,3\n", "hit_id is empty in row 1"),
        ("hits", "hit_id,x,y,z\n7.5,1,2,3\n", "this is not a readable .csv file .*7.5"),
        ("cells", "hit_id,value\n7,much\n", "this is not a readable .csv file .*much"),
        ("particles", "", "does not begin with a line of names"),
    ],
)
def test_what_is_wrong_is_said_with_the_file(part, text, message):
    write(**{part: text})
    with pytest.raises(ValueError, match=rf"^event000000001-{part}\.csv: .*{message}"):
        read()


def test_identity_changes_with_any_file():
    write()
    (before,) = read_events("event000000001")
    write(particles=FILES["particles"] + "77,13,9,9,9,9,9,9,9,9\n")
    (after,) = read_events("event000000001")
    assert before.identity != after.identity


def test_the_real_event(real_event):
    hits, *_ = read_events(real_event.parent, format="trackml")
    (known,) = read_events(real_event)
    arrays, expected = hits.read(), known.read()
    assert set(expected) - set(arrays) == {"latent"}
    for name in set(expected) & set(arrays):
        np.testing.assert_allclose(arrays[name], expected[name], rtol=1e-15, atol=1e-15, err_msg=name)
    np.testing.assert_array_equal(arrays["particle_id"], expected["particle_id"])
    assert len(list(read_events(real_event.parent))) == 2
