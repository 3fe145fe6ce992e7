"""What a scan returns: its means, tables, files and pictures."""

import csv
import dataclasses
import io
import json
import os
import pickle
import stat
import sys
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from fastmi._scan.result import KINDS, MEASURES, Failure, ScanResult

HOSTILE = ["a,b", 'say "a"', "two\nlines", "größe π", "<script>alert(1)</script> &amp;", "$a$b\\frac", "", "\udc80\x00"]
FAILURE = Failure(7, "run7.root[17]", "ValueError", "pt has an infinite value\nin row 3")
NAN_WITH_PAYLOAD = np.array([0x7FF8_0000_0000_1234], np.uint64).view(np.float64)[0]


def make(n_events=3, n_x=4, n_y=3, controls=("normal",), measures=("mutual_info",), **fields):
    """Return a result of given size, joint row included, its values drawn at random."""
    if n_events == n_x == 0:
        x, kinds, y = [], [], []
    else:
        x = [*(f"latent[{i}]" for i in range(n_x)), "joint", *controls]
        kinds = ["x"] * n_x + ["joint"] + ["control"] * len(controls)
        y = [f"quantity {j}" for j in range(n_y)]
    shape = (n_events, len(x), len(y))
    rng = np.random.default_rng(1)
    result = ScanResult(
        events=[f"event {i}" for i in range(n_events)],
        indices=2 * np.arange(n_events),
        x=x,
        kinds=kinds,
        y=y,
        values={measure: rng.gamma(1.0, 0.5, shape) for measure in measures},
        n_samples=np.full(shape, 1000),
        n_coincident=np.zeros(shape, np.int64),
        failures=[],
        settings={"k": 3, "period": {"phi": 6.28}, "measures": list(measures)},
    )
    return dataclasses.replace(result, **fields)


def with_values(values, **fields):
    """Return a result of one measure and these values, of at least three rows."""
    n_events, n_x, n_y = values.shape
    counts = np.full(values.shape, 1000)
    result = make(n_events, n_x - 2, n_y, values={"mutual_info": values}, n_samples=counts, n_coincident=0 * counts)
    return dataclasses.replace(result, **fields)


NOTHING = make(0, 0, failures=[FAILURE])
NAMED_BUT_EMPTY = make(0, 4)
SIZES = [NOTHING, NAMED_BUT_EMPTY, make(1), make(1, 1, 1), make(3), make(3, 12, 9), make(2, 60, 50)]


@pytest.fixture(params=SIZES, ids=lambda result: "x".join(map(str, result.n_samples.shape)))
def result(request):
    return request.param


def assert_same(one, other):
    """Compare all fields, arrays bit by bit."""
    for field in ("events", "x", "kinds", "y", "failures", "settings"):
        assert getattr(one, field) == getattr(other, field), field
    assert list(one.values) == list(other.values)
    arrays = [(one.values[measure], other.values[measure]) for measure in one.values]
    arrays += [(getattr(one, field), getattr(other, field)) for field in ("indices", "n_samples", "n_coincident")]
    for a, b in arrays:
        assert (a.dtype, a.shape, a.tobytes()) == (b.dtype, b.shape, b.tobytes())


# Means and errors


def test_mean_and_standard_error_are_over_events():
    result = with_values(np.array([1.0, 2.0, 6.0])[:, None, None] * np.ones((3, 4, 2)))
    np.testing.assert_allclose(result.mean(), np.full((4, 2), 3.0))
    np.testing.assert_allclose(result.standard_error(), np.full((4, 2), np.sqrt(7 / 3)))


@pytest.mark.parametrize("measure", MEASURES)
def test_each_measure_has_its_mean(measure):
    result = make(measures=MEASURES)
    np.testing.assert_allclose(result.mean(measure), result.values[measure].mean(axis=0))
    np.testing.assert_allclose(result.standard_error(measure), result.values[measure].std(axis=0, ddof=1) / np.sqrt(3))


def test_one_event_has_no_error_and_no_event_no_mean():
    assert np.isnan(make(1).standard_error()).all()
    assert not np.isnan(make(1).mean()).any()
    assert NAMED_BUT_EMPTY.mean().shape == NAMED_BUT_EMPTY.standard_error().shape == (6, 3)
    assert np.isnan(NAMED_BUT_EMPTY.mean()).all()
    assert NOTHING.mean().shape == NOTHING.standard_error().shape == (0, 0)


def test_one_nan_makes_its_own_mean_nan_and_no_other():
    values = np.ones((3, 4, 2))
    values[1, 2, 0] = np.nan
    result = with_values(values)
    for found in (result.mean(), result.standard_error()):
        assert np.argwhere(np.isnan(found)).tolist() == [[2, 0]]


@pytest.mark.parametrize("use", [ScanResult.mean, ScanResult.standard_error, ScanResult.table])
def test_what_was_not_measured_is_refused(use):
    with pytest.raises(ValueError, match=r"'proficiency' was not measured; there are mutual_info.*pass measures=\("):
        use(make(), "proficiency")


def test_it_is_doubtful_where_many_samples_coincide():
    result = make(n_coincident=np.broadcast_to([0, 1, 2], (3, 6, 3)))
    assert result.doubtful.shape == (3, 6, 3)
    assert (result.doubtful == [False, False, True]).all()


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_what_is_doubtful_is_told_to_other_programs(suffix, tmp_path):
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("xarray")
    result = make(n_coincident=np.broadcast_to([0, 1, 2], (3, 6, 3)))
    result.save(tmp_path / f"result{suffix}")
    saved = getattr(pandas, f"read_{suffix[1:]}")(tmp_path / f"result{suffix}")
    for doubtful in (result.to_dataframe().doubtful, result.to_xarray().doubtful, saved.doubtful):
        np.testing.assert_array_equal(np.ravel(doubtful), [False, False, True] * 18)


def test_it_survives_pickling(result):
    assert_same(pickle.loads(pickle.dumps(result)), result)


# Tables of other libraries


def test_dataframe_has_a_line_for_each_event_row_and_column(result):
    pytest.importorskip("pandas")
    frame = result.to_dataframe()
    assert list(frame) == ["event", "index", "x", "kind", "y", "mutual_info", "n_samples", "n_coincident", "doubtful"]
    assert len(frame) == result.n_samples.size
    np.testing.assert_array_equal(frame.mutual_info, result.values["mutual_info"].ravel())
    assert frame["index"].dtype == frame.n_samples.dtype == np.int64
    assert frame.doubtful.dtype == np.bool_


def test_dataframe_says_which_line_is_what():
    pytest.importorskip("pandas")
    result = make(measures=MEASURES)
    frame = result.to_dataframe().set_index(["event", "x", "y"])
    line = frame.loc[("event 2", "joint", "quantity 1")]
    assert (line["index"], line.kind) == (4, "joint")
    for measure in MEASURES:
        assert line[measure] == result.values[measure][2, 4, 1]


def test_xarray_has_dimensions_and_coordinates(result):
    pytest.importorskip("xarray")
    data = result.to_xarray()
    assert dict(data.sizes) == dict(zip(("event", "x", "y"), result.n_samples.shape, strict=True))
    assert data.event.values.tolist() == result.events
    assert data["index"].dims == ("event",)
    assert data.kind.dims == ("x",)
    assert json.loads(data.attrs["settings"]) == result.settings
    np.testing.assert_array_equal(data.mutual_info, result.values["mutual_info"])
    assert data.mutual_info.attrs["units"] == "nats"


def test_xarray_selects_by_name():
    pytest.importorskip("xarray")
    result = make()
    assert (
        result.to_xarray().mutual_info.sel(event="event 1", x="joint", y="quantity 2")
        == (result.values["mutual_info"][1, 4, 2])
    )


@pytest.mark.parametrize("convert", ["to_dataframe", "to_xarray"])
def test_any_name_can_be_converted(convert):
    pytest.importorskip("pandas")
    pytest.importorskip("xarray")
    result = make(len(HOSTILE), events=HOSTILE)
    assert set(HOSTILE[:-1]) < set(getattr(result, convert)()["event"].to_numpy().tolist())


@pytest.mark.parametrize(
    ("use", "module", "extra"),
    [
        (ScanResult.to_dataframe, "pandas", "scan"),
        (ScanResult.to_xarray, "xarray", "scan"),
        (ScanResult.plot, "matplotlib.figure", "plot"),
        (lambda result: result.save("result.parquet"), "pyarrow", "io"),
        (lambda _: ScanResult.load("there.parquet"), "pyarrow", "io"),
    ],
)
def test_what_is_missing_is_named(use, module, extra, monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there.parquet").touch()
    with pytest.raises(ImportError, match=rf"pip install 'fastmi\[{extra}\]'"):
        use(make())
    assert os.listdir() == ["there.parquet"]


# Files

LOADABLE = [".npz", ".parquet"]


@pytest.fixture(autouse=True)
def _pyarrow_where_needed(request):
    if ".parquet" in getattr(getattr(request.node, "callspec", None), "params", {}).values():
        pytest.importorskip("pyarrow")


def round_trip(result, path):
    result.save(path)
    return ScanResult.load(path)


@pytest.mark.parametrize("suffix", LOADABLE)
def test_a_file_gives_the_same_result_back(result, suffix, tmp_path):
    result = dataclasses.replace(result, failures=[FAILURE, dataclasses.replace(FAILURE, event="\udcff")])
    assert_same(round_trip(result, tmp_path / f"result{suffix}"), result)


VALUES = npst.arrays(np.float64, (2, 3, 2), elements=st.floats(width=64) | st.just(NAN_WITH_PAYLOAD) | st.just(-0.0))


@pytest.mark.parametrize("suffix", LOADABLE)
@given(values=VALUES)
def test_values_come_back_bit_for_bit(suffix, tmp_path_factory, values):
    result = with_values(values)
    assert_same(round_trip(result, tmp_path_factory.getbasetemp() / f"values{suffix}"), result)


@pytest.mark.parametrize("suffix", LOADABLE)
@given(names=st.lists(st.text(st.characters()), min_size=4, max_size=4))  # surrogates too
def test_names_come_back(suffix, tmp_path_factory, names):
    event, failed, row, column = names
    failures = [Failure(1, failed, "ValueError", row)]
    result = make(1, 1, 1, events=[event], failures=failures, x=[row, row, column], y=[column], settings={row: event})
    assert_same(round_trip(result, tmp_path_factory.getbasetemp() / f"names{suffix}"), result)


@pytest.mark.parametrize("suffix", LOADABLE)
def test_arrays_in_any_layout_come_back(suffix, tmp_path):
    values = np.asfortranarray(np.random.default_rng(0).normal(size=(5, 4, 3)))[::2]
    loaded = round_trip(with_values(values), tmp_path / f"result{suffix}")
    np.testing.assert_array_equal(loaded.values["mutual_info"], values)
    loaded.values["mutual_info"][0, 0, 0] = 1.0  # the user's own


def test_npz_can_be_read_without_fastmi(tmp_path):
    result = make()
    result.save(tmp_path / "result.npz")
    with np.load(tmp_path / "result.npz", allow_pickle=False) as arrays:
        np.testing.assert_array_equal(arrays["mutual_info"], result.values["mutual_info"])


def test_parquet_can_be_read_without_fastmi(result, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    result.save(tmp_path / "result.parquet")
    table = parquet.read_table(tmp_path / "result.parquet")
    assert table.num_rows == result.n_samples.size
    assert [str(table.schema.field(name).type) for name in ("event", "index", "mutual_info", "n_samples")] == [
        "string",
        "int64",
        "double",
        "int64",
    ]


def test_csv_holds_the_long_table_to_full_precision(tmp_path):
    values = np.random.default_rng(0).normal(size=(len(HOSTILE), 3, 2))
    values[0, 0] = np.nan, -0.0
    result = with_values(values, events=HOSTILE)
    result.save(tmp_path / "result.csv")
    with open(tmp_path / "result.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["event", "index", "x", "kind", "y", "mutual_info", "n_samples", "n_coincident", "doubtful"]
    assert [row["event"] for row in rows[:-6:6]] == HOSTILE[:-1]
    np.testing.assert_array_equal([float(row["mutual_info"]) for row in rows], values.ravel())
    assert rows[1]["mutual_info"] == "-0.0"
    assert [row["kind"] for row in rows[:6:2]] == list(KINDS)


def test_csv_of_no_event_is_a_header(tmp_path):
    NOTHING.save(tmp_path / "result.csv")
    assert (tmp_path / "result.csv").read_text().splitlines() == [
        "event,index,x,kind,y,mutual_info,n_samples,n_coincident,doubtful"
    ]


def test_suffixes(tmp_path):
    for name in ("result.txt", "result", "result.npz.gz"):
        with pytest.raises(ValueError, match=rf"{name}: a result is saved as .npz, .parquet or .csv"):
            make().save(tmp_path / name)
        with pytest.raises(ValueError, match=rf"{name}: a result is loaded from .npz or .parquet"):
            ScanResult.load(tmp_path / name)
    with pytest.raises(ValueError, match=r"a \.csv holds no settings; load a \.npz or \.parquet"):
        ScanResult.load("result.csv")
    assert_same(round_trip(make(), str(tmp_path / "RESULT.NPZ")), make())


@pytest.mark.parametrize("suffix", LOADABLE)
def test_a_missing_file_or_folder_is_named(suffix, tmp_path):
    with pytest.raises(FileNotFoundError, match=f"missing{suffix}"):
        ScanResult.load(tmp_path / f"missing{suffix}")
    with pytest.raises(FileNotFoundError, match=f"there is no folder .*no to write result{suffix} into"):
        make().save(tmp_path / "no" / f"result{suffix}")


def other_npz(path):
    np.savez(path, mutual_info=np.zeros(3))


def pickled_npz(path):
    np.savez(path, **{"fastmi.ScanResult": np.array([print], object)})


def other_parquet(path):
    pa = pytest.importorskip("pyarrow")
    with open(path, "wb") as file:
        pytest.importorskip("pyarrow.parquet").write_table(pa.table({"x": [1.0]}), file)


def sorted_parquet(path):
    parquet = pytest.importorskip("pyarrow.parquet")
    make().save(path)
    parquet.write_table(parquet.read_table(path).sort_by("mutual_info"), path)


def filtered_parquet(path):
    parquet = pytest.importorskip("pyarrow.parquet")
    make().save(path)
    parquet.write_table(parquet.read_table(path).slice(1), path)


def newer(path):
    fields = json.dumps({"format": 2})
    np.savez(path, **{"fastmi.ScanResult": np.array(fields)})


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("empty.npz", lambda path: path.touch()),
        ("empty.parquet", lambda path: path.touch()),
        ("text.npz", lambda path: path.write_text("hello")),
        ("text.parquet", lambda path: path.write_text("hello")),
        ("array.npz", lambda path: np.save(path.open("wb"), np.zeros(3))),
        ("other.npz", other_npz),
        ("pickled.npz", pickled_npz),
        ("newer.npz", newer),
        ("other.parquet", other_parquet),
        ("sorted.parquet", sorted_parquet),
        ("filtered.parquet", filtered_parquet),
    ],
)
@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
def test_something_else_is_refused_by_name(name, write, tmp_path):
    if name.endswith(".parquet"):
        pytest.importorskip("pyarrow")
    write(tmp_path / name)
    with pytest.raises(ValueError, match=f"{name} is damaged or was not written by ScanResult.save: ."):
        ScanResult.load(tmp_path / name)


@pytest.mark.parametrize("suffix", LOADABLE)
def test_a_file_that_is_cut_is_refused(suffix, tmp_path):
    path = tmp_path / f"cut{suffix}"
    make().save(path)
    whole = path.read_bytes()
    for n in range(0, len(whole), len(whole) // 50):
        path.write_bytes(whole[:n])
        with pytest.raises(ValueError, match=f"cut{suffix} is damaged"):
            ScanResult.load(path)


@pytest.mark.parametrize("suffix", LOADABLE)
def test_a_bit_that_flips_never_changes_a_value(suffix, tmp_path):
    path, result = tmp_path / f"flipped{suffix}", make()
    result.save(path)
    whole = path.read_bytes()
    for at in range(0, len(whole), len(whole) // 100):
        flipped = bytearray(whole)
        flipped[at] ^= 8
        path.write_bytes(flipped)
        try:
            loaded = ScanResult.load(path)
        except ValueError as error:
            assert str(path) in str(error)  # noqa: PT017
        else:
            assert loaded.values["mutual_info"].tobytes() == result.values["mutual_info"].tobytes()


@pytest.mark.parametrize("suffix", [*LOADABLE, ".csv"])
def test_a_save_that_fails_leaves_the_old_file_and_nothing_else(suffix, tmp_path, monkeypatch):
    path = tmp_path / f"result{suffix}"
    make().save(path)
    before = path.read_bytes()

    def full(_):
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        make(5).save(path)
    assert os.listdir(tmp_path) == [path.name]
    assert path.read_bytes() == before


@pytest.mark.parametrize("suffix", LOADABLE)
def test_settings_that_json_cannot_hold_leave_no_file(suffix, tmp_path):
    with pytest.raises(TypeError, match="not JSON serializable"):
        make(settings={"k": object()}).save(tmp_path / f"result{suffix}")
    assert os.listdir(tmp_path) == []


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_link_stays_a_link(tmp_path):
    make(5).save(tmp_path / "real.npz")
    (tmp_path / "link.npz").symlink_to("real.npz")
    make().save(tmp_path / "link.npz")
    assert (tmp_path / "link.npz").is_symlink()
    assert_same(ScanResult.load(tmp_path / "real.npz"), make())


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are POSIX's")
def test_a_file_has_the_usual_permissions(tmp_path):
    (tmp_path / "usual").touch()
    make().save(tmp_path / "result.npz")
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("usual", "result.npz")]
    assert modes[0] == modes[1]


# Text


def test_repr_shows_means_and_errors_by_group():
    values = np.full((2, 4, 2), 1.0)
    values[:, 2] = [[2.0], [3.0]]
    result = with_values(values, y=["pt", "phi"])
    assert repr(result).splitlines() == [
        "ScanResult: 2 columns of x and all jointly, 2 of y, 2 events, k = 3",
        "mean mutual information (nats), ± standard error",
        "                     pt            phi",
        "---------------------------------------",
        "latent[0]  1.000 ±0.000   1.000 ±0.000",
        "latent[1]  1.000 ±0.000   1.000 ±0.000",
        "---------------------------------------",
        "joint      2.500 ±0.500   2.500 ±0.500",
        "---------------------------------------",
        "normal     1.000 ±0.000   1.000 ±0.000",
        "---------------------------------------",
        "samples            1000           1000",
    ]
    assert str(result) == repr(result)


def test_one_event_shows_no_errors():
    shown = repr(make(1, 1, 1))
    assert "1 column of x and all jointly, 1 of y, 1 event, k = 3\nmutual information (nats)\n" in shown
    assert "±" not in shown


@pytest.mark.parametrize("names", [HOSTILE, [name * 100 for name in HOSTILE], [f"a name {i}" for i in range(8)]])
def test_repr_fits_a_screen(result, names):
    y = (names * 10)[: len(result.y)]
    x = (names * 10)[: len(result.x)]
    failures = [dataclasses.replace(FAILURE, message="long " * 100)]
    lines = repr(dataclasses.replace(result, y=y, x=x, failures=failures)).split("\n")
    assert max(map(len, lines)) <= 100
    assert len(lines) <= 42
    for line in lines:
        assert line.isprintable()
        line.encode()


@pytest.mark.parametrize("value", [1e300, -1e300, np.inf, np.nan])
def test_any_number_can_be_shown(value):
    values = np.full((3, 4, 3), value)
    values[0, 0, 0] = -value
    result = with_values(values)
    for shown in (repr(result), result.table(), result._repr_html_()):
        assert "inf" in shown or "nan" in shown


def test_what_is_left_out_is_counted():
    shown = repr(make(2, 60, 50))
    n_shown = shown.split("\n")[2].count("quantity")
    assert 0 < n_shown < 50
    assert f"... {50 - n_shown} more columns of y and 43 more rows: to_dataframe() and table() have all" in shown
    assert "..." not in repr(make(2, 12, 4))


@pytest.mark.parametrize("measure", MEASURES)
def test_table_is_whole(measure):
    result = make(2, 60, 50, measures=MEASURES)
    lines = result.table(measure).split("\n")
    assert measure.split("_")[0] in lines[1]
    assert lines[2].count("quantity") == 50
    assert [line.split()[0] for line in lines[3:] if not line.startswith("-")] == [*result.x, "samples"]
    mean, error = result.mean(measure), result.standard_error(measure)
    joint = next(line for line in lines if line.startswith("joint"))
    assert joint.split()[1:] == [
        part for m, e in zip(mean[60], error[60], strict=True) for part in (f"{m:.3f}", f"±{e:.3f}")
    ]


def test_doubtful_entries_are_marked_and_explained():
    coincident = np.zeros((3, 6, 3), np.int64)
    assert "*" not in make(n_coincident=coincident).table()
    coincident[1, 2, 0] = 500  # in one event
    result = make(n_coincident=coincident)
    for shown in (result.table(), repr(result)):
        marked = [line.split()[0] for line in shown.split("\n") if "*" in line]
        assert marked == ["latent[2]", "*"]
        assert "many samples coincide" in shown
    assert result._repr_html_().count("*") == 2


def test_samples_are_a_mean_over_events():
    n_samples = np.array([100, 200, 600])[:, None, None] * np.ones((1, 6, 3), np.int64)
    assert make(n_samples=n_samples).table().split("\n")[-1].split() == ["samples", *["300"] * 3]


def test_failures_are_counted_and_the_first_is_shown():
    for shown in (repr(NOTHING), NOTHING.table(), NOTHING._repr_html_()):
        assert "0 columns of x, 0 of y, 0 events, k = 3" in shown
        assert "no event was measured" in shown
        assert "1 event failed: run7.root[17]: ValueError: pt has an infinite value\\nin row 3" in shown
    assert "9 events failed, the first: run7.root[17]" in repr(make(failures=[FAILURE] * 9))


# HTML


def cells(html):
    root = ET.fromstring(html)
    return root, [[cell.text or "" for cell in row] for row in root.iter("tr")]


def test_html_is_well_formed(result):
    names = (HOSTILE * 10)[: len(result.y)]
    root, rows = cells(dataclasses.replace(result, y=names, failures=[FAILURE])._repr_html_())
    assert {element.tag for element in root.iter()} <= {"div", "table", "thead", "tbody", "tr", "th", "td"}
    assert "javascript" not in ET.tostring(root, "unicode")
    assert len({len(row) for row in rows}) <= (2 if len(result.y) > 40 else 1)


def test_html_shows_the_same_as_text():
    result = make(y=["pt", "<b>", "z"])
    root, rows = cells(result._repr_html_())
    assert rows[0] == ["", "pt", "<b>", "z"]
    assert [row[0] for row in rows[1:]] == [*result.x, "samples"]
    assert rows[5][1:] == [f"{value:.3f}" for value in result.mean()[4]]
    assert len(list(root.iter("tbody"))) == 4  # columns, joint, controls, samples
    first = next(root.iter("td"))
    assert first.get("title") == f"{result.mean()[0, 0]:.6g} ± {result.standard_error()[0, 0]:.3g}, n = 1000"


def test_html_shades_by_value():
    values = np.zeros((1, 5, 1))
    values[0, :, 0] = 0.0, 1.0, 0.5, 8.0, -0.1  # three columns, joint, control
    root, _ = cells(with_values(values)._repr_html_())
    shades = [float(cell.get("style").split(",")[-1].rstrip(")")) for cell in root.iter("td") if cell.get("style")]
    assert shades == [0.0, 0.7, 0.35, 0.7, 0.0]


# Pictures


def draw(figure):
    """Render: what is laid out badly, or cannot be parsed, warns or raises here."""
    figure.savefig(io.BytesIO(), dpi=20)
    return figure


@pytest.mark.usefixtures("matplotlib")
@pytest.mark.parametrize("view", ["mutual_info", "spread"])
def test_every_size_can_be_drawn(result, view):
    figure = result.plot(view)
    if len(result.x) < 60:  # else it takes seconds
        draw(figure)


@pytest.mark.usefixtures("matplotlib")
@pytest.mark.parametrize("view", ["mutual_info", "conditional_entropy", "spread"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -0.5, 0.0])
def test_any_value_can_be_drawn(view, value):
    result = make(2, 1, 1, measures=MEASURES)
    values = {measure: np.full_like(array, value) for measure, array in result.values.items()}
    draw(dataclasses.replace(result, values=values).plot(view))


@pytest.mark.usefixtures("matplotlib")
@pytest.mark.parametrize("view", ["mutual_info", "spread"])
def test_any_name_can_be_drawn(view):
    names = [name * (1 + 9 * (i % 2)) for i, name in enumerate(HOSTILE)]
    draw(make(2, 6, len(names), x=names, kinds=["x"] * 6 + ["joint", "control"], y=names).plot(view))


def test_unknown_views_are_refused():
    with pytest.raises(ValueError, match=r"view='proficiency' is none of mutual_info, spread; .* measures=\(\.\.\.\)"):
        make().plot("proficiency")


@pytest.mark.usefixtures("matplotlib")
def test_pictures_know_nothing_of_pyplot():
    from matplotlib.figure import Figure

    assert type(make().plot()) is Figure
    assert "matplotlib.pyplot" not in sys.modules or not sys.modules["matplotlib.pyplot"].get_fignums()


def maps(figure):
    return [axis.images[0] for axis in figure.axes if axis.images]


@pytest.mark.usefixtures("matplotlib")
@pytest.mark.parametrize("view", MEASURES)
def test_heat_map_shows_the_means_group_by_group(view):
    result = make(3, 4, 5, controls=("uniform", "normal"), measures=MEASURES)
    figure = result.plot(view)
    shown = maps(figure)
    assert [image.get_array().shape for image in shown] == [(4, 5), (1, 5), (2, 5)]
    np.testing.assert_array_equal(np.concatenate([image.get_array() for image in shown]), result.mean(view))
    assert [axis.get_ylabel() for axis in figure.axes if axis.get_ylabel()] == [
        f"{which} ({'share of the entropy of y' if view == 'proficiency' else 'nats'})"
        for which in ("all jointly", "single columns")
    ]
    assert "3 events, k = 3" in figure.get_suptitle()


@pytest.mark.usefixtures("matplotlib")
def test_controls_share_the_colours_of_columns_and_joint_has_its_own():
    values = np.zeros((2, 5, 1))
    values[:, :, 0] = 0.2, 1.0, 0.5, 8.0, 0.3
    columns, joint, controls = maps(with_values(values).plot())
    assert columns.get_clim() == controls.get_clim() == (0.0, 1.0)
    assert joint.get_clim() == (0.0, 8.0)
    assert columns.get_cmap() == controls.get_cmap() != joint.get_cmap()


@pytest.mark.usefixtures("matplotlib")
def test_noise_looks_like_nothing():
    columns, *_ = maps(with_values(np.random.default_rng(0).normal(0, 0.01, (2, 5, 4))).plot())
    assert columns.get_clim() == (0.0, 0.1)


@pytest.mark.usefixtures("matplotlib")
def test_shares_are_from_0_to_1_and_entropies_may_be_below_0():
    result = make(measures=MEASURES)
    assert {image.get_clim() for image in maps(result.plot("proficiency"))} == {(0.0, 1.0)}
    values = {"conditional_entropy": -result.values["conditional_entropy"]}
    figure = dataclasses.replace(result, values=values).plot("conditional_entropy")
    assert maps(figure)[0].get_clim()[0] == -result.mean("conditional_entropy")[:4].max()


def texts(figure):
    return [text.get_text() for axis in figure.axes if axis.images for text in axis.texts]


@pytest.mark.usefixtures("matplotlib")
def test_doubtful_cells_have_no_colour_but_a_mark():
    coincident = np.zeros((3, 6, 3), np.int64)
    assert not make(n_coincident=coincident).plot().get_supxlabel()
    coincident[1, 2, 0] = 500
    figure = make(n_coincident=coincident).plot()
    assert np.argwhere(np.ma.getmaskarray(maps(figure)[0].get_array())).tolist() == [[2, 0]]
    assert [text for text in texts(figure) if "*" in text] == [f"{make().mean()[2, 0]:.2f}*"]
    assert "many samples coincide" in figure.get_supxlabel()


@pytest.mark.usefixtures("matplotlib")
def test_numbers_are_written_where_there_is_room():
    assert len(texts(make(2, 12, 20).plot())) == 14 * 20
    assert texts(make(2, 12, 41).plot()) == []


def bars(axis, colour):
    from matplotlib.colors import to_rgba

    return [bar for bar in axis.patches if bar.get_facecolor() == to_rgba(colour)]


@pytest.mark.usefixtures("matplotlib")
def test_spread_shows_the_best_column_and_all_jointly():
    values = np.zeros((101, 5, 2))
    values[:, 1, 0] = values[:, 2, 1] = np.linspace(1.0, 2.0, 101)
    values[:, 3] = 4.0
    values[:, 4, 0] = np.linspace(-0.1, 0.1, 101)
    figure = draw(with_values(values, y=["pt", "phi"]).plot("spread"))
    axis, *_ = figure.axes
    assert [tick.get_text() for tick in axis.get_yticklabels()] == ["pt", "phi"]
    (right,) = axis.child_axes
    assert [tick.get_text() for tick in right.get_yticklabels()] == ["latent[1]", "latent[2]"]
    spans = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in bars(axis, "tab:blue")]
    np.testing.assert_allclose(spans, [(1.025, 1.975)] * 2 + [(1.25, 1.75)] * 2)
    noise = bars(axis, "0.88")[0]
    np.testing.assert_allclose((noise.get_x(), noise.get_width()), (-0.095, 0.19))
    assert "101 events, k = 3" in axis.get_title()


@pytest.mark.usefixtures("matplotlib")
def test_spread_shows_each_over_controls_of_its_own():
    """Joint estimates scatter less, or lie lower, than those of single columns: noise of one is none of the other."""
    values = np.zeros((2, 7, 1))
    values[0, :, 0] = 0.0, 0.2, 0.04, -0.1, -0.02, -0.005, 0.0  # two columns, joint, three single controls, joint
    values[1, :, 0] = 0.0, 0.2, 0.04, 0.1, 0.02, 0.005, 0.001
    names = ["a", "b", "joint", "normal", "a permuted", "b permuted", "joint permuted"]
    kinds = ["x"] * 2 + ["joint"] + ["control"] * 4
    counts = np.full(values.shape, 1000)
    fields = {"x": names, "kinds": kinds, "values": {"mutual_info": values}, "n_samples": counts}
    result = make(2, 2, 1, n_coincident=0 * counts, **fields)
    single, joint = bars(draw(result.plot("spread")).axes[0], "0.88")
    np.testing.assert_allclose((single.get_x(), single.get_width()), (-0.095, 0.19))
    np.testing.assert_allclose((joint.get_x(), joint.get_width()), (0.000025, 0.00095))
    assert single.get_y() + single.get_height() == pytest.approx(joint.get_y())
    without = make(1, 2, 1)  # whose only control is a single column
    assert len(bars(without.plot("spread").axes[0], "0.88")) == 1


@pytest.mark.usefixtures("matplotlib")
def test_spread_prefers_columns_that_are_not_doubtful():
    values = np.ones((3, 4, 2))
    values[:, 0] = 9.0
    coincident = np.zeros(values.shape, np.int64)
    coincident[:, 0] = 500
    coincident[:, 1, 1] = 500
    figure = with_values(values, n_coincident=coincident).plot("spread")
    (right,) = figure.axes[0].child_axes
    assert [tick.get_text() for tick in right.get_yticklabels()] == ["latent[1]", "latent[0]"]
    assert [tick.get_text() for tick in figure.axes[0].get_yticklabels()] == ["quantity 0", "quantity 1*"]
    assert len(bars(figure.axes[0], "0.8")) == 2


@pytest.mark.usefixtures("matplotlib")
def test_spread_of_what_remains_unknown_prefers_the_least():
    values = {"conditional_entropy": np.array([2.0, 1.0, 0.5, 2.0])[:, None] * np.ones((3, 4, 1))}
    counts = np.full((3, 4, 1), 1000)
    figure = make(3, 2, 1, values=values, n_samples=counts, n_coincident=0 * counts).plot("spread")
    (right,) = figure.axes[0].child_axes
    assert [tick.get_text() for tick in right.get_yticklabels()] == ["latent[1]"]
