"""Tables as Parquet files, read without Arrow's threads (see `coldbench.running.encoding`)."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from coldbench.data.delimited import from_arrow
from coldbench.data.ratings import Array
from coldbench.data.raw.members import Member
from coldbench.data.table import Table
from coldbench.data.tables.sheet import Cells, Sheet, cell
from coldbench.errors import DataError, shorten

__all__ = ["ParquetSheet"]

MOST_ROWS = 1 << 31
SEEN = 50


class ParquetSheet(Sheet):
    """Its columns are those of the schema."""

    form = "Parquet"

    def __init__(self, member: Member) -> None:
        super().__init__(member)
        self.names = tuple(dict.fromkeys(str(name) for name in self._file.schema_arrow.names))

    @cached_property
    def _file(self) -> Any:
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            file = pq.ParquetFile(pa.BufferReader(self.raw.data))
            if file.metadata.num_rows > MOST_ROWS:
                raise DataError(f"{self.label}: {file.metadata.num_rows} rows are too many")
            return file
        except (OSError, ValueError, TypeError, MemoryError, OverflowError) as error:
            raise self._damaged(error) from error

    def _damaged(self, error: Exception) -> DataError:
        return DataError(f"{self.label}: damaged Parquet file: {shorten(error, 160)}")

    def _read(self, names: Sequence[str]) -> Any:
        import pyarrow as pa

        try:
            table = self._file.read(columns=list(names), use_threads=False)
            table.validate(full=True)
            return table
        except (OSError, ValueError, TypeError, KeyError, MemoryError, OverflowError) as error:
            raise self._damaged(error) from error
        except pa.ArrowException as error:
            raise self._damaged(error) from error

    def ratings(self, columns: Mapping[str, str]) -> Table:
        table = self._read(list(dict.fromkeys(columns.values())))
        frame = {
            ours: self._column(ours, theirs, table[theirs]) for ours, theirs in columns.items()
        }
        return Table(pd.DataFrame(frame), self.label)

    def _column(self, ours: str, theirs: str, column: Any) -> Any:
        import pyarrow as pa

        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        kind = column.type
        if ours == "timestamp" and (numbers := _epochs(column)) is not None:
            return numbers
        plain = pa.types.is_integer(kind) or pa.types.is_floating(kind)
        texts = pa.types.is_string(kind) or pa.types.is_large_string(kind)
        if not (plain or texts or (ours == "rating" and pa.types.is_decimal(kind))):
            raise DataError(f"{self.label}: {ours} {shorten(theirs)} is of type {kind}")
        try:
            if ours == "rating":
                return column.cast(pa.float64()).to_numpy()
            return from_arrow(ours, column.cast(pa.string()).dictionary_encode())
        except (pa.ArrowException, ValueError) as error:
            message = f"{ours} {shorten(theirs)} cannot be read: {shorten(error, 120)}"
            raise DataError(f"{self.label}: {message}") from error

    def content(self, names: Sequence[str]) -> Cells:
        table, columns, nested = self._read(names), {}, set()
        for name in names:
            values = [cell(value) for value in _listed(table[name])]
            nested |= {name} if None in values else set()
            columns[name] = ["" if value is None else value for value in values]
        return Cells(columns, None, None, frozenset(nested))

    def sample(self, name: str) -> list[str]:
        return [str(value) for value in _listed(self._read([name])[name][:SEEN])]


def _listed(column: Any) -> list[Any]:
    try:
        return list(column.to_pylist())
    except (ValueError, OverflowError, TypeError):  # dates that Python has no name for
        return [None] * len(column)


def _epochs(column: Any) -> Array | None:
    """Times that have a type of their own, in seconds, or numbers as they are; None for texts."""
    import pyarrow as pa

    kind = column.type
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        stamps = column.cast(pa.timestamp("s"), safe=False).to_numpy().astype("datetime64[s]")
        return np.where(np.isnat(stamps), np.nan, stamps.astype(np.int64).astype(np.float64))
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return np.asarray(column.cast(pa.float64(), safe=False).to_numpy())
    return None
