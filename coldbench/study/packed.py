"""records.jsonl: all records of a study in one file, as text that shows its differences.

Line 1      {"schema_version", "lines": [SHA-256 of each line below], "sha256": its own seal}
then        {"shared": name, "is": value}: what records have in common (`coldbench.study.compact`)
and         one record a line, in the order of the plan, each with the seal it was stored with

A line that was edited, removed, doubled or moved does not fit the first line.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from coldbench.errors import StoreError, shorten
from coldbench.running import SCHEMA, seal
from coldbench.study.compact import Record, expand, name_of, shrink, to_line

__all__ = ["NAME", "Packed", "packed_bytes"]

NAME = "records.jsonl"
LONGEST = 8_000_000  # bytes of a line
HASH = re.compile(r"[0-9a-f]{16}")
WRONG = (ValueError, TypeError, KeyError, AttributeError, RecursionError, ValidationError)


class Head(BaseModel):
    """The first line."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    schema_version: int
    lines: tuple[str, ...]
    sha256: str


def packed_bytes(records: Iterable[Record]) -> bytes:
    """The file that holds these stored records; raises StoreError for one that is too long."""
    shared: dict[str, Any] = {}

    def share(value: Any) -> str:
        shared.setdefault(name := name_of(value), value)
        return name

    shrunk = [shrink(record, share) for record in records]
    parts = [{"shared": name, "is": value} for name, value in shared.items()]
    lines = [to_line(line) for line in (*parts, *shrunk)]
    if any(len(line) > LONGEST for line in lines):
        raise StoreError(f"a record is longer than {LONGEST:,} bytes and cannot be packed")
    head = {"schema_version": SCHEMA, "lines": [_digest(line) for line in lines]}
    return to_line({**head, "sha256": seal(head)}) + b"".join(lines)


class Packed:
    """The records of a file, none where there is no file.

    faults: (line, what is wrong with it). Where there is one, asking for records raises StoreError.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self.faults: list[tuple[int, str]] = []
        self._shared: dict[str, Any] = {}
        self._records: dict[str, tuple[int, Record]] = {}
        if file.exists():
            self._read()

    def __contains__(self, job_hash: str) -> bool:
        return job_hash in self._sound()

    def __iter__(self) -> Iterator[str]:
        return iter(self._sound())

    def place(self, job_hash: str) -> Path:
        """The file and the line of a record, as `file:line`."""
        return self.line(self._sound()[job_hash][0])

    def line(self, number: int) -> Path:
        """A line of the file, as `file:line`."""
        return self.file.with_name(f"{self.file.name}:{number}")

    def record(self, job_hash: str) -> Record:
        """A record as its own file would hold it."""
        number, line = self._sound()[job_hash]
        try:
            return expand(line, self._shared)
        except WRONG as error:
            raise StoreError(f"{self.line(number)} is damaged: {_short(error)}") from None

    def _sound(self) -> dict[str, tuple[int, Record]]:
        if self.faults:
            number, text = self.faults[0]
            raise StoreError(f"{self.line(number)}: {text}")
        return self._records

    def _read(self) -> None:
        try:
            with self.file.open("rb") as stream:
                lines = list(iter(lambda: stream.readline(LONGEST + 1), b""))
        except OSError as error:
            raise StoreError(f"cannot read {self.file}: {error.strerror}") from None
        for number, line in enumerate(lines, 1):
            if not line.endswith(b"\n"):
                long = len(line) > LONGEST
                self._fault(number, f"longer than {LONGEST:,} bytes" if long else "torn off")
                return
        head = self._head(lines[0] if lines else b"")
        if head is not None:
            for number in self._agreeing(head.lines, [_digest(line) for line in lines[1:]]):
                self._take(number, lines[number - 1])

    def _fault(self, number: int, text: str) -> None:
        self.faults.append((number, text))

    def _head(self, line: bytes) -> Head | None:
        try:
            data = json.loads(line)
            if data["schema_version"] > SCHEMA:
                self._fault(1, "written by a newer coldbench; update this one")
                return None
            head = Head.model_validate(data)
            if head.sha256 == seal(data):
                return head
            self._fault(1, "the list of lines does not match its hash; the file was edited")
        except WRONG as error:
            self._fault(1, f"damaged: {_short(error)}")
        return None

    def _agreeing(self, expected: tuple[str, ...], found: list[str]) -> Iterator[int]:
        """The numbers of the lines that stand where the first line says; faults of the others."""
        if list(expected) == found:
            yield from range(2, len(found) + 2)
            return
        if len(found) > 2 * len(expected) + 10:
            self._fault(1, f"lists {len(expected)} lines, {len(found)} follow")
            return
        matcher = SequenceMatcher(None, expected, found, autojunk=False)
        for kind, start, stop, first, last in matcher.get_opcodes():
            if kind == "equal":
                yield from range(first + 2, last + 2)
            else:
                self._differ(expected, start, stop, found, first, last)

    def _differ(
        self, expected: tuple[str, ...], start: int, stop: int, found: list[str], first: int,
        last: int,
    ) -> None:  # fmt: skip
        """Lines start..stop of the list against lines first..last of the file."""
        lost = sum(digest not in found for digest in expected[start:stop])
        for place in range(first, last):
            if found[place] in expected:
                twice = found.count(found[place]) > 1
                self._fault(place + 2, "is there twice" if twice else "stands in another's place")
            else:
                self._fault(place + 2, "was edited" if lost > 0 else "was added")
                lost -= 1
        if lost > 0:
            self._fault(last + 2, f"{lost} line{'s' * (lost > 1)} removed before this one")

    def _take(self, number: int, line: bytes) -> None:
        try:
            data = json.loads(line)
            if "shared" in data:
                self._share(number, data["shared"], data["is"])
            else:
                self._keep(number, data["job_hash"], data)
        except WRONG as error:
            self._fault(number, f"damaged: {_short(error)}")

    def _share(self, number: int, name: str, value: Any) -> None:
        if name != name_of(value):
            self._fault(number, "the shared value does not match its name; the file was edited")
        self._shared[name] = value

    def _keep(self, number: int, job_hash: str, data: Record) -> None:
        if not HASH.fullmatch(job_hash):
            self._fault(number, f"{shorten(job_hash)} is not the hash of a job")
        elif job_hash in self._records:
            first = self._records[job_hash][0]
            self._fault(number, f"run {job_hash} is there twice, first in line {first}")
        else:
            self._records[job_hash] = number, data


def _digest(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


def _short(error: Exception) -> str:
    return shorten(" ".join(str(error).split()), 200)
