"""Run the jobs of a study that are not stored yet: the one writer between backend and store."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from coldbench.backends import BACKENDS, Settings, Source, outcomes
from coldbench.datasets.homes import cache_home
from coldbench.errors import UsageError, unknown
from coldbench.plan import StudyConfig, plan
from coldbench.records import Job, RunRecord
from coldbench.store import Study

__all__ = ["Progress", "default_folder", "drive", "shard_of", "todo"]


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


def shard_of(jobs: list[Job], shard: tuple[int, int]) -> list[Job]:
    """Part k of n, (k, n) counted from 1: each learner and each seed is spread over the parts."""
    k, n = shard
    if not 1 <= k <= n:
        raise UsageError(f"shard {k}/{n}: write k/n with k from 1 to n, such as 3/10")
    learners = len({job.learner for job in jobs})
    places = ((place // learners + place % learners, job) for place, job in enumerate(jobs))
    return [job for place, job in places if place % n == k - 1]


def drive(
    config: StudyConfig,
    workers: int | None = None,
    backend: str | None = None,
    timeout: float | None = None,
    retry_failed: bool = False,
    progress: Progress | None = None,
    shard: tuple[int, int] = (1, 1),
    engine: Mapping[str, str] | None = None,
) -> Study:
    """Run a study; finished jobs are skipped, so that a stopped study goes on where it stopped.

    workers: processes (default: one for each core); backend: a name of BACKENDS (default
    `processes`; `serial` for one worker without a time-out); timeout: seconds a job may take;
    shard: run part k of n only, of the same plan; engine: settings of the backend itself.
    """
    progress = progress or Progress()
    if backend is not None and backend not in BACKENDS:
        raise unknown("backend", backend, BACKENDS)
    ratings, jobs = plan(config)
    mine = shard_of(jobs, shard)
    budgets = {name: budget.model_dump(mode="json") for name, budget in config.tuning.items()}
    study = Study.prepare(default_folder(config, ratings.name), jobs, budgets)
    pending = todo(study, mine, retry_failed)
    progress.start(len(pending), len(mine) - len(pending))
    workers = min(workers or os.cpu_count() or 1, max(len(pending), 1))
    name = backend or ("serial" if workers == 1 and timeout is None else "processes")
    source = Source(str(cache_home()), config.dataset, config.dataset_options)
    for outcome in outcomes(name, pending, Settings(workers, source, timeout, engine or {})):
        study.save(outcome)
        progress.done(outcome.record)
    return study
