"""Mutual information by nearest neighbours (KSG), as users call it."""

from typing import NamedTuple, SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastmi import _core
from fastmi._arguments import (
    NanPolicy,
    Period,
    as_k,
    as_periods,
    as_workers,
    check_enough_samples,
    check_method,
    paired_samples,
    second_side,
    unit_of,
)
from fastmi._warnings import warn

# From this share of coinciding samples on, they alone move the estimate by more than its usual standard error.
_COINCIDENT_SHARE = 1e-3


class KsgCounts(NamedTuple):
    """The integers behind the estimate, one entry a sample."""

    radius: NDArray[np.float64]
    n_x: NDArray[np.int64]
    n_y: NDArray[np.int64]


class Estimate(NamedTuple):
    """An estimate in nats, with what is needed to judge it."""

    mutual_info: float
    n_samples: int
    n_coincident: int  # samples of radius 0

    @property
    def doubtful(self) -> bool:
        """Whether so many samples coincide that the estimate means little."""
        return self.n_coincident > _COINCIDENT_SHARE * self.n_samples


class Estimates(NamedTuple):
    """The same for many; the fields are arrays of one shape."""

    mutual_info: NDArray[np.float64]
    n_samples: NDArray[np.int64]
    n_coincident: NDArray[np.int64]

    @property
    def doubtful(self) -> NDArray[np.bool_]:
        """Where so many samples coincide that the estimate means little."""
        return self.n_coincident > _COINCIDENT_SHARE * self.n_samples


class _Question(NamedTuple):
    """What the core is asked, in the order of its parameters."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    x_period: list[float]
    y_period: list[float]
    k: int
    workers: int


def mutual_info(
    x: ArrayLike,
    y: ArrayLike,
    *,
    k: SupportsIndex = 3,
    method: str = "ksg1",
    x_period: Period = None,
    y_period: Period = None,
    nan_policy: NanPolicy = "raise",
    base: float | None = None,
    workers: int | None = None,
) -> float:
    """Estimate the mutual information I(X;Y) of two continuous variables.

    Parameters
    ----------
    x, y : array_like of shape (n_samples,) or (n_samples, n_columns)
        Row i of both is the same sample. Any real type; computed in float64. Columns are taken as they are, neither
        rescaled nor jittered: the estimator sees all columns of one side at one scale, so give them comparable units.
    k : int, default 3
        Neighbours that set the radius of a sample. More lowers the variance and raises the bias.
    method : {"ksg1"}
        The estimator; the names "ksg2", "mixed", "gaussian" and "histogram" are reserved.
    x_period, y_period : None, float or sequence, optional
        Period of the columns: one for all of them, or an entry a column; None or 0 for a linear column. Angles in
        radians have the period ``2 * numpy.pi``.
    nan_policy : {"raise", "omit", "propagate"}
        What NaN in a row does: raise an error, leave the row out, or make the result NaN.
    base : float, optional
        Unit of the result: 2 for bits. Nats by default.
    workers : int, optional
        Threads: None for OpenMP's default, -1 for all cores. The result does not depend on it.

    Returns
    -------
    float
        The estimate in nats, or to the given base. It may be negative where there is little information: it scatters
        around the truth, and is not clipped.

    Raises
    ------
    ValueError
        For infinite values, NaN under "raise", empty, ragged or unequally long input, k < 1, n_samples <= k, and
        periods, policies, methods or bases out of range.
    TypeError
        For complex, object, text and masked arrays, and for k or workers that are no integers.
    NotImplementedError
        For a reserved method.

    Warns
    -----
    UserWarning
        If many samples coincide with k others: then there is no density, and the estimate means nothing.

    See Also
    --------
    ksg_counts : the exact integers behind the estimate.
    mutual_info_matrix : every column against every column.

    References
    ----------
    A. Kraskov, H. Stoegbauer, P. Grassberger, "Estimating mutual information", Phys. Rev. E 69, 066138 (2004),
    equation (8).

    Examples
    --------
    >>> import numpy as np
    >>> import fastmi
    >>> rng = np.random.default_rng(1)
    >>> x = rng.normal(size=10_000)
    >>> y = 0.6 * x + 0.8 * rng.normal(size=10_000)
    >>> print(f"{fastmi.mutual_info(x, y):.2f} nats, in theory {-0.5 * np.log(1 - 0.6**2):.2f}")
    0.24 nats, in theory 0.22
    """
    check_method(method)
    unit = unit_of(base)
    found = estimate(x, y, k, x_period, y_period, nan_policy, workers)
    warn_if_coincident(found.n_coincident, found.n_samples)
    return found.mutual_info / unit


def ksg_counts(
    x: ArrayLike,
    y: ArrayLike,
    *,
    k: SupportsIndex = 3,
    x_period: Period = None,
    y_period: Period = None,
    nan_policy: NanPolicy = "raise",
    workers: int | None = None,
) -> KsgCounts:
    """Count the neighbours on which the KSG estimate rests, exactly.

    Parameters
    ----------
    x, y, k, x_period, y_period, nan_policy, workers
        As for :func:`mutual_info`.

    Returns
    -------
    radius : ndarray of float64, shape (n_samples,)
        Distance of each sample to its k-th nearest other sample in the joint max-norm. The distance in a column is the
        float64 ``abs(a - b)``, on a periodic column the shortest way round after ``fmod(value, period)``.
    n_x, n_y : ndarray of int64, shape (n_samples,)
        How many other samples are strictly closer than the radius in x alone and in y alone.

        Rows with NaN have radius NaN and counts -1 under "omit"; under "propagate" all rows do, if any has NaN.

    Raises
    ------
    ValueError, TypeError
        As for :func:`mutual_info`.

    References
    ----------
    A. Kraskov, H. Stoegbauer, P. Grassberger, Phys. Rev. E 69, 066138 (2004), first algorithm.

    Examples
    --------
    >>> import fastmi
    >>> radius, n_x, n_y = fastmi.ksg_counts([0.0, 1.0, 3.0, 7.0], [0.0, 2.0, 1.0, 8.0], k=1)
    >>> radius, n_x, n_y
    (array([2., 2., 2., 6.]), array([1, 1, 0, 1]), array([1, 1, 2, 0]))
    """
    question, complete = _ask(x, y, k, x_period, y_period, nan_policy, workers)
    counts = KsgCounts(
        np.full(len(complete), np.nan), np.full(len(complete), -1, np.int64), np.full(len(complete), -1, np.int64)
    )
    if question is not None:
        for rows, found in zip(counts, _core.ksg_counts(*question), strict=True):
            rows[complete] = found
    return counts


def local_mutual_info(
    x: ArrayLike,
    y: ArrayLike,
    *,
    k: SupportsIndex = 3,
    method: str = "ksg1",
    x_period: Period = None,
    y_period: Period = None,
    nan_policy: NanPolicy = "raise",
    base: float | None = None,
    workers: int | None = None,
) -> NDArray[np.float64]:
    """Estimate how much each single sample contributes to the mutual information.

    Parameters
    ----------
    x, y, k, method, x_period, y_period, nan_policy, base, workers
        As for :func:`mutual_info`.

    Returns
    -------
    ndarray of float64, shape (n_samples,)
        psi(k) + psi(n) - psi(n_x + 1) - psi(n_y + 1) of every sample, in nats or to the given base. Their mean is
        :func:`mutual_info`, to rounding. Rows with NaN are NaN under "omit" (take ``numpy.nanmean``); under
        "propagate" all rows are, if any has NaN.

    Raises
    ------
    ValueError, TypeError, NotImplementedError
        As for :func:`mutual_info`.

    Warns
    -----
    UserWarning
        As for :func:`mutual_info`.

    References
    ----------
    A. Kraskov, H. Stoegbauer, P. Grassberger, Phys. Rev. E 69, 066138 (2004), equation (8) before the mean.

    Examples
    --------
    >>> import numpy as np
    >>> import fastmi
    >>> rng = np.random.default_rng(1)
    >>> x = rng.normal(size=1000)
    >>> y = x + rng.normal(size=1000)
    >>> local = fastmi.local_mutual_info(x, y)
    >>> local.shape, bool(np.isclose(local.mean(), fastmi.mutual_info(x, y)))
    ((1000,), True)
    """
    check_method(method)
    unit = unit_of(base)
    question, complete = _ask(x, y, k, x_period, y_period, nan_policy, workers)
    terms = np.full(len(complete), np.nan)
    if question is not None:
        terms[complete], n_coincident = _core.ksg1_local(*question)
        warn_if_coincident(n_coincident, len(question.x))
    return terms / unit


def mutual_info_matrix(
    x: ArrayLike,
    y: ArrayLike | None = None,
    *,
    k: SupportsIndex = 3,
    method: str = "ksg1",
    x_period: Period = None,
    y_period: Period = None,
    nan_policy: NanPolicy = "raise",
    base: float | None = None,
    workers: int | None = None,
) -> NDArray[np.float64]:
    """Estimate the mutual information of every column of x with every column of y.

    Every column is sorted once for all the pairs it is in, and the pairs are computed in parallel.

    Parameters
    ----------
    x, y : array_like of shape (n_samples,) or (n_samples, n_columns)
        Row i of both is the same sample. Without y, the columns of x are taken against each other.
    k, method, x_period, y_period, base, workers
        As for :func:`mutual_info`. Without y, `y_period` must be None: the periods of x hold for both.
    nan_policy : {"raise", "omit", "propagate"}
        As for :func:`mutual_info`, pair by pair: "omit" leaves out the rows in which one of the two columns is NaN,
        "propagate" makes the pairs of a column with NaN NaN.

    Returns
    -------
    ndarray of float64, shape (n_columns_x, n_columns_y)
        Entry (i, j) is ``mutual_info(x[:, i], y[:, j])``, bit for bit; symmetric without y.

    Raises
    ------
    ValueError, TypeError, NotImplementedError
        As for :func:`mutual_info`. A pair with too few common rows is named by its columns.

    Warns
    -----
    UserWarning
        As for :func:`mutual_info`, once for the matrix.

    References
    ----------
    A. Kraskov, H. Stoegbauer, P. Grassberger, Phys. Rev. E 69, 066138 (2004), equation (8).

    Examples
    --------
    >>> import numpy as np
    >>> import fastmi
    >>> rng = np.random.default_rng(1)
    >>> x = rng.normal(size=(10_000, 3))
    >>> y = x[:, :2] + rng.normal(size=(10_000, 2))
    >>> fastmi.mutual_info_matrix(x, y).round(3)
    array([[ 0.346, -0.003],
           [ 0.003,  0.34 ],
           [-0.014, -0.012]])
    """
    check_method(method)
    unit = unit_of(base)
    estimates = matrix_estimates(x, y, k, x_period, y_period, nan_policy, workers)
    share = estimates.n_coincident / np.maximum(estimates.n_samples, 1)
    i, j = np.unravel_index(np.argmax(share), share.shape)
    warn_if_coincident(
        int(estimates.n_coincident[i, j]),
        int(estimates.n_samples[i, j]),
        f" of column {i} of x and column {j} of {'x' if y is None else 'y'}",
    )
    return estimates.mutual_info / unit


def estimate(
    x: ArrayLike,
    y: ArrayLike,
    k: SupportsIndex,
    x_period: Period,
    y_period: Period,
    nan_policy: NanPolicy,
    workers: int | None,
) -> Estimate:
    """Do the work of :func:`mutual_info`, without warnings."""
    question, _ = _ask(x, y, k, x_period, y_period, nan_policy, workers)
    if question is None:
        return Estimate(float("nan"), 0, 0)
    value, n_coincident = _core.ksg1(*question)
    return Estimate(value, len(question.x), n_coincident)


def matrix_estimates(
    x: ArrayLike,
    y: ArrayLike | None,
    k: SupportsIndex,
    x_period: Period,
    y_period: Period,
    nan_policy: NanPolicy,
    workers: int | None,
) -> Estimates:
    """Do the work of :func:`mutual_info_matrix`, without warnings; the fields have its shape."""
    y_or_x, y_period = second_side(x, x_period, y, y_period)
    x_all, y_all, complete = paired_samples(x, y_or_x, nan_policy)
    question = _question(x_all, y_all, k, x_period, y_period, workers)
    every_row = np.full((x_all.shape[1], y_all.shape[1]), len(x_all), np.int64)
    n_samples = every_row if complete.all() else common_rows(x_all, y_all)
    asked = n_samples == len(x_all) if nan_policy == "propagate" else np.ones(n_samples.shape, np.bool_)
    if y is None:
        asked = np.triu(asked)
    for i, j in np.argwhere(asked & (n_samples <= question.k))[:1]:
        check_enough_samples(
            int(n_samples[i, j]), question.k, f"column {i} of x and column {j} of {'x' if y is None else 'y'}"
        )

    pairs = np.argwhere(asked)
    value = np.full(n_samples.shape, np.nan)
    n_coincident = np.zeros(n_samples.shape, np.int64)
    value[asked], n_coincident[asked] = _core.ksg1_pairs(*question, [(int(i), int(j)) for i, j in pairs])
    if y is None:
        lower = np.tril_indices(len(value), -1)
        value[lower], n_coincident[lower] = value.T[lower], n_coincident.T[lower]
    return Estimates(value, n_samples, n_coincident)


def _question(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    k: SupportsIndex,
    x_period: Period,
    y_period: Period,
    workers: int | None,
) -> _Question:
    return _Question(
        x,
        y,
        as_periods("x_period", x_period, x.shape[1]),
        as_periods("y_period", y_period, y.shape[1]),
        as_k(k),
        as_workers(workers),
    )


def _ask(
    x: ArrayLike,
    y: ArrayLike,
    k: SupportsIndex,
    x_period: Period,
    y_period: Period,
    nan_policy: NanPolicy,
    workers: int | None,
) -> tuple[_Question | None, NDArray[np.bool_]]:
    """Return the question about the complete rows, None if NaN is to be propagated; and which rows are complete."""
    x_all, y_all, complete = paired_samples(x, y, nan_policy)
    question = _question(x_all, y_all, k, x_period, y_period, workers)
    if not complete.all():
        if nan_policy == "propagate":
            return None, complete
        question = question._replace(x=np.asfortranarray(x_all[complete]), y=np.asfortranarray(y_all[complete]))
    check_enough_samples(len(question.x), question.k)
    return question, complete


def common_rows(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return how many rows each column of x shares with each column of y, NaN left out."""
    complete_x, complete_y = ~np.isnan(x.T), ~np.isnan(y.T)
    # Not as a product of matrices: BLAS would take all cores, whatever `workers` says.
    return np.array([[np.count_nonzero(a & b) for b in complete_y] for a in complete_x], np.int64)


def warn_if_coincident(n_coincident: int, n_samples: int, which: str = "") -> None:
    """Warn if so many samples coincide that the estimate means little."""
    if n_coincident <= _COINCIDENT_SHARE * n_samples:
        return
    warn(
        f"{n_coincident / n_samples:.1%} of the samples{which} coincide with at least k others in x and y together "
        "(radius 0). KSG assumes a density, which such data does not have: the estimate means little. For discrete or "
        'mixed data use method="mixed".'
    )
