"""The examples run, and find what they promise."""

import importlib.util
import math
import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.fixture(scope="module")
def entropy_table():
    command = [sys.executable, EXAMPLES / "entropy_table.py", "--draws", "1e6", "--seed", "3"]
    return subprocess.run(command, capture_output=True, text=True, check=True)


def row(entropy_table, name):
    (line,) = re.findall(rf"^{re.escape(name)} {{2,}}(.*)$", entropy_table.stdout, re.MULTILINE)
    return line.split()


def numbers(entropy_table, name):
    return [float(value) for value in row(entropy_table, name)]


def test_entropy_table_finds_the_theory(entropy_table):
    assert numbers(entropy_table, "theory") == numbers(entropy_table, "theory, published")
    without_bins = numbers(entropy_table, "KDE without bins, leave-one-out")
    assert without_bins == pytest.approx(numbers(entropy_table, "theory"), abs=0.6)
    assert without_bins[:3] == pytest.approx(numbers(entropy_table, "theory")[:3], abs=0.15)


def test_entropy_table_reproduces_what_was_published(entropy_table):
    published = numbers(entropy_table, "KDE + histogram of 1e10 draws, published")
    limit = numbers(entropy_table, "  in the limit of infinitely many draws")
    assert limit[:4] == pytest.approx(published[:4], abs=0.08)
    assert numbers(entropy_table, "  to be expected (13: of 1e10 draws)")[4] == pytest.approx(published[4], abs=0.5)
    plain = numbers(entropy_table, "histogram of the points")
    assert plain[0] == pytest.approx(numbers(entropy_table, "histogram of the points, published")[0], abs=0.1)


def test_entropy_table_draws_what_is_to_be_expected(entropy_table):
    *drawn, nothing = row(entropy_table, "KDE + histogram of 1e+06 draws")
    expected = numbers(entropy_table, "  to be expected (13: of 1e10 draws)")
    assert [float(value) for value in drawn] == pytest.approx(expected[:4], abs=0.02)
    assert nothing == "-"


def test_entropy_table_flags_what_echoes_the_number_of_draws(entropy_table):
    assert row(entropy_table, "saturated")[0::4] == ["no", "YES"]
    expected = numbers(entropy_table, "  to be expected (13: of 1e10 draws)")[4]
    ceiling = numbers(entropy_table, "ceiling: log(draws) + log(volume of a bin)")[4]
    assert ceiling - 0.5 < expected < ceiling
    assert numbers(entropy_table, "  in the limit of infinitely many draws")[4] > expected + 2


def test_entropy_table_shows_progress(entropy_table):
    for n_dims in 3, 4, 5, 6:
        assert f"{n_dims} dimensions: 100% of 1e+06 draws" in entropy_table.stderr


@pytest.mark.parametrize("draws", ["0", "1.5", "inf", "many"])
def test_entropy_table_asks_for_a_number_of_draws(draws):
    command = [sys.executable, EXAMPLES / "entropy_table.py", "--draws", draws]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert "--draws" in run.stderr


def run(name, *arguments, **environment):
    command = [sys.executable, EXAMPLES / name, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, **environment})
    return done.stdout


def test_expected_information_gain_finds_what_is_known():
    output = run("expected_information_gain.py", "--n-samples", "20000", "--seed", "3")
    linear, one, two = output.split("\n\n")
    for table in (linear, one):
        rows = [line.split()[-2:] for line in table.splitlines() if line.startswith("  ")]
        assert len(rows) >= 4
        for gain, known in rows:
            assert float(gain) == pytest.approx(float(known), abs=0.05)
    assert float(re.search(r"best at (.*)", one)[1]) in (1.0, 1.5)
    gains = {pair: float(gain) for pair, gain in re.findall(r"  at (\S+ and \S+) +(\S+)", two)}
    assert gains["-0.5 and 0.5"] > gains["1.0 and 1.0"] + 0.2  # two places, rather than the best one twice


def kill_in_mid_scan(name, *arguments):
    """Kill an example as soon as its progress bar has counted an event."""
    process = subprocess.Popen([sys.executable, EXAMPLES / name, *arguments], stderr=subprocess.PIPE)
    try:
        shown = b""
        while not re.search(rb" [1-9]\d*/", shown):
            shown += process.stderr.read(1)
            assert process.poll() is None
    finally:
        process.kill()
        process.communicate()


@pytest.mark.usefixtures("matplotlib")
def test_scan_events_goes_on_where_it_was(tmp_path):
    folder = tmp_path / "made" / "scan"
    argv = ["scan_events.py", "--events", "20", "--hits", "400", "--folder", str(folder)]
    kill_in_mid_scan(*argv)
    (checkpoint,) = folder.glob("*.sqlite")
    with closing(sqlite3.connect(checkpoint)) as database:
        (n_done,) = database.execute("SELECT count(*) FROM events").fetchone()
    assert 0 < n_done < 20
    output = run(*argv, "--processes")
    assert "20 events" in output
    assert float(re.search(r"^z +the best neuron knows (\S+) nats", output, re.MULTILINE)[1]) > 0.3
    for name in (checkpoint.name, "run.npz", "mutual_info.png", "proficiency.png", "spread.png"):
        assert (folder / name).stat().st_size > 4000
    checkpoint.unlink()
    assert run(*argv) == output


@pytest.mark.usefixtures("matplotlib")
def test_scan_events_can_be_asked_again_for_others(tmp_path):
    for n_events, n_hits in ((2, 100), (1, 200)):
        argv = ["--events", str(n_events), "--hits", str(n_hits), "--folder", str(tmp_path)]
        assert f"{n_events} event" in run("scan_events.py", *argv)


def test_mine_says_how_to_get_what_it_needs(tmp_path):
    (tmp_path / "torch.py").write_text("raise ImportError")
    assert "pip install torch" in run("mine.py", PYTHONPATH=str(tmp_path))


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="needs PyTorch")
def test_mine_learns():
    header, names, *rows = run("mine.py", "--n-dims", "1", "--steps", "300", "--seed", "3").splitlines()
    assert f"{math.log(500):.2f}" in header
    assert names.split() == ["correlation", "truth", "Donsker-Varadhan", "NWJ", "InfoNCE", "KSG"]
    assert len(rows) == 3
    for line in rows:
        _, truth, *bounds, ksg = map(float, line.split())
        assert bounds == pytest.approx([truth] * 3, abs=0.15)
        assert ksg == pytest.approx(truth, abs=0.03)
