"""The sections below the first screen, as data: how to read each, its tables, what is missing."""

from collections.abc import Callable

from coldbench.report.ablation import ablation
from coldbench.report.against import against
from coldbench.report.comparisons import differences, published, ranks, reversal
from coldbench.report.data import ReportData
from coldbench.report.diagnostics import diagnostics
from coldbench.report.instability import curves, intervals, shots, variance
from coldbench.report.ledger import costs, failures, metrics, origin, runs
from coldbench.report.overview import overview
from coldbench.report.predicted import disagreement, users
from coldbench.report.steadiness import steadiness
from coldbench.text import Section

__all__ = ["sections"]

MAKERS: tuple[Callable[[ReportData], Section | None], ...] = (
    overview,
    ablation,
    against,
    intervals,
    differences,
    reversal,
    steadiness,
    published,
    variance,
    users,
    disagreement,
    ranks,
    curves,
    diagnostics,
    shots,
    failures,
    costs,
    metrics,
    runs,
    origin,
)


def sections(data: ReportData) -> tuple[Section, ...]:
    """All sections in order, the league table first."""
    made = (make(data) for make in MAKERS)
    return tuple(section for section in made if section is not None)
