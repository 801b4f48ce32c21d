"""Tasks as a table: a line for each rating, with columns user, item, role, perhaps task, scenario
and rating."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from coldbench.data import ROLES, Array
from coldbench.errors import DataError, shorten
from coldbench.tasks.published.listed import Listed
from coldbench.tasks.splits import SCENARIOS

__all__ = ["FORMATS", "read_table"]

FORMATS = (".csv", ".tsv", ".parquet")
ALIASES = {"user_id": "user", "item_id": "item", "split": "role", "value": "rating"}
NAMES = {name: place for place, name in enumerate(ROLES)} | {
    "training": 1, "val": 2, "valid": 2, "dev": 2, "test": 4,
}  # fmt: skip


def read_table(data: bytes, path: Path) -> Listed:
    """The tasks in a file of one of FORMATS; lines without a role are left out.

    Raises DataError naming column and line.
    """
    frame = _frame(data, path)
    for column in ("user", "item", "role"):
        if column not in frame:
            columns = ", ".join(shorten(name, 30) for name in frame.columns)
            raise DataError(f"{path} has no column {column!r}, only {columns}")
    role = _coded(frame["role"], NAMES, "role", path)
    scenario = np.full(len(frame), -1)
    if "scenario" in frame:
        places = {name.lower(): place for place, name in enumerate(SCENARIOS)}
        scenario = _coded(frame["scenario"], {"": -1, **places}, "scenario", path)
    kept = role > 0
    task = np.full(len(frame), -1)
    if "task" in frame:
        task = frame.groupby(["user", "task"], sort=False).ngroup().to_numpy()
    return Listed(
        frame["user"].to_numpy(dtype=np.str_)[kept],
        frame["item"].to_numpy(dtype=np.str_)[kept],
        role[kept].astype(np.int8),
        task[kept].astype(np.int64),
        scenario[kept].astype(np.int8),
        _ratings(frame, path)[kept],
    )


def _frame(data: bytes, path: Path) -> pd.DataFrame:
    """Texts only, with our names of the columns."""
    try:
        frame = _parquet(data) if path.suffix.lower() == ".parquet" else _text(data, path)
    except Exception as error:  # damaged Parquet files raise anything
        raise DataError(f"{path}: {' '.join(str(error).split())[:200]}") from None
    names = [str(name).strip().lower() for name in frame.columns]
    frame.columns = pd.Index([ALIASES.get(name, name) for name in names])
    if frame.columns.has_duplicates:
        raise DataError(f"{path} has two columns of the same name")
    if frame.empty:
        raise DataError(f"{path}: no line of a task")
    return frame


def _text(data: bytes, path: Path) -> pd.DataFrame:
    return pd.read_csv(
        io.BytesIO(data), sep="\t" if path.suffix.lower() == ".tsv" else ",", dtype=str,
        keep_default_na=False, index_col=False, encoding="utf-8-sig",
    )  # fmt: skip


def _parquet(data: bytes) -> pd.DataFrame:
    table = pq.read_table(pa.BufferReader(data), use_threads=False)
    frame: pd.DataFrame = table.to_pandas(ignore_metadata=True)
    return frame.astype(object).fillna("").astype(str)


def _coded(column: "pd.Series[Any]", names: dict[str, int], what: str, path: Path) -> Array:
    codes = column.str.strip().str.lower().map(names)
    wrong = np.flatnonzero(codes.isna())
    if len(wrong):
        known = ", ".join(name for name in names if name)
        where = f"{path}, line {wrong[0] + 2}"
        raise DataError(f"{where}: {what} is {shorten(column.iloc[wrong[0]])}; known are {known}")
    return codes.to_numpy(dtype=np.int64)


def _ratings(frame: pd.DataFrame, path: Path) -> Array:
    if "rating" not in frame:
        return np.full(len(frame), np.nan)
    values: Array = pd.to_numeric(frame["rating"], errors="coerce").to_numpy(dtype=np.float64)
    stated = (frame["rating"].str.strip() != "").to_numpy()
    wrong = np.flatnonzero(stated & ~np.isfinite(values))
    if len(wrong):
        cell = shorten(frame["rating"].iloc[wrong[0]])
        raise DataError(f"{path}, line {wrong[0] + 2}: rating is {cell}; a number is expected")
    return values
