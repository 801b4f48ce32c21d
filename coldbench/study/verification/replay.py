"""Run stored jobs again and compare: predictions bit for bit, and the scores with them.

On another machine other bits are to be expected. Whether they are the same result is judged beside
what rounding alone does to the job (`coldbench.study.verification.rounding`).
"""

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from coldbench.errors import DataError, shorten
from coldbench.rng import generator
from coldbench.running import (
    Outcome,
    RunRecord,
    Settings,
    Source,
    code_has_changed,
    fetch,
    machines_differ,
)
from coldbench.scoring import ScoreRow
from coldbench.study.store import Study
from coldbench.study.verification.finding import Finding, damage
from coldbench.study.verification.rescoring import Referee, outcomes_elsewhere
from coldbench.study.verification.rounding import Rerun, judged, noisy_jobs
from coldbench.study.verification.shifts import lost_rows

__all__ = ["replay"]


def replay(
    study: Study,
    count: int,
    seed: int = 0,
    dataset: str = "",
    options: Mapping[str, Any] | None = None,
    told: Callable[[RunRecord, bool], None] = lambda record, same: None,
    workers: int = 1,
    unfinished: bool = False,
    timeout: float | None = None,
    always: Collection[str] = (),
) -> list[Finding]:
    """Damage for each of `count` finished jobs, drawn with `seed`, that does not repeat.

    dataset, options: what to open when the prepared data are not in the cache (default: the name
    in the study); told: called for each job with whether it repeated, bit for bit; unfinished:
    also run every job again that did not finish, and has to end in the same way; timeout: seconds
    a run may take; always: hashes of jobs that run again besides those drawn. Scores that differ
    because their metric was defined anew are a note, and so are other bits on another machine that
    rounding explains. Raises DataError for data with another fingerprint.
    """
    records = list(study.records())
    finished = [record for record in records if record.status == "finished"]
    chosen = _drawn([r for r in finished if r.job_hash not in always], count, seed)
    chosen += [record for record in finished if record.job_hash in always]
    if not chosen:
        raise DataError(f"{study.path} has no finished run to replay")
    if unfinished:
        chosen += [record for record in records if record.status != "finished"]
    job = chosen[0].job
    source = Source.of(job, dataset, options)
    fetch(job.dataset_sha256, source)
    referee = Referee.of(job.dataset_sha256)
    stored = {record.job_hash: record for record in chosen}
    findings, reruns = [], []
    settings = Settings(workers, source, timeout)
    for outcome in outcomes_elsewhere([record.job for record in chosen], settings):
        record = stored[outcome.record.job_hash]
        moved = _other_machine(record, outcome.record)
        found = [] if moved else list(_differences(study, record, outcome))
        if fault := referee.fault(outcome):
            found.append(damage(study.place(record.job_hash), fault))
        if moved:
            reruns.append(Rerun(record, outcome, moved))
        told(record, not moved and not any(one.kind == "damage" for one in found))
        findings += found
    jobs = [job for rerun in reruns for job in noisy_jobs(rerun.record.job)]
    again = outcomes_elsewhere(jobs, settings) if jobs else ()
    noisy = {one.record.job_hash: one for one in again}
    return findings + [judged(study, rerun, noisy) for rerun in reruns]


def _other_machine(record: RunRecord, again: RunRecord) -> list[str]:
    """Where a machine differs from that of the record and bits do too: how; else empty."""
    same = again.predictions_sha256 == record.predictions_sha256
    finished = again.status == "finished"
    return machines_differ(record.provenance, again.provenance) if finished and not same else []


def _drawn(records: Sequence[RunRecord], count: int, seed: int) -> list[RunRecord]:
    order = generator(seed, "replay").permutation(len(records))
    return [records[place] for place in sorted(order[:count].tolist())]


def _differences(study: Study, record: RunRecord, outcome: Outcome) -> Iterator[Finding]:
    file, again = study.place(record.job_hash), outcome.record
    who = f"{record.job.learner!a} seed {record.job.seeds.label}"
    if record.status != "finished":
        yield from _other_end(record, again, file, who)
    elif again.status != "finished":
        yield damage(file, f"{who} {again.status} when run again: {again.reason[:200]}")
    elif again.predictions_sha256 != record.predictions_sha256:
        told = f"{who}: other predictions when run again on the same machine"
        changed = code_has_changed(record.code, again.code)
        yield damage(file, f"{told}; the learner's code has changed" if changed else told)
    elif moved := _moved(record.scores, again.scores):
        told = f"{who}: the same predictions give other scores"
        if all(_redefined(*pair) for pair in moved):
            names = ", ".join(dict.fromkeys(old.metric for old, _ in moved))
            yield Finding("note", file, f"{told}: {names} is defined anew since")
        else:
            yield damage(file, told)
    elif lost := lost_rows(record, again):
        yield damage(file, f"{who}: {lost}")


def _other_end(record: RunRecord, again: RunRecord, file: Path, who: str) -> Iterator[Finding]:
    """Of a run that did not finish: whether it ends otherwise now."""
    then, now = ((one.status, _kind(one)) for one in (record, again))
    if then != now:
        said = f"{who} {' '.join(filter(None, then))} in the study"
        yield damage(file, f"{said}, {' '.join(filter(None, now))} when run again")


def _kind(record: RunRecord) -> str:
    """The error of a run that failed, without its message, which may name places in memory."""
    failed = record.status == "failed"
    return f"({shorten(record.reason.partition(':')[0])[1:-1]})" if failed else ""


def _moved(
    old: Sequence[ScoreRow], new: Sequence[ScoreRow]
) -> list[tuple[ScoreRow, ScoreRow | None]]:
    """Scores with another value than before, or that are not there now."""
    now = {_place(row): row for row in new}
    pairs = [(row, now.get(_place(row))) for row in old]
    return [(before, after) for before, after in pairs if not _alike(before, after)]


def _place(row: ScoreRow) -> tuple[object, ...]:
    return row.scenario, row.shots, row.metric, row.n


def _alike(old: ScoreRow, new: ScoreRow | None) -> bool:
    """Values may differ in the last bits, by the order of a machine's sums."""
    if new is None or old.value is None or new.value is None:
        return new is not None and old.value is new.value
    return math.isclose(old.value, new.value, rel_tol=1e-9)


def _redefined(old: ScoreRow, new: ScoreRow | None) -> bool:
    return new is not None and old.version != new.version
