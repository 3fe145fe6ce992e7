"""A result as text, and as HTML for notebooks."""

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fastmi._scan.labels import (
    DOUBTFUL,
    LABELS,
    LESS_IS_MORE,
    NOTHING,
    UNITS,
    Summary,
    colour_range,
    groups_of,
    is_empty,
    printable,
    rows_of,
    size_of,
    summary,
)

if TYPE_CHECKING:
    from fastmi._scan.result import ScanResult

# What is abridged has at most
_WIDTH = 100  # characters
_NAME_WIDTH = 24
_ROWS = {"x": 17, "joint": 2, "control": 11}  # of each kind
_HTML_COLUMNS = 40

_COLOURS = {"x": "31,119,180", "joint": "255,127,14", "control": "31,119,180"}
_GREY = "127,127,127,0.35"  # of what is doubtful, or no number
_STRONGEST = 0.7  # opacity, through which text can be read


class _Part(NamedTuple):
    """What is shown of a table."""

    rows: dict[str, list[int]]  # of each kind
    n_columns: int
    width: int | None = None  # of names
    with_errors: bool = False


def whole_text(result: "ScanResult", measure: str) -> str:
    """Return the whole table."""
    if is_empty(result):
        return "\n".join([size_of(result), NOTHING, *_failures(result, None)])
    found = summary(result, measure)
    part = _Part(groups_of(result), len(result.y), with_errors=len(result.events) > 1)
    table = _aligned(_cells(result, found, part))
    return "\n".join([size_of(result), _title(result, measure, part), *table, *_notes(result, found, part)])


def short_text(result: "ScanResult") -> str:
    """Return as much of the table as can be seen at once; the errors where all columns fit with them."""
    head = f"ScanResult: {size_of(result)}"
    if is_empty(result):
        return "\n".join([head, NOTHING, *_failures(result, _WIDTH)])
    measure = next(iter(result.values))
    found = summary(result, measure)
    part = _Part(_some_rows(result), min(len(result.y), _WIDTH), _NAME_WIDTH, with_errors=len(result.events) > 1)
    cells = _cells(result, found, part)
    if part.with_errors and _n_fitting(cells) < len(result.y):
        part = part._replace(with_errors=False)
        cells = _cells(result, found, part)
    part = part._replace(n_columns=_n_fitting(cells))
    if part.n_columns < len(result.y):
        cells = [[[*line[: 1 + part.n_columns], "..."] for line in group] for group in cells]
    return "\n".join([head, _title(result, measure, part), *_aligned(cells), *_notes(result, found, part)])


def html(result: "ScanResult") -> str:
    """Return the table for a notebook, cells shaded by value, errors and numbers of samples in tooltips."""
    head = f"ScanResult: {size_of(result)}"
    if is_empty(result):
        return _scrolling(_paragraphs([head, NOTHING, *_failures(result, _WIDTH)]))
    measure = next(iter(result.values))
    found = summary(result, measure)
    part = _Part(_some_rows(result), min(len(result.y), _HTML_COLUMNS), _NAME_WIDTH)
    names = ["", *result.y[: part.n_columns], *(["..."] if part.n_columns < len(result.y) else [])]
    header = "".join(f"<th>{escape(printable(name))}</th>" for name in names)
    samples = "".join(f"<td>{n}</td>" for n in _samples(found, part))
    table = (
        f"<table><thead><tr>{header}</tr></thead>"
        + "".join(_html_group(result, measure, found, kind, part) for kind in part.rows)
        + f'<tbody style="border-top:1px solid"><tr><th>samples</th>{samples}</tr></tbody></table>'
    )
    above = [head, _title(result, measure, part)]
    return _scrolling(_paragraphs(above) + table + _paragraphs(_notes(result, found, part)))


def _title(result: "ScanResult", measure: str, part: _Part) -> str:
    mean = "mean " if len(result.events) > 1 else ""
    return f"{mean}{LABELS[measure]} ({UNITS[measure]}){', ± standard error' if part.with_errors else ''}"


def _some_rows(result: "ScanResult") -> dict[str, list[int]]:
    """Return at most as many rows as can be seen at once."""
    if len(result.x) <= sum(_ROWS.values()):
        return groups_of(result)
    return {kind: rows[: _ROWS[kind]] for kind, rows in groups_of(result).items()}


def _cells(result: "ScanResult", found: Summary, part: _Part) -> list[list[list[str]]]:
    """Return groups of lines of cells: names of the columns, the rows of each kind, numbers of samples."""

    def cell(i: int, j: int) -> str:
        error = f" ±{found.error[i, j]:.3f}" if part.with_errors else ""
        return f"{found.mean[i, j]:z.3f}{error}{'*' if found.doubtful[i, j] else ' '}"

    header = ["", *(f"{printable(name, part.width)} " for name in result.y[: part.n_columns])]
    groups = [
        [[printable(result.x[i], part.width), *(cell(i, j) for j in range(part.n_columns))] for i in rows]
        for rows in part.rows.values()
    ]
    return [[header], *groups, [["samples", *(f"{n} " for n in _samples(found, part))]]]


def _samples(found: Summary, part: _Part) -> list[str]:
    """Return the number of samples behind each column, a mean over events and rows."""
    return [f"{n:.0f}" for n in found.n_samples[:, : part.n_columns].mean(axis=0)]


def _widths(cells: list[list[list[str]]]) -> list[int]:
    return [max(map(len, column)) for column in zip(*(line for group in cells for line in group), strict=True)]


def _n_fitting(cells: list[list[list[str]]]) -> int:
    """Return how many columns fit: all, or as many as leave room for dots, but at least one."""
    widths = _widths(cells)
    ends = np.cumsum(widths) + 2 * np.arange(len(widths))
    if ends[-1] <= _WIDTH:
        return len(widths) - 1
    return max(int(np.sum(ends <= _WIDTH - len("  ..."))) - 1, 1)


def _aligned(cells: list[list[list[str]]]) -> list[str]:
    """Return the lines, groups set apart by rules."""
    name_width, *widths = _widths(cells)
    rule = "-" * (name_width + sum(widths) + 2 * len(widths))
    lines: list[str] = []
    for group in cells:
        for name, *entries in group:
            padded = (entry.rjust(width) for entry, width in zip(entries, widths, strict=True))
            lines.append("  ".join([name.ljust(name_width), *padded]).rstrip())
        lines.append(rule)
    return lines[:-1]


def _html_group(result: "ScanResult", measure: str, found: Summary, kind: str, part: _Part) -> str:
    """Return the rows of a kind, shaded as in the heat map."""
    least, most = colour_range(measure, found.select(rows_of(result, "joint" if kind == "joint" else "x")))
    if measure in LESS_IS_MORE:
        least, most = most, least

    def cell(i: int, j: int) -> str:
        colour = _GREY
        if found.shaded[i, j]:
            strength = np.clip((found.mean[i, j] - least) / (most - least), 0, 1)
            colour = f"{_COLOURS[kind]},{_STRONGEST * strength:.2f}"
        error = f" ± {found.error[i, j]:.3g}" if len(result.events) > 1 else ""
        return (
            f'<td style="background:rgba({colour})" '
            f'title="{found.mean[i, j]:.6g}{error}, n = {found.n_samples[i, j]:.0f}">'
            f"{found.mean[i, j]:z.3f}{'*' if found.doubtful[i, j] else ''}</td>"
        )

    lines = (
        f"<tr><th>{escape(printable(result.x[i]))}</th>{''.join(cell(i, j) for j in range(part.n_columns))}</tr>"
        for i in part.rows[kind]
    )
    return f'<tbody style="border-top:1px solid">{"".join(lines)}</tbody>'


def _paragraphs(lines: Iterable[str]) -> str:
    return "".join(f"<div>{escape(line)}</div>" for line in lines)


def _scrolling(content: str) -> str:
    return f'<div style="overflow-x:auto">{content}</div>'


def _notes(result: "ScanResult", found: Summary, part: _Part) -> list[str]:
    """Return what is to be said below a table."""
    shown = [i for rows in part.rows.values() for i in rows]
    left_out = [(len(result.y) - part.n_columns, "columns of y"), (len(result.x) - len(shown), "rows")]
    more = " and ".join(f"{n} more {what}" for n, what in left_out if n)
    return [
        *([DOUBTFUL] if found.doubtful[shown, : part.n_columns].any() else []),
        *([f"... {more}: to_dataframe() and table() have all"] if more else []),
        *_failures(result, None if part.width is None else _WIDTH),
    ]


def _failures(result: "ScanResult", width: int | None) -> list[str]:
    if not result.failures:
        return []
    first, n = result.failures[0], len(result.failures)
    failed = "1 event failed:" if n == 1 else f"{n} events failed, the first:"
    return [printable(f"{failed} {first.event}: {first.error}: {first.message}", width)]
