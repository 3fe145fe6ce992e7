"""Entropy relative to a measure: the limiting density of discrete points.

A differential entropy depends on the units of x. Jaynes counts possibilities instead: N points that lie as densely as a
measure m says have the entropy H_N = log N - D(p||m), which is the same in any units. To stay the same when estimated,
the cells in which samples are counted must be carried along with the measure. Cells that hold equal shares of it, column
by column, are.
"""

import math
from collections.abc import Sequence
from numbers import Real
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastmi._arguments import (
    BinRange,
    Bins,
    NanPolicy,
    as_bins,
    as_ranges,
    as_workers,
    check_correction,
    complete_samples,
    is_vector,
    unit_of,
)
from fastmi._binned import warn_if_outside
from fastmi._density_cells import Density, checked, equal_cells
from fastmi._entropy import fill
from fastmi._entropy_estimate import EntropyEstimate
from fastmi._labels import Codes, joint_codes
from fastmi._plugin import plugin_entropy
from fastmi._warnings import warn

Array = NDArray[np.float64]


class RelativeEntropy(NamedTuple):
    """How much a distribution tells beyond a measure, and how much it leaves open."""

    divergence: float
    invariant_entropy: EntropyEstimate
    n_points: float


class _Cells(NamedTuple):
    """How many samples the cells hold, and what the measure says of them."""

    counts: NDArray[np.int64]
    mean_log_mass: float  # of the cell of a sample
    n_cells: int
    n_samples: int
    outside: int


def relative_entropy(
    x: ArrayLike,
    *,
    measure: ArrayLike | Density | None = None,
    n_points: float | None = None,
    bins: Bins = 20,
    range: BinRange = None,  # noqa: A002
    correction: str | None = None,
    nan_policy: NanPolicy = "raise",
    base: float | None = None,
    workers: int | None = None,
) -> RelativeEntropy:
    """Estimate the divergence D(p||m) of a variable from a measure, and Jaynes' invariant entropy log N - D.

    Neither changes when x and the measure are transformed together: to rounding in a change of units; exactly under any
    increasing map of each column, where the measure is given by samples; to the accuracy of an integration, where it is
    given by its density.

    Parameters
    ----------
    x : array_like of shape (n_samples,) or (n_samples, n_columns)
        Rows are samples of p. Any real type; computed in float64.
    measure : None, callable or array_like
        The measure m. None is the uniform one on the range. A callable returns its density, which need not be
        normalised, at points of shape (n,) where x is of shape (n_samples,), else (n, n_columns). It is integrated over
        the range on a grid that follows it, of 16,000 points (500 a column in two columns, 60 in three), which should
        not overlook its peaks; the divergence is then good to 0.001, in four columns to a few per cent. An array holds
        samples of m, with the columns of x.
    n_points : float, optional
        The number N of discrete points. By default the number of cells: H_N is then the Shannon entropy of the cell that
        x falls into, if all are equally probable under m.
    bins : int or sequence of int, default 20
        Cells a column, which split the measure of that column into equal shares. In several columns the cells are
        products of these, and their share is taken from the measure as it is.
    range : pair or sequence of pairs of float, optional
        As for :func:`entropy`. With samples of the measure, None stands for no limits.
    correction, nan_policy, base, workers
        As for :func:`entropy`; the correction is one of p alone, samples of m are taken as they are.

    Returns
    -------
    divergence : float
        D(p||m), in nats or to the given base. It is estimated too high where cells hold few samples, like the entropy
        is estimated too low; infinite where x has samples in cells without any measure.
    invariant_entropy : EntropyEstimate
        H_N = log N - D(p||m), with what is needed to judge it.
    n_points : float
        N.

    Raises
    ------
    ValueError, TypeError
        As for :func:`entropy`; and for a density that is negative, not finite or zero everywhere, or needs too large a
        grid, and samples of a measure with other columns than x or none in the range.

    Warns
    -----
    UserWarning
        If samples lie outside the range, or in cells without any measure.

    References
    ----------
    E. T. Jaynes, "Information theory and statistical mechanics", in Statistical Physics, Brandeis Lectures 3 (1963),
    section 4b; "Prior probabilities", IEEE Trans. Syst. Sci. Cybern. 4, 227 (1968).

    Examples
    --------
    >>> import numpy as np
    >>> import fastmi
    >>> rng = np.random.default_rng(1)
    >>> x, m = rng.normal(size=100_000), rng.normal(scale=2, size=100_000)
    >>> d, h, n = fastmi.relative_entropy(x, measure=m)
    >>> print(f"{d:.3f}, in theory {np.log(2) - 3 / 8:.3f}; {h:.3f} of log {n} = {np.log(n):.3f}")
    0.315, in theory 0.318; 2.680 of log 20 = 2.996
    >>> fastmi.relative_entropy(np.exp(x), measure=np.exp(m)).divergence == d
    True
    """
    check_correction(correction)
    unit = unit_of(base)
    as_workers(workers)
    _check_n_points(n_points)
    samples = complete_samples("x", x, nan_policy)
    if measure is None:
        cells = None if samples is None else _uniform_cells(samples, bins, range, workers)
    elif callable(measure):
        density = checked(measure, takes_vectors=is_vector("x", x))
        cells = None if samples is None else _cells_of_density(samples, density, bins, range)
    else:
        others = complete_samples("measure", measure, nan_policy)
        cells = None if samples is None or others is None else _cells_of_samples(samples, others, bins, range)
    if cells is None:
        return RelativeEntropy(math.nan, EntropyEstimate(math.nan, unit=unit), n_points or math.nan)

    n_points = cells.n_cells if n_points is None else n_points
    entropy = plugin_entropy(
        cells.counts,
        correction=correction,
        log_volume=math.log(n_points) + cells.mean_log_mass,
        n_bins=cells.n_cells,
        outside=cells.outside,
        unit=unit,
    )
    warn_if_outside(cells.outside, cells.n_samples)
    _warn_if_infinite(cells)
    return RelativeEntropy(math.log(n_points) / unit - float(entropy), entropy, n_points)


def _uniform_cells(x: Array, bins: Bins, range_: BinRange, workers: int | None) -> _Cells:
    found = fill(x, bins, range_, "raise", workers)
    n_cells = math.prod(found.bins)
    return _Cells(found.counts.astype(np.int64, copy=False), -math.log(n_cells), n_cells, len(x), int(found.outside))


def _cells_of_samples(x: Array, measure: Array, bins: Bins, range_: BinRange) -> _Cells:
    """Cut the columns between samples of the measure, so that only the order of x and measure counts."""
    n_columns = x.shape[1]
    if measure.shape[1] != n_columns:
        raise ValueError(
            f"measure has {measure.shape[1]} columns but x has {n_columns}; pass samples of the same columns"
        )
    n_bins, ranges = as_bins(bins, n_columns), as_ranges(range_, n_columns)
    x_inside, m_inside = x[_is_inside(x, ranges)], measure[_is_inside(measure, ranges)]
    if len(m_inside) == 0:
        raise ValueError(f"none of the {len(measure)} samples of measure are in the range; pass a wider range")
    cuts = [_quantiles(column, n) for column, n in zip(m_inside.T, n_bins, strict=True)]
    rows = joint_codes(
        _cut(column, at) for column, at in zip(np.concatenate([m_inside, x_inside]).T, cuts, strict=True)
    )
    n_m = np.bincount(rows[: len(m_inside)], minlength=rows.max() + 1)
    n_x = np.bincount(rows[len(m_inside) :], minlength=rows.max() + 1)
    mean_log_mass = _mean_log(n_x, n_m / len(m_inside))
    return _Cells(n_x, mean_log_mass, math.prod(n_bins), len(x), len(x) - len(x_inside))


def _quantiles(column: Array, n: int) -> Array:
    """Return n - 1 of the values that cut the column into equal shares."""
    return np.asarray(np.sort(column)[np.arange(1, n) * len(column) // n])


def _cells_of_density(x: Array, density: Density, bins: Bins, range_: BinRange) -> _Cells:
    """Cut the columns where the integral of the density says."""
    n_columns = x.shape[1]
    n_bins = as_bins(bins, n_columns)
    outer = [np.histogram_bin_edges(c, 1, r) for c, r in zip(x.T, as_ranges(range_, n_columns), strict=True)]
    inside = _is_inside(x, [(low, high) for low, high in outer])
    cuts, masses = equal_cells(density, outer, n_bins)
    codes = [_cut(column, at).codes for column, at in zip(x[inside].T, cuts, strict=True)]
    counts = np.bincount(np.ravel_multi_index(codes, n_bins), minlength=masses.size)
    mean_log_mass = _mean_log(counts, masses.reshape(-1))
    return _Cells(counts, mean_log_mass, masses.size, len(x), int(np.count_nonzero(~inside)))


def _is_inside(samples: Array, ranges: Sequence[tuple[float, float] | None]) -> NDArray[np.bool_]:
    inside = np.ones(len(samples), np.bool_)
    for column, pair in zip(samples.T, ranges, strict=True):
        if pair is not None:
            inside &= (pair[0] <= column) & (column <= pair[1])
    return inside


def _cut(column: Array, at: Array) -> Codes:
    """Return how many of the ascending cuts are not above each value."""
    return Codes(np.searchsorted(at, column, side="right"), len(at) + 1)


def _mean_log(counts: NDArray[np.int64], masses: Array) -> float:
    """Return the mean log mass of the cell of a sample."""
    occupied = counts > 0
    with np.errstate(divide="ignore"):
        return float(counts[occupied] @ np.log(masses[occupied])) / max(int(counts.sum()), 1)


def _check_n_points(n_points: object) -> None:
    if n_points is None:
        return
    if not isinstance(n_points, Real):
        raise TypeError(f"n_points={n_points!r} is not a number; pass how many discrete points there are, or None")
    try:
        usable = 0 < float(n_points) < math.inf
    except OverflowError:
        usable = False
    if not usable:
        raise ValueError(
            f"n_points={n_points!r} is not a positive finite number; pass how many discrete points there are"
        )


def _warn_if_infinite(cells: _Cells) -> None:
    if cells.mean_log_mass == -math.inf:
        warn(
            "x has samples in cells without any measure, so the divergence is infinite; pass fewer bins, or a measure "
            "(or more samples of it) that covers x"
        )
