"""Parquet: one event a file."""

from collections.abc import Iterable
from pathlib import Path

from fastmi.io._arrow import check_unique, table_arrays
from fastmi.io._lazy_event import Arrays, LazyEvent
from fastmi.io._reading import Columns, file_event, reading, require, wanted


def parquet_events(path: Path, columns: Columns, name: str) -> Iterable[LazyEvent]:
    """Return the event of a file."""
    require("pyarrow.parquet", "Parquet")
    return [file_event(path, _read, columns, name)]


def _read(path: Path, columns: Columns) -> Arrays:
    parquet = require("pyarrow.parquet", "Parquet")
    with reading(path, ".parquet"), parquet.ParquetFile(path) as file:
        names = file.schema_arrow.names
        check_unique(names)
        chosen = wanted(names, columns)
        return table_arrays(file.read(columns=chosen).select(chosen))
