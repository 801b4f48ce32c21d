"""All figures of a report; each draws from ReportData alone."""

from collections.abc import Callable

from coldbench.report.data import ReportData
from coldbench.report.figures.ablation import ablation
from coldbench.report.figures.cost import cost
from coldbench.report.figures.diagnostics import diagnostics
from coldbench.report.figures.forest import differences, disagreement, intervals, steadiness
from coldbench.report.figures.lines import curves, shots
from coldbench.report.figures.matrix import ranks, reversal
from coldbench.report.figures.style import Plot
from coldbench.report.figures.variance import variance

__all__ = ["Plot", "plots"]

KINDS: tuple[Callable[[ReportData], list[Plot]], ...] = (
    ablation,
    intervals,
    differences,
    reversal,
    steadiness,
    variance,
    disagreement,
    ranks,
    curves,
    diagnostics,
    shots,
    cost,
)


def plots(data: ReportData) -> dict[str, Plot]:
    """By key, in the order of the sections; nothing is drawn yet."""
    return {plot.key: plot for kind in KINDS for plot in kind(data)}
