"""The table as a picture. Needs matplotlib, the extra [plot]."""

from pathlib import Path

import numpy as np

from fastmi._information_table import InformationTable


def heat_map(path: Path, table: InformationTable, title: str) -> None:
    """Save the table as a heat map, its groups of rows set apart; what is doubtful is grey and marked.

    The controls share the colours of the neurons, so that noise looks like nothing; the joint row has its own.
    """
    from matplotlib.figure import Figure

    groups = table.groups
    heights = [len(group) for group in groups]
    figure = Figure(figsize=(2.6 + 0.85 * len(table.columns), 1.2 + 0.36 * sum(heights)), layout="constrained")
    axes = figure.subplots(len(groups), 1, squeeze=False, sharex=True, gridspec_kw={"height_ratios": heights})[:, 0]
    every = np.ma.masked_where(table.estimates.doubtful, table.estimates.mutual_info)
    neurons = every[: len(table.neurons)]
    first = 0
    for axis, group in zip(axes, groups, strict=True):
        values = every[first : first + len(group)]
        first += len(group)
        scale = max((values if group == table.joint else neurons).max(), 0.1)
        axis.imshow(values, aspect="auto", cmap="viridis", vmin=0.0, vmax=scale)
        axis.set_facecolor("lightgrey")
        for (i, j), value in np.ndenumerate(values.data):
            doubtful = np.ma.getmaskarray(values)[i, j]
            colour = "black" if doubtful or value > 0.6 * scale else "white"
            axis.text(j, i, f"{value:.2f}" + "*" * int(doubtful), ha="center", va="center", color=colour, size=8)
        axis.set_yticks(range(len(group)), group)
        axis.tick_params(length=0)
    axes[-1].set_xticks(range(len(table.columns)), table.columns)
    figure.suptitle(title)
    figure.savefig(path, dpi=150)
