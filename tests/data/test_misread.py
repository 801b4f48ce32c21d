"""Files that could be read wrongly without a word: the right column, no header, or a question."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coldbench.data import Ratings, from_frames, open_dataset
from coldbench.errors import DataError
from coldbench.study.config import StudyConfig
from coldbench.study.drive import run_study
from coldbench.study.progress import Progress
from tests.data.files import write

ROWS = "".join(f"u{i % 9},i{i % 7},{i % 5 + 1}\n" for i in range(60))


def read(folder: Path, options: dict[str, object] | None = None, **files: str) -> Ratings:
    data = {name.replace("_", "."): text.encode() for name, text in files.items()}
    return open_dataset(str(write(folder, data)), options or {})


def test_the_column_called_rating_is_the_rating_of_whatever_type(tmp_path: Path) -> None:
    head = "user_id:token\titem_id:token\trating_count:float\trating:token\n"
    ratings = read(tmp_path, x_inter=head + "a\tb\t228\t5\na\tc\t30\t3\n")
    assert ratings.value.tolist() == [5, 3]


def test_of_two_ratings_none_is_chosen(tmp_path: Path) -> None:
    head = "user_id:token\titem_id:token\tappearance_rating:float\toverall_rating:float\n"
    with pytest.raises(DataError, match="more than one column could be the rating: 'appearance_ra"):
        read(tmp_path, x_inter=head + "a\tb\t2\t5\n")


def test_the_first_rating_of_a_table_without_header_is_none(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="it has no header row"):
        read(tmp_path, r_csv="A5X,B000000076,5.0\nA6X,B000000077,4.0\n")


def test_content_without_header_is_not_read(tmp_path: Path) -> None:
    movies = "".join(f"{i},{1980 + i}\n" for i in range(30))
    with pytest.raises(DataError) as told:
        read(tmp_path, log_csv="5,1200000000,76,5\n6,1200000001,77,4\n", movies_csv=movies)
    assert "no header row" in str(told.value)


def test_lists_of_objects_are_no_labels(tmp_path: Path) -> None:
    cells = "".join(f"i{i},\"[{{'id': {i}, 'name': 'Drama'}}]\"\n" for i in range(7))
    ratings = read(
        tmp_path, ratings_csv="user,item,rating\n" + ROWS, items_csv="item,genres\n" + cells
    )
    assert ratings.catalogue.item_fields == ()
    assert any("genres: left out (objects)" in text for text in ratings.understood)


@pytest.mark.parametrize(
    ("first", "second", "days"), [("20220422", "20220501", 9), ("2014", "2015", 365)]
)
def test_dates_that_are_written_as_numbers(
    tmp_path: Path, first: str, second: str, days: int
) -> None:
    rows = f"user,item,rating,date\nu,i,1,{first}\nu,j,2,{second}\n"
    ratings = read(tmp_path, ratings_csv=rows)
    assert ratings.time is not None
    assert float(np.ptp(ratings.time)) == days * 86_400


@pytest.mark.parametrize("odd", [-99, -999, 9999])
def test_a_value_far_from_the_others_is_asked_about(odd: int) -> None:
    frame = pd.DataFrame({"user": range(30), "item": [i % 5 for i in range(30)]})
    values = [odd if i % 10 == 0 else i % 5 + 1 for i in range(30)]
    ratings = from_frames(frame.assign(rating=values), name="m")
    assert any('"not rated"' in text and f"are {odd}:" in text for text in ratings.warnings)


def test_an_id_that_says_missing_is_told(tmp_path: Path) -> None:
    ratings = read(tmp_path, ratings_csv="user,item,rating\n" + ROWS + "NULL,i1,5\nNULL,i2,4\n")
    (told,) = [text for text in ratings.warnings if "'NULL'" in text]
    assert told.startswith("2 rows of user 'NULL', first ")


def test_a_study_that_could_test_nobody_does_not_start(tmp_path: Path) -> None:
    data = write(tmp_path / "data", {"r.csv": ("user,item,rating\n" + ROWS).encode()})
    config = StudyConfig(models=("bias",), seeds=1, dataset=str(data), out=tmp_path / "out")
    with pytest.raises(DataError, match="nobody can be tested in any scenario"):
        run_study(config, workers=1)
    assert not (tmp_path / "out").exists()
    told: list[str] = []
    small = {"min_ratings": 2, "query": 1, "max_ratings": None}
    some = config.model_copy(update={"protocol_options": small})
    run_study(some, workers=1, progress=Progress(warned=told.extend))
    assert all("nobody can be tested in any" not in text for text in told)


HEAD = "user,item,rating\n"
LINES = ROWS.splitlines(keepends=True)
PARTS = {"train_csv": HEAD + "".join(LINES[:40]), "test_csv": HEAD + "".join(LINES[40:])}


def test_parts_of_one_table_are_read_as_one_where_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"--set dataset.ratings=test.csv,train.csv"):
        read(tmp_path, **PARTS)
    joined = read(tmp_path, {"ratings": "train.csv,test.csv"}, **PARTS)
    whole = read(tmp_path / "whole", ratings_csv=HEAD + ROWS)
    assert joined.rows_sha256 == whole.rows_sha256
    assert "ratings: train.csv, test.csv, separated by commas" in joined.understood


def test_a_bad_cell_of_a_part_is_named_by_its_own_file_and_line(tmp_path: Path) -> None:
    parts = {**PARTS, "test_csv": HEAD + "u1,i1,5\nu2,,4\n"}
    with pytest.raises(DataError, match=r"test.csv:3: the item id is empty"):
        read(tmp_path, {"ratings": "train.csv,test.csv"}, **parts)


def test_parts_of_other_columns_are_no_parts(tmp_path: Path) -> None:
    parts = {**PARTS, "test_csv": "user_id,item,rating\nu1,i1,5\n"}
    with pytest.raises(
        DataError, match=r"train.csv has 'user, item, rating', test.csv has 'user_id,"
    ):
        read(tmp_path, {"ratings": "train.csv,test.csv"}, **parts)


def test_a_folder_beside_the_ratings_is_named(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    ratings = read(tmp_path, ratings_csv=HEAD + ROWS)
    assert "not read: content (a folder)" in ratings.understood


def test_ids_that_differ_by_leading_zeros_are_asked_about(tmp_path: Path) -> None:
    rows = "".join(f"{i % 9:0{1 + i % 2 * 2}d},{i % 7},{i % 5 + 1}\n" for i in range(63))
    warned = " ".join(read(tmp_path, ratings_csv=HEAD + rows).warnings)
    assert "9 user ids differ from another by leading zeros alone, first '001' and '1'" in warned
    assert "item id" not in warned


def test_rows_that_give_one_user_several_labels_are_warned_of(tmp_path: Path) -> None:
    tags = "".join(f"u{i},{tag}\n" for i in range(9) for tag in ("a", "b"))
    ratings = read(tmp_path, ratings_csv=HEAD + ROWS, users_csv="user,tag\n" + tags)
    assert any("9 rows repeat the content of a user and say something else (tag of 9 users)" in w
               for w in ratings.warnings)  # fmt: skip
    same = "".join(f"u{i},a\n" * 2 for i in range(9))
    ratings = read(tmp_path / "same", ratings_csv=HEAD + ROWS, users_csv="user,tag\n" + same)
    assert any("9 rows repeat the content of a user; the first is used" in n for n in ratings.notes)


def test_the_files_of_a_split_by_recbole_are_to_be_joined(tmp_path: Path) -> None:
    text = "user_id:token\titem_id:token\trating:float\na\tb\t5\n"
    write(tmp_path, {f"toy.{part}.inter": text.encode() for part in ("train", "valid", "test")})
    with pytest.raises(DataError, match=r"write 'test, train, valid' into one toy.inter, with a"):
        open_dataset(str(tmp_path))
