"""All that can refuse a study before its first run, in one order; nothing of the study is written.

`run` goes on from here, `--dry-run` rehearses the rest.
"""

import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from coldbench.data import Ratings, cache_home
from coldbench.errors import StoreError, UsageError, unknown
from coldbench.learning import load_variant
from coldbench.running import (
    BACKENDS,
    HERE,
    Job,
    Settings,
    Source,
    code_of,
    engine,
    refuse_missing_device,
)
from coldbench.study.config import StudyConfig
from coldbench.study.described import Described
from coldbench.study.manifest import Manifest
from coldbench.study.planning import expanded, plan, statements, untested
from coldbench.study.plugins import check_plugins
from coldbench.study.progress import Progress
from coldbench.study.published import read_published
from coldbench.study.store import Study
from coldbench.study.yardsticks import added, measured

__all__ = [
    "How", "Start", "check_new", "default_folder", "rehearse", "shard_of", "start_of", "todo",
]  # fmt: skip


@dataclass(frozen=True)
class How:
    """How jobs are run, which changes no result: as in `run_study`."""

    workers: int | None = None
    backend: str | None = None
    timeout: float | None = None
    retry_failed: bool = False
    shard: tuple[int, int] = (1, 1)
    engine: Mapping[str, str] = field(default_factory=dict)
    check: bool = False

    def refuse(self, device: str) -> None:
        """Raises UsageError for a backend or device that cannot be used; reads no data."""
        if self.backend is not None and self.backend not in BACKENDS:
            raise unknown("backend", self.backend, BACKENDS)
        refuse_missing_device(device, self.backend)
        engine(self.backend or "processes", Settings(1, Source(), self.timeout, self.engine))


@dataclass(frozen=True)
class Start:
    """A study that nothing refuses. manifest: the plan to make or to add; jobs: those asked for;
    source: where workers find the data; published: text of a file to keep in the study."""

    folder: Path
    manifest: Manifest
    jobs: list[Job]
    source: Source
    published: str | None


def start_of(
    config: StudyConfig, how: How, progress: Progress, ratings: Ratings | None = None
) -> Start:
    """Plan a study and check all that can be checked before its folder is written to."""
    how.refuse(config.device)
    whole = expanded(config)
    opened, jobs = plan(measured(whole), ratings)
    described = Described.of(opened, frames=ratings is not None)
    del opened  # not kept: learners may run in this process
    progress.warned(described.warnings)
    mine = shard_of(jobs, how.shard)
    folder = default_folder(config, jobs[0].dataset)
    published = read_published(config.published) if config.published else None
    progress.stated(statements(jobs[0]))
    if lacking := untested(jobs[0]):
        progress.warned(lacking)
    study = Study(folder)
    check_new(study, mine, todo(study, mine, how.retry_failed), how, progress)
    named = ("", {}) if ratings is not None else (config.dataset, config.dataset_options)
    tasks = config.protocol_options.get("file") or ""
    manifest = _manifest(config, whole, jobs, described)
    return Start(folder, manifest, mine, Source(str(cache_home()), *named, str(tasks)), published)


def _manifest(
    config: StudyConfig, whole: StudyConfig, jobs: list[Job], described: Described
) -> Manifest:
    variants = {
        name: whole.variants[name].options for name in whole.models if name in whole.variants
    }
    return Manifest.of(jobs, config.dataset_options, whole.departures).model_copy(
        update={
            "tuning": {name: one.model_dump(mode="json") for name, one in config.tuning.items()},
            "against": config.against,
            "margin": config.margin,
            "looks": config.looks,
            "data": described,
            "yardsticks": added(whole),
            "tunable": _tunable(jobs, config.tuning),
            "given": {
                name: {**variants.get(name, {}), **whole.options.get(name, {})}
                for name in whole.models
            },
        }
    )


def _tunable(jobs: Sequence[Job], budgets: Mapping[str, object]) -> dict[str, bool]:
    """Whether each learner can be tuned, so that no report has to load it to know; nothing
    where no learner was tuned."""
    bases = {job.learner: job.base for job in jobs if budgets}
    return {name: load_variant(base).tunable for name, base in bases.items()}


def check_new(
    study: Study, jobs: list[Job], pending: list[Job], how: How, progress: Progress
) -> None:
    """Check learners of other packages whose pending runs are their first by today's code."""
    if how.check:
        waiting = {job.hash for job in pending}
        known = {
            job.base
            for job in jobs
            if job.hash not in waiting and study.record(job.hash).code == code_of(job.base) != ""
        }
        progress.noted(check_plugins(job.base for job in pending if job.base not in known))


def rehearse(folder: Path, manifest: Manifest | None, how: How) -> None:
    """Raise what writing the study, or opening the backend, would raise; leave nothing behind."""
    if manifest is not None and (folder / "study.json").exists():
        Study.open(folder).manifest.merged(manifest, folder)
    existing = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    try:
        with tempfile.NamedTemporaryFile(dir=existing, prefix=".rehearsal-") as file:
            file.write(b"room?")
            file.flush()
    except OSError as error:
        raise StoreError(f"cannot write to {folder}: {error.strerror or error}") from None
    if (how.backend or "") not in HERE:
        settings = Settings(how.workers or 1, Source(), how.timeout, how.engine)
        executor = engine(how.backend or "", settings).open()
        executor.shutdown(wait=False, cancel_futures=True)


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


def shard_of(jobs: list[Job], shard: tuple[int, int]) -> list[Job]:
    """Part k of n, (k, n) counted from 1: each learner and each seed is spread over the parts."""
    k, n = shard
    if not 1 <= k <= n:
        raise UsageError(f"shard {k}/{n}: write k/n with k from 1 to n, such as 3/10")
    learners = len({job.learner for job in jobs})
    places = ((place // learners + place % learners, job) for place, job in enumerate(jobs))
    return [job for place, job in places if place % n == k - 1]
