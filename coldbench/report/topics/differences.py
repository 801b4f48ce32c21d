"""Paired differences: every pair of learners on the seeds that both have."""

import re

from coldbench.report.claims import verdict
from coldbench.report.crossing import Crossing, Wider
from coldbench.report.drawing.forest import Line, Row, forest
from coldbench.report.drawing.style import Plot, short
from coldbench.report.pairs import Pair, seen_from
from coldbench.report.standings import Standing, of_seeds
from coldbench.report.study import ReportData
from coldbench.report.superiority import in_words
from coldbench.report.topic import ALONE, Sentence, Topic, with_limits
from coldbench.statistics import Interval
from coldbench.text import (
    NA,
    Cell,
    Column,
    Section,
    Table,
    interval,
    number,
    p_in_words,
    p_value,
    percent_cell,
    range_of,
)

__all__ = ["Differences", "sentence_of"]

MOST_PAIRS = 8  # comparisons spelled out on the first screen
HOW = (
    "Each row is a learner's MAE minus that of the best one on the same seeds: a point for "
    "each seed, a bar for the 95 % interval of the mean. A bar that crosses the line at 0 "
    "shows no difference; blue rows may be the best. "
    "The first interval of the table is about other seeds on the users and items of this study, "
    "the second about new users and items as well: where that one is bold, the difference is shown "
    "for them too. Gain of pairing: how many times more seeds a study without common seeds "
    "needs; at 75 %: whether A wins at clearly more than half, and perhaps three quarters, of "
    "all seeds."
)
RESTRICTED = (
    "An ablation: each departure is compared with its own base, and other learners with each "
    "other; no other pair was tested, and no learner is called the best."
)


class Differences(Topic):
    """Figures against the best, all pairs in a table."""

    order = 50

    def section(self) -> Section:
        data = self.data
        notes = [] if len(data.asked) > 1 else [ALONE]
        if data.declared:
            notes.append(
                "What is shown is shown for all pairs of a scenario at once, and so are the limits "
                "beside it. Only seeds that both learners finished count. After Holm over all "
                f"{data.declared} pairs x scenarios: `p_holm` in pairs.csv."
            )
        notes += data.of(Crossing).notes
        if data.ablation is not None:
            notes.append(RESTRICTED)
        if 1 < len(data.seeds) < 6:
            notes.append(
                f"With {len(data.seeds)} seeds the exact sign-flip test cannot reach p = 0.05, "
                "whatever the data: its column says the smallest p there is."
            )
        tables = (_table(data),) if data.pairs else ()
        title = "Paired differences"
        return Section("differences", "Differences", title, HOW, (), tables, tuple(notes))

    def figures(self) -> list[Plot]:
        """For each scenario: paired differences of every learner to the best one."""
        plots = (_plot(self.data, scenario) for scenario in self.data.scenarios)
        return [plot for plot in plots if plot is not None]

    def files(self) -> dict[str, list[dict[str, object]]]:
        crossing = self.data.of(Crossing)
        return {"pairs.csv": [_columns(pair, crossing.of(pair)) for pair in self.data.pairs]}

    def sentences(self) -> list[Sentence]:
        """The two leading learners of each scenario; all pairs when there are few."""
        return [sentence_of(self.data, pair) for pair in _interesting(self.data)[:MOST_PAIRS]]


def _plot(data: ReportData, scenario: str) -> Plot | None:
    ranked = data.ranked(scenario)
    best = next((s.learner for s in ranked if s.group == "best"), None)
    if best is None:
        return None
    rows = [row for s in ranked if s.learner != best and (row := _against(data, s, best))]
    title = f"{scenario}: difference to {short(best)}"
    alt = f"{scenario}: MAE minus that of {data.names[best]}, same seeds."
    label = "MAE minus that of the best (right: worse)"
    return forest(f"differences-{scenario}", title, alt, rows, label, [Line("", 0.0)], zero=True)


def _against(data: ReportData, standing: Standing, best: str) -> Row | None:
    seen = seen_from(data.pairs, standing.scenario, standing.learner, best)
    if seen is None:
        return None
    name, seeds = data.names[standing.learner], of_seeds(len(seen.differences), standing.tested)
    return Row(name, seen.differences, seen.difference, standing.group, seeds)


def _table(data: ReportData) -> Table:
    columns = (
        Column("scenario", False),
        Column("A", False),
        Column("B", False),
        Column("seeds"),
        Column("A − B on these users and items"),
        Column("for new users and items"),
        Column("p"),
        Column("for all pairs at once"),
        Column("p of all pairs"),
        Column("p, sign flip"),
        Column("effect size d_z"),
        Column("gain of pairing"),
        Column("A better"),
        Column("at 75 %", False),
    )
    crossing = data.of(Crossing)
    rows = tuple(_row(data, pair, crossing.of(pair)) for pair in data.pairs)
    return Table("pairs", "Every pair on its common seeds", columns, rows, big=True)


def _row(data: ReportData, pair: Pair, wider: Wider) -> tuple[Cell, ...]:
    needed = f"{pair.better.needed} needed" if pair.better.lacks_seeds else ""
    effect = Interval(pair.effect.value, pair.effect.low, pair.effect.high, pair.effect.n)
    better = pair.better
    wins = Interval(better.value, better.low, better.high, better.n)
    return (
        Cell(pair.scenario),
        Cell(data.names[pair.a]),
        Cell(data.names[pair.b]),
        Cell(str(len(pair.seeds))),
        interval(pair.difference.difference),
        _new(wider),
        Cell(p_value(pair.difference.p)),
        Cell(range_of(pair.limits)),
        Cell(p_value(pair.adjusted), mark="best" if pair.shown else ""),
        Cell(p_value(pair.flip.p), f"smallest {p_value(pair.flip.smallest)}"),
        interval(effect, 2),
        Cell(number(pair.difference.gain, 1)),
        percent_cell(wins),
        Cell(in_words(better), needed),
    )


def _new(wider: Wider) -> Cell:
    """The limits alone: the difference stands beside them."""
    value = wider.value.difference if wider.value else None
    limits = NA if value is None else range_of(value)
    return Cell(limits, mark="best" if wider.shown else "")


def _columns(pair: Pair, wider: Wider) -> dict[str, object]:
    difference, effect, better = pair.difference, pair.effect, pair.better
    return {
        "scenario": pair.scenario,
        "learner_a": pair.a,
        "learner_b": pair.b,
        "n_seeds": len(pair.seeds),
        **with_limits("difference", difference.difference),
        "sd_difference": difference.sd,
        "pairing_gain": difference.gain,
        "p": difference.p,
        "p_simultaneous": pair.adjusted,
        "simultaneous_low": pair.limits.low,
        "simultaneous_high": pair.limits.high,
        "p_holm": pair.holm,
        "p_sign_flip": pair.flip.p,
        "p_sign_flip_smallest": pair.flip.smallest,
        "d_z": effect.value,
        "d_z_low": effect.low,
        "d_z_high": effect.high,
        "p_better": better.value,
        "p_better_low": better.low,
        "p_better_high": better.high,
        **with_limits("reversal", pair.reversal.model),
        **with_limits("reversal_observed", pair.reversal.observed),
        **with_limits("reversal_shared", pair.reversal_shared.model),
        "runs_needed": pair.reversal.runs_needed,
        "reversal_shared_observed": pair.reversal_shared.paired,
        **with_limits("sd_ratio", pair.spread.ratio),
        "p_spread": pair.spread.p_paired,
        "p_spread_holm": pair.spread_adjusted,
        "p_spread_unpaired": pair.spread.p_unpaired,
        "p_spread_unpaired_holm": pair.spread_unpaired_adjusted,
        **_new_columns(wider),
    }


def _new_columns(wider: Wider) -> dict[str, object]:
    """For new users and items."""
    value, sample = wider.value, wider.sample
    return {
        "new_low": value and value.difference.low,
        "new_high": value and value.difference.high,
        "new_error": value and value.error,
        "new_df": value and value.df,
        "p_new": value and value.p,
        "p_new_holm": wider.adjusted,
        "users": sample and sample.users,
        "effective_users": sample and sample.effective_users,
        "items": sample and sample.items,
        "effective_items": sample and sample.effective_items,
    }


def sentence_of(data: ReportData, pair: Pair) -> Sentence:
    """What is shown of a pair, and how sure it is."""
    a, b, sign = pair.a, pair.b, 1
    if (pair.difference.difference.value or 0.0) > 0:
        a, b, sign = b, a, -1
    first, second = data.values(a, pair.scenario), data.values(b, pair.scenario)
    claim = verdict(
        [first[seed] for seed in pair.seeds],
        [second[seed] for seed in pair.seeds],
        (data.names[a], data.names[b]),
        pair.scenario,
        pair.adjusted,
        pair.limits if sign > 0 else -pair.limits,
        comparisons=len(data.families[pair.scenario].pairs),
        holds=data.of(Crossing).clause(pair.scenario, a, b),
    )
    shown = claim.direction in ("better", "worse")
    text = re.sub(r"(?<![\w.])-(?=\d)", "−", claim.text)
    worse = data.standing(b, pair.scenario)
    if not shown and worse and (worse.group, worse.how) == ("worse", "mean"):
        text = f"{text[:-1]}; that {data.names[b]} is not the best is shown ({_left(worse)})."
    kind = "shown" if shown else "open"
    return Sentence(text, "differences", kind, pair.scenario)


def _left(worse: Standing) -> str:
    return f"{p_in_words(worse.p or 0.0)}, as fewer pairs are left once others are worse"


def _interesting(data: ReportData) -> list[Pair]:
    pairs = [pair for pair in data.pairs if len(pair.seeds) > 1]
    if data.ablation is not None:
        return [pair for pair in pairs if not {pair.a, pair.b} & data.departures]
    if len(data.asked) <= 2:
        return pairs
    chosen = []
    for scenario in data.scenarios:
        met = [s for s in data.ranked(scenario) if s.gap is not None]
        ranked = sorted(met, key=lambda s: (s.group != "best", s.gap))
        first = {s.learner for s in ranked[:2]}
        chosen += [p for p in pairs if p.scenario == scenario and {p.a, p.b} == first]
    return chosen
