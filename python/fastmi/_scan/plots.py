"""Pictures of a result."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fastmi._scan.labels import (
    DOUBTFUL,
    LABELS,
    LESS_IS_MORE,
    NOTHING,
    PERMUTED_JOINT,
    UNITS,
    Summary,
    colour_range,
    events_of,
    groups_of,
    is_empty,
    printable,
    rows_of,
    summary,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage

    from fastmi._scan.result import ScanResult

_COLOUR_MAPS = {"x": "Blues", "joint": "Oranges", "control": "Blues"}
_BEST, _JOINT, _DOUBTFUL = "tab:blue", "tab:orange", "0.8"
_NOISE = "0.88"
_NAME_WIDTH = 30
_CHARACTER = 0.08  # inches of a name, on average
_LUMINANCE = (0.299, 0.587, 0.114)
_LARGEST = 60  # inches
_CENTRAL = (0.025, 0.25, 0.5, 0.75, 0.975)  # ends of whiskers and boxes, and the median


def plot(result: "ScanResult", view: str) -> "Figure":
    """Draw a view."""
    views = [*result.values, "spread"]
    if view not in views:
        raise ValueError(
            f"view={view!r} is none of {', '.join(views)}; to have other measures pass measures=(...) to scan"
        )
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise ImportError("plot() needs matplotlib: pip install 'fastmi[plot]'") from None
    figure = Figure(figsize=(5, 2), dpi=150, layout="constrained")
    if is_empty(result):
        figure.text(0.5, 0.5, NOTHING, ha="center", va="center")
    elif view == "spread":
        _draw_spread(figure, result, next(iter(result.values)))
    else:
        _draw_heat_maps(figure, result, view)
    return figure


def _draw_heat_maps(figure: "Figure", result: "ScanResult", measure: str) -> None:
    """Draw a heat map for each kind of rows, one above the other; controls share the colours of single columns."""
    found = summary(result, measure)
    groups = groups_of(result)
    x_names, y_names = _shown(result.x), _shown(result.y)
    width, height = np.clip(13 / len(y_names), 0.24, 0.6), np.clip(9 / len(x_names), 0.21, 0.36)  # of a cell
    figure.set_size_inches(
        np.clip(2.2 + _CHARACTER * _longest(x_names) + width * len(y_names), 6, _LARGEST),
        np.clip(1.3 + 0.7 * _CHARACTER * _longest(y_names) + height * (len(x_names) + len(groups)), 3, _LARGEST),
    )
    axes = figure.subplots(
        len(groups), 1, squeeze=False, sharex=True, height_ratios=[len(rows) for rows in groups.values()]
    )[:, 0]
    # Five characters have to fit the width of a cell.
    font_size = min(8.0, 21 * width, 50 * height) if max(len(x_names), len(y_names)) <= 40 else None
    images = {}
    for axis, (kind, rows) in zip(axes, groups.items(), strict=True):
        colour_map = _COLOUR_MAPS[kind] + ("_r" if measure in LESS_IS_MORE else "")
        limits = colour_range(measure, found.select(groups["joint" if kind == "joint" else "x"]))
        images[kind] = _draw_cells(axis, found.select(rows), colour_map, limits, font_size)
        axis.set_yticks(range(len(rows)), [x_names[i] for i in rows], parse_math=False)
    axes[-1].set_xticks(range(len(y_names)), y_names, parse_math=False, rotation=45, ha="right", rotation_mode="anchor")
    for kind, which in (("joint", "all jointly"), ("x", "single columns")):  # from right to left
        if kind in images:
            label = f"{which} ({UNITS[measure]})"
            figure.colorbar(images[kind], ax=list(axes), label=label, aspect=30, pad=0.02).outline.set_visible(False)
    mean = f"mean {LABELS[measure]}" if len(result.events) > 1 else LABELS[measure]
    figure.suptitle(f"{mean.capitalize()}, {events_of(result)}")
    if found.doubtful.any():
        figure.supxlabel(DOUBTFUL, size=8)


def _draw_cells(
    axis: "Axes", found: Summary, colour_map: str, limits: tuple[float, float], font_size: float | None
) -> "AxesImage":
    """Draw a heat map; what has no colour is grey, and the doubtful marked."""
    shaded = np.ma.masked_where(~found.shaded, found.mean)
    image = axis.imshow(shaded, aspect="auto", cmap=colour_map, vmin=limits[0], vmax=limits[1])
    axis.set_facecolor(_DOUBTFUL)
    axis.tick_params(length=0)
    axis.spines[:].set_color(_DOUBTFUL)
    dark = found.shaded & (image.to_rgba(shaded)[..., :3] @ _LUMINANCE < 0.5)
    for (i, j), value in np.ndenumerate(found.mean):
        text = ("" if font_size is None else f"{value:z.2f}") + ("*" if found.doubtful[i, j] else "")
        if text:
            colour = "white" if dark[i, j] else "black"
            axis.text(j, i, text, ha="center", va="center", color=colour, size=font_size or 6)
    return image


def _draw_spread(figure: "Figure", result: "ScanResult", measure: str) -> None:
    """Draw for each column of y how the best single column and all jointly spread over events, above their controls."""
    from matplotlib.patches import Patch

    found = summary(result, measure)
    quantiles = _quantiles(result.values[measure])
    best, joint = _best(result, measure, found), rows_of(result, "joint")
    single_controls, joint_controls = _controls(result)
    y = np.arange(len(result.y))
    series = [("best single column (named on the right)", _BEST, best, single_controls)]
    series += [("all jointly", _JOINT, np.full(len(y), row), joint_controls) for row in joint]
    legend = [Patch(color=colour, label=label) for label, colour, *_ in series]

    figure.set_size_inches(9, np.clip(2 + np.clip(14 / len(y), 0.28, 0.45) * len(y), 3, _LARGEST))
    axis = figure.subplots()
    axis.use_sticky_edges = False  # nothing lies on the frame
    if any(controls for *_, controls in series):
        legend.append(Patch(color=_NOISE, label="controls of each: what noise reaches"))
    axis.axvline(0, color="0.3", linewidth=0.8)
    for i, (_, colour, rows, controls) in enumerate(series):
        low, first, median, third, high = quantiles[:, rows, y]
        places = y + 0.8 * ((i + 0.5) / len(series) - 0.5)
        if controls:
            noise = quantiles[0, controls].min(axis=0), quantiles[-1, controls].max(axis=0)
            _draw_bars(axis, *noise, places, 0.8 / len(series), [_NOISE] * len(y))
        colours = np.where(found.doubtful[rows, y], _DOUBTFUL, colour).tolist()
        _draw_bars(axis, low, high, places, 0.08, colours)
        _draw_bars(axis, first, third, places, 0.6 / len(series), colours)
        axis.scatter(median, places, s=16, color="white", edgecolors=colours, zorder=3)

    doubtful = np.any([found.doubtful[rows, y] for _, _, rows, _ in series], axis=0)
    _name_spread(
        axis, result, doubtful, [result.x[row] if np.isfinite(found.mean[row, j]) else "" for j, row in enumerate(best)]
    )
    axis.set_xlabel("\n".join([f"{LABELS[measure]} ({UNITS[measure]})", *([DOUBTFUL] if doubtful.any() else [])]))
    axis.set_title(f"{LABELS[measure].capitalize()} over {events_of(result)}")
    explained = "points: medians; boxes: half of the events; lines and controls: 95% of them"
    figure.legend(handles=legend, title=explained, loc="outside lower center", ncols=3, frameon=False)


def _name_spread(axis: "Axes", result: "ScanResult", doubtful: NDArray[np.bool_], best: Sequence[str]) -> None:
    """Name the columns of y on the left, the best columns of x on the right."""
    y = np.arange(len(best))
    names = [name + "*" * int(mark) for name, mark in zip(_shown(result.y), doubtful, strict=True)]
    axis.set_yticks(y, names, parse_math=False)
    axis.secondary_yaxis("right").set_yticks(y, _shown(best), parse_math=False)
    axis.set_ylim(len(y) - 0.5, -0.5)
    axis.set_yticks(y[1:] - 0.5, minor=True)
    axis.tick_params(which="minor", length=0)
    axis.grid(which="minor", axis="y", color=_NOISE, linewidth=0.6)
    axis.set_axisbelow(True)


def _controls(result: "ScanResult") -> tuple[list[int], list[int]]:
    """Return where the controls of single columns are, and those of all jointly."""
    controls = rows_of(result, "control")
    joint = [row for row in controls if result.x[row] == PERMUTED_JOINT and "joint" in result.kinds]
    return [row for row in controls if row not in joint], joint


def _quantiles(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the quantiles over events that boxes are made of."""
    with np.errstate(invalid="ignore"):  # between infinities
        return np.quantile(values, _CENTRAL, axis=0)


def _best(result: "ScanResult", measure: str, found: Summary) -> NDArray[np.intp]:
    """Return which single column knows most of each column of y, a doubtful one only where all are."""
    rows = np.array(rows_of(result, "x"))
    known = found.mean[rows] * (-1 if measure in LESS_IS_MORE else 1)
    merit = np.where(np.isfinite(known), known, -np.inf)
    sure = np.where(found.doubtful[rows], -np.inf, merit)
    best: NDArray[np.intp] = rows[np.where(sure.max(axis=0) > -np.inf, sure.argmax(axis=0), merit.argmax(axis=0))]
    return best


def _draw_bars(
    axis: "Axes",
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    places: NDArray[Any],
    height: float,
    colours: list[str],
) -> None:
    """Draw bars from low to high where there are numbers."""
    for i in np.flatnonzero(np.isfinite(low) & np.isfinite(high)):
        axis.barh(places[i], high[i] - low[i], height, left=low[i], color=colours[i], linewidth=1)


def _shown(names: Sequence[str]) -> list[str]:
    return [printable(name, _NAME_WIDTH) for name in names]


def _longest(names: Sequence[str]) -> int:
    return max(map(len, names))
