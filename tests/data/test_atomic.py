"""RecBole atomic files: what is read, and what is refused with file and line."""

from pathlib import Path

import numpy as np
import pytest

from coldbench.data import open_dataset
from coldbench.data.ratings import Ratings, Scale
from coldbench.errors import DataError, UsageError
from tests.data.files import ATOMIC, edited, write


def read(folder: Path, files: dict[str, bytes] = ATOMIC) -> Ratings:
    return open_dataset(str(write(folder, files)))


def test_columns_in_any_order_with_times(tmp_path: Path) -> None:
    ratings = read(tmp_path)
    assert ratings.name == "tiny"
    assert list(ratings.user_id) == ["u1", "u2", "u3", "u10"]
    assert list(ratings.item_id) == ["i1", "i2", "i3", "i9"]
    assert list(ratings.user) == [0, 0, 1, 3]
    assert list(ratings.item) == [0, 1, 0, 3]
    assert ratings.value.tolist() == [4.0, 2.5, 1.0, 3.0]
    assert ratings.time is not None
    assert ratings.time.tolist() == [100, 200, 50, 70]
    assert ratings.scale == Scale(1.0, 4.0, 0.5)


def test_fields(tmp_path: Path) -> None:
    ratings = read(tmp_path)
    age, job = ratings.catalogue.user_fields
    assert (age.kind, job.kind) == ("number", "category")
    np.testing.assert_array_equal(age.values, np.array([31, np.nan, 40, np.nan], dtype=np.float32))
    assert job.labels == ("cook", "nurse")
    assert job.values.tolist() == [2, 0, 1, 0]
    year, genre, first, second = ratings.catalogue.item_fields
    np.testing.assert_array_equal(
        year.values, np.array([1995, np.nan, 1979, np.nan], dtype=np.float32)
    )
    assert genre.labels == ("Drama", "Comedy", "Horror")
    assert genre.values.tolist() == [[2, 1], [0, 0], [3, 0], [0, 0]]
    assert (first.name, second.name) == ("v.0", "v.1")
    assert ratings.catalogue.item_title is not None
    assert ratings.catalogue.item_title.tolist() == ["Toy Story", "Café", "Alien", ""]
    assert any("release_year: 1 values" in note for note in ratings.notes)


def test_interactions_are_enough_and_times_optional(tmp_path: Path) -> None:
    files = {"x.inter": b"user_id:token\titem_id:token\trating:float\na\tb\t1\na\tc\t2\n"}
    ratings = read(tmp_path, files)
    assert ratings.time is None
    assert ratings.catalogue.user_fields == ()


@pytest.mark.parametrize("change", ["bom", "crlf", "cr", "blank end", "no end"])
def test_line_ends_and_byte_order_marks_do_not_matter(tmp_path: Path, change: str) -> None:
    changes = {
        "bom": lambda data: b"\xef\xbb\xbf" + data,
        "crlf": lambda data: data.replace(b"\n", b"\r\n"),
        "cr": lambda data: data.replace(b"\n", b"\r"),
        "blank end": lambda data: data + b"\n\n",
        "no end": lambda data: data.rstrip(b"\n"),
    }
    plain = read(tmp_path / "a")
    other = read(tmp_path / "b", {name: changes[change](data) for name, data in ATOMIC.items()})
    assert other.sha256 == plain.sha256


def test_latin1_is_read_and_noted(tmp_path: Path) -> None:
    ratings = read(tmp_path, edited(ATOMIC, "tiny.item", b"\xc3\xa9", b"\xe9"))
    assert ratings.catalogue.item_title is not None
    assert ratings.catalogue.item_title[1] == "Café"
    assert any("Latin-1" in note for note in ratings.notes)


def test_huge_ids_are_strings(tmp_path: Path) -> None:
    ratings = read(tmp_path, edited(ATOMIC, "tiny.inter", b"u10", b"9223372036854775808"))
    assert "9223372036854775808" in ratings.user_id


def test_repeated_pairs_are_kept_and_noted(tmp_path: Path) -> None:
    ratings = read(tmp_path, edited(ATOMIC, "tiny.inter", b"i2\tu1", b"i1\tu1"))
    assert len(ratings) == 4
    assert any("1 ratings repeat" in note for note in ratings.notes)


BAD = [
    ("tiny.inter", b"2.5", b"abc", "tiny.inter:3: rating is 'abc'"),
    ("tiny.inter", b"2.5", b"nan", "tiny.inter:3: rating nan"),
    ("tiny.inter", b"2.5", b"-inf", "tiny.inter:3: rating -inf"),
    ("tiny.inter", b"2.5", b"1e99", "tiny.inter:3: rating 1e+99"),
    ("tiny.inter", b"2.5", b"", "tiny.inter:3: rating is ''"),
    ("tiny.inter", b"2.5\ti2", b"2.5", "tiny.inter:3: 3 fields instead of 4"),
    ("tiny.inter", b"\tu1\t200", b"\t\t200", "tiny.inter:3: the user id is empty"),
    ("tiny.inter", b"u1\t200", b"u" * 256 + b"\t200", "tiny.inter:3: user id 'uuu"),
    ("tiny.inter", b"2.5", b"2\x00", "tiny.inter:3: holds a NUL byte"),
    ("tiny.inter", b"rating:float", b"rating", "tiny.inter:1: header cell 'rating'"),
    ("tiny.inter", b"rating:float", b"stars:float", "tiny.inter:1: the header has no column"),
    ("tiny.inter", b"item_id:token", b"user_id:token", "tiny.inter:1: the header names"),
    ("tiny.user", b"31", b"old", "tiny.user:2: age is 'old'"),
    ("tiny.user", b"31", b"inf", "tiny.user:2: age is 'inf'"),
    ("tiny.user", b"u2\t\t", b"u2\t", "tiny.user:3: 2 fields instead of 3"),
    ("tiny.user", b"u3\t", b"\t", "tiny.user:4: the user id is empty"),
    ("tiny.item", b"0.5 1", b"0.5 x", "tiny.item:2: v.1 is 'x'"),
]


@pytest.mark.parametrize(("name", "old", "new", "message"), BAD)
def test_faults_name_file_and_line(
    tmp_path: Path, name: str, old: bytes, new: bytes, message: str
) -> None:
    with pytest.raises(DataError) as caught:
        read(tmp_path, edited(ATOMIC, name, old, new))
    assert message in str(caught.value)


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_empty_files(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(DataError, match=r"tiny\.inter:1: the file is empty"):
        read(tmp_path, {**ATOMIC, "tiny.inter": data})


def test_header_only(tmp_path: Path) -> None:
    header = ATOMIC["tiny.inter"].split(b"\n")[0]
    with pytest.raises(DataError, match=r"tiny\.inter: no ratings"):
        read(tmp_path, {**ATOMIC, "tiny.inter": header})


def test_scale_of_known_names_and_by_option(tmp_path: Path) -> None:
    bad = {"ml-1m.inter": b"user_id:token\titem_id:token\trating:float\n1\t1\t5\n1\t2\t6\n"}
    with pytest.raises(DataError, match=r"ml-1m\.inter:3: rating 6 is outside 1\.\.5"):
        read(tmp_path / "a", bad)
    folder = str(write(tmp_path / "b", ATOMIC))
    assert open_dataset(folder, {"scale": "0,5,0.5"}).scale == Scale(0, 5, 0.5)
    with pytest.raises(DataError, match=r"tiny\.inter:3: rating 2\.5 is not a multiple"):
        open_dataset(folder, {"scale": "0,5,1"})
    for wrong in ("5,1,1", "a,b,c", "1,5"):
        with pytest.raises(UsageError, match=r"dataset\.scale"):
            open_dataset(folder, {"scale": wrong})


def test_constant_ratings(tmp_path: Path) -> None:
    files = {"x.inter": b"user_id:token\titem_id:token\trating:float\na\tb\t3\na\tc\t3\n"}
    assert read(tmp_path, files).scale == Scale(3.0, 3.0, 1.0)


def test_exactly_one_inter_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="has 2 files"):
        read(tmp_path, {**ATOMIC, "other.inter": ATOMIC["tiny.inter"]})
