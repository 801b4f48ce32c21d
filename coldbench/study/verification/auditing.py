"""Audit jobs of a study, or those that a configuration would run."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any

from coldbench.audit import Audit, audit_job
from coldbench.errors import DataError
from coldbench.rng import generator
from coldbench.running import (
    Job,
    RunRecord,
    Settings,
    Source,
    code_has_changed,
    code_of,
    fetch,
    provenance,
)
from coldbench.study.audits import keep_audits
from coldbench.study.config import StudyConfig
from coldbench.study.planning import plan
from coldbench.study.store import Study
from coldbench.study.verification.rescoring import outcomes_elsewhere

__all__ = ["audit_config", "audit_study"]

Told = Callable[[Audit], None]


def audit_study(
    study: Study,
    count: int = 1,
    seed: int = 0,
    dataset: str = "",
    options: Mapping[str, Any] | None = None,
    told: Told = lambda audit: None,
    apiece: bool = True,
    learners: Collection[str] = (),
    limit: float | None = None,
) -> list[Audit]:
    """Audit `count` finished runs of each learner, or of all with `apiece` False, drawn with
    `seed`, and store in the study what was found; told: called after each; learners: no others;
    limit: seconds of each process of a job, which makes two runs at most.

    dataset, options: what to open when the prepared data are not in the cache (default: the name
    in the study). Raises DataError without a finished run, or for other data.
    """
    finished = [
        record
        for record in study.records()
        if record.status == "finished" and (not learners or record.job.learner in learners)
    ]
    if not finished:
        raise DataError(f"{study.path} has no finished run to audit")
    job = finished[0].job
    fetch(job.dataset_sha256, source := Source.of(job, dataset, options))
    made = []

    def again(job: Job) -> str:
        (run,) = outcomes_elsewhere([job], Settings(1, source, limit))
        return run.record.predictions_sha256

    chosen = _of_each(finished, count, seed) if apiece else _some(finished, count, seed)
    for record in chosen:
        kept, here = record.predictions_sha256, partial(again, record.job)
        made.append(audit_job(record.job, kept, _same_origin(record), limit, here))
        told(made[-1])
        keep_audits(study, made)
    return made


def audit_config(config: StudyConfig, told: Told = lambda audit: None) -> list[Audit]:
    """Audit every job of a configuration; nothing is stored."""
    made = []
    for job in plan(config)[1]:
        made.append(audit_job(job))
        told(made[-1])
    return made


def _of_each(records: Sequence[RunRecord], count: int, seed: int) -> list[RunRecord]:
    learners = dict.fromkeys(record.job.learner for record in records)
    chosen: list[RunRecord] = []
    for learner in learners:
        mine = [record for record in records if record.job.learner == learner]
        chosen += _some(mine, count, seed)
    return chosen


def _some(records: Sequence[RunRecord], count: int, seed: int) -> list[RunRecord]:
    order = generator(seed, "audit").permutation(len(records))
    return [records[place] for place in sorted(order[:count].tolist())]


def _same_origin(record: RunRecord) -> bool:
    """Whether this machine would make a record of the same origin: then bits should agree."""
    now, then = provenance(record.job.base), record.provenance
    facts = ("python", "platform", "cpu_count", "libraries")
    changed = code_has_changed(record.code, code_of(record.job.base))
    return not changed and all(now.get(name) == then.get(name) for name in facts)
