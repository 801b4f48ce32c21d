"""Tables of delimited lines: one record per line, each with the same number of fields.

`rating_table` tries pyarrow first; what pyarrow refuses is read again line by line, which is slow
and either succeeds or names the line. Only a field between doubled quotes may hold line breaks.
"""

import csv
from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from coldbench.data.ratings import Array
from coldbench.data.raw.rawfile import RawFile, parse_number
from coldbench.data.table import Table
from coldbench.data.vocabulary import index_of
from coldbench.errors import shorten

__all__ = ["Cut", "as_column", "from_arrow", "numbered", "rating_table", "records"]

NUMBERS = ("rating", "timestamp")
MOST_CHARACTERS = 1 << 24
"""The longest field that is read: a review, a description."""
csv.field_size_limit(MOST_CHARACTERS)


class Cut(NamedTuple):
    """How a line is cut: delimiter, number of fields, header lines, and what quotes mean.

    backslash: `"` around a field, `\\"` within it; doubled: `""` within it, and line breaks too;
    wide: the place of the field that may hold the delimiter, such as a title.
    """

    delimiter: str
    width: int
    skip: int = 0
    quotes: Literal["none", "backslash", "doubled"] = "none"
    wide: int | None = None


def records(raw: RawFile, cut: Cut) -> Iterator[list[str]]:
    """The fields of each record after the header; raises DataError for a wrong number of them."""
    return (fields for _, fields in numbered(raw, cut))


def numbered(raw: RawFile, cut: Cut) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line on which it begins, counted from 0."""
    cutter = _spanning if cut.quotes == "doubled" else _by_line
    for row, found in cutter(raw, cut):
        fields = found if cut.wide is None else _joined(found, cut, cut.wide)
        if len(fields) != cut.width:
            raise raw.error(row, _miscounted(fields, cut))
        yield row, fields


def _joined(fields: list[str], cut: Cut, wide: int) -> list[str]:
    end = len(fields) - (cut.width - wide - 1)
    return [*fields[:wide], cut.delimiter.join(fields[wide:end]), *fields[end:]]


def _miscounted(fields: list[str], cut: Cut) -> str:
    name = {"\t": "tab", " ": "blank"}.get(cut.delimiter, repr(cut.delimiter))
    line = shorten(cut.delimiter.join(fields))
    if len(fields) == cut.width + 1 and not fields[-1]:
        return f"a trailing {name} makes {len(fields)} fields of {cut.width}: {line}"
    return f"{len(fields)} fields instead of {cut.width}: {line}"


def _by_line(raw: RawFile, cut: Cut) -> Iterator[tuple[int, list[str]]]:
    for row, line in enumerate(raw.lines[cut.skip :], cut.skip):
        yield row, _split(raw, row, line, cut)


def _split(raw: RawFile, row: int, line: str, cut: Cut) -> list[str]:
    if cut.quotes == "none":
        return line.split(cut.delimiter)
    try:
        return next(csv.reader([line], delimiter=cut.delimiter, escapechar="\\"), [])
    except csv.Error as error:
        raise raw.error(row, f"{error}: {shorten(line)}") from error


def _spanning(raw: RawFile, cut: Cut) -> Iterator[tuple[int, list[str]]]:
    """Records that may go on over several lines; empty lines are none."""
    lines = raw.lines[cut.skip :]
    reader = csv.reader((f"{line}\n" for line in lines), delimiter=cut.delimiter)
    while True:
        row = cut.skip + reader.line_num
        try:
            fields = next(reader, None)
        except csv.Error as error:
            raise raw.error(row, f"{error}: {shorten(lines[row - cut.skip])}") from error
        if fields is None:
            return
        if fields:
            yield row, fields


def rating_table(raw: RawFile, cut: Cut, columns: Mapping[str, int]) -> Table:
    """The columns `user`, `item`, `rating` and perhaps `timestamp`, `role`, by their position.

    Times are numbers, or texts where one of them is no number.
    """
    frame, lines = _fast(raw, cut, columns) or _slow(raw, cut, columns)
    return Table(frame, raw.label, cut.skip + 1, lines=lines)


def _slow(raw: RawFile, cut: Cut, columns: Mapping[str, int]) -> tuple[pd.DataFrame, Array]:
    cells: dict[str, list[Any]] = {name: [] for name in columns}
    lines = []
    for row, fields in numbered(raw, cut):
        lines.append(row + 1)
        for name, position in columns.items():
            cell: str | float | None = fields[position]
            if name == "rating":
                cell = parse_number(fields[position].strip())
            if cell is None:
                message = f"{name} is {shorten(fields[position])}; a number is expected"
                raise raw.error(row, message)
            cells[name].append(cell)
    frame = pd.DataFrame({name: as_column(name, values) for name, values in cells.items()})
    return frame, np.array(lines, dtype=np.int64)


def as_column(name: str, values: list[Any]) -> Any:
    """Ratings, and times if all are numbers, as float64; others as a categorical of str."""
    if name == "rating":
        return np.array(values, dtype=np.float64)
    if name == "timestamp" and None not in (numbers := _times(values)):
        return np.array(numbers, dtype=np.float64)
    position = index_of(dict.fromkeys(values))
    codes = np.array([position[value] for value in values], dtype=np.int32)
    return pd.Categorical.from_codes(codes, categories=_object_index(list(position)))


def _times(cells: list[str]) -> list[float | None]:
    """Numbers, NaN for an empty cell, None for what is no number."""
    return [parse_number(cell.strip() or "nan") for cell in cells]


def _object_index(values: list[str]) -> "pd.Index[Any]":
    return pd.Index(values, dtype=object)


def _fast(
    raw: RawFile, cut: Cut, columns: Mapping[str, int]
) -> tuple[pd.DataFrame, Array | None] | None:
    """The columns, and the lines of their rows when these do not simply count up."""
    import pyarrow as pa

    data, delimiter = raw.utf8_bytes, cut.delimiter
    if len(delimiter) > 1:
        if b"\t" in data:
            return None
        data, delimiter = data.replace(delimiter.encode(), b"\t"), "\t"
    for numbers in (NUMBERS, NUMBERS[:1]):  # times that are no numbers are text
        try:
            table = _arrow(data, delimiter, cut, columns, numbers)
        except (pa.ArrowException, ValueError):
            continue
        if table["rating"].null_count:
            return None
        lines = None
        if len(table) != data.count(b"\n") + (not data.endswith(b"\n")) - cut.skip:
            lines = _lines_of_records(data, cut.skip)
            if cut.quotes != "doubled" or len(lines) != len(table):
                return None  # a quoted field extended beyond its line
        return pd.DataFrame({name: from_arrow(name, table[name]) for name in columns}), lines
    return None


def _arrow(
    data: bytes, delimiter: str, cut: Cut, columns: Mapping[str, int], numbers: tuple[str, ...]
) -> Any:
    import pyarrow as pa
    from pyarrow import csv as arrow

    names = [f"_{position}" for position in range(cut.width)]
    for name, position in columns.items():
        names[position] = name
    text = pa.dictionary(pa.int32(), pa.string())
    types = {name: pa.float64() if name in numbers else text for name in columns}
    return arrow.read_csv(
        pa.BufferReader(data),
        arrow.ReadOptions(
            use_threads=False, block_size=1 << 24, column_names=names, skip_rows=cut.skip
        ),
        arrow.ParseOptions(
            delimiter=delimiter,
            quote_char=False if cut.quotes == "none" else '"',
            escape_char="\\" if cut.quotes == "backslash" else False,
            newlines_in_values=cut.quotes == "doubled" and b'"' in data,
            ignore_empty_lines=cut.quotes == "doubled",
        ),
        arrow.ConvertOptions(
            column_types=types, include_columns=list(columns), null_values=[""], check_utf8=False
        ),
    )


def from_arrow(name: str, column: Any) -> Any:
    """A column of numbers as float64, another one as a categorical of str."""
    if name in NUMBERS and not _is_dictionary(column):
        return column.to_numpy()
    one = column.unify_dictionaries().combine_chunks()
    categories = _object_index(one.dictionary.to_pylist())
    return pd.Categorical.from_codes(one.indices.fill_null(-1).to_numpy(), categories=categories)


def _is_dictionary(column: Any) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_dictionary(column.type))


def _lines_of_records(data: bytes, skip: int) -> Array:
    """The line on which each record after the header begins; breaks between quotes end none."""
    text = np.frombuffer(data, dtype=np.uint8)
    breaks = np.flatnonzero(text == ord("\n"))
    inside = np.searchsorted(np.flatnonzero(text == ord('"')), breaks) % 2 == 1
    starts = np.concatenate([[0], breaks[~inside] + 1])
    starts = starts[starts < len(text)]
    starts = starts[text[starts] != ord("\n")]
    lines: Array = np.searchsorted(breaks, starts) + 1
    return lines[lines > skip]
