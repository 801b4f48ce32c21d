"""The scale that is inferred from the ratings, and values that may say "not rated"."""

import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coldbench.data import Ratings, Scale, from_frames, open_dataset
from coldbench.errors import DataError, UsageError
from tests.data.odd import atomic, rated

Draw = Callable[[random.Random], object]


def of(levels: list[float]) -> Ratings:
    frame = pd.DataFrame({"user": 1, "item": range(len(levels)), "rating": levels})
    return from_frames(frame, name="m")


@pytest.mark.parametrize(
    ("levels", "step"),
    [
        ([1, 2, 3, 4, 5], 1),
        ([0, 7, 10], 1),
        ([2, 4, 10], 2),
        ([0.5, 1, 3.5], 0.5),
        ([1, 2.5, 3.3333333, 3.3333334, 5], 1 / 6),
        ([1.1, 1.4, 2.3], 0.3),
        ([1, 2, 3, 4, 4.999997, 5], 1),
        (list(range(1, 101)), 1),
        (list(range(101)), 0),
        ([0, 0.01, 5], 0),
        ([-10, 3, 10], 1),
    ],
)
def test_the_step_is_the_greatest_common_divisor(levels: list[float], step: float) -> None:
    scale = of(levels).scale
    assert (scale.low, scale.high) == (min(levels), max(levels))
    assert scale.step == pytest.approx(step, rel=1e-6)


def test_an_inferred_scale_is_said(tmp_path: Path) -> None:
    folder = atomic(tmp_path, rated(lambda rng: rng.choice([1, 7, 10])))
    (warning,) = open_dataset(folder).warnings
    assert warning == (
        "the scale 1..10 by 3 was inferred from the ratings (3 of its 4 levels occur); if it is "
        "another, give it: --set dataset.scale=low,high,step"
    )
    given = open_dataset(folder, {"scale": "1,10,1"})
    assert given.scale == Scale(1, 10, 1)
    assert given.warnings == ()


def test_a_continuous_scale_is_said_and_can_be_given(tmp_path: Path) -> None:
    folder = atomic(tmp_path, rated(lambda rng: round(rng.uniform(1, 5), 3)))
    ratings = open_dataset(folder)
    assert ratings.scale.step == 0
    low, high, _ = ratings.scale
    assert ratings.scale.stepped == Scale(low, high, (high - low) / 20)
    assert "so it is continuous (step 0)" in ratings.warnings[0]
    assert open_dataset(folder, {"scale": "0,10,0"}).scale == Scale(0, 10, 0)


@pytest.mark.parametrize(
    ("draw", "suspects"),
    [
        (lambda rng: -1 if rng.random() < 0.2 else rng.randint(1, 10), "-1"),
        (lambda rng: rng.randint(0, 10), "0"),
        (lambda rng: rng.choice([-1, 0, 1, 2, 3, 4, 5]), "-1,0"),
        (lambda rng: 99 if rng.random() < 0.2 else rng.uniform(-10, 10), "99"),
        (lambda rng: rng.choice([0, 1]), ""),
        (lambda rng: rng.choice([-1, 0, 1]), ""),
        (lambda rng: rng.randint(-10, 10), ""),
        (lambda rng: rng.randint(1, 100), ""),
        (lambda rng: rng.uniform(0, 100), ""),
    ],
)
def test_values_like_not_rated_are_asked_about(tmp_path: Path, draw: Draw, suspects: str) -> None:
    folder = atomic(tmp_path, rated(draw))
    asked = [warning for warning in open_dataset(folder).warnings if "not rated" in warning]
    assert len(asked) == len([value for value in suspects.split(",") if value])
    assert all(f"--set dataset.missing={suspects}" in warning for warning in asked)


def test_missing_ratings_are_dropped(tmp_path: Path) -> None:
    rows = rated(lambda rng: -1 if rng.random() < 0.2 else rng.randint(1, 10))
    absent = sum(row[2] == -1 for row in rows)
    ratings = open_dataset(atomic(tmp_path, rows), {"missing": "-1,0"})
    assert len(ratings) == 960 - absent
    assert ratings.scale == Scale(1, 10, 1)
    assert ratings.understood[-1] == f'-1, 0 says "not rated": {absent} ratings dropped'
    with pytest.raises(DataError, match='all 960 ratings say "not rated"'):
        open_dataset(atomic(tmp_path, rated(lambda rng: 0)), {"missing": "0"})


def test_places_stay_true_after_dropping(tmp_path: Path) -> None:
    rows = [(1, 1, -1), (1, 2, 3), (2, 1, 9)]
    folder = atomic(tmp_path, rows)
    with pytest.raises(DataError, match=r"odd\.inter:4: rating 9 is outside"):
        open_dataset(folder, {"missing": "-1", "scale": "1,5,1"})
    frame = pd.DataFrame(rows, columns=["user", "item", "rating"])
    with pytest.raises(DataError, match="ratings row 2: rating 9 is outside"):
        from_frames(frame, name="m", missing=-1, scale=(1, 5, 1))


def test_who_has_no_other_rating_goes_too() -> None:
    frame = pd.DataFrame({"user": [1, 2, 3], "item": [1, 1, 2], "rating": [-1, 2, 3]})
    ratings = from_frames(frame, name="m", missing=(-1,))
    assert ratings.user_id.tolist() == ["2", "3"]
    np.testing.assert_array_equal(ratings.value, [2, 3])


def test_wrong_options() -> None:
    frame = pd.DataFrame({"user": [1], "item": [1], "rating": [3]})
    with pytest.raises(UsageError, match="missing = 'x'"):
        from_frames(frame, name="m", missing="x")
    with pytest.raises(UsageError, match="unknown choice of repeated 'best'"):
        from_frames(frame, name="m", repeated="best")  # type: ignore[arg-type]
