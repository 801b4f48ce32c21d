"""gbdt-stack: it finds what only the base models see; no feature of a row has its own rating."""

import dataclasses

import numpy as np
import pytest
import torch

from baselines.trees.base_scores import BaseModels, as_new_items, folds
from baselines.trees.gbdt import GBDT
from baselines.trees.gbdt_stack import GBDTStack, GBDTStackConfig
from coldbench.data.ratings import Array, Catalogue, Ratings, Scale
from coldbench.learning.learner import Domain, Learner, TrainingData
from tests.baselines.worlds import RNG, domain, training, world

SMALL = GBDTStackConfig(trees=20, rate=0.2, leaf_ratings=10, folds=3, sweeps=8)


def taste_and_kind(n_users: int = 150, n_items: int = 30) -> Ratings:
    """Ratings 4 where a user's hidden taste is the item's hidden kind, else 2: no user, no item
    and no content says anything alone."""
    rng = RNG(3)
    taste, kind = rng.choice([-1, 1], n_users), rng.choice([-1, 1], n_items)
    user, item = (part.ravel() for part in np.indices((n_users, n_items)))
    chosen = rng.random(len(user)) < 0.7
    user, item = user[chosen].astype(np.int32), item[chosen].astype(np.int32)
    value = (3 + taste[user] * kind[item]).astype(np.float32)
    known, names = Catalogue(n_users, n_items), np.arange(n_users).astype(str)
    return Ratings("hidden", user, item, value, None, Scale(1, 5, 1), known, names, names[:n_items])


def error(learner: Learner, data: TrainingData) -> float:
    learner.train_epoch(data, 0, RNG(1))
    episode = next(data.episodes(RNG(7), batch_size=64))
    difference = learner.predict(episode.batch) - episode.target
    return float(difference[episode.batch.query_mask].abs().mean())


def test_it_finds_what_only_the_base_models_see() -> None:
    """Both fit these users' own ratings, but what tells them apart is no feature of gbdt."""
    ratings = taste_and_kind()
    given = SMALL, domain(ratings), RNG(0)
    assert error(GBDT(*given), training(ratings)) > 0.8
    assert error(GBDTStack(*given), training(ratings)) < 0.2


def table(value: Array, data: TrainingData, ratings: Ratings) -> tuple[Array, Array]:
    """The rows of one epoch, were the training ratings these."""
    learner = GBDTStack(SMALL, domain(ratings), RNG(0))
    learner.model = None
    rng = RNG(1)
    learner._fit_base(dataclasses.replace(data, value=value), rng)
    return learner._table(rng)


def test_no_feature_moves_with_its_own_rating() -> None:
    """Not by a bit, for whichever rating: rows are known by their targets, which do move."""
    ratings = world(30, 40)
    data = training(ratings)
    x, y = table(data.value, data, ratings)
    asked = 0
    for row in RNG(5).choice(len(data.value), 12, replace=False):
        changed = data.value.copy()
        changed[row] = 1 if changed[row] > 3 else 5
        other_x, other_y = table(changed, data, ratings)
        assert not np.array_equal(x, other_x)  # it is in the features of others
        own = np.abs((other_y - y) - (changed - data.value)[row]) < 1e-6
        asked += own.sum()
        assert np.array_equal(x[own], other_x[own])
    assert asked >= 4  # about half of the ratings are asked for, the others are in a support


def test_a_fold_is_fitted_to_the_users_outside_it() -> None:
    """Its models equal those of a data set that never had its users."""
    ratings = world(24, 30)
    data = training(ratings)
    parts = list(folds(data, 3, domain(ratings), (2, 2.0, 5.0), RNG(0)))
    users = np.concatenate([part.data.task_user for part in parts])
    assert np.array_equal(np.sort(users), data.task_user)
    for part in parts:
        mine = np.isin(data.user, part.data.task_user)
        assert np.array_equal(np.sort(part.data.value), np.sort(data.value[mine]))
        assert part.base.mean == pytest.approx(data.value[~mine].mean(dtype=np.float64))
        count = np.bincount(data.item[~mine], minlength=30)
        assert np.array_equal(part.base.known.number[:30], count)
        assert not part.base.known.number[30:].any()


def test_an_item_asked_about_as_new_is_its_content() -> None:
    """Two items of equal content differ by their ratings, and do not differ as new ones."""
    ratings = world(60, 20)
    data, like = training(ratings), np.array([5, 5, *range(2, 20)])
    fields = tuple(
        dataclasses.replace(field, values=field.values[like])
        for field in ratings.catalogue.item_fields
    )
    known = Domain(dataclasses.replace(ratings.catalogue, item_fields=fields), ratings.scale)
    base = next(folds(data, 3, known, (4, 2.0, 5.0), RNG(0))).base
    batch = next(data.episodes(RNG(1), batch_size=8)).batch
    pair = torch.tensor([[0, 1]]).expand(8, -1)
    batch = dataclasses.replace(batch, query_item=pair, query_mask=torch.ones(8, 2).bool())
    for new in (False, True):
        asked = as_new_items(batch, torch.full((8,), new), 20)
        first, second = base.scores(asked).unbind(1)
        equal = torch.isclose(first, second, atol=1e-9).all(0)
        assert equal.tolist() == [new] * 3


def test_without_ratings_the_base_models_stay_untrained() -> None:
    """One training user: nobody is outside its fold."""
    ratings = world(1, 30)
    data = training(ratings)
    learner = GBDTStack(SMALL, domain(ratings), RNG(0))
    learner.train_epoch(data, 0, RNG(1))
    batch = next(data.episodes(RNG(7))).batch
    assert torch.isfinite(learner.predict(batch)).all()
    assert isinstance(learner.base, BaseModels)
