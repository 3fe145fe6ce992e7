"""HDF5: an event is a group that holds datasets."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from fastmi.io._lazy_event import Arrays, LazyEvent
from fastmi.io._reading import (
    Columns,
    ContentsError,
    bare_name,
    identity,
    natural_key,
    reading,
    require,
    wanted,
)


def hdf5_events(path: Path, columns: Columns) -> Iterable[LazyEvent]:
    """Return the event of the file's root, or those of its groups."""
    h5py = require("h5py", "HDF5")
    with reading(path, "HDF5"), h5py.File(path, "r") as file:
        groups = _groups(file)
        if not groups:
            raise ContentsError("there is no dataset in it; save the arrays of each event as datasets of a group")
    if "" in groups:
        return [LazyEvent(bare_name(path), partial(_read, path, ""), columns=columns, identity=identity(path))]
    of_file = identity(path)
    return (
        LazyEvent(
            f"{path.name}/{group}", partial(_read, path, group), columns=columns, identity=f"{of_file}, group {group}"
        )
        for group in sorted(groups, key=natural_key)
    )


def _groups(file: Any) -> set[str]:
    """Return the names of all groups that hold arrays; that of the root is empty."""
    groups = set()

    def visit(name: str, member: Any) -> None:
        if _is_array(member):
            groups.add(name.rpartition("/")[0])

    file.visititems(visit)
    return groups


def _is_array(member: Any) -> bool:
    """Tell datasets of rows from groups and single values."""
    return bool(getattr(member, "shape", None))


def _read(path: Path, group: str, columns: Columns) -> Arrays:
    h5py = require("h5py", "HDF5")
    with reading(path, "HDF5"), h5py.File(path, "r") as file:
        datasets = {name: member for name, member in file[f"/{group}"].items() if _is_array(member)}
        if len(datasets) == 1:
            (only,) = datasets.values()
            if only.dtype.names:
                return _fields(only, wanted(only.dtype.names, columns))
        return {name: _as_numpy(name, datasets[name]) for name in wanted(datasets, columns)}


def _fields(dataset: Any, names: list[str]) -> Arrays:
    if not names:
        return {}  # HDF5 has no record without fields
    rows = dataset.fields(names)[...]
    return {name: rows[name] for name in names}


def _as_numpy(name: str, dataset: Any) -> NDArray[Any]:
    h5py = require("h5py", "HDF5")
    is_text = h5py.check_string_dtype(dataset.dtype) is not None
    if not is_text and h5py.check_vlen_dtype(dataset.dtype):
        raise ContentsError(f"dataset {name!r} is ragged; a matrix needs rows of equal length")
    array: NDArray[Any] = (dataset.asstr() if is_text else dataset)[...]
    return array
