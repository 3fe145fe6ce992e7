"""Columns that know nothing: what an estimate says of them is its noise and its bias."""

import numpy as np
from numpy.typing import NDArray

NOISE = ("uniform", "normal", "poisson")
CONTROLS = (*NOISE, "permutation")

# So large that counts, scaled to unit variance, are all but continuous: KSG reads something into coarser steps.
_POISSON_MEAN = 1e12


def noise(kind: str, n_samples: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return one column of independent samples."""
    if kind == "uniform":
        return rng.uniform(size=n_samples)
    if kind == "normal":
        return rng.normal(size=n_samples)
    return np.asarray(rng.poisson(_POISSON_MEAN, size=n_samples) / np.sqrt(_POISSON_MEAN))
