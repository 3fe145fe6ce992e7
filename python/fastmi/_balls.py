"""Balls in the max-norm around samples of several variables, each as large as it takes to hold k others.

Samples with different labels are infinitely far apart, so that a ball never leaves its class: to average within classes
is the same as to count in such balls. A class too small for k others is taken as it is.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fastmi import _core
from fastmi._variables import Variable

Radius = NDArray[np.float64]
Counts = NDArray[np.int64]

_LABEL_STEP = 2.0**1000  # between one label and the next
_OUT_OF_REACH = 2.0**999  # more than between two numbers, less than between two labels
_NO_BALL = -1.0  # the radius of what holds nothing, and takes no time to count
_MOST_CODES = 2**23  # that are finite when multiplied by the step


class Balls(NamedTuple):
    """A ball around each sample."""

    radius: Radius
    n_within: Counts  # other samples inside or on the boundary: k, more where several are on it, fewer in small classes


class Space:
    """The samples of some variables taken together."""

    def __init__(self, variables: Sequence[Variable], workers: int) -> None:
        """Gather the columns."""
        axes = [axis for variable in variables for axis in _axes(variable)]
        self._variables, self._workers = variables, workers
        self._n_samples = variables[0].n_samples
        self._has_labels = any(any(variable.is_label) for variable in variables)
        if self._has_labels:
            _check_reach(variables)
        self._samples = np.asfortranarray(np.column_stack([axis.coordinates for axis in axes]))
        self._periods = [axis.period for axis in axes]
        self._neighbours = _core.Neighbours(self._samples, self._periods, workers)

    def kth_distances(self, k: int) -> Radius:
        """Return the distance of each sample to its k-th nearest other."""
        return self._neighbours.kth_distances(k)

    def extents(self, radius: Radius, n_first: int) -> tuple[Radius, Radius]:
        """Return how far the other samples within a radius are in the first columns, at most, and how far in the rest."""
        return self._neighbours.extents(radius, n_first)

    def balls(self, k: int) -> Balls:
        """Return the balls that reach to the k-th nearest other sample."""
        radius, next_one = self._neighbours.kth_and_next(k)
        n_within = np.full(self._n_samples, k, np.int64)
        too_few = (radius >= _OUT_OF_REACH) & self._has_labels
        tied = (radius == next_one) & ~too_few
        if tied.any():
            n_within[tied] = self.count_within(np.where(tied, radius, _NO_BALL))[tied]
        if too_few.any():
            n_others = self.count_closer(np.full(self._n_samples, _OUT_OF_REACH))
            n_within[too_few] = n_others[too_few]
            for n in np.unique(n_others[too_few]):
                classes = too_few & (n_others == n)
                radius[classes] = self._select(classes).kth_distances(int(n)) if n else 0.0
        return Balls(radius, n_within)

    def nearest_rows(self, most: int) -> NDArray[np.int64]:
        """Return the nearest rows to each, itself among them, and -1 behind the last where its class has not so many."""
        radius = self.balls(most - 1).radius
        rows = _core.nearest_rows(self._samples, self._periods, radius, most, self._workers)
        return rows.reshape(self._n_samples, most)

    def count_closer(self, radius: Radius) -> Counts:
        """Count the other samples strictly inside a radius."""
        return self._neighbours.count_closer(radius)

    def count_around(self, radius: Radius) -> tuple[Counts, Counts]:
        """Count the other samples strictly inside a radius, and those inside or on it."""
        return self._neighbours.count_around(radius)

    def count_within(self, radius: Radius) -> Counts:
        """Count the other samples inside a radius or on it."""
        return self.count_around(radius)[1]

    def _select(self, rows: NDArray[np.bool_]) -> "Space":
        return self if rows.all() else Space([variable.select(rows) for variable in self._variables], self._workers)


class _Axis(NamedTuple):
    coordinates: NDArray[np.float64]
    period: float


def _axes(variable: Variable) -> Iterator[_Axis]:
    """Return the columns with labels so far apart that no numbers are."""
    for column, period, is_label in zip(variable.values.T, variable.periods, variable.is_label, strict=True):
        if not is_label:
            yield _Axis(column, period)
            continue
        high, low = np.divmod(column, _MOST_CODES)
        yield _Axis(low * _LABEL_STEP, 0.0)
        if high.any():
            yield _Axis(high * _LABEL_STEP, 0.0)


def _check_reach(variables: Sequence[Variable]) -> None:
    for variable in variables:
        numbers = variable.values[:, ~np.array(variable.is_label)]
        if np.abs(numbers).max(initial=0.0) >= _OUT_OF_REACH / 2:
            raise ValueError(
                f"{variable.name} has values beyond 2**998, too large to be told from the distance between labels; "
                "scale its columns"
            )
