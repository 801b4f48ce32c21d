"""What may be wrong with data is said: ids that do not meet, repeated pairs, doubtful content."""

from pathlib import Path

import pandas as pd
import pytest

from coldbench.data import Ratings, Scale, from_frames, open_dataset
from coldbench.rng import Seeds
from coldbench.tasks import PROTOCOLS
from tests.data.odd import ITEMS, USERS, atomic, rated

AGES = [("user_id:token", "age:token"), *((user, 20 + user % 5) for user in range(1, USERS + 1))]


def said(ratings: Ratings, about: str) -> list[str]:
    return [warning for warning in ratings.warnings if about in warning]


def labelled(label: str, every: int) -> list[tuple[object, ...]]:
    rows = [(item, label if item % every == 0 else item % 4) for item in range(1, ITEMS + 1)]
    return [("item_id:token", "brand:token"), *rows]


def test_ids_of_another_writing(tmp_path: Path) -> None:
    rows = [(f"{user}.0", item, value) for user, item, value in rated()]
    (warning,) = said(open_dataset(atomic(tmp_path, rows, users=AGES)), "content row")
    assert warning == (
        "0 of 40 rated users have a content row: rated ids look like '1.0', content ids like '1'; "
        "40 more would meet if case, hyphens, leading zeros and '.0' did not count"
    )


@pytest.mark.parametrize(
    ("own", "other"), [("0195153448", "195153448"), ("034545104X", "034545104x"), ("1-2-3", "123")]
)
def test_ids_that_differ_in_writing(own: str, other: str) -> None:
    frame = pd.DataFrame({"user": [1, 2], "item": [own, "b"], "rating": [1, 2]})
    items = pd.DataFrame({"item": [other, "b"], "colour": ["red", "blue"]})
    (warning,) = said(from_frames(frame, None, items, name="m"), "content row")
    assert f"1 of 2 rated items have a content row: rated ids look like '{own}'" in warning


def test_ids_of_another_kind(tmp_path: Path) -> None:
    rows = [(f"reader{user}", item, value) for user, item, value in rated()]
    (warning,) = said(open_dataset(atomic(tmp_path, rows, users=AGES)), "content row")
    assert warning.endswith("rated ids look like 'reader1', content ids like '1'")


def test_a_few_without_content(tmp_path: Path) -> None:
    ratings = open_dataset(atomic(tmp_path, rated(), users=AGES[:-2]))
    (warning,) = said(ratings, "content row")
    assert warning == ("38 of 40 rated users have a content row; first without odd.inter:914: '39'")


def test_blanks_around_ids_are_removed(tmp_path: Path) -> None:
    rows = [(f" {user}" if item > 20 else user, item, value) for user, item, value in rated()]
    ratings = open_dataset(atomic(tmp_path, rows, users=AGES))
    assert len(ratings.user_id) == USERS
    assert not said(ratings, "content row")
    (warning,) = said(ratings, "blanks")
    assert warning.startswith("40 user ids have blanks around them, which were removed; first ")
    assert warning.endswith("' 1'")


THRICE = pd.DataFrame({"user": 1, "item": ["a", "a", "b", "a"], "rating": [1, 4, 3, 5]})


@pytest.mark.parametrize(
    ("how", "values"), [("first", [1, 4, 3, 5]), ("last", [3, 5]), ("mean", [10 / 3, 3])]
)
def test_which_of_repeated_ratings_counts(how: str, values: list[float]) -> None:
    ratings = from_frames(THRICE, name="m", repeated=how, scale=(1, 5, 1))  # type: ignore[arg-type]
    assert ratings.value.tolist() == pytest.approx(values)
    assert ratings.scale == Scale(1, 5, 0 if how == "mean" else 1)
    (warning,) = said(ratings, "repeat")
    assert warning.startswith("2 ratings repeat a (user, item) pair, of 4: of each pair ")


def test_first_and_last_go_by_time() -> None:
    timed = THRICE.assign(time=[30, 10, 5, 20])
    first = from_frames(timed, name="m", scale=(1, 5, 1))
    assert first.value.tolist() == [4, 3, 5]
    assert first.time is not None
    assert first.time.tolist() == [10, 5, 20]
    last = from_frames(timed, name="m", scale=(1, 5, 1), repeated="last")
    assert last.value.tolist() == [1, 3]
    mean = from_frames(timed, name="m", scale=(1, 5, 0), repeated="mean")
    assert mean.value.tolist() == pytest.approx([10 / 3, 3])
    assert mean.time is not None
    assert mean.time.tolist() == [10, 5]


def test_the_counting_rating_is_what_protocols_use(tmp_path: Path) -> None:
    rows = [row for user, item, _ in rated() for row in ((user, item, 1), (user, item, 5))]
    folder = atomic(tmp_path, rows)
    for how, value in (("first", 1), ("last", 5)):
        ratings = open_dataset(folder, {"repeated": how, "scale": "1,5,1"})
        split = PROTOCOLS["mixed"]().split(ratings, Seeds.joint(0))
        assert set(ratings.value[split.train.rows]) == {value}


@pytest.mark.parametrize("label", ["NULL", "?", "unknown", "n/a", "None", "-"])
def test_frequent_labels_that_say_missing(tmp_path: Path, label: str) -> None:
    often = open_dataset(atomic(tmp_path / "a", rated(), items=labelled(label, 2)))
    (warning,) = said(often, "looks like missing")
    assert warning.startswith(f"brand: 50 % of the items have the label '{label}'")
    rarely = open_dataset(atomic(tmp_path / "b", rated(), items=labelled(label, 5)))
    assert not said(rarely, "looks like missing")
    harmless = open_dataset(atomic(tmp_path / "c", rated(), items=labelled("crime", 2)))
    assert not said(harmless, "looks like missing")


def means(named: str, kind: str = "float", parts: float = 100) -> list[tuple[object, ...]]:
    rows = rated()
    values = {
        item: [float(str(value)) for _, other, value in rows if other == item]
        for item in range(1, ITEMS + 1)
    }
    of_items = [(item, round(parts * sum(one) / len(one)) / parts) for item, one in values.items()]
    return [("item_id:token", f"{named}:{kind}"), *of_items]


@pytest.mark.parametrize("kind", ["float", "token"])
def test_content_that_is_the_mean_rating(tmp_path: Path, kind: str) -> None:
    ratings = open_dataset(atomic(tmp_path, rated(), items=means("quality", kind)))
    (warning,) = said(ratings, "quality")
    assert "goes with the mean rating of the item (r = 1.00)" in warning


def test_content_that_is_the_mean_rating_rounded(tmp_path: Path) -> None:
    ratings = open_dataset(atomic(tmp_path, rated(), items=means("quality", parts=2)))
    (warning,) = said(ratings, "quality")
    assert warning.startswith("quality: is the mean rating of the item, rounded; what it knows ")


@pytest.mark.parametrize(
    ("name", "is_statistic"),
    [
        ("stars", True),
        ("average_rating", True),
        ("ratings_count", True),
        ("ratingCount", True),
        ("review_count", True),
        ("mean", True),
        ("mpaa_rating", False),
        ("age_rating", False),
        ("price", False),
        ("page_count", False),
        ("starship", False),
    ],
)
def test_content_named_like_a_statistic(tmp_path: Path, name: str, is_statistic: bool) -> None:
    rows = [("item_id:token", f"{name}:float"), *((i, i % 7) for i in range(1, ITEMS + 1))]
    ratings = open_dataset(atomic(tmp_path, rated(), items=rows))
    assert bool(said(ratings, f"{name}: its name")) == is_statistic


def test_sets_of_stars_are_people(tmp_path: Path) -> None:
    rows = [("item_id:token", "stars:token_seq"), *((i, "ann bob") for i in range(1, ITEMS + 1))]
    assert not said(open_dataset(atomic(tmp_path, rated(), items=rows)), "stars:")
