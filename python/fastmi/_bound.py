"""A lower bound of mutual information in many dimensions, as users call it."""

import math
from dataclasses import dataclass
from typing import NamedTuple, Self, SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastmi import _core
from fastmi._arguments import NanPolicy, as_k, as_workers, check_enough_samples, unit_of
from fastmi._dictionaries import Array, Side, side_of
from fastmi._estimate import LocalEstimate, warn_if_coincident
from fastmi._kde_histogram import Seed
from fastmi._projections import View, local_ksg, views
from fastmi._variables import Variable, as_numbers, complete_rows_of

# In standard errors, which are too small, since terms of neighbours are alike: of independent columns z scatters by
# 1.4 in few dimensions, and by 1.9 in 25 + 25.
SIGNIFICANT = 5.0
_FEWEST_ROWS = 10  # of a half: correlations of fewer say nothing
_UNIT_NAMES = {1.0: "nats", math.log(2): "bits"}


class BoundView(NamedTuple):
    """What few columns, made from all of them, carry."""

    name: str
    n_pairs: int
    value: float

    def __str__(self) -> str:
        return f"{self.name}, {self.n_pairs} pair{'s' if self.n_pairs > 1 else ''}"


@dataclass(frozen=True, repr=False)
class MutualInfoBound:
    """A lower bound in population of the mutual information, with what led to it.

    ``float(...)`` gives the value, printing it the sentence and the table of views.

    Parameters
    ----------
    value : float
        The bound: the mean of the views that were chosen if they are significantly above the estimate from all columns,
        else that estimate.
    standard_error : float
        Standard deviation of the terms of `value` over sqrt(n_samples). Too small by a factor of 1 to 1.5, since the
        terms of neighbours are alike; and it sees no bias.
    view : str
        What `value` is read from: "all columns", or the view of each half of the rows.
    full : float
        KSG of all columns, with normal marginals.
    z : float
        By how many standard errors the chosen views are above `full`, row by row; NaN where there is no view.
    views : tuple of BoundView
        Name, number of pairs and value of every view. None of them is corrected for having been seen among many: take
        `value`.
    n_samples : int
        Rows without NaN.
    unit : float
        Size in nats of the unit in which values are given.

    Attributes
    ----------
    full_is_too_low : bool
        Whether a projection tested on other rows than it was fitted on has significantly more information than was found
        in all columns: then ``mutual_info(x, y)`` misses part of it.
    sentence : str
        All this in words.

    See Also
    --------
    mutual_info_bound : finds it.

    References
    ----------
    A. Kraskov, H. Stoegbauer, P. Grassberger, Phys. Rev. E 69, 066138 (2004).

    Examples
    --------
    >>> import numpy as np
    >>> import fastmi
    >>> rng = np.random.default_rng(1)
    >>> x = rng.normal(size=(2000, 12))
    >>> y = x[:, 0] ** 2 + 0.5 * rng.normal(size=2000)
    >>> bound = fastmi.mutual_info_bound(x, y, rng=1)
    >>> bound.full_is_too_low, bound.view
    (True, 'additive, 1 pair')
    """

    value: float
    standard_error: float
    view: str
    full: float
    z: float
    views: tuple[BoundView, ...]
    n_samples: int
    unit: float

    @classmethod
    def unknown(cls, n_samples: int, unit: float) -> Self:
        """Return a bound that is NaN."""
        return cls(math.nan, math.nan, "all columns", math.nan, math.nan, (), n_samples, unit)

    @property
    def full_is_too_low(self) -> bool:
        """Whether a projection proves that the estimate from all columns misses something."""
        return self.z > SIGNIFICANT

    @property
    def sentence(self) -> str:
        """What was found, in words."""
        full = f"KSG of all columns reads {self._show(self.full)}"
        if math.isnan(self.value):
            return "There are rows with NaN, which nan_policy='propagate' passes on."
        if math.isnan(self.z):
            return f"{full}; there is no view of fewer columns beside it."
        if not self.full_is_too_low:
            return f"{full}; no view of fewer columns is significantly above it (z = {self.z:.1f})."
        return (
            f"{full}, but a view of fewer columns ({self.view}), tested on other rows than it was fitted on, already "
            f"carries {self._show(self.value)} (z = {self.z:.1f}): the estimate from all columns is too low."
        )

    def _show(self, value: float) -> str:
        return f"{value:.3f} {_UNIT_NAMES.get(self.unit, f'units of {self.unit:.4g} nats')}"

    def __float__(self) -> float:
        return self.value

    def __repr__(self) -> str:
        return (
            f"MutualInfoBound({self._show(self.value)} +- {self.standard_error:.3f}, from {self.view}; "
            f"all columns: {self.full:.3f}, z = {self.z:.1f})"
        )

    def __str__(self) -> str:
        return "\n".join([self.sentence, *(f"  {view!s:24}{view.value:8.3f}" for view in self.views)])


def mutual_info_bound(
    x: ArrayLike,
    y: ArrayLike,
    *,
    k: SupportsIndex = 5,
    rng: Seed = None,
    nan_policy: NanPolicy = "raise",
    base: float | None = None,
    workers: int | None = None,
) -> MutualInfoBound:
    """Estimate a lower bound of the mutual information I(X;Y) of variables of many columns.

    In many dimensions KSG of all columns is far too low, and does not say so. Functions of the columns never have more
    information than the columns, and few of them may keep most of it. So this fits pairs of functions on one half of
    the rows, by canonical correlation of several dictionaries, and estimates their mutual information on the other half.
    If that is significantly above the estimate from all columns, it is the result.

    It is a lower bound in population: no true value of what is estimated is above I(X;Y). The estimates themselves
    scatter, and have the bias of KSG in up to eight dimensions, which is mostly downwards. What no view shows, such as
    the parity of several columns, is missed.

    Parameters
    ----------
    x, y : array_like of shape (n_samples,) or (n_samples, n_columns)
        Row i of both is the same sample, independent of the others. Columns of numbers without period and with few
        equal values; monotone maps of a column do not change the result. With one column on each side there is nothing
        to project, and the result is KSG.
    k : int, default 5
        Neighbours that set the radius of a sample.
    rng : int, Generator, SeedSequence, BitGenerator or None
        Seed of the split into halves. None draws it anew with every call.
    nan_policy, base, workers
        As for :func:`mutual_info`. The fit leaves threads and last digits to NumPy's linear algebra.

    Returns
    -------
    MutualInfoBound
        With ``value``, ``standard_error``, ``full``, ``z``, ``view``, ``views`` and a ``sentence``; a float by ``float()``.

    Raises
    ------
    ValueError, TypeError
        As for :func:`mutual_info`.

    Warns
    -----
    UserWarning
        If many samples coincide with k others: then there is no density, and the estimate means nothing. Views of which
        this is so are left out.

    See Also
    --------
    diagnose : whether ``mutual_info(x, y)`` can be believed, for this and other reasons.

    Notes
    -----
    The views are pairs of canonical variates from linear functions, functions of single columns, products of two columns
    and directions that turn with the radius; the radii of both sides; and the Gaussian information of the linear pairs
    less the negentropy of one side. A pair must correlate significantly on rows on which it was not fitted. Each half of
    the rows is read by the view that is the highest on the other half, and the terms are compared row by row with those
    from all columns: more than five standard errors are significant.

    References
    ----------
    A. Kraskov, H. Stoegbauer, P. Grassberger, Phys. Rev. E 69, 066138 (2004).
    H. Hotelling, "Relations between two sets of variates", Biometrika 28, 321 (1936), on canonical correlation.
    D. Barber, F. Agakov, "The IM algorithm: a variational approach to information maximization", NIPS 16 (2003), on the
    Gaussian bound.

    Examples
    --------
    Ten of twelve columns are noise, and of the two others y knows the product:

    >>> import numpy as np
    >>> import fastmi
    >>> rng = np.random.default_rng(1)
    >>> x = rng.normal(size=(5000, 12))
    >>> y = x[:, 0] * x[:, 1] + 0.3 * rng.normal(size=5000)
    >>> print(f"{fastmi.mutual_info(x, y):.1f}, in truth 1.1")
    0.3, in truth 1.1
    >>> bound = fastmi.mutual_info_bound(x, y, rng=1)
    >>> print(f"at least about {float(bound):.1f}")
    at least about 1.1
    >>> print(bound.sentence)  # doctest: +ELLIPSIS
    KSG of all columns reads 0.2... nats, but a view of fewer columns (quadratic, 1 pair), tested on other rows than ...
    """
    unit = unit_of(base)
    n_neighbours, n_workers = as_k(k), as_workers(workers)
    generator = np.random.default_rng(rng)
    x_all, y_all = as_numbers("x", x), as_numbers("y", y)
    complete = complete_rows_of([x_all, y_all], nan_policy)
    if nan_policy == "propagate" and not complete.all():
        return MutualInfoBound.unknown(int(complete.sum()), unit)
    x_kept, y_kept = x_all.select(complete), y_all.select(complete)
    full = normal_ksg(x_kept, y_kept, n_neighbours, n_workers)
    warn_if_coincident(full.whole)
    return bound_of(x_kept, y_kept, full, n_neighbours, generator, n_workers, unit)


def normal_ksg(x: Variable, y: Variable, k: int, workers: int) -> LocalEstimate:
    """Return KSG of all columns with normal marginals."""
    check_enough_samples(x.n_samples, k)
    of_x, of_y = (_core.normal_scores(side.values, workers) for side in (x, y))
    return local_ksg(of_x, of_y, k, workers)


def bound_of(
    x: Variable, y: Variable, full: LocalEstimate, k: int, rng: np.random.Generator, workers: int, unit: float
) -> MutualInfoBound:
    """Return the bound of samples without NaN, beside the estimate from all columns."""
    n, terms, view, z = x.n_samples, full.terms, "all columns", math.nan
    shuffled = rng.permutation(n)
    folds = np.sort(shuffled[: n // 2]), np.sort(shuffled[n // 2 :])
    found = _views(x, y, folds, k, rng, workers)
    value = float(terms.mean())
    if found:
        chosen = _chosen(found)
        projected = np.empty(n)
        for fold, rows in enumerate(folds):
            projected[rows] = chosen[fold].terms[fold]
        difference = projected - terms
        z = float(difference.mean() / (difference.std() / math.sqrt(n))) if difference.any() else 0.0
        if z > SIGNIFICANT:
            terms, value = projected, float(np.mean([projected[rows].mean() for rows in folds]))
            view = "; ".join(dict.fromkeys(str(_as_result(v, unit)) for v in chosen))
    return MutualInfoBound(
        value=value / unit,
        standard_error=float(terms.std()) / math.sqrt(n) / unit,
        view=view,
        full=float(full.terms.mean()) / unit,
        z=z,
        views=tuple(_as_result(v, unit) for v in found),
        n_samples=n,
        unit=unit,
    )


def _views(
    x: Variable,
    y: Variable,
    folds: tuple[NDArray[np.intp], NDArray[np.intp]],
    k: int,
    rng: np.random.Generator,
    workers: int,
) -> list[View]:
    """Return the views, computed in an order of the sides that does not depend on which is called x."""
    sides = [side_of(variable.values, workers) for variable in (x, y)]
    columns = [side.n_columns for side in sides]
    too_few_rows = len(folds[0]) <= max(k, _FEWEST_ROWS)
    if too_few_rows or min(columns) == 0 or max(columns) == 1:
        return []
    first, second = sides if _comes_first(*sides) else reversed(sides)
    return views(first, second, folds, k, rng, workers)


def _comes_first(x: Side, y: Side) -> bool:
    if x.n_columns != y.n_columns:
        return x.n_columns > y.n_columns
    return _first_difference(x.normal, y.normal) >= 0


def _first_difference(a: Array, b: Array) -> float:
    differs = a != b
    return float((a - b).flat[np.argmax(differs)])


def _chosen(found: list[View]) -> tuple[View, View]:
    """Return for each fold the view that is the highest on the other."""
    by_first, by_second = (max(found, key=lambda view: float(view.terms[fold].mean())) for fold in range(2))
    return by_second, by_first


def _as_result(view: View, unit: float) -> BoundView:
    return BoundView(view.name, view.n_pairs, view.value / unit)
