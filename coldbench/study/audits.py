"""audit.json: what audits of a study's jobs found, sealed as the digest is."""

import json
from collections.abc import Iterable, Mapping

from pydantic import BaseModel, ConfigDict

from coldbench.audit import Audit
from coldbench.running import read_sealed, sealed
from coldbench.study.store import Study

__all__ = ["AUDITS", "audits_bytes", "keep_audits", "stored_audits"]

AUDITS = "audit.json"


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    schema_version: int = 1
    audits: tuple[Audit, ...]


def stored_audits(study: Study) -> Mapping[str, Audit]:
    """By job hash; empty where none was made; without those of runs that were set aside since.
    Raises StoreError for a file that was edited."""
    file = study.path / AUDITS
    if not file.exists():
        return {}
    audits = read_sealed(file, _File).audits
    return {audit.job_hash: audit for audit in audits if _holds(study, audit)}


def keep_audits(study: Study, audits: Iterable[Audit]) -> None:
    """Store audits beside the earlier ones, of which those of the same jobs are replaced."""
    known = {**stored_audits(study), **{audit.job_hash: audit for audit in audits}}
    study.keep(AUDITS, audits_bytes(known.values()))


def audits_bytes(audits: Iterable[Audit]) -> bytes:
    """The file that holds these audits."""
    return sealed(json.loads(_File(audits=tuple(audits)).model_dump_json())).encode()


def _holds(study: Study, audit: Audit) -> bool:
    """Whether no change of the study has done away with the code that was audited."""
    return not any(
        audit.job_hash in change.runs and audit.code in change.codes and audit.code != change.code
        for change in study.manifest.history
    )
