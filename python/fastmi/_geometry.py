"""How far samples are apart, and which volume a ball around them has."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fastmi import _core
from fastmi._arguments import Period, as_periods, check_metric

Array = NDArray[np.float64]

# Differences of columns that are not wider or narrower can be squared: they neither overflow nor, if they are at least
# 1e-50 of the spread, lose a bit.
_SQUARABLE = (1e-100, 1e150)


def as_geometry(metric: str, period: Period, n_columns: int) -> "Geometry":
    """Return the geometry of so many columns, as users give it."""
    periods = as_periods("period", period, n_columns)
    check_metric(metric, periods)
    return Geometry(metric, periods)


class Geometry(NamedTuple):
    """A metric, and the period of each column, 0 if it is linear."""

    metric: str
    periods: list[float]

    def neighbours(self, samples: Array, workers: int) -> _core.Neighbours:
        """Return the samples as what can be asked for distances."""
        return _core.Neighbours(np.asfortranarray(samples), self.periods, workers, self.metric == "euclidean")

    def log_volumes(self, radius: Array) -> Array:
        """Return the logarithms of the volumes of balls, -inf of those of radius 0."""
        with np.errstate(divide="ignore"):
            log_radius = np.log(radius)
        d = len(self.periods)
        if self.metric == "euclidean":
            return d / 2 * math.log(math.pi) - math.lgamma(d / 2 + 1) + d * log_radius
        log_side = math.log(2) + log_radius
        periods = [period for period in self.periods if period]
        volumes = (d - len(periods)) * log_side
        for period in periods:
            volumes += np.minimum(log_side, math.log(period))  # a ball does not exceed its circle
        return np.asarray(volumes)

    def to_scale(self, *sides: Array) -> tuple[list[Array], float]:
        """Return samples divided by a power of two so that distances can be computed, and how far log volumes fall."""
        if self.metric != "euclidean":
            return list(sides), 0.0
        highest = np.max([side.max(axis=0) / 2 for side in sides], axis=0)
        lowest = np.min([side.min(axis=0) / 2 for side in sides], axis=0)
        half_spread = float((highest - lowest).max())
        if _SQUARABLE[0] < half_spread < _SQUARABLE[1]:
            return list(sides), 0.0
        _, exponent = math.frexp(half_spread)
        varies = highest > lowest  # a constant may lie so far off that it would overflow
        return [np.ldexp(np.where(varies, side, 0.0), -exponent) for side in sides], len(
            self.periods
        ) * exponent * math.log(2)
