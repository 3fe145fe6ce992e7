"""Scores without noise or clipping: the "mixed" estimator of columns that are brought to comparable spreads exactly."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastmi._labels import encode
from fastmi._mutual_info import mutual_info_matrix
from fastmi.sklearn._as_scikit_learn import label_scores
from fastmi.sklearn._features import Features, check_enough_samples

Array = NDArray[np.float64]


def exact_scores(features: Features, y: NDArray[Any], *, discrete_target: bool, k: int, workers: int | None) -> Array:
    """Return the information of each feature about the target."""
    check_enough_samples(features.n_samples, k)
    scores = np.empty(len(features.discrete))
    target = y if discrete_target else to_unit_spread(y)
    for block, columns in features.blocks_of_labels():
        if discrete_target:
            scores[block] = label_scores(columns, encode("y", y))
        else:
            scores[block] = information(columns, target, True, False, k, workers)
    if not features.discrete.all():
        columns = to_unit_spread(features.X[:, ~features.discrete])
        scores[~features.discrete] = information(columns, target, False, discrete_target, k, workers)
    return scores


def information(
    columns: NDArray[Any],
    y: NDArray[Any],
    discrete: bool | NDArray[np.bool_],
    discrete_target: bool,
    k: int,
    workers: int | None,
) -> Array:
    """Return the information of each column about y, by the estimator that is right where values repeat."""
    return mutual_info_matrix(
        columns, y, k=k, method="mixed", x_discrete=discrete, y_discrete=discrete_target, workers=workers
    )[:, 0]


def to_unit_spread(columns: NDArray[Any]) -> Array:
    """Return columns times powers of two, of standard deviations between 0.7 and 1.5; constant ones as they are.

    No distance loses a bit, however far a column lies from 0, and equal distances stay equal.
    """
    columns = columns.astype(np.float64)
    halves = columns / 2 - columns[:1] / 2  # which do not overflow
    extent = np.frexp(np.abs(halves).max(axis=0))[1]
    deviation = np.ldexp(halves, -extent).std(axis=0)
    varies = deviation > 0
    exponent = np.zeros_like(extent)
    exponent[varies] = extent[varies] + 1 + np.rint(np.log2(deviation[varies])).astype(extent.dtype)
    return np.asarray(np.ldexp(columns, -exponent))
