"""Does each run of an entry have the scores that its tasks give: none more, none less, of today?

Which scores a run has is decided by its test tasks, not by the learner: scenarios, numbers of
support ratings, query ratings and metrics are those of the reference's runs at the same seed.
"""

import math
from collections.abc import Iterator, Mapping

from coldbench import registry
from coldbench.errors import shorten
from coldbench.running import RunRecord
from coldbench.scoring import ScoreRow, own_metrics
from coldbench.study import Study

__all__ = ["odd_scores"]

Place = tuple[str, int, str, int]  # scenario, shots, metric, query ratings
Rows = Mapping[Place, ScoreRow]


def odd_scores(mine: Study, theirs: Study, title: str) -> Iterator[str]:
    """A sentence for the first odd score of the first run that has one."""
    known: dict[str, Rows] = {}
    for record in theirs.records():
        if record.status == "finished":
            known.setdefault(record.job.seeds.label, _rows(record))
    there = (row for rows in known.values() for row in rows.values())
    today = _versions({row.metric: row.version for row in there})
    for record in mine.records():
        wanted = known.get(record.job.seeds.label) if record.status == "finished" else None
        if wanted and (odd := _odd(_rows(record), wanted, today, title)):
            seed = shorten(record.job.seeds.label)[1:-1]
            yield f"{shorten(record.job.learner)} seed {seed}: {odd}"
            return


def _odd(rows: Rows, wanted: Rows, today: Mapping[str, int], title: str) -> str:
    tasks = {(scenario, shots, n) for scenario, shots, _, n in wanted}
    for place, row in rows.items():
        if row.metric not in today:
            return f"{_named(place)} is of no metric of coldbench or {title}: uninstall its package"
        if row.version != today[row.metric]:
            then, now = row.version, today[row.metric]
            return f"{_named(place)} is of version {then} of the metric, here it is version {now}"
        if (place[0], place[1], place[3]) not in tasks:
            return f"{_named(place)} ({row.n} query ratings) is a score that {title} has not"
        if fault := _fault(row, wanted.get(place)):
            return f"{_named(place)} {fault}"
    due = {place[2] for place in (*wanted, *rows)} & today.keys()
    places = {(scenario, shots, name, n) for scenario, shots, n in tasks for name in due}
    for place in sorted(places - rows.keys()):
        return f"{_named(place)} is missing, {title} has it"
    return ""


def _versions(theirs: Mapping[str, int]) -> dict[str, int]:
    """Of the metrics that a run can have today: coldbench's own, else as in the reference."""
    plugins = registry.plugins("metric")
    known = {name: version for name, version in theirs.items() if name in plugins}
    return {**known, **{name: metric.version for name, metric in own_metrics().items()}}


def _fault(row: ScoreRow, other: ScoreRow | None) -> str:
    if row.value is not None and not math.isfinite(row.value):
        return f"is {row.value}, which no run stores"
    if other is None or other.version != row.version:
        return ""
    if row.metric == "mae" and row.value is None and other.value is not None:
        return "has no value, though the test tasks give one"
    if not _close(row.best, other.best):
        return f"could at best be {row.best}, by the reference {other.best}"
    return ""


def _close(a: float | None, b: float | None) -> bool:
    return a is b if a is None or b is None else math.isclose(a, b, rel_tol=1e-9)


def _rows(record: RunRecord) -> Rows:
    return {(row.scenario, row.shots, row.metric, row.n): row for row in record.scores}


def _named(place: Place) -> str:
    scenario, shots, metric, _ = place
    support = "all support ratings" if shots < 0 else f"{shots} support ratings"
    return f"{shorten(metric)[1:-1]} in {shorten(scenario)[1:-1]} with {support}"
