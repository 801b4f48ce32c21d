"""The synthetic model: its facts, its oracle, its determinism."""

import os
import subprocess
import sys

import numpy as np
import pytest

from coldbench.data import open_dataset
from coldbench.data.ratings import Array, Ratings
from coldbench.data.synthetic.dataset import Synthetic
from coldbench.data.synthetic.latent import _rate, _score
from coldbench.errors import UsageError


def make(**options: float) -> Ratings:
    return Synthetic(Synthetic.Config.model_validate(options)).load()


@pytest.fixture(scope="module")
def default() -> Ratings:
    return make()


def mae(ratings: Ratings, prediction: object) -> float:
    return float(np.abs(ratings.value - prediction).mean(dtype=np.float64))


def bias_prediction(ratings: Ratings, train: Array) -> Array:
    """Global mean plus shrunk user and item biases, fitted on the rows `train`."""
    user, item, value = ratings.user, ratings.item, ratings.value.astype(np.float64)
    of_user, of_item = np.zeros(ratings.catalogue.n_users), np.zeros(ratings.catalogue.n_items)
    mean = value[train].mean()
    for _ in range(10):
        for own, other, bias, rest in (
            (item, user, of_item, of_user),
            (user, item, of_user, of_item),
        ):
            left = value[train] - mean - rest[other[train]]
            total = np.bincount(own[train], left, len(bias))
            bias[:] = total / (np.bincount(own[train], minlength=len(bias)) + 5)
    return np.asarray(np.clip(mean + of_user[user] + of_item[item], 1, 5))


def test_shape(default: Ratings) -> None:
    assert (len(default), default.catalogue.n_users, default.catalogue.n_items) == (
        60_000,
        1_000,
        800,
    )
    assert set(np.unique(default.value)) == {1, 2, 3, 4, 5}
    assert np.bincount(default.user).min() >= 20
    pairs = default.user.astype(np.int64) * 800 + default.item
    assert len(np.unique(pairs)) == 60_000
    names = [field.name for field in default.catalogue.item_fields]
    assert names == ["release_year", "mpaa_rating", "genre", "director", "actor"]
    assert [f.name for f in default.catalogue.user_fields] == [
        "age",
        "gender",
        "occupation",
        "area",
    ]


def test_long_tails_times_and_new_items(default: Ratings) -> None:
    per_user, per_item = np.bincount(default.user), np.bincount(default.item)
    assert per_user.max() > 5 * np.median(per_user)
    assert per_item.max() > 5 * np.median(per_item)
    assert default.time is not None
    same_user = default.user[1:] == default.user[:-1]
    assert (np.diff(default.time)[same_user] > 0).all()
    year = default.catalogue.item_year
    assert year is not None
    assert 0.17 < (year[default.item] >= 1998).mean() < 0.23


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_errors_are_those_of_movielens(seed: int) -> None:
    ratings = make(seed=seed)
    train = np.random.default_rng(0).random(len(ratings)) < 0.9
    held = np.flatnonzero(~train)
    bias = bias_prediction(ratings, train)
    assert 0.64 < mae(ratings, ratings.best) < 0.70
    assert 0.74 < np.abs(ratings.value - bias)[held].mean() < 0.79
    assert 0.89 < mae(ratings, ratings.value.mean()) < 0.96


def test_content_predicts_unseen_items(default: Ratings) -> None:
    """Item means regressed on genres explain part of items that the regression never saw."""
    genre = next(f for f in default.catalogue.item_fields if f.name == "genre")
    has = np.stack([(genre.values == code).any(axis=1) for code in range(1, genre.size)], axis=1)
    count = np.bincount(default.item, minlength=800)
    mean = np.bincount(default.item, default.value, 800) / np.maximum(count, 1)
    even, odd = np.arange(800) % 2 == 0, (np.arange(800) % 2 == 1) & (count >= 10)
    design = np.column_stack([has, np.ones(800)]).astype(float)
    weight = np.sqrt(count[even])
    fitted, *_ = np.linalg.lstsq(design[even] * weight[:, None], mean[even] * weight)
    assert np.corrcoef(design[odd] @ fitted, mean[odd])[0, 1] > 0.3


def test_the_oracle_is_the_conditional_median() -> None:
    """Simulated medians agree wherever the score is not a near tie, and no constant is better."""
    rng = np.random.default_rng(0)
    score = np.linspace(0.3, 5.7, 109) + 0.003
    ratings = np.clip(np.rint(score[:, None] + 0.9 * rng.standard_normal((109, 40_001))), 1, 5)
    best = np.clip(np.rint(score), 1, 5)
    clear = np.abs(score - np.floor(score) - 0.5) > 0.04
    np.testing.assert_array_equal(np.median(ratings, axis=1)[clear], best[clear])
    candidates = np.linspace(1, 5, 41)
    errors = np.abs(ratings[:, :, None][:, :4000] - candidates).mean(axis=1)
    own = np.abs(ratings[:, :4000] - best[:, None]).mean(axis=1)
    assert (own <= errors.min(axis=1) + 0.02).all()


def test_ratings_follow_the_stated_formula() -> None:
    rng = np.random.default_rng(1)
    user, item = rng.integers(0, 5, 2000), rng.integers(0, 7, 2000)
    b_u, p_u = rng.standard_normal(5), rng.standard_normal((5, 4))
    b_i, q_i = rng.standard_normal(7), rng.standard_normal((7, 4))
    score = 3.45 + b_u[:, None] + b_i + 0.38 * (p_u @ q_i.T) / 2
    by_hand = score[user, item]
    np.testing.assert_allclose(_score(user, item, b_u, p_u, b_i, q_i), by_hand, atol=1e-12)
    value, best = _rate(user, item, (b_u, p_u, b_i, q_i), 0.0, rng)
    np.testing.assert_array_equal(value, best)
    np.testing.assert_array_equal(best, np.clip(np.rint(by_hand), 1, 5))


def test_seed_and_nothing_else_decides(default: Ratings) -> None:
    state = str(np.random.get_state())  # noqa: NPY002
    assert make().sha256 == default.sha256
    assert make(seed=1).sha256 != default.sha256
    assert make(noise=0.5).sha256 != default.sha256
    assert str(np.random.get_state()) == state  # noqa: NPY002


def test_other_processes_agree(default: Ratings) -> None:
    program = (
        "from coldbench.data.synthetic.dataset import Synthetic; "
        "print(Synthetic(Synthetic.Config()).load().sha256)"
    )
    odd = {"PYTHONHASHSEED": "7", "TZ": "Asia/Kolkata", "LANG": "tr_TR.UTF-8", "LC_ALL": "C"}
    said = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **odd},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.strip() == default.sha256


@pytest.mark.parametrize(
    ("users", "items", "ratings"),
    [(1, 20, 20), (1, 200, 150), (25, 20, 500), (30, 40, 1200), (30, 40, 600), (7, 1000, 6000)],
)
def test_dense_and_tiny_sizes(users: int, items: int, ratings: int) -> None:
    made = make(n_users=users, n_items=items, n_ratings=ratings)
    pairs = made.user.astype(np.int64) * items + made.item
    assert len(np.unique(pairs)) == len(made) == ratings
    assert np.bincount(made.user, minlength=users).min() >= 20


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_ratings": 10_000}, "between 20000"),
        ({"n_users": 0}, "dataset.n_users"),
        ({"seed": -1}, "dataset.seed"),
        ({"noise": "nan"}, "dataset.noise"),
        ({"n_users": "many"}, "not 'many'"),
        ({"n_user": 5}, "did you mean 'dataset.n_users'"),
    ],
)
def test_wrong_options(options: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        open_dataset("synthetic", options)
    assert message in str(caught.value)


@pytest.mark.slow
def test_a_million_ratings() -> None:
    made = make(n_users=6040, n_items=3700, n_ratings=1_000_000)
    assert 0.63 < mae(made, made.best) < 0.70
