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
    identity,
    natural_key,
    reading,
    require,
    wanted,
)


def hdf5_events(path: Path, columns: Columns, name: str) -> Iterable[LazyEvent]:
    """Return the event of the file's root, or those of its groups."""
    h5py = require("h5py", "HDF5")
    with reading(path, "HDF5"), h5py.File(path, "r") as file:
        groups = _chosen(_groups(file), columns)
        if not groups:
            raise ContentsError("there is no dataset in it; save the arrays of each event as datasets of a group")
    if "" in groups:
        return [LazyEvent(name, partial(_read, path, ""), columns=columns, identity=identity(path))]
    of_file = identity(path)
    return (
        LazyEvent(f"{name}/{group}", partial(_read, path, group), columns=columns, identity=f"{of_file}, group {group}")
        for group in sorted(groups, key=natural_key)
    )


def _groups(file: Any) -> dict[str, dict[str, Any]]:
    """Return the datasets of all groups that hold arrays; the name of the root is empty."""
    groups: dict[str, dict[str, Any]] = {}

    def visit(path: str, member: Any) -> None:
        group, _, name = path.rpartition("/")
        if _is_array(member):
            groups.setdefault(group, {})[name] = member

    file.visititems(visit)
    return groups


def _chosen(groups: dict[str, dict[str, Any]], columns: Columns) -> set[str]:
    """Return the groups with any of the columns; without such, all. The root stands for them if none of them has more."""
    found = {group: len(wanted(_fields_of_only(datasets) or datasets, columns)) for group, datasets in groups.items()}
    having = {group for group, n in found.items() if n}
    if columns is None or not having:
        return {""} if "" in groups else set(groups)
    return {""} if found.get("") == max(found.values()) else having - {""}


def _fields_of_only(datasets: dict[str, Any]) -> tuple[str, ...]:
    """Return the names of the fields of a compound dataset that is alone."""
    return next(iter(datasets.values())).dtype.names or () if len(datasets) == 1 else ()


def _is_array(member: Any) -> bool:
    """Tell datasets of rows from groups and single values."""
    return bool(getattr(member, "shape", None))


def _read(path: Path, group: str, columns: Columns) -> Arrays:
    h5py = require("h5py", "HDF5")
    with reading(path, "HDF5"), h5py.File(path, "r") as file:
        datasets = {name: member for name, member in file[f"/{group}"].items() if _is_array(member)}
        if names := _fields_of_only(datasets):
            (only,) = datasets.values()
            return _fields(only, wanted(names, columns))
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
