"""Learners from outside, with what a review found of each."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from coldbench.league.site.cells import beside_cell, mae_cell
from coldbench.league.site.entrants import Entrant
from coldbench.league.site.files import Files
from coldbench.league.site.sheets import NONE, Row, Sheet, csv_files, seed_rows
from coldbench.report.topic import with_limits
from coldbench.text import Cell, Column, Table, display_name

__all__ = ["add_entries"]

STEM = "entries"
NOTE = (
    "MAE and half of its 95 % interval over the entry's seeds; in the column beside it MAE minus "
    "that of the sentinel on the same machine, seeds and tasks, with its interval."
)


def add_entries(files: Files, entrants: Sequence[Entrant]) -> None:
    """The list of entries, by reference, and how to join."""
    ordered = sorted(entrants, key=lambda one: (one.reference, one.learner))
    if ordered:
        places = [place for one in ordered for place in one.places]
        files.texts |= csv_files(STEM, [*_rows(ordered)], seed_rows(places))
    tables = [
        Sheet(_table(name, [one for one in ordered if one.reference == name]), STEM, NOTE)
        for name in dict.fromkeys(one.reference for one in ordered)
    ]
    files.page("entries.html", "entries.html", "Learners from outside", sheets=tables)


def _table(reference: str, entrants: Sequence[Entrant]) -> Table:
    scenarios = tuple(dict.fromkeys(p.scenario for one in entrants for p in one.places))
    columns = (
        Column("learner", False),
        Column("package", False),
        Column("mark", False),
        Column("seeds"),
        *(Column(text) for one in scenarios for text in (one, f"{one}, minus sentinel")),
    )
    rows = tuple(_row(one, scenarios) for one in entrants)
    return Table(f"entries-{reference}", f"Against {reference}", columns, rows, interactive=True)


def _rows(entrants: Sequence[Entrant]) -> Iterator[Row]:
    """One for each entry and scenario."""
    for one in entrants:
        entered, plugin = one.submission.entered, one.submission.plugin
        for place in one.places:
            beside = place.beside.get(entered.sentinel)
            yield {
                "reference": one.reference,
                "learner": one.learner,
                "package": f"{plugin.distribution} {plugin.version}",
                "mark": one.mark,
                "reviewed": one.reviewed,
                "scenario": place.scenario,
                "n_seeds": len(place.values),
                **with_limits("mae", place.mean),
                "sentinel": entered.sentinel,
                **with_limits("minus_sentinel", beside.difference if beside else NONE),
                "beside_sentinel": beside.outcome if beside else None,
            }


def _row(one: Entrant, scenarios: Sequence[str]) -> tuple[Cell, ...]:
    by_scenario = {place.scenario: place for place in one.places}
    entered, plugin = one.submission.entered, one.submission.plugin
    places = [by_scenario.get(scenario) for scenario in scenarios]
    return (
        Cell(display_name(one.learner)),
        Cell(display_name(f"{plugin.distribution} {plugin.version}")),
        Cell(one.mark, one.reviewed, "best" if one.mark == "fresh seeds passed" else ""),
        Cell(_seeds(one)),
        *(
            cell
            for place in places
            for cell in (
                replace(mae_cell(place), mark=""),  # the lowest of two is no mark
                beside_cell(place.beside.get(entered.sentinel) if place else None),
            )
        ),
    )


def _seeds(one: Entrant) -> str:
    """How many ran; and of how many, where some gave no result."""
    planned = len(one.submission.entered.seeds)
    done = min((len(place.values) for place in one.places), default=0)
    return str(planned) if done == planned else f"{done} of {planned}"
