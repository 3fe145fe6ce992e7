"""The features as scikit-learn's functions take them, and what else their arguments mean."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from joblib import effective_n_jobs
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import issparse
from sklearn.utils.validation import check_array

_BLOCK = 64  # columns of labels that are dense at a time


class Features(NamedTuple):
    """The features, and which of them are labels."""

    X: Any  # an array, or a sparse matrix of columns
    discrete: NDArray[np.bool_]

    @property
    def n_samples(self) -> int:
        """Return the number of rows."""
        return int(self.X.shape[0])

    def blocks_of_labels(self) -> Iterator[tuple[NDArray[np.intp], NDArray[Any]]]:
        """Return the indices of some discrete features and their columns, then of the next ones."""
        indices = np.flatnonzero(self.discrete)
        for begin in range(0, len(indices), _BLOCK):
            block = indices[begin : begin + _BLOCK]
            yield block, self.X[:, block].toarray() if issparse(self.X) else self.X[:, block]


def features_of(X: Any, discrete_features: str | bool | ArrayLike) -> Features:  # noqa: N803
    """Return the features, of which these are said to be labels; "auto" are all of a sparse matrix."""
    discrete = np.zeros(X.shape[1], np.bool_)
    if isinstance(discrete_features, str):
        discrete[:] = issparse(X)
    elif isinstance(discrete_features, bool | np.bool_):
        discrete[:] = discrete_features
    else:
        discrete[check_array(discrete_features, ensure_2d=False)] = True
    if issparse(X) and not discrete.all():
        raise ValueError("Sparse matrix `X` can't have continuous features.")
    return Features(X, discrete)


def workers_of(n_jobs: int | None) -> int | None:
    """Return how many threads `n_jobs` stands for, None for OpenMP's default."""
    return None if n_jobs is None else int(effective_n_jobs(n_jobs))


def check_enough_samples(n_samples: int, k: int) -> None:
    """Raise unless every sample has k others."""
    if n_samples <= k:
        raise ValueError(
            f"Expected n_neighbors < n_samples, but n_neighbors = {k}, n_samples = {n_samples}; pass more samples or a "
            "smaller n_neighbors"
        )
