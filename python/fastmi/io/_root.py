"""ROOT: an event is an entry of lists, or a whole tree of entries without."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fastmi.io._lazy_event import Arrays, LazyEvent
from fastmi.io._reading import Columns, ContentsError, identity, reading, require

_TREES = ("TTree", "TNtuple", "TNtupleD", "ROOT::RNTuple")


class _Source(NamedTuple):
    """A tree of a file."""

    file: Path
    tree: str


def split_tree(path: Path) -> tuple[Path, str | None]:
    """Return the file and the tree of `file.root:tree`. The colon of a drive's letter names none."""
    match = re.fullmatch(r"(?P<file>.+\.root):(?P<tree>.+)", path.as_posix(), re.IGNORECASE)
    return (Path(match["file"]), match["tree"].lstrip("/")) if match else (path, None)


def root_events(path: Path, columns: Columns, name: str) -> Iterable[LazyEvent]:
    """Return an event an entry if any of the columns is a list an entry, otherwise the event of the tree."""
    file, named = split_tree(path)
    name = f"{name}:{named}" if named else name
    source = _Source(file, _tree(file, named, columns))
    with _opened(source) as tree:
        n_entries = tree.num_entries
        lists = [name for name, array in _arrays(tree, columns, 0, 0).items() if _kind(array) == "list"]
    of_tree = f"{identity(file)}, tree {source.tree}"
    if not lists:
        return [LazyEvent(name, partial(_read_rows, source), columns=columns, identity=of_tree)]
    return (
        LazyEvent(
            f"{name}[{entry}]",
            partial(_read_entry, source, entry, lists[0]),
            columns=columns,
            identity=f"{of_tree}, entry {entry}",
        )
        for entry in range(n_entries)
    )


def _tree(file: Path, named: str | None, columns: Columns) -> str:
    """Return the name of the tree; if it is not named, that of the only one, or of the only one with the columns."""
    uproot = require("uproot", "ROOT files")
    with reading(file, "ROOT"), uproot.open(file, object_cache=None, array_cache=None) as contents:
        classes = contents.classnames(cycle=False)
        trees: list[str] = sorted(name for name, kind in classes.items() if kind in _TREES)
        if not trees:
            raise ContentsError("there is no TTree or RNTuple in it")
        chosen = trees if named or len(trees) == 1 else _with_most(contents, trees, columns)
    if named and named.partition(";")[0] not in trees:
        raise ValueError(f"{file} has no tree {named!r}; there are {', '.join(trees)}")
    if not named and len(chosen) > 1:
        raise ValueError(f"{file} has several trees, {', '.join(chosen)}; name one: '{file}:{chosen[0]}'")
    return named or chosen[0]


def _with_most(contents: Any, trees: list[str], columns: Columns) -> list[str]:
    """Return the trees that have as many of the columns as any has."""
    n_found = {name: sum(column in contents[name] for column in columns or ()) for name in trees}
    return [name for name in trees if n_found[name] == max(n_found.values())]


@contextmanager
def _opened(source: _Source) -> Iterator[Any]:
    uproot = require("uproot", "ROOT files")
    with (
        reading(source.file, "ROOT"),
        uproot.open(source.file, object_cache=None, array_cache=None) as contents,  # each array is read once
    ):
        yield contents[source.tree]


def _read_rows(source: _Source, columns: Columns) -> Arrays:
    with _opened(source) as tree:
        return {name: _as_numpy(name, rows) for name, rows in _arrays(tree, columns, 0, tree.num_entries).items()}


def _read_entry(source: _Source, entry: int, any_list: str, columns: Columns) -> Arrays:
    """Return the lists of an entry, and what is no list repeated for each of their elements."""
    with _opened(source) as tree:
        arrays = _arrays(tree, columns, entry, entry + 1)
        lists = {name: _as_numpy(name, array[0]) for name, array in arrays.items() if _kind(array) == "list"}
        n_hits = _common_length(lists or {any_list: _array(tree, any_list, entry, entry + 1)[0]})
        return {
            name: lists[name] if name in lists else np.repeat(_as_numpy(name, array), n_hits, axis=0)
            for name, array in arrays.items()
        }


def _common_length(lists: dict[str, Any]) -> int:
    first = next(iter(lists))
    for name, array in lists.items():
        if len(array) != len(lists[first]):
            raise ContentsError(
                f"branch {name!r} has {len(array)} values where {first!r} has {len(lists[first])}; ask by columns= for "
                "branches that belong together"
            )
    return len(lists[first])


def _arrays(tree: Any, columns: Columns, start: int, stop: int) -> dict[str, Any]:
    """Return some entries of those of the columns that there are; for None, of all that are numbers or text."""
    if columns is None:
        names = [name for name in tree.keys() if _is_readable(tree, name)]  # noqa: SIM118  it is no mapping
    else:
        names = [name for name in columns if name in tree]
    return {name: _array(tree, name, start, stop) for name in names}


def _is_readable(tree: Any, name: str) -> bool:
    try:
        _array(tree, name, 0, 0)
    except Exception:  # noqa: BLE001  whatever comes from a class of which uproot knows nothing
        return False
    return True


def _array(tree: Any, name: str, start: int, stop: int) -> Any:
    array = tree[name].array(entry_start=start, entry_stop=stop, library="ak")
    if _kind(array) is None:
        raise ContentsError(f"branch {name!r} holds {array.type.content}: neither numbers nor text, nor lists of them")
    return array


def _kind(array: Any) -> Literal["list", "value"] | None:
    """Return what each entry is, if it is numbers or text."""
    types = require("awkward", "ROOT files").types

    def kind(entry: Any) -> Literal["list", "value"] | None:
        if isinstance(entry, types.NumpyType) or entry.parameters.get("__array__") == "string":
            return "value"
        if isinstance(entry, types.ListType):
            return "list" if kind(entry.content) else None
        return kind(entry.content) if isinstance(entry, types.OptionType | types.RegularType) else None

    return kind(array.type.content)


def _as_numpy(name: str, rows: Any) -> NDArray[Any]:
    """Return numbers, text, or lists of equal lengths, with NaN for what is missing."""
    awkward = require("awkward", "ROOT files")
    if isinstance(rows.type.content, awkward.types.ListType) and rows.ndim > 1 and len(rows):
        lengths = awkward.to_numpy(awkward.num(rows, axis=1))
        bad = int(np.argmax(lengths != lengths[0]))
        if bad:
            raise ContentsError(
                f"branch {name!r} is ragged: row {bad} has {lengths[bad]} entries and row 0 has {lengths[0]}; a matrix "
                "needs rows of equal length"
            )
    array: NDArray[Any] = awkward.to_numpy(rows)
    return np.ma.filled(array.astype(np.float64), np.nan) if np.ma.isMaskedArray(array) else array
