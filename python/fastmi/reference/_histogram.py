"""Histograms by NumPy: ``numpy.histogramdd``, and where its table would not fit, ``numpy.unique`` of rows of bins."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastmi._arguments import (
    BinRange,
    Bins,
    NanPolicy,
    as_bins,
    as_ranges,
    as_samples,
    as_workers,
    check_nan_policy,
)
from fastmi._histogram import Histogram, fits_table


def histogram(
    x: ArrayLike,
    *,
    bins: Bins = 20,
    range: BinRange = None,  # noqa: A002
    nan_policy: NanPolicy = "raise",
    workers: int | None = None,
) -> Histogram:
    """Return the counts of samples in equally wide bins; see :func:`fastmi.histogram`."""
    as_workers(workers)
    check_nan_policy(nan_policy)
    samples, has_nan = as_samples("x", x)
    if has_nan and nan_policy != "omit":
        raise ValueError("x has NaN, which counts cannot show; pass nan_policy='omit'")
    samples = samples[~np.isnan(samples).any(axis=1)]
    n_samples, n_columns = samples.shape
    all_bins = as_bins(bins, n_columns)
    ranges = as_ranges(range, n_columns)
    rule = "given" if None not in ranges else "the samples' own extremes where none is given"
    if fits_table(all_bins):
        table, dense_edges = np.histogramdd(samples, all_bins, ranges)  # type: ignore[arg-type]
        counts = table.astype(np.int64)
        return Histogram(counts, tuple(dense_edges), n_samples, n_samples - int(counts.sum()), None, rule)

    edges = tuple(
        np.histogram_bin_edges(column, n, pair) for column, n, pair in zip(samples.T, all_bins, ranges, strict=True)
    )
    inside = np.ones(n_samples, np.bool_)
    bin_of = np.empty(samples.shape, np.int64)
    for c, column in enumerate(samples.T):
        inside &= (column >= edges[c][0]) & (column <= edges[c][-1])
        bin_of[:, c] = np.searchsorted(edges[c], column, side="right") - 1
        bin_of[column == edges[c][-1], c] -= 1
    rows, counts = np.unique(bin_of[inside], axis=0, return_counts=True)
    keys: NDArray[np.int64] = np.zeros(len(rows), np.int64)
    for c, n in enumerate(all_bins):
        keys = keys * n + rows[:, c]
    return Histogram(counts, edges, n_samples, int((~inside).sum()), keys, rule)
