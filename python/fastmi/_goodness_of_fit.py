"""How well a kernel density fits data, column by column."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fastmi import _core

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Array = NDArray[np.float64]

# Ranks at which the distribution function is evaluated first, less one.
_COARSE_STEPS = 64
# Of the picture: bins of the data, and points of the curve in each.
_BINS = 60
_POINTS_PER_BIN = 5


@dataclass(frozen=True, eq=False)
class GoodnessOfFit:
    """The Kolmogorov-Smirnov distance of data to a fitted density in each column, and a picture of both.

    Attributes
    ----------
    distance : ndarray of shape (n_columns,)
        The greatest difference between the share of the samples and the probability below a value: 0 for a perfect
        fit, 1 for none.
    """

    distance: Array
    _samples: Array = field(repr=False)
    _centers: Array = field(repr=False)
    _bandwidth: Array = field(repr=False)

    def __repr__(self) -> str:
        """Show the distances, rounded."""
        return f"GoodnessOfFit(distance=[{', '.join(f'{distance:.3g}' for distance in self.distance)}])"

    def plot(self, axes: "Axes | Sequence[Axes] | NDArray[np.object_] | None" = None) -> "Figure":
        """Draw a histogram of the data and the fitted density, one panel a column.

        Parameters
        ----------
        axes : matplotlib Axes or sequence of them, optional
            Where to draw, one for each column; by default in a new figure.

        Returns
        -------
        matplotlib.figure.Figure

        Raises
        ------
        ImportError
            Without matplotlib, the extra ``fastmi[plot]``.
        ValueError
            For another number of axes than columns.
        """
        try:
            from matplotlib.figure import Figure
        except ImportError as error:
            raise ImportError("plot needs matplotlib; install it with: pip install 'fastmi[plot]'") from error
        n_columns = len(self.distance)
        if axes is None:
            n_across = min(n_columns, 4)
            n_down = -(-n_columns // n_across)
            figure = Figure(figsize=(3.6 * n_across, 2.8 * n_down), layout="constrained")
            panels = figure.subplots(n_down, n_across, squeeze=False).ravel()
            for unused in panels[n_columns:]:
                unused.remove()
            panels = panels[:n_columns]
        else:
            panels = np.ravel(np.asarray(axes, dtype=object))
            if len(panels) != n_columns:
                raise ValueError(f"axes holds {len(panels)} of them for {n_columns} columns; pass one a column")
        for column, panel in enumerate(panels):
            self._draw(column, panel)
        whole: Figure = panels[0].figure
        return whole

    def _draw(self, column: int, axes: "Axes") -> None:
        density, edges = np.histogram(self._samples[:, column], bins=_BINS, density=True)
        fine = np.linspace(edges[0], edges[-1], _BINS * _POINTS_PER_BIN + 1)
        cdf = _core.normal_mixture_cdf(np.sort(self._centers[:, column]), self._bandwidth[column], fine, 0)
        axes.stairs(density, edges, fill=True, color="lightgrey", label="data")
        axes.plot((fine[1:] + fine[:-1]) / 2, np.diff(cdf) / np.diff(fine), label="fit")
        axes.set_xlabel(f"column {column}")
        axes.set_ylabel("density")
        axes.set_title(f"KS distance {self.distance[column]:.3g}", fontsize="medium")
        axes.legend()


def goodness_of_fit(samples: Array, centers: Array, bandwidth: Array, workers: int) -> GoodnessOfFit:
    """Compare the samples, column by column, with the density around the centers."""
    distance = []
    for column, h in enumerate(bandwidth):
        sorted_centers = np.sort(centers[:, column])

        def cdf(x: Array, sorted_centers: Array = sorted_centers, h: float = h) -> Array:
            return _core.normal_mixture_cdf(sorted_centers, h, x, workers)

        distance.append(_kolmogorov_smirnov(np.sort(samples[:, column]), cdf))
    return GoodnessOfFit(np.array(distance), samples, centers, bandwidth)


def _kolmogorov_smirnov(x: Array, cdf: Callable[[Array], Array]) -> float:
    """Return the greatest |F_n - F| for sorted x, where F_n is their empirical distribution function.

    Between two samples F and F_n stay between their values there, which bounds the difference: F is evaluated only
    where the bound exceeds the greatest difference so far, some hundred times for thousands of samples.
    """
    n = len(x)
    rank = np.unique(np.linspace(0, n - 1, _COARSE_STEPS + 1).astype(np.int64))
    value = cdf(x[rank])
    greatest = 0.0
    left, right, value_left, value_right = rank[:-1], rank[1:], value[:-1], value[1:]
    while True:
        greatest = max(greatest, float(np.maximum((rank + 1) / n - value, value - rank / n).max()))
        bound = np.maximum(right / n - value_left, value_right - (left + 1) / n)
        open_ = (right - left > 1) & (bound > greatest)
        if not open_.any():
            return greatest
        left, right = left[open_], right[open_]
        value_left, value_right = value_left[open_], value_right[open_]
        rank = (left + right) // 2
        value = cdf(x[rank])
        left, right = np.concatenate([left, rank]), np.concatenate([rank, right])
        value_left, value_right = np.concatenate([value_left, value]), np.concatenate([value, value_right])
