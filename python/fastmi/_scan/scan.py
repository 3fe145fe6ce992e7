"""The scan, as users call it."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import ExitStack
from typing import Any, Literal, SupportsIndex
from uuid import uuid4

import numpy as np

from fastmi._arguments import NanPolicy, Period
from fastmi._scan import running
from fastmi._scan.checkpoint import Checkpoint
from fastmi._scan.events import each_event, number_of_events
from fastmi._scan.failure import Failure
from fastmi._scan.gathering import Gathering
from fastmi._scan.progress import Progress, telling
from fastmi._scan.result import ScanResult
from fastmi._scan.running import Outcome, Task
from fastmi._scan.settings import Names, Rng, Settings, settings_of
from fastmi._warnings import warn

OnError = Literal["raise", "record"]


def scan(
    events: Iterable[Any] | str | os.PathLike[str],
    *,
    x: Names,
    y: Names,
    joint: bool = True,
    measures: str | Iterable[str] = ("mutual_info",),
    k: SupportsIndex = 3,
    period: Mapping[str, Period] | None = None,
    nan_policy: NanPolicy = "omit",
    controls: str | Iterable[str] | None = None,
    executor: Executor | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    progress: Progress | bool | None = None,
    on_error: OnError = "raise",
    rng: Rng = None,
) -> ScanResult:
    """Estimate in many events what every column of x knows of every column of y.

    Parameters
    ----------
    events : iterable, or a path
        Each event is a mapping from names to arrays with a row a sample: a dict, a structured array, a data frame, an
        Arrow table, an Awkward record, an :class:`fastmi.io.LazyEvent`; or a path to a file that
        :func:`fastmi.io.read_events` knows. Events are taken one by one, as many as can be worked on: a generator may
        yield more than memory holds.
    x, y : str, iterable of str, or mapping
        Names of the arrays of either side, each of shape (n_samples,) or (n_samples, n_columns). A mapping gives names
        to arrays: to the name of one, to a list of names, which are taken side by side, or to a list of numbers, which
        are columns of the array of that name.
    joint : bool, default True
        Whether to add a row for all columns of x taken together.
    measures : str or iterable of str, default ("mutual_info",)
        What to estimate, each as the function of that name does by neighbours: "mutual_info", I(X;Y); "proficiency",
        I(X;Y) / H(Y), the share of what there is to know of y (H(Y) is I(Y;Y) by method "mixed", so that the values of
        y may repeat); "conditional_entropy", H(Y|X), what is left of the
        (differential) entropy of y where x is known.
    k : int, default 3
        Neighbours. More lowers the variance and raises the bias.
    period : mapping, optional
        Periods of the arrays of these names: a number, or an entry a column. ``{"phi": 2 * numpy.pi}``.
    nan_policy : {"omit", "raise", "propagate"}
        What NaN does: leave out rows pair by pair, make the event fail, or make the entry NaN.
    controls : str or iterable of str, optional
        Rows that know nothing, as a floor to the others: "uniform", "normal" and "poisson" are random columns;
        "permutation" is x once more with its rows in random order, column by column and jointly. NaN stay where they
        are, so that a control rests on as many samples as what it is a floor to.
    executor : concurrent.futures.Executor, optional
        Where events are worked on: threads, processes, ``dask.distributed.Client(...).get_executor()``, an
        ``mpi4py.futures.MPIPoolExecutor``. It stays open, and each of its workers uses one thread. Processes are sent
        the arrays of events that hold them; paths and lazy events they read themselves. By default, threads of this
        process on all cores. Ctrl-C ends their computations; a file that is being read is read to its end.
    checkpoint : path, optional
        A file to which every event is committed when it is done. The same call with the same events goes on where the
        last one ended, and returns what it would have returned without interruption, bit for bit. More events may be
        appended. What is done while a generator makes its next event is committed before that is worked on. A crash may
        leave a second file beside the checkpoint, ``-journal``, which belongs to it. The file system has to have file
        locks.
    progress : bool or callable, optional
        True for a bar (tqdm), or called as ``progress(n_done, n_events)`` on the calling thread, with None for a number
        of events that is not known.
    on_error : {"raise", "record"}
        What an event that cannot be measured does: end the scan with an error, or be listed in the result's
        ``failures``; an event with other columns than most have is one. Under "record", a scan that goes on from a
        checkpoint tries events that failed again only if they have changed, or if what failed was the system: OSError
        and MemoryError are not committed.
    rng : int, numpy.random.Generator or SeedSequence, optional
        Seed of the controls. Those of an event depend on the seed and its place among the events alone.

    Returns
    -------
    ScanResult
        The values of each event in nats, their mean and standard error; as a table, a picture, a file. It depends
        neither on the executor nor on the order in which events are done.

    Raises
    ------
    ValueError
        For an event that cannot be measured, under ``on_error="raise"``: a missing or ragged array, too few samples,
        infinite values, an unreadable file; the message names event and array. For a checkpoint of a scan with
        other settings or events, or that is damaged. For options out of range.
    TypeError
        For options of another type, for a single event in place of an iterable of them, and for events that cannot be
        pickled where the executor's workers are processes.
    OSError
        If the checkpoint cannot be written, or another scan is writing to it. What it holds already is kept.
    RuntimeError
        If the executor cannot go on: it was shut down, or a worker died.
    ImportError
        If what an event is read with, or tqdm, is not installed.

    Warns
    -----
    UserWarning
        If in some entries many samples coincide, where the estimates mean little.

    See Also
    --------
    mutual_info_matrix : the same for one event.
    fastmi.io.read_events : events in files.

    References
    ----------
    A. Kraskov, H. Stoegbauer, P. Grassberger, Phys. Rev. E 69, 066138 (2004), first algorithm.

    Examples
    --------
    >>> import fastmi
    >>> from fastmi.toy import toy_events
    >>> found = fastmi.scan(toy_events(3, n_hits=1000), x="latent", y=["phi_hit", "z"], period={"phi_hit": 6.2832})
    >>> found.x[-1], found.y, found.values["mutual_info"].shape
    ('joint', ['phi_hit', 'z'], (3, 13, 2))
    """
    settings = settings_of(
        x=x, y=y, joint=joint, measures=measures, k=k, period=period, nan_policy=nan_policy, controls=controls, rng=rng
    )
    if on_error not in ("raise", "record"):
        raise ValueError(f"on_error={on_error!r} is unknown; use 'raise' or 'record'")
    if executor is not None:
        running.check_executor(executor)
    with ExitStack() as stack:
        kept = None
        if checkpoint is not None:
            kept = stack.enter_context(Checkpoint(checkpoint))
            settings = kept.agree(settings, seed_is_given=rng is not None)
        n_events = number_of_events(events)
        if kept and n_events is not None:
            kept.check_end(n_events)
        tell = stack.enter_context(telling(progress, n_events))
        job = _Scan(events, settings, kept, on_error, tell)
        where = stack.enter_context(running.OwnThreads()) if executor is None else executor
        running.run(job.tasks(running.core_threads(where, n_events)), where, job.keep, job.gather)
    result = job.gathering.result(settings.measures, settings.as_json())
    _warn_if_doubtful(result)
    return result


class _Scan:
    """Events on their way from where they are to where their values are gathered."""

    def __init__(
        self,
        events: Any,
        settings: Settings,
        checkpoint: Checkpoint | None,
        on_error: OnError,
        tell: Callable[[int], object],
    ) -> None:
        self.gathering = Gathering()
        self._events, self._settings, self._checkpoint = events, settings, checkpoint
        self._on_error, self._tell = on_error, tell

    def tasks(self, core_threads: int) -> Iterator[Task]:
        """Return what is left to do, and gather what the checkpoint knows on the way."""
        events = each_event(self._events, self._settings.arrays, with_identity=self._checkpoint is not None)
        scan, place = uuid4().hex, -1
        for place, event in enumerate(events):
            known = self._checkpoint.find(place, event.name, event.identity) if self._checkpoint else None
            if known is None or self._is_fatal(known):
                yield Task(place, event, self._settings, core_threads, scan)
            else:
                self.gather(known)
        if self._checkpoint:
            self._checkpoint.check_end(place + 1)

    def _is_fatal(self, outcome: Outcome) -> bool:
        return self._on_error == "raise" and isinstance(outcome.found, Failure)

    def keep(self, outcome: Outcome) -> None:
        """Put what became of an event into the checkpoint."""
        if self._checkpoint and not self._is_fatal(outcome):
            self._checkpoint.keep(outcome)

    def gather(self, outcome: Outcome) -> None:
        """Put what became of an event into the result."""
        found = outcome.found
        if self._on_error == "raise" and isinstance(found, Failure):
            kind = [] if found.error in ("ValueError", "TypeError") and found.message else [found.error]
            what = ": ".join([*kind, *filter(None, [found.message])])
            error = ValueError(f"event {found.event}: {what}; on_error='record' goes on without it")
            if outcome.traceback:
                error.add_note(outcome.traceback)
            raise error
        self.gathering.add(outcome.place, outcome.event, found)
        if self._on_error == "raise":
            self.gathering.check_one_layout()
        self._tell(self.gathering.n_events)


def _warn_if_doubtful(result: ScanResult) -> None:
    n_asked = len(result.kinds) - result.kinds.count("control")
    doubtful = np.any(result.doubtful[:, :n_asked], axis=0)
    if doubtful.any():
        i, j = np.argwhere(doubtful)[0]
        warn(
            f"many samples coincide in {np.count_nonzero(doubtful)} of {doubtful.size} pairs of columns, the first of "
            f"them {result.x[i]} and {result.y[j]}. KSG assumes a density, which such data does not have: these values "
            'mean little. mutual_info(..., method="mixed") is for discrete or mixed data.'
        )
