"""Mutual information given a third variable, and the transfer of information between series."""

from collections.abc import Callable
from typing import NamedTuple, SupportsIndex, TypedDict, Unpack, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastmi import _binned, _gaussian, _mixed
from fastmi._arguments import (
    BinRange,
    Bins,
    Lags,
    NanPolicy,
    Period,
    as_count,
    as_lags,
    check_enough_samples,
    check_no_third_side,
    unit_of,
)
from fastmi._estimators import cells_of
from fastmi._marginals import Marginals
from fastmi._methods import Options, method_of, options_of, prepared, variable_for
from fastmi._variables import Discrete, Variable, complete_rows_of, joined, rows_without_nan


def conditional_mutual_info(
    x: ArrayLike,
    y: ArrayLike,
    z: ArrayLike,
    *,
    k: SupportsIndex = 3,
    method: str = "mixed",
    bins: Bins = 20,
    range: BinRange = None,  # noqa: A002
    correction: str | None = None,
    x_period: Period = None,
    y_period: Period = None,
    z_period: Period = None,
    x_discrete: Discrete = None,
    y_discrete: Discrete = None,
    z_discrete: Discrete = None,
    marginals: Marginals = None,
    nan_policy: NanPolicy = "raise",
    base: float | None = None,
    workers: int | None = None,
) -> float:
    """Estimate the conditional mutual information I(X;Y|Z): what x and y share that z does not tell.

    It may be more or less than I(X;Y): a common cause z takes all of it away, and of two causes x and y of an effect z
    each tells about the other once the effect is known.

    Parameters
    ----------
    x, y, z : array_like of shape (n_samples,) or (n_samples, n_columns)
        Row i of all is the same sample. Columns of numbers or of labels, as for :func:`mutual_info`. Where z is a class,
        the result is the mean over classes of the mutual information within: pass it as text, or ``z_discrete=True``.
    k : int, default 3
        Neighbours that set the radius of a sample, for "mixed".
    method : {"mixed", "gaussian", "histogram"}
        "mixed" is for columns that may be discrete, continuous or both at once; between continuous ones it is the
        estimator of Frenzel and Pompe. The more columns z has, the more is missed both of what x and y share beyond z,
        which makes it too low, and of what z explains, which makes it too high. "gaussian" takes all for normal: it is
        the information in the partial correlations. "histogram" is the plug-in estimate from equally
        wide bins; it is biased upwards, by about (number of cells) / (2 n_samples).
    bins, range, correction
        As for :func:`mutual_info`, an entry for each column of x, y and z in turn.
    x_period, y_period, z_period, x_discrete, y_discrete, z_discrete, marginals, nan_policy, base, workers
        As for :func:`mutual_info`.

    Returns
    -------
    float
        The estimate in nats, or to the given base. It may be negative where there is little information.

    Raises
    ------
    ValueError, TypeError
        As for :func:`mutual_info`.

    Warns
    -----
    UserWarning
        If samples lie outside the range of a histogram.

    See Also
    --------
    mutual_info : the same given nothing; by "mixed", bit for bit the same as with a constant z.
    transfer_entropy : the same between a series and the past of another.

    References
    ----------
    S. Frenzel, B. Pompe, "Partial mutual information for coupling analysis of multivariate time series", Phys. Rev.
    Lett. 99, 204101 (2007).
    O. C. Mesner, C. R. Shalizi, "Conditional mutual information estimation for mixed, discrete and continuous data",
    IEEE Trans. Inf. Theory 67, 464 (2021).

    Examples
    --------
    Does the output of a classifier still know the mass, within each class?

    >>> import numpy as np
    >>> import fastmi
    >>> rng = np.random.default_rng(1)
    >>> label = rng.choice(["signal", "background"], size=10_000)
    >>> mass = np.where(label == "signal", 125.0, 91.0) + 5 * rng.normal(size=10_000)
    >>> output = (label == "signal") + 0.1 * rng.normal(size=10_000)
    >>> print(f"{fastmi.mutual_info(output, mass):.2f}")
    0.68
    >>> print(f"{fastmi.conditional_mutual_info(output, mass, label):.2f}, in theory 0")
    -0.01, in theory 0
    """
    way = method_of(method, METHODS)
    unit = unit_of(base)
    options = options_of(method, k, bins, range, correction, workers, marginals)
    x_all = variable_for(way, "x", x, x_discrete, x_period)
    y_all = variable_for(way, "y", y, y_discrete, y_period)
    z_all = variable_for(way, "z", z, z_discrete, z_period)
    return _estimate(method, x_all, y_all, z_all, options, nan_policy) / unit


class _Keywords(TypedDict, total=False):
    z: ArrayLike | None
    x_history: SupportsIndex
    y_history: SupportsIndex
    z_history: SupportsIndex
    k: SupportsIndex
    method: str
    bins: Bins
    range: BinRange
    correction: str | None
    x_period: Period
    y_period: Period
    z_period: Period
    x_discrete: Discrete
    y_discrete: Discrete
    z_discrete: Discrete
    marginals: Marginals
    nan_policy: NanPolicy
    base: float | None
    workers: int | None


@overload
def transfer_entropy(x: ArrayLike, y: ArrayLike, *, lag: int = ..., **options: Unpack[_Keywords]) -> float: ...
@overload
def transfer_entropy(x: ArrayLike, y: ArrayLike, *, lag: Lags, **options: Unpack[_Keywords]) -> NDArray[np.float64]: ...


def transfer_entropy(
    x: ArrayLike,
    y: ArrayLike,
    *,
    z: ArrayLike | None = None,
    lag: int | Lags = 1,
    x_history: SupportsIndex = 1,
    y_history: SupportsIndex = 1,
    z_history: SupportsIndex = 1,
    k: SupportsIndex = 3,
    method: str = "mixed",
    bins: Bins = 20,
    range: BinRange = None,  # noqa: A002
    correction: str | None = None,
    x_period: Period = None,
    y_period: Period = None,
    z_period: Period = None,
    x_discrete: Discrete = None,
    y_discrete: Discrete = None,
    z_discrete: Discrete = None,
    marginals: Marginals = None,
    nan_policy: NanPolicy = "raise",
    base: float | None = None,
    workers: int | None = None,
) -> float | NDArray[np.float64]:
    """Estimate the transfer entropy from a series x to a series y.

    It is what the past of x tells of the present of y beyond the past of y itself (and of other series z):
    I(X past; Y | Y past, Z past).

    Parameters
    ----------
    x, y : array_like of shape (n_samples,) or (n_samples, n_columns)
        Rows follow each other at equal steps of time. Columns of numbers or of labels.
    z : array_like, optional
        Further series, whose past is known too.
    lag : int or array_like of int, default 1
        Steps from the latest row of x that is taken to the present, at least 1. An array gives an estimate for each.
    x_history, y_history, z_history : int, default 1
        How many rows of the past are taken: of x those ``lag``, ``lag + 1`` ... steps back, of y and z those 1, 2 ...
        steps back.
    k, method, bins, range, correction
        As for :func:`conditional_mutual_info`, of x past, y, and y past with z past, in turn.
    x_period, y_period, z_period, x_discrete, y_discrete, z_discrete, marginals, nan_policy, base, workers
        As for :func:`mutual_info`. Under "omit", a row with NaN takes with it the rows whose past it is.

    Returns
    -------
    float, or ndarray of float64 with an entry for each lag
        The estimate in nats a step, or to the given base. It may be negative where little is transferred.

    Raises
    ------
    ValueError, TypeError
        As for :func:`mutual_info`; and for histories that are no positive integers or leave no rows.

    Warns
    -----
    UserWarning
        If samples lie outside the range of a histogram.

    References
    ----------
    T. Schreiber, "Measuring information transfer", Phys. Rev. Lett. 85, 461 (2000).
    S. Frenzel, B. Pompe, Phys. Rev. Lett. 99, 204101 (2007).

    Examples
    --------
    >>> import numpy as np
    >>> import fastmi
    >>> rng = np.random.default_rng(1)
    >>> x = rng.normal(size=10_000)
    >>> y = 0.8 * np.roll(x, 2) + 0.6 * rng.normal(size=10_000)
    >>> fastmi.transfer_entropy(x, y, lag=[1, 2, 3]).round(1) + 0.0
    array([0. , 0.5, 0. ])
    >>> print(f"in theory {-0.5 * np.log(1 - 0.8**2):.1f}; the other way {abs(fastmi.transfer_entropy(y, x)):.1f}")
    in theory 0.5; the other way 0.0
    """
    way = method_of(method, METHODS)
    unit = unit_of(base)
    options = options_of(method, k, bins, range, correction, workers, marginals)
    source = _Past(variable_for(way, "x", x, x_discrete, x_period), as_count("x_history", x_history))
    target = variable_for(way, "y", y, y_discrete, y_period)
    check_no_third_side(z, z_period=z_period, z_discrete=z_discrete)
    n_past_z = as_count("z_history", z_history)
    known = [_Past(target, as_count("y_history", y_history))]
    if z is not None:
        known.append(_Past(variable_for(way, "z", z, z_discrete, z_period), n_past_z))
    rows_without_nan([past.series for past in (source, *known)], nan_policy)  # so that "raise" names rows as passed
    names = " and ".join(past.series.name for past in known)
    values = []
    for delay in as_lags(lag, target.n_samples, at_least=1):
        first = max(source.reach(delay), *(past.reach(1) for past in known))
        given = joined(f"the past of {names}", [past.rows(first, 1) for past in known])
        present = target.rows(first, target.n_samples)
        values.append(_estimate(method, source.rows(first, delay), present, given, options, nan_policy))
    return values[0] / unit if np.ndim(lag) == 0 else np.array(values) / unit


class _Past(NamedTuple):
    """Some rows of a series before the present."""

    series: Variable
    length: int

    def reach(self, delay: int) -> int:
        """Return the first time with so much past."""
        first = delay + self.length - 1
        if first >= self.series.n_samples:
            raise ValueError(
                f"{self.series.name}_history={self.length} and a lag of {delay} leave nothing of {self.series.n_samples} "
                "rows; pass less history or a longer series"
            )
        return first

    def rows(self, first: int, delay: int) -> Variable:
        """Return the past of every time from the first on, the latest row that is taken lying `delay` back."""
        n = self.series.n_samples
        steps = [delay + s for s in range(self.length)]
        return joined(self.series.name, [self.series.rows(first - step, n - step) for step in steps])


def _estimate(method: str, x: Variable, y: Variable, z: Variable, options: Options, nan_policy: NanPolicy) -> float:
    complete = complete_rows_of([x, y, z], nan_policy)
    if nan_policy == "propagate" and not complete.all():
        return float("nan")
    x_kept, y_kept, z_kept = prepared([x, y, z], complete, options)
    return METHODS[method](x_kept, y_kept, z_kept, options)


def _by_neighbours(x: Variable, y: Variable, z: Variable, options: Options) -> float:
    check_enough_samples(x.n_samples, options.k, f"{x.name}, {y.name} and {z.name}")
    return _mixed.mutual_info(x, y, options.k, options.workers, [z])


def _by_correlations(x: Variable, y: Variable, z: Variable, _: Options) -> float:
    return _gaussian.conditional_mutual_info(x.values, y.values, z.values)


def _by_cells(x: Variable, y: Variable, z: Variable, options: Options) -> float:
    x_cells, y_cells, z_cells = cells_of([x, y, z], options)
    return _binned.conditional_mutual_info(x_cells, y_cells, z_cells, options.correction)


METHODS: dict[str, Callable[[Variable, Variable, Variable, Options], float]] = {
    "mixed": _by_neighbours,
    "gaussian": _by_correlations,
    "histogram": _by_cells,
}
