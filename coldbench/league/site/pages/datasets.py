"""A page for each data set, around the report of the study that stands for it."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from coldbench.league.families import family_of
from coldbench.league.site.cells import learner_cell, mae_cell
from coldbench.league.site.files import Files
from coldbench.league.site.papers import papers_of
from coldbench.league.site.reported import Reported
from coldbench.league.site.sheets import Sheet
from coldbench.league.site.slugs import slug
from coldbench.report.references import of_dataset
from coldbench.text import NA, Cell, Column, Table, number

__all__ = ["add_datasets"]


def add_datasets(
    files: Files, mains: Sequence[Reported], studies: Sequence[Reported], linked: Collection[str]
) -> None:
    """The list of data sets and a page for each; linked: learners that have a page."""
    for main in mains:
        stem = f"datasets/{slug(main.dataset)}"
        files.tables(stem, main.places)
        files.page(
            "dataset.html",
            f"{stem}.html",
            main.dataset_shown,
            main=main,
            sheet_of=Sheet(_table(main, linked), slug(main.dataset)),
            papers=papers_of(of_dataset(main.dataset)),
            studies=[one for one in studies if one.dataset == main.dataset],
            editions=len({one.sha256 for one in studies if one.dataset == main.dataset}),
        )
    given = {"mains": mains, "studies": studies}
    files.page("datasets.html", "datasets.html", "Data sets", **given)


def _table(main: Reported, linked: Collection[str]) -> Table:
    """The league of its study, each learner with its seconds."""
    found = {(place.learner, place.scenario): place for place in main.places}
    columns = (
        Column("learner", False),
        *map(Column, main.scenarios),
        Column("s a run"),
        Column("family", False),
    )
    rows = tuple(
        (
            _named(main, name, linked),
            *(mae_cell(found.get((name, scenario))) for scenario in main.scenarios),
            _seconds(main, name),
            Cell(family_of(main.bases.get(name, name))),
        )
        for name in main.learners
    )
    return Table("main", f"MAE on {main.dataset_shown}", columns, rows, interactive=True)


def _named(main: Reported, name: str, linked: Collection[str]) -> Cell:
    cell = learner_cell(name, main.shown[name], "../", name in main.yardsticks)
    return cell if name in linked else replace(cell, beside="")


def _seconds(main: Reported, name: str) -> Cell:
    cost = main.costs.get(name)
    if cost is None or cost.seconds != cost.seconds:
        return Cell(NA)
    return Cell(number(cost.seconds, 2 if cost.seconds < 10 else 0), sort=cost.seconds)
