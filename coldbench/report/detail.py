"""The sections below the first screen, as data: how to read each, its tables, what is missing."""

from collections.abc import Callable

from coldbench.report.study import ReportData
from coldbench.report.topics.ablation import ablation
from coldbench.report.topics.against import against
from coldbench.report.topics.diagnostics import diagnostics
from coldbench.report.topics.differences import differences, published, ranks, reversal
from coldbench.report.topics.disagreement import disagreement, users
from coldbench.report.topics.failures import costs, failures, metrics, origin, runs
from coldbench.report.topics.intervals import curves, intervals, shots, variance
from coldbench.report.topics.league import overview
from coldbench.report.topics.steadiness import steadiness
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
