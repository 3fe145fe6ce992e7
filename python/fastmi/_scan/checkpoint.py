"""A file that keeps what became of every event, so that a scan that was interrupted can go on.

It is an SQLite database: an event is in it once its transaction has ended, and what a crash leaves unfinished is undone
when the file is next opened. One scan at a time writes to it. Tables carry a digest, so that a damaged one is measured
again and not believed.
"""

import hashlib
import io
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, replace
from types import TracebackType
from typing import Self

import numpy as np

from fastmi._scan.failure import Failure
from fastmi._scan.measure import Layout, Measured
from fastmi._scan.running import Outcome
from fastmi._scan.settings import Settings
from fastmi._warnings import warn

_FORMAT = 1  # of the file, in SQLite's user_version
_SCHEMA = (
    "CREATE TABLE scan (settings TEXT NOT NULL)",
    """CREATE TABLE events (
        place INTEGER PRIMARY KEY, name TEXT NOT NULL, identity TEXT NOT NULL, found BLOB NOT NULL, digest BLOB NOT NULL
    )""",
    f"PRAGMA user_version = {_FORMAT}",
)


class Checkpoint:
    """The file, open for one scan."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Open the file, or make it."""
        self._path = os.fspath(path)
        with self._explained():
            # Without this, Python would begin transactions of its own.
            self._database = sqlite3.connect(self._path, timeout=0.0, isolation_level=None)
        try:
            with self._explained():
                self._open()
        except BaseException:
            self._database.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._database.close()

    def agree(self, settings: Settings, seed_is_given: bool) -> Settings:
        """Return the settings with which to go on; refuse those of another scan."""
        with self._explained():
            row = self._database.execute("SELECT settings FROM scan").fetchone()
            if row is None:
                self._database.execute("INSERT INTO scan VALUES (?)", (json.dumps(settings.as_json()),))
                return settings
        before = json.loads(row[0])
        if not seed_is_given and before["rng"] is not None:
            settings = replace(settings, seed=before["rng"])
        now = json.loads(json.dumps(settings.as_json()))
        differing = [name for name in now if now[name] != before.get(name)]
        if differing:
            changes = "; ".join(f"{name} was {before.get(name)!r} and is {now[name]!r}" for name in differing)
            raise ValueError(
                f"checkpoint {self._path} belongs to a scan with other settings: {changes}. Pass what it was begun with, "
                "or another checkpoint"
            )
        return settings

    def find(self, place: int, name: str, identity: str) -> Outcome | None:
        """Return what became of an event, None if that is not known."""
        with self._explained():
            row = self._database.execute(
                "SELECT name, identity, found, digest FROM events WHERE place = ?", (place,)
            ).fetchone()
        if row is None:
            return None
        old_name, old_identity, found, digest = row
        if digest != _digest(place, old_name, old_identity, found):
            warn(f"event {place} of checkpoint {self._path} is damaged; it is measured again")
            return None
        if old_identity != identity:
            raise ValueError(
                f"checkpoint {self._path} belongs to a scan of other events: its event {place} is {old_name}, that of "
                f"this scan is {name}, or has changed since; pass the same events, or another checkpoint"
            )
        return Outcome(place, old_name, identity, _unpack(found))

    def keep(self, outcome: Outcome) -> None:
        """Commit what became of an event."""
        found = _pack(outcome.found)
        digest = _digest(outcome.place, outcome.event, outcome.identity, found)
        with self._explained():
            self._database.execute(
                "INSERT OR REPLACE INTO events VALUES (?, ?, ?, ?, ?)",
                (outcome.place, outcome.event, outcome.identity, found, digest),
            )

    def check_end(self, n_events: int) -> None:
        """Raise if there were more events when the checkpoint was written."""
        with self._explained():
            (last,) = self._database.execute("SELECT max(place) FROM events").fetchone()
        if last is not None and last >= n_events:
            raise ValueError(
                f"checkpoint {self._path} belongs to a scan of more events: it has event {last}, this scan has "
                f"{n_events}; pass the same events, or another checkpoint"
            )

    def _open(self) -> None:
        """Take the file for this scan alone, and see whether it is sound."""
        self._database.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._database.execute("BEGIN EXCLUSIVE")
        if self._database.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,):
            for statement in _SCHEMA:
                self._database.execute(statement)
        self._database.execute("COMMIT")
        (version,) = self._database.execute("PRAGMA user_version").fetchone()
        tables = {name for (name,) in self._database.execute("SELECT name FROM sqlite_master")}
        if version != _FORMAT or not {"scan", "events"} <= tables:
            raise ValueError(
                f"checkpoint {self._path} is a database, but not of a scan by this version of fastmi; pass another path"
            )
        (state,) = self._database.execute("PRAGMA quick_check(1)").fetchone()
        if state != "ok":
            raise sqlite3.DatabaseError(state)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Say of SQLite's errors what they mean for a scan."""
        try:
            yield
        except sqlite3.Error as error:
            if isinstance(error, sqlite3.OperationalError):
                if "locked" in str(error):
                    raise OSError(f"checkpoint {self._path} is in use by another scan; let it finish first") from error
                raise OSError(
                    f"checkpoint {self._path} cannot be written: {error}. What it holds already is kept; make room, or "
                    "make the folder writable, and call again"
                ) from error
            raise ValueError(
                f"checkpoint {self._path} is damaged, or is no checkpoint of fastmi ({error}); move it away to begin "
                "anew, or restore a copy of it"
            ) from error


def _pack(found: Measured | Failure) -> bytes:
    if isinstance(found, Failure):
        arrays = {"failure": np.array(json.dumps(astuple(found)))}
    else:
        arrays = {
            "layout": np.array(json.dumps(found.layout)),
            **dict(zip(Measured._fields[1:], found[1:], strict=True)),
        }
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **arrays)
    return file.getvalue()


def _unpack(packed: bytes) -> Measured | Failure:
    with np.load(io.BytesIO(packed), allow_pickle=False) as arrays:
        if "failure" in arrays:
            return Failure(*json.loads(arrays["failure"].item()))
        layout = Layout(*map(tuple, json.loads(arrays["layout"].item())))
        return Measured(layout, *(arrays[name] for name in Measured._fields[1:]))


def _digest(place: int, name: str, identity: str, found: bytes) -> bytes:
    return hashlib.blake2b(json.dumps([place, name, identity]).encode() + found, digest_size=16).digest()
