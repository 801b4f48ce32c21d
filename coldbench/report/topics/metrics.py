"""Metrics that have no value in runs that finished: a sentence each, and a table."""

from collections import Counter
from collections.abc import Mapping, Sequence

from coldbench.study import Gap
from coldbench.text import Cell, Column, Table, display_name

__all__ = ["gap_table", "mixed", "sentences"]

LONGEST = 100  # characters of a reason


def sentences(found: Sequence[Gap]) -> list[str]:
    """`ndcg@3 is n/a in 1 of 3 runs of bias (W-C: returned nan, not a finite number).`"""
    metrics = dict.fromkeys(gap.metric for gap in found)
    return [_sentence([gap for gap in found if gap.metric == metric]) for metric in metrics]


def _sentence(found: Sequence[Gap]) -> str:
    first = found[0]
    runs = {gap.learner: gap.runs for gap in found}
    lost = {(gap.learner, seed) for gap in found for seed in gap.seeds}
    names = ", ".join(display_name(name) for name in list(runs)[:3])
    others = f" and {len(runs) - 3} more" if len(runs) > 3 else ""
    text = f"{display_name(first.metric)} is n/a in {len(lost)} of {sum(runs.values())} runs of "
    reasons = {reason for gap in found for reason in gap.reasons}
    more = f"; {len(reasons) - 1} more reasons" if len(reasons) > 1 else ""
    why = f"{first.scenario}: {display_name(first.reasons[0], LONGEST)}{more}"
    return f"{text}{names}{others} ({why})."


def gap_table(found: Sequence[Gap], names: Mapping[str, str]) -> Table:
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
        for gap in found
    )
    columns = tuple(Column(title, False) for title in titles)
    return Table("gaps", "Metrics without a value", columns, rows, big=len(rows) > 20)


def mixed(found: Mapping[str, Counter[int]]) -> list[str]:
    """What a reader must know of metrics that several definitions gave."""
    lines = []
    for metric, count in found.items():
        told = ", ".join(f"version {v} ({n} runs)" for v, n in sorted(count.items()))
        lines.append(
            f"{display_name(metric)} is of several definitions, {told}: "
            "the changelog tells whether they agree on this scale."
        )
    return lines
