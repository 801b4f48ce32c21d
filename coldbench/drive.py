"""Run the jobs of a study that are not stored yet: the one writer between backend and store."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from coldbench.backends import BACKENDS
from coldbench.errors import unknown
from coldbench.plan import StudyConfig, plan
from coldbench.records import Job, RunRecord
from coldbench.store import Study

__all__ = ["Progress", "default_folder", "drive", "todo"]


@dataclass
class Progress:
    """What `drive` reports to; the defaults report to nobody.

    start(jobs to run, jobs already stored); done(record of a run just stored).
    """

    start: Callable[[int, int], None] = field(default=lambda todo, stored: None)
    done: Callable[[RunRecord], None] = field(default=lambda record: None)


def default_folder(config: StudyConfig, dataset: str) -> Path:
    """`results/<data set>-<protocol>` below the current folder, unless `out` says otherwise."""
    return config.out or Path("results") / f"{dataset}-{config.protocol}"


def todo(study: Study, jobs: list[Job], retry_failed: bool = False) -> list[Job]:
    """The jobs without a stored record; with `retry_failed` also those that did not finish."""
    again = {None, "failed", "diverged", "declined"} if retry_failed else {None}
    return [job for job in jobs if study.status(job.hash) in again]


def drive(
    config: StudyConfig,
    workers: int | None = None,
    backend: str | None = None,
    timeout: float | None = None,
    retry_failed: bool = False,
    progress: Progress | None = None,
) -> Study:
    """Run a study; finished jobs are skipped, so that a stopped study goes on where it stopped.

    workers: processes (default: one for each core); backend: a name of BACKENDS (default
    `processes`; `serial` for one worker without a time-out); timeout: seconds a job may take.
    """
    progress = progress or Progress()
    ratings, jobs = plan(config)
    study = Study.prepare(default_folder(config, ratings.name), jobs)
    pending = todo(study, jobs, retry_failed)
    progress.start(len(pending), len(jobs) - len(pending))
    workers = min(workers or os.cpu_count() or 1, max(len(pending), 1))
    name = backend or ("serial" if workers == 1 and timeout is None else "processes")
    if name not in BACKENDS:
        raise unknown("backend", name, BACKENDS)
    for outcome in BACKENDS[name](pending, workers, timeout):
        study.save(outcome)
        progress.done(outcome.record)
    return study
