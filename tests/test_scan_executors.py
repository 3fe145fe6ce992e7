"""Scans on executors: what they return does not depend on where events are worked on, nor on what fails there."""

import _thread
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import chain, repeat

import numpy as np
import pytest

import fastmi
from fastmi._scan import running
from fastmi.io import LazyEvent
from scans import ASKED, HANG, Batches, Immediate, assert_same, dying, events, failing, load, loads, run, tiny

N = 9
CORES = fastmi.build_info()["max_workers"]


@pytest.fixture(scope="module")
def expected():
    """Return what one thread finds."""
    with ThreadPoolExecutor(1) as thread:
        return fastmi.scan(events(N), executor=thread, **ASKED)


class Backwards(Executor):
    """Works on events in threads, and on the latest first."""

    def __init__(self, n_workers: int) -> None:
        self._max_workers = n_workers
        self.waiting: list[tuple[Future, running.Task]] = []

    def submit(self, work, task):
        future = Future()
        self.waiting.append((future, task))
        if len(self.waiting) == 2 * self._max_workers or task.place == N - 1:
            threading.Thread(target=self._work, args=[work, self.waiting]).start()
            self.waiting = []
        return future

    def _work(self, work, waiting):
        for future, task in reversed(waiting):
            future.set_result(work(task))


class Panic(BaseException):
    """No Exception, as those of some libraries are not."""


class OfDask(Backwards):
    """What is asked of Dask's, with numbers of workers that change as these do."""

    __module__ = "distributed.cfexecutor"

    def __init__(self, numbers) -> None:
        super().__init__(50)
        self._client = self
        self._numbers = numbers

    def nthreads(self):
        return {"tcp://first": next(self._numbers)}


class Stuck(Executor):
    """Begins nothing."""

    _max_workers = 1

    def __init__(self) -> None:
        self.futures: list[Future] = []

    def submit(self, *_):
        self.futures.append(Future())
        return self.futures[-1]


class TestResultIsThatOfOneThread:
    def test_own_threads(self, expected):
        assert_same(fastmi.scan(events(N), **ASKED), expected)
        assert_same(fastmi.scan(iter(events(N)), **ASKED), expected)

    @pytest.mark.parametrize("n_threads", [2, 20])
    def test_threads(self, expected, n_threads):
        with ThreadPoolExecutor(n_threads) as threads:
            assert_same(fastmi.scan(events(N), executor=threads, **ASKED), expected)
            assert threads.submit(len, "open").result() == 4

    @pytest.mark.parametrize("method", ["spawn", "forkserver"])
    def test_processes(self, expected, method):
        if method not in multiprocessing.get_all_start_methods():
            pytest.skip(f"no {method} here")
        with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context(method)) as processes:
            assert_same(fastmi.scan(events(N), executor=processes, **ASKED), expected)
            found = fastmi.scan([dict(event) for event in events(N)], executor=processes, **ASKED)
            assert_same(found, _at_hand(expected))

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
    def test_forks_after_a_parallel_call(self):
        assert run(
            """
            import multiprocessing
            from concurrent.futures import ProcessPoolExecutor
            import fastmi, numpy as np
            from scans import *
            x, y = np.random.default_rng(0).normal(size=(2, 5000))
            fastmi.mutual_info(x, y, workers=2)
            expected = fastmi.scan(events(9), **ASKED)
            with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("fork")) as processes:
                assert_same(fastmi.scan(events(9), executor=processes, **ASKED), expected)
            print("done")
            """
        )

    def test_events_that_are_done_in_another_order(self, expected):
        assert_same(fastmi.scan(events(N), executor=Backwards(2), **ASKED), expected)
        assert_same(fastmi.scan(events(N), executor=Backwards(50), **ASKED), expected)

    def test_failures_too(self):
        broken = [*events(3), LazyEvent("broken", partial(failing, ZeroDivisionError("by zero"))), *events(2)]
        with ThreadPoolExecutor(1) as thread:
            expected = fastmi.scan(broken, executor=thread, on_error="record", **ASKED)
        assert [(f.index, f.event, f.error, f.message) for f in expected.failures] == [
            (3, "broken", "ZeroDivisionError", "by zero")
        ]
        with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as processes:
            assert_same(fastmi.scan(broken, executor=processes, on_error="record", **ASKED), expected)
            with pytest.raises(ValueError, match="event broken: ZeroDivisionError: by zero; on_error='record'"):
                fastmi.scan(broken, executor=processes, **ASKED)

    def test_mpi(self, tmp_path):
        pytest.importorskip("mpi4py")
        beside = os.path.dirname(sys.executable)
        mpiexec = shutil.which("mpiexec", path=os.pathsep.join([beside, os.environ.get("PATH", "")]))
        if mpiexec is None:
            pytest.skip("no mpiexec")
        file = tmp_path / "script.py"  # which workers import, too
        file.write_text(
            f"""
import sys
sys.path.insert(0, {os.path.dirname(__file__)!r})
import fastmi
from mpi4py.futures import MPIPoolExecutor
from fastmi._scan.running import core_threads, number_of_workers
from scans import *
if __name__ == "__main__":
    with MPIPoolExecutor() as executor:
        assert (number_of_workers(executor), core_threads(executor, 9)) == (2, 1)
        assert_same(fastmi.scan(events(9), executor=executor, **ASKED), fastmi.scan(events(9), **ASKED))
    print("done")
"""
        )
        command = [mpiexec, "-n", "3", sys.executable, "-m", "mpi4py.futures", str(file)]
        assert subprocess.run(command, capture_output=True, text=True, timeout=HANG, check=True).stdout == "done\n"


class TestEventsUnderWay:
    @pytest.mark.parametrize(("make", "n_workers"), [(ThreadPoolExecutor, 3), (Backwards, 2)])
    def test_are_twice_as_many_as_there_are_workers_at_most(self, make, n_workers):
        taken, finished, most = 0, 0, 0

        def count(n_done, n_events):
            nonlocal finished
            assert n_events is None
            finished = n_done

        def generator():
            nonlocal taken, most
            for event in events(N):
                taken += 1
                most = max(most, taken - finished)
                yield event

        with make(n_workers) as executor:
            fastmi.scan(generator(), executor=executor, progress=count, **ASKED)
        assert (taken, finished) == (N, N)
        assert n_workers < most <= 2 * n_workers

    def test_that_are_done_are_told_of_before_the_next_is_taken(self):
        told = []

        def generator():
            for place, event in enumerate(events(3), 1):
                yield event
                assert told == list(range(1, place + 1))

        fastmi.scan(generator(), executor=Immediate(), progress=lambda n, _: told.append(n), **ASKED)
        assert told == [1, 2, 3]

    def test_that_are_done_while_another_comes_are_all_told_of_before_the_next_is_taken(self):
        told, before = [], {}

        def generator():
            for place, event in enumerate(events(10)):
                before[place] = len(told)
                yield event

        fastmi.scan(generator(), executor=Batches(5), progress=lambda n, _: told.append(n), **ASKED)
        assert list(before.values()) == [0] * 5 + [5] * 5

    def test_become_more_when_workers_join(self, monkeypatch):
        monkeypatch.setattr(running, "_WATCH", 0.0)

        executor = OfDask(chain([0, 0, 1], repeat(50)))
        done = []
        fastmi.scan(events(N), executor=executor, progress=lambda *now: done.append(now), **ASKED)
        assert done[-1] == (N, N)

    @pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
    @pytest.mark.parametrize(("n_events", "checkpoint"), [(10_000, False), (4_000, True)])
    def test_are_forgotten_when_they_are_done(self, n_events, checkpoint):
        # In memory, where there is such a place: thousands of commits to a disk take long.
        with tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as folder:
            path = f"{folder}/scan.ckpt" if checkpoint else None
            early, late = map(
                int,
                run(
                    f"""
                    import os, fastmi
                    from scans import tiny
                    def resident(n_done, _):
                        if n_done in (500, {n_events}):
                            with open("/proc/self/statm") as statm:
                                print(statm.read().split()[1])
                    events = (tiny(i) for i in range({n_events}))
                    fastmi.scan(events, x="a", y="b", checkpoint={path!r}, progress=resident)
                    """
                ).split(),
            )
        assert late < 1.1 * early


class TestCoreThreads:
    def test_an_executor_has_as_many_threads_as_workers(self):
        for make in ThreadPoolExecutor, ProcessPoolExecutor:
            with make(1) as one, make(CORES) as all_cores:
                assert [running.core_threads(e, 1) for e in (one, all_cores)] == [1, 1]

    @pytest.mark.parametrize(
        ("workers", "n_events", "n_threads"), [(8, 1, 8), (8, 3, 2), (8, 8, 1), (8, 9, 1), (8, None, 1), (8, 0, 1)]
    )
    def test_own_threads_are_shared_by_few_events(self, workers, n_events, n_threads):
        with running.OwnThreads(workers) as threads:
            assert running.core_threads(threads, n_events) == n_threads

    @pytest.mark.parametrize(("workers", "n_threads"), [(None, CORES), (-1, CORES), (3, 3)])
    def test_own_threads_are_counted_as_elsewhere(self, workers, n_threads):
        with running.OwnThreads(workers) as threads:
            assert running.number_of_workers(threads) == n_threads

    @pytest.mark.parametrize(("n_events", "n_threads"), [(1, CORES), (CORES, 1), (5 * CORES, 1)])
    def test_of_own_threads(self, n_events, n_threads, monkeypatch):
        measure, seen = running.measure, set()

        def watched(arrays, settings, rng, workers):
            seen.add(workers)
            return measure(arrays, settings, rng, workers)

        monkeypatch.setattr(running, "measure", watched)
        fastmi.scan([tiny(i) for i in range(n_events)], x="a", y="b")
        assert seen == {n_threads}

    def test_of_an_executor_that_does_not_tell(self, expected):
        assert running.number_of_workers(Immediate()) == CORES
        assert running.core_threads(Immediate(), 1) == 1
        assert_same(fastmi.scan(events(N), executor=Immediate(), **ASKED), expected)


class TestExecutorsThatFail:
    def test_interrupted_between_two_waits(self, monkeypatch):
        """As Windows always is: the wait is not cut short, the interrupt comes when it is over."""
        monkeypatch.setattr(running, "_WATCH", 0.01)
        executor = Stuck()
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            timer = threading.Timer(0.1, _thread.interrupt_main)
            timer.start()
            with pytest.raises(KeyboardInterrupt):
                fastmi.scan(events(N), executor=executor, **ASKED)
            timer.join()
        finally:
            signal.signal(signal.SIGINT, before)
        assert len(executor.futures) == 2
        assert all(future.cancelled() for future in executor.futures)

    def test_no_workers_for_long(self, monkeypatch):
        monkeypatch.setattr(running, "_WATCH", 0.0)
        monkeypatch.setattr(running, "_PATIENCE", 0.0)
        numbers = chain([1], repeat(0, 10), repeat(50))
        with pytest.warns(UserWarning, match="^executor has no workers; the scan waits for some to join") as caught:
            found = fastmi.scan(events(N), executor=OfDask(numbers), **ASKED)
        assert len(caught) == 1
        assert caught[0].filename == __file__
        assert len(found.events) == N

    def test_an_executor_with_a_client_that_is_not_of_dask(self, expected):
        with ThreadPoolExecutor(3) as threads:
            threads._client = object()
            assert running.number_of_workers(threads) == 3
            assert_same(fastmi.scan(events(N), executor=threads, **ASKED), expected)

    def test_an_executor_that_looks_empty(self, expected):
        class Empty(Immediate):
            n_submitted = 0

            def __len__(self):
                return 0

            def submit(self, work, task):
                self.n_submitted += 1
                return super().submit(work, task)

        executor = Empty()
        assert_same(fastmi.scan(events(N), executor=executor, **ASKED), expected)
        assert executor.n_submitted == N

    def test_no_executor_at_all(self):
        for executor in 4, ThreadPoolExecutor, multiprocessing:
            with pytest.raises(TypeError, match=r"executor=.* is not a concurrent.futures.Executor"):
                fastmi.scan(events(1), executor=executor, **ASKED)

    def test_shut_down(self):
        for executor in ThreadPoolExecutor(1), ProcessPoolExecutor(1):
            executor.shutdown()
            with pytest.raises(
                RuntimeError, match=r"event 0 was under way \(RuntimeError: cannot schedule .*another exe"
            ):
                fastmi.scan(events(2), executor=executor, **ASKED)

    def test_shut_down_in_mid_scan(self):
        with ThreadPoolExecutor(1) as executor, pytest.raises(RuntimeError, match="another executor goes on"):
            fastmi.scan(events(N), executor=executor, progress=lambda *_: executor.shutdown(wait=False), **ASKED)

    def test_a_worker_that_dies(self, tmp_path, expected):
        checkpoint, log = tmp_path / "scan.ckpt", tmp_path / "log"
        deadly = [*events(N - 1, log), LazyEvent(f"event {N - 1}", dying)]
        with (
            ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as processes,
            pytest.raises(
                RuntimeError, match=r"executor failed .*BrokenProcessPool.* lack of memory.*another executor"
            ),
        ):
            fastmi.scan(deadly, executor=processes, checkpoint=checkpoint, **ASKED)
        assert_same(fastmi.scan(events(N, log), checkpoint=checkpoint, **ASKED), expected)
        assert sorted(loads(log)) == list(range(N))  # what was finished was kept

    @pytest.mark.parametrize("hindrance", [lambda _: tiny(0), partial(load, threading.Lock())])
    def test_events_that_cannot_be_pickled(self, hindrance):
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as processes:
            with pytest.raises(TypeError, match=r"event local cannot travel to the workers of executor: .*LazyEvent"):
                fastmi.scan([LazyEvent("local", hindrance)], x="a", y="b", executor=processes)
            assert fastmi.scan([tiny(0)], x="a", y="b", executor=processes).n_samples.max() == 12

    def test_threads_need_not_pickle(self):
        found = fastmi.scan([LazyEvent("local", lambda _: tiny(0))], x="a", y="b")
        assert_same(found, replace(fastmi.scan([tiny(0)], x="a", y="b"), events=["local"]))

    @pytest.mark.parametrize("error", [SystemExit(3), Panic("3")])
    @pytest.mark.parametrize("executor", [None, Immediate()])
    def test_events_that_would_end_the_program(self, error, executor):
        final = [*events(2), LazyEvent("final", partial(failing, error))]
        found = fastmi.scan(final, executor=executor, on_error="record", **ASKED)
        kind = type(error).__name__
        assert [(f.event, f.error, f.message) for f in found.failures] == [("final", kind, "3")]
        with pytest.raises(ValueError, match=f"^event final: {kind}: 3; on_error='record'"):
            fastmi.scan(final, executor=executor, **ASKED)

    @pytest.mark.parametrize("on_error", ["raise", "record"])
    def test_a_library_that_is_missing(self, on_error, tmp_path):
        log = tmp_path / "log"
        unreadable = LazyEvent("unreadable", partial(failing, ModuleNotFoundError("no pyarrow: pip install ...")))
        for executor in None, ThreadPoolExecutor(1):
            with pytest.raises(ModuleNotFoundError, match=r"^no pyarrow: pip install ...$"):
                fastmi.scan(
                    [*events(3, log), unreadable],
                    checkpoint=tmp_path / "scan.ckpt",
                    executor=executor,
                    on_error=on_error,
                    **ASKED,
                )

    @pytest.mark.parametrize("executor", [Immediate(), Batches(3)])
    def test_events_that_end_with_an_error(self, executor, tmp_path, expected):
        checkpoint, log = tmp_path / "scan.ckpt", tmp_path / "log"

        def torn():
            yield from events(3, log)
            raise OSError("the tape is torn")

        with pytest.raises(OSError, match=r"^the tape is torn$"):
            fastmi.scan(torn(), checkpoint=checkpoint, executor=executor, **ASKED)
        assert_same(fastmi.scan(events(N, log), checkpoint=checkpoint, **ASKED), expected)
        assert sorted(loads(log)) == list(range(N))


class TestProgress:
    @pytest.mark.parametrize("executor", [None, Backwards(2), Immediate()])
    def test_is_told_of_every_event(self, executor):
        told = []
        fastmi.scan(events(N), executor=executor, progress=lambda *now: told.append(now), **ASKED)
        assert told == [(n, N) for n in range(1, N + 1)]

    def test_of_events_that_cannot_be_counted(self):
        told = []
        fastmi.scan(iter(events(3)), progress=lambda *now: told.append(now), **ASKED)
        assert told == [(1, None), (2, None), (3, None)]

    def test_counts_what_the_checkpoint_has(self, tmp_path):
        told = []
        for n in 4, N:
            told.clear()
            fastmi.scan(events(n), checkpoint=tmp_path / "scan.ckpt", progress=lambda *now: told.append(now), **ASKED)
            assert told == [(m, n) for m in range(1, n + 1)]

    def test_is_told_on_the_calling_thread(self):
        threads = set()
        fastmi.scan(events(3), progress=lambda *_: threads.add(threading.current_thread()), **ASKED)
        assert threads == {threading.current_thread()}

    def test_bar(self, capsys):
        pytest.importorskip("tqdm")
        fastmi.scan(events(3), progress=True, **ASKED)
        assert "3/3" in capsys.readouterr().err
        fastmi.scan([], progress=True, **ASKED)
        assert "0event" in capsys.readouterr().err

    def test_bar_without_a_total(self, capsys):
        pytest.importorskip("tqdm")
        fastmi.scan(iter(events(3)), progress=True, **ASKED)
        assert "3event" in capsys.readouterr().err

    def test_bar_without_tqdm(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "tqdm.auto", None)
        with pytest.raises(ImportError, match=r"progress=True needs tqdm: pip install 'fastmi\[scan\]'"):
            fastmi.scan(events(3), progress=True, **ASKED)

    def test_that_raises_ends_the_scan_and_is_not_told_more(self, tmp_path, expected):
        checkpoint, log, told = tmp_path / "scan.ckpt", tmp_path / "log", []

        def stop(n_done, _):
            told.append(n_done)
            raise StopAsyncIteration("enough")

        with pytest.raises(StopAsyncIteration, match="enough"):
            fastmi.scan(events(N, log), checkpoint=checkpoint, executor=Batches(5), progress=stop, **ASKED)
        assert told == [1]
        assert_same(fastmi.scan(events(N, log), checkpoint=checkpoint, **ASKED), expected)
        assert sorted(loads(log)) == list(range(N))

    def test_of_another_kind(self):
        with pytest.raises(TypeError, match="progress='bar' is neither"):
            fastmi.scan(events(1), progress="bar", **ASKED)


class TestScansAtOnce:
    @pytest.mark.parametrize("own", [True, False])
    def test_in_two_threads(self, own, expected):
        with ThreadPoolExecutor(2) as shared, ThreadPoolExecutor(2) as callers:
            executor = None if own else shared
            calls = [callers.submit(fastmi.scan, events(N), executor=executor, **ASKED) for _ in range(4)]
            for call in calls:
                assert_same(call.result(HANG), expected)

    def test_within_progress(self, expected):
        found = []

        def once_more(n_done, _):
            if n_done < 3:
                found.append(fastmi.scan(events(N), executor=threads, **ASKED))
            elif n_done == 3:
                found.append(fastmi.scan(events(N), **ASKED))

        with ThreadPoolExecutor(1) as threads:
            found.append(fastmi.scan(events(N), executor=threads, progress=once_more, **ASKED))
        assert len(found) == 4
        for each in found:
            assert_same(each, expected)

    def test_one_that_ends_early_leaves_the_other_alone(self, expected):
        def stop(*_):
            raise InterruptedError

        with ThreadPoolExecutor(2) as threads:
            other = threading.Thread(target=fastmi.scan, args=[events(N)], kwargs=ASKED)
            other.start()
            for _ in range(3):
                with pytest.raises(InterruptedError):
                    fastmi.scan(events(N), executor=threads, progress=stop, **ASKED)
                assert_same(fastmi.scan(events(N), executor=threads, **ASKED), expected)
            other.join()


def dask_cluster(n_workers, **options):
    distributed = pytest.importorskip("distributed")
    return distributed.LocalCluster(n_workers, dashboard_address=":0", silence_logs="CRITICAL", **options)


@pytest.fixture(scope="module")
def client():
    with dask_cluster(2, threads_per_worker=1, processes=True) as cluster, cluster.get_client() as client:
        yield client


@pytest.mark.filterwarnings(
    "ignore:executor has no workers"
)  # On a busy machine those that were killed come back late.
class TestDask:
    def test_same_result(self, client, expected):
        executor = client.get_executor()
        assert (running.number_of_workers(executor), running.core_threads(executor, N)) == (2, 1)
        assert_same(fastmi.scan(events(N), executor=executor, **ASKED), expected)
        assert_same(fastmi.scan([dict(event) for event in events(N)], executor=executor, **ASKED), _at_hand(expected))

    def test_a_worker_that_is_killed(self, client, expected):
        killed = []

        def kill_one(n_done, _):
            if n_done == 3:
                pid = next(iter(client.run(os.getpid).values()))
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)

        assert_same(fastmi.scan(events(N), executor=client.get_executor(), progress=kill_one, **ASKED), expected)
        assert len(killed) == 1

    def test_an_event_that_kills_workers(self, client, tmp_path, expected):
        checkpoint = tmp_path / "scan.ckpt"
        deadly = [*events(N - 1), LazyEvent(f"event {N - 1}", dying)]
        with pytest.raises(
            RuntimeError, match=r"while event event 8 was under way \(KilledWorker: .* goes on from there"
        ):
            fastmi.scan(deadly, executor=client.get_executor(), checkpoint=checkpoint, **ASKED)
        found = fastmi.scan(events(N), executor=client.get_executor(), checkpoint=checkpoint, **ASKED)
        assert_same(found, expected)

    def test_resumed_as_soon_as_it_was_interrupted(self, client, expected):
        def stop(*_):
            raise InterruptedError

        executor = client.get_executor()
        for _ in range(5):
            with pytest.raises(InterruptedError):
                fastmi.scan(events(N), executor=executor, progress=stop, **ASKED)
            assert_same(fastmi.scan(events(N), executor=executor, **ASKED), expected)

    def test_large_events_at_hand(self, client):
        large = {"a": np.random.default_rng(0).normal(size=(1_500_000, 1)), "b": np.arange(12.0)}
        found = fastmi.scan([large, tiny(0)], x="a", y="b", executor=client.get_executor(), on_error="record")
        assert found.events == ["1"]

    def test_two_scans_at_once(self, client, expected):
        with ThreadPoolExecutor(2) as callers:
            calls = [callers.submit(fastmi.scan, events(N), executor=client.get_executor(), **ASKED) for _ in "ab"]
            for call in calls:
                assert_same(call.result(HANG), expected)

    def test_events_that_cannot_be_pickled(self, client):
        with pytest.raises(TypeError, match="event local cannot travel"):
            fastmi.scan([LazyEvent("local", partial(load, threading.Lock()))], executor=client.get_executor(), **ASKED)

    def test_a_client_in_place_of_its_executor(self, client):
        with pytest.raises(TypeError, match=r"that of a Dask client is client.get_executor\(\)"):
            fastmi.scan(events(1), executor=client, **ASKED)

    def test_workers_that_come_later(self, expected):
        with dask_cluster(0, processes=False) as cluster, cluster.get_client() as client:
            timer = threading.Timer(0.3, cluster.scale, [1])
            timer.start()
            assert_same(fastmi.scan(events(N), executor=client.get_executor(), **ASKED), expected)
            timer.join()

    @pytest.mark.parametrize("when", [0, 3])
    def test_a_client_that_is_closed(self, when, expected, tmp_path):
        checkpoint = tmp_path / "scan.ckpt"
        with dask_cluster(1, processes=False) as cluster, cluster.get_client() as client:
            executor = client.get_executor()

            def close(n_done, _):
                if n_done == when:
                    client.close()

            close(0, N)
            with pytest.raises(RuntimeError, match="goes on from there"):
                fastmi.scan(events(N), executor=executor, checkpoint=checkpoint, progress=close, **ASKED)
        assert_same(fastmi.scan(events(N), checkpoint=checkpoint, **ASKED), expected)


def _at_hand(expected):
    """Return the same result for events without names of their own."""
    return replace(expected, events=[str(i) for i in range(N)])
