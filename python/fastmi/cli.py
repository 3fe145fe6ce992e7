"""The command `fastmi`."""

import argparse
import importlib.util
import io
import math
import os
import re
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import fastmi
from fastmi._scan.controls import CONTROLS, NOISE
from fastmi._scan.files import replacing, writer_of
from fastmi._scan.result import MEASURES
from fastmi._scan.running import OwnThreads
from fastmi.io import LazyEvent
from fastmi.io._files import FormatName, Listing
from fastmi.toy import N_HITS, N_NEURONS, toy_events

if TYPE_CHECKING:
    from matplotlib.figure import Figure

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
# What messages call the options of functions.
_OPTIONS = (
    ("on_error='record'", "--on-error record"),
    ("others need format=", "others need --format"),
    ("measures=(...) to scan", "--measures to fastmi scan"),
)
_DEMO_QUANTITIES = ["pt", "eta", "phi", "vz", "r", "phi_hit", "z"]
_DEMO_PERIODS = {"phi": 2 * math.pi, "phi_hit": 2 * math.pi}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    arguments = _parser().parse_args(argv)
    run: Callable[[argparse.Namespace], int] = arguments.run
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # ± where there is none
    try:
        return run(arguments)
    except KeyboardInterrupt:
        print("fastmi: interrupted" + _way_to_go_on(arguments), file=sys.stderr)
        return 130
    except (ValueError, TypeError, OSError, ImportError, RuntimeError) as error:
        print(f"fastmi: error: {_as_options(str(error))}", file=sys.stderr)
        return 2


def _as_options(message: str) -> str:
    """Call options as the command line does."""
    for of_function, of_command in _OPTIONS:
        message = message.replace(of_function, of_command)
    return message


def _say(text: str) -> None:
    """Print; that nobody reads on, as after `| head`, is no error."""
    try:
        print(text, flush=True)
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # lest what is left is tried again at the end
        if not isinstance(error, BrokenPipeError):
            raise


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
        _say(f"{name.replace('_', ' '):<{width}}  {shown}")
    _say(f"{'python':<{width}}  {sys.version.split()[0]}")
    return 0


def _demo(arguments: argparse.Namespace) -> int:
    if arguments.events < 1:
        raise ValueError(f"--events is {arguments.events}; make one or more")
    events = toy_events(arguments.events, seed=arguments.seed)
    _check_outputs([arguments.output, arguments.plot], [])
    made = "1 toy event" if len(events) == 1 else f"{len(events)} toy events"
    _say(f"{made} of {N_HITS:,} hits, seen by a random network of {N_NEURONS} output neurons.")
    if not _has("matplotlib"):
        print("No heat map: it needs matplotlib, pip install 'fastmi[plot]'.", file=sys.stderr)
        arguments.plot = None
    return _scan_and_report(
        events,
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
        _events(arguments),
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


def _events(arguments: argparse.Namespace) -> list[LazyEvent]:
    """List the events of all files, so that it is known how many there are, and what is not to be written over."""
    listing = Listing([*arguments.x, *arguments.y], arguments.format)
    is_all = len(arguments.paths) == 1
    events = [event for path in arguments.paths for event in listing.events(path, is_all=is_all)]
    if listing.first_error and arguments.on_error == "raise":
        raise listing.first_error
    _check_outputs([arguments.output, arguments.plot, arguments.checkpoint], listing.files)
    return events


def _check_outputs(paths: Iterable[Path | None], inputs: Iterable[str | Path]) -> None:
    """Complain before the work, not after it, of what cannot be written, or should not be."""
    taken = {os.path.realpath(path): "which is read" for path in inputs}
    for path in filter(None, paths):
        if not path.parent.is_dir():
            raise ValueError(f"there is no folder {path.parent} to write {path.name} into")
        if path.is_dir():
            raise ValueError(f"{path} is a folder; give the name of a file to write")
        real = os.path.realpath(path)
        if real in taken:
            raise ValueError(f"{path} is the same file as one {taken[real]}; give another name")
        taken[real] = "to be written"
        try:
            tempfile.TemporaryFile(dir=os.path.dirname(real)).close()
        except OSError as error:
            raise ValueError(f"{path} cannot be written: {error.strerror}") from error


def _scan_and_report(events: Sequence[LazyEvent], arguments: argparse.Namespace, **question: Any) -> int:
    if arguments.output:
        writer_of(arguments.output)
    if arguments.plot:
        _check_picture(arguments.plot)
    with _warnings_told(), OwnThreads(arguments.workers) as threads:
        progress = _has("tqdm") and sys.stderr.isatty()
        result = fastmi.scan(events, k=arguments.k, executor=threads, progress=progress, **question)
    # What is saved is safe from whatever keeps the rest from being shown.
    if arguments.output:
        result.save(arguments.output)
    if arguments.plot:
        _save_picture(result.plot(next(iter(result.values))), arguments.plot)
    for failure in result.failures:
        print(f"fastmi: event {failure.event} failed: {_as_options(failure.message)}", file=sys.stderr)
    for measure in result.values:
        _say(f"\n{result.table(measure)}")
    if arguments.output:
        _say(f"\nAll numbers: {arguments.output}")
    if arguments.plot:
        _say(f"\nHeat map: {arguments.plot}")
    return 1 if result.failures else 0


@contextmanager
def _warnings_told() -> Iterator[None]:
    """Print warnings without the line of code, but for the one about what the table marks as doubtful."""
    with warnings.catch_warnings():
        warnings.simplefilter("always", UserWarning)
        warnings.filterwarnings("ignore", "many samples coincide", UserWarning)
        warnings.showwarning = lambda message, *_, **__: print(f"fastmi: warning: {message}", file=sys.stderr)
        yield


def _check_picture(path: Path) -> None:
    if not _has("matplotlib"):
        raise ValueError("pictures need matplotlib: pip install 'fastmi[plot]'")
    from matplotlib.figure import Figure

    formats = sorted(Figure().canvas.get_supported_filetypes())
    if path.suffix[1:].lower() not in formats:
        raise ValueError(f"{path} is no picture that can be made; end it in one of {', '.join(formats)}")


def _save_picture(figure: "Figure", path: Path) -> None:
    with replacing(path) as file:
        figure.savefig(file, format=path.suffix[1:].lower())


def _plot(arguments: argparse.Namespace) -> int:
    output = arguments.output or arguments.result.with_suffix(".png")
    _check_picture(output)
    _check_outputs([output], [arguments.result])
    _save_picture(fastmi.ScanResult.load(arguments.result).plot(arguments.view), output)
    _say(f"Picture: {output}")
    return 0


def _has(module: str) -> bool:
    return importlib.util.find_spec(module) is not None
