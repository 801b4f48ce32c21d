"""pandas frames through the public Python API."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from coldbench.data import from_frames, keep, open_prepared
from coldbench.data.ratings import Scale
from coldbench.errors import DataError, UsageError

RATINGS = pd.DataFrame({"user_id": [7, 7, 10], "item": ["a", "b", "a"], "rating": [1, 5, 3]})
ITEMS = pd.DataFrame(
    {
        "item": ["b", "a"],
        "title": ["Bee", None],
        "year": [1999, None],
        "tags": [["x", "y"], ()],
        "colour": ["red", np.nan],
    }
)


def test_frames_become_ratings() -> None:
    users = pd.DataFrame({"user": [10], "age": [31.5]})
    ratings = from_frames(RATINGS, users, ITEMS, name="mine", scale=(1, 5, 1))
    assert ratings.scale == Scale(1, 5, 1)
    assert list(ratings.user_id) == ["7", "10"]
    assert ratings.user.tolist() == [0, 0, 1]
    year, tags, colour = ratings.catalogue.item_fields
    assert (year.kind, tags.kind, colour.kind) == ("number", "set", "category")
    assert tags.values.tolist() == [[0, 0], [1, 2]]
    assert colour.values.tolist() == [0, 1]
    assert ratings.catalogue.item_title is not None
    assert ratings.catalogue.item_title.tolist() == ["", "Bee"]
    np.testing.assert_array_equal(
        ratings.catalogue.user_fields[0].values, np.array([np.nan, 31.5], dtype=np.float32)
    )


def test_row_order_of_content_does_not_matter() -> None:
    one = from_frames(RATINGS, None, ITEMS, name="m")
    other = from_frames(RATINGS, None, ITEMS.iloc[::-1], name="m")
    assert one.sha256 == other.sha256


def test_declared_kinds_and_datetimes() -> None:
    items = ITEMS.assign(colour=["1", "2"])
    days = pd.to_datetime(["1970-01-02 00:00:00", "1970-01-01 00:00:00", "2001-09-09 01:46:40"])
    ratings = from_frames(
        RATINGS.assign(time=days), None, items, name="m", kinds={"colour": "number"}
    )
    assert ratings.time is not None
    assert ratings.time.tolist() == [86400, 0, 10**9]
    assert ratings.catalogue.item_fields[2].values.tolist() == [2, 1]


def test_workers_open_kept_frames() -> None:
    ratings = from_frames(RATINGS, None, ITEMS, name="mine")
    kept = keep(ratings)
    assert kept.sha256 == ratings.sha256
    assert open_prepared(ratings.sha256).user.tolist() == [0, 0, 1]
    assert open_prepared(ratings.sha256, "other").name == "other"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rating": [1, "abc", 3]}, "ratings row 1: rating is 'abc'"),
        ({"rating": [1, np.nan, 3]}, "ratings row 1: rating nan"),
        ({"rating": [1, np.inf, 3]}, "ratings row 1: rating inf"),
        ({"item": ["a", None, "b"]}, "ratings row 1: the item id is missing"),
        ({"item": ["a", "", "b"]}, "ratings row 1: the item id is empty"),
        ({"rating": [1, 6, 3]}, "ratings row 1: rating 6 is outside"),
    ],
)
def test_bad_values_name_the_row(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError) as caught:
        from_frames(RATINGS.assign(**changes), name="m", scale=(1, 5, 1))
    assert message in str(caught.value)


def test_usage_errors() -> None:
    with pytest.raises(UsageError, match="no column 'rating'"):
        from_frames(RATINGS.drop(columns="rating"), name="m")
    with pytest.raises(UsageError, match="did you mean 'colour'"):
        from_frames(RATINGS, None, ITEMS, name="m", kinds={"color": "category"})
    with pytest.raises(UsageError, match="unknown kind"):
        from_frames(RATINGS, None, ITEMS, name="m", kinds={"colour": "text"})  # type: ignore[dict-item]
    with pytest.raises(UsageError, match="scale"):
        from_frames(RATINGS, name="m", scale=(5, 1, 1))
    with pytest.raises(DataError, match="items row 0: colour is 'red'"):
        from_frames(RATINGS, None, ITEMS, name="m", kinds={"colour": "number"})


def test_inputs_are_not_changed() -> None:
    before = RATINGS.copy(deep=True)
    from_frames(RATINGS, name="m")
    pd.testing.assert_frame_equal(RATINGS, before)
