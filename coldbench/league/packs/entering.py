"""Enter a learner: pack checked, sentinel run, learner run and audited, then joined and told.

In this order, and each step refuses before the next one writes: a stopped entry goes on where it
stopped, and nothing is joined with the pack's runs that has not passed.
"""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from filelock import FileLock, Timeout

from coldbench.audit import Audit
from coldbench.data import cache_home
from coldbench.errors import StoreError, UsageError
from coldbench.league.packs.asking import Asked, config_of, tuned
from coldbench.league.packs.facts import machine_of
from coldbench.league.packs.fitting import check_protocol, open_data
from coldbench.league.packs.joining import joined
from coldbench.league.packs.sentinel import Records, agreement, disagreement, scale_of
from coldbench.running import (
    Job,
    RunRecord,
    Settings,
    Source,
    code_has_changed,
    code_of,
    outcomes,
    provenance,
)
from coldbench.study import (
    OWN,
    Entered,
    How,
    Manifest,
    Progress,
    Study,
    StudyConfig,
    audit_study,
    keep_entry,
    run_study,
    stored_audits,
    stored_entry,
)

__all__ = ["AUDITS", "Entry", "enter"]

LOCK, WAIT = ".lock", 60.0  # as in a study, which the folder becomes; seconds
AUDITS = 2  # runs of the learner that are audited; one of a lite entry
Told = Callable[[Audit], None]


@dataclass(frozen=True)
class Entry:
    """study: the pack's runs and the learner's, None where they were not joined; own: what ran on
    this machine."""

    folder: Path
    facts: Entered
    own: Study
    study: Study | None


def enter(asked: Asked, how: How, progress: Progress, told: Told = lambda audit: None) -> Entry:
    """Run a learner as the learners of a pack were, and join it with them.

    Raises UsageError for names, StoreError for a pack that does not fit this coldbench and for a
    sentinel that disagrees, DataError for another edition of the data. A learner that leaks is not
    joined.
    """
    plan, theirs = _reference(asked)
    asked.check_names(plan)
    check_protocol(asked, plan)
    open_data(asked, plan)
    facts = _started(asked)
    source = _source(asked, plan)
    _run(config_of(asked, plan, asked.sentinel), how, progress)
    own = Study.open(asked.folder / OWN)
    here = _of(own, asked.sentinel)
    facts = _compared(asked, facts, theirs, here, source, how)
    config = config_of(asked, plan, asked.learner)
    _refuse_other_code(asked, own)
    own = _run(config, how, progress)
    facts = _audited(asked, facts, own, source, told)
    facts = facts.model_copy(update=_of_the_runs(asked, config, own, here))
    keep_entry(asked.folder, facts)
    if facts.status == "leaks":
        return Entry(asked.folder, facts, own, None)
    study = joined(asked.pack, plan, own, asked.learner, Study(asked.folder))
    facts = facts.model_copy(update={"status": "joined"})
    keep_entry(asked.folder, facts)
    return Entry(asked.folder, facts, own, study)


def _reference(asked: Asked) -> tuple[Manifest, Records]:
    """The pack's plan and its runs of the sentinel, by seed, after a check of the whole study."""
    with tempfile.TemporaryDirectory(prefix="coldbench-pack-") as folder:
        study = asked.pack.unpack(Path(folder) / "study")
        return study.manifest, _of(study, asked.sentinel)


def _of(study: Study, learner: str) -> dict[str, RunRecord]:
    jobs = [job for job in study.manifest.jobs if job.learner == learner]
    stored = set(study.stored())
    return {job.seed: study.record(job.job_hash) for job in jobs if job.job_hash in stored}


def _started(asked: Asked) -> Entered:
    """The entry in its folder; raises UsageError where that holds something else."""
    new = Entered(
        pack=asked.pack.title,
        pack_sha256=asked.pack.sha256,
        learner=asked.learner,
        sentinel=asked.sentinel,
        lite=asked.lite,
        pack_seeds=len(asked.pack.facts.seeds),
        pack_machines=asked.pack.facts.machines,
    )
    folder = asked.folder
    try:
        _refuse_other(folder)
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / LOCK, timeout=WAIT):
            return _taken_up(folder, new)
    except Timeout:
        raise StoreError(f"{folder} is being written to: enter one learner at a time") from None
    except OSError as error:
        raise StoreError(f"cannot write to {folder}: {error.strerror or error}") from None


def _refuse_other(folder: Path) -> None:
    """What a killed command left of a file that it was writing is no entry of another."""
    inside = {file.name for file in folder.iterdir()} if folder.exists() else set()
    whole = {name for name in inside - {LOCK} if not name.endswith(".part")}
    if whole and stored_entry(folder) is None:
        raise UsageError(f"{folder} is not empty and holds no entry: choose another --out")


def _taken_up(folder: Path, new: Entered) -> Entered:
    """The entry in a folder that nobody else writes to, its own or a new one."""
    _refuse_other(folder)
    old = stored_entry(folder)
    if old is not None and not old.same_as(new):
        lite = " (lite)" if old.lite else ""
        raise UsageError(
            f"{folder} is the entry of {old.learner} to {old.pack}{lite} with the sentinel "
            f"{old.sentinel}, not of {new.learner} to {new.pack}{' (lite)' if new.lite else ''} "
            f"with {new.sentinel}: choose another --out"
        )
    if old is None:
        keep_entry(folder, new)
    return old or new


def _source(asked: Asked, plan: Manifest) -> Source:
    options = {**plan.dataset_options, **asked.chosen.dataset_options}
    return Source(str(cache_home()), asked.data or plan.fixed["dataset"], options)


def _run(config: StudyConfig, how: How, progress: Progress) -> Study:
    return run_study(
        config, how.workers, how.backend, how.timeout, how.retry_failed, progress, check=how.check
    )


def _compared(
    asked: Asked, facts: Entered, theirs: Records, here: Records, source: Source, how: How
) -> Entered:
    """The entry with what the sentinel says; raises StoreError where it disagrees."""

    def rerun(jobs: list[Job]) -> list[RunRecord]:
        name = "serial" if how.workers == 1 else "processes"
        settings = Settings(how.workers or 1, source)
        return [outcome.record for outcome in outcomes(name, jobs, settings)]

    known, runs = facts.agreement, tuple(one.sha256[:16] for one in here.values())
    if known is None or known.verdict == "disagrees" or known.runs != runs:
        known = agreement(theirs, here, rerun).model_copy(update={"runs": runs})
    facts = facts.model_copy(update={"agreement": known, "scale": scale_of(theirs, here)})
    if known.verdict == "disagrees":
        keep_entry(asked.folder, facts.model_copy(update={"status": "disagrees"}))
        raise StoreError(disagreement(known, asked.pack.title))
    keep_entry(asked.folder, facts)
    return facts


def _refuse_other_code(asked: Asked, own: Study) -> None:
    for record in _of(own, asked.learner).values():
        if code_has_changed(record.code, code_of(record.job.base)):
            raise UsageError(
                f"the code of {asked.learner} has changed since its runs in {own.path}: an entry "
                "is of one code, so choose another --out"
            )


def _audited(asked: Asked, facts: Entered, own: Study, source: Source, told: Told) -> Entered:
    """With the audits of some runs, made unless the study has them."""
    count = 1 if asked.lite else AUDITS
    mine = {record.job_hash for record in _of(own, asked.learner).values()}
    done = [audit for job, audit in stored_audits(own).items() if job in mine]
    finished = any(one.status == "finished" for one in _of(own, asked.learner).values())
    if len(done) < count and finished:
        done = audit_study(
            own, count, 0, source.dataset, source.options, told, learners=(asked.learner,)
        )
    return facts.model_copy(
        update={
            "audit": _verdict(done),
            "audited": tuple(audit.seed for audit in done),
            "leaks": tuple(dict.fromkeys(str(leak) for one in done for leak in one.leaks)),
            "status": "leaks" if any(one.leaks for one in done) else "started",
        }
    )


def _verdict(audits: Sequence[Audit]) -> str:
    if any(audit.leaks for audit in audits):
        return "leaks"
    return "clean" if any(audit.clean for audit in audits) else "not audited"


def _of_the_runs(asked: Asked, config: StudyConfig, own: Study, here: Records) -> dict[str, object]:
    """What else entry.json says."""
    runs = _of(own, asked.learner)
    base = own.manifest.learners[asked.learner]["base"]
    origin = next((record.provenance for record in runs.values()), provenance(base))
    return {
        "plugin": str(origin.get("plugin") or ""),
        "code": str(origin.get("code") or ""),
        "seeds": tuple(runs),
        "tuned": tuned(config.tuning.get(asked.learner), config, asked.learner),
        "seconds": {
            name: median(one.seconds["total"] for one in known)
            for name, found in ((asked.learner, runs), (asked.sentinel, here))
            if (known := [one for one in found.values() if one.seconds.get("total")])
        },
        "machine": machine_of(origin),
    }
