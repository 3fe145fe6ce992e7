"""What the readers of all formats share."""

import errno
import importlib
import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from fastmi.io._lazy_event import Arrays, LazyEvent

Columns = Collection[str] | None


class ContentsError(ValueError):
    """What a file holds is no event. The message begins with the path once it has left `reading`."""


@contextmanager
def reading(path: Path, kind: str) -> Iterator[None]:
    """Have whatever a library raises about the contents of a file say which file it is.

    Damaged files make libraries raise almost anything. What the system says, of a file that is missing or forbidden, of
    a disk that fails or of too many open files, stays what it is: it may be otherwise next time.
    """
    path.open("rb").close()
    try:
        yield
    except MemoryError:
        raise
    except ContentsError as error:
        raise ContentsError(f"{path}: {error}") from error.__cause__
    except Exception as error:
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):  # which is a seek to nowhere
            raise OSError(error.errno, error.strerror, str(path)) from error
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise ContentsError(f"{path}: this is not a readable {kind} file ({reason})") from error


def require(module: str, what: str) -> Any:
    """Import an optional library, or say how to get it."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise ImportError(
            f"reading {what} needs {module.partition('.')[0]}: pip install 'fastmi[io]'", name=module
        ) from error


def wanted(names: Iterable[str], columns: Columns) -> list[str]:
    """Return those of the names that are among the columns, all of them for None."""
    return [name for name in names if columns is None or name in columns]


def file_event(path: Path, load: Callable[[Path, Columns], Arrays], columns: Columns, name: str) -> LazyEvent:
    """Return the only event of a file."""
    return LazyEvent(name, partial(load, path), columns=columns, identity=identity(path))


def bare_name(path: Path) -> str:
    """Return the file's name without its suffix, or suffixes such as .csv.gz."""
    return Path(path.stem).stem if path.suffix.lower() == ".gz" else path.stem


def identity(path: Path) -> str:
    """Return what changes with the file, but not with the way to it."""
    status = path.stat()
    return f"{os.path.realpath(path)}, {status.st_size} bytes, modified {status.st_mtime_ns}"


def natural_key(name: str) -> list[tuple[str, int]]:
    """Sort by the numbers in names, so that event10 follows event9."""
    return [(text, int(digits or 0)) for text, digits in re.findall(r"(\D*)(\d*)", name)]
