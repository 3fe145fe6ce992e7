"""Two independent series with a memory, and two ways to ask what independence looks like."""

import matplotlib.pyplot as plt
import numpy as np

import fastmi


def series(memory, n, rng):
    """Return a series of unit variance in which each value is the last one times `memory`, and noise."""
    x = rng.normal(size=n)
    for i in range(1, n):
        x[i] = memory * x[i - 1] + np.sqrt(1 - memory**2) * x[i]
    return x


rng = np.random.default_rng(1)
x, y = series(0.99, 1000, rng), series(0.99, 1000, rng)
permuted = [fastmi.mutual_info(x, rng.permutation(y)) for _ in range(500)]
shifted = [fastmi.mutual_info(x, np.roll(y, shift)) for shift in range(100, 900, 2)]

plt.hist(permuted, bins=20, density=True, alpha=0.6, label="rows of y permuted")
plt.hist(shifted, bins=20, density=True, alpha=0.6, label="y shifted in time")
plt.axvline(fastmi.mutual_info(x, y), color="k", label="estimate; the truth is 0")
plt.xlabel("mutual information (nats)")
plt.ylabel("density")
plt.legend()
