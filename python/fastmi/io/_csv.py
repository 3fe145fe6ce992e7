"""Comma-separated values, with a line of names: one event a file."""

import csv
import gzip
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from fastmi.io._arrow import check_unique, table_arrays
from fastmi.io._lazy_event import LazyEvent
from fastmi.io._reading import Columns, ContentsError, file_event, reading, require, wanted


def csv_events(path: Path, columns: Columns) -> Iterable[LazyEvent]:
    """Return the event of a file."""
    require("pyarrow.csv", "CSV")
    return [file_event(path, read_csv, columns)]


def read_csv(path: Path, columns: Columns, types: dict[str, str] | None = None) -> dict[str, NDArray[Any]]:
    """Return those of the columns that there are; of these types, where they are not to be guessed."""
    csv = require("pyarrow.csv", "CSV")
    with reading(path, ".csv"):
        names = wanted(_header(path), columns)
        if not names:
            return {}  # to pyarrow, no columns are all
        options = csv.ConvertOptions(include_columns=names, column_types=types)
        return table_arrays(csv.read_csv(path, convert_options=options))


def _header(path: Path) -> list[str]:
    opened = gzip.open if path.suffix.lower() == ".gz" else open
    with opened(path, "rt", encoding="utf-8-sig", newline="") as file:
        names = next(csv.reader(file), [])
    if not names:
        raise ContentsError("the file does not begin with a line of names")
    check_unique(names)
    return names
