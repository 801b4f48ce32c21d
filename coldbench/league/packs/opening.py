"""A pack file in, checked to the last byte, a packed study out.

A pack is a stranger's file: the archive is read as `coldbench.data` reads untrusted ones, only
members that pack.json seals are accepted, and the study in it is verified before anyone reads it.
"""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from coldbench.data import member_names, read_members
from coldbench.errors import DataError, StoreError, shorten
from coldbench.league.packs.facts import MEMBERS, SCHEMA, PackFacts, planned, sums
from coldbench.league.packs.index import listed_sha256
from coldbench.running import check_text, seal
from coldbench.study import Study, verify
from coldbench.text import listed

__all__ = ["FACTS", "Pack", "open_pack"]

FACTS = "pack.json"
NEEDED = ("study.json", "records.jsonl")
MOST = 256 << 20  # bytes of a pack file
AGAIN = "get it again with `coldbench reference get`"


@dataclass(frozen=True)
class Pack:
    """An opened pack whose seals hold. sha256: of the whole file."""

    path: Path
    sha256: str
    facts: PackFacts
    files: Mapping[str, bytes] = field(repr=False)

    @property
    def title(self) -> str:
        """`NAME@RELEASE`."""
        return self.facts.title

    def unpack(self, folder: Path) -> Study:
        """Write the study into a new or empty folder, the whole or nothing.

        Raises StoreError where the study is damaged or incomplete, or is not what pack.json says.
        """
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise StoreError(f"{folder} is not empty: choose another folder")
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        except OSError as error:
            raise StoreError(f"cannot write to {folder}: {error.strerror or error}") from None
        try:
            self._write(aside)
            _refuse(self, aside)
            if folder.exists():
                folder.rmdir()
            aside.chmod(0o755)
            aside.rename(folder)
        except OSError as error:
            raise StoreError(f"cannot write to {folder}: {error.strerror or error}") from None
        finally:
            shutil.rmtree(aside, ignore_errors=True)
        return Study.open(folder)

    def _write(self, folder: Path) -> None:
        for name, data in self.files.items():
            (folder / name).write_bytes(data)


def open_pack(path: Path, sha256: str = "") -> Pack:
    """The pack in a file; raises StoreError or DataError, naming the member, where it was edited.

    sha256: what the file should have, by default what this coldbench lists for a pack of its name
    and release: so a member that was replaced together with its seal is found out as well.
    """
    data = _bytes(path)
    found = hashlib.sha256(data).hexdigest()
    files = _members(path)
    facts = _facts(path, files.pop(FACTS, b""))
    _check_names(path, facts)
    for text in _edited(facts, files):
        raise StoreError(f"{path} is an edited pack: {text}; {AGAIN} {facts.title}")
    wanted = sha256 or listed_sha256(facts.title)
    if wanted and wanted != found:
        raise StoreError(
            f"{path} is not the {facts.title} that this coldbench lists (sha256 {found[:16]} "
            f"instead of {wanted[:16]}): get it with `coldbench reference get {facts.title}`"
        )
    return Pack(path, found, facts, files)


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST:
            raise StoreError(f"{path}: {path.stat().st_size:,} bytes; no pack has over {MOST:,}")
        return path.read_bytes()
    except OSError as error:
        raise StoreError(f"cannot read the pack {path}: {error.strerror or error}") from None


def _members(path: Path) -> dict[str, bytes]:
    try:
        return read_members(path, (FACTS, *MEMBERS))
    except DataError as error:
        raise StoreError(f"{error}: it was edited, or torn in transfer; {AGAIN}") from None


def _facts(path: Path, text: bytes) -> PackFacts:
    if not text:
        raise StoreError(f"{path} is not a reference pack: it holds no {FACTS}")
    try:
        data = json.loads(text)
        if data.get("schema_version", 0) > SCHEMA:
            raise StoreError(f"{path}: written by a newer coldbench; update this one")
        if data["sha256"] != seal(data):
            raise StoreError(
                f"{path} is an edited pack: {FACTS} does not match its own seal; {AGAIN}"
            )
        check_text(data)
        return PackFacts.model_validate(data)
    except (ValueError, ValidationError, KeyError, AttributeError, TypeError, RecursionError) as e:
        reason = shorten(" ".join(str(e).split()), 200)
        raise StoreError(f"{path}: {FACTS} is damaged: {reason}") from None


def _check_names(path: Path, facts: PackFacts) -> None:
    """Nothing besides what pack.json seals, and nothing that no pack has."""
    stray = sorted(set(member_names(path)) - {FACTS, *facts.members})
    stray += sorted(set(facts.members) - set(MEMBERS))
    if stray:
        raise StoreError(
            f"{path} is an edited pack: {shorten(stray[0])} does not belong in it; {AGAIN}"
        )
    for name in NEEDED:
        if name not in facts.members:
            raise StoreError(f"{path} is not a reference pack: it holds no {name}")


def _edited(facts: PackFacts, files: Mapping[str, bytes]) -> Iterator[str]:
    found = sums(files.items())
    missing = [name for name in facts.members if name not in found]
    changed = [name for name in found if found[name] != facts.members.get(name)]
    if missing:
        yield f"{listed(missing)} is missing"
    if changed:
        yield f"{listed(changed)} does not match its seal in {FACTS}"


def _refuse(pack: Pack, folder: Path) -> None:
    """Raises StoreError for a study that is not whole, or another than pack.json says."""
    verdict = verify(folder)
    for finding in (*verdict.of("damage"), *verdict.of("hole")):
        raise StoreError(f"{pack.path}: the study in it is not good: {finding.text}")
    if not verdict.planned:
        raise StoreError(f"{pack.path}: the study in it is not good: no run is planned in it")
    study = planned(Study.open(folder).manifest)
    said = pack.facts.model_dump()
    for name, value in study.items():
        if said[name] != value:
            raise StoreError(_disagree(pack.path, name, said[name], value))


def _disagree(path: Path, name: str, said: Any, value: Any) -> str:
    what = name.replace("_", " ")
    return f"{path}: {FACTS} says {what} {shorten(said)}, its study.json {shorten(value)}"
