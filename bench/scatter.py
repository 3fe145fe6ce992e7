"""Mean and scatter of an estimate over data sets."""

import warnings
from collections.abc import Callable

import numpy as np


def scatter(answer: Callable[[np.random.Generator], float], n_sets: int) -> str:
    """Return the mean and the standard deviation of the answers on so many data sets, three decimals each."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # what is warned of is what is to be shown
        values = [answer(np.random.default_rng(seed)) for seed in range(n_sets)]
    return f"{np.mean(values):z.3f} ± {np.std(values, ddof=1):.3f}"
