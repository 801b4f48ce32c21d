"""Every metric in every scenario, and where a metric has no value or nothing to order."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from coldbench.report.study import ReportData
from coldbench.report.topic import Sentence, Topic
from coldbench.statistics import Interval
from coldbench.study import Digest, Gap, definitions
from coldbench.text import NA, Cell, Column, Section, Table, display_name, interval, noted

__all__ = ["Metrics", "OrderCounts", "mixed", "order_counts", "sentences"]

LONGEST = 100  # characters of a reason
ORDERS = re.compile(r"(ndcg|hit)@[0-9]+")  # nothing is left to order where k reaches all queries
HOW = (
    "MAE, RMSE: lower is better, in rating points; `mae_user` first averages within users. "
    "NDCG: higher is better, the order of a user's query items. Mean with its 95 % interval."
)
ALSO = {
    "nmae": "`nmae` is the MAE as a share of the scale's width, to compare scales.",
    "rmse_user": "`rmse_user` is the mean over users of their RMSE.",
    "hit@5": "`hit@k`: the share of users who find a rating in the upper quarter of the scale "
    "among the k that are ranked first; of users without such a rating it says nothing.",
    "mrr@5": "`mrr@k`: the mean over the same users of one over the rank of the first such rating, "
    "0 beyond k.",
}


class Metrics(Topic):
    """Means of all metrics."""

    order = 180

    def section(self) -> Section:
        data = self.data
        tables = tuple(_table(data, scenario) for scenario in data.scenarios)
        if data.gaps:
            tables = (_gap_table(data.gaps, data.names), *tables)
        notes = (*sentences(data.gaps), *mixed(definitions(data.records)), *_trivial(data))
        how = " ".join([HOW, *(text for name, text in ALSO.items() if name in data.metrics)])
        return Section("metrics", "Metrics", "All metrics", how, (), tables, notes)

    def files(self) -> dict[str, list[dict[str, object]]]:
        """gaps.csv: metrics without a value in runs that finished."""
        return {"gaps.csv": [_gap_row(gap) for gap in self.data.gaps]}

    def sentences(self) -> list[Sentence]:
        """What is wrong with a metric."""
        return [Sentence(text, "metrics", "warning") for text in sentences(self.data.gaps)]


def sentences(gaps: Sequence[Gap]) -> list[str]:
    """`ndcg@3 is n/a in 1 of 3 runs of bias (W-C: returned nan, not a finite number).`"""
    metrics = dict.fromkeys(gap.metric for gap in gaps)
    return [_sentence([gap for gap in gaps if gap.metric == metric]) for metric in metrics]


def _sentence(gaps: Sequence[Gap]) -> str:
    first = gaps[0]
    runs = {gap.learner: gap.runs for gap in gaps}
    lost = {(gap.learner, seed) for gap in gaps for seed in gap.seeds}
    names = ", ".join(display_name(name) for name in list(runs)[:3])
    others = f" and {len(runs) - 3} more" if len(runs) > 3 else ""
    text = f"{display_name(first.metric)} is n/a in {len(lost)} of {sum(runs.values())} runs of "
    reasons = {reason for gap in gaps for reason in gap.reasons}
    more = f"; {len(reasons) - 1} more reasons" if len(reasons) > 1 else ""
    why = f"{first.scenario}: {display_name(first.reasons[0], LONGEST)}{more}"
    return f"{text}{names}{others} ({why})."


def _gap_row(gap: Gap) -> dict[str, object]:
    return {
        "scenario": gap.scenario,
        "learner": gap.learner,
        "metric": gap.metric,
        "n_missing": len(gap.seeds),
        "n_runs": gap.runs,
        "reason": "; ".join(gap.reasons),
    }


def _gap_table(gaps: Sequence[Gap], names: Mapping[str, str]) -> Table:
    """Each metric, learner and scenario; names: how learners are shown."""
    titles = ("metric", "learner", "scenario", "seeds without", "reason")
    rows = tuple(
        (
            Cell(display_name(gap.metric)),
            Cell(names[gap.learner]),
            Cell(gap.scenario),
            Cell(f"{len(gap.seeds)} of {gap.runs}", mark="bad"),
            Cell("; ".join(display_name(reason, LONGEST) for reason in gap.reasons[:3])),
        )
        for gap in gaps
    )
    columns = tuple(Column(title, False) for title in titles)
    return Table("gaps", "Metrics without a value", columns, rows, big=len(rows) > 20)


def mixed(counts: Mapping[str, Counter[int]]) -> list[str]:
    """What a reader must know of metrics that several definitions gave."""
    lines = []
    for metric, count in counts.items():
        versions = ", ".join(f"version {v} ({n} runs)" for v, n in sorted(count.items()))
        lines.append(
            f"{display_name(metric)} is of several definitions, {versions}: "
            "the changelog tells whether they agree on this scale."
        )
    return lines


def _table(data: ReportData, scenario: str) -> Table:
    lines = data.summary[data.summary["scenario"] == scenario]
    runs: dict[str, int] = {}
    for learner, seeds in zip(lines["learner"], lines["n_seeds"], strict=True):
        runs[learner] = max(seeds, runs.get(learner, 0))
    wanted = lines[["learner", "metric", "mean", "ci_low", "ci_high", "n_seeds"]]
    cells = {
        (learner, metric): noted(
            _mean(mean, low, high, n, runs[learner]), data.partial(learner, scenario)
        )
        for learner, metric, mean, low, high, n in wanted.itertuples(index=False, name=None)
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


def _mean(mean: float, low: float, high: float, n: int, runs: int) -> Cell:
    """runs: how many seeds other metrics have."""
    known = [None if value != value else value for value in (mean, low, high)]
    cell = interval(Interval(known[0], known[1], known[2], n))
    if n == runs:
        return cell
    seeds = f"{n} of {runs} seeds"
    return replace(cell, note=f"{cell.note}, {seeds}" if cell.note else seeds)


def _trivial(data: ReportData) -> list[str]:
    """Where a metric of order has little or nothing to order."""
    notes = []
    query = data.manifest.fixed["protocol_options"].get("query")
    names = [
        name
        for name in data.metrics
        if isinstance(query, int)
        and ORDERS.fullmatch(name)
        and int(name.partition("@")[2]) >= query
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
        notes.append(counts.sentence())
    return notes


@dataclass(frozen=True, slots=True)
class OrderCounts:
    """Test users over seeds and scenarios, each seed once. equal: whose query ratings all agree,
    so that every order is the best one; short: by metric, with fewer queries than its depth."""

    users: int
    equal: int
    short: Mapping[str, int]

    def sentence(self) -> str:
        """One sentence for the note under the metrics."""
        share = f"{100 * self.equal / self.users:.1f} %"
        text = f"NDCG is 1 whatever the order for {self.equal:,} of {self.users:,} test users"
        text += f" ({share}), whose query ratings are all equal"
        short = [f"{count:,} for {name}" for name, count in self.short.items() if count]
        rest = f"; with fewer queries than ranks: {', '.join(short)}" if short else ""
        return f"{text}{rest}."


def order_counts(digest: Digest) -> OrderCounts:
    """Every learner meets the same users at a seed, so one learner's lines are enough."""
    once = {(line.scenario, line.seed): line for line in digest.lines}
    short: dict[str, int] = {}
    for line in once.values():
        for name, count in line.short.items():
            short[name] = short.get(name, 0) + count
    users, equal = (sum(getattr(line, key) for line in once.values()) for key in ("users", "equal"))
    return OrderCounts(users, equal, short)
