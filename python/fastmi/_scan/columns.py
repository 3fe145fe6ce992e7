"""Columns of an event, by name."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastmi._arguments import Period, as_periods, as_samples
from fastmi._scan.settings import Group
from fastmi._variables import Variable


def pick(arrays: Mapping[str, Any], groups: Sequence[Group], periods: Mapping[str, Period]) -> list[Variable]:
    """Return the columns of an event that belong to these groups, one variable each."""
    return [column for group in groups for column in _columns(arrays, group, periods.get(group.name))]


def check_present(arrays: Collection[str], names: Sequence[str]) -> None:
    """Raise unless the event has arrays of all these names."""
    for name in names:
        if name not in arrays:
            raise absent(name, arrays)


def absent(name: str, arrays: Collection[str]) -> ValueError:
    """Return the error for an array that is not among those of an event."""
    return ValueError(f"there is no array {name!r}; there are {', '.join(sorted(map(repr, arrays))) or 'none'}")


def _columns(arrays: Mapping[str, Any], group: Group, period: Period) -> Iterable[Variable]:
    samples = [_chosen(as_samples(name, arrays[name])[0], group) for name in group.arrays]
    for name, block in zip(group.arrays, samples, strict=True):
        if len(block) != len(samples[0]):
            raise ValueError(f"{name} has {len(block)} rows but {group.arrays[0]} has {len(samples[0])}")
    columns = [block[:, c : c + 1] for block in samples for c in range(block.shape[1])]
    labels = group.columns or range(len(columns))
    names = [group.name] if len(columns) == 1 and group.columns is None else [f"{group.name}[{c}]" for c in labels]
    for name, column, p in zip(
        names, columns, as_periods(f"period[{group.name!r}]", period, len(columns)), strict=True
    ):
        yield Variable(name, column, [p], [False])


def _chosen(samples: NDArray[np.float64], group: Group) -> NDArray[np.float64]:
    if group.columns is None:
        return samples
    for c in group.columns:
        if not 0 <= c < samples.shape[1]:
            raise ValueError(f"{group.name} has {samples.shape[1]} columns, and so no column {c}")
    return samples[:, list(group.columns)]
