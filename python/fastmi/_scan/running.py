"""Events on their way through an executor: never more at once than it takes to keep it busy."""

from collections.abc import Callable, Iterable
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    ThreadPoolExecutor,
    wait,
)
from contextlib import suppress
from types import TracebackType
from typing import NamedTuple

import numpy as np

from fastmi import _core
from fastmi._arguments import as_workers
from fastmi._scan.events import arrays_of
from fastmi._scan.failure import Failure, error_of
from fastmi._scan.measure import Measured, measure
from fastmi._scan.settings import Settings
from fastmi.io import LazyEvent


class Task(NamedTuple):
    """One event and what is asked of it."""

    place: int
    event: LazyEvent
    settings: Settings
    workers: int  # threads of the core


class Outcome(NamedTuple):
    """What became of an event."""

    place: int
    event: str
    identity: str
    found: Measured | Failure


def work(task: Task) -> Outcome:
    """Measure an event, wherever this runs."""
    event, settings = task.event, task.settings
    found: Measured | Failure
    try:
        rng = np.random.default_rng(np.random.SeedSequence(settings.seed, spawn_key=(task.place,)))
        found = measure(arrays_of(event, settings.arrays), settings, rng, task.workers)
    except ImportError:  # which no other event would be spared
        raise
    except Exception as error:  # noqa: BLE001, whatever it is that is wrong with an event
        found = Failure(task.place, event.name, error_of(error), str(error))
    return Outcome(task.place, event.name, event.identity, found)


def run(tasks: Iterable[Task], executor: Executor, at_once: int, finish: Callable[[Outcome], None]) -> None:
    """Work on all tasks, `at_once` of them at most, and hand each outcome to `finish` on the calling thread.

    Where this ends early, tasks that have not begun are cancelled, and those that are done by then are finished.
    """
    pending: set[Future[Outcome]] = set()
    try:
        for task in tasks:
            if len(pending) >= at_once:
                pending = _finish_some(pending, finish)
            pending.add(executor.submit(work, task))
        while pending:
            pending = _finish_some(pending, finish)
    except BaseException:
        for future in pending:
            future.cancel()
        for future in pending:
            if future.done():
                with suppress(BaseException):  # the first one is on its way
                    finish(future.result())
        raise


def _finish_some(pending: set[Future[Outcome]], finish: Callable[[Outcome], None]) -> set[Future[Outcome]]:
    done, rest = wait(pending, return_when=FIRST_COMPLETED)
    for future in done:
        pending.discard(future)
        finish(_outcome(future))
    return rest


def _outcome(future: Future[Outcome]) -> Outcome:
    try:
        return future.result()
    except BrokenExecutor as error:
        raise RuntimeError(
            "a worker of executor died, perhaps of lack of memory; finished events are in the checkpoint if there is "
            "one, and the same call goes on from there"
        ) from error


class OwnThreads(ThreadPoolExecutor):
    """Threads of this machine, whose work ends as soon as an exception leaves their context."""

    def __init__(self, workers: int | None = None) -> None:
        """Take so many threads; None and -1 stand for all cores, as elsewhere."""
        n_threads = as_workers(workers)
        self.n_threads = n_threads if n_threads > 0 else _core.build_info()["max_workers"]
        self._interruption = _core.Interruption()
        super().__init__(self.n_threads, "fastmi-scan", self._interruption.heed)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is not None:
            self._interruption.request()
        super().__exit__(kind, error, traceback)


def number_of_workers(executor: Executor) -> int:
    """Return how many events an executor works on at once."""
    if hasattr(executor, "_client"):  # Dask's
        n_workers = sum(executor._client.nthreads().values())
    else:  # the standard library's, mpi4py's
        n_workers = getattr(executor, "_max_workers", None) or getattr(executor, "num_workers", None)
    return n_workers or _core.build_info()["max_workers"]


def core_threads(executor: Executor, n_events: int | None) -> int:
    """Return how many threads the core may use for each event, so that there are no more than the executor's workers.

    Only where there are fewer events than threads of our own are some left over for the core.
    """
    if isinstance(executor, OwnThreads) and n_events:
        return max(1, executor.n_threads // n_events)
    return 1
