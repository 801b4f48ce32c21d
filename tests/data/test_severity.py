"""What cannot be read: content and times become unknown and are said; ratings and ids refuse."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coldbench.data import Ratings, from_frames, open_dataset
from coldbench.errors import DataError
from tests.data.files import ML_1M, ML_100K, edited, write
from tests.data.odd import ITEMS, atomic, rated

STRICT = {"strict": "true"}


def prices(**odd: object) -> list[tuple[object, ...]]:
    named = {int(key[1:]): value for key, value in odd.items()}
    rows = [(item, named.get(item, f"{item}.50")) for item in range(1, ITEMS + 1)]
    return [("item_id:token", "price:float"), *rows]


def timed(time: Any) -> list[tuple[object, ...]]:
    return [(*row, time(number)) for number, row in enumerate(rated())]


def said(ratings: Ratings, about: str) -> str:
    """The only warning about something."""
    (sentence,) = (warning for warning in ratings.warnings if about in warning)
    return sentence


def test_odd_content_is_unknown_and_said_once(tmp_path: Path) -> None:
    folder = atomic(tmp_path, rated(), items=prices(_3="—", _5="$12.99"))
    ratings = open_dataset(folder)
    (price,) = ratings.catalogue.item_fields
    assert np.flatnonzero(np.isnan(price.values)).tolist() == [2, 4]
    assert price.values[0] == 1.5
    sentence = (
        "price: 2 of 30 values cannot be read as numbers and count as unknown; "
        "first odd.item:4: '—'"
    )
    assert said(ratings, "price") == sentence
    with pytest.raises(DataError) as caught:
        open_dataset(folder, STRICT)
    assert str(caught.value) == sentence


@pytest.mark.parametrize("cell", ["NULL", "unknown", "n/a", "-", "", r"\N", "(missing)"])
def test_cells_that_say_missing_are_no_fault(tmp_path: Path, cell: str) -> None:
    ratings = open_dataset(atomic(tmp_path, rated(), items=prices(_3=cell)), STRICT)
    assert np.isnan(ratings.catalogue.item_fields[0].values[2])
    assert not any("price" in warning for warning in ratings.warnings)


def test_infinite_and_huge_content_is_unknown(tmp_path: Path) -> None:
    ratings = open_dataset(atomic(tmp_path, rated(), items=prices(_1="inf", _2="1e39")))
    assert "price: 2 of 30" in said(ratings, "price")
    assert np.isnan(ratings.catalogue.item_fields[0].values[:2]).all()


@pytest.mark.parametrize("odd", [-5, 1e15, "nan", "", "yesterday", "12345-01-01", "9781-99"])
def test_an_odd_time_counts_as_the_latest(tmp_path: Path, odd: object) -> None:
    folder = atomic(tmp_path, timed(lambda n: 1_000_000_000 + 60 * n if n else odd))
    ratings = open_dataset(folder)
    assert ratings.time is not None
    assert ratings.time[0] == ratings.time.max() == 1_000_000_000 + 60 * 959
    assert ratings.time[1] == 1_000_000_060
    sentence = said(ratings, "timestamp")
    assert sentence.startswith(
        "timestamp: 1 of 960 values cannot be read as times; unknown times count as the latest; "
        "first odd.inter:2: "
    )
    with pytest.raises(DataError, match=r"odd\.inter:2"):
        open_dataset(folder, STRICT)


def test_a_negative_time_is_shown(tmp_path: Path) -> None:
    ratings = open_dataset(atomic(tmp_path, timed(lambda n: 60 * n if n else -5)))
    assert said(ratings, "timestamp").endswith("odd.inter:2: -5")


def test_many_odd_times_leave_no_times(tmp_path: Path) -> None:
    ratings = open_dataset(atomic(tmp_path, timed(lambda n: -1 if n % 10 == 0 else n)))
    assert ratings.time is None
    assert "96 of 960 values cannot be read as times; so no times" in said(ratings, "timestamp")


@pytest.mark.parametrize(
    ("parts", "unit"), [(1e3, "milliseconds"), (1e6, "microseconds"), (1e9, "nanoseconds")]
)
def test_parts_of_seconds_are_recognised(tmp_path: Path, parts: float, unit: str) -> None:
    folder = atomic(tmp_path, timed(lambda n: int((1_600_000_000 + 60 * n) * parts)))
    ratings = open_dataset(folder)
    assert ratings.time is not None
    assert ratings.time[:2].tolist() == [1_600_000_000, 1_600_000_060]
    assert ratings.understood[-1] == f"times are {unit} since 1970; converted to seconds"


@pytest.mark.parametrize(
    "date", ["2016-03-01 01:02:03", "2016-03-01T01:02:03Z", "2016-03-01T03:02:03+02:00"]
)
def test_dates_are_read(tmp_path: Path, date: str) -> None:
    ratings = open_dataset(atomic(tmp_path, timed(lambda n: date if n else "2016-03-02")))
    assert ratings.time is not None
    assert ratings.time[:2].tolist() == [1_456_876_800, 1_456_794_123]
    assert ratings.understood[-1] == "times are dates; those without a zone are read as UTC"
    assert not any("timestamp" in warning for warning in ratings.warnings)


def test_a_date_of_any_year_is_read(tmp_path: Path) -> None:
    ratings = open_dataset(atomic(tmp_path, timed(lambda n: "9781-01-01" if n else "1971-01-01")))
    assert ratings.time is not None
    assert ratings.time[:2].tolist() == [31_536_000, 246_491_424_000]


def test_official_files_are_read_likewise(tmp_path: Path) -> None:
    one = open_dataset(
        str(write(tmp_path / "a", edited(ML_1M, "ratings.dat", b"978302109", b"-5")))
    )
    assert "ratings.dat:2: -5" in said(one, "timestamp")
    two = open_dataset(str(write(tmp_path / "b", edited(ML_100K, "u.data", b"891717742", b"x"))))
    assert "u.data:2: 'x'" in said(two, "timestamp")


def test_frames_are_read_likewise() -> None:
    frame = pd.DataFrame({"user": [1, 1, 2], "item": ["a", "b", "a"], "rating": [1, 5, 3]})
    items = pd.DataFrame({"item": ["a", "b"], "price": ["1.5", "cheap"]})
    ratings = from_frames(
        frame.assign(time=[5, -1, 7]), None, items, name="m", kinds={"price": "number"}
    )
    assert ratings.time is not None
    assert ratings.time.tolist() == [5, 7, 7]
    assert said(ratings, "timestamp").endswith("first ratings row 1: -1")
    assert said(ratings, "price").endswith("first items row 1: 'cheap'")
    with pytest.raises(DataError, match="items row 1: 'cheap'"):
        from_frames(frame, None, items, name="m", kinds={"price": "number"}, strict=True)
