"""The command, as a user types it."""

import csv
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from functools import partial

import numpy as np
import pytest

import fastmi
from fastmi import cli
from fastmi.toy import toy_event, toy_events


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for seed in (1, 2):
        np.savez(f"event{seed}.npz", **toy_event(seed, n_hits=400))
    return tmp_path


def without(monkeypatch, *modules):
    monkeypatch.setattr(cli, "_has", lambda module: module not in modules)


def run(capsys, *argv):
    code = cli.main(argv)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def read_csv(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def test_info(capsys):
    code, out, _ = run(capsys, "info")
    assert code == 0
    for field in ("version", "compiler", "openmp", "instruction set", "numpy", "python"):
        assert field in out


def test_info_without_openmp(capsys, monkeypatch):
    monkeypatch.setattr(fastmi, "build_info", lambda: {"openmp": None})
    assert "one thread only" in run(capsys, "info")[1]


def test_module_and_version():
    shown = subprocess.run([sys.executable, "-m", "fastmi", "--version"], capture_output=True, text=True, check=True)
    assert shown.stdout == f"fastmi {fastmi.__version__}\n"


@pytest.mark.usefixtures("matplotlib")
def test_demo(capsys, folder):
    code, out, _ = run(capsys, "demo", "--seed", "5", "-o", "demo.csv")
    assert code == 0
    assert (folder / "fastmi-demo.png").stat().st_size > 10_000
    rows = read_csv("demo.csv")
    assert {row["x"] for row in rows} == {*(f"latent[{i}]" for i in range(12)), "joint", "uniform", "normal", "poisson"}
    controls = [float(row["mutual_info"]) for row in rows if row["x"] in ("uniform", "normal", "poisson")]
    assert max(map(abs, controls)) < 0.1
    joint = {row["y"]: float(row["mutual_info"]) for row in rows if row["x"] == "joint"}
    assert joint["z"] > 2
    for word in ("14,183 hits", "nats", "latent[11]", "joint", "poisson", "phi_hit"):
        assert word in out


def test_demo_of_several_events(capsys, folder, monkeypatch):  # noqa: ARG001
    monkeypatch.setattr(cli, "toy_events", partial(toy_events, n_hits=300))
    code, out, _ = run(capsys, "demo", "--events", "3", "-o", "demo.npz")
    assert code == 0
    assert "3 events" in out
    assert fastmi.ScanResult.load("demo.npz").events == ["toy 0", "toy 1", "toy 2"]


def test_demo_without_matplotlib(capsys, folder, monkeypatch):
    without(monkeypatch, "matplotlib")
    code, _, err = run(capsys, "demo")
    assert code == 0
    assert "pip install 'fastmi[plot]'" in err
    assert not (folder / "fastmi-demo.png").exists()


@pytest.mark.usefixtures("matplotlib")
def test_scan_of_one_file(capsys, folder):
    code, out, _ = run(
        capsys,
        *("scan", "event1.npz", "--x", "latent", "--y", "pt,phi", "--joint", "--period", "phi=2pi", "--k", "4"),
        *("-o", "mi.csv", "--plot", "mi.png", "--workers", "1"),
    )
    assert code == 0
    assert (folder / "mi.png").stat().st_size > 10_000
    assert "k = 4" in out
    values = {(row["x"], row["y"]): row for row in read_csv("mi.csv")}
    event = toy_event(1, n_hits=400)
    options = {"k": 4, "nan_policy": "omit"}
    for quantity, period in (("pt", None), ("phi", 2 * np.pi)):
        single = fastmi.mutual_info(event["latent"][:, 7], event[quantity], y_period=period, **options)
        joint = fastmi.mutual_info(event["latent"], event[quantity], y_period=period, **options)
        assert float(values["latent[7]", quantity]["mutual_info"]) == single
        assert float(values["joint", quantity]["mutual_info"]) == joint
        assert int(values["joint", quantity]["n_samples"]) == 380


def test_scan_of_several_files(capsys, folder):  # noqa: ARG001
    code, out, _ = run(capsys, "scan", "event1.npz", "event2.npz", "--x", "latent,r", "--y", "z", "-o", "mi.csv")
    assert code == 0
    assert "joint" not in out
    rows = read_csv("mi.csv")
    assert {row["event"] for row in rows} == {"event1", "event2"}
    of_r = [float(row["mutual_info"]) for row in rows if row["x"] == "r"]
    assert f"{np.mean(of_r):.3f}" in next(line for line in out.splitlines() if line.startswith("r "))


@pytest.mark.usefixtures("matplotlib")
def test_scan_of_a_folder_with_all_that_can_be_asked(capsys, folder):
    pytest.importorskip("pyarrow")
    code, out, err = run(
        capsys,
        *("scan", str(folder), "--x", "latent", "--y", "phi,z", "--joint", "--period", "phi=2pi", "--workers", "2"),
        *("--measures", "proficiency,mutual_info", "--controls", "normal,permutation", "--seed", "3"),
        *("--checkpoint", "run.sqlite", "--resume", "-o", "run.parquet", "--plot", "run.png"),
    )
    assert (code, err) == (0, "")
    expected = fastmi.scan(
        [toy_event(1, n_hits=400), toy_event(2, n_hits=400)],
        x="latent",
        y=["phi", "z"],
        period={"phi": 2 * np.pi},
        measures=["proficiency", "mutual_info"],
        controls=["normal", "permutation"],
        rng=3,
    )
    found = fastmi.ScanResult.load("run.parquet")
    for measure, values in expected.values.items():
        np.testing.assert_array_equal(found.values[measure], values)
        assert measure.replace("_", " ").split()[0] in out
    assert (found.x, found.y, found.events) == (expected.x, expected.y, ["event1", "event2"])
    assert (folder / "run.png").stat().st_size > 10_000


def test_resuming(capsys, folder):
    argv = ["scan", "event1.npz", "event2.npz", "--x", "latent", "--y", "z", "--checkpoint", "run.sqlite"]
    whole = run(capsys, *argv)
    assert whole[0] == 0
    code, _, err = run(capsys, *argv)
    assert code == 2
    assert "run.sqlite exists; pass --resume to go on with it, or remove it" in err
    assert run(capsys, *argv, "--resume") == whole
    code, _, err = run(capsys, *argv, "--resume", "--k", "4")
    assert code == 2
    assert "k was 3 and is 4" in err
    code, _, err = run(capsys, *argv[:-2], "--resume")
    assert code == 2
    assert "--resume needs --checkpoint FILE" in err
    (folder / "run.sqlite").unlink()
    assert run(capsys, *argv, "--resume") == whole


def test_events_that_fail_are_listed(capsys, folder):
    (folder / "text.npz").write_text("hello")
    argv = ["scan", "event1.npz", "text.npz", "missing.npz", "--x", "latent", "--y", "z"]
    assert run(capsys, *argv)[0] == 2
    code, out, err = run(capsys, *argv, "--on-error", "record", "-o", "mi.npz")
    assert code == 1
    assert "text.npz: this is not a readable .npz file" in err
    assert "No such file or directory: 'missing.npz'" in err
    assert "latent[11]" in out
    assert [failure.index for failure in fastmi.ScanResult.load("mi.npz").failures] == [1, 2]


@pytest.mark.usefixtures("matplotlib")
def test_plot(capsys, folder):
    assert run(capsys, "scan", "event1.npz", "event2.npz", "--x", "latent", "--y", "z,r", "-o", "mi.npz")[0] == 0
    assert run(capsys, "plot", "mi.npz") == (0, "Picture: mi.png\n", "")
    assert (folder / "mi.png").stat().st_size > 10_000
    assert run(capsys, "plot", "mi.npz", "--view", "spread", "-o", "spread.pdf")[0] == 0
    assert (folder / "spread.pdf").read_bytes().startswith(b"%PDF")
    for argv, message in [
        (["mi.npz", "--view", "map"], "view='map' is none of mutual_info, spread"),
        (["mi.npz", "--view", "proficiency"], "proficiency"),
        (["event1.npz"], "event1.npz"),
        (["no.npz"], "no.npz"),
    ]:
        code, _, err = run(capsys, "plot", *argv)
        assert code == 2
        assert message in err
        assert "Traceback" not in err


@pytest.mark.usefixtures("matplotlib")
def test_doubtful_entries_are_marked(capsys, folder):  # noqa: ARG001
    rng = np.random.default_rng(0)
    np.savez("discrete.npz", x=rng.normal(size=300), a=rng.integers(3, size=300), b=rng.integers(3, size=300))
    code, out, err = run(capsys, "scan", "discrete.npz", "--x", "x,a", "--y", "b", "--plot", "mi.png")
    assert (code, err) == (0, "")
    assert "* many samples coincide" in out
    assert next(line for line in out.splitlines() if line.startswith("a ")).endswith("*")
    assert not next(line for line in out.splitlines() if line.startswith("x ")).endswith("*")


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["event1.npz", "--x", "latent", "--y", "pT"], "event event1: there is no array 'pT'; there are 'eta', 'la"),
        (["missing.npz", "--x", "latent", "--y", "pt"], "missing.npz"),
        (["text.npz", "--x", "latent", "--y", "pt"], "text.npz: this is not a readable .npz file"),
        (["empty.npz", "--x", "latent", "--y", "pt"], "empty.npz: this is not a readable .npz file"),
        (
            ["single.npy", "--x", "latent", "--y", "pt"],
            "single.npy is of unknown format; known by their names are *.npz",
        ),
        (["bad.npz", "--x", "short", "--y", "x"], "event bad: short has 2 rows but x has 5"),
        (["bad.npz", "--x", "x,short", "--y", "x"], "event bad: x has 5 rows but short has 2"),
        (["bad.npz", "--x", "x", "--y", "infinite"], "event bad: infinite has an infinite value in row 3"),
        (["bad.npz", "--x", "x", "--y", "objects"], "event bad: "),
        (
            ["bad.npz", "--x", "x", "--y", "missing"],
            "event bad: k=3 needs at least 4 samples, but x and missing have 2",
        ),
        (["event1.npz", "--x", "latent", "--y", "pt", "--k", "0"], "k=0 is less than 1"),
        (["event1.npz", "--x", "latent", "--y", "pt", "--workers", "0"], "workers=0 is not a number of threads"),
        (["event1.npz", "--x", "latent", "--y", "pt", "--measures", "mi"], "measures has 'mi', which is unknown"),
        (["event1.npz", "--x", "latent", "--y", "pt", "--controls", "no"], "controls has 'no', which is unknown"),
        (["event1.npz", "--x", "latent", "--y", "pt", "-o", "mi.txt"], "mi.txt"),
        (
            ["event1.npz", "--x", "latent", "--y", "pt", "--period", "phi=2pi"],
            "period has 'phi', which is in neither",
        ),
        (["event1.npz", "bad.npz", "--x", "z", "--y", "r"], "event bad: there is no array 'z'"),
        (["event1.npz", "wide.npz", "--x", "latent", "--y", "pt"], "event wide: it has the columns latent[0]"),
        (["event1.npz", "--x", "latent", "--y", "pt", "-o", "no/such/mi.csv"], "there is no folder no/such"),
        (["event1.npz", "--x", "latent", "--y", "pt", "--plot", "no/mi.png"], "there is no folder no"),
    ],
)
def test_user_errors(capsys, folder, argv, message):  # noqa: ARG001
    with open("text.npz", "w") as file:
        file.write("hello")
    open("empty.npz", "w").close()
    np.save("single.npy", np.zeros(3))
    x = np.arange(5.0)
    np.savez(
        "bad.npz",
        x=x,
        short=x[:2],
        infinite=np.where(x == 3, np.inf, x),
        objects=np.array(list("abcde"), dtype=object),
        missing=np.where(x < 3, np.nan, x),
    )
    np.savez("wide.npz", latent=np.random.default_rng(0).normal(size=(9, 2)), pt=np.arange(9.0))
    code, _, err = run(capsys, "scan", *argv)
    assert code == 2
    assert message in err
    assert "Traceback" not in err


def test_scan_needs_matplotlib_only_to_plot(capsys, folder, monkeypatch):  # noqa: ARG001
    without(monkeypatch, "matplotlib")
    argv = ["scan", "event1.npz", "--x", "latent", "--y", "pt"]
    assert run(capsys, *argv)[0] == 0
    code, _, err = run(capsys, *argv, "--plot", "mi.png")
    assert code == 2
    assert "pip install 'fastmi[plot]'" in err


@pytest.mark.parametrize("argv", [["."], ["*.npz"], ["event1.npz", "event2.npz"]])
def test_a_file_that_cannot_be_read_is_listed_once_and_loses_no_other(capsys, folder, argv):
    (folder / "event1a.npz").symlink_to("gone.npz")
    argv = ["event1.npz", "event1a.npz", "event2.npz"] if len(argv) == 2 else argv
    question = ["--x", "latent", "--y", "z"]
    assert run(capsys, "scan", *argv, *question)[0] == 2
    code, _, err = run(capsys, "scan", *argv, *question, "--on-error", "record", "-o", "o.npz")
    found = fastmi.ScanResult.load("o.npz")
    assert (code, found.events) == (1, ["event1", "event2"])
    assert [(failure.index, failure.event) for failure in found.failures] == [(1, "event1a.npz")]
    assert err.count("failed") == 1
    assert run(capsys, "scan", *argv, *question, "--on-error", "record")[0] == 1  # o.npz is no event


def test_a_file_that_is_named_twice_is_refused(capsys, folder):  # noqa: ARG001
    code, out, err = run(capsys, "scan", "event1.npz", ".", "--x", "latent", "--y", "z")
    assert (code, out) == (2, "")
    assert "event1.npz is named twice" in err


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["-o", "event1.npz"], "event1.npz is the same file as one which is read"),
        (["-o", "link.npz"], "link.npz is the same file as one which is read"),
        (["--checkpoint", "event2.npz", "--resume"], "event2.npz is the same file as one which is read"),
        (["-o", "run.csv", "--checkpoint", "./run.csv"], "run.csv is the same file as one to be written"),
        (["-o", "folder.npz"], "folder.npz is a folder"),
        (["--plot", "folder.png"], "folder.png is a folder"),
        (["-o", "/proc/run.csv"], "/proc/run.csv cannot be written: "),
    ],
)
def test_outputs_are_checked_before_the_work(capsys, folder, monkeypatch, argv, message):
    if argv[1].startswith("/proc") and not sys.platform.startswith("linux"):
        pytest.skip("needs /proc")
    for name in ("folder.npz", "folder.png"):
        (folder / name).mkdir()
    if "link.npz" in argv:
        (folder / "link.npz").symlink_to("event1.npz")
    monkeypatch.setattr(fastmi, "scan", None)
    before = (folder / "event1.npz").read_bytes()
    code, _, err = run(capsys, "scan", "event1.npz", "event2.npz", "--x", "latent", "--y", "z", *argv)
    assert code == 2
    assert message in err
    assert (folder / "event1.npz").read_bytes() == before


@pytest.mark.usefixtures("matplotlib")
def test_plot_does_not_write_over_what_it_reads(capsys, folder):
    assert run(capsys, "scan", "event1.npz", "--x", "latent", "--y", "z", "-o", "mi.npz")[0] == 0
    (folder / "mi.png").symlink_to("mi.npz")
    assert "mi.png is the same file as one which is read" in run(capsys, "plot", "mi.npz")[2]
    fastmi.ScanResult.load("mi.npz")


def test_a_damaged_event_of_the_checkpoint_is_told(capsys, folder):  # noqa: ARG001
    argv = ["scan", "event1.npz", "event2.npz", "--x", "latent", "--y", "z", "--checkpoint", "run.sqlite", "--resume"]
    whole = run(capsys, *argv)
    with closing(sqlite3.connect("run.sqlite")) as database, database:
        database.execute("UPDATE events SET digest = x'00' WHERE place = 0")
    code, out, err = run(capsys, *argv)
    assert (code, out) == whole[:2]
    assert err == "fastmi: warning: event 0 of checkpoint run.sqlite is damaged; it is measured again\n"


def test_messages_name_options_as_they_are_typed(capsys, folder):
    pyarrow = pytest.importorskip("pyarrow")
    pytest.importorskip("pyarrow.parquet").write_table(pyarrow.table({"x": [1]}), folder / "other.parquet")
    err = run(capsys, "scan", "event1.npz", "--x", "latent", "--y", "nope")[2]
    assert err.endswith("; --on-error record goes on without it\n")
    err = run(capsys, "plot", "other.parquet")[2]
    assert "other.parquet is damaged or was not written by ScanResult.save: it does not say that it is a result" in err


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["--events", "0"], "--events is 0"),
        (["--events", "-2"], "--events is -2"),
        (["--seed", "-1"], "seed=-1 is negative"),
    ],
)
def test_demo_of_nothing(capsys, folder, argv, message):
    code, out, err = run(capsys, "demo", *argv)
    assert (code, out) == (2, "")
    assert message in err
    assert not (folder / "fastmi-demo.png").exists()


_QUESTION = [sys.executable, "-m", "fastmi", "scan", ".", "--x", "latent", "--y", "z,r", "-o", "mi.npz"]


def test_results_are_saved_where_nobody_reads_on(folder):  # noqa: ARG001
    reader, writer = os.pipe()
    os.close(reader)
    with open(writer, "wb") as closed:
        done = subprocess.run(_QUESTION, stdout=closed, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(fastmi.ScanResult.load("mi.npz").events) == 2


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /dev/full")
def test_results_are_saved_where_they_cannot_be_shown(folder):  # noqa: ARG001
    with open("/dev/full", "wb") as full:
        done = subprocess.run(_QUESTION, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == "fastmi: error: [Errno 28] No space left on device\n"
    assert len(fastmi.ScanResult.load("mi.npz").events) == 2


def test_what_a_terminal_cannot_show_is_replaced(folder):  # noqa: ARG001
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(_QUESTION, capture_output=True, env=environment, check=True)
    assert b" ?0." in done.stdout
    assert done.stderr == b""


@pytest.mark.parametrize("period", ["phi", "phi=", "=3", "phi=pie", "phi=2pi3", "phi=1e"])
def test_malformed_periods(capsys, period):
    with pytest.raises(SystemExit):
        cli.main(["scan", "e.npz", "--x", "latent", "--y", "phi", "--period", period])
    assert "is not NAME=PERIOD, such as phi=2pi or angle=360" in capsys.readouterr().err


def test_periods():
    periods = cli._periods("a=pi,b=2pi, c = 360,d=0.5*pi,e=1e3")
    assert periods == {"a": np.pi, "b": 2 * np.pi, "c": 360, "d": np.pi / 2, "e": 1000}


def test_interrupted(capsys, monkeypatch):
    def interrupt(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_info", interrupt)
    assert run(capsys, "info") == (130, "", "fastmi: interrupted\n")


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_ctrl_c_says_how_to_go_on(folder):
    for seed in range(3, 40):
        np.savez(folder / f"event{seed}.npz", **toy_event(seed, n_hits=3000))
    command = [sys.executable, "-c", _FASTMI, "scan", ".", "--x", "latent", "--y", "pt,z,r", "--joint"]
    command += ["--checkpoint", "run.sqlite", "--resume"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        while not (folder / "run.sqlite").exists():
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
    finally:
        process.kill()
    assert (process.returncode, out) == (130, "")
    assert err == (
        "fastmi: interrupted; finished events are in run.sqlite, and the same command with --resume goes on\n"
    )
    resumed, whole = (
        subprocess.run(argv, capture_output=True, text=True, check=True).stdout for argv in (command, command[:-3])
    )
    assert resumed == whole


# A shell ignores SIGINT for what it runs in the background.
_FASTMI = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from fastmi.cli import main
sys.exit(main())
"""
