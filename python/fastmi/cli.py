"""The command `fastmi`."""

import argparse
import importlib.util
import math
import re
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, get_args

import fastmi
from fastmi._scan.controls import CONTROLS, NOISE
from fastmi._scan.files import writer_of
from fastmi._scan.result import MEASURES
from fastmi._scan.running import OwnThreads
from fastmi.io import LazyEvent, read_events
from fastmi.io._files import FormatName
from fastmi.toy import N_NEURONS, toy_event, toy_events

_SCAN = """\
How much does each column of one side (say the output neurons of a network) know of each quantity of the other (say pt
and eta of the particle that made the hit), in every event, and on average? The answer is mutual information in nats: 0
if it knows nothing, 0.69 for one bit. A file is an event with a row a hit: .npz, .csv, .parquet, .h5, TrackML's
(event000000001-hits.csv ...), or many events: .root, .h5. Rows in which a quantity is NaN are left out for it.
"""
_SCAN_EXAMPLE = """\
example:
  fastmi scan events/*.npz --x latent --y pt,eta,phi --joint --period phi=2pi \\
      --checkpoint run.sqlite --resume -o run.parquet --plot run.png

exit codes: 0 done, 1 done but some events failed (--on-error record), 2 error, 130 interrupted (Ctrl-C)
"""
_DEMO_QUANTITIES = ["pt", "eta", "phi", "vz", "r", "phi_hit", "z"]
_DEMO_PERIODS = {"phi": 2 * math.pi, "phi_hit": 2 * math.pi}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    arguments = _parser().parse_args(argv)
    run: Callable[[argparse.Namespace], int] = arguments.run
    try:
        for name in ("output", "plot", "checkpoint"):
            path = getattr(arguments, name, None)
            if path and not path.parent.is_dir():
                raise ValueError(f"there is no folder {path.parent} to write {path.name} into")
        return run(arguments)
    except KeyboardInterrupt:
        print("fastmi: interrupted" + _way_to_go_on(arguments), file=sys.stderr)
        return 130
    except (ValueError, TypeError, OSError, ImportError, RuntimeError) as error:
        print(f"fastmi: error: {error}", file=sys.stderr)
        return 2


def _way_to_go_on(arguments: argparse.Namespace) -> str:
    checkpoint = getattr(arguments, "checkpoint", None)
    if not checkpoint:
        return ""
    return f"; finished events are in {checkpoint}, and the same command with --resume goes on"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fastmi", description="How much columns of numbers know about each other: mutual information in nats."
    )
    parser.add_argument("--version", action="version", version=f"fastmi {fastmi.__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    info = commands.add_parser("info", help="tell how fastmi was built and what it uses here")
    info.set_defaults(run=_info)

    demo = commands.add_parser("demo", help="scan toy events: what do 12 output neurons know of the particles?")
    demo.add_argument("--events", type=int, default=1, metavar="N", help="how many (default 1)")
    demo.add_argument("--seed", type=int, default=1, metavar="N", help="of the events (default 1)")
    demo.set_defaults(run=_demo)

    scan = commands.add_parser(
        "scan",
        help="scan events in files: what does each column of one side know of each of the other?",
        description=_SCAN,
        epilog=_SCAN_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_what_to_scan(scan)
    _add_how_to_scan(scan)
    scan.set_defaults(run=_scan)

    plot = commands.add_parser("plot", help="draw the result of a scan")
    plot.add_argument("result", type=Path, metavar="RESULT", help="what scan -o saved: .parquet or .npz")
    plot.add_argument("-o", "--output", type=Path, metavar="FILE", help="picture, .png, .pdf ... (default RESULT.png)")
    plot.add_argument(
        "--view",
        default="mutual_info",
        metavar="VIEW",
        help=f"one of {', '.join(MEASURES)}, spread (default mutual_info)",
    )
    plot.set_defaults(run=_plot)

    for command in (demo, scan):
        command.add_argument("--k", type=int, default=3, metavar="K", help="neighbours (default 3)")
        command.add_argument("--workers", type=int, metavar="N", help="threads (default all cores)")
        command.add_argument(
            "-o", "--output", type=Path, metavar="FILE", help="save all numbers: .parquet, .npz (both for plot) or .csv"
        )
    demo.add_argument(
        "--plot", type=Path, default=Path("fastmi-demo.png"), metavar="FILE", help="heat map (fastmi-demo.png)"
    )
    scan.add_argument("--plot", type=Path, metavar="FILE", help="save a heat map of the mean: .png, .pdf ...")
    return parser


def _add_what_to_scan(scan: argparse.ArgumentParser) -> None:
    scan.add_argument("paths", nargs="+", metavar="PATH", help="files or folders of events, a row a hit")
    scan.add_argument("--x", required=True, type=_names, metavar="NAMES", help="one side, such as latent: the neurons")
    scan.add_argument("--y", required=True, type=_names, metavar="NAMES", help="the other, such as pt,eta,phi")
    scan.add_argument("--joint", action="store_true", help="add a row for all columns of --x taken together")
    scan.add_argument(
        "--period", type=_periods, default={}, metavar="NAME=P", help="periodic quantities: phi=2pi,angle=360"
    )
    scan.add_argument(
        "--measures",
        type=_names,
        default=["mutual_info"],
        metavar="NAMES",
        help=f"some of {', '.join(MEASURES)} (default mutual_info)",
    )
    scan.add_argument(
        "--controls",
        type=_names,
        default=[],
        metavar="NAMES",
        help=f"rows that know nothing, to see the noise: some of {', '.join(CONTROLS)}",
    )
    scan.add_argument("--seed", type=int, default=0, metavar="N", help="seed of the controls (default 0)")


def _add_how_to_scan(scan: argparse.ArgumentParser) -> None:
    scan.add_argument("--format", choices=get_args(FormatName), help="of the files (default: what their suffix says)")
    scan.add_argument("--checkpoint", type=Path, metavar="FILE", help="keep every finished event in this file")
    scan.add_argument("--resume", action="store_true", help="go on with the checkpoint if there is one")
    scan.add_argument(
        "--on-error",
        choices=("raise", "record"),
        default="raise",
        help="stop at an event that cannot be measured (default), or go on and list it; the exit code is then 1",
    )


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


def _info(_: argparse.Namespace) -> int:
    info = fastmi.build_info()
    width = max(map(len, info))
    for name, value in info.items():
        if name == "openmp" and value is None:
            shown = "not found at build time: one thread only"
        else:
            shown = " ".join(value) if isinstance(value, tuple) else str(value)
        print(f"{name.replace('_', ' '):<{width}}  {shown}")
    print(f"{'python':<{width}}  {sys.version.split()[0]}")
    return 0


def _demo(arguments: argparse.Namespace) -> int:
    print(
        f"{arguments.events} toy events of {toy_event(0)['z'].size:,} hits, seen by a random network of {N_NEURONS} output "
        "neurons."
    )
    if not _has("matplotlib"):
        print("No heat map: it needs matplotlib, pip install 'fastmi[plot]'.", file=sys.stderr)
        arguments.plot = None
    return _scan_and_report(
        toy_events(arguments.events, seed=arguments.seed),
        arguments,
        x="latent",
        y=_DEMO_QUANTITIES,
        period=_DEMO_PERIODS,
        controls=NOISE,
        rng=arguments.seed,
    )


def _scan(arguments: argparse.Namespace) -> int:
    _check_checkpoint(arguments)
    return _scan_and_report(
        list(_events(arguments)),
        arguments,
        x=arguments.x,
        y=arguments.y,
        joint=arguments.joint,
        measures=arguments.measures,
        period=arguments.period,
        controls=arguments.controls,
        checkpoint=arguments.checkpoint,
        on_error=arguments.on_error,
        rng=arguments.seed,
    )


def _check_checkpoint(arguments: argparse.Namespace) -> None:
    if arguments.resume and not arguments.checkpoint:
        raise ValueError("--resume needs --checkpoint FILE, the file to go on with")
    if arguments.checkpoint and arguments.checkpoint.exists() and not arguments.resume:
        raise ValueError(f"{arguments.checkpoint} exists; pass --resume to go on with it, or remove it to begin anew")


def _events(arguments: argparse.Namespace) -> Iterator[LazyEvent | str]:
    """List the events of all files, so that it is known how many there are."""
    for path in arguments.paths:
        try:
            yield from read_events(path, columns=[*arguments.x, *arguments.y], format=arguments.format)
        except (OSError, ValueError):
            if arguments.on_error == "raise":
                raise
            yield path  # to be listed among the failures


def _scan_and_report(events: Sequence[LazyEvent | str], arguments: argparse.Namespace, **question: Any) -> int:
    if arguments.output:
        writer_of(arguments.output)  # complains before the work, not after it
    if arguments.plot:
        _check_picture(arguments.plot)
    with warnings.catch_warnings(), OwnThreads(arguments.workers) as threads:
        warnings.simplefilter("ignore", UserWarning)  # the table marks what is doubtful
        progress = _has("tqdm") and sys.stderr.isatty()
        result = fastmi.scan(events, k=arguments.k, executor=threads, progress=progress, **question)
    for measure in result.values:
        print(f"\n{result.table(measure)}")
    if arguments.output:
        result.save(arguments.output)
        print(f"\nAll numbers: {arguments.output}")
    if arguments.plot:
        result.plot(next(iter(result.values))).savefig(arguments.plot)
        print(f"\nHeat map: {arguments.plot}")
    for failure in result.failures:
        print(f"fastmi: event {failure.event} failed: {failure.message}", file=sys.stderr)
    return 1 if result.failures else 0


def _check_picture(path: Path) -> None:
    if not _has("matplotlib"):
        raise ValueError("pictures need matplotlib: pip install 'fastmi[plot]'")
    from matplotlib.figure import Figure

    formats = sorted(Figure().canvas.get_supported_filetypes())
    if path.suffix[1:].lower() not in formats:
        raise ValueError(f"{path} is no picture that can be made; end it in one of {', '.join(formats)}")


def _plot(arguments: argparse.Namespace) -> int:
    output = arguments.output or arguments.result.with_suffix(".png")
    _check_picture(output)
    fastmi.ScanResult.load(arguments.result).plot(arguments.view).savefig(output)
    print(f"Picture: {output}")
    return 0


def _has(module: str) -> bool:
    return importlib.util.find_spec(module) is not None
