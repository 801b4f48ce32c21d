"""Sections about one learner at a time: spread over seeds, its sources, curves, support size."""

from coldbench.report.study import ReportData
from coldbench.statistics import SourceVariance, best_of_inflation
from coldbench.study import FULL
from coldbench.text import (
    NA,
    Cell,
    Column,
    Section,
    Table,
    interval,
    noted,
    number,
    percent,
    range_of,
)

__all__ = ["curves", "intervals", "shots", "variance"]


def intervals(data: ReportData) -> Section:
    """Every run as a point, means with intervals, spread in a table."""
    how = (
        "Each faint point is one seed, the mark is their mean and the bar its 95 % interval: "
        "the points say what a single run may give, the bar what the mean is known to. Blue: "
        "the best (diamond) and those not distinguishable from it. Dashed and dotted lines: "
        "published values and the oracle; those off the axis are named above it. In the table, the "
        "bootstrap-t interval does without normal runs: where it differs much from the other, the "
        "runs are skewed; trust neither from few seeds."
    )
    notes = ["n/a: one seed has no interval and no standard deviation."] if _single(data) else []
    if not _single(data) and len(data.seeds) < 10:
        notes.append("A standard deviation from few seeds is rough: read its interval.")
    figures = tuple(f"intervals-{scenario}" for scenario in data.scenarios)
    title = "Means and single runs"
    return Section("intervals", "Runs", title, how, figures, (_spread(data),), tuple(notes))


def _single(data: ReportData) -> bool:
    return all(len(s.values) < 2 for s in data.standings.values())


def _spread(data: ReportData) -> Table:
    columns = (
        Column("scenario", False),
        Column("learner", False),
        Column("seeds"),
        Column("mean, 95 % interval"),
        Column("bootstrap-t interval"),
        Column("sd, 95 % interval"),
        Column("variation"),
        Column("lowest"),
        Column("highest"),
        Column("gain of best of 5"),
    )
    rows = []
    for scenario in data.scenarios:
        for name in data.learners:
            found = data.standing(name, scenario)
            if found is not None:
                values = list(found.values.values())
                gain = best_of_inflation(values, 5).gain
                rows.append(
                    (
                        Cell(scenario),
                        Cell(data.names[name]),
                        Cell(str(len(values))),
                        interval(found.mean),
                        Cell(range_of(found.resampled)),
                        interval(found.spread.sd),
                        Cell(percent(found.spread.cv, 2)),
                        Cell(number(min(values))),
                        Cell(number(max(values))),
                        Cell(number(gain.value)),
                    )
                )
    return Table("spread", "Spread over seeds", columns, tuple(rows), big=True)


def variance(data: ReportData) -> Section:
    """Shares of variance by stream, where the design supports them."""
    how = (
        "How much of the variance between runs comes from the split, the episodes, the initial "
        "state and the order of training. Bars add up to 100 %; the lines below each bar are "
        "the 95 % intervals of the shares, which are wide."
    )
    title = "Where the variance comes from"
    if not data.sources:
        note = (
            "n/a: these runs form no design that tells the streams of randomness apart, such as "
            "`--design sources` (25 runs a learner) or `--design cross:init,split`."
        )
        return Section("sources", "Sources", title, how, (), (), (note,))
    names = dict.fromkeys(c.name for found in data.sources for c in found.variance.components)
    columns = (
        Column("scenario", False),
        Column("learner", False),
        *(Column(name) for name in names),
        Column("sd, all sources"),
    )
    rows = tuple(
        (
            Cell(found.scenario),
            Cell(data.names[found.learner]),
            *(_share(found.variance, name) for name in names),
            Cell(number(found.variance.total**0.5)),
        )
        for found in data.sources
    )
    figures = tuple(f"sources-{scenario}" for scenario in data.scenarios)
    table = Table("sources", "Shares of variance by source", columns, rows, big=True)
    note = (
        "A negative estimate is shown as 0. What two sources do only together is part of `error`. "
        "The intervals of means elsewhere treat these runs as independent."
    )
    return Section("sources", "Sources", title, how, figures, (table,), (note,))


def _share(variance: SourceVariance, name: str) -> Cell:
    known = {part.name: part.share for part in variance.components}
    if name not in known:
        return Cell(NA)
    share = known[name]
    limits = "" if share.low is None else f"[{percent(share.low)}, {percent(share.high)}]"
    return Cell(percent(share.value), limits)


def curves(data: ReportData) -> Section:
    """Validation error by epoch."""
    how = (
        "Validation error after each epoch, mean over seeds with its 95 % band. Training stops on "
        "these curves, never on test ratings. Where seeds stop at different epochs, the later part "
        "describes only those that went on; the steep start may be cut off."
    )
    names = dict.fromkeys(found.name.removeprefix("validation_") for found in data.curves)
    figures = tuple(f"curves-{'all-scenarios' if name == 'mae' else name}" for name in names)
    improving = [
        data.names[found.learner]
        for found in data.curves
        if found.name == "validation_mae" and found.curve.still_improving
    ]
    notes = []
    if improving:
        told = ", ".join(improving)
        notes.append(f"Still improving when training stopped, so more epochs may help: {told}.")
    if not data.curves:
        notes = ["n/a: no learner of this study trains for more than one epoch."]
    return Section("curves", "Curves", "Learning curves", how, figures, (), tuple(notes))


def shots(data: ReportData) -> Section:
    """Error by the number of support ratings."""
    how = (
        "How the error falls as a new user gives more ratings. A flat line means that the learner "
        "makes no use of them; the queries are the same at every point."
    )
    title = "Error by number of support ratings"
    if not data.shots:
        note = "n/a: this study predicts with all support ratings only; add `--shots 0,1,2,5,10`."
        return Section("shots", "Support", title, how, (), (), (note,))
    levels = sorted({s.shots for s in data.shots}, key=lambda s: (s == FULL, s))
    cells = {
        (s.learner, s.scenario, s.shots): noted(
            interval(s.mean), data.partial(s.learner, s.scenario)
        )
        for s in data.shots
    }
    columns = (
        Column("scenario", False),
        Column("learner", False),
        *(Column("all" if level == FULL else str(level)) for level in levels),
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
    figures = tuple(f"shots-{scenario}" for scenario in data.scenarios)
    table = Table("shots", "MAE by number of support ratings", columns, rows, big=True)
    return Section("shots", "Support", title, how, figures, (table,))
