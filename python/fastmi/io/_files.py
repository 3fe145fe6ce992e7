"""Events from files of any format."""

import errno
import os
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Literal, NamedTuple, NoReturn

from fastmi.io._csv import csv_events
from fastmi.io._hdf5 import hdf5_events
from fastmi.io._lazy_event import LazyEvent
from fastmi.io._npz import npz_events
from fastmi.io._parquet import parquet_events
from fastmi.io._reading import Columns, ContentsError, identity, natural_key
from fastmi.io._root import root_events, split_tree
from fastmi.io._trackml import parts_of, prefix_of, trackml_events

FormatName = Literal["npz", "csv", "parquet", "root", "hdf5", "trackml"]


class _Format(NamedTuple):
    suffixes: tuple[str, ...]
    events: Callable[[Path, Columns], Iterable[LazyEvent]]


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
        Files, and folders, which stand for the files in them whose suffix is known, in natural order of their names.
        An iterable is advanced only as events are taken.
    columns : collection of str, optional
        Names of the arrays to have; all of them by default. Only these are read, where the format allows it. Those that
        an event has not are left out.
    format : {"npz", "csv", "parquet", "root", "hdf5", "trackml"}, optional
        By default the suffix tells.

        - "npz" (.npz), "csv" (.csv, .csv.gz), "parquet" (.parquet): a file is an event. Columns of lists are matrices.
        - "root" (.root): ``file.root:tree`` names the tree, if there are several. An entry is an event if any of the
          wanted branches holds a list an entry, and what is no list is repeated for each hit; otherwise a tree is an
          event, and an entry a row of it.
        - "hdf5" (.h5, .hdf5): the datasets at the root of the file are an event; without, each group that holds any is
          one. The fields of a dataset that is alone in its group are arrays.
        - "trackml" (event*-hits.csv, event*-hits.csv.gz): the hits, cells, truth and particles of an event, joined to
          a row a hit. Any of the four files stands for the event, and so does their common prefix.

    Yields
    ------
    LazyEvent
        An event. Asking it for its arrays raises ValueError if they cannot be read.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If a suffix or the format is unknown, a folder has no file to read, or a tree is not to be found.
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
    several = [paths] if isinstance(paths, str | os.PathLike) else paths
    return _events(several, None if columns is None else tuple(dict.fromkeys(columns)), format)


def _events(
    paths: Iterable[str | os.PathLike[str]], columns: tuple[str, ...] | None, chosen: FormatName | None
) -> Iterator[LazyEvent]:
    for path, format_name in _files(map(Path, paths), chosen):
        try:
            events = _FORMATS[format_name].events(path, columns)
        except ContentsError as error:  # for a scan to note, and to go on with the next file
            file, _ = split_tree(path)
            events = [LazyEvent(file.name, partial(_fail, error), identity=identity(file))]
        yield from events


def _fail(error: ContentsError, _: Columns) -> NoReturn:
    raise error


def _files(paths: Iterable[Path], chosen: FormatName | None) -> Iterator[tuple[Path, str]]:
    """Yield files with their formats; instead of the files of a TrackML event its prefix, once."""
    begun: set[Path] = set()
    for path in paths:
        for file in _members(path, chosen) if path.is_dir() else [path]:
            format_name = chosen or _format_of(file) or _format_of_other(file)
            prefix = prefix_of(file) if format_name == "trackml" else None
            if prefix is None:
                yield file, format_name
            elif prefix not in begun:
                begun.add(prefix)
                yield prefix, format_name


def _members(folder: Path, chosen: FormatName | None) -> list[Path]:
    """Return the files of a folder that are to be read, sorted."""
    files = sorted((file for file in folder.iterdir() if file.is_file()), key=lambda file: natural_key(file.name))
    if chosen == "trackml":
        members = [file for file in files if prefix_of(file)]
    elif chosen:
        members = [file for file in files if _has_suffix(file, chosen)]
    else:
        members = [file for file in files if _format_of(file)]
    if not members:
        raise ValueError(f"{folder} is a folder without a file to read: {_known_suffixes(chosen)}")
    return members


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
