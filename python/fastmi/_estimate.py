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


class LocalEstimate(NamedTuple):
    """The terms of single samples, whose mean is the estimate."""

    terms: NDArray[np.float64]
    n_coincident: int = 0


class Estimates(NamedTuple):
    """Estimates of many pairs; the fields are arrays of one shape."""

    mutual_info: NDArray[np.float64]
    n_samples: NDArray[np.int64]
    n_coincident: NDArray[np.int64]

    @classmethod
    def unknown(cls, shape: tuple[int, ...]) -> "Estimates":
        """Return estimates to be filled in, NaN of no samples so far."""
        return cls(np.full(shape, np.nan), np.zeros(shape, np.int64), np.zeros(shape, np.int64))

    def mirrored(self) -> "Estimates":
        """Return the same with what is above the diagonal also below it."""
        below = np.tri(len(self.mutual_info), k=-1, dtype=np.bool_)
        return Estimates(*(np.where(below, field.T, field) for field in self))

    @property
    def doubtful(self) -> NDArray[np.bool_]:
        """Where so many samples coincide that the estimate means little."""
        return self.n_coincident > _COINCIDENT_SHARE * self.n_samples


def warn_if_coincident(n_coincident: int, n_samples: int, which: str = "") -> None:
    """Warn where so many samples coincide that the estimate means little."""
    if n_coincident <= _COINCIDENT_SHARE * n_samples:
        return
    warn(
        f"{n_coincident / n_samples:.1%} of the samples{which} coincide with at least k others in all columns together "
        "(radius 0). KSG assumes a density, which such data does not have: the estimate means little. For discrete or "
        'mixed data use method="mixed".'
    )
