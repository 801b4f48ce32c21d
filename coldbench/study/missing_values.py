"""Numbers that a finished run lacks: metrics without a value, and of several definitions."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from coldbench.running import RunRecord
from coldbench.study.results import FULL

__all__ = ["Gap", "definitions", "gaps"]

KEYS = ["metric", "learner", "scenario"]


@dataclass(frozen=True, slots=True)
class Gap:
    """A metric that has no value for a learner in a scenario, with all support ratings, at `seeds`,
    out of `runs` finished runs; reasons: each once."""

    metric: str
    learner: str
    scenario: str
    seeds: tuple[str, ...]
    runs: int
    reasons: tuple[str, ...]


def gaps(runs: pd.DataFrame) -> tuple[Gap, ...]:
    """From `coldbench.study.results.runs`, metric by metric."""
    done = runs[(runs["status"] == "finished") & (runs["shots"] == FULL)]
    found = []
    for (metric, learner, scenario), group in done.groupby(KEYS, sort=False):
        lost = group[group["value"].isna()]
        if len(lost):
            seeds, reasons = (tuple(dict.fromkeys(map(str, lost[k]))) for k in ("seed", "reason"))
            place = str(metric), str(learner), str(scenario)
            found.append(Gap(*place, seeds, len(group), reasons))
    return tuple(found)


def definitions(records: Iterable[RunRecord]) -> dict[str, Counter[int]]:
    """Of each metric that runs were given by several definitions: runs by the version of it."""
    counted: dict[str, Counter[int]] = {}
    for record in records:
        versions = {row.metric: row.version for row in record.scores}
        for metric, version in versions.items():
            counted.setdefault(metric, Counter())[version] += 1
    return {metric: count for metric, count in counted.items() if len(count) > 1}
