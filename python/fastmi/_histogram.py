"""Stand-in for the histograms of the core, by NumPy."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastmi._arguments import BinRange, Bins, NanPolicy, as_bins, as_ranges, complete_samples, unit_of
from fastmi._entropy_estimate import EntropyEstimate
from fastmi._plugin import plugin_entropy


@dataclass(frozen=True, eq=False)
class Histogram:
    """Counts and edges."""

    counts: NDArray[np.int64]
    edges: tuple[NDArray[np.float64], ...]
    n_samples: int | None
    outside: int | float
    keys: NDArray[np.int64] | None
    range_rule: str

    @property
    def bins(self) -> tuple[int, ...]:
        """Bins a column."""
        return tuple(len(e) - 1 for e in self.edges)

    @property
    def widths(self) -> tuple[float, ...]:
        """Width of the bins of each column."""
        return tuple(float(e[-1] - e[0]) / (len(e) - 1) for e in self.edges)

    def entropy(
        self, *, correction: str | None = None, density: bool = True, base: float | None = None
    ) -> EntropyEstimate:
        """Return the entropy."""
        return plugin_entropy(
            self.counts,
            correction=correction,
            log_volume=math.fsum(map(math.log, self.widths)) if density else 0.0,
            n_bins=math.prod(self.bins),
            outside=int(self.outside),
            unit=unit_of(base),
        )


def histogram(
    x: ArrayLike,
    *,
    bins: Bins = 20,
    range: BinRange = None,  # noqa: A002
    nan_policy: NanPolicy = "raise",
    workers: int | None = None,  # noqa: ARG001
) -> Histogram:
    """Count samples in bins."""
    samples = complete_samples("x", x, nan_policy)
    assert samples is not None
    per_column = as_bins(bins, samples.shape[1])
    if math.prod(per_column) >= 2**63:
        raise ValueError("too many bins")
    ranges = as_ranges(range, samples.shape[1])
    edges = tuple(np.histogram_bin_edges(c, b, r) for c, b, r in zip(samples.T, per_column, ranges, strict=True))
    inside = np.all([(c >= e[0]) & (c <= e[-1]) for c, e in zip(samples.T, edges, strict=True)], axis=0)
    indices = [
        np.minimum(np.searchsorted(e, c[inside], "right") - 1, len(e) - 2)
        for c, e in zip(samples.T, edges, strict=True)
    ]
    flat = np.ravel_multi_index(indices, tuple(per_column))
    outside = int((~inside).sum())
    if math.prod(per_column) <= 2**27:
        counts = np.bincount(flat, minlength=math.prod(per_column)).reshape(per_column)
        return Histogram(counts, edges, len(samples), outside, None, "given")
    keys, counts = np.unique(flat, return_counts=True)
    return Histogram(counts, edges, len(samples), outside, keys, "given")
