"""Events from files of any format."""

import errno
import glob
import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Literal, NamedTuple, NoReturn

from fastmi.io._csv import csv_events
from fastmi.io._hdf5 import hdf5_events
from fastmi.io._lazy_event import LazyEvent
from fastmi.io._npz import npz_events
from fastmi.io._parquet import parquet_events
from fastmi.io._reading import Columns, bare_name, identity, natural_key
from fastmi.io._results import holds_result
from fastmi.io._root import root_events, split_tree
from fastmi.io._trackml import parts_of, prefix_of, trackml_events

FormatName = Literal["npz", "csv", "parquet", "root", "hdf5", "trackml"]


class _Format(NamedTuple):
    suffixes: tuple[str, ...]
    events: Callable[[Path, Columns, str], Iterable[LazyEvent]]  # of a file, and named by this


_FORMATS: dict[str, _Format] = {
    "npz": _Format((".npz",), npz_events),
    "csv": _Format((".csv", ".csv.gz"), csv_events),
    "parquet": _Format((".parquet",), parquet_events),
    "root": _Format((".root",), root_events),
    "hdf5": _Format((".h5", ".hdf5"), hdf5_events),
    "trackml": _Format(("-hits.csv", "-hits.csv.gz"), trackml_events),
}


def read_events(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    *,
    columns: Collection[str] | None = None,
    format: FormatName | None = None,  # noqa: A002
) -> Iterator[LazyEvent]:
    r"""Go through the events of files.

    An event is a mapping from names to arrays, a row a hit. Its arrays are read when one of them is asked for, or where
    a scan works on it; until then it is a description that other processes can be sent.

    Parameters
    ----------
    paths : path or iterable of paths
        Files; patterns such as ``"run*/*.npz"``; and folders, which stand for the files in them whose suffix is known, in
        natural order of their names, without those that hold a :class:`fastmi.ScanResult`. An iterable is advanced only
        as events are taken. Events are called after their paths, without suffix; where there is but one path, without its
        folder.
    columns : collection of str, optional
        Names of the arrays to have; all of them by default. Only these are read, where the format allows it. Those that
        an event has not are left out.
    format : {"npz", "csv", "parquet", "root", "hdf5", "trackml"}, optional
        By default the suffix tells.

        - "npz" (.npz), "csv" (.csv, .csv.gz), "parquet" (.parquet): a file is an event. Columns of lists are matrices.
        - "root" (.root): ``file.root:tree`` names the tree, if there are several of which no one has more of the
          columns than others. An entry is an event if any of the
          wanted branches holds a list an entry, and what is no list is repeated for each hit; otherwise a tree is an
          event, and an entry a row of it.
        - "hdf5" (.h5, .hdf5): the datasets at the root of the file are an event; without, each group that holds any is
          one. If there are columns to have, groups that have none of them are no events, and the root is one if it has
          at least as many of them as any group. The fields of a dataset that is alone in its group are arrays.
        - "trackml" (``event*-hits.csv``, ``event*-hits.csv.gz``): the hits, cells, truth and particles of an event, joined to
          a row a hit. Any of the four files stands for the event, and so does their common prefix.

    Yields
    ------
    LazyEvent
        An event. Asking it for its arrays raises ValueError if they cannot be read, and OSError if the system does not
        let them be. So does that which stands for a path that is missing, of unknown suffix, a folder without a file to
        read, or a file of several trees: the events of other paths go on.

    Raises
    ------
    ValueError
        If the format is unknown, or a file is named twice.
    TypeError
        If columns is a string.
    ImportError
        If a library is missing that the format needs. All are in the extra ``fastmi[io]``.

    See Also
    --------
    LazyEvent : An event of your own making.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import numpy as np
    >>> from fastmi.io import read_events
    >>> from fastmi.toy import toy_event
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for seed in (1, 2):
    ...         np.savez(Path(folder, f"event{seed}.npz"), **toy_event(seed, n_hits=100))
    ...     for event in read_events(folder, columns=["latent", "pt"]):
    ...         print(event.name, event["latent"].shape, event["pt"].shape)
    event1 (100, 12) (100,)
    event2 (100, 12) (100,)
    """
    if format is not None and format not in _FORMATS:
        raise ValueError(f"format={format!r} is unknown; use one of {', '.join(map(repr, _FORMATS))}")
    if isinstance(columns, str):
        raise TypeError(f"columns={columns!r} is a string; pass a list of names: columns=[{columns!r}]")
    listing = Listing(None if columns is None else tuple(dict.fromkeys(columns)), format)
    if isinstance(paths, str | os.PathLike):
        return listing.events(paths, is_all=True)
    return chain.from_iterable(map(listing.events, paths))


class Listing:
    """The events of paths that come one by one. What cannot be read is an event that fails; the others go on."""

    def __init__(self, columns: Columns, chosen: FormatName | None = None) -> None:
        self.files: set[str] = set()  # that were named, with links resolved
        self.first_error: Exception | None = None
        self._columns, self._chosen = columns, chosen
        self._begun: set[str] = set()  # prefixes of TrackML

    def events(self, path: str | os.PathLike[str], *, is_all: bool = False) -> Iterator[LazyEvent]:
        """List the events of a path; if it is all there is, they are named without its folder, or itself if it is one."""
        given = os.fspath(path)
        try:
            found = _matching(given)
        except (OSError, ValueError) as error:
            yield self._failing(given, error)
            return
        is_all = is_all and len(found) == 1
        for each in found:
            if each.is_dir():
                yield from self._in_folder(each, is_all)
            else:
                yield from self._in_file(each, each.relative_to(split_tree(each)[0].parent) if is_all else each)

    def _in_folder(self, folder: Path, is_all: bool) -> Iterator[LazyEvent]:
        try:
            members = _members(folder, self._chosen)
        except OSError as error:
            yield self._failing(str(folder), error)
            return
        is_empty = True
        for file in members:
            if not holds_result(file):
                is_empty = False
                yield from self._in_file(file, file.relative_to(folder) if is_all else file)
        if is_empty:
            known = _known_suffixes(self._chosen)
            yield self._failing(str(folder), ValueError(f"{folder} is a folder without a file to read: {known}"))

    def _in_file(self, file: Path, shown: Path) -> Iterator[LazyEvent]:
        """List the events of a file, those of a TrackML event where its first file is named."""
        format_name = self._chosen or _format_of(file)
        is_prefix = format_name in (None, "trackml") and not prefix_of(file)
        for part in parts_of(file).values() if is_prefix else [file]:
            self._name_once(part)
        try:
            format_name = format_name or _format_of_other(file)
            if format_name == "trackml":
                file, shown = (prefix_of(path) or path for path in (file, shown))
                if not self._begins(file):
                    return
                name = shown.as_posix()
            else:
                bare, _ = split_tree(shown)
                name = bare.with_name(bare_name(bare)).as_posix()
            events = _FORMATS[format_name].events(file, self._columns, name)
        except (OSError, ValueError) as error:
            events = [self._failing(shown.as_posix(), error, split_tree(file)[0])]
        yield from events

    def _name_once(self, file: Path) -> None:
        real = os.path.realpath(file)
        if real in self.files:
            raise ValueError(f"{file} is named twice, by this path or another; an event counts once, so name it once")
        self.files.add(real)

    def _begins(self, prefix: Path) -> bool:
        """Return whether this is the first file of a TrackML event."""
        real, n_before = os.path.realpath(prefix), len(self._begun)
        self._begun.add(real)
        return len(self._begun) > n_before

    def _failing(self, name: str, error: Exception, file: Path | None = None) -> LazyEvent:
        """Return an event that fails when it is read; what has changed by then has another identity."""
        self.first_error = self.first_error or error
        known = identity(file) if file and file.exists() else None
        return LazyEvent(name, partial(_fail, error), identity=known)


def _fail(error: Exception, _: Columns) -> NoReturn:
    raise error


def _matching(given: str) -> list[Path]:
    """Return the path, or the files that match it as a pattern; shells other than those of Windows do the same."""
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]+://", given):
        raise ValueError(f"{given} is not on this machine, and only local files are read; copy it, or mount its disk")
    file, tree = split_tree(Path(given))
    if file.exists() or not glob.has_magic(str(file)):
        return [Path(given)]
    found = sorted(glob.glob(str(file), recursive=True), key=natural_key)
    if not found:
        raise FileNotFoundError(errno.ENOENT, "no file matches", given)
    return [Path(f"{each}:{tree}" if tree else each) for each in found]


def _members(folder: Path, chosen: FormatName | None) -> list[Path]:
    """Return the files of a folder that are to be read, sorted. A link that leads nowhere is a file that is missing."""
    files = [file for file in folder.iterdir() if file.is_file() or (file.is_symlink() and not file.exists())]
    files.sort(key=lambda file: natural_key(file.name))
    if chosen == "trackml":
        return [file for file in files if prefix_of(file)]
    if chosen:
        return [file for file in files if _has_suffix(file, chosen)]
    return [file for file in files if _format_of(file)]


def _format_of(file: Path) -> str | None:
    """Return the format that the name tells."""
    if file.name.startswith("event") and prefix_of(file):
        return "trackml"
    return next((name for name in _FORMATS if _has_suffix(split_tree(file)[0], name)), None)


def _format_of_other(path: Path) -> str:
    """Return the format of what has no known suffix, which may be the prefix of a TrackML event."""
    if path.exists():
        raise ValueError(f"{path} is of unknown format; {_known_suffixes(None)}; others need format=")
    if not parts_of(path):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
    return "trackml"


def _has_suffix(file: Path, format_name: str) -> bool:
    return file.name.lower().endswith(_FORMATS[format_name].suffixes)


def _known_suffixes(chosen: str | None) -> str:
    suffixes = [suffix for name in ([chosen] if chosen else _FORMATS) for suffix in _FORMATS[name].suffixes]
    return f"known by their names are {', '.join('*' + suffix for suffix in suffixes)}"
