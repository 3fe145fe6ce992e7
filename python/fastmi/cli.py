"""The command `fastmi`."""

import argparse
import importlib.util
import math
import re
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

import fastmi
from fastmi._information_table import (
    Columns,
    InformationTable,
    format_table,
    information_table,
    mean_table,
    write_csv,
)
from fastmi._progress import Progress
from fastmi.toy import N_NEURONS, toy_event

_DEMO_QUANTITIES = ["pt", "eta", "phi", "vz", "r", "phi_hit", "z"]
_DEMO_PERIODS = {"phi": 2 * math.pi, "phi_hit": 2 * math.pi}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    arguments = _parser().parse_args(argv)
    run: Callable[[argparse.Namespace], None] = arguments.run
    try:
        for path in (arguments.output, arguments.plot) if "plot" in arguments else ():
            if path and not path.parent.is_dir():
                raise ValueError(f"there is no folder {path.parent} to write {path.name} into")
        run(arguments)
    except KeyboardInterrupt:
        print("fastmi: interrupted", file=sys.stderr)
        return 130
    except (ValueError, TypeError, OSError) as error:
        print(f"fastmi: error: {error}", file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fastmi", description="How much columns of numbers know about each other: mutual information in nats."
    )
    parser.add_argument("--version", action="version", version=f"fastmi {fastmi.__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    info = commands.add_parser("info", help="tell how fastmi was built and what it uses here")
    info.set_defaults(run=_info)

    demo = commands.add_parser("demo", help="scan a toy event: what do 12 output neurons know of the particles?")
    demo.add_argument("--seed", type=int, default=1, metavar="N", help="the event (default 1)")
    demo.set_defaults(run=_demo)

    scan = commands.add_parser("scan", help="scan events in .npz files")
    scan.add_argument("files", nargs="+", type=Path, metavar="FILE.npz", help="one event a file, one row a hit")
    scan.add_argument("--x", required=True, type=_names, metavar="NAMES", help="arrays of neurons, such as latent")
    scan.add_argument("--y", required=True, type=_names, metavar="NAMES", help="arrays of quantities: pt,eta,phi")
    scan.add_argument("--joint", action="store_true", help="add a row for all columns of --x taken together")
    scan.add_argument(
        "--period", type=_periods, default={}, metavar="NAME=P", help="periodic arrays: phi=2pi,angle=360"
    )
    scan.set_defaults(run=_scan)

    for command in (demo, scan):
        command.add_argument("--k", type=int, default=3, metavar="K", help="neighbours (default 3)")
        command.add_argument("--workers", type=int, metavar="N", help="threads (default OpenMP's, -1 for all cores)")
        command.add_argument("-o", "--output", type=Path, metavar="FILE.csv", help="write all numbers there")
    demo.add_argument(
        "--plot", type=Path, default=Path("fastmi-demo.png"), metavar="FILE.png", help="heat map (fastmi-demo.png)"
    )
    scan.add_argument("--plot", type=Path, metavar="FILE.png", help="save a heat map, of the mean if several files")
    return parser


def _names(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        raise argparse.ArgumentTypeError(f"{text!r} names no array; give names separated by commas")
    return names


def _periods(text: str) -> dict[str, float]:
    return dict(_period(entry) for entry in _names(text))


def _period(entry: str) -> tuple[str, float]:
    name, equals, value = (part.strip() for part in entry.partition("="))
    number = re.fullmatch(r"(?P<factor>[0-9.eE+-]*)\s*\*?\s*(?P<pi>pi)?", value)
    try:
        if not (name and equals and value and number):
            raise ValueError
        factor = float(number["factor"]) if number["factor"] else 1.0
    except ValueError:
        raise argparse.ArgumentTypeError(f"{entry!r} is not NAME=PERIOD, such as phi=2pi or angle=360") from None
    return name, factor * (math.pi if number["pi"] else 1.0)


def _info(_: argparse.Namespace) -> None:
    info = fastmi.build_info()
    width = max(map(len, info))
    for name, value in info.items():
        if name == "openmp" and value is None:
            shown = "not found at build time: one thread only"
        else:
            shown = " ".join(value) if isinstance(value, tuple) else str(value)
        print(f"{name.replace('_', ' '):<{width}}  {shown}")
    print(f"{'python':<{width}}  {sys.version.split()[0]}")


def _demo(arguments: argparse.Namespace) -> None:
    event = toy_event(arguments.seed)
    n_hits = len(event["z"])
    print(
        f"Toy event {arguments.seed}: {n_hits:,} hits, {np.isnan(event['pt']).sum():,} of them noise, seen by a random "
        f"network of {N_NEURONS} output neurons."
    )
    if not _has_matplotlib():
        print("No heat map: it needs matplotlib, pip install 'fastmi[plot]'.", file=sys.stderr)
        arguments.plot = None
    x = Columns.pick(event, ["latent"], {})
    y = Columns.pick(event, _DEMO_QUANTITIES, _DEMO_PERIODS)
    with Progress() as progress:
        table = _table(x, y, arguments, joint=True, seed=arguments.seed, begin=progress.begin)
    _report([("toy event", table)], arguments)


def _scan(arguments: argparse.Namespace) -> None:
    if arguments.plot and not _has_matplotlib():
        raise ValueError("--plot needs matplotlib: pip install 'fastmi[plot]'")
    unused = set(arguments.period) - {*arguments.x, *arguments.y}
    if unused:
        raise ValueError(f"--period names {', '.join(sorted(unused))}, which is in neither --x nor --y")
    tables = []
    with Progress() as progress:
        for i, path in enumerate(arguments.files):
            where = f"event {i + 1} of {len(arguments.files)}, {path.name}: "
            try:
                x, y = _read(path, arguments)
                begin = partial(_begin, progress, where)
                tables.append((path.name, _table(x, y, arguments, joint=arguments.joint, seed=i, begin=begin)))
            except (ValueError, TypeError) as error:
                raise ValueError(f"{path}: {error}") from error
    _report(tables, arguments)


def _read(path: Path, arguments: argparse.Namespace) -> tuple[Columns, Columns]:
    try:
        event = np.load(path, allow_pickle=False)
    except (BadZipFile, EOFError, ValueError) as error:
        raise ValueError("this is not a readable .npz file") from error
    if not isinstance(event, np.lib.npyio.NpzFile):
        raise ValueError("this is a single array; save named arrays with numpy.savez")
    with event:
        return (
            Columns.pick(event, arguments.x, arguments.period),
            Columns.pick(event, arguments.y, arguments.period),
        )


def _begin(progress: Progress, where: str, step: str) -> None:
    progress.begin(where + step)


def _table(
    x: Columns, y: Columns, arguments: argparse.Namespace, *, joint: bool, seed: int, begin: Callable[[str], None]
) -> InformationTable:
    return information_table(
        x, y, k=arguments.k, joint=joint, rng=np.random.default_rng(seed), workers=arguments.workers, begin=begin
    )


def _report(tables: list[tuple[str, InformationTable]], arguments: argparse.Namespace) -> None:
    shown = (
        tables if len(tables) == 1 else [*tables, (f"mean of {len(tables)} events", mean_table([t for _, t in tables]))]
    )
    for name, table in shown:
        print(f"\nMutual information in nats, {name}, k = {arguments.k}:\n\n{format_table(table)}")
    if arguments.output:
        write_csv(arguments.output, tables)
        print(f"\nAll numbers: {arguments.output}")
    if arguments.plot:
        from fastmi._plot import heat_map

        name, table = shown[-1]
        heat_map(arguments.plot, table, f"mutual information (nats), {name}")
        print(f"\nHeat map: {arguments.plot}")


def _has_matplotlib() -> bool:
    return importlib.util.find_spec("matplotlib") is not None
