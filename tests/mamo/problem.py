"""A small made-up problem for MAMO's tests: content that explains ratings, users with a bias."""

from typing import Any

import numpy as np
import torch

from coldbench.data.ragged import Ragged
from coldbench.data.ratings import Array, Catalogue, Field, Scale
from coldbench.learning.learner import Domain, TrainingData
from coldbench.rng import generator
from coldbench.tasks.episodes import EpisodeBatch
from mamo.learner import MAMO
from mamo.switches import MAMOConfig

FIVE = Scale(1, 5, 1)
USERS, ITEMS = 40, 30


def catalogue(user_fields: bool = True, item_fields: bool = True) -> Catalogue:
    rng = np.random.default_rng(5)

    def category(name: str, size: int, count: int) -> Field:
        return Field(name, "category", size, rng.integers(0, size, count).astype(np.int32))

    users = (category("age", 5, USERS), category("job", 4, USERS))
    genres = Field("genre", "set", 6, rng.integers(0, 6, (ITEMS, 3)).astype(np.int32))
    year = Field("year", "number", 0, rng.integers(1990, 2000, ITEMS).astype(np.float32))
    items = (genres, year, category("kind", 3, ITEMS))
    return Catalogue(USERS, ITEMS, users if user_fields else (), items if item_fields else ())


def domain(scale: Scale = FIVE, **kinds: bool) -> Domain:
    return Domain(catalogue(**kinds), scale)


def learner(scale: Scale = FIVE, seed: int = 0, double: bool = False, **options: Any) -> MAMO:
    config = MAMOConfig.model_validate({"size": 4, "batch": 8, "local_loops": 3, **options})
    made = MAMO(config, domain(scale), generator(seed, "init"))
    if double:
        made.model.double()
    return made


def ratings(scale: Scale = FIVE, seed: int = 1) -> tuple[Array, Array, Array]:
    """user, item, value: every user rates half of the items; kind and age decide."""
    rng = np.random.default_rng(seed)
    known = catalogue()
    user, item = np.nonzero(rng.random((USERS, ITEMS)) < 0.5)
    kind, age = known.item_fields[2].values[item], known.user_fields[0].values[user]
    taste = np.where(kind == 1, 1.2, -0.8) * np.where(age >= 3, 1, -1)
    noise = rng.normal(0, 0.3, len(user))
    middle, unit = (scale.low + scale.high) / 2, (scale.high - scale.low) / 4
    value = np.clip(middle + unit * (taste + noise), scale.low, scale.high)
    if scale.step:
        value = scale.low + np.rint((value - scale.low) / scale.step) * scale.step
    return user, item, value.astype(np.float32)


def training(scale: Scale = FIVE) -> TrainingData:
    user, item, value = ratings(scale)
    lists, users = Ragged.grouped(np.arange(len(user)), user)
    order = lists.rows
    own = Ragged(np.arange(len(order)), lists.ptr)
    return TrainingData(user[order], item[order], value[order], own, users)


def batch(
    supports: tuple[int, ...] = (5, 3, 1, 0), query: int = 4, width: int = 0, seed: int = 3
) -> EpisodeBatch:
    """Tasks with so many support ratings each, padded to `width` or to the longest."""
    rng = np.random.default_rng(seed)
    tasks, wide = len(supports), max(width, *supports, 1)
    mask = torch.arange(wide) < torch.tensor(supports)[:, None]
    items = torch.from_numpy(rng.integers(0, ITEMS, (tasks, 40)))
    values = torch.from_numpy(rng.integers(1, 6, (tasks, 40)).astype(np.float32))
    return EpisodeBatch(
        torch.from_numpy(rng.permutation(USERS)[:tasks]),
        torch.where(mask, items[:, :wide], 0),
        torch.where(mask, values[:, :wide], 0.0),
        mask,
        items[:, 40 - query :],
        torch.ones(tasks, query, dtype=torch.bool),
    )
