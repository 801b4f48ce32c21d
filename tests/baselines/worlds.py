"""A small random world for the tests of learners: catalogue, training data and batches."""

import numpy as np

from coldbench.data.ragged import Ragged
from coldbench.data.ratings import Catalogue, Field, Ratings, Scale
from coldbench.learning.learner import Domain, Episode, TrainingData
from coldbench.tasks.episodes import EpisodeBatch

RNG = np.random.default_rng


def catalogue(n_users: int, n_items: int, rng: np.random.Generator) -> Catalogue:
    year = rng.integers(1950, 2000, n_items).astype(np.float32)
    year[:3] = np.nan
    return Catalogue(
        n_users,
        n_items,
        (
            Field("age", "category", 6, rng.integers(0, 6, n_users, dtype=np.int32)),
            Field("zip", "category", 150, rng.integers(0, 150, n_users, dtype=np.int32)),
        ),
        (
            Field("year", "number", 0, year),
            Field("genre", "set", 9, rng.integers(0, 9, (n_items, 3), dtype=np.int32)),
        ),
    )


def world(
    n_users: int = 40,
    n_items: int = 60,
    scale: Scale = Scale(1, 5, 1),
    content: bool = True,
    seed: int = 0,
) -> Ratings:
    """Ratings with effects of users, items and one genre; 4..30 ratings a user."""
    rng = RNG(seed)
    known = catalogue(n_users, n_items, rng)
    if not content:
        known = Catalogue(n_users, n_items)
    counts = rng.integers(4, min(31, n_items), n_users)
    item = np.concatenate([rng.permutation(n_items)[:n] for n in counts])
    user = np.repeat(np.arange(n_users), counts)
    taste = rng.normal(0, 0.6, n_users)[user] + rng.normal(0, 0.5, n_items)[item]
    grade = 3.4 + taste + rng.normal(0, 0.6, len(user))
    low, high, step = scale
    value = low + (high - low) * (grade - 1) / 4
    value = np.clip(np.rint(value / step) * step if step else value, low, high)
    return Ratings(
        "world",
        user.astype(np.int32),
        item.astype(np.int32),
        value.astype(np.float32),
        None,
        scale,
        known,
        np.arange(n_users).astype(str),
        np.arange(n_items).astype(str),
    )


def training(ratings: Ratings) -> TrainingData:
    lists, users = Ragged.grouped(np.arange(len(ratings)), ratings.user)
    return TrainingData.of(ratings, users.astype(np.int64), lists)


def domain(ratings: Ratings) -> Domain:
    return Domain(ratings.catalogue, ratings.scale)


def with_empty_support(episode: Episode) -> Episode:
    """The same episode, its first task without support."""
    b = episode.batch
    mask = b.support_mask.clone()
    mask[0] = False
    rest = mask, b.query_item, b.query_mask
    return Episode(EpisodeBatch(b.user, b.support_item, b.support_value, *rest), episode.target)
