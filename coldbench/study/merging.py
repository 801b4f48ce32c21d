"""Studies of one configuration, made in several places, copied into one folder after checks."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from coldbench.errors import StoreError, UsageError
from coldbench.running import RunRecord
from coldbench.study.changes import set_aside, short_seal
from coldbench.study.manifest import Manifest
from coldbench.study.store import Study
from coldbench.study.verification import verify

__all__ = ["merge"]


def merge(sources: Sequence[Path], target: Path) -> tuple[Study, int]:
    """Copy the runs of all sources into `target`, a new or an existing study; returns the study
    and how many runs were new to it.

    Raises StoreError, before anything is written, when a study is damaged, when configurations
    differ, or when two studies have other predictions for one job.
    """
    if not sources:
        raise UsageError("name at least one study to merge")
    existing = [target] if (target / "study.json").exists() else []
    studies = [_checked(path) for path in [*existing, *sources]]
    plan = studies[0].manifest
    for study in studies[1:]:
        plan = plan.merged(study.manifest, study.path)
    _agree(studies, plan)
    merged = Study.planned(target, plan)
    return merged, sum(_copy(study, merged) for study in studies[len(existing) :])


def _checked(path: Path) -> Study:
    wrong = verify(path).of("damage")
    if wrong:
        more = f" (and {len(wrong) - 1} more: `coldbench verify`)" if len(wrong) > 1 else ""
        raise StoreError(f"{path} is not merged: {wrong[0]}{more}")
    return Study.open(path)


def _lasting(study: Study, plan: Manifest) -> Iterator[RunRecord]:
    """The records of a study but those that the merged plan has set aside."""
    for record in study.records():
        seal = short_seal(study.contents(record.job_hash))
        if seal not in set_aside(plan.history, record.job_hash):
            yield record


def _agree(studies: Sequence[Study], plan: Manifest) -> None:
    """One job, one answer: whichever machine ran it."""
    known: dict[str, tuple[Path, str]] = {}
    for study in studies:
        for record in _lasting(study, plan):
            if record.status == "finished":
                here = study.path, record.predictions_sha256
                first = known.setdefault(record.job_hash, here)
                if first[1] != here[1]:
                    raise StoreError(
                        f"{first[0]} and {study.path} have different predictions for job "
                        f"{record.job_hash}: `coldbench verify --replay` tells which repeats"
                    )


def _copy(source: Study, target: Study) -> int:
    count = 0
    for record in _lasting(source, target.manifest):
        known = target.status(record.job_hash)
        if known is None or (known != "finished" and record.status == "finished"):
            count += target.put(record.job_hash, source.files(record.job_hash))
    return count
