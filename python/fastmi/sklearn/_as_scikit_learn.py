"""scikit-learn's scores to the last digits: its scaling, its noise in the order it is drawn, its clipping at 0.

Columns have the memory layout that they have there, since sums depend on it in the last digit, and counts of neighbours
may depend on that.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.preprocessing import scale

from fastmi import _core
from fastmi._labels import Codes, encode, joint_codes
from fastmi.sklearn._features import Features, check_enough_samples

Array = NDArray[np.float64]

_NOISE = 1e-10
_CONSTANT = 10 * np.finfo(np.float64).eps  # a smaller standard deviation is taken for rounding


def regression_scores(
    features: Features, y: NDArray[Any], k: int, rng: np.random.RandomState, workers: int | None
) -> Array:
    """Return the information of each feature about a continuous target."""
    scores = np.empty(len(features.discrete))
    columns = _continuous_columns(features, rng)
    y = scale(y, with_mean=False)  # of float32, if y is, which loses most of the noise
    y += _NOISE * np.maximum(1, np.mean(np.abs(y))) * rng.standard_normal(size=len(y))
    target = y.astype(np.float64, copy=False)[:, np.newaxis]
    if columns.size:
        check_enough_samples(len(columns), k)
        n_columns = columns.shape[1]
        pairs = [(j, 0) for j in range(n_columns)]
        scores[~features.discrete], _ = _core.ksg1_pairs(
            columns, target, [0.0] * n_columns, [0.0], k, workers or 0, pairs
        )
    for block, columns in features.blocks_of_labels():
        pairs = [(0, j) for j in range(len(block))]
        scores[block] = _core.ross_pairs(
            target, _as_floats(columns), k, workers or 0, pairs, from_float32=y.dtype == np.float32
        )
    return _clipped(scores)


def classification_scores(
    features: Features, y: NDArray[Any], k: int, rng: np.random.RandomState, workers: int | None
) -> Array:
    """Return the information of each feature about labels."""
    scores = np.empty(len(features.discrete))
    columns = _continuous_columns(features, rng)
    target = encode("y", y)
    if columns.size:
        pairs = [(j, 0) for j in range(columns.shape[1])]
        labels = target.codes.astype(np.float64)[:, np.newaxis]
        scores[~features.discrete] = _core.ross_pairs(columns, labels, k, workers or 0, pairs)
    for block, columns in features.blocks_of_labels():
        scores[block] = label_scores(columns, target)
    return _clipped(scores)


def label_scores(columns: NDArray[Any], target: Codes) -> list[float]:
    """Return the plug-in estimate of each column of labels and other labels."""
    n, sum_y = len(columns), _sum_n_log_n(target.codes)
    labels = (encode("X", column) for column in columns.T)
    return [math.log(n) + (_sum_n_log_n(joint_codes([x, target])) - _sum_n_log_n(x.codes) - sum_y) / n for x in labels]


def _sum_n_log_n(codes: NDArray[np.int64]) -> float:
    n = np.bincount(codes)
    n = n[n > 0]
    return float(n @ np.log(n))


def _continuous_columns(features: Features, rng: np.random.RandomState) -> Array:
    """Return the continuous features, column after column, divided by their standard deviations, and with noise."""
    if features.discrete.all():
        return np.empty((features.n_samples, 0))
    columns = features.X.astype(np.float64, copy=False)[:, ~features.discrete]
    deviations = columns.std(axis=0)
    deviations[deviations < _CONSTANT] = 1.0
    columns /= deviations
    noise = rng.standard_normal(size=columns.shape)
    noise *= _NOISE * np.maximum(1, np.mean(np.abs(columns), axis=0))
    columns += noise
    return np.asfortranarray(columns)


def _as_floats(columns: NDArray[Any]) -> Array:
    """Return columns of labels as numbers that are equal where they are."""
    if columns.dtype != np.float64 and columns.dtype.itemsize >= 8:  # other numbers of that size may not fit
        columns = np.column_stack([encode("X", column).codes for column in columns.T])
    return np.asfortranarray(columns, np.float64)


def _clipped(scores: Array) -> Array:
    """Return 0 where an estimate is negative."""
    if np.isnan(scores).any():
        raise ValueError(
            f"feature {int(np.argmax(np.isnan(scores)))} or the target has no label that occurs twice; labels without "
            "neighbours tell nothing: say which features are discrete by discrete_features"
        )
    return np.maximum(scores, 0.0)
