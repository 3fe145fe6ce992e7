"""The command, as a user types it."""

import csv
import io
import subprocess
import sys
import time

import numpy as np
import pytest

import fastmi
from fastmi import cli
from fastmi._progress import Progress
from fastmi.toy import toy_event


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for seed in (1, 2):
        np.savez(f"event{seed}.npz", **toy_event(seed, n_hits=400))
    return tmp_path


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


def test_demo_without_matplotlib(capsys, folder, monkeypatch):
    monkeypatch.setattr(cli, "_has_matplotlib", lambda: False)
    code, _, err = run(capsys, "demo")
    assert code == 0
    assert "pip install 'fastmi[plot]'" in err
    assert not (folder / "fastmi-demo.png").exists()


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
    assert {row["event"] for row in rows} == {"event1.npz", "event2.npz"}
    of_r = [float(row["mutual_info"]) for row in rows if row["x"] == "r"]
    mean = out[out.index("mean of 2 events") :]
    assert f"{np.mean(of_r):.3f}" in next(line for line in mean.splitlines() if line.startswith("r "))


def test_doubtful_entries_are_marked(capsys, folder):  # noqa: ARG001
    rng = np.random.default_rng(0)
    np.savez("discrete.npz", x=rng.normal(size=300), a=rng.integers(3, size=300), b=rng.integers(3, size=300))
    code, out, _ = run(capsys, "scan", "discrete.npz", "--x", "x,a", "--y", "b", "--plot", "mi.png")
    assert code == 0
    assert "* many samples coincide" in out
    assert next(line for line in out.splitlines() if line.startswith("a ")).endswith("*")
    assert not next(line for line in out.splitlines() if line.startswith("x ")).endswith("*")


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["event1.npz", "--x", "latent", "--y", "pT"], "event1.npz: there is no array 'pT'; there are eta, latent"),
        (["missing.npz", "--x", "latent", "--y", "pt"], "missing.npz"),
        (["text.npz", "--x", "latent", "--y", "pt"], "text.npz: this is not a readable .npz file"),
        (["empty.npz", "--x", "latent", "--y", "pt"], "empty.npz: this is not a readable .npz file"),
        (["single.npy", "--x", "latent", "--y", "pt"], "single.npy: this is a single array; save named arrays"),
        (["bad.npz", "--x", "short", "--y", "x"], "bad.npz: short has 2 rows but x has 5"),
        (["bad.npz", "--x", "x,short", "--y", "x"], "bad.npz: short has 2 rows but x has 5"),
        (["bad.npz", "--x", "x", "--y", "infinite"], "bad.npz: infinite has an infinite value in row 3"),
        (["bad.npz", "--x", "x", "--y", "objects"], "bad.npz: "),
        (["bad.npz", "--x", "x", "--y", "missing"], "bad.npz: k=3 needs at least 4 samples, but x and missing have 2"),
        (["event1.npz", "--x", "latent", "--y", "pt", "--k", "0"], "event1.npz: k=0 is less than 1"),
        (
            ["event1.npz", "--x", "latent", "--y", "pt", "--period", "phi=2pi"],
            "--period names phi, which is in neither",
        ),
        (["event1.npz", "bad.npz", "--x", "z", "--y", "r"], "bad.npz: there is no array 'z'"),
        (["event1.npz", "wide.npz", "--x", "latent", "--y", "pt"], "the events differ in their columns"),
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
    monkeypatch.setattr(cli, "_has_matplotlib", lambda: False)
    argv = ["scan", "event1.npz", "--x", "latent", "--y", "pt"]
    assert run(capsys, *argv)[0] == 0
    code, _, err = run(capsys, *argv, "--plot", "mi.png")
    assert code == 2
    assert "pip install 'fastmi[plot]'" in err


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
    assert run(capsys, "info")[0] == 130


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
def test_progress_shows_long_steps(stream):
    shown = stream()
    with Progress(shown, interval=0.001) as progress:
        for step in ("one", "two"):
            progress.begin(step)
            while step not in shown.getvalue():
                time.sleep(0.001)
    assert shown.getvalue().index("one") < shown.getvalue().index("two")


def test_progress_is_silent_when_all_is_quick():
    shown = io.StringIO()
    with Progress(shown, interval=60.0) as progress:
        progress.begin("one")
    assert shown.getvalue() == ""
