"""The sections below the first screen, as data: how to read each, its tables, what is missing."""

from collections.abc import Callable

from coldbench.report.data import ReportData
from coldbench.report.tables import Section

__all__ = ["sections"]


def sections(data: ReportData) -> tuple[Section, ...]:
    """All sections in order, the league table first."""
    from coldbench.report.overview import overview

    makers: tuple[Callable[[ReportData], Section], ...] = (overview,)
    return tuple(make(data) for make in makers)
