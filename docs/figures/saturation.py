"""Ceilings: the most that so many samples or bins can tell, whatever they come from."""

import warnings

import matplotlib.pyplot as plt
import numpy as np

import fastmi

rng = np.random.default_rng(1)
x, noise = rng.normal(size=(2, 1000))
truth = np.linspace(0.25, 10, 20)
rho = np.sqrt(1 - np.exp(-2 * truth))
y = rho[:, np.newaxis] * x + np.sqrt(1 - rho**2)[:, np.newaxis] * noise

figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6))
left.plot(truth, truth, "k--", label="truth")
for colour, method in ("tab:blue", "ksg1"), ("tab:orange", "histogram"):
    left.plot(truth, [fastmi.mutual_info(x, y_i, method=method) for y_i in y], "o", color=colour, label=method)
    left.axhline(fastmi.mutual_info(x, x, method=method), color=colour, linestyle=":")
left.set(xlabel="truth (nats)", ylabel="estimate from 1,000 samples (nats)")
left.legend()

n_samples = np.logspace(1.5, 6, 10).astype(int)
columns = rng.normal(size=(n_samples[-1], 6))
with warnings.catch_warnings(action="ignore"):  # a saturated entropy says so
    entropies = [fastmi.entropy(columns[:n], method="histogram", range=(-5, 5)) for n in n_samples]
right.axhline(3 * np.log(2 * np.pi * np.e), color="k", linestyle="--", label="truth")
right.semilogx(n_samples, entropies, "o", color="tab:orange", label="histogram")
right.semilogx(n_samples, [h.ceiling for h in entropies], ":", color="tab:orange", label="ceiling")
right.set(xlabel="samples of 6 columns, in 20 bins each", ylabel="entropy (nats)")
right.legend()
