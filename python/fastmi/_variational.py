"""Lower bounds of mutual information, from the scores that a critic T(x, y) gives to pairs.

A critic is any function of a pair, most often a network that was trained to tell pairs that were drawn together, from
p(x, y), from pairs that were drawn apart, from p(x) p(y). The better it tells them, the higher the bounds. Judge it by
pairs that it was not trained on: on its own it can reach any value.
"""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastmi._arguments import as_score_matrix, as_scores, unit_of

Array = NDArray[np.float64]


def donsker_varadhan_bound(joint: ArrayLike, product: ArrayLike, *, base: float | None = None) -> float:
    """Bound the mutual information I(X;Y) from below: E_p T - log E_q exp T, as MINE does.

    Parameters
    ----------
    joint : array_like of shape (n_joint,)
        Scores T(x, y) of pairs that were drawn together.
    product : array_like of shape (n_product,)
        Scores of pairs that were drawn apart, such as x with the y of another sample. Any number of them.
    base : float, optional
        Unit of the result: 2 for bits. Nats by default. Scores are log ratios in nats whatever the base.

    Returns
    -------
    float
        The estimate of the bound. The bound itself reaches I(X;Y) where T is log p(x, y) / p(x) p(y) up to a constant,
        but the log of a mean over few scores is too low on average, and so the estimate too high: it can exceed the
        information where a few of the largest product scores make up most of the mean.

    Raises
    ------
    ValueError
        For scores that are not finite, empty or ragged, or not one a pair, and bases out of range.
    TypeError
        For complex, object, text and masked arrays.

    See Also
    --------
    nwj_bound : without the bias, with more scatter.
    infonce_bound : with less scatter, but at most log n.

    References
    ----------
    M. D. Donsker, S. R. S. Varadhan, "Asymptotic evaluation of certain Markov process expectations for large time, IV",
    Comm. Pure Appl. Math. 36, 183 (1983).
    M. I. Belghazi et al., "Mutual information neural estimation", ICML (2018), arXiv:1801.04062.

    Examples
    --------
    >>> import numpy as np
    >>> import fastmi
    >>> rng = np.random.default_rng(1)
    >>> x, noise = rng.normal(size=(2, 100_000))
    >>> y = 0.6 * x + 0.8 * noise
    >>> def log_ratio(x, y):
    ...     return 0.5 * y**2 - 0.5 * ((y - 0.6 * x) / 0.8) ** 2 - np.log(0.8)
    >>> bound = fastmi.donsker_varadhan_bound(log_ratio(x, y), log_ratio(x, np.roll(y, 1)))
    >>> print(f"{bound:.2f} nats, in theory {-0.5 * np.log(1 - 0.6**2):.2f}")
    0.23 nats, in theory 0.22
    """
    unit = unit_of(base)
    joint, product = as_scores("joint", joint), as_scores("product", product)
    largest = float(product.max())  # first, so that sums of large scores do not overflow
    return float((joint - largest).mean() - _log_mean_exp(product - largest)) / unit


def nwj_bound(joint: ArrayLike, product: ArrayLike, *, base: float | None = None) -> float:
    """Bound the mutual information I(X;Y) from below: E_p T - E_q exp(T - 1), also known as MINE-f or f-GAN's bound.

    Parameters
    ----------
    joint : array_like of shape (n_joint,)
        Scores T(x, y) of pairs that were drawn together.
    product : array_like of shape (n_product,)
        Scores of pairs that were drawn apart, such as x with the y of another sample. Any number of them.
    base : float, optional
        Unit of the result: 2 for bits. Nats by default. Scores are log ratios in nats whatever the base.

    Returns
    -------
    float
        The estimate of the bound, without bias; -inf where scores are so large that their exponentials have no float.
        The bound itself reaches I(X;Y) where T is 1 + log p(x, y) / p(x) p(y): unlike those of the other bounds, the
        critic has to get the constant right. Even then the variance grows like exp I.

    Raises
    ------
    ValueError
        For scores that are not finite, empty or ragged, or not one a pair, and bases out of range.
    TypeError
        For complex, object, text and masked arrays.

    See Also
    --------
    donsker_varadhan_bound : at least as high for the same scores.

    References
    ----------
    X. Nguyen, M. J. Wainwright, M. I. Jordan, "Estimating divergence functionals and the likelihood ratio by convex risk
    minimization", IEEE Trans. Inf. Theory 56, 5847 (2010).
    S. Nowozin, B. Cseke, R. Tomioka, "f-GAN", NIPS 29 (2016), arXiv:1606.00709.

    Examples
    --------
    >>> import numpy as np
    >>> import fastmi
    >>> rng = np.random.default_rng(1)
    >>> x, noise = rng.normal(size=(2, 100_000))
    >>> y = 0.6 * x + 0.8 * noise
    >>> def critic(x, y):
    ...     return 1 + 0.5 * y**2 - 0.5 * ((y - 0.6 * x) / 0.8) ** 2 - np.log(0.8)
    >>> bound = fastmi.nwj_bound(critic(x, y), critic(x, np.roll(y, 1)))
    >>> print(f"{bound:.2f} nats, in theory {-0.5 * np.log(1 - 0.6**2):.2f}")
    0.23 nats, in theory 0.22
    """
    unit = unit_of(base)
    joint, product = as_scores("joint", joint), as_scores("product", product)
    with np.errstate(over="ignore"):
        penalty = float(np.exp(_log_mean_exp(product) - 1))
    return -math.inf if math.isinf(penalty) else float(joint.mean() - penalty) / unit


def infonce_bound(scores: ArrayLike, *, base: float | None = None) -> float:
    """Bound the mutual information I(X;Y) from below by how well each x picks its own y out of n.

    It is the mean over i of log(exp T(x_i, y_i) / mean over j of exp T(x_i, y_j)).

    Parameters
    ----------
    scores : array_like of shape (n, n)
        ``scores[i, j]`` is T(x_i, y_j), for n pairs that were drawn together: theirs are on the diagonal.
    base : float, optional
        Unit of the result: 2 for bits. Nats by default. Scores are log ratios in nats whatever the base.

    Returns
    -------
    float
        The estimate of the bound, without bias. It is at most log n, whatever the information: to pick one out of n
        takes no more. Where I(X;Y) is well below log n, it comes near it for T = log p(x, y) / p(x) p(y), up to any
        function of x.

    Raises
    ------
    ValueError
        For scores that are not finite, empty or ragged, or no square, and bases out of range.
    TypeError
        For complex, object, text and masked arrays.

    See Also
    --------
    donsker_varadhan_bound : without the ceiling.

    References
    ----------
    A. van den Oord, Y. Li, O. Vinyals, "Representation learning with contrastive predictive coding",
    arXiv:1807.03748 (2018).
    B. Poole et al., "On variational bounds of mutual information", ICML (2019), arXiv:1905.06922.

    Examples
    --------
    >>> import numpy as np
    >>> import fastmi
    >>> rng = np.random.default_rng(1)
    >>> x, noise = rng.normal(size=(2, 1000))
    >>> y = 0.6 * x + 0.8 * noise
    >>> scores = 0.5 * y**2 - 0.5 * ((y - 0.6 * x[:, np.newaxis]) / 0.8) ** 2
    >>> print(f"{fastmi.infonce_bound(scores):.2f} nats of at most {np.log(1000):.2f}")
    0.23 nats of at most 6.91
    """
    unit = unit_of(base)
    matrix = as_score_matrix("scores", scores)
    return float(np.mean(matrix.diagonal() - _log_mean_exp(matrix))) / unit


def _log_mean_exp(scores: Array) -> Array:
    """Return the log of the mean of exp along the last axis; the largest is taken out, so that none overflows."""
    largest = scores.max(axis=-1, keepdims=True)
    return np.asarray(largest[..., 0] + np.log(np.mean(np.exp(scores - largest), axis=-1)))
