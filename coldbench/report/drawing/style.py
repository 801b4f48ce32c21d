"""One look for all figures: colours that colour-blind readers and grey printers tell apart.

Colours are those of Okabe and Ito; markers and hatches repeat what colour says. The page maps each
colour to a variable, so that figures follow its light or dark scheme.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from coldbench.report.drawing.layout import PAD, Fitted
from coldbench.text import display_name

__all__ = [
    "COLOURS",
    "GRID",
    "HATCHES",
    "INK",
    "LINES",
    "MANY",
    "MARKERS",
    "MUTED",
    "PAPER",
    "RC",
    "Plot",
    "axes",
    "log_axis",
    "short",
    "width_for",
]

INK, MUTED, GRID, PAPER = "#1d2433", "#667085", "#e4e7ec", "#ffffff"
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7a6a00")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "p", "h", "*", "d")
MANY = 16  # learners that fit a figure of the usual width
LINES = ("-", "--", "-.", ":")
HATCHES = ("", "///", "\\\\\\", "|||", "xxx")

RC: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 8.5,
    "text.color": INK,
    "text.parse_math": False,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": MUTED,
    "axes.labelsize": 8,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.facecolor": "none",
    "axes.unicode_minus": True,
    "figure.facecolor": "none",
    "grid.color": GRID,
    "grid.linewidth": 0.7,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": MUTED,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 8,
    "xtick.major.size": 2.5,
    "ytick.major.size": 0,
    "hatch.linewidth": 0.5,
    "svg.fonttype": "none",
    "svg.hashsalt": "coldbench",
    "pdf.fonttype": 42,
    "lines.solid_capstyle": "round",
}


@dataclass(frozen=True, slots=True)
class Plot:
    """A figure to draw: key (its file name), alt text with the numbers, and how to draw it: a
    function with all that it needs, so that another process can. Those with one pair of axes take
    `ax`, to draw on axes that are there."""

    key: str
    alt: str
    draw: partial[Figure]


def axes(
    width: float, height: float, title: str = "", ax: Axes | None = None, *, legend: bool = False
) -> tuple[Figure, Axes]:
    """An empty figure of so many inches, with one pair of axes, or those that are given; legend:
    outside of them."""
    if ax is None:
        layout = ConstrainedLayoutEngine(w_pad=PAD, h_pad=PAD) if legend else Fitted()
        ax = Figure(figsize=(width, height), layout=layout).add_subplot()
    figure = ax.get_figure(root=True)
    assert figure is not None
    if title:
        ax.set_title(title)
    return figure, ax


def width_for(count: int) -> float:
    """Inches of a figure in which so many learners stand side by side."""
    return 4.5 + 0.2 * max(count - MANY, 0)


def short(name: str) -> str:
    """A learner's name in a figure."""
    return display_name(name, 26)


def log_axis(ax: Axes, form: str) -> None:
    """A logarithmic x axis with a few round numbers, written as `form`."""
    ax.set_xscale("log")
    ax.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0), numticks=7))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: form.format(value)))
    ax.xaxis.set_minor_formatter(NullFormatter())
