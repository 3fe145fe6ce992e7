"""Distances of all samples from each other, by brute force."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fastmi._variables import Variable

Array = NDArray[np.float64]


def distances(variables: Sequence[Variable]) -> Array:
    """Return the max-norm distances of shape (n, n) over all columns of the variables; infinite between labels."""
    return np.asarray(np.max([d for variable in variables for d in _by_column(variable)], axis=0))


def _by_column(variable: Variable) -> list[Array]:
    found = []
    for column, period, is_label in zip(variable.values.T, variable.periods, variable.is_label, strict=True):
        with np.errstate(over="ignore"):  # differences beyond the largest float are infinite, and compare as such
            difference = np.abs(column[:, np.newaxis] - column)
        if is_label:
            difference = np.where(difference == 0, 0.0, np.inf)
        if period:
            wrapped = np.fmod(column, period)
            once_round = np.fmod(np.abs(wrapped[:, np.newaxis] - wrapped), period)
            difference = np.minimum(once_round, period - once_round)
        found.append(difference)
    return found
