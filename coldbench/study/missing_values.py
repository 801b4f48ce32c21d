"""Numbers that a finished run lacks: metrics without a value, and of several definitions."""

from collections import Counter
from collections.abc import Iterable, Sequence
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
    counts = Counter(done[KEYS].itertuples(index=False, name=None))
    lost: dict[tuple[str, str, str], list[tuple[str, str]]] = {place: [] for place in counts}
    columns = done.loc[done["value"].isna(), [*KEYS, "seed", "reason"]]
    for metric, learner, scenario, seed, reason in columns.itertuples(index=False, name=None):
        lost[metric, learner, scenario].append((seed, reason))
    return tuple(_gap(place, those, counts[place]) for place, those in lost.items() if those)


def _gap(place: tuple[str, str, str], lost: Sequence[tuple[str, str]], runs: int) -> Gap:
    """lost: the seeds without a value, and why."""
    seeds, reasons = (tuple(dict.fromkeys(column)) for column in zip(*lost, strict=True))
    return Gap(*place, seeds, runs, reasons)


def definitions(records: Iterable[RunRecord]) -> dict[str, Counter[int]]:
    """Of each metric that runs were given by several definitions: runs by the version of it."""
    counted: dict[str, Counter[int]] = {}
    for record in records:
        versions = {row.metric: row.version for row in record.scores}
        for metric, version in versions.items():
            counted.setdefault(metric, Counter())[version] += 1
    return {metric: count for metric, count in counted.items() if len(count) > 1}
