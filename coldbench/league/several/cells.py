"""Skill in tables: per cent of the best constant's error that is removed, one decimal."""

from coldbench.statistics import Interval, SeedsNeeded
from coldbench.text import NA, Cell, number

__all__ = ["counted", "needed", "of_sets", "per_cent", "skill_cell", "span", "times"]

FAR = 200  # data sets: more are beyond reach


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


def of_sets(count: int, of: int) -> str:
    """`3 of 4 data sets`, `` for all of them."""
    return f"{count} of {of} data sets" if count < of else ""


def counted(counts: tuple[int, int, int], of: int) -> Cell:
    """On how many data sets something is shown, of those that test it; on how many the opposite;
    bold where it is shown on all `of`."""
    won, lost, tested = counts
    if not tested:
        return Cell(NA, mark="muted")
    notes = (f"loses on {lost}" if lost else "", of_sets(tested, of))
    note = ", ".join(text for text in notes if text)
    return Cell(f"{won} of {tested}", note, "bold" if won == of else "", sort=won - lost)


def needed(plan: SeedsNeeded | None, on: int, of: int) -> Cell:
    """Data sets at the upper limit of their sd, those at the sd as it is below; on: how many of
    `of` it is planned from."""
    if plan is None or plan.sd is None:
        return Cell(NA, mark="muted")
    notes = (f"{_few(plan.optimistic)} at the sd as it is", of_sets(on, of))
    note = ", ".join(text for text in notes if text)
    return Cell(_few(plan.value), note, sort=float(plan.value or 1e6))


def _few(count: int | None) -> str:
    return f"over {FAR}" if count is None or count > FAR else str(count)


def times(value: float | None) -> Cell:
    """A cost as a multiple."""
    if value is None:
        return Cell(NA, mark="muted")
    return Cell(f"{value:,.2g}" if value < 10 else f"{value:,.0f}", sort=value)
