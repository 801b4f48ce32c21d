"""The league over data sets: skill of each learner on each, a table for each scenario."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from statistics import fmean

from coldbench.league.families import family_of
from coldbench.league.several.cells import skill_cell as level_cell
from coldbench.league.several.chapters.overall import OverallChapter, columns_of, row_of
from coldbench.league.several.frames import frames_of
from coldbench.league.several.league import LeagueOver
from coldbench.league.several.skills import Skill, comparable
from coldbench.league.site.cells import learner_cell, page_of, skill_cell
from coldbench.league.site.files import Files
from coldbench.league.site.places import Place
from coldbench.league.site.reported import Reported
from coldbench.league.site.reports import LEAGUE
from coldbench.league.site.sheets import Sheet
from coldbench.report.formats.csv import to_files
from coldbench.statistics import mean_interval, over_data_sets
from coldbench.text import NA, Cell, Column, Table

__all__ = ["Grid", "add_league"]

MEAN = "Mean of scenarios"


@dataclass(frozen=True, eq=False)
class Grid:
    """The places of all learners on all data sets, each by the study that stands for it."""

    mains: Mapping[str, Reported]

    @property
    def places(self) -> list[Place]:
        return [place for one in self.mains.values() for place in one.places]

    @property
    def scenarios(self) -> list[str]:
        """In the order of the studies."""
        return list(dict.fromkeys(s for one in self.mains.values() for s in one.scenarios))

    @property
    def learners(self) -> dict[str, str]:
        """How each is called, the one with the highest mean skill first; those that some data set,
        or some seed of it, lacks behind, since their means are of others; yardsticks last."""
        shown = {name: text for one in self.mains.values() for name, text in one.shown.items()}
        last = {name for one in self.mains.values() for name in one.yardsticks}
        order = sorted(
            shown, key=lambda name: (name in last, self._partial(name), -self._level(name), name)
        )
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
        known = [mine[learner].level for mine in self._compared if learner in mine]
        return fmean(known) if known else float("-inf")

    def _partial(self, learner: str) -> bool:
        return not all(learner in mine for mine in self._compared)

    @cached_property
    def _compared(self) -> list[dict[str, Skill]]:
        return self.compared(MEAN)

    def compared(self, scenario: str) -> list[dict[str, Skill]]:
        """Skills by learner at the same seeds, for each data set that has any; scenario: MEAN for
        the mean of all."""
        made = []
        for dataset, study in self.mains.items():
            skills = {p.learner: p.skills for p in study.places if p.scenario == scenario}
            if scenario == MEAN:
                skills = {name: self.means(name, dataset) for name in study.learners}
            every = [Skill(dataset, scenario, name, mine) for name, mine in skills.items()]
            made.append(comparable(every))
        return [mine for mine in made if mine]

    def means(self, learner: str, dataset: str) -> dict[str, float]:
        """Skill over all scenarios of a data set, by seed that has them all."""
        study = self.mains[dataset]
        skills = [place.skills for place in study.places if place.learner == learner]
        if len(skills) < len(study.scenarios) or not skills:
            return {}
        common = [seed for seed in skills[0] if all(seed in one for one in skills)]
        return {seed: fmean(one[seed] for one in skills) for seed in common}


def add_league(
    files: Files, grid: Grid, league: LeagueOver | None, apart: Sequence[Reported]
) -> None:
    """Its page and CSV files; apart: what stands for its data set, but not in this table."""
    files.tables("league", grid.places)
    several = league if league and len(league.members) > 1 else None
    if several:
        frames = frames_of(several)
        files.texts |= to_files({"over.csv": frames["league"], "over-seeds.csv": frames["runs"]})
    sheets = [(MEAN, [Sheet(_means(grid), "league")])]
    for scenario in grid.scenarios:
        over = [Sheet(_over(grid, several, scenario), "over")] if several else []
        sheets.append((scenario, [*over, Sheet(_scenario(grid, scenario), "league")]))
    files.page(
        "league.html",
        "league.html",
        "The league over data sets",
        sheets=sheets,
        families=sorted({family_of(grid.base(name)) for name in grid.learners}),
        mains=grid.mains,
        apart=apart,
        section=OverallChapter(several).section() if several else None,
        report=f"{LEAGUE}/report.html" if several else "",
    )


def _over(grid: Grid, league: LeagueOver, scenario: str) -> Table:
    """That of the league's own report, with families and ways to the learners."""
    chapter, (first, *others) = OverallChapter(league), columns_of()
    rows = []
    for one in league.overall[scenario]:
        name, *rest = row_of(chapter, one)
        page = page_of("learners", one.learner)
        rows.append((replace(name, beside=page), *rest, _family(grid, one.learner)))
    columns = (first, *others, Column("family", False))
    return Table("over", f"{scenario}: over data sets", columns, tuple(rows), interactive=True)


def _family(grid: Grid, learner: str) -> Cell:
    return Cell(family_of(grid.base(learner)))


def _columns(grid: Grid) -> tuple[Column, ...]:
    sets = (Column(one.dataset_shown) for one in grid.mains.values())
    first = (Column("mean"),) if len(grid.mains) > 1 else ()
    return (Column("learner", False), *first, *sets, Column("family", False))


def _table(grid: Grid, scenario: str, title: str, cells: Mapping[str, Sequence[Cell]]) -> Table:
    compared = grid.compared(scenario)
    rows = tuple(
        (
            learner_cell(name, shown, "", grid.yardstick(name)),
            *(_over_sets(name, compared) if len(grid.mains) > 1 else ()),
            *cells[name],
            _family(grid, name),
        )
        for name, shown in grid.learners.items()
        if any(cell.text != NA for cell in cells[name])
    )
    return Table("main", title, _columns(grid), rows, interactive=True)


def _over_sets(learner: str, compared: Sequence[Mapping[str, Skill]]) -> tuple[Cell, ...]:
    """The mean over data sets with its interval; none where some data set, or some seed of it, is
    missing, as it could not be compared with means over all."""
    known = [mine[learner].level for mine in compared if learner in mine]
    if len(known) < len(compared) or not known:
        return (Cell(NA, f"{len(known)} of {len(compared)} data sets"),)
    return (level_cell(over_data_sets([[level] for level in known]).mean),)


def _means(grid: Grid) -> Table:
    cells = {
        name: [_level_cell(grid.means(name, dataset)) for dataset in grid.mains]
        for name in grid.learners
    }
    return _table(grid, MEAN, "Skill, mean of scenarios", cells)


def _level_cell(means: Mapping[str, float]) -> Cell:
    return level_cell(mean_interval(list(means.values()))) if means else Cell(NA)


def _scenario(grid: Grid, scenario: str) -> Table:
    found = {(p.learner, p.dataset): p for p in grid.places if p.scenario == scenario}
    cells = {
        name: [skill_cell(found.get((name, dataset))) for dataset in grid.mains]
        for name in grid.learners
    }
    return _table(grid, scenario, f"Skill in {scenario}", cells)
