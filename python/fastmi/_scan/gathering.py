"""The tables of many events, gathered as they come, in any order."""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastmi._scan.failure import Failure
from fastmi._scan.measure import Layout, Measured
from fastmi._scan.result import ScanResult


class _Tables:
    """Tables of one layout, one behind the other: an object for each would take more memory than its numbers."""

    def __init__(self) -> None:
        self.indices: array[int] = array("q")
        self.events: list[str] = []
        self._measured: list[Measured] = []  # the first one, which tells shapes
        self._fields: list[array[Any]] = [array("d"), array("q"), array("q")]

    def add(self, index: int, event: str, measured: Measured) -> None:
        self._measured = self._measured or [measured]
        for field, table in zip(self._fields, measured[1:], strict=True):
            field.frombytes(table.tobytes())
        self.indices.append(index)
        self.events.append(event)

    def fields(self, order: NDArray[np.intp]) -> Iterator[NDArray[Any]]:
        """Return the values, the numbers of samples and of coincident ones, of all events in this order."""
        for field, table in zip(self._fields, self._measured[0][1:], strict=True):
            yield np.asarray(field, table.dtype).reshape(-1, *table.shape)[order]


class Gathering:
    """The events that are done. What they make does not depend on the order in which they came."""

    def __init__(self) -> None:
        self._tables: dict[Layout, _Tables] = {}
        self._failures: list[Failure] = []

    def add(self, index: int, event: str, found: Measured | Failure) -> None:
        """Add what became of an event."""
        if isinstance(found, Failure):
            self._failures.append(found)
        else:
            if found.layout not in self._tables:
                self._tables[found.layout] = _Tables()
            self._tables[found.layout].add(index, event, found)

    @property
    def n_events(self) -> int:
        """How many are done."""
        return len(self._failures) + sum(len(tables.indices) for tables in self._tables.values())

    def check_one_layout(self) -> None:
        """Raise if events differ in their columns."""
        for failure in self._strangers():
            raise ValueError(f"event {failure.event}: {failure.message}; on_error='record' goes on without it")

    def result(self, measures: Sequence[str], settings: Mapping[str, Any]) -> ScanResult:
        """Return everything, in the order of the events; those with other columns than most have failed."""
        layout, tables = self._by_number()[0] if self._tables else (Layout((), (), ()), _Tables())
        indices = np.array(tables.indices, np.int64)
        order = np.argsort(indices)
        values, n_samples, n_coincident = tables.fields(order) if len(order) else _no_fields(len(measures))
        return ScanResult(
            events=[tables.events[i] for i in order],
            indices=indices[order],
            x=list(layout.x),
            kinds=list(layout.kinds),
            y=list(layout.y),
            values={measure: values[:, m] for m, measure in enumerate(measures)},
            n_samples=n_samples,
            n_coincident=n_coincident,
            failures=sorted([*self._failures, *self._strangers()]),
            settings=settings,
        )

    def _by_number(self) -> list[tuple[Layout, _Tables]]:
        """Return the layout that most events have before others; the first event's if several have as many."""
        return sorted(self._tables.items(), key=lambda item: (-len(item[1].indices), min(item[1].indices)))

    def _strangers(self) -> list[Failure]:
        if len(self._tables) < 2:
            return []
        (layout, tables), *others = self._by_number()
        first = tables.events[int(np.argmin(tables.indices))]
        return [
            Failure(
                index,
                event,
                "ValueError",
                f"it has the columns {_listed(other)}, but others, such as event {first}, have {_listed(layout)}",
            )
            for other, strangers in others
            for index, event in zip(strangers.indices, strangers.events, strict=True)
        ]


def _no_fields(n_measures: int) -> tuple[NDArray[Any], ...]:
    return np.empty((0, n_measures, 0, 0)), *np.empty((2, 0, 0, 0), np.int64)


def _listed(layout: Layout) -> str:
    return f"{', '.join(layout.x)} and {', '.join(layout.y)}"
