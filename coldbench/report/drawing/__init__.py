"""All figures of a report; each draws from ReportData alone."""

from collections.abc import Callable

from coldbench.report.drawing.ablation import ablation
from coldbench.report.drawing.cost import cost
from coldbench.report.drawing.diagnostics import diagnostics
from coldbench.report.drawing.forest import differences, disagreement, intervals, steadiness
from coldbench.report.drawing.lines import curves, shots
from coldbench.report.drawing.matrix import ranks, reversal
from coldbench.report.drawing.style import Plot
from coldbench.report.drawing.variance import variance
from coldbench.report.study import ReportData

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
