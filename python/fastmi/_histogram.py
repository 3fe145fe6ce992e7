"""Histograms of samples, exactly numpy's: dense while the table fits, sparse beyond."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastmi import _core
from fastmi._arguments import (
    BinRange,
    Bins,
    NanPolicy,
    as_bins,
    as_columns,
    as_ranges,
    as_workers,
    check_nan_policy,
    unit_of,
)
from fastmi._entropy_estimate import EntropyEstimate
from fastmi._plugin import plugin_entropy
from fastmi._pointwise_table import PointwiseMutualInfo, of_table

_MOST_DENSE_CELLS = 2**27  # a table of 1 GiB
_MOST_DENSE_DIMS = 32  # of an array, before NumPy 2
_MOST_CELLS = 2**63 - 1  # whose numbers, and one more, fit 64 bits with a sign


class _Extremes(NamedTuple):
    """What a pass over the samples finds."""

    columns: list[tuple[float, float]]  # least and greatest value, over the rows without NaN
    n_with_nan: int  # rows
    first_with_nan: int  # row, -1 where there is none
    first_infinite: int


@dataclass(frozen=True, eq=False, repr=False)
class Histogram:
    """How many samples lie in each cell of a grid of equally wide bins.

    Parameters
    ----------
    counts : ndarray
        Dense: of shape `bins`. Sparse: of shape (n_occupied,), of the cells that `keys` names. Of int64; or of float64,
        the probabilities of the cells, where `n_samples` is None.
    edges : tuple of ndarray of float64
        The bins[c] + 1 edges of column c. A bin has its lower edge and not its upper one; the last bin has both.
    n_samples : int or None
        The samples put in, those outside the range included; None in the limit of infinitely many.
    outside : int or float
        How many of them, or what probability, lay outside the range of some column.
    keys : ndarray of int64, or None
        None: dense. Sparse: the row-major numbers of the occupied cells, ascending.
    range_rule : str
        How the range came about.
    truncation : float, default 0
        In the limit of infinitely many samples: the probability that is missing, since products of bin masses below
        1e-15 of what is inside the range are left out.

    See Also
    --------
    histogram : makes one of samples.

    References
    ----------
    K. Pearson, "Contributions to the mathematical theory of evolution II", Phil. Trans. R. Soc. A 186, 343 (1895).

    Examples
    --------
    >>> import fastmi
    >>> filled = fastmi.histogram([0.5, 1.5, 1.7, 9.0], bins=2, range=(0, 2))
    >>> filled
    <Histogram of 2 bins, dense: 4 samples in 2 cells, 1 outside; range: given>
    >>> filled.counts, filled.edges, filled.outside
    (array([1, 2]), (array([0., 1., 2.]),), 1)
    """

    counts: NDArray[np.int64] | NDArray[np.float64]
    edges: tuple[NDArray[np.float64], ...]
    n_samples: int | None
    outside: int | float
    keys: NDArray[np.int64] | None
    range_rule: str
    truncation: float = 0.0

    @property
    def is_sparse(self) -> bool:
        """Whether only the occupied cells are stored."""
        return self.keys is not None

    @property
    def n_dims(self) -> int:
        """Number of columns."""
        return len(self.edges)

    @property
    def bins(self) -> tuple[int, ...]:
        """Number of bins of each column."""
        return tuple(len(edges) - 1 for edges in self.edges)

    @property
    def widths(self) -> tuple[float, ...]:
        """Width of the bins of each column."""
        return tuple(float(edges[-1] - edges[0]) / (len(edges) - 1) for edges in self.edges)

    @property
    def indices(self) -> NDArray[np.int64]:
        """Bins of the occupied cells, one row a cell and one column a column, in the order of their numbers."""
        keys = np.flatnonzero(self.counts) if self.keys is None else self.keys
        columns = []
        for n in reversed(self.bins):
            keys, column = np.divmod(keys, n)
            columns.append(column)
        return np.column_stack(columns[::-1]).astype(np.int64, copy=False)

    def entropy(
        self, *, correction: str | None = None, density: bool = True, base: float | None = None
    ) -> EntropyEstimate:
        """Return the entropy of the samples inside the range.

        Parameters
        ----------
        correction : None, "miller-madow", "grassberger", "chao-shen" or "nsb"
            How to correct for the samples being finitely many; None where they are not.
        density : bool, default True
            Whether to add the log volume of a cell: the differential entropy of a density that is constant in every
            cell. Without, the Shannon entropy of the cell.
        base : float, optional
            Unit of the result: 2 for bits. Nats by default.

        Returns
        -------
        EntropyEstimate
            A float, with what is needed to judge it.

        Raises
        ------
        ValueError
            If no sample is inside the range, and for corrections and bases out of range.
        """
        unit = unit_of(base)
        log_volume = math.fsum(map(math.log, self.widths)) if density else 0.0
        if self.n_samples is None:
            return self._limit_entropy(correction, log_volume, unit)
        return plugin_entropy(
            self.counts.astype(np.int64, copy=False),
            correction=correction,
            log_volume=log_volume,
            n_bins=math.prod(self.bins),
            outside=int(self.outside),
            unit=unit,
        )

    def pointwise_mutual_info(self, *, base: float | None = None) -> PointwiseMutualInfo:
        """Return how much more or less often than by chance bins of the two columns occur together.

        Parameters
        ----------
        base : float, optional
            Unit of the result: 2 for bits. Nats by default.

        Returns
        -------
        PointwiseMutualInfo
            Tables of the shape of the counts, and the edges.

        Raises
        ------
        ValueError
            For other than two columns, more cells than a dense histogram has, and if no sample is inside the range.
        """
        unit = unit_of(base)
        if self.n_dims != 2 or self.is_sparse:
            raise ValueError(
                f"a histogram of {_shape(self.bins)} bins is no table of two columns; pass two columns to histogram, "
                "and bins for at most 2**27 cells"
            )
        x, y = self.edges
        return of_table(self.counts, x, y, unit)

    def _limit_entropy(self, correction: str | None, log_volume: float, unit: float) -> EntropyEstimate:
        """Return -sum p log p of the probabilities, given that the range holds the sample."""
        if correction is not None:
            raise ValueError(
                f"correction={correction!r} is for finitely many samples, and these are probabilities; pass None"
            )
        p = np.ravel(self.counts).astype(np.float64, copy=False)
        inside = float(p.sum())
        if inside <= 0:
            raise ValueError("nothing is inside the range; pass a range that holds some of the probability")
        surprise, _, _ = _core.expected_plugin(p, inside, math.inf, 1)
        return EntropyEstimate((surprise + log_volume) / unit, outside=self.outside, unit=unit)

    def __repr__(self) -> str:
        """Return what it is, in one line, without the counts."""
        storage = "dense" if self.keys is None else "sparse"
        if self.n_samples is None:
            content = f"probabilities of {np.count_nonzero(self.counts)} cells, {self.outside:.3g} outside"
        else:
            content = f"{self.n_samples} samples in {np.count_nonzero(self.counts)} cells, {self.outside} outside"
        return f"<Histogram of {_shape(self.bins)} bins, {storage}: {content}; range: {self.range_rule}>"


def histogram(
    x: ArrayLike,
    *,
    bins: Bins = 20,
    range: BinRange = None,  # noqa: A002
    nan_policy: NanPolicy = "raise",
    workers: int | None = None,
) -> Histogram:
    """Count samples in equally wide bins, in any number of dimensions.

    The counts and the edges are those of ``numpy.histogramdd``, integer for integer and bit for bit.

    Parameters
    ----------
    x : array_like of shape (n_samples,) or (n_samples, n_columns)
        The samples. Any real type; taken as float64, which is not copied, whatever its strides.
    bins : int or sequence of int, default 20
        Number of bins, of all columns or of each.
    range : None, (low, high) or sequence, optional
        The outer edges: one pair for all columns, or an entry a column. None stands for the samples' own extremes, half
        a unit to either side where they are equal. Samples outside are counted in ``outside``.
    nan_policy : {"raise", "omit", "propagate"}
        What NaN in a row does: raise an error, or leave the row out, as if it had not been passed. It cannot be
        propagated to integers, so that is an error, too.
    workers : int, optional
        Threads: None for OpenMP's default, -1 for all cores. The result does not depend on it.

    Returns
    -------
    Histogram
        Dense up to 2**27 cells in up to 32 columns, where it takes 8 bytes a cell, and up to 1 GiB more for counts of
        the threads' own; sparse beyond, which takes 16 bytes a sample along the way.

    Raises
    ------
    ValueError
        For infinite values, NaN unless it is to be omitted, empty or ragged input, ranges that are not finite or not
        ascending or too narrow for their bins to be told apart in float64, bins below 1, and 2**63 cells or more.
    TypeError
        For complex, object, text and masked arrays, and for bins or workers that are no integers.

    References
    ----------
    C. R. Harris et al., "Array programming with NumPy", Nature 585, 357 (2020): ``numpy.histogramdd``.

    Examples
    --------
    >>> import numpy as np
    >>> import fastmi
    >>> x = np.random.default_rng(1).normal(size=(10_000, 13))
    >>> fastmi.histogram(x[:, :3], range=(-3, 3))
    <Histogram of 20 x 20 x 20 bins, dense: 10000 samples in 2789 cells, 90 outside; range: given>
    >>> fastmi.histogram(x)
    <Histogram of 20^13 bins, sparse: 10000 samples in 10000 cells, 0 outside; range: the samples' own extremes>
    """
    samples = as_columns("x", x, "one row")
    n_columns = samples.shape[1]
    all_bins = as_bins(bins, n_columns)
    check_cells(all_bins)
    ranges = as_ranges(range, n_columns)
    check_nan_policy(nan_policy)
    threads = as_workers(workers)

    extremes = _extremes(samples, nan_policy, threads) if None in ranges else None
    own = [] if extremes is None else extremes.columns
    edges = equal_edges([pair or _around(*own[column]) for column, pair in enumerate(ranges)], all_bins)
    keys: NDArray[np.int64] | None
    if fits_table(all_bins):
        keys, counts = None, np.zeros(all_bins, np.int64)
        n_uncounted, all_finite = _core.fill_histogram(samples, edges, counts, threads)
    else:
        keys, counts, n_uncounted, all_finite = _core.sparse_histogram(samples, edges, threads)
    if extremes is None and not all_finite:
        extremes = _extremes(samples, nan_policy, threads)
    n_omitted = 0 if extremes is None else extremes.n_with_nan
    return Histogram(counts, tuple(edges), len(samples) - n_omitted, n_uncounted - n_omitted, keys, _rule(ranges, own))


def fits_table(bins: Sequence[int]) -> bool:
    """Return whether a histogram of these bins is dense."""
    return math.prod(bins) <= _MOST_DENSE_CELLS and len(bins) <= _MOST_DENSE_DIMS


def check_cells(bins: Sequence[int]) -> None:
    """Raise if the cells cannot be numbered."""
    if math.prod(bins) > _MOST_CELLS:
        raise ValueError(
            f"{_shape(bins)} bins make more than 2**63 - 1 cells, which have no 64-bit numbers; pass fewer bins a "
            "column, or fewer columns"
        )


def edges_around(
    samples: NDArray[np.float64], bins: Sequence[int], ranges: Sequence[tuple[float, float] | None], name: str = "x"
) -> list[NDArray[np.float64]]:
    """Return the edges of equally wide bins in the ranges, or from the least to the greatest of finite samples."""
    pairs = [pair or _around(float(c.min()), float(c.max())) for c, pair in zip(samples.T, ranges, strict=True)]
    return equal_edges(pairs, bins, name)


def equal_edges(
    ranges: Sequence[tuple[float, float]], bins: Sequence[int], name: str = "x"
) -> list[NDArray[np.float64]]:
    """Return the edges of equally wide bins, as numpy's, or raise where they cannot be told apart."""
    edges = []
    for column, ((low, high), n) in enumerate(zip(ranges, bins, strict=True)):
        with np.errstate(over="ignore", invalid="ignore"):
            edges.append(np.linspace(low, high, n + 1))
            ascending = bool((np.diff(edges[-1]) > 0).all())
        if not math.isfinite(high - low):
            raise ValueError(
                f"the range ({low}, {high}) of column {column} is wider than the greatest float64; divide {name} by 2"
            )
        if not ascending:
            raise ValueError(
                f"the range ({low}, {high}) of column {column} is too narrow for {n} bins: float64 cannot tell their "
                f"edges apart; pass fewer bins, a wider range, or {name} with its offset subtracted"
            )
    return edges


def _extremes(samples: NDArray[np.float64], nan_policy: NanPolicy, threads: int) -> _Extremes:
    """Return the extremes of the columns, or raise for what is not finite."""
    extremes = _Extremes(*_core.find_extremes(samples, threads))
    if extremes.first_infinite >= 0:
        raise ValueError(
            f"x has an infinite value in row {extremes.first_infinite}, which no bin can hold: remove the row, or set "
            "it to NaN and pass nan_policy='omit'"
        )
    if extremes.n_with_nan and nan_policy != "omit":
        why = "" if nan_policy == "raise" else "which counts cannot show (integers have no NaN); "
        raise ValueError(
            f"x has NaN in {extremes.n_with_nan} of {len(samples)} rows, first in row {extremes.first_with_nan}; {why}"
            "pass nan_policy='omit' to leave such rows out"
        )
    if extremes.n_with_nan == len(samples):
        raise ValueError(f"x has NaN in all of its {len(samples)} rows; pass at least one row without")
    return extremes


def _around(low: float, high: float) -> tuple[float, float]:
    """Return numpy's range for samples between these extremes."""
    return (low, high) if low < high else (low - 0.5, high + 0.5)


def _rule(ranges: Sequence[tuple[float, float] | None], own: Sequence[tuple[float, float]]) -> str:
    """Say how the ranges came about: which were given, and which are the samples' own."""
    constant = [column for column, (low, high) in enumerate(own) if low == high and ranges[column] is None]
    rule = range_rule(ranges, "the samples' own extremes")
    if constant:
        rule += f", half a unit around constant column {', '.join(map(str, constant))}"
    return rule


def range_rule(ranges: Sequence[tuple[float, float] | None], rule: str) -> str:
    """Say how the ranges came about: which were given, and that `rule` made the others."""
    given = [column for column, pair in enumerate(ranges) if pair is not None]
    if len(given) == len(ranges):
        return "given"
    return f"{rule}, given for column {', '.join(map(str, given))}" if given else rule


def _shape(bins: Sequence[int]) -> str:
    if len(bins) > 4 and len(set(bins)) == 1:
        return f"{bins[0]}^{len(bins)}"
    return " x ".join(map(str, bins))
