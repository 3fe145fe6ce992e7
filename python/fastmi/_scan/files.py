"""Results in files: .npz and .parquet hold all there is, .csv the numbers for other programs."""

import csv
import io
import json
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import astuple
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from fastmi._scan.failure import Failure
from fastmi._scan.tables import long_table, places
from fastmi.io._results import RESULT

if TYPE_CHECKING:
    from fastmi._scan.result import ScanResult

_FORMAT = 1
_NAMES = ("event", "x", "kind", "y")
_NO_RESULT = f"it does not say that it is a result, by {RESULT}"
_CHUNK = 1 << 16  # lines of .csv made at a time


def save(result: "ScanResult", path: Path) -> None:
    """Write a result in the format that the suffix names."""
    write = writer_of(path)
    with replacing(path) as file:
        write(result, file)


def writer_of(path: Path) -> Callable[["ScanResult", BinaryIO], None]:
    """Return what writes the format that the suffix names, or say now what would be in its way."""
    match path.suffix.lower():
        case ".npz":
            return _write_npz
        case ".parquet":
            _pyarrow()
            return _write_parquet
        case ".csv":
            return _write_csv
    raise ValueError(f"{path}: a result is saved as .npz, .parquet or .csv")


def load(path: Path) -> dict[str, Any]:
    """Return the fields of a result that was saved."""
    match path.suffix.lower():
        case ".npz":
            read = _read_npz
        case ".parquet":
            read = _read_parquet
        case ".csv":
            raise ValueError(f"{path}: a .csv holds no settings; load a .npz or .parquet")
        case _:
            raise ValueError(f"{path}: a result is loaded from .npz or .parquet")
    with path.open("rb") as file:
        try:
            return read(file)
        except ImportError:
            raise
        except Exception as error:  # a file that is damaged, or something else, can break its reader in any way
            raise ValueError(f"{path} is damaged or was not written by ScanResult.save: {error}") from error


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a file that takes the place of `path`, or of that to which it links, once it is whole."""
    path = Path(os.path.realpath(path))
    if not path.parent.is_dir():
        raise FileNotFoundError(f"there is no folder {path.parent} to write {path.name} into")
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with unfinished.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def _write_npz(result: "ScanResult", file: BinaryIO) -> None:
    arrays: dict[str, Any] = {
        RESULT: np.array(_metadata(result)),
        **result.values,
        "n_samples": result.n_samples,
        "n_coincident": result.n_coincident,
    }
    np.savez_compressed(file, **arrays)


def _read_npz(file: BinaryIO) -> dict[str, Any]:
    with np.load(file, allow_pickle=False) as arrays:
        if RESULT not in arrays:
            raise ValueError(_NO_RESULT)
        return _fields(str(arrays[RESULT]), arrays)


def _write_parquet(result: "ScanResult", file: BinaryIO) -> None:
    pa, pq = _pyarrow()
    table = _arrow_table(pa, long_table(result)).replace_schema_metadata({RESULT: _metadata(result)})
    # Names repeat, values do not.
    pq.write_table(table, file, use_dictionary=list(_NAMES), write_page_checksum=True)


def _read_parquet(file: BinaryIO) -> dict[str, Any]:
    pa, pq = _pyarrow()
    table = pq.ParquetFile(file, page_checksum_verification=True).read()
    numbers = {name: table[name].to_numpy().copy() for name in table.column_names if name not in _NAMES}
    metadata = table.schema.metadata or {}
    if RESULT.encode() not in metadata:
        raise ValueError(_NO_RESULT)
    fields = _fields(metadata[RESULT.encode()].decode(), numbers)
    lines = _arrow_table(pa, places(*(fields[name] for name in ("events", "indices", "x", "kinds", "y"))))
    if not table.select(lines.column_names).equals(lines):
        raise ValueError("its lines are not those that were written, in their order")
    return fields


def _arrow_table(pa: Any, columns: Mapping[str, NDArray[Any]]) -> Any:
    types = {name: pa.string() if name in _NAMES else None for name in columns}
    return pa.table({name: pa.array(column, types[name]) for name, column in columns.items()})


def _pyarrow() -> tuple[Any, Any]:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise ImportError("reading and writing Parquet needs pyarrow: pip install 'fastmi[io]'") from None
    return pa, pq


def _write_csv(result: "ScanResult", file: BinaryIO) -> None:
    columns = long_table(result)
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    for first in range(0, result.n_samples.size, _CHUNK):
        chunk = (column[first : first + _CHUNK].tolist() for column in columns.values())
        writer.writerows(zip(*chunk, strict=True))
    text.detach()


def _metadata(result: "ScanResult") -> str:
    """Return all but the numbers."""
    return json.dumps(
        {
            "format": _FORMAT,
            "events": list(result.events),
            "indices": result.indices.tolist(),
            "x": list(result.x),
            "kinds": list(result.kinds),
            "y": list(result.y),
            "measures": list(result.values),
            "failures": [astuple(failure) for failure in result.failures],
            "settings": dict(result.settings),
        }
    )


def _fields(metadata: str, arrays: Mapping[str, NDArray[Any]]) -> dict[str, Any]:
    """Put the fields together again."""
    read = json.loads(metadata)
    if (version := read["format"]) != _FORMAT:
        raise ValueError(f"its format is {version}, of a newer fastmi than this one, which reads {_FORMAT}")
    shape = tuple(len(read[name]) for name in ("events", "x", "y"))
    return {
        **{name: read[name] for name in ("events", "x", "kinds", "y", "settings")},
        "indices": np.array(read["indices"], np.int64),
        "failures": [Failure(*failure) for failure in read["failures"]],
        "values": {measure: arrays[measure].reshape(shape) for measure in read["measures"]},
        **{name: arrays[name].reshape(shape) for name in ("n_samples", "n_coincident")},
    }
