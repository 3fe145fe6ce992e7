"""Events on their way through an executor: never more at once than it takes to keep it busy."""

import os
import pickle
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any, NamedTuple

import numpy as np

from fastmi import _core
from fastmi._arguments import as_workers
from fastmi._scan.events import arrays_of
from fastmi._scan.failure import Failure, error_of, may_pass, traceback_of
from fastmi._scan.measure import Measured, measure
from fastmi._scan.settings import Settings
from fastmi._warnings import warn
from fastmi.io import LazyEvent

# Seconds between looks at the executor. Its workers may come and go, or be gone for good without a word; and Windows
# tells of Ctrl-C only between two waits.
_WATCH = 1.0

# Seconds without any workers, as there are while a cluster starts them, before a word is said of it.
_PATIENCE = 30.0

_GO_ON = (
    "Finished events are in the checkpoint if there is one, and the same call with another executor goes on from there"
)


class Task(NamedTuple):
    """One event and what is asked of it."""

    place: int
    event: LazyEvent
    settings: Settings
    core_threads: int
    scan: str  # that it belongs to, unlike any other: to Dask equal tasks are one, and who cancels it does so for all


class Outcome(NamedTuple):
    """What became of an event."""

    place: int
    event: str
    identity: str
    found: Measured | Failure
    may_pass: bool = False  # a failure that is to be tried again
    traceback: str = ""  # of a failure that is not one of fastmi's own errors, whose messages say all


def work(task: Task) -> Outcome:
    """Measure an event, wherever this runs."""
    event, settings = task.event, task.settings
    try:
        rng = np.random.default_rng(np.random.SeedSequence(settings.seed, spawn_key=(task.place,)))
        measured = measure(arrays_of(event, settings.arrays), settings, rng, task.core_threads)
    except (ImportError, KeyboardInterrupt, GeneratorExit):  # which are not about this event
        raise
    except BaseException as error:  # noqa: BLE001, whatever it is that is wrong with an event
        failure = Failure(task.place, event.name, error_of(error), str(error))
        return Outcome(task.place, event.name, event.identity, failure, may_pass(error), traceback_of(error))
    return Outcome(task.place, event.name, event.identity, measured)


def run(
    tasks: Iterable[Task],
    executor: Executor,
    keep: Callable[[Outcome], None],
    gather: Callable[[Outcome], None],
) -> None:
    """Work on all tasks, and hand each outcome to `keep` and then to `gather` on the calling thread.

    Where this ends early, tasks that have not begun are cancelled, and the outcomes of those that are done are kept.
    """
    pending: dict[Future[Outcome], Task] = {}
    try:
        # A call, because not all of a loop is within the `try` around it: CPython 3.11 and 3.12 take an interrupt on the
        # way back to its first line for one of what comes before.
        _work_off(iter(tasks), executor, pending, keep, gather)
    except BaseException:
        for future in [future for future in pending if not future.cancel()]:
            if future.done() and future.exception() is None:
                with suppress(OSError):  # of a checkpoint that has perhaps just failed
                    keep(future.result())
        raise


def _work_off(
    waiting: Iterator[Task],
    executor: Executor,
    pending: dict[Future[Outcome], Task],
    keep: Callable[[Outcome], None],
    gather: Callable[[Outcome], None],
) -> None:
    has_room = _Room(executor)
    done: SimpleQueue[Future[Outcome]] = SimpleQueue()
    while True:
        task = next(waiting, None) if has_room(len(pending)) else None
        if task is not None:
            with _blamed_on_executor(task):
                future = _submit(executor, task)
            pending[future] = task
            future.add_done_callback(done.put)
        elif not pending:
            return
        # All that is done goes before the next event, which may take long to come.
        for future in _arrivals(done, _WATCH if task is None else 0.0):
            with _blamed_on_executor(pending[future]):
                outcome = future.result()
            keep(outcome)
            del pending[future]  # and not before, lest Ctrl-C comes in between
            gather(outcome)


def _arrivals(done: "SimpleQueue[Future[Outcome]]", patience: float) -> Iterator["Future[Outcome]"]:
    """Take what has come; wait so many seconds for the first."""
    with suppress(Empty):
        yield done.get(timeout=patience)
        while True:
            yield done.get_nowait()


def _submit(executor: Executor, task: Task) -> "Future[Outcome]":
    if not _is_of_dask(executor):
        return executor.submit(work, task)
    with warnings.catch_warnings():  # of "large graphs", which users have never heard of: it is the event's arrays
        warnings.filterwarnings("ignore", "Sending large graph")
        return executor.submit(work, task)


@contextmanager
def _blamed_on_executor(task: Task) -> Iterator[None]:
    """Say what it means that an executor fails: events that fail do so within `work`."""
    try:
        yield
    except ImportError:
        raise
    except (pickle.PicklingError, TypeError, AttributeError) as error:
        raise TypeError(
            f"event {task.event.name} cannot travel to the workers of executor: {error}. Processes need events that can "
            "be pickled, such as a fastmi.io.LazyEvent with a function of a module; threads do not"
        ) from error
    except Exception as error:
        raise RuntimeError(
            f"executor failed while event {task.event.name} was under way ({type(error).__name__}: {error}). Workers "
            f"die for lack of memory, or if they cannot import what makes the events. {_GO_ON}"
        ) from error


class _Room:
    """Whether one more event may be under way: twice as many as there are workers, so that none waits for the next."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._until = -np.inf
        self._attended = time.monotonic()  # when there last were workers, or nothing for them to do

    def __call__(self, n_pending: int) -> bool:
        """Answer by the number of workers as it was a moment ago."""
        now = time.monotonic()
        if now > self._until:
            n_workers = number_of_workers(self._executor)
            self._n_at_once = 2 * (n_workers or cores())
            self._until = now + _WATCH
            if n_workers or not n_pending:
                self._attended = now
            elif now - self._attended > _PATIENCE:
                warn("executor has no workers; the scan waits for some to join. Ctrl-C ends it")
                self._attended = np.inf  # for this time
        return n_pending < self._n_at_once


class OwnThreads(ThreadPoolExecutor):
    """Threads of this machine, whose work ends as soon as an exception leaves their context."""

    def __init__(self, workers: int | None = None) -> None:
        """Take so many threads; None and -1 stand for all cores, as elsewhere."""
        n_threads = as_workers(workers)
        self.n_threads = n_threads if n_threads > 0 else cores()
        self._interruption = _core.Interruption()
        super().__init__(self.n_threads, "fastmi-scan", self._interruption.heed)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is not None:
            self._interruption.request()
        super().__exit__(kind, error, traceback)


def check_executor(executor: object) -> None:
    """Raise unless this is an executor as the standard library has them."""
    if not isinstance(executor, Executor):
        raise TypeError(
            f"executor={executor!r} is not a concurrent.futures.Executor; that of a Dask client is client.get_executor()"
        )


def cores() -> int:
    """Return how many threads there may be on this machine, with or without OpenMP."""
    info = _core.build_info()
    return info["max_workers"] if info["openmp"] else os.cpu_count() or 1


def number_of_workers(executor: Executor) -> int:
    """Return how many events an executor works on at once; as many as there are cores here if it does not tell.

    Executors have no public name for it, apart from mpi4py's `num_workers`. Dask may have none, at times.
    """
    if _is_of_dask(executor):
        return _number_of_dask_workers(executor._client)  # type: ignore[attr-defined]
    return getattr(executor, "num_workers", None) or getattr(executor, "_max_workers", None) or cores()


def _is_of_dask(executor: Executor) -> bool:
    return any(kind.__module__.partition(".")[0] == "distributed" for kind in type(executor).__mro__)


def _number_of_dask_workers(client: Any) -> int:
    try:
        return sum(client.nthreads().values())
    except Exception as error:
        raise RuntimeError(f"executor's Dask client is closed, or its scheduler is gone. {_GO_ON}") from error


def core_threads(executor: Executor, n_events: int | None) -> int:
    """Return how many threads the core may use for each event, so that there are no more than the executor's workers.

    Only where there are fewer events than threads of our own are some left over for the core.
    """
    if isinstance(executor, OwnThreads) and n_events:
        return max(1, executor.n_threads // n_events)
    return 1
