"""Taking turns: everyone answers the same question on the same fresh data, and a table shows who took how long."""

import platform
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import cpuinfo
import numpy as np

import fastmi

PATIENCE = 20.0  # seconds: who took that long over a workload is not asked again

Times = dict[str, list[float]]  # in seconds, by the name of the peer


class Named(Protocol):
    """Somebody with a column of the table."""

    @property
    def name(self) -> str:
        """What tells it from the others."""

    @property
    def title(self) -> str:
        """Name with version."""


def take_turns(
    ways: Mapping[str, Callable[[Any], Any]],
    fresh: Callable[[], Any],
    agree: Callable[[str, Any, Any, Any], None],
    rounds: int,
    least: Mapping[str, int],
) -> Times:
    """Return what each way of answering took, by its name. The first way is fastmi, and no round is without it.

    Each round asks about new data from ``fresh``. Each answer goes to ``agree(name, data, answer, first_answer)``,
    which raises if it is wrong. Who is out of patience still takes part in as many rounds as ``least`` says.
    """
    times: Times = {name: [] for name in ways}
    for done in range(rounds):
        turns = [name for name in ways if done < least.get(name, 1) or sum(times[name]) < PATIENCE]
        if next(iter(ways)) not in turns:
            break
        data = fresh()
        first_answer = None
        for name in turns:
            start = time.perf_counter()
            answer = ways[name](data)
            times[name].append(time.perf_counter() - start)
            first_answer = answer if first_answer is None else first_answer
            agree(name, data, answer, first_answer)
            del answer  # it may take a gigabyte
    return times


def seconds(duration: float) -> str:
    """Return a time with its unit."""
    return f"{duration:.3g} s" if duration >= 1 else f"{duration * 1e3:.3g} ms"


def table(
    results: Mapping[str, Times],
    peers: Sequence[Named],
    title: str,
    *,
    down: bool = False,
    show: Callable[[float], str] = seconds,
) -> str:
    """Return the results as Markdown, with ratios to the first column, or ``down`` from the first row."""
    first_row = next(iter(results.values()))
    rows = []
    for name, times in results.items():
        bases = first_row if down else dict.fromkeys(times, times[peers[0].name])
        rows.append([name, *(_cell(times[p.name], bases[p.name], show) if p.name in times else "-" for p in peers)])
    return markdown([title, *(peer.title for peer in peers)], rows)


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table."""
    return "\n".join("| " + " | ".join(line) + " |" for line in [head, ["---"] * len(head), *rows])


def _cell(times: list[float], base: list[float], show: Callable[[float], str]) -> str:
    median = statistics.median(times)
    once = "*" if len(times) == 1 else ""
    ratio = "" if times is base else f" ({median / statistics.median(base):.3g}x)"
    return show(median) + once + ratio


def footnote(rounds: int) -> str:
    """Return what the numbers in a table are, and what they depend on."""
    return f"Medians of {rounds} rounds, or of fewer once they take {PATIENCE:.0f} s (*: a single one). {machine()}."


def machine() -> str:
    """Return what the times depend on."""
    info = fastmi.build_info()
    return (
        f"{cpuinfo.get_cpu_info().get('brand_raw', platform.machine())}, {info['max_workers']} threads; "
        f"{info['compiler']}, instruction set {info['instruction_set']}; Python {platform.python_version()}, "
        f"NumPy {np.__version__}"
    )
