"""Tables of delimited lines: one record per line, each with the same number of fields.

`rating_table` tries pyarrow first; what pyarrow refuses is read again line by line, which is slow
and either succeeds or names the line. Row r of a table is line `skip + r` of the file.
"""

import csv
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from coldbench.data.raw.rawfile import RawFile, parse_number
from coldbench.data.table import Table
from coldbench.data.vocabulary import index_of
from coldbench.errors import shorten

__all__ = ["Cut", "rating_table", "records"]


class Cut(NamedTuple):
    """How a line is cut: delimiter, number of fields, header lines, `"` and backslash or not."""

    delimiter: str
    width: int
    skip: int = 0
    quoted: bool = False


def records(raw: RawFile, cut: Cut) -> Iterator[list[str]]:
    """The fields of each line after the header; raises DataError for a wrong number of them."""
    for row, line in enumerate(raw.lines[cut.skip :], cut.skip):
        fields = _split(raw, row, line, cut)
        if len(fields) != cut.width:
            message = f"{len(fields)} fields instead of {cut.width}: {shorten(line)}"
            raise raw.error(row, message)
        yield fields


def rating_table(raw: RawFile, cut: Cut, columns: Mapping[str, int]) -> Table:
    """The columns `user`, `item`, `rating` and perhaps `timestamp`, by their position in a line.

    Times are numbers, or texts where one of them is no number.
    """
    frame = _fast(raw, cut, columns)
    if frame is None:
        frame = _slow(raw, cut, columns)
    return Table(frame, raw.label, cut.skip + 1)


def _split(raw: RawFile, row: int, line: str, cut: Cut) -> list[str]:
    if not cut.quoted:
        return line.split(cut.delimiter)
    try:
        return next(csv.reader([line], delimiter=cut.delimiter, escapechar="\\"), [])
    except csv.Error as error:
        raise raw.error(row, f"{error}: {shorten(line)}") from error


def _slow(raw: RawFile, cut: Cut, columns: Mapping[str, int]) -> pd.DataFrame:
    cells: dict[str, list[Any]] = {name: [] for name in columns}
    for row, fields in enumerate(records(raw, cut), cut.skip):
        for name, position in columns.items():
            cell: str | float | None = fields[position]
            if name == "rating":
                cell = parse_number(fields[position].strip())
            if cell is None:
                message = f"{name} is {shorten(fields[position])}; a number is expected"
                raise raw.error(row, message)
            cells[name].append(cell)
    return pd.DataFrame({name: _column(name, values) for name, values in cells.items()})


def _column(name: str, values: list[Any]) -> Any:
    if name == "rating":
        return np.array(values, dtype=np.float64)
    if name == "timestamp":
        numbers = [parse_number(value.strip()) for value in values]
        texts = any(number is None for number in numbers)
        return pd.Series(values if texts else numbers, dtype=object if texts else np.float64)
    position = index_of(dict.fromkeys(values))
    codes = np.array([position[value] for value in values], dtype=np.int32)
    return pd.Categorical.from_codes(codes, categories=_object_index(list(position)))


def _object_index(values: list[str]) -> "pd.Index[Any]":
    return pd.Index(values, dtype=object)


def _fast(raw: RawFile, cut: Cut, columns: Mapping[str, int]) -> pd.DataFrame | None:
    data, delimiter = raw.text.encode(), cut.delimiter
    if len(delimiter) > 1:
        if b"\t" in data:
            return None
        data, delimiter = data.replace(delimiter.encode(), b"\t"), "\t"
    for times in ("double", "string") if "timestamp" in columns else ("double",):
        with suppress(Exception):
            table = _arrow(data, delimiter, cut, columns, times)
            break
    else:
        return None
    if len(table) != data.count(b"\n") + 1 - cut.skip:
        return None  # a quoted field extended beyond its line
    return pd.DataFrame({name: _from_arrow(name, table) for name in columns})


def _arrow(data: bytes, delimiter: str, cut: Cut, columns: Mapping[str, int], times: str) -> Any:
    import pyarrow as pa
    from pyarrow import csv as arrow

    names = [f"_{position}" for position in range(cut.width)]
    for name, position in columns.items():
        names[position] = name
    text = pa.dictionary(pa.int32(), pa.string())
    types = {name: text if name in ("user", "item") else pa.float64() for name in columns}
    if "timestamp" in types:
        types["timestamp"] = pa.type_for_alias(times)
    return arrow.read_csv(
        pa.BufferReader(data),
        arrow.ReadOptions(
            use_threads=False, block_size=1 << 24, column_names=names, skip_rows=cut.skip
        ),
        arrow.ParseOptions(
            delimiter=delimiter,
            quote_char='"' if cut.quoted else False,
            escape_char="\\" if cut.quoted else False,
            ignore_empty_lines=False,
        ),
        arrow.ConvertOptions(
            column_types=types, include_columns=list(columns), null_values=[], check_utf8=False
        ),
    )


def _from_arrow(name: str, table: Any) -> Any:
    column = table[name]
    if name == "timestamp" and str(column.type) == "string":
        return _column(name, column.to_pylist())
    if name in ("rating", "timestamp"):
        return column.to_numpy()
    one = column.unify_dictionaries().combine_chunks()
    categories = _object_index(one.dictionary.to_pylist())
    return pd.Categorical.from_codes(one.indices.to_numpy(), categories=categories)
