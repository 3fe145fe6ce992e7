"""NumPy's .npz: one event a file."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from fastmi.io._lazy_event import Arrays, LazyEvent
from fastmi.io._reading import Columns, ContentsError, file_event, reading, wanted


def npz_events(path: Path, columns: Columns, name: str) -> Iterable[LazyEvent]:
    """Return the event of a file."""
    return [file_event(path, _read, columns, name)]


def _read(path: Path, columns: Columns) -> Arrays:
    with reading(path, ".npz"), path.open("rb") as file:
        archive = np.load(file, allow_pickle=False)
        if not isinstance(archive, np.lib.npyio.NpzFile):
            raise ContentsError("this is a single array; save named arrays with numpy.savez")
        with archive:
            return {name: _member(archive, name) for name in wanted(archive.files, columns)}


def _member(archive: Any, name: str) -> Any:
    try:
        array = archive[name]
    except ValueError as error:
        raise ContentsError(f"array {name!r} cannot be read ({error}); save arrays of numbers or text") from error
    if not isinstance(array, np.ndarray):
        raise ContentsError(f"{name!r} is no array; save named arrays with numpy.savez")
    return array
