"""Tables of new users, items and their ratings from files and frames; answers into files.

Ids are text: in a CSV file as they stand there, in a frame or a Parquet file as `str` writes them.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow.csv import WriteOptions, write_csv
from pyarrow.parquet import ParquetWriter

from coldbench.aside import written_aside
from coldbench.data import Array, rating_columns
from coldbench.errors import DataError, UsageError, shorten

__all__ = ["id_column", "number_column", "read_frame", "renamed", "write_frames"]

SEPARATORS = {".csv": ",", ".tsv": "\t"}
FORMS = ".csv, .tsv or .parquet"


def read_frame(path: Path) -> pd.DataFrame:
    """A CSV, TSV or Parquet file, by its suffix; raises UsageError or DataError naming the file."""
    suffix = path.suffix.lower()
    if suffix not in (*SEPARATORS, ".parquet"):
        raise UsageError(f"{path}: give a file that ends in {FORMS}")
    try:
        if suffix == ".parquet":
            return pd.read_parquet(path)
        return pd.read_csv(
            path, sep=SEPARATORS[suffix], dtype=str, keep_default_na=False, na_values=[""],
            encoding="utf-8-sig", index_col=False,
        )  # fmt: skip
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror or error}") from None
    except (ValueError, pa.ArrowException) as error:
        text = shorten(" ".join(str(error).split()), 200)
        raise DataError(f"{path} is no table that can be read: {text}") from None


def renamed(frame: pd.DataFrame, label: str, needed: Sequence[str]) -> pd.DataFrame:
    """With the columns that are needed, also under other usual names, as `--dataset` takes them."""
    present = [str(column) for column in frame.columns]
    lacking = set(needed) - set(present)
    guessed = rating_columns(present, {}, label) if lacking else {}
    names = {theirs: ours for ours, theirs in guessed.items() if ours in lacking}
    frame = frame.set_axis([names.get(name, name) for name in present], axis=1)
    frame = frame.reset_index(drop=True)
    for column in needed:
        if column not in frame:
            columns = shorten(", ".join(present), 200)
            raise DataError(f"{label} has no column {column!r}, only {columns}")
    if frame.columns.has_duplicates:
        raise DataError(f"{label} has two columns of the same name")
    return frame


def id_column(column: "pd.Series[Any]", label: str) -> tuple[Array, Array]:
    """Code of each row, int64 [n], and the distinct ids, str; raises DataError for a missing id."""
    codes, values = pd.factorize(column.to_numpy(dtype=object), use_na_sentinel=True)
    if (codes < 0).any():
        raise DataError(f"{label} row {int(np.argmin(codes)) + 1}: the {column.name} id is missing")
    texts, first = pd.factorize(np.array([str(value) for value in values], dtype=object))
    return texts[codes] if len(texts) else codes, np.array(first, dtype=np.str_)


def number_column(column: "pd.Series[Any]", label: str) -> Array:
    """float32 [n]; raises DataError naming the first row that holds no finite number."""
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(np.float64, na_value=np.nan)
    wrong = np.flatnonzero(~np.isfinite(numbers))
    if len(wrong):
        row = int(wrong[0])
        cell = shorten(column.iloc[row])
        raise DataError(f"{label} row {row + 1}: {column.name} is {cell}; a number is expected")
    return numbers.astype(np.float32)


def write_frames(tables: Iterable[pa.Table], path: Path) -> int:
    """Tables of one schema into one file, one after the other; whole or not at all. Returns rows.

    Raises UsageError for another suffix than those of `read_frame`, DataError where it fails.
    """
    if path.suffix.lower() not in (*SEPARATORS, ".parquet"):
        raise UsageError(f"{path}: give a file that ends in {FORMS}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with written_aside(path) as aside:
            return _written(tables, aside, path.suffix.lower())
    except OSError as error:
        raise DataError(f"cannot write {path}: {error.strerror or error}") from None


def _written(tables: Iterable[pa.Table], file: Path, suffix: str) -> int:
    rows = 0
    with ExitStack() as stack:
        write: Callable[[pa.Table], None] | None = None
        for table in tables:
            if write is None and suffix == ".parquet":
                write = stack.enter_context(ParquetWriter(file, table.schema)).write_table
            elif write is None:
                write = _text_writer(stack.enter_context(file.open("wb")), table, suffix)
            write(table)
            rows += len(table)
    return rows


def _text_writer(handle: IO[bytes], first: pa.Table, suffix: str) -> Callable[[pa.Table], None]:
    """Writes the header, and returns what writes a table; quotes where a text needs them."""
    separator = SEPARATORS[suffix]
    special = f'[{separator}"\r\n]'
    handle.write(f"{separator.join(first.column_names)}\n".encode())

    def write(table: pa.Table) -> None:
        texts = [column for column in table.columns if pa.types.is_string(column.type)]
        needed = any(pc.any(pc.match_substring_regex(text, special)).as_py() for text in texts)
        style = "needed" if needed else "none"
        options = WriteOptions(include_header=False, delimiter=separator, quoting_style=style)
        write_csv(table, handle, options)

    return write
