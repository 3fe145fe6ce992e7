"""An entropy changes with the units of x, mutual information does not."""

import matplotlib.pyplot as plt
import numpy as np

import fastmi

rng = np.random.default_rng(1)
x, noise = rng.normal(size=(2, 10_000))
y = 0.8 * x + 0.6 * noise
scale = np.logspace(-2, 2, 9)
h_x = 0.5 * np.log(2 * np.pi * np.e)  # of a normal distribution of width 1

plt.semilogx(scale, h_x + np.log(scale), "k--", label="theory")
plt.semilogx(scale, [fastmi.entropy(s * x) for s in scale], "o", label="H(X)")
plt.semilogx(scale, np.full(9, -0.5 * np.log(1 - 0.8**2)), "k--")
plt.semilogx(scale, [fastmi.mutual_info(s * x, y) for s in scale], "s", label="I(X;Y)")
plt.xlabel("width of x")
plt.ylabel("nats")
plt.legend()
