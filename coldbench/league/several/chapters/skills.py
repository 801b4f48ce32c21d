"""Skill on each data set: the picture, and the numbers with what the studies' tests leave open."""

from collections.abc import Sequence

from coldbench.league.families import meta_learner
from coldbench.league.several.cells import per_cent, skill_cell
from coldbench.league.several.chapters.chapter import Chapter
from coldbench.league.several.over import Overall
from coldbench.league.several.skills import Skill
from coldbench.report.drawing.heat import Shade, heat
from coldbench.report.drawing.style import Plot
from coldbench.text import Cell, Column, Section, Table

__all__ = ["SkillChapter", "picture"]

HOW = (
    "Per cent of the best constant's error that each learner removes on each data set: blue where "
    "it does better than the constant, orange where it does worse, bold the highest of a column. "
    "Learners in the order of their mean. In the tables: the 95 % interval over seeds, the rank, "
    "and in brackets the ranks that the study's own tests leave open."
)
META = "•"
FULL = 0.15  # the skill of the darkest cell, at least


class SkillChapter(Chapter):
    """A picture and a table for each scenario."""

    def section(self) -> Section:
        tables = tuple(self._table(scenario) for scenario in self.league.scenarios)
        return Section("skills", "Skills", "Skill on each data set", HOW, (), tables)

    def figures(self) -> list[Plot]:
        every = self.league.overall
        return [picture(self, s, f"skill-{s}", every[s]) for s in self.league.scenarios]

    def _table(self, scenario: str) -> Table:
        places = self.league.having(scenario)
        columns = (Column("learner", False), *(Column(name) for name in places))
        rows = tuple(
            (Cell(self.names[one.learner]), *(self._cell(n, scenario, one.learner) for n in places))
            for one in self.league.overall[scenario]
        )
        return Table(f"skills-{scenario}", scenario, columns, rows, big=True, interactive=True)

    def _cell(self, dataset: str, scenario: str, learner: str) -> Cell:
        one = self.league.skill(dataset, scenario, learner)
        if not one.values:
            return Cell(one.why, mark="muted")
        return skill_cell(one.skill, self._rank(one))

    def _rank(self, one: Skill) -> str:
        rank = self.league.ranks.get((one.dataset, one.scenario, one.learner))
        left = f" ({one.ranks[0]} to {one.ranks[1]})" if one.ranks else ""
        few = f"{len(one.values)} of {one.tested} seeds" if len(one.values) < one.tested else ""
        return ", ".join(part for part in (f"rank {rank}{left}" if rank else "", few) if part)


def picture(chapter: Chapter, scenario: str, key: str, shown: Sequence[Overall]) -> Plot:
    """Learners by data sets, the mean over data sets first."""
    places = chapter.league.places(scenario)
    lines = [[_mean(one), *_levels(chapter, one, places)] for one in shown]
    columns = ["mean", *places]
    fit = [
        [None if name in one.partial else v for name, v in zip(columns, line, strict=True)]
        for one, line in zip(shown, lines, strict=True)
    ]
    most = max([FULL, *(abs(v) for line in lines for v in line if v is not None and v > 0)])
    best = [_best([line[column] for line in fit]) for column in range(len(places) + 1)]
    cells: dict[tuple[int, int], Shade] = {
        (row, column): (
            "–" if value is None else per_cent(value),
            (value or 0.0) / most,
            row == best[column],
        )
        for row, line in enumerate(lines)
        for column, value in enumerate(line)
    }
    names = [_marked(chapter, one.learner) for one in shown]
    title = f"{scenario}: skill, % ({META} meta-learner)"
    said = (_said(name, columns, line) for name, line in zip(names, lines, strict=True))
    return heat(key, title, f"{title}. {' '.join(said)}", names, columns, cells)


def _marked(chapter: Chapter, learner: str) -> str:
    """Its name, with a mark where it is one of our meta-learners."""
    name = chapter.names[learner]
    return f"{META} {name}" if meta_learner(chapter.league.bases[learner]) else name


def _mean(one: Overall) -> float | None:
    """None where it cannot be compared with those of others."""
    return one.level if one.whole else None


def _levels(chapter: Chapter, one: Overall, places: Sequence[str]) -> list[float | None]:
    """On each data set."""
    skills = [chapter.league.skill(name, one.scenario, one.learner) for name in places]
    return [skill.level if skill.values else None for skill in skills]


def _best(column: Sequence[float | None]) -> int | None:
    known = [(value, row) for row, value in enumerate(column) if value is not None]
    return max(known)[1] if len(known) > 1 else None


def _said(name: str, columns: Sequence[str], line: Sequence[float | None]) -> str:
    numbers = (
        f"{column} {'not run' if value is None else per_cent(value)}"
        for column, value in zip(columns, line, strict=True)
    )
    return f"{name}: {', '.join(numbers)}."
