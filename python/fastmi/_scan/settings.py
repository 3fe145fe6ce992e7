"""What is asked of every event."""

import operator
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, SupportsIndex

import numpy as np

from fastmi import _core
from fastmi._arguments import NanPolicy, Period, as_k, as_periods, check_nan_policy
from fastmi._scan.controls import CONTROLS
from fastmi._scan.result import MEASURES

Names = str | Iterable[str] | Mapping[str, str | Sequence[str] | Sequence[int]]
Rng = int | np.random.SeedSequence | np.random.Generator | None


@dataclass(frozen=True)
class Group:
    """Columns that share a name: arrays of the event side by side, or some columns of the array of that name."""

    name: str
    arrays: tuple[str, ...]
    columns: tuple[int, ...] | None = None  # None for all


@dataclass(frozen=True)
class Settings:
    """What is asked of every event."""

    x: tuple[Group, ...]
    y: tuple[Group, ...]
    joint: bool
    measures: tuple[str, ...]
    k: int
    periods: dict[str, Period]
    nan_policy: NanPolicy
    controls: tuple[str, ...]
    seed: int | None  # of the controls

    @property
    def arrays(self) -> list[str]:
        """The arrays that an event has to have."""
        return list(dict.fromkeys(name for group in (*self.x, *self.y) for name in group.arrays))

    def as_json(self) -> dict[str, Any]:
        """Return the settings, and what else the values depend on, in types that JSON knows."""
        return {
            "x": {group.name: _source(group) for group in self.x},
            "y": {group.name: _source(group) for group in self.y},
            "joint": self.joint,
            "measures": list(self.measures),
            "k": self.k,
            "period": {name: _as_json(name, period) for name, period in self.periods.items()},
            "nan_policy": self.nan_policy,
            "controls": list(self.controls),
            "rng": self.seed,
            "fastmi": _core.build_info()["version"],
        }


def settings_of(
    *,
    x: Names,
    y: Names,
    joint: bool,
    measures: str | Iterable[str],
    k: SupportsIndex,
    period: Mapping[str, Period] | None,
    nan_policy: NanPolicy,
    controls: str | Iterable[str] | None,
    rng: Rng,
) -> Settings:
    """Check and gather the settings."""
    check_nan_policy(nan_policy)
    _check_rng(rng)
    x_groups, y_groups = _groups("x", x), _groups("y", y)
    chosen_controls = _choices("controls", () if controls is None else controls, CONTROLS)
    return Settings(
        x=x_groups,
        y=y_groups,
        joint=bool(joint),
        measures=_measures(measures),
        k=as_k(k),
        periods=_periods({} if period is None else period, [group.name for group in (*x_groups, *y_groups)]),
        nan_policy=nan_policy,
        controls=chosen_controls,
        seed=_seed(rng) if chosen_controls else None,
    )


def _groups(side: str, names: Names) -> tuple[Group, ...]:
    if isinstance(names, Mapping):
        groups = [_group(side, name, names[name]) for name in _strings(side, names)]
    else:
        groups = [Group(name, (name,)) for name in _strings(side, names)]
    if not groups:
        raise ValueError(f"{side} names no array; pass names of arrays of an event")
    return tuple(groups)


def _group(side: str, name: str, source: str | Sequence[str] | Sequence[int]) -> Group:
    if isinstance(source, str):
        return Group(name, (str(source),))
    entries = list(source) if isinstance(source, Iterable) else []
    if entries and all(isinstance(entry, str) for entry in entries):
        return Group(name, tuple(map(str, entries)))
    if not entries or any(isinstance(entry, bool) or not isinstance(entry, SupportsIndex) for entry in entries):
        raise TypeError(
            f"{side}[{name!r}]={source!r} is not the name of an array, a list of names, or a list of numbers of columns"
        )
    return Group(name, (name,), tuple(operator.index(entry) for entry in entries))  # type: ignore[arg-type]


def _source(group: Group) -> str | list[str] | list[int]:
    if group.columns is not None:
        return list(group.columns)
    return group.arrays[0] if len(group.arrays) == 1 else list(group.arrays)


def _strings(argument: str, values: str | Iterable[str]) -> list[str]:
    if not isinstance(values, Iterable):
        raise TypeError(f"{argument}={values!r} is not a name, or several of them; pass strings")
    strings = [values] if isinstance(values, str) else list(values)
    for value in strings:
        if not isinstance(value, str):
            raise TypeError(f"{argument} has the entry {value!r}, which is not a name; pass strings")
    for value in strings:
        if strings.count(value) > 1:
            raise ValueError(f"{argument} has {str(value)!r} twice; pass each name once")
    return list(map(str, strings))  # not NumPy's


def _choices(argument: str, values: str | Iterable[str], among: Sequence[str]) -> tuple[str, ...]:
    chosen = tuple(_strings(argument, values))
    for value in chosen:
        if value not in among:
            raise ValueError(f"{argument} has {value!r}, which is unknown; use {', '.join(map(repr, among))}")
    return chosen


def _measures(measures: str | Iterable[str]) -> tuple[str, ...]:
    chosen = _choices("measures", measures, MEASURES)
    if not chosen:
        raise ValueError(f"measures is empty; use some of {', '.join(map(repr, MEASURES))}")
    return chosen


def _periods(periods: Mapping[str, Period], names: Sequence[str]) -> dict[str, Period]:
    if not isinstance(periods, Mapping):
        raise TypeError(f"period={periods!r} is not a mapping; pass the periods by name: {{{names[0]!r}: ...}}")
    for name, period in periods.items():
        if name not in names:
            raise ValueError(
                f"period has {name!r}, which is in neither x nor y; there are {', '.join(dict.fromkeys(names))}"
            )
        _as_json(f"period[{name!r}]", period)
    return {str(name): period for name, period in periods.items()}


def _as_json(name: str, period: Period) -> float | list[float]:
    """Return a period of all columns as a number, or one a column as a list, 0 for none."""
    entries = np.asarray(period, dtype=object)
    listed = as_periods(name, period, entries.size)
    return listed if entries.ndim else listed[0]


def _check_rng(rng: Rng) -> None:
    if rng is None or isinstance(rng, np.random.Generator | np.random.SeedSequence):
        return
    try:
        seed = operator.index(rng)
    except TypeError:
        raise TypeError(f"rng={rng!r} is not None, a seed, or a numpy.random.Generator") from None
    if seed < 0:
        raise ValueError(f"rng={rng!r} is negative; pass a seed of 0 or more")


def _seed(rng: Rng) -> int:
    if isinstance(rng, np.random.Generator):
        return int(rng.integers(2**63))
    if rng is None or isinstance(rng, np.random.SeedSequence):
        return int((rng or np.random.SeedSequence()).generate_state(1, np.uint64)[0])
    return operator.index(rng)
