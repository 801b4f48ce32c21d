"""Some learners of a study as a packed study of their own."""

from collections.abc import Collection

from coldbench.errors import unknown
from coldbench.study.again import without
from coldbench.study.audits import AUDITS, audits_bytes, stored_audits
from coldbench.study.manifest import Manifest
from coldbench.study.packed import NAME, packed_bytes
from coldbench.study.store import Study

__all__ = ["alone_of"]


def alone_of(study: Study, learners: Collection[str]) -> dict[str, bytes]:
    """The files, by name, of a packed study that holds these learners and nothing of others.

    Digest and published values stay behind, since they speak of the others. Raises UsageError for a
    learner that the study has not, StoreError for a damaged run.
    """
    manifest = _plan(study.manifest, learners)
    jobs = {planned.job_hash for planned in manifest.jobs}
    stored = [job_hash for job_hash in study.stored() if job_hash in jobs]
    files = {
        "study.json": manifest.model_dump_json(indent=1).encode(),
        NAME: packed_bytes(study.contents(job_hash) for job_hash in stored),
    }
    audits = [audit for job_hash, audit in stored_audits(study).items() if job_hash in jobs]
    return {**files, AUDITS: audits_bytes(audits)} if audits else files


def _plan(old: Manifest, learners: Collection[str]) -> Manifest:
    for name in learners:
        if name not in old.learners:
            raise unknown("learner of the study", name, old.learners)
    others = tuple(name for name in old.learners if name not in learners)
    history = tuple(change for change in old.history if change.learner in learners)
    return without(old, others, history)
