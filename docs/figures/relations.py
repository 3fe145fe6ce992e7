"""Four relations: what the correlation coefficient sees of them, and what mutual information sees."""

import matplotlib.pyplot as plt
import numpy as np

import fastmi

rng = np.random.default_rng(1)
x, noise = rng.normal(size=(2, 5000))
angle = rng.uniform(-np.pi, np.pi, size=5000)
radius = 1 + 0.1 * noise
relations = {
    "nothing": (x, noise),
    "a line": (x, 0.8 * x + 0.6 * noise),
    "a parabola": (x, x**2 + 0.5 * noise),
    "a ring": (radius * np.cos(angle), radius * np.sin(angle)),
}

figure, axes = plt.subplots(1, 4, figsize=(9, 2.7))
for axis, (name, (u, v)) in zip(axes, relations.items(), strict=True):
    axis.plot(u, v, ",", alpha=0.6)
    r, i = np.corrcoef(u, v)[0, 1], fastmi.mutual_info(u, v)
    axis.set(title=f"{name}\nr = {r:z.2f}, I = {i:z.2f}", xticks=[], yticks=[])
