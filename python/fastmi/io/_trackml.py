"""The files of a TrackML event, joined to a row a hit.

An event is four files, PREFIX-hits.csv, -cells.csv, -truth.csv and -particles.csv, any of them as .csv.gz: a row a hit,
a row a cell of a hit, a row a hit, and a row a particle.
"""

import errno
import re
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastmi.io._csv import read_csv
from fastmi.io._lazy_event import Arrays, LazyEvent
from fastmi.io._reading import Columns, ContentsError, identity, require

Table = dict[str, NDArray[Any]]

_REQUIRED = {
    "hits": ("hit_id", "x", "y", "z"),
    "cells": ("hit_id", "value"),
    "truth": ("hit_id", "particle_id"),
    "particles": ("particle_id", "px", "py", "pz"),
}
_OPTIONAL = {
    "hits": ("volume_id", "layer_id", "module_id"),
    "cells": (),
    "truth": ("tx", "ty", "tz", "tpx", "tpy", "tpz", "weight"),
    "particles": ("particle_type", "vx", "vy", "vz", "q", "nhits"),
}
_INTEGERS = ("hit_id", "particle_id", "volume_id", "layer_id", "module_id")
_CELLS = frozenset({"n_cells", "charge"})
_TRUTH = frozenset({"particle_id", *_OPTIONAL["truth"]})
_PARTICLES = frozenset({"noise", "px", "py", "pz", *_OPTIONAL["particles"], "pt", "p", "phi", "theta", "eta"})
_MEMBER = re.compile(rf"(?P<prefix>.+)-(?:{'|'.join(_REQUIRED)})\.csv(?:\.gz)?")


def prefix_of(path: Path) -> Path | None:
    """Return the prefix of a file that is called like one of an event."""
    match = _MEMBER.fullmatch(path.name)
    return path.with_name(match["prefix"]) if match else None


def parts_of(prefix: Path) -> dict[str, Path]:
    """Return the files of an event that there are."""
    found = {}
    for part in _REQUIRED:
        candidates = (prefix.with_name(f"{prefix.name}-{part}.csv{packed}") for packed in ("", ".gz"))
        path = next(filter(Path.is_file, candidates), None)
        if path:
            found[part] = path
    return found


def trackml_events(prefix: Path, columns: Columns, name: str) -> Iterable[LazyEvent]:
    """Return the event of a prefix."""
    require("pyarrow.csv", "TrackML")
    parts = parts_of(prefix)
    if "hits" not in parts:
        raise FileNotFoundError(errno.ENOENT, "there is no file of hits", f"{prefix}-hits.csv[.gz]")
    known = "; ".join(map(identity, parts.values()))
    return [LazyEvent(name, partial(_read, prefix), columns=columns, identity=known)]


def _read(prefix: Path, columns: Columns) -> Arrays:
    """Return the columns, of which only the files are read that have them."""

    def parsed(part: str, names: frozenset[str]) -> bool:
        return part in parts and (columns is None or not names.isdisjoint(columns))

    parts = parts_of(prefix)
    event = _hits(_table(parts, "hits"))
    if parsed("cells", _CELLS):
        event |= _cells(parts, event["hit_id"])
    if parsed("truth", _TRUTH | _PARTICLES):
        event |= _truth(parts, event["hit_id"])
        if parsed("particles", _PARTICLES):
            event |= _particles(parts, event["particle_id"])
    return event


def _table(parts: dict[str, Path], part: str) -> Table:
    """Return the columns of a file that are known."""
    names = _REQUIRED[part] + _OPTIONAL[part]
    types = {name: "int64" if name in _INTEGERS else "float64" for name in names}
    table = read_csv(parts[part], names, types)
    for name in _REQUIRED[part]:
        if name not in table:
            raise ContentsError(f"{parts[part]}: there is no column {name}, which TrackML's {part} have")
        if name in _INTEGERS and table[name].dtype.kind != "i":
            raise ContentsError(f"{parts[part]}: {name} is empty in row {int(np.argmax(np.isnan(table[name])))}")
    return table


def _hits(hits: Table) -> Table:
    r = np.hypot(hits["x"], hits["y"])
    return hits | {
        "r": r,
        "phi_hit": np.arctan2(hits["y"], hits["x"]),
        "theta_hit": np.arctan2(r, hits["z"]),
    }


def _cells(parts: dict[str, Path], hit_id: NDArray[np.int64]) -> Table:
    cells = _table(parts, "cells")
    hit, known = _find(parts["hits"], "hit_id", hit_id, cells["hit_id"])
    return {
        "n_cells": np.bincount(hit, minlength=len(hit_id)),
        "charge": np.bincount(hit, weights=cells["value"][known], minlength=len(hit_id)),
    }


def _truth(parts: dict[str, Path], hit_id: NDArray[np.int64]) -> Table:
    truth = _table(parts, "truth")
    rows, known = _find(parts["truth"], "hit_id", truth["hit_id"], hit_id)
    particle_id = np.zeros(len(hit_id), np.int64)
    particle_id[known] = truth["particle_id"][rows]
    measured = {name: _spread(truth[name], rows, known) for name in _OPTIONAL["truth"] if name in truth}
    return {"particle_id": particle_id, "noise": (particle_id == 0).astype(np.float64), **measured}


def _particles(parts: dict[str, Path], particle_id: NDArray[np.int64]) -> Table:
    particles = _momenta(_table(parts, "particles"))
    of_particle = particle_id != 0
    rows, known = _find(parts["particles"], "particle_id", particles.pop("particle_id"), particle_id[of_particle])
    of_particle[of_particle] = known
    columns = {name: _spread(values, rows, of_particle) for name, values in particles.items()}
    return {"noise": (~of_particle).astype(np.float64), **columns}


def _momenta(particles: Table) -> Table:
    px, py, pz = (particles[name] for name in ("px", "py", "pz"))
    pt = np.hypot(px, py)
    with np.errstate(divide="ignore", invalid="ignore"):  # along the beam
        eta = np.arcsinh(pz / pt)
    return particles | {
        "pt": pt,
        "p": np.hypot(pt, pz),
        "phi": np.arctan2(py, px),
        "theta": np.arctan2(pt, pz),
        "eta": eta,
    }


def _find(
    path: Path, name: str, keys: NDArray[np.int64], sought: NDArray[np.int64]
) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Return the rows of the keys that are found, and which of those sought they are."""
    order = np.argsort(keys, kind="stable")
    repeated = np.flatnonzero(np.diff(keys[order]) == 0)
    if repeated.size:
        first, second = order[repeated[0]], order[repeated[0] + 1]
        raise ContentsError(f"{path}: rows {first} and {second} have the same {name} {keys[first]}; remove one")
    place = np.searchsorted(keys, sought, sorter=order)
    known = place < len(keys)
    known[known] = keys[order[place[known]]] == sought[known]
    return order[place[known]], known


def _spread(values: NDArray[Any], rows: NDArray[np.intp], known: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the values of the hits that are known, NaN for the others."""
    column = np.full(len(known), np.nan)
    column[known] = values[rows]
    return column
