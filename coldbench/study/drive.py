"""Run the jobs of a study that are not stored yet: the one writer between backend and store."""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from coldbench.data import Ratings, cache_home
from coldbench.errors import UsageError, unknown
from coldbench.learning import load_variant
from coldbench.running import (
    BACKENDS,
    Job,
    RunRecord,
    Settings,
    Source,
    code_has_changed,
    code_of,
    outcomes,
)
from coldbench.study.bar import Bar, in_notebook
from coldbench.study.config import StudyConfig
from coldbench.study.described import Described
from coldbench.study.planning import expanded, plan, statements
from coldbench.study.published import read_published
from coldbench.study.store import Study
from coldbench.study.yardsticks import added, measured

__all__ = ["Progress", "default_folder", "run_study", "shard_of", "todo"]


@dataclass
class Progress:
    """What `run_study` reports to; the defaults report to nobody.

    start(jobs to run, jobs already stored); done(record of a run just stored); changed(learners
    whose code has changed since their stored runs); warned(what may be wrong with the data);
    stated(what the protocol says that a reader of the results must know).
    """

    start: Callable[[int, int], None] = field(default=lambda todo, stored: None)
    done: Callable[[RunRecord], None] = field(default=lambda record: None)
    changed: Callable[[list[str]], None] = field(default=lambda learners: None)
    warned: Callable[[Sequence[str]], None] = field(default=lambda warnings: None)
    stated: Callable[[Sequence[str]], None] = field(default=lambda sentences: None)


def _usual_progress() -> Progress:
    """A bar in a notebook, nothing elsewhere."""
    if not in_notebook():
        return Progress()
    bar = Bar()
    return Progress(bar.start, bar.done, bar.changed, bar.said, bar.said)


def default_folder(config: StudyConfig, dataset: str) -> Path:
    """`results/<data set>-<protocol>` below the current folder, unless `out` says otherwise; an
    ablation has `-ablation-<learner>` besides."""
    name = f"{dataset}-{config.protocol}"
    if config.ablation is not None:
        name += f"-ablation-{re.sub(r'[^A-Za-z0-9.-]', '-', config.ablation.learner)}"
    return config.out or Path("results") / name


def todo(study: Study, jobs: list[Job], retry_failed: bool = False) -> list[Job]:
    """The jobs without a stored record; with `retry_failed` also those that did not finish."""
    again = {None, "failed", "diverged", "declined"} if retry_failed else {None}
    return [job for job in jobs if study.status(job.hash) in again]


def changed(study: Study, stored: list[Job]) -> list[str]:
    """The learners of stored jobs whose code has changed since these ran."""
    learners = dict.fromkeys(
        job.learner
        for job in stored
        if code_has_changed(_code(study.record(job.hash)), code_of(job.base))
    )
    return list(learners)


def _code(record: RunRecord) -> str:
    return str(record.provenance.get("code") or "")


def shard_of(jobs: list[Job], shard: tuple[int, int]) -> list[Job]:
    """Part k of n, (k, n) counted from 1: each learner and each seed is spread over the parts."""
    k, n = shard
    if not 1 <= k <= n:
        raise UsageError(f"shard {k}/{n}: write k/n with k from 1 to n, such as 3/10")
    learners = len({job.learner for job in jobs})
    places = ((place // learners + place % learners, job) for place, job in enumerate(jobs))
    return [job for place, job in places if place % n == k - 1]


def run_study(
    config: StudyConfig,
    workers: int | None = None,
    backend: str | None = None,
    timeout: float | None = None,
    retry_failed: bool = False,
    progress: Progress | None = None,
    shard: tuple[int, int] = (1, 1),
    engine: Mapping[str, str] | None = None,
    ratings: Ratings | None = None,
) -> Study:
    """Run a study; finished jobs are skipped, so that a stopped study goes on where it stopped.

    workers: processes (default: one for each core); backend: a name of BACKENDS (default
    `processes`; `serial` for one worker without a time-out); timeout: seconds a job may take;
    shard: run part k of n only, of the same plan; engine: settings of the backend itself; ratings:
    your own (`coldbench.from_frames`) instead of the data set that the configuration names: the
    study holds no ratings, so hand the same ones in again to let it go on. progress: whom to tell;
    by default a bar in a notebook, nobody elsewhere.
    """
    progress = progress or _usual_progress()
    if backend is not None and backend not in BACKENDS:
        raise unknown("backend", backend, BACKENDS)
    whole = expanded(config)
    opened, jobs = plan(measured(whole), ratings)
    described = Described.of(opened, frames=ratings is not None)
    del opened  # not kept: learners may run in this process
    progress.warned(described.warnings)
    mine = shard_of(jobs, shard)
    folder = default_folder(config, jobs[0].dataset)
    published = read_published(config.published) if config.published else None
    budgets = {name: budget.model_dump(mode="json") for name, budget in config.tuning.items()}
    study = Study.prepare(
        folder,
        jobs,
        config.dataset_options,
        whole.departures,
        budgets,
        config.against,
        config.margin,
        config.looks,
        described,
        added(whole),
        _tunable(jobs, budgets),
    )
    if published is not None:
        study.keep("published.yaml", published)
    pending = todo(study, mine, retry_failed)
    progress.stated(statements(jobs[0]))
    progress.start(len(pending), len(mine) - len(pending))
    waiting = {job.hash for job in pending}
    progress.changed(changed(study, [job for job in mine if job.hash not in waiting]))
    workers = min(workers or os.cpu_count() or 1, max(len(pending), 1))
    name = backend or ("serial" if workers == 1 and timeout is None else "processes")
    named = ("", {}) if ratings is not None else (config.dataset, config.dataset_options)
    tasks = config.protocol_options.get("file") or ""
    source = Source(str(cache_home()), *named, str(tasks))
    for outcome in outcomes(name, pending, Settings(workers, source, timeout, engine or {})):
        study.save(outcome)
        progress.done(outcome.record)
    return study


def _tunable(jobs: Sequence[Job], budgets: Mapping[str, object]) -> dict[str, bool]:
    """Whether each learner has a search space, so that no report has to load it to know; nothing
    where no learner was tuned."""
    bases = {job.learner: job.base for job in jobs if budgets}
    return {name: bool(load_variant(base).dimensions()) for name, base in bases.items()}
