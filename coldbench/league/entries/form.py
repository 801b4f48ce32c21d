"""entry.json of an entry: what it says of itself, and the seals of all its files.

<entry>/entry.json       Submission
<entry>/study/           the packed study of the learner and the sentinel, as they ran there
<entry>/plugin/          the source of the learner's package, where it is not coldbench itself
<entry>/card.md          the learner, as `coldbench describe` has it
<entry>/tuning.csv       every trial of its tuning, where it was tuned
<entry>/review.json      what a review found; sealed by itself, no part of the entry
"""

import json
import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from coldbench.league.packs.naming import LEARNER
from coldbench.running import sealed
from coldbench.study import Entered

__all__ = [
    "CARD", "ENTRY", "NEEDED", "PLUGIN", "REVIEW", "SCHEMA", "STUDY", "TUNING", "Environment",
    "Plugin", "Submission", "entry_bytes",
]  # fmt: skip

SCHEMA = 1
ENTRY, REVIEW, PLUGIN, STUDY = "entry.json", "review.json", "plugin", "study"
CARD, TUNING = "card.md", "tuning.csv"
NEEDED = (f"{STUDY}/study.json", f"{STUDY}/records.jsonl", CARD)
DIGEST = r"^[0-9a-f]{64}$"
TITLE = r"^[a-z0-9][a-z0-9._-]{0,63}@[0-9]{1,6}$"
NAME = r"^[ -.0-\[\]-~]{1,80}$"  # it stands in sentences and commands: no path, no control


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


class Submission(BaseModel):
    """entered: what `coldbench enter` kept: pack, learner, sentinel, agreement, seconds; files:
    SHA-256 of every other file by its path; sha256: of entry.json itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    schema_version: int = SCHEMA
    entered: Entered
    plugin: Plugin
    environment: Environment
    tuned: bool = False
    files: dict[str, str]
    sha256: str = ""

    @field_validator("entered")
    @classmethod
    def _plain_names(cls, entered: Entered) -> Entered:
        """They name a pack to look for, and stand in sentences."""
        if not re.fullmatch(TITLE, entered.pack) or not re.fullmatch(DIGEST, entered.pack_sha256):
            raise ValueError("it names no reference pack")
        if not re.fullmatch(LEARNER, entered.learner) or not re.fullmatch(NAME, entered.sentinel):
            raise ValueError("a learner's name holds what no name does")
        return entered


def entry_bytes(entry: Submission) -> bytes:
    """entry.json with its seal; the same entry gives the same bytes."""
    return sealed(json.loads(entry.model_dump_json(exclude={"sha256"}))).encode()
