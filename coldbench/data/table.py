"""A pandas frame that remembers which file and line each row comes from."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
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
    kinds: the kind of each content column; lines: each row's line, when they do not count up;
    understood: how the file was read, a line each.
    """

    frame: pd.DataFrame
    label: str
    first_line: int | None = None
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    lines: Array | None = None
    understood: tuple[str, ...] = ()

    def at(self, row: int) -> str:
        """Where a row is: `FILE:LINE`, or `LABEL row ROW` counted from 0."""
        if self.first_line is None:
            return f"{self.label} row {row}"
        line = self.first_line + row if self.lines is None else self.lines[row]
        return f"{self.label}:{line}"

    def error(self, row: int, message: str) -> DataError:
        """A DataError about a row."""
        return DataError(f"{self.at(row)}: {message}")

    def where(self, keep: Array) -> "Table":
        """The rows with `keep` (bool), each still knowing its line."""
        rows = np.flatnonzero(keep)
        frame = self.frame[keep].reset_index(drop=True)
        for name in frame.columns[frame.dtypes == "category"]:
            frame[name] = frame[name].cat.remove_unused_categories()
        lines = self.lines[rows] if self.lines is not None else rows + (self.first_line or 0)
        return replace(self, frame=frame, lines=lines)
