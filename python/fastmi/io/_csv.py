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
        header = _header(file)
        names = wanted(header, columns)
        if not names:
            return {}  # to pyarrow, no columns are all
        file.seek(0)
        options = arrow_csv.ConvertOptions(
            include_columns=[header[name] for name in names],
            column_types={header[name]: kind for name, kind in (types or {}).items() if name in header},
        )
        try:
            table = arrow_csv.read_csv(file, convert_options=options)
        except ValueError as error:
            raise ContentsError(
                f"this is not a readable .csv file ({error}); its columns are separated by commas, and named by its first "
                f"line, {','.join(header.values())[:80]!r}"
            ) from error
        return table_arrays(table.rename_columns(names))


def _header(file: Iterable[bytes]) -> dict[str, str]:
    """Return the names of the columns, and how they are written, which may be with spaces around."""
    written = next(csv.reader(line.decode("utf-8-sig") for line in file), [])
    if not written:
        raise ContentsError("the file does not begin with a line of names")
    for separator in ";\t|":
        if len(written) == 1 and separator in written[0]:
            raise ContentsError(
                f"the names in {written[0]!r} are separated by {separator!r}; separate columns by commas"
            )
    names = [name.strip() for name in written]
    check_unique(names)
    return dict(zip(names, written, strict=True))
