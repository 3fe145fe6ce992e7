"""Ctrl-C, forks and threads. Each case runs in a process of its own; time limits only keep a hang from lasting."""

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import fastmi

HANG = 120  # seconds


def run(script: str) -> str:
    return subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", script],
        capture_output=True,
        text=True,
        timeout=HANG,
        check=True,
    ).stdout


@pytest.mark.parametrize(
    "call",
    [
        "fastmi.mutual_info(x, x)",
        "fastmi.mutual_info_matrix(x)",
        "fastmi.mutual_info_test(x[:, 0], x[:, 1], n_resamples=10**6)",
        "fastmi.KernelDensity(0.2).fit(x[:, :3]).histogram(n_samples=10**14)",
        "fastmi.KernelDensity(1.0).fit(x[:1000, :6]).histogram(n_samples=None)",
        "fastmi.KernelDensity(0.2).fit(x).score_samples(x)",
    ],
)
@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_ctrl_c_interrupts(call, workers):
    script = f"""
import signal, numpy as np, fastmi
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell ignores it for what it runs in the background
rng = np.random.default_rng(0)
x = rng.normal(size=(3_000_000 if "matrix" in {call!r} else 300_000, 20))
print("begun", flush=True)
try:
    {call[:-1]}, workers={workers})
except KeyboardInterrupt:
    print("interrupted", flush=True)
    assert np.isfinite(fastmi.mutual_info(x[:1000, 0], x[:1000, 1]))
    print("usable", flush=True)
"""
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout.readline() == "begun\n"
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(1)
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=HANG)
    finally:
        process.kill()
    assert rest == "interrupted\nusable\n"


FORK = """
import os, sys, threading, numpy as np, fastmi
x, y = np.random.default_rng(0).normal(size=(2, 5000))
value = fastmi.mutual_info(x, y, workers=2)

def fork():
    child = os.fork()
    if child == 0:
        os._exit(0 if fastmi.mutual_info(x, y, workers=2) == value else 3)
    assert os.waitpid(child, 0)[1] == 0
"""


@pytest.mark.skipif(not hasattr(__import__("os"), "fork"), reason="needs fork")
class TestFork:
    def test_after_a_parallel_call(self):
        assert run(FORK + "fork(); fork(); assert fastmi.mutual_info(x, y, workers=2) == value; print('done')")

    def test_from_another_thread(self):
        assert run(
            FORK
            + """
def call_and_fork():
    assert fastmi.mutual_info(x, y, workers=2) == value
    fork()
threads = [threading.Thread(target=call_and_fork) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print('done')
"""
        )

    def test_pool_of_forked_processes(self):
        assert run(
            FORK
            + """
import multiprocessing
def job(_): return fastmi.mutual_info(x, y, workers=2)
with multiprocessing.get_context("fork").Pool(2) as pool:
    assert pool.map(job, range(8)) == [value] * 8
print('done')
"""
        )


def test_threads_may_call_at_once():
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(3000, 3)), rng.normal(size=3000)
    value = fastmi.mutual_info(x, y, workers=1)
    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(fastmi.mutual_info, x, y, workers=workers) for workers in [1, 2, None, 3] * 10]
        assert {call.result() for call in calls} == {value}


def test_a_hostile_number_of_workers():
    assert run(
        """
import numpy as np, fastmi
x, y = np.random.default_rng(0).normal(size=(2, 300_000))
assert fastmi.mutual_info(x, y, workers=2**31 - 1) == fastmi.mutual_info(x, y, workers=1)
print("done")
"""
    )


def test_growing_the_digamma_table_from_many_threads():
    script = """
import numpy as np
from concurrent.futures import ThreadPoolExecutor
from fastmi import _core
n = np.array([1, 10, 1000, 10**6, 3 * 10**6])
with ThreadPoolExecutor(8) as pool:
    results = [call.result() for call in [pool.submit(_core.digamma, n) for _ in range(16)]]
assert all((r == results[0]).all() for r in results)
print("done")
"""
    assert run(script) == "done\n"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_a_call_leaves_little_memory_behind():
    script = """
import os, numpy as np, fastmi
def resident():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
x, y = np.random.default_rng(0).normal(size=(2, 2_000_000))
fastmi.mutual_info(x[:100], y[:100])
before = resident()
for _ in range(2):
    fastmi.mutual_info(x, y)
print(resident() - before)
"""
    stock = 64 << 20
    assert int(run(script)) < 2 * stock  # the digamma table stays, too
