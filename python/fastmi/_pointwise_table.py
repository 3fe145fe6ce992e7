"""Pointwise mutual information of the cells of a table."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class PointwiseMutualInfo(NamedTuple):
    """How much more or less often than by chance two values occur together, cell by cell.

    Parameters
    ----------
    pmi : ndarray of float64, shape (n_x, n_y)
        log(p(x, y) / p(x) p(y)). -inf where x and y both occur, but never together; NaN where x or y does not occur,
        of which nothing is known. Its mean, weighted by `probability`, is the mutual information.
    positive : ndarray of float64, shape (n_x, n_y)
        The same, with 0 for what is negative.
    normalized : ndarray of float64, shape (n_x, n_y)
        pmi / -log p(x, y): 1 where x and y occur only together, 0 where they are independent, -1 where they never occur
        together; NaN where pmi is, and where one cell holds everything.
    probability : ndarray of float64, shape (n_x, n_y)
        p(x, y), the share of the samples in the cell.
    x, y : ndarray
        What the rows and columns stand for: the n_x + 1 edges of bins, or the n_x labels.

    See Also
    --------
    pointwise_mutual_info : estimates it from samples.

    References
    ----------
    K. W. Church, P. Hanks, "Word association norms, mutual information, and lexicography", Comput. Linguist. 16, 22
    (1990).
    G. Bouma, "Normalized (pointwise) mutual information in collocation extraction", Proc. GSCL (2009), 31.

    Examples
    --------
    >>> import fastmi
    >>> found = fastmi.pointwise_mutual_info(["a", "a", "b", "b"], ["c", "c", "c", "d"], base=2)
    >>> found.x, found.y
    (array(['a', 'b'], dtype='<U1'), array(['c', 'd'], dtype='<U1'))
    >>> found.pmi.round(3)
    array([[ 0.415,   -inf],
           [-0.585,  1.   ]])
    """

    pmi: NDArray[np.float64]
    positive: NDArray[np.float64]
    normalized: NDArray[np.float64]
    probability: NDArray[np.float64]
    x: NDArray[Any]
    y: NDArray[Any]


def of_table(
    weights: NDArray[np.int64] | NDArray[np.float64], x: NDArray[Any], y: NDArray[Any], unit: float
) -> PointwiseMutualInfo:
    """Return it for a table of counts, or of probabilities that need not add up to 1."""
    table = weights.astype(np.float64)
    total = table.sum()
    if total <= 0:
        raise ValueError("no samples are in the bins; pass a range that holds some of them, or range=None")
    by_chance = table.sum(axis=1, keepdims=True) * table.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):  # empty cells, rows and columns
        pmi = np.log(table * total / by_chance)
        normalized = np.where(pmi == -np.inf, -1.0, pmi / -np.log(table / total))
    return PointwiseMutualInfo(pmi / unit, np.maximum(pmi, 0.0) / unit, normalized, table / total, x, y)
