"""Batches hold what the tasks say, once each, without any target."""

import dataclasses

import numpy as np
import pytest
import torch

from coldbench.data.ratings import Ratings
from coldbench.learning.learner import TrainingData
from coldbench.learning.loading import load_variant
from coldbench.rng import Seeds
from coldbench.tasks.episodes import EpisodeBatch, batches, pools
from coldbench.tasks.protocols import Separate

SEEDS = Seeds.joint(0)


def test_batches_hold_every_task_once(ratings: Ratings) -> None:
    test = Separate().split(ratings, SEEDS).test
    seen = []
    for batch, rows in batches(test, ratings, max_tasks=7, max_cells=300):
        assert batch.query_mask.sum() == len(rows)
        assert np.array_equal(batch.query_item[batch.query_mask].numpy(), ratings.item[rows])
        owner = torch.arange(len(batch))[:, None].expand_as(batch.query_mask)[batch.query_mask]
        assert np.array_equal(batch.user[owner].numpy(), ratings.user[rows])
        assert len(batch) == 1 or batch.support_mask.numel() <= 300
        seen.append(rows)
    assert np.array_equal(np.sort(np.concatenate(seen)), np.sort(test.query.rows))


def test_supports_carry_their_ratings(ratings: Ratings) -> None:
    test = Separate().split(ratings, SEEDS).test
    value = {(u, i): v for u, i, v in zip(ratings.user, ratings.item, ratings.value, strict=True)}
    batch, _ = next(batches(test, ratings, max_tasks=5))
    for user, items, values, mask in zip(
        batch.user, batch.support_item, batch.support_value, batch.support_mask, strict=True
    ):
        for item, rating in zip(items[mask], values[mask], strict=True):
            assert value[int(user), int(item)] == rating


def test_a_batch_has_no_room_for_targets() -> None:
    assert {field.name for field in dataclasses.fields(EpisodeBatch)} == {
        "user", "support_item", "support_value", "support_mask", "query_item", "query_mask",
    }  # fmt: skip


def test_training_episodes_split_each_user_anew(ratings: Ratings) -> None:
    split = Separate().split(ratings, SEEDS)
    data = TrainingData.of(ratings, split.train_user, split.train)
    first, second = (
        list(data.episodes(np.random.default_rng(seed), batch_size=8)) for seed in (0, 1)
    )
    users = torch.cat([episode.batch.user for episode in first])
    assert sorted(users.tolist()) == sorted(split.train_user[split.train.lengths >= 2].tolist())
    count = sum(int(e.batch.support_mask.sum() + e.batch.query_mask.sum()) for e in first)
    assert count == split.train.lengths[split.train.lengths >= 2].sum()
    assert not torch.equal(first[0].batch.user, second[0].batch.user)
    for episode in first:
        assert (episode.target[~episode.batch.query_mask] == 0).all()
        assert (episode.target[episode.batch.query_mask] >= 1).all()


def test_training_data_hold_training_rows_only(ratings: Ratings) -> None:
    split = Separate().split(ratings, SEEDS)
    data = TrainingData.of(ratings, split.train_user, split.train)
    assert len(data.value) == len(split.train.rows)
    assert np.array_equal(data.value, ratings.value[split.train.rows])
    for array in (data.user, data.item, data.value):
        assert not array.flags.writeable


def test_pools_take_each_task_once_and_mix() -> None:
    lengths = np.arange(100)
    cut = pools(lengths, 8, np.random.default_rng(0), pool=4)
    assert sorted(np.concatenate(cut)) == list(range(100))
    assert max(map(len, cut)) == 8


def test_random_supports_have_one_rating_to_all_and_the_same_queries(ratings: Ratings) -> None:
    """Off, nothing is drawn: the episodes, and records without the option, are as before it."""
    split = Separate().split(ratings, SEEDS)
    data = TrainingData.of(ratings, split.train_user, split.train)
    whole, drawn = (
        [
            (e.batch.support_mask.sum(1), e.batch.query_mask.sum(1), e.batch.user)
            for e in data.episodes(np.random.default_rng(0), 1000, random_support=random)
        ]
        for random in (False, True)
    )
    (most, queries, user), (few, same, again) = whole[0], drawn[0]
    order, other = user.argsort(), again.argsort()
    assert torch.equal(queries[order], same[other])
    most, few = most[order], few[other]
    assert ((few >= 1) & (few <= most)).all()
    share = float((few - 1).sum() / (most - 1).sum())
    assert 0.4 < share < 0.6
    for name in ("melu", "icl", "dropoutnet", "mamo"):
        config = load_variant(name).configure({})
        assert "random_support" not in config.model_dump(mode="json")


@pytest.mark.parametrize("range_of_ids", [1, 40, 100_000], ids=["one", "dense", "sparse"])
def test_distinct_items_are_those_of_a_sort(range_of_ids: int) -> None:
    ids = torch.randint(range_of_ids, (6, 9), generator=torch.Generator().manual_seed(0))
    flags = torch.ones(ids.shape, dtype=torch.bool)
    batch = EpisodeBatch(
        torch.arange(6), ids[:, :4], torch.ones(6, 4), flags[:, :4], ids[:, 4:], flags[:, 4:]
    )
    item, place = torch.unique(ids, return_inverse=True)
    assert torch.equal(batch.distinct[0], item)
    assert torch.equal(batch.distinct[1], place)
    assert batch.distinct[0].dtype == item.dtype
