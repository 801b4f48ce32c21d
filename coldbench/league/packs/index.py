"""The packs that this coldbench knows of: those in the wheel, and those to be downloaded."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from coldbench.errors import StoreError, UsageError, shorten, unknown
from coldbench.league.packs.facts import DIGEST, NAMED

__all__ = ["Listed", "find_listed", "known_packs", "listed_sha256"]

INDEX = "index.toml"


class Listed(BaseModel):
    """A pack in the index. file: its name in the wheel, or "" for one that is downloaded from url;
    learners, seeds: how many; size: bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str = Field(pattern=f"^{NAMED}$")
    release: int = Field(ge=1)
    edition: str = ""
    protocol: str
    protocol_version: int
    learners: int
    seeds: int
    sha256: str = Field(pattern=DIGEST)
    size: int
    file: str = Field("", pattern=r"^[^/\\]*$")
    url: str = Field("", pattern=r"^(https://\S+)?$")

    @property
    def title(self) -> str:
        """`NAME@RELEASE`."""
        return f"{self.name}@{self.release}"

    @property
    def where(self) -> str:
        """`wheel`, or the address."""
        return "wheel" if self.file else self.url

    @property
    def packaged(self) -> Path | None:
        """The file that came with coldbench."""
        return Path(str(files(__package__).joinpath(self.file))) if self.file else None


@cache
def known_packs() -> tuple[Listed, ...]:
    """By name, the latest release first; raises StoreError where the index is damaged."""
    text = files(__package__).joinpath(INDEX).read_text("utf-8")
    try:
        found = [Listed.model_validate(one) for one in tomllib.loads(text).get("packs", [])]
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise StoreError(f"{INDEX} of the reference packs: {shorten(error, 300)}") from None
    return tuple(sorted(found, key=lambda one: (one.name, -one.release)))


def find_listed(text: str) -> Listed:
    """The pack `NAME@RELEASE`, or the latest release of `NAME`; raises UsageError."""
    packs = known_packs()
    if not packs:
        raise UsageError(
            f"no reference pack {shorten(text)}: this coldbench lists none, so name the file of one"
        )
    name, at, release = text.partition("@")
    mine = [one for one in packs if one.name == name]
    if not mine:
        raise unknown("reference pack", text, [one.title for one in packs])
    if not at:
        return mine[0]
    if re.fullmatch("[0-9]{1,6}", release):
        for one in mine:
            if one.release == int(release):
                return one
    known = ", ".join(one.title for one in mine)
    raise UsageError(
        f"no release {shorten(release)} of the reference pack {name!r}: did you mean "
        f"{mine[0].title!r}? known are {known}"
    )


def listed_sha256(title: str) -> str:
    """What the file of the pack `NAME@RELEASE` has; empty for one that is not listed."""
    return next((one.sha256 for one in known_packs() if one.title == title), "")
