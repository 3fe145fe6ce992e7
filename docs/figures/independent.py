"""Estimates where there is nothing to find."""

import matplotlib.pyplot as plt
import numpy as np

import fastmi

rng = np.random.default_rng(1)
found = np.array([fastmi.mutual_info(*rng.normal(size=(2, 1000))) for _ in range(1000)])

plt.hist(found, bins=40, color="tab:blue", alpha=0.6)
plt.axvline(found.mean(), color="tab:blue", label=f"mean: {found.mean():z.3f}")
plt.axvline(np.maximum(found, 0).mean(), color="tab:red", label=f"clipped at 0: {np.maximum(found, 0).mean():.3f}")
plt.xlabel("mutual information of 1,000 independent samples (nats)")
plt.ylabel("data sets of 1,000")
plt.legend()
