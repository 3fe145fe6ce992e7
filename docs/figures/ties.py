"""Rounded values: KSG reads too high long before anything looks wrong."""

import warnings

import matplotlib.pyplot as plt
import numpy as np

import fastmi

rng = np.random.default_rng(1)
x, noise = rng.normal(size=(2, 1000))
y = 0.6 * x + 0.8 * noise
steps = np.logspace(-4, -0.3, 12)

plt.axhline(-0.5 * np.log(1 - 0.6**2), color="k", linestyle="--", label="truth before rounding")
for method, marker in ("ksg1", "o"), ("mixed", "s"):
    with warnings.catch_warnings(action="ignore"):  # the largest steps come with one
        found = [fastmi.mutual_info(*(step * np.round(u / step) for u in (x, y)), method=method) for step in steps]
    plt.loglog(steps, found, marker, label=method)
plt.xlabel("step to which x and y are rounded (their width is 1)")
plt.ylabel("mutual information (nats)")
plt.legend()
