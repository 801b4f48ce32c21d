"""entry.json: what an entry says of itself, and the seals of all its files.

<entry>/entry.json       Entry
<entry>/study.json, records.jsonl, audit.json   the packed study of the learner and the sentinel
<entry>/plugin/          the source of the learner's package, where it is not coldbench itself
<entry>/card.md          the learner, as `coldbench describe` has it
<entry>/tuning.csv       every trial of its tuning, where it was tuned
<entry>/review.json      what a review found; sealed by itself, no part of the entry
"""

import json
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from coldbench.running import seal

__all__ = [
    "CARD", "ENTRY", "NEEDED", "PLUGIN", "REVIEW", "SCHEMA", "TUNING", "Entry", "Environment",
    "Plugin", "Reference", "entry_bytes",
]  # fmt: skip

SCHEMA = 1
ENTRY, REVIEW, PLUGIN = "entry.json", "review.json", "plugin"
CARD, TUNING = "card.md", "tuning.csv"
NEEDED = ("study.json", "records.jsonl", CARD)
DIGEST = r"^[0-9a-f]{64}$"
NAME = r"^[^\x00-\x1f\x7f/\\]{1,80}$"


class Plugin(BaseModel):
    """The package that registers the learner. learner, target: its registered name and where its
    code is; sha256: of the package's Python files, however it is installed; kept: whether its
    source is in plugin/ so that pip can install it from there, only to be read there, or in
    coldbench itself; left_out: files of the package that are no source."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    learner: str = Field(pattern=NAME)
    distribution: str = Field(pattern=NAME)
    version: str = Field(max_length=80)
    target: str = Field(max_length=300)
    sha256: str = Field(pattern=DIGEST)
    kept: Literal["project", "modules", "coldbench"]
    left_out: tuple[str, ...] = ()


class Environment(BaseModel):
    """With which the learner's runs were made; several values where runs differ."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    python: tuple[str, ...] = ()
    platform: tuple[str, ...] = ()
    processor: tuple[str, ...] = ()
    revision: tuple[str, ...] = ()
    libraries: dict[str, tuple[str, ...]] = {}


class Reference(BaseModel):
    """The pack that was entered: `name@release`, and the SHA-256 of its file."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    title: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}@[0-9]{1,6}$")
    sha256: str = Field(pattern=DIGEST)


class Entry(BaseModel):
    """learner, sentinel: as they are called in the study; entered: what `coldbench enter` kept of
    the run; files: SHA-256 of every other file by its path; sha256: of entry.json itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    schema_version: int = SCHEMA
    learner: str = Field(pattern=NAME)
    sentinel: str = Field(pattern=NAME)
    reference: Reference
    plugin: Plugin
    environment: Environment
    tuned: bool = False
    entered: dict[str, Any] = {}
    files: dict[str, str]
    sha256: str = ""


def entry_bytes(entry: Entry) -> bytes:
    """entry.json with its seal; the same entry gives the same bytes."""
    data = json.loads(entry.model_dump_json(exclude={"sha256"}))
    return (json.dumps({**data, "sha256": seal(data)}, indent=1) + "\n").encode()
