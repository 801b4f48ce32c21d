"""A table in a file, of whatever format: its column names, and its cells when they are wanted."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from coldbench.data.ratings import Array
from coldbench.data.raw.members import Member
from coldbench.data.raw.rawfile import RawFile
from coldbench.data.table import Table

__all__ = ["Cells", "Sheet", "cell"]


class Cells(NamedTuple):
    """Content columns by name; a cell is a str, "" when unknown, or a list of str.

    first_line, lines: as in `Table`; nested: columns that hold objects, which are left out.
    """

    columns: Mapping[str, list[Any]]
    first_line: int | None
    lines: Array | None = None
    nested: frozenset[str] = frozenset()


class Sheet(ABC):
    """name: the file; names: its columns; form: how it is written, in words."""

    names: tuple[str, ...]
    form: str

    def __init__(self, member: Member) -> None:
        self.member = member

    @property
    def name(self) -> str:
        return self.member.name

    @property
    def label(self) -> str:
        return self.member.label

    @cached_property
    def raw(self) -> RawFile:
        """The whole file."""
        return self.member.read()

    @abstractmethod
    def ratings(self, columns: Mapping[str, str]) -> Table:
        """The ratings; `columns` are ours (user, item, rating, timestamp, role) to theirs."""

    @cached_property
    def cells(self) -> Cells:
        """All columns as content, as they are."""
        return self.content(self.names)

    @abstractmethod
    def content(self, names: Sequence[str]) -> Cells:
        """Some columns as they are."""

    @abstractmethod
    def sample(self, name: str) -> list[str]:
        """Some first cells of a column, as text."""


def cell(value: Any) -> Any:
    """A value of JSON or Parquet as a cell; None when it is an object or a list of such."""
    if value is None or value != value:
        return ""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        parts = [cell(part) for part in value]
        return None if any(not isinstance(part, str) for part in parts) else parts
    if isinstance(value, dict | bytes):
        return None
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
