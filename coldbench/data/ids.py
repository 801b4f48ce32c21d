"""Raw ids to dense indices, and which rows of a content table belong to them.

Blanks around ids are removed. Everything else counts: `7` and `7.0` are two ids, and where that
leaves ratings without content, a warning says so.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from coldbench.data.findings import Findings, counted, quoted, says_missing
from coldbench.data.ratings import Array
from coldbench.data.table import Table
from coldbench.data.vocabulary import index_of, shortlex
from coldbench.errors import shorten

__all__ = ["LONGEST_ID", "Indexed", "index_ids"]

LONGEST_ID = 255
DECIMAL = re.compile(r"(\d+)\.0*", re.ASCII)


class Indexed(NamedTuple):
    """place: of every rating; ids: all, in order; owner, rows: the user or item of each content
    row that is used, and the row."""

    place: Array
    ids: list[str]
    owner: Array
    rows: Array


def index_ids(kind: str, ratings: Table, content: Table | None, findings: Findings) -> Indexed:
    """Dense indices of users or items; raises DataError for an id that cannot be used."""
    column = ratings.frame[kind].array
    rated = _checked(kind, ratings, [str(v) for v in column.categories], column.codes, findings)
    described = []
    if content is not None:
        cells = [str(value) for value in content.frame[kind]]
        described = _checked(kind, content, cells, np.arange(len(cells)), findings)
    ids = shortlex([*rated, *described])
    position = index_of(ids)
    place = np.array([position[value] for value in rated], dtype=np.int32)
    owner = np.array([position[value] for value in described], dtype=np.int64)
    _, rows = np.unique(owner, return_index=True)
    rows = np.sort(rows)
    if content is not None and len(rows) < len(owner):
        _tell_repeats(kind, content, owner, rows, findings)
    index = place[column.codes]
    findings.warn(_leading_zeros(kind, rated))
    if content is not None:
        findings.warn(_without_content(kind, ratings, index, ids, owner))
    return Indexed(index, ids, owner[rows], rows)


def _tell_repeats(kind: str, content: Table, owner: Array, rows: Array, findings: Findings) -> None:
    """Rows that repeat an id: a note; a warning where they say something else than the first."""
    repeated = f"{counted(len(owner) - len(rows), 'row')} repeat the content of a {kind}"
    frame = content.frame.drop(columns=kind).map(_comparable)
    several = frame.groupby(owner).nunique() > 1
    differ = [
        f"{name} of {counted(int(count), kind)}" for name, count in several.sum().items() if count
    ]
    if not differ:
        findings.notes.append(f"{repeated}; the first is used")
        return
    findings.warn([
        f"{repeated} and say something else ({', '.join(differ[:3])}); the first "
        f"is used. To use all, write a row a {kind}, with all labels in one cell: a|b|c"
    ])  # fmt: skip


def _comparable(cell: object) -> object:
    return cell if isinstance(cell, str | int | float) else str(cell)


def _leading_zeros(kind: str, rated: Sequence[str]) -> Iterator[str]:
    """Rated ids that are one number written in two ways."""
    known = set(rated)
    padded = [v for v in rated if v[0] == "0" and v != "0" and v.isdecimal()]
    twice = [(v, plain) for v in padded if (plain := v.lstrip("0") or "0") in known]
    if twice:
        own, other = map(quoted, twice[0])
        have = f"{counted(len(twice), f'{kind} id')} {'differs' if len(twice) == 1 else 'differ'}"
        yield (
            f"{have} from another by leading zeros alone, first {own} and {other}: they count as "
            f"different {kind}s; if they are the same, write them alike"
        )


def _checked(
    kind: str, table: Table, texts: list[str], codes: Array, findings: Findings
) -> list[str]:
    missing = np.flatnonzero(codes < 0)
    if len(missing):
        raise table.error(int(missing[0]), f"the {kind} id is missing")
    ids = [text.strip() for text in texts]
    for code, value in enumerate(ids):
        if 0 < len(value) <= LONGEST_ID and "\0" not in value:
            continue
        rows = np.flatnonzero(codes == code)
        if not value:
            raise table.error(int(rows[0]), f"the {kind} id is empty")
        message = f"{kind} id {shorten(value)} is longer than {LONGEST_ID} characters or holds NUL"
        raise table.error(int(rows[0]), message)
    findings.warn(_blanks(kind, table, texts, ids, codes))
    findings.warn(_missing(kind, table, ids, codes))
    return ids


def _missing(kind: str, table: Table, ids: Sequence[str], codes: Array) -> Iterator[str]:
    for code, value in enumerate(ids):
        if says_missing(value):
            rows = np.flatnonzero(codes == code)
            yield (
                f"{counted(len(rows), 'row')} of {kind} {quoted(value)}, first "
                f"{table.place(int(rows[0]))}: if that says that nobody knows which {kind}, take "
                "them out"
            )


def _blanks(
    kind: str, table: Table, texts: Sequence[str], ids: Sequence[str], codes: Array
) -> Iterator[str]:
    around = [
        code for code, (text, value) in enumerate(zip(texts, ids, strict=True)) if text != value
    ]
    if around:
        row = int(np.argmax(np.isin(codes, around)))
        first = f"first {table.place(row)}: {quoted(texts[int(codes[row])])}"
        have = f"{counted(len(around), f'{kind} id')} {'has' if len(around) == 1 else 'have'}"
        yield f"{have} blanks around them, which were removed; {first}"


def _without_content(
    kind: str, ratings: Table, index: Array, ids: Sequence[str], owner: Array
) -> Iterator[str]:
    rated, described = np.zeros((2, len(ids)), dtype=bool)
    rated[index], described[owner] = True, True
    lacking = np.flatnonzero(rated & ~described)
    if not len(lacking):
        return
    total = int(rated.sum())
    met = total - len(lacking)
    sentence = f"{met:,} of {total:,} rated {kind}s have a content row"
    alike = _alike(
        [ids[place] for place in lacking.tolist()],
        [ids[place] for place in np.flatnonzero(described).tolist()],
    )
    if alike:
        own, other = alike[0]
        yield (
            f"{sentence}: rated ids look like {quoted(own)}, content ids like {quoted(other)}; "
            f"{len(alike):,} more would meet if case, hyphens, leading zeros and '.0' did not count"
        )
    elif not met and len(owner):
        own, other = quoted(ids[lacking[0]]), quoted(ids[owner[0]])
        yield f"{sentence}: rated ids look like {own}, content ids like {other}"
    else:
        row = int(np.argmax(np.isin(index, lacking)))
        yield f"{sentence}; first without {ratings.place(row)}: {quoted(ids[int(index[row])])}"


def _alike(lacking: Sequence[str], described: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs of a rated id without content and a content id that differ in their writing alone."""
    plain = {_plain(value): value for value in reversed(described)}
    return [(value, plain[_plain(value)]) for value in lacking if _plain(value) in plain]


def _plain(value: str) -> str:
    decimal = DECIMAL.fullmatch(value)
    text = decimal[1] if decimal else value.replace("-", "").casefold()
    return text.lstrip("0") or text
