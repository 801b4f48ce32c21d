"""Skill in tables: per cent of the best constant's error that is removed, one decimal."""

from coldbench.statistics import Interval
from coldbench.text import NA, Cell, number

__all__ = ["counted", "per_cent", "skill_cell", "span", "times"]


def per_cent(value: float | None) -> str:
    """`12.3`, of a share."""
    return number(None if value is None else 100.0 * value, 1)


def span(value: Interval) -> str:
    """`8.1 to 16.5`, `` without limits."""
    if value.low is None or value.high is None:
        return ""
    return f"{per_cent(value.low)} to {per_cent(value.high)}"


def skill_cell(value: Interval | None, note: str = "") -> Cell:
    """The value, its limits below it."""
    if value is None:
        return Cell(NA, note, "muted")
    notes = [part for part in (span(value), note) if part]
    return Cell(per_cent(value.value), ", ".join(notes), sort=value.value)


def counted(counts: tuple[int, int, int]) -> Cell:
    """On how many data sets something is shown, of how many; and on how many the opposite."""
    won, lost, tested = counts
    if not tested:
        return Cell(NA, mark="muted")
    note = f"loses on {lost}" if lost else ""
    return Cell(f"{won} of {tested}", note, "bold" if won == tested else "", sort=won - lost)


def times(value: float | None) -> Cell:
    """A cost as a multiple."""
    if value is None:
        return Cell(NA, mark="muted")
    return Cell(f"{value:,.2g}" if value < 10 else f"{value:,.0f}", sort=value)
