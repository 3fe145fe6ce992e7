"""Distances by brute force, until the core gives them."""

import numpy as np
from numpy.typing import NDArray

from fastmi import _core

Array = NDArray[np.float64]


class Neighbours:
    def __init__(self, samples: Array, period: list[float], workers: int, euclidean: bool) -> None:
        self.samples, self.period, self.euclidean = samples, period, euclidean
        self.core = _core.Neighbours(samples, period, workers)

    def kth_distances(self, k: int) -> Array:
        if not self.euclidean:
            return self.core.kth_distances(k)
        return self._nearest(self.samples, k + 1)

    def kth_distances_of(self, queries: "Neighbours", k: int) -> Array:
        return self._nearest(queries.samples, k)

    def _nearest(self, queries: Array, k: int) -> Array:
        found = [np.partition(self._distances(row), k - 1)[k - 1] for row in queries]
        return np.array(found)

    def _distances(self, row: Array) -> Array:
        total = np.zeros(len(self.samples))
        for column, value, p in zip(self.samples.T, row, self.period, strict=True):
            d = np.abs(column - value)
            if p:
                d = np.fmod(np.abs(np.fmod(column, p) - np.fmod(value, p)), p)
                d = np.minimum(d, p - d)
            total = total + d * d if self.euclidean else np.maximum(total, d)
        return np.sqrt(total) if self.euclidean else total
