"""entry.json: how a learner was entered against a reference pack, beside study.json and sealed.

The folder of an entry holds, besides, `own/`: the study of the learner and the sentinel as they ran
on this machine. The study of the folder itself, the pack's runs with the learner's, is there once
nothing speaks against it.
"""

import json
from pathlib import Path
from typing import Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    FiniteFloat,
    model_validator,
)

from coldbench.running import read_sealed, sealed
from coldbench.study.store import Study

__all__ = ["ENTRY", "OWN", "Entered", "SentinelCheck", "keep_entry", "stored_entry"]

ENTRY = "entry.json"
OWN = "own"


class SentinelCheck(BaseModel):
    """Whether a learner of the pack came out here as there, over so many seeds.

    moved: the MAE that differs most for its limit, and `limit` what rounding explains of it, None
    where all predictions are the same, bit for bit; where: at which seed, scenario and number of
    support ratings; noisy: runs with noise in the last bit behind the limit; why: how machines and
    code differ; runs: the first digits of the hashes of the records here that were compared.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    learner: str
    verdict: Literal["bit for bit", "within rounding", "disagrees"]
    seeds: int
    exact: int = 0
    moved: FiniteFloat | None = None
    limit: FiniteFloat | None = None
    where: str = ""
    noisy: int = 0
    why: tuple[str, ...] = ()
    # left out where there are none, so that earlier versions read what they wrote
    runs: tuple[str, ...] = Field((), exclude_if=lambda value: not value)

    @model_validator(mode="after")
    def _whole(self) -> "SentinelCheck":
        if self.verdict != "bit for bit" and (self.moved is None or self.limit is None):
            raise ValueError(f"a sentinel that is {self.verdict!r} without how far its MAE moved")
        return self


class Entered(BaseModel):
    """status: `started`, `joined` with the pack's runs, or why it is not: the learner `leaks`, the
    sentinel `disagrees`; pack: NAME@RELEASE, and the SHA-256 of its file; plugin, code: of the
    learner; seeds: those that ran, of `pack_seeds` that the pack has; audit: of the runs at
    `audited` seeds; seconds: the median of a run here, of the learner and the sentinel; scale: what
    seconds here are multiplied by to be read beside the pack's, by the sentinel."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    schema_version: int = 1
    status: Literal["started", "joined", "leaks", "disagrees"] = "started"
    pack: str
    pack_sha256: str
    learner: str
    sentinel: str
    lite: bool = False
    plugin: str = ""
    code: str = ""
    seeds: tuple[str, ...] = ()
    pack_seeds: int = 0
    agreement: SentinelCheck | None = None
    audit: Literal["", "clean", "leaks", "not audited"] = ""
    audited: tuple[str, ...] = ()
    leaks: tuple[str, ...] = ()
    tuned: str = ""
    seconds: dict[str, FiniteFloat] = {}
    scale: FiniteFloat | None = None
    machine: str = ""
    pack_machines: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> "Entered":
        if self.audit == "leaks" and not self.leaks:
            raise ValueError("an audit that found leaks, and none is named")
        return self

    def same_as(self, other: "Entered") -> bool:
        """Whether two commands ask for one entry."""
        names = ("pack_sha256", "learner", "sentinel", "lite")
        return all(getattr(self, name) == getattr(other, name) for name in names)


def stored_entry(folder: Path) -> Entered | None:
    """None where there is none; raises StoreError for a file that was edited."""
    file = folder / ENTRY
    return read_sealed(file, Entered) if file.exists() else None


def keep_entry(folder: Path, entry: Entered) -> None:
    """Write it, whole or not at all."""
    Study(folder).keep(ENTRY, sealed(json.loads(entry.model_dump_json())))
