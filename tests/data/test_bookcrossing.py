"""The Book-Crossing dump: quoting, implicit ratings, implausible values, faults."""

from pathlib import Path

import numpy as np
import pytest

from coldbench.data import open_dataset
from coldbench.data.ratings import Scale
from coldbench.errors import DataError
from tests.data.files import BOOKS, edited, write
from tests.data.test_movielens import field


def test_explicit_ratings(tmp_path: Path) -> None:
    ratings = open_dataset(str(write(tmp_path, BOOKS)))
    assert ratings.scale == Scale(1, 10, 1)
    assert ratings.value.tolist() == [5, 10, 7]
    assert list(ratings.user_id[ratings.user]) == ["1", "2", "3"]
    assert list(ratings.item_id[ratings.item]) == ["034545104X", "0002005018", "99999"]
    assert "2 implicit ratings (0) were dropped" in ratings.notes


def test_content(tmp_path: Path) -> None:
    ratings = open_dataset(str(write(tmp_path, BOOKS)))
    titles = ratings.catalogue.item_title
    assert titles is not None
    known = dict(zip(ratings.item_id.tolist(), titles.tolist(), strict=True))
    assert known["034545104X"] == 'Say "Yes"; Again & Again'
    assert known["0002005018"] == "Clara Callé"
    assert field(ratings, "country") == [["usa"], ["usa"], ["portugal"]]
    assert field(ratings, "state")[0] == ["new york, usa"]
    ages = next(f for f in ratings.catalogue.user_fields if f.name == "age")
    np.testing.assert_array_equal(ages.values, np.array([np.nan, 18, np.nan], dtype=np.float32))
    assert ratings.catalogue.item_year is not None
    years = dict(zip(ratings.item_id.tolist(), ratings.catalogue.item_year, strict=True))
    assert years["0195153448"] == 2002
    assert np.isnan(years["034545104X"])


BAD = [
    ("BX-Book-Ratings.csv", b'"10"', b'"11"', "BX-Book-Ratings.csv:4: rating 11 is outside 1..10"),
    ("BX-Book-Ratings.csv", b'"10"', b'"x"', "BX-Book-Ratings.csv:4: rating is 'x'"),
    ("BX-Book-Ratings.csv", b';"10"', b"", "BX-Book-Ratings.csv:4: 2 fields instead of 3"),
    ("BX-Users.csv", b';"18"', b"", "BX-Users.csv:3: 2 fields instead of 3"),
    ("BX-Books.csv", b';"Harper"', b"", "BX-Books.csv:4: 7 fields instead of 8"),
]


@pytest.mark.parametrize(("name", "old", "new", "message"), BAD)
def test_faults_name_file_and_line(
    tmp_path: Path, name: str, old: bytes, new: bytes, message: str
) -> None:
    with pytest.raises(DataError) as caught:
        open_dataset(str(write(tmp_path, edited(BOOKS, name, old, new))))
    assert message in str(caught.value)


def test_only_implicit_ratings(tmp_path: Path) -> None:
    header = BOOKS["BX-Book-Ratings.csv"].split(b"\r\n")[0]
    files = {**BOOKS, "BX-Book-Ratings.csv": header + b'\r\n"1";"2";"0"\r\n'}
    with pytest.raises(DataError, match="all 1 ratings are implicit"):
        open_dataset(str(write(tmp_path, files)))
