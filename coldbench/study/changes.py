"""The history of a study: learners that were run again or taken out, and which runs that replaced.

A change names the runs that it sets aside by job and seal. From the moment it stands in study.json
they count as not there, wherever their files are; new runs of the same jobs have other seals.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from coldbench.running import RunRecord, seal

__all__ = ["Change", "change_of", "set_aside", "short_seal"]


class Change(BaseModel):
    """time: in UTC; codes: how many of the runs each fingerprint of the learner's code had made;
    code: that of the runs to come, "" after a removal; runs: those set aside, the first 16 digits
    of the seal of each by job; folder: where they are kept, below that of the study."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    time: str
    kind: Literal["again", "removed"]
    learner: str
    codes: dict[str, int] = {}
    code: str = ""
    runs: dict[str, str] = {}
    folder: str = Field(pattern=r"^aside/[0-9]+$")

    def __str__(self) -> str:
        what = (
            f"run again with code {self.code or 'unknown'}" if self.kind == "again" else "removed"
        )
        told = ", ".join(f"{n} of code {code or 'unknown'}" for code, n in self.codes.items())
        runs = f"; runs set aside: {told}" if told else ""
        return f"{self.time} {self.learner}: {what}{runs}"


def change_of(
    kind: Literal["again", "removed"],
    learner: str,
    records: Iterable[RunRecord],
    seals: Mapping[str, str],
    folder: str,
    code: str = "",
) -> Change:
    """The change, as of now, that sets these records aside; seals: `short_seal` of each by job."""
    codes: dict[str, int] = {}
    for record in records:
        made = record.code
        codes[made] = codes.get(made, 0) + 1
    time = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Change(
        time=time, kind=kind, learner=learner, codes=codes, code=code, runs=dict(seals),
        folder=folder,
    )  # fmt: skip


def short_seal(data: Mapping[str, Any]) -> str:
    """The first 16 digits of the seal of a stored record."""
    return seal(dict(data))[:16]


def set_aside(history: Iterable[Change], job_hash: str) -> dict[str, str]:
    """{short seal: folder} of the runs of a job that changes have set aside."""
    return {change.runs[job_hash]: change.folder for change in history if job_hash in change.runs}
