"""One raw text file as it is on disk, and its decoded lines."""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from coldbench.errors import DataError

__all__ = ["BOM", "RawFile", "parse_number", "read_raw"]

BOM = b"\xef\xbb\xbf"
MAX_BYTES = 1 << 33
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|[+-]?(nan|inf(inity)?)", re.A | re.I)


@dataclass(frozen=True)
class RawFile:
    """The bytes of a file, and the label by which messages name it."""

    label: str
    data: bytes

    @cached_property
    def utf8(self) -> bool:
        """Whether the bytes are UTF-8; otherwise they are read as Latin-1."""
        if self.data.isascii():
            return True
        try:
            self.data.decode("utf-8")
        except UnicodeDecodeError:
            return False
        return True

    @cached_property
    def text(self) -> str:
        """Decoded text without byte order mark, lines ending in LF, no empty lines at the end.

        Raises DataError for a NUL character, which no text file of ratings has.
        """
        data = self.data.removeprefix(BOM)
        if b"\0" in data:
            raise self.error(data.count(b"\n", 0, data.index(b"\0")), "holds a NUL byte: not text")
        text = data.decode("utf-8" if self.utf8 else "latin-1")
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        return text.rstrip("\n")

    @property
    def utf8_bytes(self) -> bytes:
        """The text as UTF-8: the bytes themselves when they are plain, which needs no copy."""
        data = self.data
        plain = data.isascii() and b"\r" not in data and b"\0" not in data
        return data if plain and not data.endswith(b"\n\n") else self.text.encode()

    @cached_property
    def first_line(self) -> str:
        """The first line, of which alone the text is made."""
        end = self.data.find(b"\n")
        return RawFile(self.label, self.data[: end if end >= 0 else None]).text.partition("\n")[0]

    @property
    def lines(self) -> list[str]:
        """The lines, without their ends; an empty file has none."""
        return self.text.split("\n") if self.text else []

    def error(self, row: int, message: str) -> DataError:
        """A DataError about a line, `row` counted from 0."""
        return DataError(f"{self.label}:{row + 1}: {message}")


def read_raw(path: Path) -> RawFile:
    """The file's bytes; raises DataError when it is missing, not a regular file, or too large."""
    try:
        if not path.is_file():
            raise DataError(f"{path}: no such file")
        if path.stat().st_size > MAX_BYTES:
            raise DataError(f"{path}: larger than {MAX_BYTES >> 30} GiB")
        return RawFile(str(path), path.read_bytes())
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or error}") from error


def parse_number(text: str) -> float | None:
    """A decimal number, NaN and infinity included; None for anything else."""
    return float(text) if NUMBER.fullmatch(text) else None
