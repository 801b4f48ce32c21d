"""Ratings that lie in several tables of the same columns, such as train.csv and test.csv."""

from collections.abc import Mapping, Sequence
from functools import cached_property

import pandas as pd

from coldbench.data.raw.rawfile import RawFile
from coldbench.data.table import Table
from coldbench.data.tables.sheet import Cells, Sheet

__all__ = ["JoinedSheet"]


class JoinedSheet(Sheet):
    """Sheets one below the other, in their order."""

    def __init__(self, sheets: Sequence[Sheet]) -> None:
        super().__init__(sheets[0].member)
        self.sheets, self.names, self.form = sheets, sheets[0].names, sheets[0].form

    @property
    def name(self) -> str:
        return ", ".join(sheet.name for sheet in self.sheets)

    @cached_property
    def raw(self) -> RawFile:
        """The bytes of all files."""
        return RawFile(self.label, b"".join(sheet.raw.data for sheet in self.sheets))

    def ratings(self, columns: Mapping[str, str]) -> Table:
        parts = [sheet.ratings(columns) for sheet in self.sheets]
        frame = {
            name: pd.api.types.union_categoricals([part.frame[name] for part in parts])
            if isinstance(column.dtype, pd.CategoricalDtype)
            else pd.concat([part.frame[name] for part in parts], ignore_index=True)
            for name, column in parts[0].frame.items()
        }
        return Table(pd.DataFrame(frame), self.label, parts=tuple(parts))

    def content(self, names: Sequence[str]) -> Cells:
        parts = [sheet.content(names).columns for sheet in self.sheets]
        return Cells({name: [c for part in parts for c in part[name]] for name in names}, None)

    def sample(self, name: str) -> list[str]:
        return [cell for sheet in self.sheets for cell in sheet.sample(name)]
