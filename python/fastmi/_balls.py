"""Balls in the max-norm around samples of several variables, each as large as it takes to hold k others.

Samples with different labels are infinitely far apart, so that a ball never leaves its class: to average within classes
is the same as to count in such balls. A class too small for k others is taken as it is, and looked at by itself: in
the whole space, its search would not end before the other classes.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fastmi import _core
from fastmi._labels import Codes, joint_codes
from fastmi._variables import Variable

Radius = NDArray[np.float64]
Counts = NDArray[np.int64]

_LABEL_STEP = 2.0**1000  # between one label and the next
_OUT_OF_REACH = 2.0**999  # more than between two numbers, less than between two labels
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
        if any(any(variable.is_label) for variable in variables):
            _check_reach(variables)
        samples = np.asfortranarray(np.column_stack([axis.coordinates for axis in axes]))
        self._neighbours = _core.Neighbours(samples, [axis.period for axis in axes], workers)

    def kth_distances(self, k: int) -> Radius:
        """Return the distance of each sample to its k-th nearest other."""
        return self._neighbours.kth_distances(k)

    def extents(self, radius: Radius, n_first: int) -> tuple[Radius, Radius]:
        """Return how far the other samples within a radius are in the first columns, at most, and how far in the rest."""
        return self._neighbours.extents(radius, n_first)

    def balls(self, k: int) -> Balls:
        """Return the balls that reach to the k-th nearest other sample."""
        n_others = _n_others_of_class(self._variables)
        rank = np.minimum(k, n_others)  # of the sample on the boundary
        radius, n_within = np.zeros(self._n_samples), n_others
        for n in np.unique(rank[rank > 0]).tolist():
            classes = rank == n
            space = self._select(classes)
            radius[classes] = space.kth_distances(n)
            if n == k:
                n_within[classes] = space._count_tied(radius[classes], k)
        return Balls(radius, n_within)

    def count_closer(self, radius: Radius) -> Counts:
        """Count the other samples strictly inside a radius."""
        return self._neighbours.count_closer(radius)

    def count_within(self, radius: Radius) -> Counts:
        """Count the other samples inside a radius or on it."""
        counts = self._neighbours.count_closer(np.nextafter(radius, np.inf))
        counts[np.isinf(radius)] = self._n_samples - 1  # differences that overflow are no further than that
        return counts

    def _select(self, rows: NDArray[np.bool_]) -> "Space":
        return self if rows.all() else Space([variable.select(rows) for variable in self._variables], self._workers)

    def _count_tied(self, radius: Radius, k: int) -> Counts:
        """Count the samples within the k-th distance. Without ties they are k, and the next one tells."""
        if k + 1 < self._n_samples and (self.kth_distances(k + 1) > radius).all():
            return np.full(self._n_samples, k, np.int64)
        return self.count_within(radius)


def _n_others_of_class(variables: Sequence[Variable]) -> Counts:
    """Count the other samples that share all labels with each."""
    columns = [column for variable in variables for column in variable.values[:, variable.is_label].T]
    if not columns:
        n_samples = variables[0].n_samples
        return np.full(n_samples, n_samples - 1, np.int64)
    classes = joint_codes(Codes(column.astype(np.int64), int(column.max()) + 1) for column in columns)
    return np.bincount(classes)[classes] - 1


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
