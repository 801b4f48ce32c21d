"""Sections about the runs themselves: failures, cost, all metrics, every run, provenance."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from coldbench.report.recipe import FILE
from coldbench.report.study import MAIN, ReportData
from coldbench.report.summary import full_support
from coldbench.report.topics.cost import costs_of
from coldbench.report.topics.metrics import gap_table, mixed, sentences
from coldbench.report.topics.users import order_counts
from coldbench.statistics import Interval, failure_rate
from coldbench.study import UNTUNED
from coldbench.text import (
    NA,
    Cell,
    Column,
    Section,
    Table,
    display_name,
    interval,
    noted,
    number,
    percent,
    plain,
)

__all__ = ["costs", "failures", "metrics", "origin", "runs"]

FALLBACK = "global-mean"  # what a failed run is worth, where the study has it


def failures(data: ReportData) -> Section:
    """What did not finish, and what that does to the means."""
    how = (
        "Runs that failed or diverged are never dropped silently: the means elsewhere are over "
        "finished runs, and the table here says how often there was none. A learner that declines "
        "has a reason and did not fail."
    )
    tables = [
        table
        for table in (_rates(data), _reasons(data), _constant(data), _holes(data))
        if table.rows
    ]
    whole = data.unfinished or len(data.missing)
    notes = () if whole else ("All planned runs finished.",)
    return Section(
        "failures", "Failures", "Failures and missing runs", how, (), tuple(tables), notes
    )


def _rates(data: ReportData) -> Table:
    columns = (
        Column("learner", False),
        Column("scenario", False),
        Column("failed or diverged"),
        Column("rate, 95 % interval"),
        Column("mean of finished runs"),
        Column(f"mean, a failed run counting as {FALLBACK}"),
    )
    main = full_support(data.runs)
    main = main[(main["metric"] == MAIN) & (main["status"] != "declined")]
    rows = []
    for name in data.learners:
        for scenario in data.scenarios:
            mine = main[(main["learner"] == name) & (main["scenario"] == scenario)]
            mine = mine[(mine["status"] != "finished") | mine["value"].notna()]
            failed = (mine["status"] != "finished").to_numpy()
            if failed.any():
                fallback = _fallback(data, scenario, list(mine["seed"]))
                rate = failure_rate(mine["value"].to_numpy(float), failed, fallback=fallback)
                limits = "" if rate.low is None else f"[{percent(rate.low)}, {percent(rate.high)}]"
                rows.append(
                    (
                        Cell(data.names[name]),
                        Cell(scenario),
                        Cell(f"{rate.failed} of {rate.n}", mark="bad"),
                        Cell(percent(rate.value), limits),
                        interval(rate.conditional),
                        interval(rate.unconditional),
                    )
                )
    return Table("failures", "How often runs fail", columns, tuple(rows))


def _fallback(data: ReportData, scenario: str, seeds: Sequence[str]) -> list[float] | None:
    """FALLBACK's value at each seed, since a hard seed is hard for both; its mean where it failed
    too."""
    found = data.standing(FALLBACK, scenario)
    if found is None or found.mean.value is None:
        return None
    return [found.values.get(seed, found.mean.value) for seed in seeds]


def _reasons(data: ReportData) -> Table:
    columns = tuple(Column(title, False) for title in ("learner", "seed", "status", "reason"))
    rows = tuple(
        (
            Cell(data.names[record.job.learner]),
            Cell(display_name(record.job.seeds.label)),
            Cell(record.status, mark="muted" if record.status == "declined" else "bad"),
            Cell(display_name(record.reason or NA, 300)),
        )
        for record in data.unfinished
    )
    return Table("reasons", "Runs that did not finish", columns, rows, big=len(rows) > 20)


def _constant(data: ReportData) -> Table:
    columns = (
        Column("learner", False),
        Column("seed", False),
        Column("most frequent prediction, share"),
        Column("sd of predictions"),
        Column("entropy"),
    )
    rows = tuple(
        (
            Cell(data.names[record.job.learner]),
            Cell(display_name(record.job.seeds.label)),
            Cell(percent(record.concentration["top_share"], 1), mark="bad"),
            Cell(number(record.concentration["sd"])),
            Cell(number(record.concentration["entropy"], 3)),
        )
        for record in data.collapsed
    )
    title = "Runs that finished and predict a constant"
    return Table("constant", title, columns, rows, big=len(rows) > 20)


def _holes(data: ReportData) -> Table:
    columns = (Column("learner", False), Column("seeds without a run", False))
    rows = []
    for name in data.learners:
        seeds = [plain(seed) for seed in data.missing.loc[data.missing["learner"] == name, "seed"]]
        if seeds:
            rows.append((Cell(data.names[name]), Cell(display_name(", ".join(seeds), 200))))
    return Table("missing", "Planned runs that are not there yet", columns, tuple(rows))


def costs(data: ReportData) -> Section:
    """Seconds, memory, parameters against error."""
    how = (
        "What a run costs and what it earns: low and left is better. Medians over runs, on the "
        "machines that ran them; seconds include the search for the number of epochs."
    )
    columns = (
        Column("learner", False),
        Column("seconds a run"),
        Column("of these training"),
        Column("testing"),
        Column("peak memory, MB"),
        Column("trained numbers"),
        Column("epochs"),
        Column("tuning", False),
    )
    rows = tuple(
        (
            Cell(cost.name),
            Cell(_size(cost.seconds)),
            Cell(_size(cost.fit)),
            Cell(_size(cost.predict)),
            Cell(_size(cost.megabytes)),
            Cell(f"{cost.parameters:,.0f}"),
            Cell(f"{cost.epochs:,.0f}"),
            Cell(display_name(data.tuning[cost.learner], 120)),
        )
        for cost in costs_of(data)
    )
    table = Table("costs", "Cost of a run", columns, rows)
    note = "Memory is the highest of the process so far: a worker keeps the peak of earlier runs."
    untuned = [data.names[name] for name in data.learners if data.tuning[name] == UNTUNED]
    unequal = f"Not tuned, at their defaults: {', '.join(untuned)}." if untuned else ""
    notes = (note, unequal) if unequal else (note,)
    figures = ("cost-seconds", "cost-megabytes", "cost-parameters")
    return Section("cost", "Cost", "Cost", how, figures, (table,) if rows else (), notes)


def _size(value: float) -> str:
    return NA if value != value else f"{value:,.2f}" if value < 10 else f"{value:,.0f}"


def metrics(data: ReportData) -> Section:
    """Every metric in every scenario."""
    how = (
        "MAE, RMSE: lower is better, in rating points; `mae_user` first averages within users. "
        "NDCG: higher is better, the order of a user's query items. Mean with its 95 % interval."
    )
    tables = tuple(_metrics(data, scenario) for scenario in data.scenarios)
    if data.gaps:
        tables = (gap_table(data.gaps, data.names), *tables)
    notes = (*sentences(data.gaps), *mixed(data.definitions), *_trivial(data))
    return Section("metrics", "Metrics", "All metrics", how, (), tables, notes)


def _metrics(data: ReportData, scenario: str) -> Table:
    here = data.summary[data.summary["scenario"] == scenario]
    runs: dict[Any, int] = here.groupby("learner")["n_seeds"].max().to_dict()
    cells = {
        (line.learner, line.metric): noted(
            _mean(line, runs[line.learner]), data.partial(str(line.learner), scenario)
        )
        for line in here.itertuples()
    }
    columns = (Column("learner", False), *(Column(name) for name in data.metrics))
    names = [*data.learners, *(["oracle"] if data.oracle else [])]
    rows = tuple(
        (
            Cell(data.names.get(name, name)),
            *(cells.get((name, metric), Cell(NA)) for metric in data.metrics),
        )
        for name in names
    )
    return Table(f"metrics-{scenario}", scenario, columns, rows)


def _mean(line: Any, runs: int) -> Cell:
    """runs: how many seeds other metrics have."""
    values = [float(value) for value in (line.mean, line.ci_low, line.ci_high)]
    mean, low, high = (None if value != value else value for value in values)
    cell = interval(Interval(mean, low, high, int(line.n_seeds)))
    if line.n_seeds == runs:
        return cell
    told = f"{line.n_seeds} of {runs} seeds"
    return replace(cell, note=f"{cell.note}, {told}" if cell.note else told)


def _trivial(data: ReportData) -> list[str]:
    """Where a metric of order has little or nothing to order."""
    notes = []
    query = data.origin.query
    names = [
        name
        for name in data.metrics
        if query is not None and re.fullmatch(r"ndcg@[0-9]+", name) and int(name[5:]) >= query
    ]
    if names:
        notes.append(
            f"{', '.join(names)}: trivial, since a user has at most {query} query items; "
            "a long list would be ranked in full."
        )
    digest, gap = data.digest
    if digest is None:
        if any(name.startswith("ndcg@") for name in data.metrics):
            notes.append(f"Users without anything to order: n/a, {gap}.")
        return notes
    counts = order_counts(digest)
    if counts.users:
        notes.append(counts.told())
    return notes


def runs(data: ReportData) -> Section:
    """Every run and scenario, sortable and filterable on the page."""
    how = (
        "Every run that the tables above are made of. Click a heading to sort; type to filter by "
        "learner, scenario, seed or status. The same lines, in full precision, are in runs.csv."
    )
    columns = (
        Column("learner", False),
        Column("seed"),
        Column("scenario", False),
        *(Column(metric) for metric in data.metrics),
        Column("status", False),
    )
    full = full_support(data.runs)
    keys = ["learner", "seed", "scenario", "status"]
    flat = {(record.job.learner, record.job.seeds.label) for record in data.collapsed}
    rows = []
    for key, group in full.groupby(keys, sort=False):
        learner, seed, scenario, status = (str(part) for part in key)
        cells = {line.metric: _value(line) for line in group.itertuples()}
        rows.append(
            (
                Cell(data.names[learner]),
                Cell(plain(seed), sort=float(data.seeds.index(seed))),
                Cell(scenario),
                *(cells.get(metric, Cell(NA)) for metric in data.metrics),
                _status(status, (learner, seed) in flat),
            )
        )
    table = Table("runs", "Runs", columns, tuple(rows), big=True, interactive=True)
    return Section("runs", "Every run", "Every run", how, (), (table,))


def _status(status: str, constant: bool) -> Cell:
    if constant:
        return Cell(f"{status}, constant", mark="bad")
    return Cell(status, mark="" if status == "finished" else "bad")


def _value(line: Any) -> Cell:
    """The reason of a run that did not finish is in the table of failures."""
    if line.value == line.value:
        return Cell(number(line.value), sort=line.value)
    return Cell(NA, display_name(line.reason, 60) if line.status == "finished" else "")


def origin(data: ReportData) -> Section:
    """Provenance, and the commands that repeat the study."""
    how = (
        "What these numbers depend on. Runs repeat bit for bit from the same data, code and "
        "configuration; a seed with other fingerprints met other users or episodes."
    )
    facts = Table(
        "facts",
        "Provenance",
        (Column("what", False), Column("value", False)),
        tuple((Cell(name), Cell(value)) for name, value in data.origin.facts),
    )
    prints = Table(
        "fingerprints",
        "Fingerprints of the splits",
        (Column("seed", False), Column("split", False), Column("episodes", False)),
        tuple((Cell(seed), Cell(split), Cell(ep)) for seed, split, ep in data.origin.prints),
        big=True,
    )
    configs = Table(
        "configurations",
        "Configurations of the learners",
        (Column("learner", False), Column("configuration", False)),
        tuple(
            (Cell(display_name(name)), Cell(plain(json.dumps(config, sort_keys=True))[:4000]))
            for name, config in data.origin.configs.items()
        ),
        big=True,
    )
    recipe = data.origin.recipe
    code = (
        (f"Save this as {FILE}", recipe.config),
        ("then run", "\n".join([*recipe.commands, "coldbench report again"])),
    )
    notes: tuple[str, ...] = ()
    if recipe.missing:
        told = ", ".join(recipe.missing[:10])
        notes = (f"No design gives these seed vectors, which the commands leave out: {told}.",)
    title = "Provenance, and how to reproduce"
    return Section("origin", "Provenance", title, how, (), (facts, prints, configs), notes, code)
