"""The league over data sets: skill of each learner on each, a table for each scenario."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coldbench.league.several.frames import frames_of
from coldbench.league.several.league import LeagueOver
from coldbench.league.site.cells import learner_cell, skill_cell, skill_text
from coldbench.league.site.entries import Entry
from coldbench.league.site.families import family_of
from coldbench.league.site.files import Files
from coldbench.league.site.over import over_table
from coldbench.league.site.places import Place
from coldbench.league.site.sheets import Sheet
from coldbench.report.formats.csv import to_files
from coldbench.text import NA, Cell, Column, Table

__all__ = ["Grid", "add_league"]

MEAN = "mean of scenarios"
OVER = (
    "Each data set counts alike; intervals are over data sets, those of the next data set say "
    "where one more would fall. Beats: shown by the tests of a data set's own study."
)


@dataclass(frozen=True, eq=False)
class Grid:
    """The places of all learners on all data sets, each by the study that stands for it."""

    mains: Mapping[str, Entry]

    @property
    def places(self) -> list[Place]:
        return [place for one in self.mains.values() for place in one.places]

    @property
    def scenarios(self) -> list[str]:
        """In the order of the studies."""
        return list(dict.fromkeys(s for one in self.mains.values() for s in one.scenarios))

    @property
    def learners(self) -> dict[str, str]:
        """How each is called, the one with the highest mean skill first, yardsticks last."""
        shown = {name: text for one in self.mains.values() for name, text in one.shown.items()}
        last = {name for one in self.mains.values() for name in one.yardsticks}
        order = sorted(shown, key=lambda name: (name in last, -self._level(name), name))
        return {name: shown[name] for name in order}

    def base(self, learner: str) -> str:
        """The registered learner that it is a configuration of."""
        found = (one.bases.get(learner) for one in self.mains.values())
        return next((base for base in found if base), learner)

    def yardstick(self, learner: str) -> bool:
        return any(learner in one.yardsticks for one in self.mains.values())

    def of(self, learner: str) -> list[Place]:
        """Its places, by data set and scenario."""
        return [place for place in self.places if place.learner == learner]

    def _level(self, learner: str) -> float:
        means = [self.mean(learner, dataset) for dataset in self.mains]
        known = [mean for mean in means if mean is not None]
        return sum(known) / len(known) if known else float("-inf")

    def mean(self, learner: str, dataset: str) -> float | None:
        """Skill over the scenarios of a data set, None where one is missing."""
        entry = self.mains[dataset]
        skills = [p.skill for p in entry.places if p.learner == learner]
        values = [skill.value for skill in skills if skill and skill.value is not None]
        whole = values and len(values) == len(entry.scenarios)
        return sum(values) / len(values) if whole else None


def add_league(files: Files, grid: Grid, league: LeagueOver | None, apart: Sequence[Entry]) -> None:
    """Its page and CSV files; apart: what stands for its data set, but not in this table."""
    files.tables("league", grid.places)
    sheets = [(MEAN, [Sheet(_means(grid), "league")])]
    for scenario in grid.scenarios:
        mine = [Sheet(_scenario(grid, scenario), "league")]
        if league and len(league.members) > 1:
            mine.insert(0, Sheet(over_table(league, scenario, grid.learners), "over", OVER))
        sheets.append((scenario, mine))
    if league:
        frames = frames_of(league)
        files.texts |= to_files({"over.csv": frames["league"], "over-seeds.csv": frames["runs"]})
    families = sorted({family_of(grid.base(name)) for name in grid.learners})
    given = {"sheets": sheets, "families": families, "mains": grid.mains, "apart": apart}
    notes = league.notes if league else ()
    files.page("league.html", "league.html", "The league over data sets", notes=notes, **given)


def _columns(grid: Grid) -> tuple[Column, ...]:
    sets = (Column(one.dataset_shown) for one in grid.mains.values())
    last = (Column("mean"),) if len(grid.mains) > 1 else ()
    return (Column("learner", False), Column("family", False), *sets, *last)


def _table(grid: Grid, title: str, cells: Mapping[str, Sequence[Cell]]) -> Table:
    rows = tuple(
        (
            learner_cell(name, shown, "", grid.yardstick(name)),
            Cell(family_of(grid.base(name))),
            *cells[name],
            *_last(cells[name]),
        )
        for name, shown in grid.learners.items()
        if any(cell.text != NA for cell in cells[name])
    )
    return Table("main", title, _columns(grid), rows, interactive=True)


def _last(cells: Sequence[Cell]) -> tuple[Cell, ...]:
    """The mean over data sets, with how many it is over where some are missing."""
    if len(cells) < 2:
        return ()
    known = [cell.sort for cell in cells if cell.sort is not None]
    if not known:
        return (Cell(NA),)
    mean = sum(known) / len(known)
    few = f"{len(known)} of {len(cells)} data sets" if len(known) < len(cells) else ""
    return (Cell(skill_text(mean), few, sort=mean),)


def _means(grid: Grid) -> Table:
    cells = {
        name: [_mean_cell(grid.mean(name, dataset)) for dataset in grid.mains]
        for name in grid.learners
    }
    return _table(grid, "Skill, mean of scenarios", cells)


def _mean_cell(mean: float | None) -> Cell:
    return Cell(NA) if mean is None else Cell(skill_text(mean), sort=mean)


def _scenario(grid: Grid, scenario: str) -> Table:
    found = {(p.learner, p.dataset): p for p in grid.places if p.scenario == scenario}
    cells = {
        name: [skill_cell(found.get((name, dataset))) for dataset in grid.mains]
        for name in grid.learners
    }
    return _table(grid, f"Skill in {scenario}", cells)
