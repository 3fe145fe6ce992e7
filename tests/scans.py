"""Small scans, and what is asked of all of them: the same bits, however they came about."""

import dataclasses
import os
import subprocess
import sys
import textwrap
from collections.abc import Collection
from concurrent.futures import Executor, Future
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

import fastmi
from fastmi.io import LazyEvent
from fastmi.toy import toy_event

HANG = 120  # seconds; keeps a hang from lasting, and is no measure of anything
ASKED: dict[str, Any] = {
    "x": {"latent": [0, 1, 5]},
    "y": ["phi_hit", "pt"],
    "period": {"phi_hit": 2 * np.pi},
    "controls": ("normal", "permutation"),
    "rng": 7,
}


def events(n_events: int, log: Path | None = None) -> list[LazyEvent]:
    """Return small events; each writes its place to the log when it is loaded."""
    return [LazyEvent(f"event {place}", partial(load, place, log)) for place in range(n_events)]


def load(place: int, log: Path | None, _: Collection[str] | None) -> dict[str, Any]:
    if log is not None:
        with open(log, "a") as file:
            file.write(f"{place}\n")
    return toy_event(place, n_hits=150)


def failing(error: Exception, _: Collection[str] | None) -> dict[str, Any]:
    raise error


def dying(_: Collection[str] | None) -> dict[str, Any]:
    os._exit(3)


def loads(log: Path) -> list[int]:
    return list(map(int, log.read_text().split())) if log.exists() else []


class Immediate(Executor):
    """Works on an event while it is submitted, and does not tell how many workers it has."""

    def submit(self, work, *arguments):
        future = Future()
        try:
            future.set_result(work(*arguments))
        except BaseException as error:  # noqa: BLE001, as executors do
            future.set_exception(error)
        return future


class Batches(Immediate):
    """Works on events when there are so many of them, all at once."""

    num_workers = 100

    def __init__(self, n_events: int) -> None:
        self.n_events = n_events
        self.waiting: list[tuple[Future, Any, Any]] = []

    def submit(self, work, task):
        future = Future()
        self.waiting.append((future, work, task))
        if len(self.waiting) == self.n_events:
            for each, work_on, waiting in self.waiting:
                each.set_result(work_on(waiting))
            self.waiting = []
        return future


def tiny(seed: int, n: int = 12) -> dict[str, Any]:
    """Return an event that holds its arrays."""
    a, b = np.random.default_rng(seed).normal(size=(2, n))
    return {"a": a, "b": b}


def assert_same(found: fastmi.ScanResult, expected: fastmi.ScanResult) -> None:
    for field in dataclasses.fields(expected):
        ours, theirs = getattr(found, field.name), getattr(expected, field.name)
        if field.name == "values":
            assert list(ours) == list(theirs)
            for name in theirs:
                assert_same_array(ours[name], theirs[name])
        elif isinstance(theirs, np.ndarray):
            assert_same_array(ours, theirs)
        else:
            assert ours == theirs, field.name


def assert_same_array(ours: np.ndarray, theirs: np.ndarray) -> None:
    assert (ours.dtype, ours.shape, ours.tobytes()) == (theirs.dtype, theirs.shape, theirs.tobytes())


def script(code: str) -> list[str]:
    """Return the command that runs this code, which may import this module."""
    begin = f"import sys; sys.path.insert(0, {os.path.dirname(__file__)!r})\n"
    return [sys.executable, "-W", "ignore::DeprecationWarning", "-c", begin + textwrap.dedent(code)]


def run(code: str) -> str:
    return subprocess.run(script(code), stdout=subprocess.PIPE, text=True, timeout=HANG, check=True).stdout
