"""Mutated raw files: every reader gives ratings or a ColdbenchError, never anything else."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coldbench.data.cleaning import RawOptions
from coldbench.data.delimited import Cut, _fast, _slow
from coldbench.data.ratings import Ratings
from coldbench.data.raw.archive import member_names, read_members
from coldbench.data.raw.members import in_memory
from coldbench.data.raw.rawfile import RawFile, parse_number
from coldbench.data.readers.atomic_files import read_atomic
from coldbench.data.readers.bookcrossing_dump import read_book_crossing
from coldbench.data.readers.movielens_1m import read_movielens_1m
from coldbench.data.readers.movielens_100k import read_movielens_100k
from coldbench.data.tables import json_sheet
from coldbench.data.tables.json_sheet import JsonSheet
from coldbench.data.tables.plain import Choice, completed, plain_plan
from coldbench.data.tables.presets import preset_plan
from coldbench.data.tables.reading import read_plan
from coldbench.errors import ColdbenchError
from tests.data.files import ATOMIC, BOOKS, EXTRA, ML_1M, ML_100K, zip_bytes
from tests.data.test_altered import comma_books
from tests.data.test_plain import BOOKS as BOOKS_TABLE
from tests.data.test_plain import lines, parquet, text
from tests.data.test_presets import CASES


def read_tables(files: dict[str, RawFile]) -> Ratings:
    """As `AnyTable` does, without a disk."""
    members = [in_memory(name, raw) for name, raw in files.items()]
    plan = preset_plan(members) or plain_plan("tiny", "tiny", members, Choice())
    return read_plan(completed(plan, {}), RawOptions())


TABLE = BOOKS_TABLE + b'b4,"Four\nand more","a|b",7\n'
Reader = Callable[[dict[str, RawFile]], Ratings]
READERS: dict[str, tuple[dict[str, bytes], Reader]] = {
    "ml-1m": (
        {**ML_1M, "movies_extrainfos.dat": EXTRA},
        lambda files: read_movielens_1m(files, ""),
    ),
    "ml-100k": (ML_100K, lambda files: read_movielens_100k(files, "")),
    "book-crossing": (BOOKS, lambda files: read_book_crossing(files, "")),
    "atomic": (ATOMIC, lambda files: read_atomic("tiny", files)),
    "book-crossing-commas": (comma_books(), lambda files: read_book_crossing(files, "")),
    "csv": ({"ratings.csv": text(","), "books.csv": TABLE}, read_tables),
    "json": ({"ratings.jsonl": lines(), "books.csv": TABLE}, read_tables),
    "parquet": ({"ratings.parquet": parquet()}, read_tables),
    **{key: (files, read_tables) for key, (files, *_) in CASES.items()},
}
PIECES = [
    b"", b"\0", b"\n", b"\r", b"\r\n", b"\t", b"::", b"|", b";", b'"', b"\\", b"\\\n", b"\xff",
    b"\xc3\xa9", b"\xef\xbb\xbf", b"nan", b"-inf", b"1e400", b"0x1F", b"1_0", b"-1", b"6", b"0",
    b"9223372036854775808", b"\xed\xa0\x80", b"\xe2\x80\xa8", b"\x85", b"\x1c", b" ", b"x" * 300,
    b"\xd9\xa3", b"=1+1", b"<script>", b"NULL", b"N/A", b",", b'""', b'"\n', b"{", b"}", b"[", b":",
    b"null", b"true", b'"\\ud800"', b"2016-01-01", b"1600000000000", b"PAR1", b"\x1f\x8b",
]  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn, data: bytes) -> bytes:
    """The bytes after a few cuts, copies and insertions."""
    for _ in range(draw(st.integers(1, 3))):
        begin = draw(st.integers(0, len(data)))
        end = min(len(data), begin + draw(st.integers(0, 12)))
        piece = draw(st.sampled_from(PIECES) | st.binary(max_size=4))
        data = data[:begin] + piece + data[end:]
    return data


def outcome(action: Callable[[], Ratings | None]) -> Ratings | str | None:
    """What an action returns, or the message of its ColdbenchError."""
    try:
        return action()
    except ColdbenchError as error:
        return str(error)


def check(files: dict[str, bytes], read: Reader) -> None:
    raw = {name: RawFile(name, data) for name, data in files.items()}
    ratings = outcome(lambda: read(raw))
    if not isinstance(ratings, Ratings):
        assert ratings is not None
        assert "\n" not in ratings
        assert len(ratings) < 1000
        return
    assert np.isfinite(ratings.value).all()
    assert all("\n" not in line for line in (*ratings.understood, *ratings.notes))
    assert ratings.user.max() < len(ratings.user_id)
    assert ratings.item.max() < len(ratings.item_id)
    assert len(set(ratings.user_id.tolist())) == len(ratings.user_id)


def fuzz(name: str, examples: int) -> None:
    files, read = READERS[name]

    @settings(max_examples=examples, deadline=None, database=None, derandomize=True,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(st.data())
    def run(data: st.DataObject) -> None:
        target = data.draw(st.sampled_from(sorted(files)))
        check({**files, target: data.draw(mutated(files[target]))}, read)

    run()


@pytest.mark.parametrize("name", list(READERS))
def test_mutated_files(name: str) -> None:
    fuzz(name, 40 if name in CASES else 75)


@pytest.mark.slow
@pytest.mark.parametrize("name", list(READERS))
def test_ten_thousand_mutated_files(name: str) -> None:
    fuzz(name, 10_000)


def _read_all(path: Path) -> None:
    member_names(path)
    read_members(path, tuple(ML_1M))


def archives(path: Path, examples: int) -> None:
    good = zip_bytes(ML_1M, "ml-1m")

    @settings(max_examples=examples, deadline=None, database=None, derandomize=True)
    @given(mutated(good))
    def run(data: bytes) -> None:
        path.write_bytes(data)
        said = outcome(lambda: _read_all(path))
        assert said is None or "\n" not in str(said)

    run()


def test_mutated_archives(tmp_path: Path) -> None:
    archives(tmp_path / "x.zip", 200)


@pytest.mark.slow
def test_ten_thousand_mutated_archives(tmp_path: Path) -> None:
    archives(tmp_path / "x.zip", 10_000)


CUTS = {
    "ratings.dat": (Cut("::", 4), {"user": 0, "item": 1, "rating": 2, "timestamp": 3}),
    "tiny.inter": (Cut("\t", 4, 1), {"rating": 0, "item": 1, "user": 2, "timestamp": 3}),
    "plain.csv": (Cut(",", 4, 1, "doubled"), {"user": 0, "item": 1, "rating": 2, "timestamp": 3}),
    "BX-Book-Ratings.csv": (Cut(";", 3, 1, "backslash"), {"user": 0, "item": 1, "rating": 2}),
}


PLAIN = b'who,what,stars,when\n"a\nb",x,4,100\n"say ""no""",y,2.5,200\nc,"x,y",1,\n'


@pytest.mark.parametrize("name", list(CUTS))
def test_the_fast_path_agrees_with_the_slow_one(name: str) -> None:
    cut, columns = CUTS[name]
    data = {**ML_1M, **ATOMIC, **BOOKS, "plain.csv": PLAIN}[name]

    @settings(max_examples=150, deadline=None, database=None, derandomize=True)
    @given(mutated(data))
    def run(changed: bytes) -> None:
        try:
            raw = RawFile(name, changed)
            fast = _fast(raw, cut, columns)
        except ColdbenchError:
            return
        if fast is None:
            return
        slow = _slow(raw, cut, columns)
        for column in columns:
            np.testing.assert_array_equal(cells(fast[0], column), cells(slow[0], column))
        assert fast[1] is None or fast[1].tolist() == slow[1].tolist()

    run()


def test_the_fast_path_of_json_agrees_with_the_slow_one() -> None:
    columns = {"user": "reader", "item": "book", "rating": "stars", "timestamp": "when"}

    @settings(max_examples=150, deadline=None, database=None, derandomize=True)
    @given(mutated(lines()))
    def run(changed: bytes) -> None:
        try:
            sheet = JsonSheet(in_memory("x.jsonl", RawFile("x.jsonl", changed)))
            fast = json_sheet._fast(sheet.raw, sheet.first, columns)
        except ColdbenchError:
            return
        if fast is None:
            return
        slow = json_sheet._slow(sheet.raw, columns)[0]
        for column in columns:
            np.testing.assert_array_equal(cells(fast[0], column), cells(slow, column))

    run()


def cells(frame: pd.DataFrame, column: str) -> Any:
    """Ids as they are, numbers and times as float64."""
    found = frame[column]
    if column == "timestamp":
        read = [parse_number(str(cell).strip()) for cell in found]
        return np.array([np.nan if number is None else number for number in read])
    return found.to_numpy(dtype=float if column == "rating" else object)
