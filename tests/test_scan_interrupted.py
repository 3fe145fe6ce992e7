"""Scans that are killed or stopped, again and again. Time limits only keep a hang from lasting."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

import fastmi
from scans import ASKED, HANG, Immediate, assert_same, events, loads, script

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")

N = 18
AT_ONCE = 2 * fastmi.build_info()["max_workers"]


@pytest.fixture(scope="module")
def expected():
    return fastmi.scan(events(N), **ASKED)


def start(code):
    # A shell lets what it runs in the background ignore Ctrl-C; and the group is what a terminal sends it to.
    prepared = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from scans import *\n"
    return subprocess.Popen(
        script(prepared + code), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def stopped(process, number, n_lines, delay):
    """Send the signal to the process and all it has started, some time after so many lines; return what it wrote."""
    try:
        lines = [process.stdout.readline() for _ in range(n_lines)]
        time.sleep(delay)
        os.killpg(process.pid, number)
        rest, errors = process.communicate(timeout=HANG)
    finally:
        process.kill()
    return "".join(lines) + rest, errors


EXECUTORS = {
    "own threads": "None",
    "threads": "concurrent.futures.ThreadPoolExecutor(2)",
    "processes": "concurrent.futures.ProcessPoolExecutor(2, mp_context=multiprocessing.get_context('spawn'))",
}


def scanning(executor, checkpoint, log):
    return f"""
import concurrent.futures, multiprocessing
fastmi.scan(
    events({N}, Path({str(log)!r})), checkpoint={str(checkpoint)!r}, executor={EXECUTORS[executor]},
    progress=lambda n, _: print(n, flush=True), **ASKED,
)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT], ids=lambda number: number.name)
@pytest.mark.parametrize("executor", EXECUTORS)
def test_stopped_many_times_it_ends_with_the_same_bits(number, executor, expected, tmp_path):
    checkpoint, log = tmp_path / "scan.ckpt", tmp_path / "log"
    rng = random.Random(f"{number} {executor}")
    n_done, n_stops = 0, 0
    while n_done < N - 9:
        # A scan begins by telling of what the checkpoint has.
        process = start(scanning(executor, checkpoint, log))
        told, errors = stopped(process, number, n_done + rng.randint(1, 8), rng.uniform(0, 0.02))
        n_stops += 1
        now = int(told.split()[-1])
        assert now > n_done
        n_done = now
        if number == signal.SIGINT and process.returncode:
            assert "KeyboardInterrupt" in errors
    told = []
    found = fastmi.scan(events(N, log), checkpoint=checkpoint, progress=lambda n, _: told.append(n), **ASKED)
    assert_same(found, expected)
    assert sorted(set(loads(log))) == list(range(N))
    assert len(loads(log)) <= N + n_stops * AT_ONCE


def test_ctrl_c_ends_a_long_event(tmp_path):
    process = start(
        f"""
import numpy as np
def long(_):
    print("begun", flush=True)
    return {{"a": np.random.default_rng(0).normal(size=(400_000, 20)), "b": np.arange(400_000.0)}}
def scan(events):
    fastmi.scan(events, x="a", y="b", checkpoint={str(tmp_path / "scan.ckpt")!r})
try:
    scan([tiny(0), LazyEvent("long", long)])
except KeyboardInterrupt:
    print("interrupted", flush=True)
    scan([tiny(0)])
    print("usable", flush=True)
"""
    )
    told, errors = stopped(process, signal.SIGINT, 1, 1.0)
    assert told == "begun\ninterrupted\nusable\n", errors


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit, RuntimeError])
@pytest.mark.parametrize("executor", [None, Immediate(), ThreadPoolExecutor(2)])
def test_all_that_was_told_of_is_kept(stop, executor, tmp_path, expected):
    checkpoint, log = tmp_path / "scan.ckpt", tmp_path / "log"
    for n_kept in 1, 5, 6, N - 1:

        def stop_there(n_done, _, n_kept=n_kept):
            if n_done == n_kept:
                raise stop

        with pytest.raises(stop):
            fastmi.scan(events(N, log), checkpoint=checkpoint, executor=executor, progress=stop_there, **ASKED)
        assert _n_kept(checkpoint) >= n_kept
    assert_same(fastmi.scan(events(N, log), checkpoint=checkpoint, **ASKED), expected)


def _n_kept(checkpoint):
    with closing(sqlite3.connect(checkpoint)) as database:
        return database.execute("SELECT count(*) FROM events").fetchone()[0]
