"""What the tables and the pictures of a result share: words, groups of rows, what is shown and in which range."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from fastmi._scan.result import ScanResult

LABELS = {
    "mutual_info": "mutual information",
    "proficiency": "proficiency",
    "conditional_entropy": "conditional entropy",
}
UNITS = {"mutual_info": "nats", "proficiency": "share of the entropy of y", "conditional_entropy": "nats"}
LESS_IS_MORE = ("conditional_entropy",)  # what remains unknown
DOUBTFUL = "* many samples coincide in both columns (discrete values?): KSG means little there"
KINDS = ("x", "joint", "control")  # of rows, in the order in which they come
PERMUTED_JOINT = "joint permuted"  # the only control of all columns together
NOTHING = "no event was measured"
# Where the best column knows less than this many nats, colours stay pale: noise shall look like nothing.
_LEAST_RANGE = 0.1


class Summary(NamedTuple):
    """What is known of one measure over all events; arrays of shape (n_x, n_y)."""

    mean: NDArray[np.float64]
    error: NDArray[np.float64]
    doubtful: NDArray[np.bool_]  # in any event
    n_samples: NDArray[np.float64]  # mean

    def select(self, rows: list[int]) -> "Summary":
        """Return what is known of some rows."""
        return Summary(self.mean[rows], self.error[rows], self.doubtful[rows], self.n_samples[rows])

    @property
    def shaded(self) -> NDArray[np.bool_]:
        """Which entries have a colour: those that are numbers and mean something."""
        return np.isfinite(self.mean) & ~self.doubtful


def summary(result: "ScanResult", measure: str) -> Summary:
    """Summarize a result of one event or more."""
    return Summary(
        result.mean(measure),
        result.standard_error(measure),
        np.any(result.doubtful, axis=0),
        result.n_samples.mean(axis=0),
    )


def is_empty(result: "ScanResult") -> bool:
    """Return whether there is nothing to show."""
    return result.n_samples.size == 0


def groups_of(result: "ScanResult") -> dict[str, list[int]]:
    """Return where the rows of each kind are that there is."""
    return {kind: rows for kind in KINDS if (rows := rows_of(result, kind))}


def rows_of(result: "ScanResult", kind: str) -> list[int]:
    """Return where the rows of a kind are."""
    return [i for i, other in enumerate(result.kinds) if other == kind]


def size_of(result: "ScanResult") -> str:
    """Say of how many columns and events the result is."""
    n_x, joint = len(rows_of(result, "x")), rows_of(result, "joint")
    columns = f"{_count(n_x, 'column')} of x{' and all jointly' if joint else ''}, {len(result.y)} of y"
    return f"{columns}, {events_of(result)}"


def events_of(result: "ScanResult") -> str:
    """Say of how many events and neighbours the result is."""
    return _count(len(result.events), "event") + (f", k = {result.settings['k']}" if "k" in result.settings else "")


def printable(name: str, width: int | None = None) -> str:
    """Return a name on one line, what cannot be printed escaped, and cut to a width."""
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in name)
    return shown if width is None or len(shown) <= width else shown[: width - 3] + "..."


def colour_range(measure: str, found: Summary) -> tuple[float, float]:
    """Return the values at the ends of the colours."""
    values = found.mean[found.shaded]
    if measure == "proficiency":
        return 0.0, 1.0
    # An entropy of small bins is below zero in earnest, mutual information by noise alone.
    least = float(values.min(initial=0.0)) if measure in LESS_IS_MORE else 0.0
    return least, max(float(values.max(initial=least)), least + _LEAST_RANGE)


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
