"""The CSV files of a report: rows as mappings or a table, in; text, out."""

from collections.abc import Mapping

import pandas as pd

from coldbench.report.topic import Rows
from coldbench.text import frame_to_csv, to_csv

__all__ = ["to_files"]


def to_files(
    files: Mapping[str, Rows],
) -> dict[str, str]:
    """By name; a file that would have no columns is left out."""
    return {name: _text(rows) for name, rows in files.items() if len(rows) or _is_table(rows)}


def _is_table(rows: object) -> bool:
    return isinstance(rows, pd.DataFrame)


def _text(rows: Rows) -> str:
    if isinstance(rows, pd.DataFrame):
        return frame_to_csv(rows)
    columns = list(rows[0])
    return to_csv(columns, [[row[column] for column in columns] for row in rows])
