"""Nearest neighbours see less and less in more and more columns."""

import matplotlib.pyplot as plt
import numpy as np

import fastmi

rng = np.random.default_rng(1)
y = rng.normal(size=10_000)
n_columns = [1, 2, 3, 4, 6, 8, 12, 16, 24]
samples = [y[:, np.newaxis] + 0.75 * np.sqrt(d) * rng.normal(size=(10_000, d)) for d in n_columns]

plt.axhline(-0.5 * np.log(1 - 0.8**2), color="k", linestyle="--", label="truth")
for method, marker in ("ksg1", "o"), ("ksg2", "v"), ("gaussian", "s"):
    plt.plot(n_columns, [fastmi.mutual_info(x, y, method=method) for x in samples], marker, label=method)
plt.xlabel("columns of x, which tell of y together")
plt.ylabel("mutual information (nats)")
plt.legend()
