"""MovieLens-1M and -100K as they circulate in atomic files: counts, sizes, times."""

import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coldbench.data import describe, from_frames, import_raw, open_dataset, open_prepared
from coldbench.data.homes import cache_home
from coldbench.data.ratings import Scale

pytestmark = pytest.mark.realdata
ONE_MILLION = "e09cfa28fd171076f1185b38fc5458b7eb475b7bd6b0a92d9951cb09d02a9b69"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLDBENCH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("COLDBENCH_DATA", str(tmp_path / "data"))


def test_one_million(real_data: Path) -> None:
    begin = time.process_time()
    ratings = open_dataset(str(real_data / "ml-1m"))
    prepared = time.process_time() - begin
    told = describe(ratings)
    assert ratings.name == "ml-1m"
    assert (told["ratings"], told["users"], told["items"]) == (1_000_209, 6_040, 3_881)
    assert told["rated_items"] == 3_704
    assert list(told["histogram"].values()) == [56_174, 107_557, 261_197, 348_971, 226_310]
    assert ratings.scale == Scale(1, 5, 1)
    assert ratings.time is None
    assert ratings.sha256 == ONE_MILLION  # committed studies name it
    assert ratings.notes == ()
    assert ratings.warnings == (
        "4 ratings repeat a (user, item) pair, of 1,000,209: of each pair the first row counts "
        "(otherwise: --set dataset.repeated=last or mean)",
    )
    assert told["years"] == [1919, 2000]
    assert [field["name"] for field in told["item_fields"]] == [
        "release_year",
        "mpaa_rating",
        "genre",
        "director",
        "actor",
    ]
    assert ratings.user_id[ratings.user[0]] == "1"
    assert ratings.item_id[ratings.item[0]] == "1193"
    begin = time.process_time()
    again = open_dataset(str(real_data / "ml-1m"))
    opened = time.process_time() - begin
    assert again.sha256 == ratings.sha256
    size = sum(file.stat().st_size for file in cache_home().rglob("*") if file.is_file())
    assert size < 25e6
    assert prepared < 10
    assert opened < 1
    begin = time.process_time()
    assert len(open_prepared(ratings.sha256)) == 1_000_209
    assert time.process_time() - begin < 0.3


def test_one_hundred_thousand(real_data: Path) -> None:
    ratings = open_dataset(str(real_data / "ml-100k"))
    assert (len(ratings), ratings.catalogue.n_users, ratings.catalogue.n_items) == (
        100_000,
        943,
        1_682,
    )
    assert ratings.time is not None
    assert describe(ratings)["times"][0].startswith("1997-09")
    years = ratings.catalogue.item_year
    assert years is not None
    assert np.isnan(years).sum() == 2


def test_importing_the_atomic_edition(real_data: Path) -> None:
    import_raw("ml-100k", real_data / "ml-100k")
    assert len(open_dataset("ml-100k")) == 100_000


def test_editions_of_one_hundred_thousand_have_equal_rows(real_data: Path) -> None:
    atomic = open_dataset(str(real_data / "ml-100k"))
    official = open_dataset(str(real_data / "official-ml-100k"))
    names = ["user", "item", "rating", "timestamp"]
    frame = pd.read_csv(real_data / "official-ml-100k" / "u.data", sep="\t", names=names)
    own = from_frames(frame, name="mine", scale=(1, 5, 1))
    assert atomic.rows_sha256 == official.rows_sha256 == own.rows_sha256
    assert len({one.content_sha256 for one in (atomic, official, own)}) == 3


INFERRED = "the scale 1..5 by 1 was inferred from the ratings; if it is another, give it: "
INFERRED += "--set dataset.scale=low,high,step"


@pytest.mark.parametrize(
    ("name", "warnings"),
    [
        (
            "ml-100k",
            (
                "release_year: 2 of 1,682 values cannot be read as numbers and count as unknown; "
                "first ml-100k.item:268: 'unkonwn'",
            ),
        ),
        ("official-ml-100k", ()),
        ("hin-amazon", (INFERRED,)),
        ("hin-yelp", (INFERRED,)),
        ("dbook", (INFERRED,)),
    ],
)
def test_no_false_alarms(real_data: Path, name: str, warnings: tuple[str, ...]) -> None:
    assert open_dataset(str(real_data / name)).warnings == warnings
