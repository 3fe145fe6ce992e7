"""Results of scans, which are no events where they lie among them."""

import os
from pathlib import Path

RESULT = "fastmi.ScanResult"  # under which files hold what is not a number; the first array of .npz
PLACE = ("event", "index", "x", "kind", "y")  # the first columns of the long table

_HEAD = 100  # bytes, with the name of the first array or those of the first columns


def holds_result(file: Path) -> bool:
    """Tell whether `ScanResult.save` has written the file."""
    suffix = file.suffix.lower()
    try:
        if suffix == ".parquet":
            return RESULT.encode() in _footer(file)
        with file.open("rb") as opened:
            head = opened.read(_HEAD) if suffix in (".npz", ".csv") else b""
    except OSError:  # whoever reads the file says so
        return False
    return head.startswith(",".join(PLACE).encode()) if suffix == ".csv" else RESULT.encode() in head


def _footer(file: Path) -> bytes:
    """Return the metadata of a Parquet file: the last eight bytes are its length and a mark."""
    with file.open("rb") as opened:
        size = opened.seek(0, os.SEEK_END)
        opened.seek(max(0, size - 8))
        length = int.from_bytes(opened.read(4), "little")
        opened.seek(max(0, size - 8 - length))
        return opened.read(length)
