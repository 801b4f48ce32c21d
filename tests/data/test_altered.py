"""Files that are recognised and altered, and files of the wrong kind: said in words that help."""

import io
import tarfile
from pathlib import Path

import pytest

from coldbench.data import open_dataset
from coldbench.errors import DataError
from tests.data.files import ATOMIC, BOOKS, ML_1M, ML_100K, edited, write, zip_bytes
from tests.data.test_movielens import field
from tests.data.test_presets import COMMAS, TEN_MILLION


def tar() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("ratings.csv"))
    return buffer.getvalue()


WRONG = [
    ("x.csv", b"<!DOCTYPE html><html>404</html>", "is a web page; download the file again"),
    ("x.csv", b"", "is an empty file"),
    ("x.csv", b"\x80\x04\x95abc", "is a pickle: refused"),
    ("x.xlsx", zip_bytes({"[Content_Types].xml": b"", "xl/a.xml": b""}), "an Excel workbook: save"),
    ("x.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(9), "an old Excel workbook: save"),
    ("x.tar", tar(), "is a tar archive: unpack it first"),
    ("x.csv", b"\x1f\x8b\x08\x00", "is an empty or truncated gzip file"),
    ("x.csv", zip_bytes({"a.csv": b"1"})[:40], "truncated archive"),
    ("x.zip", b"user,item,rating\n", "no zip archive but a text file"),
    ("x.csv", b"user\0item", "is no text: it holds NUL bytes"),
    ("x.json", b'[{"user": 1}]', "is a JSON list: write one object a line"),
    ("x.csv", b"\xff\xfeu\0", "is a text in UTF-16"),
    ("x.zip", zip_bytes({}), "holds no table: found no file"),
    ("x.zip", zip_bytes({"a/x.pkl": b"\x80\x04abc"}), "holds no table: found 'x.pkl' (a pickle"),
]


@pytest.mark.parametrize(("name", "data", "message"), WRONG, ids=range(len(WRONG)))
def test_files_of_the_wrong_kind(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    with pytest.raises(DataError) as caught:
        open_dataset(str(write(tmp_path, {name: data}) / name))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_folder_without_tables_lists_what_is_there_and_what_is_read(tmp_path: Path) -> None:
    place = write(tmp_path, {"a.pdf": b"%PDF-1.4", "b.pkl": b"\x80\x03x"})
    with pytest.raises(DataError, match=r"'a\.pdf' \(a PDF document\), 'b\.pkl' \(a pickle.*CSV"):
        open_dataset(str(place))


ALTERED = [
    (edited(ML_100K, "u.data", b"891717742\n", b"891717742\t\n"),
     "u.data:2: a trailing tab makes 5 fields of 4", "looks like ml-100k, but was altered"),
    (edited(ML_1M, "users.dat", b"::70072", b""), "users.dat:2: 4 fields instead of 5",
     "looks like ml-1m, but was altered"),
    ({**COMMAS, "ratings.csv": COMMAS["ratings.csv"].split(b"\n", 1)[1]},
     "ratings.csv: no column is called like the user", "looks like MovieLens as comma files"),
    (edited(COMMAS, "ratings.csv", b"movieId", b"movie id no"),
     "no column is called like the item", "looks like MovieLens as comma files"),
    ({"ratings.dat": ML_1M["ratings.dat"], "users.dat": ML_1M["users.dat"]},
     "ratings.dat: no column is called", "as ml-1m it lacks movies.dat"),
]  # fmt: skip


@pytest.mark.parametrize(("files", "fault", "looks"), ALTERED, ids=range(len(ALTERED)))
def test_altered_files_are_named_as_such(
    tmp_path: Path, files: dict[str, bytes], fault: str, looks: str
) -> None:
    with pytest.raises(DataError) as caught:
        open_dataset(str(write(tmp_path, files)))
    assert fault in str(caught.value)
    assert looks in str(caught.value)


def test_user_0_is_worth_a_warning(tmp_path: Path) -> None:
    files = edited(ML_100K, "u.data", b"2\t2\t5", b"0\t2\t5")
    warnings = open_dataset(str(write(tmp_path, files))).warnings
    assert "user '0': as published, users are numbered 1 to 943" in warnings
    assert "3 ratings, while ml-100k as published has 100,000: the copy was altered" in warnings


def test_atomic_files_with_commas_are_read_with_a_warning(tmp_path: Path) -> None:
    files = {name: data.replace(b"\t", b",") for name, data in ATOMIC.items()}
    commas = open_dataset(str(write(tmp_path / "a", files)))
    assert commas.sha256 == open_dataset(str(write(tmp_path / "b", ATOMIC))).sha256
    assert "tiny.inter is separated by ',', atomic files by tabs" in commas.warnings[0]


def test_atomic_files_alone_and_in_archives(tmp_path: Path) -> None:
    folder = write(tmp_path, {**ATOMIC, "other.inter": b"user_id:token\n"})
    with pytest.raises(DataError, match="has 2 files NAME"):
        open_dataset(str(folder))
    alone = open_dataset(str(folder / "tiny.inter"))
    assert alone.name == "tiny"
    (tmp_path / "x.zip").write_bytes(zip_bytes(ATOMIC, "tiny"))
    assert open_dataset(str(tmp_path / "x.zip")).sha256 == alone.sha256


@pytest.mark.parametrize(
    ("cells", "unit"),
    [
        ((b"1600000000000", b"1600000060000"), "times are milliseconds since 1970"),
        ((b"2020-09-13 12:26:40", b"2020-09-13 12:27:40"), "times are dates"),
    ],
)
def test_atomic_times(tmp_path: Path, cells: tuple[bytes, bytes], unit: str) -> None:
    data = (
        b"user_id:token\titem_id:token\trating:float\ttimestamp:float\n1\t1\t1\t%b\n2\t1\t2\t%b\n"
    )
    ratings = open_dataset(str(write(tmp_path, {"t.inter": data % cells})))
    assert ratings.time is not None
    assert ratings.time.tolist() == [1600000000, 1600000060]
    assert unit in "\n".join(ratings.understood)


def test_the_atomic_ml_100k_calls_genres_as_the_others(tmp_path: Path) -> None:
    files = {
        "ml-100k.inter": b"user_id:token\titem_id:token\trating:float\n1\t1\t5\n",
        "ml-100k.item": b"item_id:token\tclass:token_seq\n1\tDrama War\n",
    }
    ratings = open_dataset(str(write(tmp_path, files)))
    assert field(ratings, "genre") == [["Drama", "War"]]


def comma_books() -> dict[str, bytes]:
    files = {}
    for name, data in BOOKS.items():
        text = data.replace(b'\\"Yes\\"; Again', b'""Yes""; Again').replace(b'";"', b'","')
        text = text.replace(b";NULL", b",")
        files[name.removeprefix("BX-").removeprefix("Book-")] = text
    return files


def test_book_crossing_as_comma_files(tmp_path: Path) -> None:
    files = comma_books()
    dump = open_dataset(str(write(tmp_path / "dump", BOOKS)))
    commas = open_dataset(str(write(tmp_path / "commas", files)))
    assert commas.name == "book-crossing"
    assert commas.sha256 == dump.sha256
    broken = edited(files, "Users.csv", b"nyc, new york", b"new\nyork, new york")
    assert open_dataset(str(write(tmp_path / "broken", broken))).sha256 == dump.sha256
    wrong = edited(broken, "Users.csv", b'"18"', b'"18","x"')
    with pytest.raises(DataError, match=r"Users\.csv:4: 4 fields instead of 3"):
        open_dataset(str(write(tmp_path / "wrong", wrong)))


def test_a_part_of_an_edition_is_called_so(tmp_path: Path) -> None:
    folder = str(write(tmp_path, TEN_MILLION))
    fault = "2 ratings, while ml-10m as published has 10,000,054: the copy was altered"
    assert fault in open_dataset(folder).warnings
    assert open_dataset("ml-10m", {"path": folder}).warnings.count(fault) == 1
