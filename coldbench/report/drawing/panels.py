"""Small pictures side by side, a scenario each, with the same rows."""

from collections.abc import Mapping, Sequence
from functools import partial

from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from coldbench.report.drawing.forest import Line, Row, draw_line, draw_rows, limits_of
from coldbench.report.drawing.layout import PAD
from coldbench.report.drawing.style import Plot, short
from coldbench.report.drawing.words import label_rows
from coldbench.text import number, range_of

__all__ = ["panels"]

WIDTH = 4.9  # inches: half of the page
PITCH = 0.2  # inches a row


def panels(
    key: str,
    alt: str,
    labels: Sequence[str],
    rows: Mapping[str, Sequence[Row]],
    label: str,
    line: Line | None = None,
) -> Plot:
    """labels: of all rows, from the top; rows: by panel, in any order, some perhaps missing; line:
    a value across all panels, kept on the axis."""
    means = (
        f"{title}, {row.label}: {number(row.mean.value)} {range_of(row.mean)}."
        for title, those in rows.items()
        for row in those
    )
    draw = partial(_panels, list(labels), dict(rows), label, line)
    return Plot(key, " ".join([alt, *means]), draw)


def _panels(
    labels: list[str], rows: dict[str, Sequence[Row]], label: str, line: Line | None
) -> Figure:
    across = max(min(len(rows), 2), 1)
    down = max(-(-len(rows) // across), 1)
    height = down * (0.45 + PITCH * len(labels)) + 0.25
    layout = ConstrainedLayoutEngine(w_pad=PAD, h_pad=PAD)
    figure = Figure(figsize=(WIDTH, height), layout=layout)
    grid = figure.subplots(down, across, sharey=True, squeeze=False)
    places = {name: place for place, name in enumerate(labels)}
    for ax, (title, those) in zip(grid.flat, rows.items(), strict=False):
        low, high = limits_of(those, zero=line is not None)
        ax.set_title(title, pad=3, fontsize=9)
        ax.set_xlim(low, high)
        ax.set_ylim(len(labels) - 0.4, -0.6)
        ax.set_yticks([])
        ax.xaxis.grid(True)
        ax.spines["left"].set_visible(False)
        ax.locator_params(axis="x", nbins=4)
        if line is not None:
            draw_line(ax, line, None, 0.0)
        draw_rows(ax, {places[row.label]: row for row in those}, low, high)
    for ax in grid[:, 0]:
        label_rows(ax, [short(name) for name in labels])
    for ax in list(grid.flat)[len(rows) :]:
        ax.set_axis_off()
    figure.supxlabel(label, fontsize=8)
    return figure
