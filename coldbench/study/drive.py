"""Run the jobs of a study that are not stored yet: the one writer between backend and store."""

import os
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from coldbench.data import Ratings, cache_home
from coldbench.errors import DataError
from coldbench.running import (
    Job,
    Settings,
    Source,
    code_has_changed,
    code_of,
    fetch,
    outcomes,
)
from coldbench.study.again import Again, Options, again_of, set_again
from coldbench.study.bar import Bar, in_notebook
from coldbench.study.config import StudyConfig, read_study
from coldbench.study.progress import Progress
from coldbench.study.starting import How, check_new, default_folder, shard_of, start_of, todo
from coldbench.study.store import Study

__all__ = [
    "Progress", "default_folder", "ready_again", "run_again", "run_study", "shard_of", "todo",
]  # fmt: skip


def _usual_progress() -> Progress:
    """A bar in a notebook, nothing elsewhere."""
    if not in_notebook():
        return Progress()
    bar = Bar()
    return Progress(bar.start, bar.done, bar.changed, bar.said, bar.said, noted=bar.said)


def changed(study: Study, stored: list[Job]) -> list[str]:
    """The learners of stored jobs whose code has changed since these ran."""
    learners = dict.fromkeys(
        job.learner
        for job in stored
        if code_has_changed(study.record(job.hash).code, code_of(job.base))
    )
    return list(learners)


def run_study(
    config: StudyConfig | str | Path,
    workers: int | None = None,
    backend: str | None = None,
    timeout: float | None = None,
    retry_failed: bool = False,
    progress: Progress | None = None,
    shard: tuple[int, int] = (1, 1),
    engine: Mapping[str, str] | None = None,
    ratings: Ratings | None = None,
    check: bool = False,
) -> Study:
    """Run a study; finished jobs are skipped, so that a stopped study goes on where it stopped.

    config: what to run, or the file that says it, as for `coldbench run --config`; workers:
    processes (default: one for each core); backend: a name of BACKENDS (default `processes`;
    `serial` for one worker without a time-out); timeout: seconds a job may take; shard: run part k
    of n only, of the same plan; engine: settings of the backend itself; ratings: your own
    (`coldbench.from_frames`) instead of the data set that the configuration names: the study holds
    no ratings, so hand the same ones in again to let it go on; progress: whom to tell, by default a
    bar in a notebook, nobody elsewhere; check: refuse learners of other packages that
    break the contract, as the command line does.
    """
    progress = progress or _usual_progress()
    if not isinstance(config, StudyConfig):
        config = read_study(Path(config), {})
    how = How(workers, backend, timeout, retry_failed, shard, engine or {}, check)
    start = start_of(config, how, progress, ratings)
    study = Study.planned(start.folder, start.manifest)
    if start.published is not None:
        study.keep("published.yaml", start.published)
    return _carry_out(study, start.jobs, start.source, how, progress)


def run_again(
    path: Path,
    names: list[str],
    given: Options | None = None,
    how: How | None = None,
    progress: Progress | None = None,
    dataset: str = "",
    dataset_options: Mapping[str, Any] | None = None,
) -> Study:
    """Run all jobs of learners of a stored study again, but those that came from today's code.

    given: options, by learner, that are others than in the study; dataset, dataset_options: what to
    open when the prepared data are not in the cache. The earlier runs are set aside first, all at
    once (`coldbench.study.again`); stopped, the same call goes on.
    """
    how, progress = how or How(), progress or _usual_progress()
    study, _, source = ready_again(path, names, given, how, progress, dataset, dataset_options)
    again = set_again(study, names, given or {})
    progress.noted(list(_set_aside(path, again)))
    jobs = shard_of(again.jobs(), how.shard)
    return _carry_out(Study.open(path), jobs, source, replace(how, retry_failed=True), progress)


def ready_again(
    path: Path,
    names: list[str],
    given: Options | None,
    how: How,
    progress: Progress,
    dataset: str = "",
    dataset_options: Mapping[str, Any] | None = None,
) -> tuple[Study, Again, Source]:
    """Check all that can refuse `run_again`; returns what it would do, and changes nothing."""
    study = Study.open(path)
    how.refuse(str(study.manifest.fixed.get("device", "cpu")))
    again = again_of(study, names, given or {})
    fixed = study.manifest.fixed
    options = {**study.manifest.dataset_options, **(dataset_options or {})}
    source = Source(str(cache_home()), dataset or fixed["dataset"], options)
    try:
        fetch(fixed["dataset_sha256"], source)
    except DataError as error:
        raise DataError(f"{error}; say where the data of {path} are with --dataset") from None
    check_new(study, again.jobs(), again.pending(), how, progress)
    return study, again, source


def _set_aside(path: Path, again: Again) -> Iterator[str]:
    """What was set aside, what came out as another option, and where nothing is run again."""
    for name, records in again.outdated.items():
        folder = again.folders.get(name)
        if folder and records:
            runs = f"{len(records)} run{'' if len(records) == 1 else 's'}"
            compare = shlex.join(["coldbench", "compare", str(path / folder), str(path)])
            comparable = any(record.status == "finished" for record in records)
            where = f"see `{compare}`" if comparable else f"in {path / folder}"
            yield f"{name}: {runs} set aside, {where}."
        elif not records:
            yield (
                f"{name}: its stored runs are of today's code, so they are kept. If something "
                "else has changed, such as a library, `coldbench remove` it and run it anew."
            )
    yield from (f"{line}: runs have another option than before." for line in again.moved)


def _carry_out(
    study: Study, jobs: list[Job], source: Source, how: How, progress: Progress
) -> Study:
    pending = todo(study, jobs, how.retry_failed)
    progress.opened(study)
    progress.start(len(pending), len(jobs) - len(pending))
    waiting = {job.hash for job in pending}
    progress.changed(changed(study, [job for job in jobs if job.hash not in waiting]))
    workers = min(how.workers or os.cpu_count() or 1, max(len(pending), 1))
    name = how.backend or ("serial" if workers == 1 and how.timeout is None else "processes")
    settings = Settings(workers, source, how.timeout, how.engine)
    for outcome in outcomes(name, pending, settings):
        study.save(outcome)
        progress.done(outcome.record)
    return study
