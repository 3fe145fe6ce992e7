"""Tests of independence by permutation, as users call them."""

import math
from collections.abc import Callable
from typing import Any, Literal, NamedTuple, SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastmi import _conditional, _core
from fastmi._arguments import (
    NanPolicy,
    Period,
    as_count,
    as_k,
    as_workers,
    check_no_second_side,
    check_no_third_side,
    unit_of,
)
from fastmi._containers import as_table
from fastmi._estimate import warn_if_coincident
from fastmi._estimators import ESTIMATORS
from fastmi._kde_histogram import Seed
from fastmi._marginals import Marginals, check_marginals
from fastmi._methods import Options, method_of, prepared, variable_for
from fastmi._mutual_info import estimates_of_pairs
from fastmi._permutations import Draw, Rows, among, anywhere, batches, nearby, shifted, within
from fastmi._variables import Discrete, Variable, codes_of, complete_rows_of
from fastmi._warnings import silence

Alternative = Literal["greater", "two-sided"]
Control = Literal["fdr", "max"] | None
Values = NDArray[np.float64]
Estimates = Callable[[Rows], Values]  # for each of some permutations, a line each

METHODS = ("ksg1", "ksg2", "mixed", "gaussian")
METHODS_GIVEN_Z = ("mixed", "gaussian")
_ALTERNATIVES = ("greater", "two-sided")
_CONTROLS = ("fdr", "max", None)
# In nats: values of one set of samples that differ by less do so by rounding, and count as equal.
_ROUNDING = 1e-12


class MutualInfoTest(NamedTuple):
    """What a test of independence found.

    Parameters
    ----------
    statistic : float
        The estimate of the mutual information of the samples as they are.
    pvalue : float
        How probable so extreme an estimate would be, were the null hypothesis true: (b + 1) / (m + 1), where b of the m
        permutations give one as great or greater. Two-sided, twice the smaller of this and the same for as small or
        smaller, at most 1.
    null_distribution : ndarray of float64, shape (n_resamples,)
        The estimate for each permutation.

    See Also
    --------
    mutual_info_test : makes the test.

    References
    ----------
    B. Phipson, G. K. Smyth, "Permutation p-values should never be zero", Stat. Appl. Genet. Mol. Biol. 9, 39 (2010).

    Examples
    --------
    >>> import fastmi
    >>> found = fastmi.mutual_info_test([0.1, 0.2, 0.5, 0.9, 1.0], [0.3, 0.5, 0.9, 2.0, 2.1], k=1, n_resamples=9, rng=1)
    >>> found.null_distribution.shape, found.pvalue >= 0.1
    ((9,), True)
    """

    statistic: float
    pvalue: float
    null_distribution: Values


class MutualInfoMatrixTest(NamedTuple):
    """What tests of independence of every column of x from every column of y found.

    Parameters
    ----------
    statistic : ndarray of float64, shape (d_x, d_y)
        The estimates for the samples as they are; of data frames a table with their names, as are the p-values.
    pvalue : ndarray of float64, shape (d_x, d_y)
        That of each pair by itself, as of :class:`MutualInfoTest`; NaN of a column with itself.
    adjusted_pvalue : ndarray of float64, shape (d_x, d_y)
        The p-values to judge by, since many pairs are tested: with "fdr", call those below 0.05 dependent, and 5 % of
        them are expected to be wrong; with "max", the probability that any is wrong is 5 %. `pvalue` itself with None.
    null_distribution : ndarray of float64, shape (n_resamples, d_x, d_y)
        The estimates for each permutation.

    See Also
    --------
    mutual_info_matrix_test : makes the tests.

    References
    ----------
    Y. Benjamini, Y. Hochberg, "Controlling the false discovery rate", J. R. Stat. Soc. B 57, 289 (1995).
    P. H. Westfall, S. S. Young, "Resampling-based multiple testing" (Wiley 1993).

    Examples
    --------
    >>> import numpy as np
    >>> import fastmi
    >>> x = np.random.default_rng(1).normal(size=(100, 3))
    >>> found = fastmi.mutual_info_matrix_test(x, n_resamples=9, rng=1)
    >>> found.null_distribution.shape, bool(np.isnan(found.pvalue.diagonal()).all())
    ((9, 3, 3), True)
    """

    statistic: Values | Any
    pvalue: Values | Any
    adjusted_pvalue: Values | Any
    null_distribution: Values


def mutual_info_test(
    x: ArrayLike,
    y: ArrayLike,
    *,
    z: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    min_shift: SupportsIndex | None = None,
    n_resamples: SupportsIndex = 999,
    alternative: Alternative = "greater",
    rng: Seed = None,
    k: SupportsIndex = 3,
    method: str | None = None,
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
) -> MutualInfoTest:
    """Test by permutation whether x and y are independent.

    The rows of y are permuted, so that they have nothing to do with those of x, and the mutual information is estimated
    anew, many times over. If x and y are independent, the estimate of the samples as they are is one like these.

    Parameters
    ----------
    x, y : array_like of shape (n_samples,) or (n_samples, n_columns)
        As for :func:`mutual_info`.
    z : array_like of shape (n_samples,) or (n_samples, n_columns), optional
        Tests whether x and y are independent given z, by the conditional mutual information I(X;Y|Z). Rows of y go only
        where z is much the same: each row is given that of one of the five nearest in z, itself among them, if possible
        one that no other row is given. If z holds labels alone, rows are permuted within the classes.
    strata : array_like of shape (n_samples,) or (n_samples, n_columns), optional
        Labels of events, sessions or batches. Rows of y are permuted within each; what differs between them does not make
        x and y dependent. The statistic is I(X;Y) of all.
    min_shift : int, optional
        For series whose rows follow each other in time. Instead of being permuted, y is shifted round the end by at
        least so many rows, either way: about as many as x or y remember. Each shift occurs once, of n_samples - 2
        min_shift + 1. The series must be stationary.
    n_resamples : int, default 999
        How many permutations. The smallest possible p-value is 1 / (n_resamples + 1).
    alternative : {"greater", "two-sided"}
        What counts as extreme: estimates that are great, or also small ones.
    rng : int, Generator, SeedSequence, BitGenerator or None
        Seed of the permutations. The same seed gives the same result, on any number of workers.
    k : int, default 3
        As for :func:`mutual_info`. A greater one often finds weaker dependence: 10 to n_samples / 10.
    method : {"ksg1", "ksg2", "mixed", "gaussian"}, optional
        As for :func:`mutual_info` and, given z, :func:`conditional_mutual_info`, of which "mixed" and "gaussian" are
        left. None is "ksg1", or "mixed" given z.
    x_period, y_period, z_period, x_discrete, y_discrete, z_discrete
        As for :func:`conditional_mutual_info`.
    marginals, nan_policy, base, workers
        As for :func:`mutual_info`. Under "omit", rows that are left are taken to follow each other.

    Returns
    -------
    MutualInfoTest
        The estimate, its p-value, and the estimates of the permutations. Each of them is
        ``mutual_info(x, y[rows])`` for the permuted rows, bit for bit.

    Raises
    ------
    ValueError
        As for :func:`mutual_info`; if more than one of z, strata and min_shift is given, n_resamples or min_shift is less
        than 1, the alternative is unknown, or there are fewer shifts than n_resamples.
    TypeError
        As for :func:`mutual_info`; and for n_resamples or min_shift that are no integers.

    Warns
    -----
    UserWarning
        As for :func:`mutual_info`, of the samples as they are.

    See Also
    --------
    mutual_info_matrix_test : every column against every column, with control of false alarms.

    References
    ----------
    B. Phipson, G. K. Smyth, "Permutation p-values should never be zero", Stat. Appl. Genet. Mol. Biol. 9, 39 (2010).
    J. Runge, "Conditional independence testing based on a nearest-neighbor estimator of conditional mutual
    information", AISTATS (2018), arXiv:1709.01447.
    G. Lancaster, D. Iatsenko, A. Pidde, V. Ticcinelli, A. Stefanovska, "Surrogate data for hypothesis testing of physical
    systems", Phys. Rep. 748, 1 (2018), section 3 on shifts.

    Examples
    --------
    >>> import numpy as np
    >>> import fastmi
    >>> rng = np.random.default_rng(1)
    >>> z = rng.normal(size=1000)
    >>> x, y = z + rng.normal(size=(2, 1000))
    >>> print(f"{fastmi.mutual_info_test(x, y, k=10, n_resamples=199, rng=2).pvalue:.3f}")
    0.005
    >>> given_z = fastmi.mutual_info_test(x, y, z=z, k=10, n_resamples=99, rng=3)
    >>> given_z.pvalue > 0.05
    True
    """
    _check_one_of(z=z, strata=strata, min_shift=min_shift)
    check_no_third_side(z, z_period=z_period, z_discrete=z_discrete)
    method = method or ("ksg1" if z is None else "mixed")
    way = method_of(method, METHODS if z is None else METHODS_GIVEN_Z)
    unit = unit_of(base)
    check_marginals(marginals)
    options = Options(as_k(k), workers=as_workers(workers), marginals=marginals)
    sides = [variable_for(way, "x", x, x_discrete, x_period), variable_for(way, "y", y, y_discrete, y_period)]
    if z is not None:
        sides.append(variable_for(way, "z", z, z_discrete, z_period))
    how = _Resampling.of(sides[0], strata, min_shift, n_resamples, alternative, rng)
    complete = complete_rows_of(sides, nan_policy)
    if nan_policy == "propagate" and not complete.all():
        return MutualInfoTest(math.nan, math.nan, np.full(how.n_resamples, math.nan))
    x_kept, y_kept, *given = prepared(sides, complete, options)
    if given:
        statistic = _conditional.METHODS[method](x_kept, y_kept, given[0], options)
        estimates = _conditional_estimates(method, x_kept, y_kept, given[0], options)
        null = how.null(estimates, how.given(given[0], options.workers), x_kept.n_samples)
    else:
        found = ESTIMATORS[method].estimate(x_kept, y_kept, options)
        warn_if_coincident(found)
        statistic = found.mutual_info
        null = how.null(
            _joint_estimates(method, x_kept, y_kept, options), how.among(complete, options.workers), x_kept.n_samples
        )
    return MutualInfoTest(statistic / unit, float(how.pvalue(np.array(statistic), null, null)), null / unit)


def mutual_info_matrix_test(
    x: ArrayLike,
    y: ArrayLike | None = None,
    *,
    strata: ArrayLike | None = None,
    min_shift: SupportsIndex | None = None,
    n_resamples: SupportsIndex = 999,
    alternative: Alternative = "greater",
    control: Control = "fdr",
    rng: Seed = None,
    k: SupportsIndex = 3,
    method: str = "ksg1",
    x_period: Period = None,
    y_period: Period = None,
    x_discrete: Discrete = None,
    y_discrete: Discrete = None,
    marginals: Marginals = None,
    nan_policy: NanPolicy = "raise",
    base: float | None = None,
    workers: int | None = None,
) -> MutualInfoMatrixTest:
    """Test by permutation whether each column of x is independent of each column of y.

    All pairs see the same permutations of the rows, under which the columns of x depend on each other as they did, and
    those of y too.

    Parameters
    ----------
    x, y
        As for :func:`mutual_info_matrix`. Without y, every column of x is tested against every other.
    strata, min_shift, n_resamples, alternative, rng
        As for :func:`mutual_info_test`.
    control : {"fdr", "max", None}
        Which false alarms the adjusted p-values keep rare. "fdr": their share among all alarms, after Benjamini and
        Hochberg. "max": any at all; each estimate is compared with the greatest of each permutation, which takes account
        of the dependence between columns, after Westfall and Young. None: those of each pair by itself.
    k, method, x_period, y_period, x_discrete, y_discrete, marginals, nan_policy, base, workers
        As for :func:`mutual_info_matrix`. Under "omit", each pair keeps the rows that it has in common.

    Returns
    -------
    MutualInfoMatrixTest
        The estimates, their p-values by themselves and adjusted, and the estimates of the permutations.

    Raises
    ------
    ValueError, TypeError
        As for :func:`mutual_info_test` and :func:`mutual_info_matrix`; and for a control that is unknown.

    Warns
    -----
    UserWarning
        As for :func:`mutual_info_matrix`, of the samples as they are.

    See Also
    --------
    mutual_info_test : of columns jointly, also given others.

    References
    ----------
    Y. Benjamini, Y. Hochberg, "Controlling the false discovery rate", J. R. Stat. Soc. B 57, 289 (1995).
    P. H. Westfall, S. S. Young, "Resampling-based multiple testing" (Wiley 1993), single-step maximum statistic.

    Examples
    --------
    >>> import numpy as np
    >>> import fastmi
    >>> rng = np.random.default_rng(1)
    >>> x = rng.normal(size=(500, 3))
    >>> y = x[:, :2] + rng.normal(size=(500, 2))
    >>> found = fastmi.mutual_info_matrix_test(x, y, control="max", n_resamples=199, rng=2)
    >>> found.adjusted_pvalue < 0.05
    array([[ True, False],
           [False,  True],
           [False, False]])
    """
    _check_one_of(strata=strata, min_shift=min_shift)
    if control not in _CONTROLS:
        raise ValueError(f"control={control!r} is unknown; use one of {', '.join(map(repr, _CONTROLS))}")
    way = method_of(method, METHODS)
    unit = unit_of(base)
    check_marginals(marginals)
    options = Options(as_k(k), workers=as_workers(workers), marginals=marginals)
    check_no_second_side(y, y_period=y_period, y_discrete=y_discrete)
    x_all = variable_for(way, "x", x, x_discrete, x_period)
    y_all = x_all if y is None else variable_for(way, "y", y, y_discrete, y_period)
    if y is None and x_all.n_columns == 1:
        raise ValueError("x has 1 column and y is None: there is no pair to test; pass two columns or more, or y")
    how = _Resampling.of(x_all, strata, min_shift, n_resamples, alternative, rng)
    found = estimates_of_pairs(ESTIMATORS[method], x_all, y_all, options, nan_policy)
    i, j = found.worst
    warn_if_coincident(found.at(i, j), f" of {x_all.column_name(i)} and {y_all.column_name(j)}")

    tested = ~np.isnan(found.mutual_info) & (True if y is not None else ~np.tri(x_all.n_columns, dtype=np.bool_))
    estimates = _matrix_estimates(method, x_all, y_all, tested, options)
    every_row = np.ones(x_all.n_samples, np.bool_)
    null = how.null(estimates, how.among(every_row, options.workers), x_all.n_samples)
    statistic = found.mutual_info[tested]
    pvalue = how.pvalue(statistic, null, null)
    adjusted = pvalue
    if control == "fdr":
        adjusted = _benjamini_hochberg(pvalue)
    elif control == "max":
        least, greatest = null.min(axis=1, initial=np.inf), null.max(axis=1, initial=-np.inf)
        adjusted = how.pvalue(statistic, least[:, np.newaxis], greatest[:, np.newaxis])

    def matrix(values: Values) -> Values:
        """Put the values of pairs, in the last dimension, where the pairs are; NaN elsewhere."""
        whole = np.full((*values.shape[:-1], *tested.shape), np.nan)
        whole[..., tested] = values
        return whole if y is not None else np.where(tested, whole, np.swapaxes(whole, -1, -2))

    statistics, pvalues, adjusted_pvalues = (
        as_table(part, x, x if y is None else y)
        for part in (found.mutual_info / unit, matrix(pvalue), matrix(adjusted))
    )
    return MutualInfoMatrixTest(statistics, pvalues, adjusted_pvalues, matrix(null / unit))


class _Resampling(NamedTuple):
    """How, how often and to what end rows are permuted."""

    strata: NDArray[np.int64] | None
    min_shift: int | None
    n_resamples: int
    alternative: Alternative
    generator: np.random.Generator

    @classmethod
    def of(
        cls,
        x: Variable,
        strata: ArrayLike | None,
        min_shift: SupportsIndex | None,
        n_resamples: SupportsIndex,
        alternative: Alternative,
        rng: Seed,
    ) -> "_Resampling":
        """Check what was passed."""
        if alternative not in _ALTERNATIVES:
            raise ValueError(
                f"alternative={alternative!r} is unknown; use one of {', '.join(map(repr, _ALTERNATIVES))}"
            )
        return cls(
            None if strata is None else codes_of("strata", strata, x),
            None if min_shift is None else as_count("min_shift", min_shift),
            as_count("n_resamples", n_resamples),
            alternative,
            np.random.default_rng(rng),
        )

    def among(self, rows: NDArray[np.bool_], workers: int) -> Draw:
        """Return the permutations of some rows."""
        n_rows = int(np.count_nonzero(rows))
        if self.strata is not None:
            return within(self.strata[rows], workers, self.generator)
        if self.min_shift is not None:
            return shifted(n_rows, self.min_shift, self.n_resamples, self.generator)
        return anywhere(n_rows, workers, self.generator)

    def given(self, z: Variable, workers: int) -> Draw:
        """Return permutations that leave y as dependent on z as it is."""
        return within(z.codes(), workers, self.generator) if all(z.is_label) else nearby(z, workers, self.generator)

    def null(self, estimates: Estimates, draw: Draw, n_rows: int) -> Values:
        """Return the estimates of all permutations."""
        with silence():
            return np.concatenate([estimates(rows) for rows in batches(draw, self.n_resamples, n_rows)])

    def pvalue(self, statistic: Values, least: Values, greatest: Values) -> Values:
        """Return the p-values, given for each permutation, line by line, with what they are to be compared."""
        n_great = np.count_nonzero(greatest >= statistic - _ROUNDING, axis=0)
        p = (n_great + 1) / (self.n_resamples + 1)
        if self.alternative == "greater":
            return np.asarray(p)
        n_small = np.count_nonzero(least <= statistic + _ROUNDING, axis=0)
        return np.asarray(np.minimum(2 * np.minimum(p, (n_small + 1) / (self.n_resamples + 1)), 1.0))


def _check_one_of(**ways: object) -> None:
    """Raise if rows are to be permuted in two ways."""
    passed = [name for name, value in ways.items() if value is not None]
    if len(passed) > 1:
        raise ValueError(f"{' and '.join(passed)} are given together; pass one of them, which says how to permute")


def _joint_estimates(method: str, x: Variable, y: Variable, options: Options) -> Estimates:
    """Return what estimates I(X;Y) for permutations of y."""
    if method != "ksg1":
        estimate = ESTIMATORS[method].estimate
        return lambda batch: np.array([estimate(x, y.take(rows), options).mutual_info for rows in batch])
    if x.n_columns == y.n_columns == 1:
        pair = _pair_estimates(method, x, y, [(0, 0)], options)
        return lambda batch: pair(batch)[:, 0]
    return _core.KsgJointPermutations(x.values, y.values, x.periods, y.periods, options.k, options.workers).estimates


def _conditional_estimates(method: str, x: Variable, y: Variable, z: Variable, options: Options) -> Estimates:
    """Return what estimates I(X;Y|Z) for permutations of y."""
    estimate = _conditional.METHODS[method]
    return lambda batch: np.array([estimate(x, y.take(rows), z, options) for rows in batch])


def _pair_estimates(method: str, x: Variable, y: Variable, pairs: list[tuple[int, int]], options: Options) -> Estimates:
    """Return what estimates I for pairs of columns without NaN; each sees the same permutations."""
    if method != "ksg1":
        estimate, x_columns, y_columns = ESTIMATORS[method].estimate, list(x.columns()), list(y.columns())
        return lambda batch: np.array(
            [[estimate(x_columns[i], y_columns[j].take(rows), options).mutual_info for i, j in pairs] for rows in batch]
        )
    core = _core.KsgPairPermutations(x.values, y.values, x.periods, y.periods, options.k, options.workers, pairs)
    return lambda batch: core.estimates(batch).reshape(len(batch), len(pairs))


def _matrix_estimates(method: str, x: Variable, y: Variable, tested: NDArray[np.bool_], options: Options) -> Estimates:
    """Return what estimates I for all pairs that are tested, each of the rows that its columns have in common."""
    x_known, y_known = ~np.isnan(x.values), ~np.isnan(y.values)
    places: dict[bytes, list[int]] = {}  # of the pairs that have the same rows in common
    pairs = np.argwhere(tested)
    for place, (i, j) in enumerate(pairs):
        places.setdefault((x_known[:, i] & y_known[:, j]).tobytes(), []).append(place)
    groups = []
    for rows, group in places.items():
        kept = np.frombuffer(rows, np.bool_)
        used_x, i = np.unique(pairs[group, 0], return_inverse=True)
        used_y, j = np.unique(pairs[group, 1], return_inverse=True)
        x_kept, y_kept = prepared([x.only(used_x), y.only(used_y)], kept, options)
        places_within = list(zip(i.tolist(), j.tolist(), strict=True))
        groups.append((kept, group, _pair_estimates(method, x_kept, y_kept, places_within, options)))

    def estimates(batch: Rows) -> Values:
        values = np.empty((len(batch), len(pairs)))
        for kept, group, of_group in groups:
            values[:, group] = of_group(among(kept, batch))
        return values

    return estimates


def _benjamini_hochberg(pvalue: Values) -> Values:
    """Return the least rates of false discoveries at which each would be one."""
    order = np.argsort(pvalue)[::-1]
    n = len(pvalue)
    adjusted = np.empty(n)
    adjusted[order] = np.minimum.accumulate(pvalue[order] * n / np.arange(n, 0, -1))
    return np.minimum(adjusted, 1.0)
