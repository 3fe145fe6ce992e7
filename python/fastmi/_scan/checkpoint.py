"""A file that keeps what became of every event, so that a scan that was interrupted can go on.

It is an SQLite database: an event is in it once its transaction has ended, and what a crash leaves unfinished is undone
when the file is next opened. One scan at a time writes to it. Settings and tables carry a digest, so that damaged ones
are not believed.

SQLite's default rollback journal and full synchronization stay. A write-ahead log would commit faster, but it does not
work on network file systems, where checkpoints of clusters lie, and it leaves a second file to be copied along. What a
commit costs, a few milliseconds of the calling thread, is little beside an event, and workers do not wait for it.
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
from typing import Any, Self

import numpy as np

from fastmi._scan.failure import Failure
from fastmi._scan.measure import Layout, Measured
from fastmi._scan.running import Outcome
from fastmi._scan.settings import Settings
from fastmi._warnings import warn

_APPLICATION = int.from_bytes(b"fami")  # tells the file from the databases of other programs
_FORMAT = 1
_SCHEMA = (
    "CREATE TABLE scan (settings TEXT NOT NULL, digest BLOB NOT NULL)",
    """CREATE TABLE events (
        place INTEGER PRIMARY KEY, name_and_identity TEXT NOT NULL, binding INTEGER NOT NULL, found BLOB NOT NULL,
        digest BLOB NOT NULL
    )""",
    f"PRAGMA application_id = {_APPLICATION}",
    f"PRAGMA user_version = {_FORMAT}",
)


class Checkpoint:
    """The file, open for one scan."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Open the file, or make it."""
        self._path = os.fspath(path)
        with self._explained():
            # SQLite gives names such as ":memory:" a meaning, but not absolute ones; and without isolation_level=None
            # Python would begin transactions of its own.
            self._database = sqlite3.connect(os.path.abspath(self._path), timeout=0.0, isolation_level=None)
        self._database.text_factory = bytes  # of damaged text, too
        self._agreed = -1  # the last place whose event is known to be that of the checkpoint
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
        before = self._settings()
        if before is None:
            self._write("INSERT INTO scan VALUES (?, ?)", json.dumps(settings.as_json()))
            return settings
        if not seed_is_given and before["rng"] is not None:
            settings = replace(settings, seed=before["rng"])
        now = json.loads(json.dumps(settings.as_json()))
        differing = [name for name in now if _comparable(name, now[name]) != _comparable(name, before.get(name))]
        if differing:
            changes = "; ".join(f"{name} was {before.get(name)!r} and is {now[name]!r}" for name in differing)
            raise ValueError(
                f"checkpoint {self._path} belongs to a scan with other settings: {changes}. Pass what it was begun with, "
                "or another checkpoint"
            )
        return settings

    def find(self, place: int, name: str, identity: str) -> Outcome | None:
        """Return what became of an event, None if that is not known."""
        row = self._read("SELECT * FROM events WHERE place = ?", place)
        if row is None:
            return None
        if not _is_sound(row):
            warn(f"event {place} of checkpoint {self._path} is damaged; it is measured again")
            return None
        old_name, old_identity = json.loads(row[1])
        _, _, binding, packed, _ = row
        if old_identity == identity:
            self._agreed = place if binding else self._agreed
            found = _unpack(packed)
            return Outcome(place, name, identity, replace(found, event=name) if isinstance(found, Failure) else found)
        if not binding:
            return None
        raise ValueError(
            f"checkpoint {self._path} belongs to a scan of other events: its event {place} is "
            f"{_identified(old_name, old_identity)}, that of this scan is {_identified(name, identity)}; pass the same "
            "events, or another checkpoint"
        )

    def keep(self, outcome: Outcome) -> None:
        """Commit what became of an event, unless it may be otherwise next time.

        It binds scans that go on to the same event in its place, unless it failed, and may be mended by then; or events
        are kept further on that this scan has not come to yet: should those turn out to be others, this one is, too.
        """
        if outcome.may_pass:
            return
        is_within = self._agreed < outcome.place <= self._last
        binding = int(isinstance(outcome.found, Measured) and not is_within)
        name_and_identity = json.dumps([outcome.event, outcome.identity])
        self._write(
            "INSERT OR REPLACE INTO events VALUES (?, ?, ?, ?, ?)",
            *(outcome.place, name_and_identity, binding, _pack(outcome.found)),
        )

    def check_end(self, n_events: int) -> None:
        """Raise if there were more events when the checkpoint was written."""
        (last,) = self._read("SELECT max(place) FROM events")
        if last is not None and last >= n_events:
            raise ValueError(
                f"checkpoint {self._path} belongs to a scan of more events: it has event {last}, this scan has "
                f"{n_events}; pass the same events, or another checkpoint"
            )

    def _settings(self) -> dict[str, Any] | None:
        row = self._read("SELECT * FROM scan")
        if row is None and self._read("SELECT * FROM events") is None:
            return None
        if row is None or not _is_sound(row):
            raise self._damaged("its settings are lost")
        settings: dict[str, Any] = json.loads(row[0])
        return settings

    def _open(self) -> None:
        """Take the file for this scan alone, and see whether it is sound."""
        self._database.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._database.execute("BEGIN EXCLUSIVE")
        if self._read("SELECT count(*) FROM sqlite_master") == (0,):
            for statement in _SCHEMA:
                self._database.execute(statement)
        self._database.execute("COMMIT")
        if self._read("PRAGMA application_id") != (_APPLICATION,):
            raise ValueError(f"checkpoint {self._path} is a database of another program; pass another path")
        (version,) = self._read("PRAGMA user_version")
        if version != _FORMAT:
            raise ValueError(
                f"checkpoint {self._path} has format {version}, this version of fastmi has format {_FORMAT}: go on with "
                "the version that wrote it, or pass another path"
            )
        (state,) = self._read("PRAGMA quick_check(1)")
        if state != b"ok":
            raise self._damaged(state.decode(errors="replace").splitlines()[-1])
        (last,) = self._read("SELECT max(place) FROM events WHERE binding")
        self._last = -1 if last is None else last  # place that binds this scan

    def _read(self, query: str, *values: object) -> Any:
        """Return the first row, None if there is none."""
        with self._explained():
            return self._database.execute(query, values).fetchone()

    def _write(self, statement: str, *values: object) -> None:
        """Commit a row and its digest."""
        with self._explained():
            self._database.execute(statement, (*values, _digest(values)))

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Say of SQLite's errors what they mean for a scan."""
        try:
            yield
        except (sqlite3.Error, UnicodeDecodeError) as error:  # the latter of a message that quotes damaged text
            code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF  # without what SQLite adds to it
            if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise OSError(f"checkpoint {self._path} is in use by another scan; let it finish first") from error
            if isinstance(error, sqlite3.OperationalError) and code != sqlite3.SQLITE_ERROR:
                raise OSError(
                    f"checkpoint {self._path} cannot be written: {error}. What it holds already is kept; make room, or "
                    "see that the folder is there and writable, on a file system with file locks, and call again"
                ) from error
            raise self._damaged(str(error)) from error

    def _damaged(self, how: str) -> ValueError:
        return ValueError(
            f"checkpoint {self._path} is damaged, or is no checkpoint of fastmi ({how}); move it away to begin anew, or "
            "restore a copy of it"
        )


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


def _comparable(name: str, value: object) -> object:
    """Return the setting so that names of columns in another order are unequal, which they are not in a dict."""
    return list(value.items()) if name in ("x", "y") and isinstance(value, dict) else value


def _identified(name: str, identity: str) -> str:
    return name if identity == name else f"{name} ({identity})"


def _digest(values: tuple[object, ...]) -> bytes:
    digest = hashlib.blake2b(digest_size=16)
    for value in values:
        as_read = value.encode() if isinstance(value, str) else value  # text comes back as bytes
        content = as_read if isinstance(as_read, bytes) else repr(as_read).encode()
        digest.update(f"{type(as_read).__name__} {len(content)} ".encode())
        digest.update(content)
    return digest.digest()


def _is_sound(row: tuple[object, ...]) -> bool:
    return _digest(row[:-1]) == row[-1]
