"""Ceilings: the most that so many samples or bins can tell, whatever they come from."""

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

draws = np.logspace(3, 15, 25)
density = fastmi.KernelDensity(0.67).fit(rng.normal(size=(10_000, 13)))
entropies = [density.entropy(n_samples=int(m), rng=0) for m in draws]
right.axhline(6.5 * np.log(2 * np.pi * np.e), color="k", linestyle="--", label="truth")
right.semilogx(draws, entropies, ".", color="tab:blue", label="histogram of so many draws")
right.semilogx(draws, [h.ceiling for h in entropies], ":", color="tab:blue", label="ceiling")
right.set(xlabel="draws from a kernel density in 13 columns", ylabel="entropy (nats)", ylim=(0, 25))
right.legend()
