"""A pandas frame that remembers which file and line each row comes from."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import Literal

import numpy as np
import pandas as pd

from coldbench.data.ratings import Array
from coldbench.errors import DataError

__all__ = ["Kind", "Table"]

Kind = Literal["category", "set", "number"]


@dataclass(frozen=True)
class Table:
    """Rows of one raw file.

    frame: the rows, under the column names that `build` documents; label: the file;
    first_line: the line of row 0, or None when rows are not lines of a file;
    kinds: the kind of each content column; lines: each row's line (or row, where rows are not
    lines), when rows were dropped; parts: the tables of several files, one below the other.
    """

    frame: pd.DataFrame
    label: str
    first_line: int | None = None
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    lines: Array | None = None
    parts: tuple["Table", ...] = ()

    def at(self, row: int) -> str:
        """Where a row is: `FILE:LINE`, or `LABEL row ROW` counted from 0."""
        if self.parts:
            part, row = self._part(row)
            return part.at(row)
        line = (self.first_line or 0) + row if self.lines is None else self.lines[row]
        return f"{self.label} row {line}" if self.first_line is None else f"{self.label}:{line}"

    def place(self, row: int) -> str:
        """The same without the folder: for sentences that a study keeps."""
        if self.parts:
            part, row = self._part(row)
            return part.place(row)
        return self.at(row).removeprefix(self.label.removesuffix(PurePath(self.label).name))

    def _part(self, row: int) -> tuple["Table", int]:
        """The file of a row, and its row there."""
        row = row if self.lines is None else int(self.lines[row])
        starts = np.cumsum([0, *(len(part.frame) for part in self.parts)])
        number = int(np.searchsorted(starts, row, side="right")) - 1
        return self.parts[number], row - int(starts[number])

    def error(self, row: int, message: str) -> DataError:
        """A DataError about a row."""
        return DataError(f"{self.at(row)}: {message}")

    def only(self, kept: Array) -> "Table":
        """The rows marked in `kept`, bool [N], with the places that they had."""
        frame = self.frame[kept].reset_index(drop=True)
        for name, column in frame.items():
            if isinstance(column.dtype, pd.CategoricalDtype):
                frame[name] = column.cat.remove_unused_categories()
        every = np.arange(len(kept)) + (self.first_line or 0) if self.lines is None else self.lines
        return replace(self, frame=frame, lines=every[kept])
