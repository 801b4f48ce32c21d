"""Every run as a point, means with intervals, and the spread over seeds."""

from functools import cached_property

from coldbench.report.drawing.forest import Line, Row, forest
from coldbench.report.drawing.style import Plot
from coldbench.report.standings import Standing
from coldbench.report.study import MAIN, ReportData
from coldbench.report.topic import Sentence, Topic, with_limits
from coldbench.statistics import best_of_inflation, prediction_interval
from coldbench.text import Cell, Column, Section, Table, interval, number, percent, range_of

__all__ = ["Intervals"]

HOW = (
    "Each faint point is one seed, the mark is their mean and the bar its 95 % interval: "
    "the points say what a single run may give, the bar what the mean is known to. Blue: "
    "the lowest mean (diamond) and those that may be the best too. Dashed and dotted lines: "
    "published values and the oracle; those off the axis are named above it. In the table, the "
    "bootstrap-t interval does without normal runs: where it differs much from the other, the "
    "runs are skewed; trust neither from few seeds. Beside the spread: where 95 % of further runs "
    "would fall, allowing for skewed runs, though not for a collapse that no run here had."
)


class Intervals(Topic):
    """Means and single runs."""

    order = 40

    @cached_property
    def gains(self) -> dict[tuple[str, str], float | None]:
        """How much lower the best of five runs is than one, by learner and scenario."""
        return {
            place: best_of_inflation(list(standing.values.values()), 5).gain.value
            for place, standing in self.data.standings.items()
        }

    def section(self) -> Section:
        few = len(self.data.seeds) < 10
        notes = ["A standard deviation from few seeds is rough: read its interval."] if few else []
        if all(len(s.values) < 2 for s in self.data.standings.values()):
            notes = ["n/a: one seed has no interval and no standard deviation."]
        tables, title = (_table(self.data, self.gains),), "Means and single runs"
        return Section("intervals", "Runs", title, HOW, (), tables, tuple(notes))

    def figures(self) -> list[Plot]:
        """For each scenario; with published values and the oracle."""
        return [_plot(self.data, scenario) for scenario in self.data.scenarios]

    def files(self) -> dict[str, list[dict[str, object]]]:
        standings = self.data.standings.items()
        return {"spread.csv": [_columns(one, self.gains[place]) for place, one in standings]}

    def sentences(self) -> list[Sentence]:
        if len(self.data.seeds) > 1:
            return []
        text = "One seed: no interval, no test. Run more seeds before believing any order."
        return [Sentence(text, "intervals", "warning")]


def _plot(data: ReportData, scenario: str) -> Plot:
    rows = [
        Row(data.names[s.learner], tuple(s.values.values()), s.mean, s.group, s.partial)
        for s in data.placed(scenario)
    ]
    lines = [
        Line(row.label, row.values[scenario])
        for row, _ in data.published
        if row.metric == MAIN and scenario in row.values
    ]
    best = data.oracle.get(scenario)
    if best is not None and best.value is not None:
        lines.append(Line("oracle", best.value))
    alt = f"{scenario}: mean MAE with 95 % interval."
    return forest(f"intervals-{scenario}", scenario, alt, rows, "MAE (lower is better)", lines)


def _table(data: ReportData, gains: dict[tuple[str, str], float | None]) -> Table:
    columns = (
        Column("scenario", False),
        Column("learner", False),
        Column("seeds"),
        Column("mean, 95 % interval"),
        Column("bootstrap-t interval"),
        Column("sd, 95 % interval"),
        Column("variation"),
        Column("95 % of further runs"),
        Column("lowest"),
        Column("highest"),
        Column("gain of best of 5"),
    )
    rows = tuple(
        _row(data, standing, gains[standing.learner, scenario])
        for scenario in data.scenarios
        for standing in data.placed(scenario)
    )
    return Table("spread", "Spread over seeds", columns, rows, big=True)


def _row(data: ReportData, standing: Standing, gain: float | None) -> tuple[Cell, ...]:
    values = standing.values.values()
    return (
        Cell(standing.scenario),
        Cell(data.names[standing.learner]),
        Cell(str(len(values))),
        interval(standing.mean),
        Cell(range_of(standing.resampled)),
        interval(standing.spread.sd),
        Cell(percent(standing.spread.cv, 2)),
        Cell(range_of(prediction_interval(list(values)))),
        Cell(number(min(values))),
        Cell(number(max(values))),
        Cell(number(gain)),
    )


def _columns(standing: Standing, gain: float | None) -> dict[str, object]:
    values = standing.values.values()
    further = prediction_interval(list(values))
    return {
        "scenario": standing.scenario,
        "learner": standing.learner,
        "n_seeds": len(values),
        "mean": standing.mean.value,
        "ci_low": standing.mean.low,
        "ci_high": standing.mean.high,
        "bootstrap_t_low": standing.resampled.low,
        "bootstrap_t_high": standing.resampled.high,
        **with_limits("sd", standing.spread.sd),
        "cv": standing.spread.cv,
        "prediction_low": further.low,
        "prediction_high": further.high,
        "min": min(values),
        "max": max(values),
        "gain_best_of_5": gain,
    }
