"""The heat map of the quick start: what four neurons know of five quantities."""

import matplotlib.pyplot as plt
import numpy as np

import fastmi
from fastmi.toy import toy_event

event = toy_event(1, n_hits=5000)
quantities = ["r", "phi_hit", "z", "pt", "eta"]
y = np.column_stack([event[name] for name in quantities])
known = fastmi.mutual_info_matrix(
    event["latent"][:, :4], y, y_period=[None, 2 * np.pi, None, None, None], nan_policy="omit"
)

figure, axis = plt.subplots(figsize=(5, 3))
image = axis.imshow(known, cmap="Blues", vmin=0)
axis.set_xticks(range(5), quantities)
axis.set_yticks(range(4), [f"neuron {i}" for i in range(4)])
axis.grid(visible=False)
figure.colorbar(image, label="mutual information (nats)")
