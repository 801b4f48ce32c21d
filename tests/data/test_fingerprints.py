"""Two fingerprints: rows, which with times and years decide every episode, and content."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coldbench.data import (
    Ratings,
    from_frames,
    keep,
    open_dataset,
    open_prepared,
    withheld,
    without_values,
)
from coldbench.rng import Seeds
from coldbench.tasks import PROTOCOLS
from tests.data.files import ML_100K, edited, write

ATOMIC_100K = {
    "ml-100k.inter": b"user_id:token\titem_id:token\trating:float\ttimestamp:float\n"
    + ML_100K["u.data"],
    "ml-100k.item": b"item_id:token\trelease_year:token\tclass:token_seq\n"
    b"1\t1995\tAnimation Children's Comedy\n2\t\tunknown\n3\t1994\tDrama\n",
}
CHANGES = [
    (b"3\t881250949", b"4\t881250949"),  # a value
    (b"1\t1\t3", b"2\t1\t3"),  # a user
    (b"1\t1\t3", b"1\t3\t3"),  # an item
]


def in_a_frame(data: bytes = ML_100K["u.data"]) -> Ratings:
    rows = [list(map(int, line.split(b"\t"))) for line in data.splitlines()]
    frame = pd.DataFrame(rows, columns=["user", "item", "rating", "time"])
    return from_frames(frame, name="mine", scale=(1, 5, 1))


def read(folder: Path, files: dict[str, bytes]) -> Ratings:
    return open_dataset(str(write(folder, files)))


def test_editions_have_equal_rows_and_other_content(tmp_path: Path) -> None:
    official = read(tmp_path / "official", ML_100K)
    atomic, frame = read(tmp_path / "ml-100k", ATOMIC_100K), in_a_frame()
    assert official.rows_sha256 == atomic.rows_sha256 == frame.rows_sha256
    assert len({one.content_sha256 for one in (official, atomic, frame)}) == 3
    assert len({one.sha256 for one in (official, atomic, frame)}) == 3


def test_titles_times_and_scale_are_no_rows(tmp_path: Path) -> None:
    base = in_a_frame()
    later = in_a_frame(ML_100K["u.data"].replace(b"881250949", b"881250950"))
    renamed = read(tmp_path, edited(ML_100K, "u.item", b"Toy Story", b"Toys"))
    assert base.rows_sha256 == later.rows_sha256 == renamed.rows_sha256
    assert renamed.content_sha256 == read(tmp_path / "b", ML_100K).content_sha256


@pytest.mark.parametrize(("old", "new"), CHANGES)
def test_values_users_and_items_are_rows(old: bytes, new: bytes) -> None:
    assert in_a_frame().rows_sha256 != in_a_frame(ML_100K["u.data"].replace(old, new)).rows_sha256


def test_order_and_unrated_ids_are_rows(tmp_path: Path) -> None:
    """Protocols draw from all users and items, and take the first row of a pair."""
    lines = ML_100K["u.data"].splitlines()
    assert in_a_frame(b"\n".join(lines[::-1])).rows_sha256 != in_a_frame().rows_sha256
    another = ML_100K["u.user"] + b"3|20|F|artist|12345\n"
    wider = read(tmp_path, {**ML_100K, "u.user": another})
    assert wider.rows_sha256 != in_a_frame().rows_sha256


def test_fingerprints_outlive_cache_and_copies() -> None:
    ratings = in_a_frame()
    keep(ratings)
    opened = open_prepared(ratings.sha256)
    assert opened.rows_sha256 == without_values(opened).rows_sha256 == ratings.rows_sha256
    assert opened.content_sha256 == ratings.content_sha256
    value = np.full(len(ratings), 2, dtype=np.float32)
    assert replace(ratings, value=value, sha256="").rows_sha256 != ratings.rows_sha256


def test_what_is_said_outlives_cache_and_copies() -> None:
    frame = pd.DataFrame({"user": [1, 2], "item": [1, 1], "rating": [1, -1], "time": [1e12, 2e12]})
    ratings = from_frames(frame, name="m", missing=-1)
    keep(ratings)
    opened = open_prepared(ratings.sha256)
    for one in (opened, withheld(opened, np.array([0])), replace(opened, name="other")):
        assert one.warnings == ratings.warnings != ()
        assert one.understood == ratings.understood
    assert len(ratings.understood) == 2


def test_kept_frames_say_what_is_said_of_them_now() -> None:
    ratings = in_a_frame()
    keep(ratings)
    other = keep(replace(ratings, name="other", warnings=("look",), understood=("so",)))
    assert (other.name, other.warnings, other.understood) == ("other", ("look",), ("so",))


def frames(seed: int = 0, content: str = "") -> Ratings:
    rng = np.random.default_rng(seed)
    user, item = (part.ravel() for part in np.indices((60, 60)))
    chosen = np.sort(rng.permutation(len(user))[:2400])
    ratings = pd.DataFrame({"user": user, "item": item, "rating": rng.integers(1, 6, len(user))})
    items = pd.DataFrame({"item": range(60), "year": rng.integers(1980, 2000, 60)})
    if content:
        items["genre"] = [f"{content}{place % 5}" for place in range(60)]
    return from_frames(ratings.iloc[chosen], None, items, name="m", scale=(1, 5, 1))


@pytest.mark.parametrize("name", ["separate", "mixed", "all"])
def test_equal_rows_mean_equal_episodes(name: str) -> None:
    one, other = frames(), frames(content="drama")
    assert one.rows_sha256 == other.rows_sha256
    assert one.sha256 != other.sha256
    for seed in (0, 1):
        a, b = (PROTOCOLS[name]().split(one_of, Seeds.joint(seed)) for one_of in (one, other))
        assert len(a.test)
        assert (a.split_sha256, a.episode_sha256) == (b.split_sha256, b.episode_sha256)


def test_years_decide_cold_items_besides() -> None:
    """The exception that the documentation names."""
    one = frames()
    (year,) = one.catalogue.item_fields
    later = replace(year, values=year.values[::-1].copy())
    other = replace(one, catalogue=replace(one.catalogue, item_fields=(later,)), sha256="")
    assert one.rows_sha256 == other.rows_sha256
    splits = [PROTOCOLS["separate"]().split(each, Seeds.joint(0)) for each in (one, other)]
    assert splits[0].split_sha256 != splits[1].split_sha256
