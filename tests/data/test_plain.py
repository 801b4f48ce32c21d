"""Tables of any format with names of their own: what is understood, and what is asked back."""

import gzip
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coldbench.data import find_dataset, open_dataset
from coldbench.data.ratings import Ratings, Scale
from coldbench.errors import DataError, UsageError
from tests.data.files import write, zipped
from tests.data.test_movielens import field

ROWS = [
    ("r1", "b1", 4.0, 100),
    ("r1", "b2", 2.5, 200),
    ("r2", "b1", 1.0, 50),
    ("r3", "b9", 3.0, 70),
]
NAMES = ["reader", "book", "stars", "when"]
FRAME = pd.DataFrame(ROWS, columns=NAMES)
BOOKS = b"book,title,genre,pages\nb1,One,crime|noir,100\nb2,Two,,x\nb3,Three,poetry,120\n"


def text(separator: str) -> bytes:
    return FRAME.to_csv(index=False, sep=separator).encode()


def parquet(frame: pd.DataFrame = FRAME) -> bytes:
    buffer = io.BytesIO()
    frame.to_parquet(buffer)
    return buffer.getvalue()


def lines(frame: pd.DataFrame = FRAME) -> bytes:
    return frame.to_json(orient="records", lines=True).encode()


FORMS: dict[str, Callable[[], bytes]] = {
    "x.csv": lambda: text(","),
    "x.tsv": lambda: text("\t"),
    "x.txt": lambda: text(";"),
    "x.data": lambda: text("|"),
    "bom.csv": lambda: b"\xef\xbb\xbf" + text(",").replace(b"\n", b"\r\n"),
    "x.csv.gz": lambda: gzip.compress(text(",")),
    "x.jsonl": lines,
    "x.json.gz": lambda: gzip.compress(lines()),
    "x.parquet": parquet,
}


def read(place: Path, **options: Any) -> Ratings:
    return open_dataset(str(place), options)


@pytest.mark.parametrize("name", list(FORMS))
def test_every_form_gives_the_same(tmp_path: Path, name: str) -> None:
    ratings = read(write(tmp_path, {name: FORMS[name]()}) / name)
    assert ratings.name == name.partition(".")[0]
    assert ratings.value.tolist() == [4, 2.5, 1, 3]
    assert ratings.scale == Scale(1, 4, 0.5)
    assert list(ratings.user_id[ratings.user]) == ["r1", "r1", "r2", "r3"]
    assert list(ratings.item_id[ratings.item]) == ["b1", "b2", "b1", "b9"]
    assert ratings.time is not None
    assert ratings.time.tolist() == [100, 200, 50, 70]


def test_a_folder_with_content_says_what_it_understood(tmp_path: Path) -> None:
    notes = {"authors.csv": b"name,born\na,1900\n", "cover.png": b"\x89PNG..."}
    place = write(tmp_path / "mine", {"ratings.csv": text(","), "books.csv": BOOKS, **notes})
    ratings = read(place)
    assert ratings.name == "mine"
    assert field(ratings, "genre") == [["crime", "noir"], [], ["poetry"], []]
    assert ratings.catalogue.item_title is not None
    assert ratings.catalogue.item_title.tolist() == ["One", "Two", "Three", ""]
    said = "\n".join(ratings.understood)
    for line in (
        "ratings: ratings.csv, separated by commas",
        "user: column 'reader'",
        "item: column 'book'",
        "rating: column 'stars'",
        "timestamp: column 'when'",
        "items: books.csv, separated by commas, by 'book'",
        "title: the display name",
        "genre: a set, parted by |",
        "not read: authors.csv (no user or item id; its columns are 'name, born')",
        "not read: cover.png (an image)",
    ):
        assert line in said
    archive = zipped(tmp_path / "mine.zip", {"ratings.csv": text(","), "books.csv": BOOKS}, "a")
    assert read(archive).sha256 == ratings.sha256


def test_chosen_columns_and_kinds(tmp_path: Path) -> None:
    frame = FRAME.rename(columns={"reader": "who", "book": "what", "stars": "how_much"})
    books = BOOKS.replace(b"book,", b"what,")
    place = write(tmp_path, {"a.csv": frame.to_csv(index=False).encode(), "b.csv": books})
    with pytest.raises(DataError, match=r"a\.csv.*--set dataset.columns.user=NAME.*who, what"):
        read(place)
    columns = {"user": "who", "item": "what", "rating": "how_much"}
    ratings = read(place, columns=columns, kinds={"pages": "category"}, ratings="a.csv")
    kinds = {field.name: field.kind for field in ratings.catalogue.item_fields}
    assert kinds == {"genre": "set", "pages": "category"}
    assert ratings.user_id.tolist() == ["r1", "r2", "r3"]
    with pytest.raises(UsageError, match=r"dataset\.kinds\.page'.*did you mean"):
        read(place, columns=columns, kinds={"page": "number"})
    with pytest.raises(UsageError, match=r"has no column 'whom' for user"):
        read(place / "a.csv", columns={**columns, "user": "whom"})
    with pytest.raises(UsageError, match=r"dataset\.columns\.usr"):
        read(place / "a.csv", columns={**columns, "usr": "who"})


def test_without_header_columns_have_numbers(tmp_path: Path) -> None:
    place = write(tmp_path, {"x.csv": text(",").split(b"\n", 1)[1].replace(b"r", b"")}) / "x.csv"
    with pytest.raises(DataError, match=r"columns\.user=NUMBER .*no header row"):
        read(place)
    columns: dict[str, Any] = {"user": 1, "item": 2, "rating": 3, "timestamp": 4}
    ratings = read(place, columns=columns)
    assert ratings.user_id.tolist() == ["1", "2", "3"]
    assert len(ratings) == 4


def test_two_columns_that_could_be_it(tmp_path: Path) -> None:
    place = write(tmp_path, {"x.csv": b"user,movie,book,rating\n1,2,3,4\n"}) / "x.csv"
    with pytest.raises(DataError, match=r"'movie' or 'book' could be the item.*columns\.item=NAME"):
        read(place)
    assert read(place, columns={"item": "book"}).item_id.tolist() == ["3"]


def test_two_tables_of_ratings(tmp_path: Path) -> None:
    place = write(tmp_path, {"a.csv": text(","), "b.csv": text(";")})
    with pytest.raises(DataError, match=r"a\.csv, b\.csv all have .* dataset\.ratings=FILE"):
        read(place)
    assert len(read(place, ratings="b.csv")) == 4
    copy = write(tmp_path / "copy", {"a.csv": text(","), "a.csv.gz": gzip.compress(text(","))})
    assert len(read(copy, ratings="a.csv.gz")) == 4
    with pytest.raises(UsageError, match=r"unknown file of ratings 'c.csv'"):
        read(place, ratings="c.csv")


def test_line_breaks_between_quotes(tmp_path: Path) -> None:
    data = b'user,item,note,rating\n1,"a\nb","say ""x"", so",4\n2,c,,x\n'
    place = write(tmp_path, {"x.csv": data}) / "x.csv"
    with pytest.raises(DataError, match=r"x\.csv:4: rating is 'x'"):
        read(place)
    place.write_bytes(data.replace(b"x\n", b"3\n"))
    assert read(place).item_id.tolist() == ["c", "a\nb"]


@pytest.mark.parametrize(
    ("cells", "unit"),
    [
        (["1600000000", "1600000060"], ""),
        (["1600000000000", "1600000060000"], "times are milliseconds since 1970"),
        (["1600000000000000", "1600000060000000"], "times are microseconds since 1970"),
        (["2020-09-13 12:26:40", "2020-09-13 12:27:40"], "times are dates"),
        (["2020-09-13T12:26:40Z", "2020-09-13T14:27:40+02:00"], "times are dates"),
    ],
)
def test_times_of_every_unit(tmp_path: Path, cells: list[str], unit: str) -> None:
    frame = pd.DataFrame({"user": [1, 2], "item": [1, 2], "rating": [1, 2], "time": cells})
    for name, data in (("a.csv", frame.to_csv(index=False).encode()), ("b.jsonl", lines(frame)),
                       ("c.parquet", parquet(frame))):  # fmt: skip
        ratings = read(write(tmp_path, {name: data}) / name)
        assert ratings.time is not None
        assert ratings.time.tolist() == [1600000000, 1600000060]
        assert unit in "\n".join(ratings.understood)


def test_parquet_of_dates_categories_and_lists(tmp_path: Path) -> None:
    frame = FRAME.assign(
        reader=FRAME["reader"].astype("category"), when=pd.to_datetime(FRAME["when"], unit="s")
    )
    books = pd.DataFrame(
        {"book": ["b1", "b2"], "tags": [["x", "y"], []], "facts": [{"a": 1}, None]}
    )
    ratings = read(write(tmp_path, {"r.parquet": parquet(frame), "b.parquet": parquet(books)}))
    assert ratings.time is not None
    assert ratings.time.tolist() == [100, 200, 50, 70]
    assert field(ratings, "tags")[:2] == [["x", "y"], []]
    assert "facts: left out (objects)" in ratings.understood


def test_kinds_by_the_cells(tmp_path: Path) -> None:
    n = 60
    frame = pd.DataFrame({
        "user": np.arange(n), "job": np.arange(n) % 7, "income": np.arange(n) * 10,
        "height": np.arange(n) / 4, "town": [f"t{k % 5}" for k in range(n)],
        "mail": [f"m{k}@x" for k in range(n)], "about": ["word " * (20 + k % 2) for k in range(n)],
        "joined": [f"20{10 + k % 9}-01-01" for k in range(n)], "birth_year": 1950 + np.arange(n),
    })  # fmt: skip
    rated = b"user,item,rating\n1,1,1\n2,1,2\n"
    ratings = read(write(tmp_path, {"r.csv": rated, "u.csv": frame.to_csv(index=False).encode()}))
    kinds = {field.name: field.kind for field in ratings.catalogue.user_fields}
    assert kinds == {
        "job": "category", "income": "number", "height": "number", "town": "category",
        "joined": "number", "birth_year": "number",
    }  # fmt: skip
    joined = next(f for f in ratings.catalogue.user_fields if f.name == "joined")
    assert set(joined.values.tolist()) == set(range(2010, 2019))
    assert "mail: left out (texts that hardly recur)" in ratings.understood
    assert "about: left out (prose)" in ratings.understood


def test_two_content_tables_of_one_side_are_joined(tmp_path: Path) -> None:
    more = b"book,genre,award\nb9,drama,yes\nb1,crime,no\nb1,again,no\n"
    files = {"r.csv": text(","), "books.csv": BOOKS, "prizes.csv": more}
    ratings = read(write(tmp_path, files))
    assert field(ratings, "award") == [["no"], [], [], ["yes"]]
    assert field(ratings, "prizes.genre") == [["crime"], [], [], ["drama"]]
    assert field(ratings, "genre")[0] == ["crime", "noir"]


def test_a_published_split(tmp_path: Path) -> None:
    data = b"user,item,rating,split\n1,1,1,train\n2,1,2,support\n2,2,1,query\n"
    ratings = read(write(tmp_path, {"x.csv": data}) / "x.csv")
    assert ratings.role is not None
    assert len(set(ratings.role.tolist())) == 3
    assert read(write(tmp_path, {"y.csv": data.replace(b"train", b"cook")}) / "y.csv").role is None


FAULTS = [
    ("x.csv", b"user,item,rating\n1,1\n", r"x\.csv:2: 2 fields instead of 3"),
    ("x.csv", b"user,item,rating\n1,1,4\n1,2,\n", r"x\.csv:3: rating is ''"),
    ("x.csv", b"user,item,rating\n1,1,4\n,2,1\n", r"x\.csv:3: the user id is empty"),
    ("x.csv", b"user,item,rating\n", r"no ratings"),
    ("x.csv", b"hello\n", r"is it a table with a separator\?"),
    ("x.jsonl", b'{"user":1,"item":1,"rating":2}\n{"user":1\n', r"x\.jsonl:2: no JSON"),
    ("x.jsonl", b'{"user":1,"item":1,"rating":2}\n[1]\n', r"x\.jsonl:2: no JSON object"),
    ("x.jsonl", b'{"user":1,"item":1,"rating":2}\n\n{"user":{},"item":1,"rating":2}\n',
     r"x\.jsonl:3: user 'user' is '\{\}'"),
    ("x.jsonl", b'{"user":1,"item":1,"rating":2}\n{"user":1,"item":1}\n',
     r"x\.jsonl:2: rating is ''"),
    ("x.parquet", b"PAR1 no", r"damaged Parquet file"),
    ("x.csv.gz", gzip.compress(b"user,item,rating\n1,1,1\n")[:-9], r"truncated gzip file"),
    ("x.csv.gz", b"\x1f\x8bxxxxxxxxxxxx", r"is a damaged gzip file"),
    ("x.csv.gz", gzip.compress(b"user,item,rating\n1,1,1\n" + b"\n" * (1 << 22)),
     r"refused: unpacks"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "data", "message"), FAULTS, ids=range(len(FAULTS)))
def test_faults_name_file_and_line(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read(write(tmp_path, {name: data}) / name)


def test_broken_files_beside_the_ratings_are_named_and_not_read(tmp_path: Path) -> None:
    beside = {"notes.json": b'{\n"a": 1}', "old.parquet": b"PAR1 no", "z.csv.gz": b"\x1f\x8bxxx"}
    ratings = read(write(tmp_path, {"ratings.csv": text(","), **beside}))
    said = "\n".join(ratings.understood)
    assert "not read: notes.json:1: no JSON" in said
    assert "not read: old.parquet: damaged Parquet file" in said
    assert "not read: z.csv (a damaged gzip file" in said


def test_no_row_is_read_in_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*_: object) -> None:
        raise AssertionError("the slow path")

    monkeypatch.setattr("coldbench.data.delimited._slow", slow)
    monkeypatch.setattr("coldbench.data.tables.json_sheet._slow", slow)
    dates = FRAME.assign(when=["2016-03-01 00:00:00", "", "2016-03-02 00:00:00", "2016-03-03"])
    broken = text(",").replace(b"r1,b1", b'"r\n1",b1')
    for name, data in {
        "a.csv": text(","), "b.tsv": text("\t"), "c.jsonl": lines(), "d.csv": broken,
        "e.csv": dates.to_csv(index=False).encode(), "f.jsonl": lines(dates),
        "g.csv": text(",").replace(b",50", b","),
    }.items():  # fmt: skip
        assert len(read(write(tmp_path, {name: data}) / name)) == 4


def test_the_id_of_the_ratings_comes_before_other_ids(tmp_path: Path) -> None:
    books = b"book,client,pages\nb1,x,3\nb2,y,4\n"
    ratings = read(write(tmp_path, {"ratings.csv": text(","), "books.csv": books}))
    assert [field.name for field in ratings.catalogue.item_fields] == ["client", "pages"]


def test_an_id_called_id_in_a_file_called_by_what_it_lists(tmp_path: Path) -> None:
    books = b"id,pages\nb1,3\nb2,4\n"
    said = read(write(tmp_path, {"ratings.csv": text(","), "books_v2.csv": books})).understood
    assert "items: books_v2.csv, separated by commas, by 'id'" in said
    said = read(write(tmp_path / "x", {"ratings.csv": text(","), "shops.csv": books})).understood
    assert "not read: shops.csv (no user or item id; its columns are 'id, pages')" in said


def test_lists_as_text_and_sets_that_were_asked_for(tmp_path: Path) -> None:
    books = b'book,tags,moods\nb1,"[\'x y\', ""z""]","sad, dark"\nb2,[],dark\nb3,[u],\n'
    place = write(tmp_path, {"ratings.csv": text(","), "books.csv": books})
    ratings = read(place, kinds={"moods": "set"})
    assert field(ratings, "tags")[:3] == [["x y", "z"], [], ["u"]]
    assert field(ratings, "moods")[:3] == [["sad", "dark"], ["dark"], []]
    assert "moods: a set, as asked, parted by ," in ratings.understood


def test_keys_know_options_and_content(tmp_path: Path) -> None:
    place = str(write(tmp_path, {"r.csv": text(","), "books.csv": BOOKS}))
    keys = {find_dataset(place).key(), find_dataset(place, {"missing": "-1"}).key()}
    (tmp_path / "books.csv").write_bytes(BOOKS + b"b4,Four,crime,1\n")
    keys.add(find_dataset(place).key())
    assert len(keys) == 3
