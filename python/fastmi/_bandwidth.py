"""How wide the kernels of a density are: given, by a rule of thumb, or by cross-validation."""

import math
from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fastmi import _core
from fastmi._warnings import warn

Array = NDArray[np.float64]
Bandwidth = float | Sequence[float] | Array | Literal["scott", "silverman", "cv"]

_WAYS = "a number, one number a column, 'scott', 'silverman' or 'cv'"
# Once a step of the search for log h is so short, it is the last one, and leaves an error that is far less.
_PRECISION = 1e-4
# Rows that the first search asks: enough to tell a maximum from another, and for a good start.
_COARSE_ROWS = 512
# A row lies in a spike if its mean square distance to the others, weighted by their kernels, falls so far short of that
# of all rows, which is the number of columns at the best bandwidth; from this share of such rows on, that is one too
# small for a density.
_SPIKE = 0.1
_SPIKE_SHARE = 0.01
_ALL_REPEAT = (
    "every row of x repeats another, so that the leave-one-out likelihood of bandwidth='cv' grows without bound as the "
    "bandwidth goes to 0; pass a number, 'scott' or 'silverman', or the distinct rows"
)


def check_bandwidth(bandwidth: Bandwidth) -> None:
    """Raise unless it is a rule, or positive numbers."""
    if isinstance(bandwidth, str):
        if bandwidth not in ("scott", "silverman", "cv"):
            raise ValueError(f"bandwidth={bandwidth!r} is unknown; pass {_WAYS}")
        return
    try:
        array = np.asarray(bandwidth)
    except ValueError:
        array = np.empty(0, object)
    if array.dtype.kind not in "iuf":
        raise TypeError(f"bandwidth={bandwidth!r} is no number; pass {_WAYS}")
    if array.ndim > 1 or array.size == 0:
        raise ValueError(f"bandwidth has shape {array.shape}; pass {_WAYS}")
    bad = ~((array >= np.finfo(np.float64).tiny) & (array <= np.finfo(np.float64).max))
    if bad.any():
        raise ValueError(
            f"bandwidth has the entry {array[bad][0].item()!r}; a bandwidth is finite and at least 2.3e-308"
        )


def column_bandwidths(bandwidth: Bandwidth, centers: Array, workers: int) -> Array:
    """Return the bandwidth of each column."""
    check_bandwidth(bandwidth)  # again: an attribute may be set, and an array changed
    n, d = centers.shape
    if isinstance(bandwidth, str):
        if bandwidth == "scott":
            rule = n ** (-1 / (d + 4))
        elif bandwidth == "silverman":
            rule = (n * (d + 2) / 4) ** (-1 / (d + 4))
        else:
            rule = cross_validated(centers, workers)
        return np.full(d, rule)
    given = np.asarray(bandwidth, np.float64)
    if given.ndim == 1 and len(given) != d:
        raise ValueError(
            f"bandwidth has {len(given)} entries for {d} columns; pass one number for all columns, or one a column"
        )
    return np.full(d, given)


def cross_validated(centers: Array, workers: int) -> float:
    """Return the one bandwidth h for all columns that maximises the leave-one-out likelihood.

    With the weights w_ij = exp(-|x_i - x_j|^2 / 2 h^2) over their sum for all j != i, the derivative of the log
    likelihood by log h is

        n d (g(h)^2 / h^2 - 1),   g(h)^2 = 1 / (n d) sum_ij w_ij |x_i - x_j|^2,

    and g grows with h, from the distance of the nearest others to that of all others (both as a root mean square, over
    sqrt(d)). Between these two lies every maximum, each where log g(h) - log h crosses 0 on its way down.
    """
    n, d = centers.shape
    if n < 2:
        raise ValueError("bandwidth='cv' leaves one sample out and needs at least 2; pass more samples or a number")
    every_row, some_rows = np.arange(n), np.arange(0, n, -(-n // _COARSE_ROWS))

    def others(log_h: float, rows: NDArray[np.int64]) -> tuple[Array, Array, Array]:
        return _core.leave_one_out(centers, np.full(d, math.exp(log_h)), rows, workers)

    def excess(rows: NDArray[np.int64]) -> Callable[[float], float]:
        return lambda log_h: 0.5 * math.log(others(log_h, rows)[1].mean() / d)

    high = math.log(_distance_of_all(centers))
    nearest = others(high, every_row)[2]
    if not nearest.any():
        raise ValueError(_ALL_REPEAT)
    low = max(high + 0.5 * math.log(nearest.mean() / d), math.log(np.finfo(np.float64).tiny))

    # Some of the rows, against all others, say where the highest of the maxima is; all of them, where exactly.
    grid = np.linspace(low, high, 2 + math.ceil((high - low) / math.log(2)))
    best = int(np.argmax([others(log_h, some_rows)[0].mean() for log_h in grid]))
    around = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
    start, slope = _root_of_decreasing(excess(some_rows), *around, grid[best], -1.0)
    found, _ = _root_of_decreasing(excess(every_row), low, high, start, slope)
    _, mean_square, nearest = others(found, some_rows)
    _warn_of_spikes((nearest == 0) & (mean_square < _SPIKE * d), math.exp(found))
    return math.exp(found)


def _distance_of_all(centers: Array) -> float:
    """Return the root mean square distance of all pairs, over sqrt(d); it is what g(h) tends to."""
    with np.errstate(over="ignore", invalid="ignore"):
        scale = np.ptp(centers, axis=0).max()
        if scale == 0:
            raise ValueError(_ALL_REPEAT)
        variance = ((centers - centers[0]) / scale).var(axis=0, ddof=1).mean()
        distance = float(scale * math.sqrt(2 * variance))
    if not np.finfo(np.float64).tiny <= distance <= np.finfo(np.float64).max:
        raise ValueError(
            f"x spans {scale:.3g}, which bandwidth='cv' cannot search within float64; rescale x, or pass a number"
        )
    return distance


def _warn_of_spikes(in_spike: NDArray[np.bool_], h: float) -> None:
    """Warn if many rows are near others only in so far as they repeat them."""
    if in_spike.mean() > _SPIKE_SHARE:
        warn(
            f"about {in_spike.mean():.0%} of the rows of x owe their density under bandwidth='cv' ({h:.3g}) to rows they "
            "repeat, not to neighbours; pass a number, 'scott' or 'silverman', or data that is not rounded"
        )


def _root_of_decreasing(
    function: Callable[[float], float], low: float, high: float, start: float, slope: float
) -> tuple[float, float]:
    """Return where `function`, positive at `low` and negative at `high`, crosses 0, and its slope there.

    From `start` on the secant of the last two points leads to the next (the given slope to the first), if it stays
    inside and the last step came closer to 0 by a tenth at least; or else the middle does.
    """
    x, value, closer = start, function(start), True
    while True:
        low, high = (x, high) if value > 0 else (low, x)
        step = -value / slope if slope < 0 else math.inf
        if abs(step) < _PRECISION:
            return x + step, slope
        if high - low < _PRECISION:
            return x, slope
        following = x + step if closer and low < x + step < high else (low + high) / 2
        value_there = function(following)
        slope = (value_there - value) / (following - x)
        closer = abs(value_there) < 0.9 * abs(value)
        x, value = following, value_there
