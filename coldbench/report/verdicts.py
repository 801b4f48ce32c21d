"""What the numbers say, in words, never stronger than they; each names the section behind it."""

import math
import re
from dataclasses import dataclass

from coldbench.report.claims import verdict
from coldbench.report.leading import leading
from coldbench.report.pairs import Pair
from coldbench.report.study import MAIN, ReportData
from coldbench.report.topics.ablation import findings
from coldbench.report.topics.against import contests
from coldbench.report.topics.metrics import sentences
from coldbench.report.topics.published import is_about
from coldbench.report.topics.steadiness import shown_spread
from coldbench.statistics import Interval, compare_published
from coldbench.text import display_name, listed, number, range_of

__all__ = ["Saying", "sayings"]

MOST_PAIRS = 8  # comparisons spelled out on the first screen


@dataclass(frozen=True, slots=True)
class Saying:
    """A sentence; section: the key of the section with its numbers; kind: shown, open, warning."""

    text: str
    section: str
    kind: str = "open"
    topic: str = ""  # a scenario, or what else a reader may look for


def sayings(data: ReportData) -> tuple[Saying, ...]:
    """Ties first, then single comparisons, published values, and what is wrong with the data."""
    return (
        *_warnings(data),
        *(saying for scenario in data.scenarios for saying in _tie(data, scenario)),
        *_against(data),
        *_ablation(data),
        *_comparisons(data),
        *_steadier(data),
        *_published(data),
    )


def _warnings(data: ReportData) -> list[Saying]:
    found = []
    bad = [record for record in data.unfinished if record.status in ("failed", "diverged")]
    if bad:
        names = dict.fromkeys(data.names[record.job.learner] for record in bad)
        text = f"{_count(len(bad), 'run')} failed or diverged ({listed(list(names))})."
        found.append(Saying(text, "failures", "warning"))
    if data.collapsed:
        names = dict.fromkeys(data.names[record.job.learner] for record in data.collapsed)
        text = f"{_count(len(data.collapsed), 'run')} predicted a constant ({listed(list(names))})."
        found.append(Saying(text, "failures", "warning"))
    found += [Saying(text, "metrics", "warning") for text in sentences(data.gaps)]
    if len(data.missing):
        text = f"{_count(len(data.missing), 'planned run')} not done yet: this report is partial."
        found.append(Saying(text, "failures", "warning"))
    if len(data.seeds) == 1:
        text = "One seed: no interval, no test. Run more seeds before believing any order."
        found.append(Saying(text, "intervals", "warning"))
    return found


def _tie(data: ReportData, scenario: str) -> list[Saying]:
    here = [s for name in data.learners if (s := data.standing(name, scenario))]
    told = None if data.ablation else leading(here, data.names, len(data.learners) - len(here))
    if told is None:
        return []
    text, shown = told
    return [Saying(text, "league", "shown" if shown else "open", scenario)]


def _against(data: ReportData) -> list[Saying]:
    """By reference: who is shown to beat it, scenario by scenario."""
    found = []
    for reference in data.against:
        won = {
            scenario: [
                data.names[c.learner]
                for c in contests(data)
                if (c.reference, c.scenario, c.outcome) == (reference, scenario, "better")
            ]
            for scenario in data.scenarios
        }
        told = [f"{scenario}: {listed(names) or 'nobody'}" for scenario, names in won.items()]
        text = f"Shown to beat {data.names[reference]}: {'; '.join(told)}."
        kind = "shown" if any(won.values()) else "open"
        found.append(Saying(text, "against", kind, f"Against {data.names[reference]}"))
    return found


def _ablation(data: ReportData) -> list[Saying]:
    return [
        Saying(text, "ablation", "shown" if shown else "open", scenario)
        for scenario, text, shown in findings(data)
    ]


def _comparisons(data: ReportData) -> list[Saying]:
    found = []
    for pair in _interesting(data)[:MOST_PAIRS]:
        a, b = pair.a, pair.b
        if (pair.difference.difference.value or 0.0) > 0:
            a, b = b, a
        first, second = data.values(a, pair.scenario), data.values(b, pair.scenario)
        told = verdict(
            [first[seed] for seed in pair.seeds],
            [second[seed] for seed in pair.seeds],
            (data.names[a], data.names[b]),
            pair.scenario,
            pair.adjusted,
            comparisons=max(data.declared, 1),
            shared=False,
        )
        shown = told.direction in ("better", "worse")
        kind = "shown" if shown else "open"
        text = re.sub(r"(?<![\w.])-(?=\d)", "−", told.text)
        found.append(Saying(text, "differences", kind, pair.scenario))
    return found


def _interesting(data: ReportData) -> list[Pair]:
    """The two leading learners of each scenario; all pairs when there are few."""
    pairs = [pair for pair in data.pairs if len(pair.seeds) > 1]
    if data.ablation is not None:
        return [pair for pair in pairs if not {pair.a, pair.b} & data.departures]
    if len(data.learners) <= 2:
        return pairs
    chosen = []
    for scenario in data.scenarios:
        here = (s for name in data.learners if (s := data.standing(name, scenario)))
        met = [s for s in here if s.gap is not None]
        ranked = sorted(met, key=lambda s: (s.group != "best", s.gap))
        first = {s.learner for s in ranked[:2]}
        chosen += [p for p in pairs if p.scenario == scenario and {p.a, p.b} == first]
    return chosen


def _steadier(data: ReportData) -> list[Saying]:
    """The clearest difference of two spreads, or that none is shown."""
    tested = [pair for pair in data.pairs if pair.spread_adjusted is not None]
    if not tested:
        return []
    shown = [pair for pair in tested if shown_spread(pair)]
    topic = "Steadiness"
    if not shown:
        text = f"No learner is shown to be steadier than another ({len(tested)} comparisons)."
        return [Saying(text, "steadiness", "open", topic)]
    pair = max(shown, key=lambda pair: _apart(pair.spread.ratio))
    ratio, names = pair.spread.ratio, (data.names[pair.a], data.names[pair.b])
    text = f"Shown to differ in {len(shown)} of {len(tested)} comparisons; most clearly on "
    text += f"{pair.scenario}: the standard deviation of {names[0]} is {number(ratio.value, 2)} "
    text += f"{range_of(ratio, 2)} times that of {names[1]}."
    return [Saying(text, "steadiness", "shown", topic)]


def _apart(ratio: Interval) -> float:
    """How far the nearer end of the interval is from 1, as a factor."""
    low, high = ratio.low or 0.0, ratio.high or math.inf
    return max(low, 1 / high)


def _published(data: ReportData) -> list[Saying]:
    found = []
    for row, margin in data.published:
        for learner in (name for name in data.anchors if is_about(row, name)):
            inside: list[str] = []
            outside: list[str] = []
            for scenario in (s for s in data.scenarios if s in row.values and row.metric == MAIN):
                runs = list(data.values(learner, scenario).values())
                if len(runs) < 2:
                    continue
                told = compare_published(runs, row.values[scenario], margin=margin)
                (inside if told.inside else outside).append(scenario)
            if inside or outside:
                found.append(_plausible(data.names[learner], row.label, inside, outside))
    return found


def _plausible(name: str, label: str, inside: list[str], outside: list[str]) -> Saying:
    text = f"{display_name(label)}, as one more run of our {name}: "
    if not outside:
        text += f"plausible in {', '.join(inside)}."
    elif not inside:
        text += f"implausible in {', '.join(outside)} (outside the 95 % prediction interval)."
    else:
        text += f"plausible in {', '.join(inside)}, implausible in {', '.join(outside)}."
    return Saying(text, "published", "open", "Published values")


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
