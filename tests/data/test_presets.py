"""Published layouts, recognised by small files of the same form."""

import gzip
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from coldbench.data import describe, import_raw, open_dataset
from coldbench.data.ratings import Ratings, Scale
from coldbench.data.raw.members import members_of
from coldbench.data.tables.presets import preset_plan, presets
from coldbench.errors import DataError, UsageError
from tests.data.files import ML_1M, ML_100K, write, zipped
from tests.data.test_movielens import field

COMMAS = {
    "ratings.csv": b"userId,movieId,rating,timestamp\n1,1,4.0,964982703\n1,3,0.5,964981247\n",
    "movies.csv": (
        b"movieId,title,genres\n1,Toy Story (1995),Adventure|Animation\n"
        b'3,"American President, The (1995)",(no genres listed)\n4,No year,Drama\n'
    ),
}
BESIDE = {"tags.csv": b"userId,movieId,tag,timestamp\n1,1,fun,1\n", "README.txt": b"hello\n"}
TEN_MILLION = {
    "ratings.dat": b"1::122::5::838985046\n1::185::4.5::838983525\n",
    "movies.dat": (
        b"122::Boomerang (1992)::Comedy|Romance\n185::A :: B (1995)::(no genres listed)\n"
    ),
}
TWEETINGS = {
    "ratings.dat": b"1::0111161::10::1373234211\n2::0000008::0::1373415231\n",
    "movies.dat": (
        b"0000008::Edison Kinetoscopic Record of a Sneeze (1894)::Documentary|Short\n"
        b"0111161::The Shawshank Redemption (1994)::Drama\n"
    ),
    "users.dat": b"1::139564917\n2::17528189\n",
}
AMAZON_META = (
    b'{"main_category":"All Beauty","title":"Soap","average_rating":4.8,"price":"12.5","store":"A",'
    b'"categories":["Care","Hair"],"details":{"x":"y"},"parent_asin":"B1"}\n'
    b'{"main_category":"All Beauty","title":"Brush","price":null,"store":"B","categories":[],'
    b'"details":{},"parent_asin":"B2"}\n'
)
AMAZON_CSV = {
    "All_Beauty.csv.gz": gzip.compress(
        b"user_id,parent_asin,rating,timestamp\nAE,B1,5.0,1588687728923\nAF,B2,1.0,1588615855070\n"
    )
}
AMAZON = {
    "All_Beauty.jsonl": (
        b'{"rating":5.0,"title":"Good","text":"a\\nb","images":[],"asin":"X","parent_asin":"B1",'
        b'"user_id":"AE","timestamp":1588687728923,"verified_purchase":true}\n'
        b'{"rating":1.0,"title":"Bad","text":"","images":[{"a":"b"}],"asin":"Y","parent_asin":"B2",'
        b'"user_id":"AF","timestamp":1588615855070,"verified_purchase":false}\n'
    ),
    "meta_All_Beauty.jsonl.gz": gzip.compress(AMAZON_META),
}
YELP = {
    "yelp_academic_dataset_review.json": (
        b'{"review_id":"K","user_id":"u1","business_id":"b1","stars":3.0,"useful":0,"text":"If",'
        b'"date":"2018-07-07 22:09:11"}\n'
        b'{"review_id":"L","user_id":"u2","business_id":"b1","stars":5.0,"useful":1,"text":"I",'
        b'"date":"2012-01-03 15:28:18"}\n'
    ),
    "yelp_academic_dataset_business.json": (
        b'{"business_id":"b1","name":"St Honore","city":"Philadelphia","state":"PA","stars":4.0,'
        b'"review_count":80,"attributes":{"WiFi":"free"},"categories":"Restaurants, Food, Tea",'
        b'"hours":null}\n'
    ),
    "yelp_academic_dataset_user.json": (
        b'{"user_id":"u1","name":"Walker","review_count":585,"yelping_since":"2007-01-25 16:47:26",'
        b'"average_stars":3.91}\n'
    ),
    "yelp_academic_dataset_tip.json": b'{"user_id":"u1","business_id":"b1","text":"nice"}\n',
}
GOODBOOKS = {
    "ratings.csv": b"user_id,book_id,rating\n1,258,5\n2,4081,4\n",
    "books.csv": (
        b"book_id,goodreads_book_id,isbn,authors,original_publication_year,original_title,title,"
        b'language_code,average_rating\n258,27,439,"Ann Roe, Bob Poe",2008.0,Hunger,"Games, The",'
        b"eng,4.34\n4081,3,44,J.K. R,1997.0,Harry,Harry 1,,4.44\n"
    ),
}
FIRST_GOODBOOKS = {
    "ratings.csv": b"book_id,user_id,rating\n1,314,5\n1,439,3\n2,588,5\n",
    "books.csv": (
        b"id,book_id,best_book_id,authors,original_publication_year,title,language_code\n"
        b"1,2767052,2767052,Suzanne Collins,2008.0,Games,eng\n2,3,3,J.K. R,1997.0,Harry,eng\n"
    ),
}
ANIME = {
    "rating.csv": b"user_id,anime_id,rating\n1,20,-1\n1,24,10\n3,20,8\n",
    "anime.csv": (
        b"anime_id,name,genre,type,episodes,rating,members\n"
        b'20,Naruto,"Action, Comedy",TV,220,7.81,683297\n'
        b'24,Kimi,"Drama, Romance",Movie,Unknown,9.3,2\n'
    ),
}
JESTER = {"jester-data-1.csv": b"2,-7.82,99,8.79\n1,99,99,4.08\n"}
JESTER_CSV = {"jester_ratings.csv": b"userId,jokeId,rating\n1,5,0.219\n1,7,-9.281\n2,5,99\n"}
FILMTRUST = {"ratings.txt": b"1 1 2\n1 2 4\n2 1 3.5\n", "trust.txt": b"2 966 1\n"}

CASES: dict[str, tuple[dict[str, bytes], str, Scale, list[float], dict[str, str]]] = {
    "movielens": (COMMAS | BESIDE, "ml-latest", Scale(0.5, 5, 0.5), [4, 0.5],
                  {"release_year": "number", "genre": "set"}),
    "movielens-10m": (TEN_MILLION, "ml-10m", Scale(0.5, 5, 0.5), [5, 4.5],
                      {"release_year": "number", "genre": "set"}),
    "movielens-100k-ratings": ({"u.data": b"1\t1\t3\t881250949\n2\t2\t5\t891717742\n"}, "ml-100k",
                               Scale(1, 5, 1), [3, 5], {}),
    "movietweetings": (TWEETINGS, "movietweetings", Scale(0, 10, 1), [10, 0],
                       {"release_year": "number", "genre": "set"}),
    "amazon-2023-csv": (AMAZON_CSV | {"meta_All_Beauty.jsonl": AMAZON_META}, "amazon-2023-csv",
                        Scale(1, 5, 1), [5, 1], {"main_category": "category", "category": "set",
                                                 "store": "category", "price": "number"}),
    "amazon-2023": (AMAZON, "amazon-2023", Scale(1, 5, 1), [5, 1],
                    {"main_category": "category", "category": "set", "store": "category",
                     "price": "number"}),
    "yelp": (YELP, "yelp", Scale(1, 5, 1), [3, 5],
             {"yelping_since": "number", "category": "set", "city": "category",
              "state": "category"}),
    "goodbooks-10k": (GOODBOOKS, "goodbooks-10k", Scale(1, 5, 1), [5, 4],
                      {"author": "set", "publication_year": "number", "language": "category"}),
    "goodbooks-10k-first": (FIRST_GOODBOOKS, "goodbooks-10k", Scale(1, 5, 1), [5, 3, 5],
                            {"author": "set", "publication_year": "number",
                             "language": "category"}),
    "anime": (ANIME, "anime", Scale(1, 10, 1), [10, 8],
              {"genre": "set", "type": "category", "episodes": "number"}),
    "jester": (JESTER, "jester", Scale(-7.82, 8.79, 4.71), [-7.82, 8.79, 4.08], {}),
    "jester-csv": (JESTER_CSV, "jester", Scale(-9.281, 0.219, 9.5), [0.219, -9.281], {}),
    "filmtrust": (FILMTRUST, "filmtrust", Scale(0.5, 4, 0.5), [2, 4, 3.5], {}),
}  # fmt: skip


def test_every_layout_has_a_case() -> None:
    assert set(CASES) == set(presets())


@pytest.mark.parametrize("key", list(CASES))
def test_layouts_are_recognised(tmp_path: Path, key: str) -> None:
    files, name, scale, values, kinds = CASES[key]
    ratings = open_dataset(str(write(tmp_path / "any", files)))
    assert ratings.name == name
    assert f"recognised by its files as {presets()[key].summary}" in ratings.understood
    np.testing.assert_allclose(ratings.value, values, rtol=1e-6)
    if presets()[key].scale:
        assert ratings.scale == scale
    fields = (*ratings.catalogue.user_fields, *ratings.catalogue.item_fields)
    assert {f.name: f.kind for f in fields} == kinds
    archive = zipped(tmp_path / "x.zip", files, "inner")
    again = open_dataset(str(archive), {"layout": key})
    assert again.sha256 == ratings.sha256
    assert ratings.licence != "unknown"


def opened(folder: Path, files: dict[str, bytes], **options: Any) -> Ratings:
    return open_dataset(str(write(folder, files)), options)


def test_what_layouts_say_of_content(tmp_path: Path) -> None:
    movies = opened(tmp_path / "a", COMMAS)
    assert field(movies, "genre") == [["Adventure", "Animation"], [], ["Drama"]]
    years = movies.catalogue.item_year
    np.testing.assert_array_equal(years, np.array([1995, 1995, np.nan], dtype=np.float32))
    assert movies.catalogue.item_title is not None
    assert movies.catalogue.item_title.tolist()[1] == "American President, The"
    yelp = opened(tmp_path / "b", YELP)
    assert field(yelp, "category") == [["Restaurants", "Food", "Tea"]]
    assert yelp.catalogue.user_fields[0].values.tolist()[0] == 2007
    anime = opened(tmp_path / "c", ANIME)
    assert '1 rows of -1 ("not rated") were dropped' in anime.notes
    assert field(anime, "genre")[0] == ["Action", "Comedy"]
    jester = opened(tmp_path / "d", JESTER)
    assert list(jester.user_id[jester.user]) == ["1", "1", "2"]
    assert list(jester.item_id[jester.item]) == ["1", "3", "3"]
    amazon = opened(tmp_path / "e", AMAZON)
    assert amazon.time is not None
    assert amazon.time.tolist() == [1588687728, 1588615855]
    assert "times are milliseconds since 1970; converted to seconds" in amazon.understood


@pytest.mark.parametrize("name", ["ml-latest-small", "ml-10m", "ml-20m", "ml-25m", "ml-32m"])
def test_editions_by_name(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLDBENCH_DATA", str(tmp_path / "home"))
    with pytest.raises(DataError, match=f"coldbench data import {name}"):
        open_dataset(name)
    files = TEN_MILLION if name == "ml-10m" else COMMAS
    import_raw(name, zipped(tmp_path / "a.zip", {**files, **BESIDE}, "ml-10M100K"))
    ratings = open_dataset(name)
    assert ratings.name == name
    assert [field.name for field in ratings.catalogue.item_fields] == ["release_year", "genre"]
    assert "as published has" in ratings.warnings[-1]
    folder = write(tmp_path / "b" / name, files)
    assert open_dataset(name, {"path": str(folder.parent)}).sha256 == ratings.sha256


def test_a_matrix_of_texts(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="1: rating is 'x'; a number is expected"):
        opened(tmp_path, {"jester-data-1.csv": b"2,-7.82,x,y,z\n"})


def test_one_million_without_users(tmp_path: Path) -> None:
    members = members_of(write(tmp_path, {k: v for k, v in ML_1M.items() if k != "users.dat"}))
    plan = preset_plan(members)
    assert plan is not None
    assert plan.editions[1_000_209] == ("ml-1m", Scale(1, 5, 1))


def test_one_hundred_thousand_without_users(tmp_path: Path) -> None:
    ratings = opened(tmp_path, {k: v for k, v in ML_100K.items() if k != "u.user"})
    assert ratings.name == "ml-100k"
    assert not ratings.catalogue.user_fields
    assert [field.name for field in ratings.catalogue.item_fields] == ["release_year", "genre"]


def test_one_million_stays_what_it_is(tmp_path: Path) -> None:
    assert opened(tmp_path, ML_1M).name == "ml-1m"


def test_an_unknown_layout(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="unknown layout 'yelb': did you mean 'yelp'"):
        opened(tmp_path, COMMAS, layout="yelb")
    with pytest.raises(DataError, match=r"ratings\.csv' are not Yelp Open Dataset.*review\.json"):
        opened(tmp_path, COMMAS, layout="yelp")


@pytest.mark.realdata
def test_the_small_edition_as_published(real_data: Path) -> None:
    folder = real_data / "official-ml-latest-small"
    if not folder.is_dir():
        pytest.skip("needs official-ml-latest-small/")
    ratings = open_dataset(str(folder))
    assert ratings.name == "ml-latest-small"
    assert len(ratings) == 100_836
    told = describe(ratings)
    assert (told["users"], told["items"], told["rated_items"]) == (610, 9_742, 9_724)
    assert [(f["name"], f["categories"], f["unknown"]) for f in told["item_fields"]] == [
        ("release_year", 0, 13), ("genre", 19, 34),
    ]  # fmt: skip
    assert ratings.scale == Scale(0.5, 5, 0.5)
    assert open_dataset("ml-latest-small", {"path": str(folder)}).sha256 == ratings.sha256
    assert not open_dataset("ml-latest-small", {"path": str(folder)}).warnings
