"""Frames of any library and of any column type make the same ratings."""

import datetime
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from coldbench.data import Ratings, from_frames
from coldbench.errors import DataError, UsageError

RATINGS = {"user": [1, 1, 2, 3], "item": ["a", "b", "a", "b"], "rating": [1.0, 5.0, 3.0, 2.0]}
ITEMS = {"item": ["a", "b"], "tags": [["x", "y"], []], "price": [1.5, None], "colour": ["r", None]}
DAYS = [datetime.datetime(2016, 1, day) for day in (1, 2, 2, 3)]


class Interchanged:
    """A frame that offers the dataframe interchange protocol and nothing else."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.table = pa.table(data)

    def __dataframe__(self, *words: Any, **named: Any) -> Any:
        return self.table.__dataframe__(*words, **named)


LIBRARIES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "pandas": pd.DataFrame,
    "pandas, nullable": lambda data: pd.DataFrame(data).convert_dtypes(),
    "pandas, arrow": lambda data: pa.table(data).to_pandas(types_mapper=pd.ArrowDtype),
    "pandas, objects": lambda data: pd.DataFrame(data, dtype=object),
    "polars": pl.DataFrame,
    "pyarrow": pa.table,
    "interchange": Interchanged,
}


def made(frame: Any, items: Any = None, **options: Any) -> Ratings:
    return from_frames(frame, None, items, name="m", scale=(1, 5, 1), **options)


@pytest.mark.parametrize("library", LIBRARIES)
def test_ratings_of_any_library(library: str) -> None:
    assert made(LIBRARIES[library](RATINGS)).sha256 == made(pd.DataFrame(RATINGS)).sha256


@pytest.mark.parametrize("library", [name for name in LIBRARIES if name != "interchange"])
def test_content_of_any_library(library: str) -> None:
    tags, price, colour = made(
        pd.DataFrame(RATINGS), LIBRARIES[library](ITEMS), kinds={"price": "number"}
    ).catalogue.item_fields
    assert (tags.kind, tags.labels, tags.values.tolist()) == ("set", ("x", "y"), [[1, 2], [0, 0]])
    np.testing.assert_array_equal(price.values, np.array([1.5, np.nan], dtype=np.float32))
    assert (colour.kind, colour.labels, colour.values.tolist()) == ("category", ("r",), [1, 0])


@pytest.mark.parametrize("library", [name for name in LIBRARIES if name != "pandas, objects"])
def test_times_of_any_library(library: str) -> None:
    ratings = made(LIBRARIES[library]({**RATINGS, "timestamp": DAYS}))
    assert ratings.time is not None
    assert (ratings.time - ratings.time[0]).tolist() == [0, 86400, 86400, 172800]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_datetimes_of_any_unit_and_year(unit: str) -> None:
    far = "9781-01-01" if unit != "ns" else "2261-01-01"
    days = np.array(["1970-01-01", "2016-01-01", far, "NaT"], dtype=f"datetime64[{unit}]")
    ratings = made(pd.DataFrame({**RATINGS, "timestamp": days}))
    assert ratings.time is not None
    last = int(np.datetime64(far, "s").astype(np.int64))
    assert ratings.time.tolist() == [0, 1451606400, last, last]


def test_dates_and_texts_are_times() -> None:
    expected = [1451606400, 1451692800, 1451692800, 1451779200]
    for times in ([day.date() for day in DAYS], [str(day) for day in DAYS]):
        ratings = made(pd.DataFrame({**RATINGS, "timestamp": times}))
        assert ratings.time is not None
        assert ratings.time.tolist() == expected


@pytest.mark.parametrize("column", ["user", "item", "rating"])
@pytest.mark.parametrize("kind", ["category", "object"])
def test_types_do_not_matter(column: str, kind: str) -> None:
    frame = pd.DataFrame(RATINGS)
    assert made(frame.astype({column: kind})).sha256 == made(frame).sha256


def test_ids_with_gaps_in_content_meet() -> None:
    """A column of whole numbers with a gap is floating: 7.0 is the id 7."""
    frame = pd.DataFrame(RATINGS)
    floating = made(frame.astype({"user": float}))
    assert floating.sha256 == made(frame).sha256
    users = pd.DataFrame({"user": [1.0, 2.0, 3.0], "town": [1.0, None, 2.0]})
    ratings = from_frames(frame, users, name="m", scale=(1, 5, 1), kinds={"town": "category"})
    assert ratings.warnings == ()
    assert ratings.catalogue.user_fields[0].labels == ("1", "2")


@pytest.mark.parametrize(
    ("column", "message"),
    [("user", "ratings row 1: the user id is missing"), ("rating", "ratings row 1: rating nan")],
)
def test_missing_values_name_the_row(column: str, message: str) -> None:
    frame = pd.DataFrame(RATINGS).convert_dtypes()
    frame.loc[1, column] = pd.NA
    for one in (frame, pl.from_pandas(frame)):
        with pytest.raises(DataError) as caught:
            made(one)
        assert message in str(caught.value)


@pytest.mark.parametrize("wrong", [pl.LazyFrame(RATINGS), RATINGS, [1, 2], "ratings.csv"])
def test_what_is_no_frame(wrong: Any) -> None:
    with pytest.raises(UsageError, match=r"ratings is a .*not a data frame"):
        made(wrong)
