"""Sections that compare: differences, reversals, published values, ranks."""

from collections.abc import Iterator

from coldbench.report.pairs import Pair
from coldbench.report.study import MAIN, ReportData
from coldbench.report.topics.published import CAVEAT, is_about
from coldbench.report.topics.ranks import rankings
from coldbench.statistics import Interval, PublishedComparison, compare_published
from coldbench.study import Published
from coldbench.text import (
    NA,
    Cell,
    Column,
    Section,
    Table,
    display_name,
    interval,
    number,
    p_value,
    percent,
    range_of,
)

__all__ = ["differences", "published", "ranks", "reversal"]

ALONE = "n/a: one learner, nothing to compare."
RESTRICTED = (
    "An ablation: each departure is compared with its own base, and other learners with each "
    "other; no other pair was tested, and no learner is called the best."
)


def differences(data: ReportData) -> Section:
    """Paired differences: figures against the best, all pairs in a table."""
    how = (
        "Each row is a learner's MAE minus that of the best one on the same seeds: a point for "
        "each seed, a bar for the 95 % interval of the mean. A bar that crosses the line at 0 "
        "shows no difference; blue rows cannot be told from the best after Holm's correction. "
        "In the table, gain of pairing: how many times more seeds a study without common seeds "
        "needs; at 75 %: whether A wins at clearly more than half, and perhaps three quarters, of "
        "all seeds."
    )
    notes = [] if len(data.learners) > 1 else [ALONE]
    if data.declared:
        notes.append(
            f"Holm's correction is over all {data.declared} pairs x scenarios of this study. Only "
            "seeds that both learners finished count."
        )
    if data.ablation is not None:
        notes.append(RESTRICTED)
    if 1 < len(data.seeds) < 6:
        notes.append(
            f"With {len(data.seeds)} seeds the exact sign-flip test cannot reach p = 0.05, "
            "whatever the data: its column says the smallest p there is."
        )
    figures = tuple(f"differences-{scenario}" for scenario in data.scenarios)
    tables = (_pairs(data),) if data.pairs else ()
    title = "Paired differences"
    return Section("differences", "Differences", title, how, figures, tables, tuple(notes))


def _pairs(data: ReportData) -> Table:
    columns = (
        Column("scenario", False),
        Column("A", False),
        Column("B", False),
        Column("seeds"),
        Column("A − B, 95 % interval"),
        Column("p"),
        Column("p, Holm"),
        Column("p, sign flip"),
        Column("effect size d_z"),
        Column("gain of pairing"),
        Column("A better"),
        Column("at 75 %", False),
    )
    rows = tuple(_pair(data, pair) for pair in data.pairs)
    return Table("pairs", "Every pair on its common seeds", columns, rows, big=True)


def _pair(data: ReportData, pair: Pair) -> tuple[Cell, ...]:
    shown = pair.adjusted is not None and pair.adjusted <= 0.05
    needed = f"{pair.better.needed} needed" if pair.better.verdict == "too few seeds" else ""
    effect = Interval(pair.effect.value, pair.effect.low, pair.effect.high, pair.effect.n)
    better = pair.better
    wins = NA if better.low is None else f"[{percent(better.low)}, {percent(better.high)}]"
    return (
        Cell(pair.scenario),
        Cell(data.names[pair.a]),
        Cell(data.names[pair.b]),
        Cell(str(len(pair.seeds))),
        interval(pair.difference.difference),
        Cell(p_value(pair.difference.p)),
        Cell(p_value(pair.adjusted), mark="best" if shown else ""),
        Cell(p_value(pair.flip.p), f"smallest {p_value(pair.flip.smallest)}"),
        interval(effect, 2),
        Cell(number(pair.difference.gain, 1)),
        Cell(percent(better.value), "" if wins == NA else wins),
        Cell(better.verdict, needed),
    )


def reversal(data: ReportData) -> Section:
    """The headline: how often single runs name the wrong winner."""
    how = (
        "If two papers each publish one run, of seeds and splits of their own, how often does "
        "the worse learner look better? 50 is a coin toss, 0 means that one run is enough. Each "
        "cell is a percentage; the table adds its 95 % interval."
    )
    notes = () if len(data.learners) > 1 else (ALONE,)
    if len(data.seeds) == 1:
        notes = (*notes, "n/a: one seed says nothing about other seeds.")
    figures = tuple(f"reversal-{scenario}" for scenario in data.scenarios)
    tables = (_reversals(data),) if any(len(p.seeds) > 1 for p in data.pairs) else ()
    return Section(
        "reversal", "Wrong winner", "One run: the wrong winner", how, figures, tables, notes
    )


def _reversals(data: ReportData) -> Table:
    columns = (
        Column("scenario", False),
        Column("A", False),
        Column("B", False),
        Column("two papers, own splits"),
        Column("observed pairs of runs"),
        Column("one paper, shared split"),
        Column("observed on shared splits"),
        Column("runs of each for < 5 %"),
    )
    rows = tuple(_reversal(data, pair) for pair in data.pairs if len(pair.seeds) > 1)
    return Table("reversals", "Chance of naming the wrong winner", columns, rows, big=True)


def _reversal(data: ReportData, pair: Pair) -> tuple[Cell, ...]:
    needed = pair.reversal.runs_needed
    return (
        Cell(pair.scenario),
        Cell(data.names[pair.a]),
        Cell(data.names[pair.b]),
        _chance(pair.reversal.model),
        Cell(percent(pair.reversal.unpaired)),
        _chance(pair.reversal_shared.model),
        Cell(percent(pair.reversal_shared.paired)),
        Cell(NA if needed is None else f"{needed:,}"),
    )


def _chance(chance: Interval) -> Cell:
    limits = "" if chance.low is None else f"[{percent(chance.low)}, {percent(chance.high)}]"
    return Cell(percent(chance.value), limits)


def published(data: ReportData) -> Section | None:
    """Published values against our runs; nothing for a data set without any."""
    if not data.published:
        return None
    how = (
        "Is a published value a plausible single run of our learner? Inside: it lies in the "
        "interval in which 95 % of further runs fall. The percentile says where it would rank "
        "among our runs (0: lower than all). Equivalent: our mean is shown to lie within the "
        "margin of it."
    )
    columns = (
        Column("published", False),
        Column("scenario", False),
        Column("value"),
        Column("our learner", False),
        Column("our mean, 95 % interval"),
        Column("95 % of further runs"),
        Column("inside", False),
        Column("percentile"),
        Column("p, equivalence"),
    )
    rows = tuple(row for told in data.published for row in _published(data, *told))
    table = Table("published", "Published values against our runs", columns, rows)
    sources = [
        f"{display_name(row.label)}: {display_name(row.source, 300)}." for row, _ in data.published
    ]
    margin = f"Margin of equivalence, fixed beforehand: {data.published[0][1]:g} rating points."
    notes = (CAVEAT, *sources, margin)
    return Section(
        "published", "Published", "Published values", how, (), (table,) if rows else (), notes
    )


def _published(data: ReportData, row: Published, margin: float) -> Iterator[tuple[Cell, ...]]:
    if row.metric != MAIN:
        return
    for learner in (name for name in data.anchors if is_about(row, name)):
        for scenario in (name for name in data.scenarios if name in row.values):
            found = data.standing(learner, scenario)
            if found is not None:
                value = row.values[scenario]
                told = compare_published(list(found.values.values()), value, margin=margin)
                name = data.names[learner]
                yield _published_row(display_name(row.label), scenario, name, found.mean, told)


def _published_row(
    label: str, scenario: str, name: str, mean: Interval, told: PublishedComparison
) -> tuple[Cell, ...]:
    inside = NA if told.inside is None else "yes" if told.inside else "no"
    equivalent = {True: "equivalent", False: "not shown", None: ""}[told.equivalent]
    percentile = NA if told.percentile is None else f"{told.percentile:.1f}"
    return (
        Cell(label),
        Cell(scenario),
        Cell(number(told.published)),
        Cell(name),
        interval(mean),
        Cell(range_of(told.prediction)),
        Cell(inside, mark="best" if told.inside else ""),
        Cell(percentile),
        Cell(p_value(told.tost_p), equivalent),
    )


def ranks(data: ReportData) -> Section:
    """Counts of ranks, and how far the seeds agree."""
    how = (
        "Each row is a learner, each column a rank: the number says at how many seeds it came "
        "there. A learner that is really better keeps to one column. Kendall's W is 1 when all "
        "seeds agree on the order and near 0 when they do not."
    )
    found = rankings(data)
    notes: list[str] = []
    if not found:
        notes = [ALONE if len(data.learners) < 2 else "n/a: no seed that all learners finished."]
    figures = tuple(f"ranks-{r.scenario}" for r in found)
    return Section("ranks", "Ranks", "Ranks over seeds", how, figures, (), tuple(notes))
