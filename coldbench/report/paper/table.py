"""The main table of a paper: learners down, scenarios across, data sets side by side."""

from collections.abc import Sequence

from coldbench.errors import StoreError, unknown
from coldbench.report.paper.caption import caption
from coldbench.report.paper.side import Side, side_of
from coldbench.report.paper.signs import ABSENT, SIGNS
from coldbench.report.standings import Standing
from coldbench.report.study import MAIN, ReportData, build
from coldbench.study import Study
from coldbench.text import Cell, Column, Table, display_name, listed, number

__all__ = ["paper_table"]


def paper_table(
    studies: Sequence[Study], models: Sequence[str] = (), metric: str = MAIN, digits: int = 4
) -> Table:
    """models: rows in this order; without, all learners of these studies, the best first.

    Raises UsageError for a learner that none of them has and for a metric that one lacks,
    StoreError where their protocols differ.
    """
    every = [build(study) for study in studies]
    _check_models(models, every)
    sides = [side_of(data, models, metric) for data in every]
    _check_protocols(sides)
    tested = any(side.tested for side in sides)
    rows = models or list(dict.fromkeys(name for side in sides for name in side.ordered))
    titles = _titles(sides)
    cells = tuple(
        (
            Cell(display_name(name)),
            *(
                _cell(side.standings.get((name, scenario)), side.sign, digits, tested)
                for side in sides
                for scenario in side.scenarios
            ),
        )
        for name in rows
    )
    heads = (Column(scenario) for side in sides for scenario in side.scenarios)
    groups = (
        ("", 1),
        *((title, len(s.scenarios)) for title, s in zip(titles, sides, strict=True)),
    )
    name = display_name(metric)
    shown = name if "_" in name else name.upper()
    what = f"{shown} on {listed(titles, len(titles))}"
    return Table(
        "main",
        what,
        (Column("learner", False), *heads),
        cells,
        groups=groups if len(sides) > 1 else (),
        caption=caption(sides, titles, {cell for row in cells for cell in row[1:]}),
    )


def _cell(standing: Standing | None, sign: int, digits: int, tested: bool) -> Cell:
    """tested: whether anything is in the table; then what was not has the sign of the unsettled."""
    if standing is None or standing.mean.value is None:
        return Cell(ABSENT)
    text = number(sign * standing.mean.value, digits)
    text += SIGNS.get(standing.group or "unsettled", "") if tested else ""
    text += SIGNS["partial"] if standing.partial else ""
    width = standing.mean.width
    note = "" if width is None else f"± {number(width / 2, digits)}"
    return Cell(text, note, "bold" if tested and standing.group == "best" else "")


def _titles(sides: Sequence[Side]) -> list[str]:
    """The data sets; with the folder of the study where two are about the same."""
    names = [side.dataset for side in sides]
    return [
        f"{side.dataset} ({display_name(side.data.study.path.name)})"
        if names.count(side.dataset) > 1
        else side.dataset
        for side in sides
    ]


def _check_models(models: Sequence[str], every: Sequence[ReportData]) -> None:
    known = list(dict.fromkeys(name for data in every for name in data.planned))
    for name in models:
        if name not in known:
            raise unknown("learner", name, known)


def _check_protocols(sides: Sequence[Side]) -> None:
    """Numbers of two protocols, or of two versions of one, are of different tasks."""
    for side in sides[1:]:
        if side.version != sides[0].version:
            told = " and ".join(
                f"{one.data.study.path} {one.version[0]}, version {one.version[1]}"
                for one in (sides[0], side)
            )
            raise StoreError(f"a table never mixes protocols: {told}")
