"""The official MovieLens files: folders, archives, extra information, and faults."""

from pathlib import Path

import numpy as np
import pytest

from coldbench.data import open_dataset
from coldbench.data.ratings import Ratings, Scale
from coldbench.errors import DataError
from tests.data.files import EXTRA, ML_1M, ML_100K, edited, write, zipped


def field(ratings: Ratings, name: str) -> list[list[str]]:
    """The labels of each item (or user) in a field."""
    fields = (*ratings.catalogue.user_fields, *ratings.catalogue.item_fields)
    found = next(f for f in fields if f.name == name)
    codes = found.values.reshape(len(found.values), -1)
    return [[found.labels[code - 1] for code in row if code] for row in codes]


def test_one_million(tmp_path: Path) -> None:
    ratings = open_dataset(str(write(tmp_path, ML_1M)))
    assert ratings.name == "ml-1m"
    assert ratings.scale == Scale(1, 5, 1)
    assert ratings.value.tolist() == [5, 3, 4, 1, 2]
    assert ratings.time is not None
    assert ratings.time[0] == 978300760
    assert ratings.catalogue.item_title is not None
    titles = ["Toy Story", "Jumanji", "Alien :: The Return", "Misérables, Les"]
    assert ratings.catalogue.item_title.tolist() == titles
    assert ratings.catalogue.item_year is not None
    assert ratings.catalogue.item_year.tolist() == [1995, 1995, 1998, 1998]
    assert field(ratings, "genre")[0] == ["Animation", "Children's", "Comedy"]
    assert field(ratings, "zip_code") == [["48067"], ["70072"], ["55117"]]
    assert "GroupLens" in ratings.licence


def test_extra_information(tmp_path: Path) -> None:
    files = {**ML_1M, "movies_extrainfos.dat": EXTRA}
    ratings = open_dataset(str(write(tmp_path, files)))
    assert field(ratings, "director") == [["John Lasseter", "Ann Roe"], [], [], []]
    assert field(ratings, "actor") == [["Tom Hanks", "Tim Allen"], [], ["Sigourney Weaver"], []]
    assert field(ratings, "mpaa_rating") == [["G"], [], [], []]
    assert field(ratings, "genre")[2] == ["Horror"]


def test_one_hundred_thousand(tmp_path: Path) -> None:
    ratings = open_dataset(str(write(tmp_path, ML_100K)))
    assert ratings.name == "ml-100k"
    assert ratings.value.tolist() == [3, 5, 1]
    assert field(ratings, "genre") == [
        ["Animation", "Children's", "Comedy"],
        ["unknown"],
        ["Drama"],
    ]
    years = ratings.catalogue.item_year
    np.testing.assert_array_equal(years, np.array([1995, np.nan, 1994], dtype=np.float32))
    genres = ["unknown", *"ABCDEFGHIJKLMNOPQR"]
    listed = "\n".join(f"{name}|{number}" for number, name in enumerate(genres)).encode()
    again = open_dataset(str(write(tmp_path / "g", {**ML_100K, "u.genre": listed})))
    assert field(again, "genre")[0] == ["C", "D", "E"]


@pytest.mark.parametrize(("files", "inner"), [(ML_1M, "ml-1m"), (ML_100K, "ml-100k"), (ML_1M, "")])
def test_archives_and_folders_agree(tmp_path: Path, files: dict[str, bytes], inner: str) -> None:
    folder = open_dataset(str(write(tmp_path / "a" / inner, files)))
    outer = open_dataset(str(tmp_path / "a"))
    archive = open_dataset(str(zipped(tmp_path / "x.zip", {**files, "README": b"hello"}, inner)))
    assert folder.sha256 == outer.sha256 == archive.sha256
    assert folder.catalogue.item_title is not None


BAD = [
    (ML_1M, "ratings.dat", b"3::978302109", b"0::978302109", "ratings.dat:2: rating 0 is outside"),
    (ML_1M, "ratings.dat", b"3::978302109", b"6::978302109", "ratings.dat:2: rating 6 is outside"),
    (ML_1M, "ratings.dat", b"3::978302109", b"3.5::978302109", "ratings.dat:2: rating 3.5 is no"),
    (ML_1M, "ratings.dat", b"3::978302109", b"abc::978302109", "ratings.dat:2: rating is 'abc'"),
    (ML_1M, "ratings.dat", b"::978302109", b"", "ratings.dat:2: 3 fields instead of 4"),
    (ML_1M, "users.dat", b"::70072", b"", "users.dat:2: 4 fields instead of 5"),
    (ML_1M, "movies.dat", b"2::Jumanji (1995)::A", b"2 A", "movies.dat:2: expected"),
    (ML_100K, "u.item", b"|1|1|1", b"|1|2|1", "u.item:1: genre flag '2'"),
    (ML_100K, "u.item", b"|0|1|0", b"|1|0", "u.item:3: 23 fields instead of 24"),
    (ML_100K, "u.user", b"|94043", b"", "u.user:2: 4 fields instead of 5"),
]


@pytest.mark.parametrize(("files", "name", "old", "new", "message"), BAD)
def test_faults_name_file_and_line(
    tmp_path: Path, files: dict[str, bytes], name: str, old: bytes, new: bytes, message: str
) -> None:
    with pytest.raises(DataError) as caught:
        open_dataset(str(write(tmp_path, edited(files, name, old, new))))
    assert message in str(caught.value)


def test_faulty_extra_information(tmp_path: Path) -> None:
    files = {**ML_1M, "movies_extrainfos.dat": EXTRA + b"7::short\n"}
    with pytest.raises(DataError, match=r"movies_extrainfos\.dat:3: expected"):
        open_dataset(str(write(tmp_path, files)))


def test_empty_ratings(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"ratings\.dat: no ratings"):
        open_dataset(str(write(tmp_path, {**ML_1M, "ratings.dat": b""})))


def test_absent_data_says_how_to_get_it() -> None:
    with pytest.raises(DataError) as caught:
        open_dataset("ml-1m")
    message = str(caught.value)
    assert "coldbench data download ml-1m" in message
    assert "coldbench data import ml-1m FILE-OR-FOLDER" in message
    assert "--dataset PATH" in message
