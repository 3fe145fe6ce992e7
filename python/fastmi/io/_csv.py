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


def csv_events(path: Path, columns: Columns, name: str) -> Iterable[LazyEvent]:
    """Return the event of a file."""
    require("pyarrow.csv", "CSV")
    return [file_event(path, read_csv, columns, name)]


def read_csv(path: Path, columns: Columns, types: dict[str, str] | None = None) -> dict[str, NDArray[Any]]:
    """Return those of the columns that there are; of these types, where they are not to be guessed."""
    arrow_csv = require("pyarrow.csv", "CSV")
    opened = gzip.open if path.suffix.lower() == ".gz" else open
    with reading(path, ".csv"), opened(path, "rb") as file:
        names = wanted(_header(file), columns)
        if not names:
            return {}  # to pyarrow, no columns are all
        file.seek(0)
        options = arrow_csv.ConvertOptions(include_columns=names, column_types=types)
        return table_arrays(arrow_csv.read_csv(file, convert_options=options))


def _header(file: Iterable[bytes]) -> list[str]:
    names = next(csv.reader(line.decode("utf-8-sig") for line in file), [])
    if not names:
        raise ContentsError("the file does not begin with a line of names")
    check_unique(names)
    return names
