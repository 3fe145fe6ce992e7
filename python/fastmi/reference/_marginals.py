"""Columns as the normal quantiles of their ranks, (rank - 1/2) / n, equal values having the mean of their ranks."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import rankdata

from fastmi._marginals import Marginals
from fastmi._variables import Variable

Array = NDArray[np.float64]


def with_marginals(variable: Variable, marginals: Marginals) -> Variable:
    """Return the variable with such marginals; columns of labels as they are."""
    if marginals is None:
        return variable
    if any(variable.periods):
        raise ValueError(f"marginals={marginals!r} has no meaning for periodic columns")
    values = variable.values.copy(order="F")
    for c, is_label in enumerate(variable.is_label):
        if not is_label:
            values[:, c] = normal_scores(values[:, c])
    return variable._replace(values=values)


def normal_scores(column: Array) -> Array:
    """Return the normal quantiles of ranks, those of the upper half as the negatives of their mirror images."""
    u = uniform_scores(column)
    below = uniform_scores(-column)
    return np.asarray(np.where(u <= below, ndtri(u), -ndtri(below)))


def uniform_scores(column: Array) -> Array:
    """Return (rank - 1/2) / n."""
    return np.asarray((2 * rankdata(column) - 1) / (2 * len(column)))
