"""Error by the number of support ratings."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial

from coldbench.report.drawing.lines import MOST, Series, banded
from coldbench.report.drawing.style import Plot
from coldbench.report.study import MAIN, ReportData
from coldbench.report.topic import Topic
from coldbench.statistics import Interval, mean_interval
from coldbench.study import FULL
from coldbench.text import NA, Cell, Column, Section, Table, interval, noted, number

__all__ = ["ShotsTopic"]

HOW = (
    "How the error falls as a new user gives more ratings. A flat line means that the learner "
    "makes no use of them; the queries are the same at every point."
)


@dataclass(frozen=True, slots=True)
class Shots:
    """Mean error of a learner in a scenario when `shots` support ratings are given (-1: all)."""

    learner: str
    scenario: str
    shots: int
    mean: Interval


class ShotsTopic(Topic):
    """How the error falls as a new user gives more ratings."""

    order = 150

    @cached_property
    def means(self) -> tuple[Shots, ...]:
        """Nothing when all runs were predicted with all support ratings only."""
        runs = self.data.runs
        done = runs[(runs["metric"] == MAIN) & runs["value"].notna()]
        if not (done["shots"] != FULL).any():
            return ()
        groups = done.groupby(["learner", "scenario", "shots"], sort=False)["value"]
        return tuple(
            Shots(str(name), str(scenario), int(str(shots)), mean_interval(group.to_numpy(float)))
            for (name, scenario, shots), group in groups
        )

    def section(self) -> Section:
        title = "Error by number of support ratings"
        if not self.means:
            note = (
                "n/a: this study predicts with all support ratings only; add `--shots 0,1,2,5,10`."
            )
            return Section("shots", "Support", title, HOW, notes=(note,))
        return Section("shots", "Support", title, HOW, tables=(_table(self.data, self.means),))

    def figures(self) -> list[Plot]:
        groups = {
            scenario: [one for one in self.means if one.scenario == scenario]
            for scenario in self.data.scenarios
        }
        return [_plot(self.data, scenario, some) for scenario, some in groups.items() if some]

    def files(self) -> dict[str, list[dict[str, object]]]:
        """shots -1 means all support ratings."""
        return {"shots.csv": [_columns(one) for one in self.means]}


def _levels(means: Sequence[Shots]) -> list[int]:
    """Numbers of shots, all of them last."""
    return sorted({one.shots for one in means}, key=lambda shots: (shots == FULL, shots))


def _level(shots: int) -> str:
    return "all" if shots == FULL else str(shots)


def _table(data: ReportData, means: Sequence[Shots]) -> Table:
    levels = _levels(means)
    cells = {
        (s.learner, s.scenario, s.shots): noted(
            interval(s.mean), data.partial(s.learner, s.scenario)
        )
        for s in means
    }
    columns = (
        Column("scenario", False),
        Column("learner", False),
        *(Column(_level(level)) for level in levels),
    )
    rows = tuple(
        (
            Cell(scenario),
            Cell(data.names[name]),
            *(cells.get((name, scenario, level), Cell(NA)) for level in levels),
        )
        for scenario in data.scenarios
        for name in data.learners
        if (name, scenario, FULL) in cells
    )
    return Table("shots", "MAE by number of support ratings", columns, rows, big=True)


def _plot(data: ReportData, scenario: str, means: Sequence[Shots]) -> Plot:
    levels = _levels(means)
    series = []
    for place, learner in enumerate(data.anchors):
        mine = {s.shots: s.mean for s in means if s.learner == learner}
        x = tuple(float(levels.index(level)) for level in levels if level in mine)
        bands = tuple(mine[level] for level in levels if level in mine)
        seeds = data.partial(learner, scenario)
        name = f"{data.names[learner]}, {seeds}" if seeds else data.names[learner]
        series += [Series(name, place, x, bands)] if mine else []
    series = series[:MOST]
    ticks = [_level(level) for level in levels]
    lines = [f"{s.name}: " + ", ".join(number(b.value) for b in s.bands) + "." for s in series]
    alt = f"{scenario}: MAE with {', '.join(ticks)} support ratings. {' '.join(lines)}"
    labels = ("support ratings given", "MAE")
    draw = partial(banded, scenario, series, labels, ticks=ticks)
    return Plot(f"shots-{scenario}", alt, draw)


def _columns(one: Shots) -> dict[str, object]:
    return {
        "scenario": one.scenario,
        "learner": one.learner,
        "shots": one.shots,
        "n_seeds": one.mean.n,
        "mean": one.mean.value,
        "ci_low": one.mean.low,
        "ci_high": one.mean.high,
    }
