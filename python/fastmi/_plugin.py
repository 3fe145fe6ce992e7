"""Entropies from counts: the plug-in estimate -sum p log p with p = n / M, and its corrections.

Everything follows from the counts of counts, how many bins hold 1, 2, 3 ... samples: tables of millions of bins shrink
to a few hundred numbers at once.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fastmi._arguments import check_correction
from fastmi._entropy_estimate import EntropyEstimate
from fastmi._nsb import nsb
from fastmi._special import digamma


class CountsOfCounts(NamedTuple):
    """How many bins hold how many samples."""

    n: NDArray[np.float64]  # ascending, positive: what a bin may hold
    bins: NDArray[np.float64]  # how many bins hold it
    n_samples: int

    @property
    def n_singletons(self) -> int:
        """Bins that hold one sample."""
        return int(self.bins[0]) if self.n[0] == 1 else 0


def plugin_entropy(
    counts: NDArray[np.int64],
    *,
    correction: str | None,
    log_volume: float = 0.0,
    n_bins: int | None = None,
    outside: int = 0,
    unit: float = 1.0,
) -> EntropyEstimate:
    """Return the entropy of a distribution of which bins hold these counts.

    `log_volume` is the mean log volume of a bin, added to make the entropy a differential one. `n_bins` is the number
    of bins there can be, None if they are those that hold samples; only "nsb" asks for it.
    """
    check_correction(correction)
    found = counts_of_counts(counts)
    n_bins = int(found.bins.sum()) if n_bins is None else n_bins
    value = _nsb(found, n_bins) if correction == "nsb" else _CLOSED_FORMS[correction](found)
    return EntropyEstimate(
        (value + log_volume) / unit,
        ceiling=(math.log(found.n_samples) + log_volume) / unit,
        singleton_fraction=found.n_singletons / found.n_samples,
        slope=_slope(found),
        n_samples=found.n_samples,
        outside=outside,
        unit=unit,
    )


def counts_of_counts(counts: NDArray[np.int64]) -> CountsOfCounts:
    """Count the counts, leaving out the empty bins."""
    flat = counts.reshape(-1)
    n_samples = int(flat.sum())
    if n_samples == 0:
        raise ValueError("no samples are in the bins; pass a range that holds some of them, or range=None")
    if flat.max() < len(flat):
        bins = np.bincount(flat)
        n = np.flatnonzero(bins)
        bins = bins[n]
    else:
        n, bins = np.unique(flat, return_counts=True)
    occupied = n > 0
    return CountsOfCounts(n[occupied].astype(np.float64), bins[occupied].astype(np.float64), n_samples)


def _plugin(found: CountsOfCounts) -> float:
    """Maximum likelihood: H = sum p log(1 / p). No term is negative, not even by rounding."""
    p = found.n / found.n_samples
    return float(found.bins @ (p * np.log(found.n_samples / found.n)))


def _miller_madow(found: CountsOfCounts) -> float:
    """Miller (1955): add (K - 1) / 2M, the first order of the bias with K bins occupied."""
    return _plugin(found) + float(found.bins.sum() - 1) / (2 * found.n_samples)


def _grassberger(found: CountsOfCounts) -> float:
    """Grassberger (2003): H = log M - sum p G(n).

    G(n) = psi(n) + (-1)^n (psi((n + 1) / 2) - psi(n / 2)) / 2, which the duplication formula of psi turns into
    log 2 + psi(1/2 + the integer part of n / 2).
    """
    g = math.log(2) + digamma(np.floor(found.n / 2) + 0.5)
    return math.log(found.n_samples) - float(found.bins @ (found.n * g)) / found.n_samples


def _chao_shen(found: CountsOfCounts) -> float:
    """Chao and Shen (2003): each p shrunk by the coverage C, and weighed by its chance 1 - (1 - Cp)^M to be seen.

    C = 1 - f1 / M, where f1 bins hold one sample, vanishes if all do; f1 = M - 1 is taken then.
    """
    f1 = min(found.n_singletons, found.n_samples - 1)
    p = (1 - f1 / found.n_samples) * found.n / found.n_samples
    with np.errstate(divide="ignore"):  # one bin alone, p = 1, is certainly seen
        seen = -np.expm1(found.n_samples * np.log1p(-p))
    return float(found.bins @ (p * np.log(1 / p) / seen))


def _nsb(found: CountsOfCounts, n_bins: int) -> float:
    """Nemenman, Shafee and Bialek (2002)."""
    return nsb(found.n, found.bins, n_bins)


_CLOSED_FORMS: dict[str | None, Callable[[CountsOfCounts], float]] = {
    None: _plugin,
    "miller-madow": _miller_madow,
    "grassberger": _grassberger,
    "chao-shen": _chao_shen,
}


def _slope(found: CountsOfCounts) -> float:
    """Return dH / dlog M of the plug-in estimate: (M - 1) (H_M - the mean of H_(M-1) with one sample left out).

    The logarithms of M and of p combine to sum p (r(M) - r(n)), with r(n) = (n - 1) log(n / (n - 1)).
    """
    p = found.n / found.n_samples
    return float(found.bins @ (p * (_r(np.float64(found.n_samples)) - _r(found.n))))


def _r(n: NDArray[np.float64] | np.float64) -> NDArray[np.float64]:
    return np.asarray((1 - n) * np.log1p(-1 / np.maximum(n, 2)))
