"""Mutual information as a share of what there is to know, as users call it.

Entropies are taken at the same resolution as the mutual information: H(Y) is I(Y;Y) of the same estimator, since the
differential entropy of Y changes with its units and is no bound to I(X;Y), which does not.
"""

import math
from typing import SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastmi._arguments import BinRange, Bins, NanPolicy, Period, unit_of
from fastmi._binned import Cells
from fastmi._binned import entropies as entropies_of
from fastmi._estimate import Estimate, warn_if_coincident
from fastmi._estimators import ESTIMATORS, cells_of
from fastmi._information import Information
from fastmi._methods import method_of, options_of, variable_for
from fastmi._variables import Discrete, Variable, complete_rows_of
from fastmi._warnings import warn


def information(
    x: ArrayLike,
    y: ArrayLike,
    *,
    k: SupportsIndex = 3,
    method: str = "ksg1",
    bins: Bins = 20,
    range: BinRange = None,  # noqa: A002
    correction: str | None = None,
    x_period: Period = None,
    y_period: Period = None,
    x_discrete: Discrete = None,
    y_discrete: Discrete = None,
    nan_policy: NanPolicy = "raise",
    base: float | None = None,
    workers: int | None = None,
) -> Information:
    """Estimate the mutual information of x and y, and the entropies of which it is a share.

    Parameters
    ----------
    x, y : array_like of shape (n_samples,) or (n_samples, n_columns)
        Row i of both is the same sample.
    k, method, x_period, y_period, x_discrete, y_discrete
        As for :func:`mutual_info`.
    bins : int or sequence of int, default 20
        For "histogram": bins of all columns of numbers, or an entry a column of x and then of y.
    range : pair or sequence of pairs of float, optional
        For "histogram": lowest and highest value that is binned, of all columns or an entry (or None) a column of x and
        then of y. None stands for the smallest and largest sample.
    correction : {None, "miller-madow", "grassberger", "chao-shen", "nsb"}
        For "histogram": as for :func:`entropy`, of all entropies.
    nan_policy : {"raise", "omit", "propagate"}
        What NaN in a row of x or y does: raise an error, leave the row out of everything, or make the result NaN.
    base : float, optional
        Unit of the result: 2 for bits. Nats by default.
    workers : int, optional
        Threads: None for OpenMP's default, -1 for all cores. The result does not depend on it.

    Returns
    -------
    Information
        I(X;Y), H(X), H(Y), and H(X,Y) = H(X) + H(Y) - I(X;Y), with the shares as attributes.

        The entropies have the resolution of the estimate: of "histogram" they are those of bins and labels; of nearest
        neighbours they are I(X;X) and I(Y;Y), for "ksg1" and columns without ties psi(n) - psi(k), which depends on
        neither distribution nor units. It is the most that n samples can tell at k neighbours, and grows with both:
        compare shares at the same n and k only. The entropy of a constant is 0 by every method.

    Raises
    ------
    ValueError, TypeError
        As for :func:`mutual_info`; and ValueError for method="gaussian", by which entropies at any one resolution are
        infinite.

    Warns
    -----
    UserWarning
        As for :func:`mutual_info`; and if many samples of x or of y alone coincide, which then has no entropy by
        nearest neighbours.

    References
    ----------
    T. M. Cover, J. A. Thomas, "Elements of Information Theory", 2nd ed. (2006), chapter 2: I(Y;Y) = H(Y).
    A. Kraskov, H. Stoegbauer, P. Grassberger, Phys. Rev. E 69, 066138 (2004), for the estimates.

    Examples
    --------
    >>> import numpy as np
    >>> import fastmi
    >>> rng = np.random.default_rng(1)
    >>> y = rng.normal(size=10_000)
    >>> found = fastmi.information(y + 0.1 * rng.normal(size=10_000), y, method="histogram", base=2)
    >>> print(f"{found.mutual_info:.2f} of {found.h_y:.2f} bits: {found.proficiency:.2f}")
    2.50 of 3.42 bits: 0.73
    """
    unit = unit_of(base)
    found = _estimate(
        x, y, k, method, bins, range, correction, x_period, y_period, x_discrete, y_discrete, nan_policy, workers
    )
    return Information(found.mutual_info / unit, found.h_x / unit, found.h_y / unit, found.h_xy / unit, unit)


def proficiency(
    x: ArrayLike,
    y: ArrayLike,
    *,
    k: SupportsIndex = 3,
    method: str = "ksg1",
    bins: Bins = 20,
    range: BinRange = None,  # noqa: A002
    correction: str | None = None,
    x_period: Period = None,
    y_period: Period = None,
    x_discrete: Discrete = None,
    y_discrete: Discrete = None,
    nan_policy: NanPolicy = "raise",
    workers: int | None = None,
) -> float:
    """Estimate the share of what there is to know of y that x tells, I(X;Y) / H(Y).

    Parameters
    ----------
    x, y, k, method, bins, range, correction, x_period, y_period, x_discrete, y_discrete, nan_policy, workers
        As for :func:`information`.

    Returns
    -------
    float
        Between 0 and 1 up to noise, whatever the units; NaN for a constant y, of which there is nothing to know.
        Also called the uncertainty coefficient. Compare values of the same number of samples and k only: H(Y) is
        taken at the resolution of the estimate, see :func:`information`.

    Raises
    ------
    ValueError, TypeError
        As for :func:`information`.

    Warns
    -----
    UserWarning
        As for :func:`information`, of y alone.

    See Also
    --------
    information : all such measures at once.

    References
    ----------
    H. Theil, "On the estimation of relationships involving qualitative variables", Am. J. Sociol. 76, 103 (1970).

    Examples
    --------
    >>> import fastmi
    >>> x, y = ["a", "b", "c", "c"] * 5, [0, 0, 1, 1] * 5
    >>> round(fastmi.proficiency(x, y, method="histogram", y_discrete=True), 3)  # x tells y
    1.0
    >>> round(fastmi.proficiency(y, x, method="histogram", x_discrete=True), 3)  # of 1.5 bits, y tells one
    0.667
    """
    return _estimate(
        x, y, k, method, bins, range, correction, x_period, y_period, x_discrete, y_discrete, nan_policy, workers, "y"
    ).proficiency


def symmetric_uncertainty(
    x: ArrayLike,
    y: ArrayLike,
    *,
    k: SupportsIndex = 3,
    method: str = "ksg1",
    bins: Bins = 20,
    range: BinRange = None,  # noqa: A002
    correction: str | None = None,
    x_period: Period = None,
    y_period: Period = None,
    x_discrete: Discrete = None,
    y_discrete: Discrete = None,
    nan_policy: NanPolicy = "raise",
    workers: int | None = None,
) -> float:
    """Estimate the share of two variables that is common, 2 I(X;Y) / (H(X) + H(Y)).

    Parameters
    ----------
    x, y, k, method, bins, range, correction, x_period, y_period, x_discrete, y_discrete, nan_policy, workers
        As for :func:`information`.

    Returns
    -------
    float
        Between 0 and 1 up to noise; NaN for two constants. For labels it is scikit-learn's
        ``normalized_mutual_info_score``, which takes the arithmetic mean of the entropies.

    Raises
    ------
    ValueError, TypeError
        As for :func:`information`.

    Warns
    -----
    UserWarning
        As for :func:`information`.

    See Also
    --------
    information : all such measures at once.

    References
    ----------
    I. H. Witten, E. Frank, "Data Mining" (2005), section 7.1.

    Examples
    --------
    >>> import fastmi
    >>> x, y = ["a", "b", "c", "c"] * 5, [0, 0, 1, 1] * 5
    >>> round(fastmi.symmetric_uncertainty(x, y, method="histogram", y_discrete=True), 3)
    0.8
    """
    return _estimate(
        x, y, k, method, bins, range, correction, x_period, y_period, x_discrete, y_discrete, nan_policy, workers
    ).symmetric_uncertainty


def redundancy(
    x: ArrayLike,
    y: ArrayLike,
    *,
    k: SupportsIndex = 3,
    method: str = "ksg1",
    bins: Bins = 20,
    range: BinRange = None,  # noqa: A002
    correction: str | None = None,
    x_period: Period = None,
    y_period: Period = None,
    x_discrete: Discrete = None,
    y_discrete: Discrete = None,
    nan_policy: NanPolicy = "raise",
    workers: int | None = None,
) -> float:
    """Estimate the redundancy of two variables, I(X;Y) / (H(X) + H(Y)).

    Parameters
    ----------
    x, y, k, method, bins, range, correction, x_period, y_period, x_discrete, y_discrete, nan_policy, workers
        As for :func:`information`.

    Returns
    -------
    float
        Between 0 and min(H(X), H(Y)) / (H(X) + H(Y)) up to noise, which is 1/2 at most, for variables that
        determine each other; NaN for two constants.

    Raises
    ------
    ValueError, TypeError
        As for :func:`information`.

    Warns
    -----
    UserWarning
        As for :func:`information`.

    See Also
    --------
    information : all such measures at once.

    References
    ----------
    I. H. Witten, E. Frank, "Data Mining" (2005), section 7.1: half the symmetric uncertainty.

    Examples
    --------
    >>> import fastmi
    >>> x, y = ["a", "b", "c", "c"] * 5, [0, 0, 1, 1] * 5
    >>> round(fastmi.redundancy(x, y, method="histogram", y_discrete=True), 3)
    0.4
    """
    return _estimate(
        x, y, k, method, bins, range, correction, x_period, y_period, x_discrete, y_discrete, nan_policy, workers
    ).redundancy


def information_quality_ratio(
    x: ArrayLike,
    y: ArrayLike,
    *,
    k: SupportsIndex = 3,
    method: str = "ksg1",
    bins: Bins = 20,
    range: BinRange = None,  # noqa: A002
    correction: str | None = None,
    x_period: Period = None,
    y_period: Period = None,
    x_discrete: Discrete = None,
    y_discrete: Discrete = None,
    nan_policy: NanPolicy = "raise",
    workers: int | None = None,
) -> float:
    """Estimate the share of all there is to know that is known twice, I(X;Y) / H(X,Y).

    Parameters
    ----------
    x, y, k, method, bins, range, correction, x_period, y_period, x_discrete, y_discrete, nan_policy, workers
        As for :func:`information`.

    Returns
    -------
    float
        Between 0 and 1 up to noise; NaN for two constants.

    Raises
    ------
    ValueError, TypeError
        As for :func:`information`.

    Warns
    -----
    UserWarning
        As for :func:`information`.

    See Also
    --------
    information : all such measures at once.

    References
    ----------
    D. R. Wijaya, R. Sarno, E. Zulaika, "Information quality ratio as a novel metric for mother wavelet selection",
    Chemom. Intell. Lab. Syst. 160, 59 (2017).

    Examples
    --------
    >>> import fastmi
    >>> x, y = ["a", "b", "c", "c"] * 5, [0, 0, 1, 1] * 5
    >>> round(fastmi.information_quality_ratio(x, y, method="histogram", y_discrete=True), 3)
    0.667
    """
    return _estimate(
        x, y, k, method, bins, range, correction, x_period, y_period, x_discrete, y_discrete, nan_policy, workers
    ).information_quality_ratio


def normalized_mutual_info(
    x: ArrayLike,
    y: ArrayLike,
    *,
    k: SupportsIndex = 3,
    method: str = "ksg1",
    bins: Bins = 20,
    range: BinRange = None,  # noqa: A002
    correction: str | None = None,
    x_period: Period = None,
    y_period: Period = None,
    x_discrete: Discrete = None,
    y_discrete: Discrete = None,
    nan_policy: NanPolicy = "raise",
    workers: int | None = None,
) -> float:
    """Estimate the mutual information beside the geometric mean of the entropies, I(X;Y) / sqrt(H(X) H(Y)).

    Parameters
    ----------
    x, y, k, method, bins, range, correction, x_period, y_period, x_discrete, y_discrete, nan_policy, workers
        As for :func:`information`.

    Returns
    -------
    float
        Between 0 and 1 up to noise, like a correlation; NaN if x or y is constant. scikit-learn divides by the
        arithmetic mean unless told otherwise: see :func:`symmetric_uncertainty`.

    Raises
    ------
    ValueError, TypeError
        As for :func:`information`.

    Warns
    -----
    UserWarning
        As for :func:`information`.

    See Also
    --------
    information : all such measures at once.

    References
    ----------
    A. Strehl, J. Ghosh, "Cluster ensembles", J. Mach. Learn. Res. 3, 583 (2002).

    Examples
    --------
    >>> import fastmi
    >>> x, y = ["a", "b", "c", "c"] * 5, [0, 0, 1, 1] * 5
    >>> round(fastmi.normalized_mutual_info(x, y, method="histogram", y_discrete=True), 3)
    0.816
    """
    return _estimate(
        x, y, k, method, bins, range, correction, x_period, y_period, x_discrete, y_discrete, nan_policy, workers
    ).normalized_mutual_info


def information_distance(
    x: ArrayLike,
    y: ArrayLike,
    *,
    k: SupportsIndex = 3,
    method: str = "ksg1",
    bins: Bins = 20,
    range: BinRange = None,  # noqa: A002
    correction: str | None = None,
    x_period: Period = None,
    y_period: Period = None,
    x_discrete: Discrete = None,
    y_discrete: Discrete = None,
    nan_policy: NanPolicy = "raise",
    workers: int | None = None,
) -> float:
    """Estimate the distance of two variables, 1 - I(X;Y) / H(X,Y).

    Parameters
    ----------
    x, y, k, method, bins, range, correction, x_period, y_period, x_discrete, y_discrete, nan_policy, workers
        As for :func:`information`.

    Returns
    -------
    float
        0 for variables that determine each other, 1 for independent ones, up to noise; NaN for two constants. Of
        distributions it is a metric.

    Raises
    ------
    ValueError, TypeError
        As for :func:`information`.

    Warns
    -----
    UserWarning
        As for :func:`information`.

    See Also
    --------
    information : all such measures at once.

    References
    ----------
    C. Rajski, "A metric space of discrete probability distributions", Inf. Control 4, 371 (1961).
    A. Kraskov, H. Stoegbauer, R. G. Andrzejak, P. Grassberger, "Hierarchical clustering using mutual information",
    Europhys. Lett. 70, 278 (2005).

    Examples
    --------
    >>> import fastmi
    >>> x, y = ["a", "b", "c", "c"] * 5, [0, 0, 1, 1] * 5
    >>> round(fastmi.information_distance(x, y, method="histogram", y_discrete=True), 3)
    0.333
    """
    return _estimate(
        x, y, k, method, bins, range, correction, x_period, y_period, x_discrete, y_discrete, nan_policy, workers
    ).information_distance


def information_correlation(
    x: ArrayLike,
    y: ArrayLike,
    *,
    k: SupportsIndex = 3,
    method: str = "ksg1",
    bins: Bins = 20,
    range: BinRange = None,  # noqa: A002
    correction: str | None = None,
    x_period: Period = None,
    y_period: Period = None,
    x_discrete: Discrete = None,
    y_discrete: Discrete = None,
    nan_policy: NanPolicy = "raise",
    workers: int | None = None,
) -> float:
    """Estimate the correlation of normal variables with this mutual information, sqrt(1 - exp(-2 I(X;Y))).

    Parameters
    ----------
    x, y, k, method, bins, range, correction, x_period, y_period, x_discrete, y_discrete, nan_policy, workers
        As for :func:`information`, and method="gaussian" as well: no entropies are needed.

    Returns
    -------
    float
        Between 0 and 1; below 0 where the estimate of I(X;Y) is, so that values that scatter around 0 keep their
        mean. By "gaussian", for one column each, the absolute correlation coefficient.

    Raises
    ------
    ValueError, TypeError
        As for :func:`mutual_info`.

    Warns
    -----
    UserWarning
        As for :func:`mutual_info`.

    See Also
    --------
    information : all such measures at once.

    References
    ----------
    E. H. Linfoot, "An informational measure of correlation", Inf. Control 1, 85 (1957).

    Examples
    --------
    >>> import fastmi
    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> x = rng.normal(size=10_000)
    >>> y = 0.6 * x + 0.8 * rng.normal(size=10_000)
    >>> print(f"{fastmi.information_correlation(x, y):.2f}, {fastmi.information_correlation(np.exp(x), y):.2f}")
    0.62, 0.62
    """
    return _estimate(
        x, y, k, method, bins, range, correction, x_period, y_period, x_discrete, y_discrete, nan_policy, workers, ""
    ).correlation


def _estimate(
    x: ArrayLike,
    y: ArrayLike,
    k: SupportsIndex,
    method: str,
    bins: Bins,
    range_: BinRange,
    correction: str | None,
    x_period: Period,
    y_period: Period,
    x_discrete: Discrete,
    y_discrete: Discrete,
    nan_policy: NanPolicy,
    workers: int | None,
    entropies: str = "xy",
) -> Information:
    """Do the work in nats; `entropies` says which of H(X) and H(Y) are asked for, the others are NaN."""
    way = method_of(method, ESTIMATORS)
    if method == "gaussian" and entropies:
        raise ValueError(
            "method='gaussian' takes I(Y;Y) for infinite, and a share of that is 0; use method='ksg1', 'mixed' or "
            "'histogram', or information_correlation, which needs no entropies"
        )
    options = options_of(method, k, bins, range_, correction, workers)
    x_all = variable_for(way, "x", x, x_discrete, x_period)
    y_all = variable_for(way, "y", y, y_discrete, y_period)
    complete = complete_rows_of([x_all, y_all], nan_policy)
    if nan_policy == "propagate" and not complete.all():
        return _with_joint(math.nan, math.nan, math.nan)
    x_side, y_side = x_all.select(complete), y_all.select(complete)
    if method == "histogram":
        x_cells, y_cells = cells_of([x_side, y_side], options)
        return _of_cells(x_cells, y_cells, correction)

    estimate = ESTIMATORS[method].estimate
    found = estimate(x_side, y_side, options)
    warn_if_coincident(found)
    h_x, h_y = (
        _self_information(estimate(side, side, options), side, known_doubtful=found.doubtful)
        if side.name in entropies
        else math.nan
        for side in (x_side, y_side)
    )
    return _with_joint(found.mutual_info, h_x, h_y)


def _of_cells(x: Cells, y: Cells, correction: str | None) -> Information:
    h = entropies_of(x, y, correction)
    inside = x.inside & y.inside
    x_constant, y_constant = (is_constant(cells.codes.codes[inside]) for cells in (x, y))
    return Information(  # not every correction makes 0 of a constant
        mutual_info=h.x + h.y - h.xy,
        h_x=0.0 if x_constant else h.x,
        h_y=0.0 if y_constant else h.y,
        h_xy=0.0 if x_constant and y_constant else h.xy,
    )


def _self_information(found: Estimate, side: Variable, known_doubtful: bool) -> float:
    """Return I(X;X) as found, but 0 for a constant, whose samples all coincide."""
    if is_constant(side.values):
        return 0.0
    if found.doubtful and not known_doubtful:
        warn(
            f"{found.n_coincident / found.n_samples:.1%} of the samples of {side.name} coincide with at least k others "
            "in it: it has no entropy by nearest neighbours, and a share of that means little. For discrete or mixed "
            'data use method="mixed" or "histogram".'
        )
    return found.mutual_info


def is_constant(rows: NDArray[np.generic]) -> bool:
    """Return whether all rows are the same."""
    return bool((rows == rows[0]).all())


def _with_joint(mutual_info: float, h_x: float, h_y: float) -> Information:
    return Information(mutual_info, h_x, h_y, h_x + h_y - mutual_info)
