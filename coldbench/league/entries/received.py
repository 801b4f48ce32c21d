"""A stranger's entry, copied file by file as far as it is what its seals say. Nothing in it runs.

What follows reads the copy, so that the entry cannot change between a check and its use.
"""

import hashlib
import json
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from coldbench.errors import StoreError, shorten
from coldbench.league.entries.form import (
    ENTRY,
    NEEDED,
    PLUGIN,
    REVIEW,
    SCHEMA,
    STUDY,
    TUNING,
    Submission,
)
from coldbench.league.entries.project import LARGEST, MOST, TOTAL, is_source, unreadable
from coldbench.running import check_text, seal

__all__ = ["receive"]

LIMITS = {  # bytes; a study of 2 learners and 20 seeds has a tenth
    ENTRY: 500_000, f"{STUDY}/study.json": 1_000_000, f"{STUDY}/records.jsonl": 8_000_000,
    f"{STUDY}/audit.json": 1_000_000, "card.md": 500_000, TUNING: 4_000_000,
}  # fmt: skip
LONGEST, LINES = 200_000, 2_000  # of records.jsonl: what is shared is repeated in memory
DEEPEST = 12
PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,100}")
AGAIN = "write the entry again with `coldbench enter ... --submit FOLDER`"
WRONG = (ValueError, ValidationError, KeyError, TypeError, AttributeError, RecursionError)


def receive(folder: Path, into: Path) -> Submission:
    """Copy an entry's files; raises StoreError for one that is edited, incomplete or unsafe."""
    found = set(_names(folder))
    entry = _entry(folder)
    _check_complete(folder, entry, found - {ENTRY, REVIEW})
    total = 0
    for name, digest in entry.files.items():
        data = _read(folder / name, _limit(name))
        total += len(data) if name.startswith(f"{PLUGIN}/") else 0
        if hashlib.sha256(data).hexdigest() != digest:
            raise StoreError(
                f"{folder / name} does not match its hash in {ENTRY}: one of the two was edited; "
                f"{AGAIN}"
            )
        if name.startswith(f"{PLUGIN}/") and (why := unreadable(name, data)):
            raise StoreError(f"{folder / name} {why}: it is to be read before it runs")
        if name == f"{STUDY}/records.jsonl":
            _check_lines(folder / name, data)
        (into / name).parent.mkdir(parents=True, exist_ok=True)
        (into / name).write_bytes(data)
    if total > TOTAL:
        raise StoreError(f"{folder / PLUGIN} holds {total:,} bytes, at most {TOTAL:,} are taken")
    return entry


def _names(folder: Path) -> Iterator[str]:
    """The paths of all files; raises StoreError for links, other things and too many of them."""
    waiting, count = [""], 0
    while waiting:
        place = waiting.pop()
        try:
            inside = sorted(os.scandir(folder / place), key=lambda one: one.name)
        except OSError as error:
            raise StoreError(f"cannot read {folder / place}: {error.strerror}") from None
        for one in inside:
            name, count = f"{place}/{one.name}".lstrip("/"), count + 1
            if not PART.fullmatch(one.name) or count > MOST + 50 or name.count("/") > DEEPEST:
                raise StoreError(f"{folder} is not read: {shorten(name)} is one file too many")
            if one.is_symlink() or not (one.is_dir() or one.is_file(follow_symlinks=False)):
                raise StoreError(f"{folder / name} is a link or no file: an entry has none")
            if one.is_dir(follow_symlinks=False):
                waiting.append(name)
            else:
                yield name


def _entry(folder: Path) -> Submission:
    file = folder / ENTRY
    try:
        data = json.loads(_read(file, LIMITS[ENTRY]))
        if data.get("schema_version", 0) > SCHEMA:
            raise StoreError(f"{file}: written by a newer coldbench; update this one")
        if data["sha256"] != seal(data):
            raise StoreError(f"{file} does not match its own seal: it was edited; {AGAIN}")
        check_text(data)
        return Submission.model_validate(data)
    except WRONG as error:
        reason = shorten(" ".join(str(error).split()), 200)
        raise StoreError(f"{file} is damaged: {reason}; {AGAIN}") from None


def _check_complete(folder: Path, entry: Submission, found: set[str]) -> None:
    stated = set(entry.files)
    needed = {*NEEDED, *([TUNING] if entry.tuned else [])}
    for name in sorted(needed - stated):
        raise StoreError(f"{folder} is not complete: it has no {name}; {AGAIN}")
    for name in sorted(stated - found):
        raise StoreError(f"{folder} lacks {shorten(name)}, which {ENTRY} lists; {AGAIN}")
    for name in sorted(found - stated):
        raise StoreError(f"{folder / name} is not in {ENTRY}: take it out, or {AGAIN}")
    for name in sorted(stated):
        inside, _, path = name.partition("/")
        if name not in LIMITS and not (inside == PLUGIN and path and is_source(path)):
            raise StoreError(f"{folder / name} is nothing that an entry holds; {AGAIN}")


def _limit(name: str) -> int:
    return LIMITS.get(name, LARGEST)


def _read(file: Path, limit: int) -> bytes:
    """Of a file that nobody swapped for a link or a pipe since it was listed."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    flags |= getattr(os, "O_BINARY", 0)
    try:
        with open(os.open(file, flags), "rb") as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                raise StoreError(f"{file} is no file")
            data = stream.read(limit + 1)
    except OSError as error:
        raise StoreError(f"cannot read {file}: {error.strerror or error}") from None
    if len(data) > limit:
        raise StoreError(f"{file} is longer than {limit:,} bytes, so it is not read")
    return data


def _check_lines(file: Path, data: bytes) -> None:
    lines = data.split(b"\n")
    if len(lines) > LINES or max(map(len, lines)) > LONGEST:
        raise StoreError(f"{file} has over {LINES:,} lines, or one of over {LONGEST:,} bytes")
