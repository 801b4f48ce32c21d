"""audit.json: what audits of a study's jobs found, sealed as the digest is."""

import json
from collections.abc import Iterable, Mapping

from pydantic import BaseModel, ConfigDict, ValidationError

from coldbench.audit import Audit
from coldbench.errors import StoreError
from coldbench.running import check_text, seal
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
    try:
        data = json.loads(file.read_text("utf-8"))
        if data.pop("sha256") != seal(data):
            raise StoreError(f"{file} does not match its hash; the file was edited")
        check_text(data)
        audits = _File.model_validate(data).audits
        return {audit.job_hash: audit for audit in audits if _holds(study, audit)}
    except (OSError, ValueError, ValidationError, AttributeError, KeyError, TypeError) as error:
        reason = " ".join(str(error).split())[:200]
        raise StoreError(f"{file} is damaged: {reason}") from None


def keep_audits(study: Study, audits: Iterable[Audit]) -> None:
    """Store audits beside the earlier ones, of which those of the same jobs are replaced."""
    known = {**stored_audits(study), **{audit.job_hash: audit for audit in audits}}
    study.keep(AUDITS, audits_bytes(known.values()))


def audits_bytes(audits: Iterable[Audit]) -> bytes:
    """The file that holds these audits."""
    data = json.loads(_File(audits=tuple(audits)).model_dump_json())
    return (json.dumps({**data, "sha256": seal(data)}, indent=1) + "\n").encode()


def _holds(study: Study, audit: Audit) -> bool:
    """Whether no change of the study has done away with the code that was audited."""
    return not any(
        audit.job_hash in change.runs and audit.code in change.codes and audit.code != change.code
        for change in study.manifest.history
    )
