"""Estimates in nats, each with what is needed to judge it."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fastmi._warnings import warn

# From this share of coinciding samples on, they alone move the estimate by more than its usual standard error.
_COINCIDENT_SHARE = 1e-3


class Estimate(NamedTuple):
    """An estimate, and of how many samples."""

    mutual_info: float
    n_samples: int
    n_coincident: int = 0  # samples of radius 0, where there must not be any

    @property
    def doubtful(self) -> bool:
        """Whether so many samples coincide that the estimate means little."""
        return self.n_coincident > _COINCIDENT_SHARE * self.n_samples


class LocalEstimate(NamedTuple):
    """The terms of single samples, whose mean is the estimate."""

    terms: NDArray[np.float64]
    n_coincident: int = 0

    @property
    def whole(self) -> Estimate:
        """The estimate."""
        return Estimate(float(self.terms.mean()), len(self.terms), self.n_coincident)


class Estimates(NamedTuple):
    """Estimates of many pairs; the fields are arrays of one shape."""

    mutual_info: NDArray[np.float64]
    n_samples: NDArray[np.int64]
    n_coincident: NDArray[np.int64]

    @classmethod
    def unknown(cls, shape: tuple[int, ...]) -> "Estimates":
        """Return estimates to be filled in, NaN of no samples so far."""
        return cls(np.full(shape, np.nan), np.zeros(shape, np.int64), np.zeros(shape, np.int64))

    @property
    def worst(self) -> tuple[int, int]:
        """Where the greatest share of samples coincides."""
        share = self.n_coincident / np.maximum(self.n_samples, 1)
        i, j = np.unravel_index(np.argmax(share), share.shape)
        return int(i), int(j)

    def at(self, i: int, j: int) -> Estimate:
        """Return the estimate of one pair."""
        return Estimate(float(self.mutual_info[i, j]), int(self.n_samples[i, j]), int(self.n_coincident[i, j]))

    def mirrored(self) -> "Estimates":
        """Return the same with what is above the diagonal also below it."""
        below = np.tri(len(self.mutual_info), k=-1, dtype=np.bool_)
        return Estimates(*(np.where(below, field.T, field) for field in self))

    @property
    def doubtful(self) -> NDArray[np.bool_]:
        """Where so many samples coincide that the estimate means little."""
        return are_doubtful(self.n_coincident, self.n_samples)


def are_doubtful(n_coincident: NDArray[np.int64], n_samples: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return where so many samples coincide that an estimate means little."""
    return n_coincident > _COINCIDENT_SHARE * n_samples


def warn_if_coincident(estimate: Estimate, which: str = "") -> None:
    """Warn where so many samples coincide that the estimate means little."""
    if estimate.doubtful:
        warn(
            f"{estimate.n_coincident / estimate.n_samples:.1%} of the samples{which} coincide with at least k others in "
            'x and y together, or for "ksg2" in one of them (radius 0). KSG assumes a density, which such data does not '
            'have: the estimate means little. For discrete or mixed data use method="mixed".'
        )
