"""What 12 neurons know of seven quantities, alone and jointly: means over 20 events, with controls."""

import matplotlib.pyplot as plt
import numpy as np

import fastmi
from fastmi.toy import toy_events

found = fastmi.scan(
    toy_events(20, seed=1, n_hits=3000),
    x="latent",
    y=["pt", "eta", "phi", "vz", "r", "phi_hit", "z"],
    period={"phi": 2 * np.pi, "phi_hit": 2 * np.pi},
    controls=["uniform", "normal", "poisson"],
    rng=1,
)
with plt.rc_context({"axes.grid": False}):
    plt.figure(found.plot())
