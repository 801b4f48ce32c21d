"""What a run of each learner costs, against its error: medians over its finished runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import pandas as pd

from coldbench.report.drawing.scatter import Point, scatter
from coldbench.report.drawing.style import Plot, short
from coldbench.report.study import ReportData
from coldbench.report.topic import Topic
from coldbench.report.topics.entry import EntryTopic
from coldbench.report.topics.tuning import TuningTopic
from coldbench.study import results, untuned
from coldbench.text import NA, Cell, Column, Section, Table, display_name, number

__all__ = ["Cost", "CostTopic"]

HOW = (
    "What a run costs and what it earns: low and left is better. Medians over runs, on the "
    "machines that ran them; seconds include the search for the number of epochs."
)
PEAK = "Memory is the highest of the process so far: a worker keeps the peak of earlier runs."
AXES = {
    "seconds": "seconds a run",
    "megabytes": "peak memory, MB",
    "parameters": "parameters",
}
LOGARITHMIC = ("seconds", "parameters")


@dataclass(frozen=True, slots=True)
class Cost:
    """Medians over runs; megabytes: highest resident memory of the process so far, so a cheap
    learner that ran after a dear one inherits its peak; mae: mean over scenarios;
    seeds: how many it is over, where others have more; scaled: the seconds are those of another
    machine, brought to that of the others."""

    learner: str
    name: str
    seconds: float
    fit: float
    predict: float
    megabytes: float
    parameters: float
    epochs: float
    mae: float | None
    seeds: str = ""
    scaled: bool = False


class CostTopic(Topic):
    """Seconds, memory, parameters against error."""

    order = 170

    @cached_property
    def table(self) -> pd.DataFrame:
        """The table of `results.costs`."""
        return results.costs(self.data.study, self.data.records)

    @cached_property
    def costs(self) -> list[Cost]:
        """In the order of the league table; learners without a finished run have none."""
        done = self.table[self.table["status"] == "finished"]
        return [
            _cost(self.data, name, mine)
            for name in self.data.learners
            if len(mine := done[done["learner"] == name])
        ]

    def section(self) -> Section:
        words = self.data.of(TuningTopic).words
        defaults = [n for key, n in self.data.names.items() if words[key] == untuned(())]
        notes = [PEAK]
        notes += self.data.of(EntryTopic).seconds
        notes += [f"Not tuned, at their defaults: {', '.join(defaults)}."] if defaults else []
        tables = (_table(self.costs, words),) if self.costs else ()
        return Section("cost", "Cost", "Cost", HOW, (), tables, tuple(notes))

    def figures(self) -> list[Plot]:
        """One figure for each kind of cost."""
        shown = [c for c in self.costs if c.mae is not None and c.learner in self.data.anchors]
        return [_plot(shown, kind, label) for kind, label in AXES.items() if shown]

    def files(self) -> dict[str, pd.DataFrame]:
        """Timings are in this file only: runs.csv repeats."""
        return {"costs.csv": self.table}


def _cost(data: ReportData, learner: str, mine: pd.DataFrame) -> Cost:
    scale = data.of(EntryTopic).scale(learner)

    def median(column: str) -> float:
        return float(mine[column].median()) if column in mine else float("nan")

    means = [s.mean.value for scen in data.scenarios if (s := data.standing(learner, scen))]
    known = [mean for mean in means if mean is not None]
    return Cost(
        learner,
        data.names[learner],
        median("seconds_total") * (scale or 1.0),
        median("seconds_fit") * (scale or 1.0),
        median("seconds_predict") * (scale or 1.0),
        float(mine["peak_bytes"].min()) / 1e6,
        median("n_parameters"),
        median("epochs"),
        sum(known) / len(known) if known and len(known) == len(data.scenarios) else None,
        next((seeds for scen in data.scenarios if (seeds := data.partial(learner, scen))), ""),
        scale is not None,
    )


def _table(costs: Sequence[Cost], tuning: dict[str, str]) -> Table:
    columns = (
        Column("learner", False),
        Column("seconds a run"),
        Column("of these training"),
        Column("testing"),
        Column("peak memory, MB"),
        Column("parameters"),
        Column("epochs"),
        Column("tuning", False),
    )
    rows = tuple(
        (
            Cell(cost.name),
            Cell(_seconds(cost, cost.seconds)),
            Cell(_seconds(cost, cost.fit)),
            Cell(_seconds(cost, cost.predict)),
            Cell(_size(cost.megabytes)),
            Cell(f"{cost.parameters:,.0f}"),
            Cell(f"{cost.epochs:,.0f}"),
            Cell(display_name(tuning[cost.learner], 120)),
        )
        for cost in costs
    )
    return Table("costs", "Cost of a run", columns, rows)


def _seconds(cost: Cost, value: float) -> str:
    return f"≈ {_size(value)}" if cost.scaled else _size(value)


def _size(value: float) -> str:
    return NA if value != value else f"{value:,.2f}" if value < 10 else f"{value:,.0f}"


def _plot(costs: Sequence[Cost], kind: str, label: str) -> Plot:
    shown = [(place, one, getattr(one, kind)) for place, one in enumerate(costs)]
    shown = [(place, one, value) for place, one, value in shown if value]
    lines = [
        f"{one.name}: {value:,.0f}, MAE {number(one.mae)}{_over(one)}." for _, one, value in shown
    ]
    alt = f"Mean MAE over scenarios against {label}. {' '.join(lines)}"
    points = [
        Point(f"{short(one.name)}{_over(one)}", place, float(value), float(one.mae or 0.0))
        for place, one, value in shown
    ]
    labels = (label, "MAE, mean over scenarios")
    return Plot(f"cost-{kind}", alt, partial(scatter, points, labels, kind in LOGARITHMIC))


def _over(one: Cost) -> str:
    return f", {one.seeds}" if one.seeds else ""
