"""What each column of one side of an event knows about each column of the other, as a table."""

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastmi._arguments import as_k, as_periods, as_samples, as_workers, check_enough_samples
from fastmi._estimate import Estimates
from fastmi._ksg import common_rows, ksg1, ksg1_matrix
from fastmi._methods import Options
from fastmi._variables import Variable, complete_rows_of

JOINT = "joint"
# So large that counts, scaled to unit variance, are all but continuous: KSG reads something into coarser steps.
_POISSON_MEAN = 1e12


@dataclass(frozen=True)
class Columns:
    """Named columns with their periods."""

    names: list[str]
    samples: NDArray[np.float64]
    periods: list[float]

    @classmethod
    def pick(cls, event: Mapping[str, ArrayLike], names: Sequence[str], periods: Mapping[str, float]) -> "Columns":
        """Take the named arrays out of an event; a matrix gives one column for each of its own."""
        column_names: list[str] = []
        column_periods: list[float] = []
        blocks: list[NDArray[np.float64]] = []
        for name in names:
            if name not in event:
                raise ValueError(f"there is no array {name!r}; there are {', '.join(sorted(event))}")
            block, _ = as_samples(name, event[name])
            if blocks and len(block) != len(blocks[0]):
                raise ValueError(f"{name} has {len(block)} rows but {names[0]} has {len(blocks[0])}")
            width = block.shape[1]
            blocks.append(block)
            column_names += [name] if width == 1 else [f"{name}[{c}]" for c in range(width)]
            column_periods += as_periods(f"the period of {name}", periods.get(name), width)
        return cls(column_names, np.asfortranarray(np.hstack(blocks)), column_periods)

    def variable(self, name: str) -> Variable:
        """Return all columns as one variable."""
        return Variable(name, self.samples, self.periods, [False] * len(self.names))

    @classmethod
    def controls(cls, n_samples: int, rng: np.random.Generator) -> "Columns":
        """Columns that know nothing: what the estimator says of them is its noise."""
        noise = {
            "uniform": rng.uniform(size=n_samples),
            "normal": rng.normal(size=n_samples),
            "poisson": rng.poisson(_POISSON_MEAN, size=n_samples) / np.sqrt(_POISSON_MEAN),
        }
        return cls.pick(noise, list(noise), {})


@dataclass(frozen=True)
class InformationTable:
    """Mutual information in nats: a row for each column of x, for all of them jointly, and for each control."""

    columns: list[str]
    neurons: list[str]
    joint: list[str]  # one name or none
    controls: list[str]
    estimates: Estimates  # of shape (rows, columns)

    @property
    def rows(self) -> list[str]:
        """Names of the rows, from top to bottom."""
        return [*self.neurons, *self.joint, *self.controls]

    @property
    def groups(self) -> list[list[str]]:
        """The rows by kind, to be set apart."""
        return [group for group in (self.neurons, self.joint, self.controls) if group]


def information_table(
    x: Columns,
    y: Columns,
    *,
    k: int,
    joint: bool,
    rng: np.random.Generator,
    workers: int | None,
    begin: Callable[[str], None],
) -> InformationTable:
    """Estimate the table; NaN is left out pair by pair. `begin` is told of each step."""
    if len(x.samples) != len(y.samples):
        raise ValueError(f"{x.names[0]} has {len(x.samples)} rows but {y.names[0]} has {len(y.samples)}")
    options = Options(k=as_k(k), workers=as_workers(workers))
    n_common = common_rows(x.samples, y.samples)
    for i, j in np.argwhere(n_common <= k)[:1]:
        check_enough_samples(int(n_common[i, j]), k, f"{x.names[i]} and {y.names[j]}")

    controls = Columns.controls(len(x.samples), rng)
    begin(f"{len(x.names)} x {len(y.names)} pairs")
    blocks = [_pairs(x, y, options), _pairs(controls, y, options)]
    if joint:
        blocks.insert(1, _joint(x, y, options, begin))
    return InformationTable(
        columns=y.names,
        neurons=x.names,
        joint=[JOINT] if joint else [],
        controls=controls.names,
        estimates=Estimates(*(np.concatenate(parts) for parts in zip(*blocks, strict=True))),
    )


def _pairs(x: Columns, y: Columns, options: Options) -> Estimates:
    every_pair = np.ones((len(x.names), len(y.names)), np.bool_)
    return ksg1_matrix(x.variable("x"), y.variable("y"), every_pair, options)


def _joint(x: Columns, y: Columns, options: Options, begin: Callable[[str], None]) -> Estimates:
    row = []
    for j, (name, column) in enumerate(zip(y.names, y.variable("y").columns(), strict=True)):
        begin(f"joint information, {j + 1} of {len(y.names)}: {name}")
        complete = complete_rows_of([x.variable("x"), column], "omit")
        row.append(ksg1(x.variable("x").select(complete), column.select(complete), options))
    return Estimates(*(np.array([field]) for field in zip(*row, strict=True)))


def mean_table(tables: Sequence[InformationTable]) -> InformationTable:
    """Return the mean over events; the counts are sums."""
    for table in tables:
        if (table.rows, table.columns) != (tables[0].rows, tables[0].columns):
            raise ValueError(
                f"the events differ in their columns: {table.neurons} and {table.columns} after "
                f"{tables[0].neurons} and {tables[0].columns}"
            )
    every = [np.stack(field) for field in zip(*(table.estimates for table in tables), strict=True)]
    return replace(tables[0], estimates=Estimates(every[0].mean(axis=0), every[1].sum(axis=0), every[2].sum(axis=0)))


def format_table(table: InformationTable) -> str:
    """Return the table as text, doubtful entries marked and explained."""
    values, doubtful = table.estimates.mutual_info, table.estimates.doubtful
    cells = {
        row: [f"{value:.3f}" + ("*" if doubt else " ") for value, doubt in zip(*entries, strict=True)]
        for row, entries in zip(table.rows, zip(values, doubtful, strict=True), strict=True)
    }
    header = [f"{name} " for name in table.columns]
    samples = [f"{n} " for n in table.estimates.n_samples[0]]
    widths = [max(map(len, column)) for column in zip(header, samples, *cells.values(), strict=True)]
    name_width = max(map(len, [*table.rows, "samples"]))

    def line(name: str, entries: Sequence[str]) -> str:
        padded = [entry.rjust(width) for entry, width in zip(entries, widths, strict=True)]
        return "  ".join([name.ljust(name_width), *padded]).rstrip()

    rule = "-" * len(line("", ["x" * width for width in widths]))
    lines = [line("", header)]
    for group in table.groups:
        lines += [rule, *(line(row, cells[row]) for row in group)]
    lines += [rule, line("samples", samples)]
    if doubtful.any():
        lines.append("* many samples coincide in both columns (discrete values?): KSG means little there")
    return "\n".join(lines)


def write_csv(path: Path, tables: Iterable[tuple[str, InformationTable]]) -> None:
    """Write one line for each event, row and column, values to full precision."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["event", "x", "y", "mutual_info", "n_samples", "n_coincident"])
        for event, table in tables:
            for (i, j), value in np.ndenumerate(table.estimates.mutual_info):
                counts = table.estimates.n_samples[i, j], table.estimates.n_coincident[i, j]
                writer.writerow([event, table.rows[i], table.columns[j], repr(float(value)), *counts])
