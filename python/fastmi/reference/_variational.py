"""Variational bounds as their papers write them, with T(x, y) for the critic, p for the joint law and q for the product.

Donsker and Varadhan (1983), as Belghazi et al. (2018) use it; Nguyen, Wainwright and Jordan (2010); van den Oord, Li and
Vinyals (2018). Poole et al. (2019) have all three side by side.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import log_softmax, logsumexp

from fastmi._arguments import as_score_matrix, as_scores, unit_of


def donsker_varadhan_bound(joint: ArrayLike, product: ArrayLike, *, base: float | None = None) -> float:
    """Return E_p T - log E_q exp T; see :func:`fastmi.donsker_varadhan_bound`."""
    joint, product = as_scores("joint", joint), as_scores("product", product)
    return float(np.mean(joint) - logsumexp(product, b=1 / len(product))) / unit_of(base)


def nwj_bound(joint: ArrayLike, product: ArrayLike, *, base: float | None = None) -> float:
    """Return E_p T - E_q exp(T - 1); see :func:`fastmi.nwj_bound`."""
    joint, product = as_scores("joint", joint), as_scores("product", product)
    with np.errstate(over="ignore"):
        return float(np.mean(joint) - np.mean(np.exp(product - 1))) / unit_of(base)


def infonce_bound(scores: ArrayLike, *, base: float | None = None) -> float:
    """Return the mean of log n + log softmax_j T(x_i, y_j) at j = i; see :func:`fastmi.infonce_bound`."""
    rows = as_score_matrix("scores", scores)
    n = len(rows)
    return float(np.mean([np.log(n) + log_softmax(row)[i] for i, row in enumerate(rows)])) / unit_of(base)
