"""What the columns of x know of those of y in one event."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fastmi._arguments import NanPolicy, check_enough_samples
from fastmi._balls import Space
from fastmi._conditional_entropy import entropy_in_balls
from fastmi._estimate import Estimates
from fastmi._information import share
from fastmi._ksg import common_rows, ksg1, ksg1_pairs
from fastmi._methods import Options
from fastmi._mixed import mutual_info as mixed_mutual_info
from fastmi._normalized import is_constant
from fastmi._scan.columns import pick
from fastmi._scan.controls import CONTROLS, NOISE, noise
from fastmi._scan.settings import Settings
from fastmi._variables import Variable, check_equal_lengths, joined, rows_without_nan

JOINT = "joint"


class Row(NamedTuple):
    """What is held against every column of y: a column of x, all of them jointly, or a control."""

    name: str
    kind: str
    x: Variable


class Layout(NamedTuple):
    """The names of a table."""

    x: tuple[str, ...]
    kinds: tuple[str, ...]
    y: tuple[str, ...]


class Measured(NamedTuple):
    """The table of one event."""

    layout: Layout
    values: NDArray[np.float64]  # of shape (n_measures, n_x, n_y)
    n_samples: NDArray[np.int64]  # of shape (n_x, n_y)
    n_coincident: NDArray[np.int64]


def measure(arrays: Mapping[str, Any], settings: Settings, rng: np.random.Generator, core_threads: int) -> Measured:
    """Return the table of an event; `rng` makes its controls."""
    x, y = pick(arrays, settings.x, settings.periods), pick(arrays, settings.y, settings.periods)
    check_equal_lengths([*x, *y])
    if settings.nan_policy == "raise":
        rows_without_nan([*x, *y], "raise")
    rows = [*_rows("x", x, settings.joint), *_controls(x, settings, rng)]
    layout = Layout(
        x=_distinct("x", [row.name for row in rows]),
        kinds=tuple(row.kind for row in rows),
        y=_distinct("y", [column.name for column in y]),
    )
    options = Options(k=settings.k, workers=core_threads)
    information = _information(rows, y, settings.nan_policy, options)
    return Measured(
        layout=layout,
        values=np.stack([_MEASURES[name](information, rows, y, options) for name in settings.measures]),
        n_samples=information.n_samples,
        n_coincident=information.n_coincident,
    )


def _distinct(side: str, names: list[str]) -> tuple[str, ...]:
    for name in names:
        if names.count(name) > 1:
            raise ValueError(
                f"{side} would have {name!r} twice in the result; give arrays other names by a mapping, such as "
                f"{side}={{'my name': 'name in the event'}}"
            )
    return tuple(names)


def _rows(kind: str, x: list[Variable], joint: bool, suffix: str = "") -> list[Row]:
    rows = [Row(column.name + suffix, kind, column) for column in x]
    return [*rows, Row(JOINT + suffix, JOINT if kind == "x" else kind, joined(JOINT, x))] if joint else rows


def _controls(x: list[Variable], settings: Settings, rng: np.random.Generator) -> list[Row]:
    n_samples = x[0].n_samples
    # A stream each, so that none depends on which others there are.
    streams = dict(zip(CONTROLS, rng.spawn(len(CONTROLS)), strict=True))
    rows = []
    for kind in settings.controls:
        if kind in NOISE:
            column = noise(kind, n_samples, streams[kind])[:, np.newaxis]
            rows.append(Row(kind, "control", Variable(kind, column, [0.0], [False])))
        else:
            order = streams[kind].permutation(n_samples)  # of whole rows, so that columns of x stay together
            rows += [
                row._replace(x=_permuted(row.x, order)) for row in _rows("control", x, settings.joint, " permuted")
            ]
    return rows


def _permuted(x: Variable, order: NDArray[np.int64]) -> Variable:
    """Return x with its complete rows in this order among themselves, so that there is a row wherever x has one."""
    places = np.flatnonzero(~np.isnan(x.values).any(axis=1))
    values = x.values.copy("K")
    values[places] = x.values[places[np.argsort(order[places])]]
    return x._replace(values=values)


def _information(rows: list[Row], y: list[Variable], nan_policy: NanPolicy, options: Options) -> Estimates:
    """Return I(row; column of y) of the samples that have both; NaN under "propagate" where not all have."""
    all_y = joined("y", y)
    n_samples = common_rows(np.column_stack([_presence(row) for row in rows]), all_y.values)
    asked = np.ones(n_samples.shape, np.bool_)
    if nan_policy == "propagate":
        asked = n_samples == y[0].n_samples
        n_samples[~asked] = 0
    for i, j in np.argwhere(asked & (n_samples <= options.k))[:1]:
        check_enough_samples(int(n_samples[i, j]), options.k, f"{rows[i].name} and {y[j].name}")

    found = Estimates.unknown(asked.shape)._replace(n_samples=n_samples)
    single = np.array([row.x.n_columns == 1 for row in rows])
    all_x = joined("x", [row.x for row in rows if row.x.n_columns == 1])
    found.mutual_info[single], found.n_coincident[single] = ksg1_pairs(all_x, all_y, asked[single], options)
    for i, j in np.argwhere(asked & ~single[:, np.newaxis]):
        together = ksg1(*_complete(rows[i], y[j]), options)
        found.mutual_info[i, j], found.n_coincident[i, j] = together.mutual_info, together.n_coincident
    return found


def _presence(row: Row) -> NDArray[np.float64]:
    """Return a column with NaN where any of the row has."""
    return np.where(np.isnan(row.x.values).any(axis=1), np.nan, 0.0)


def _complete(row: Row, column: Variable) -> tuple[Variable, Variable]:
    """Return the samples that have both."""
    complete = rows_without_nan([row.x, column], "omit")
    return row.x.select(complete), column.select(complete)


def _mutual_info(information: Estimates, *_: object) -> NDArray[np.float64]:
    return information.mutual_info


def _proficiency(information: Estimates, rows: list[Row], y: list[Variable], options: Options) -> NDArray[np.float64]:
    """Return I(row; column of y) / H(column of y), the entropy from the same samples at the same resolution.

    The entropy is I(Y;Y) of the mixed estimator: that of KSG unless values of y are equal, and then still an entropy.
    """
    found = np.full(information.mutual_info.shape, np.nan)
    for j, column in enumerate(y):
        known = column.select(~np.isnan(column.values[:, 0]))
        h_known = _entropy(known, options) if information.n_samples[:, j].any() else np.nan
        for i in np.flatnonzero(information.n_samples[:, j]):
            is_all = information.n_samples[i, j] == known.n_samples
            h_y = h_known if is_all else _entropy(_complete(rows[i], column)[1], options)
            found[i, j] = share(float(information.mutual_info[i, j]), h_y)
    return found


def _entropy(column: Variable, options: Options) -> float:
    return 0.0 if is_constant(column.values) else mixed_mutual_info(column, column, options.k, options.workers)


def _conditional_entropy(
    information: Estimates, rows: list[Row], y: list[Variable], options: Options
) -> NDArray[np.float64]:
    """Return H(column of y | row), -inf where samples coincide."""
    found = np.full(information.mutual_info.shape, np.nan)
    for i, j in np.argwhere(information.n_samples > 0):
        x, column = _complete(rows[i], y[j])
        balls = Space([column, x], options.workers).balls(options.k)
        found[i, j] = entropy_in_balls(balls, column, x, options)
    return found


_MEASURES: dict[str, Callable[[Estimates, list[Row], list[Variable], Options], NDArray[np.float64]]] = {
    "mutual_info": _mutual_info,
    "proficiency": _proficiency,
    "conditional_entropy": _conditional_entropy,
}
