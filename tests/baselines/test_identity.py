"""`item_id` and `user_id`: what is known of warm items and users, and that it ends there."""

import dataclasses
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from coldbench.data.ragged import Ragged
from coldbench.data.ratings import Array, Catalogue, Field, Ratings, Scale
from coldbench.learning.identity import IdentityConfig, IdentityEmbedding, hiding
from coldbench.learning.learner import Domain, Episode, Learner, TrainingData
from coldbench.learning.loading import load_variant
from coldbench.tasks.episodes import EpisodeBatch, collate
from tests.baselines.worlds import RNG

EPISODIC = ("melu", "metahin", "fomaml", "reptile", "meta-sgd", "anil", "melu-pretrained")
AMORTISED = ("cnp", "anp", "tanp", "cmml", "lwa", "nlba", "icl", "r2d2")
NEURAL = ("plain", "plain-finetune", *EPISODIC, *AMORTISED, "mamo", "mamo-paper")
USERS, ITEMS, COLD = 60, 40, (38, 39)  # COLD items are rated, but not in training
ALIKE, OTHER = (36, 37, *COLD), 3  # ALIKE items have the same content


@cache
def planted() -> Ratings:
    """Ratings that only item effects explain; the one field of content says nothing of them."""
    rng = RNG(0)
    item = np.concatenate([rng.permutation(ITEMS)[:24] for _ in range(USERS)])
    effect = rng.normal(0, 1, ITEMS)
    effect[[36, 37]] = 1.2, -1.2
    value = 3 + effect[item] + rng.normal(0, 0.2, len(item))
    field = Field("colour", "category", 4, rng.integers(1, 4, ITEMS, dtype=np.int32))
    field.values[list(ALIKE)] = 1
    return Ratings(
        "planted",
        np.repeat(np.arange(USERS, dtype=np.int32), 24),
        item.astype(np.int32),
        value.clip(1, 5).astype(np.float32),
        None,
        Scale(1, 5, 0),
        Catalogue(USERS, ITEMS, (), (field,)),
        np.arange(USERS).astype(str),
        np.arange(ITEMS).astype(str),
    )


def rows(of_query: bool) -> Array:
    """Every fourth rating is a query, as are all of COLD items; the others are training."""
    held_out = (np.arange(len(planted())) % 4 == 0) | np.isin(planted().item, COLD)
    return np.flatnonzero(held_out == of_query)


def data() -> TrainingData:
    lists, users = Ragged.grouped(rows(False), planted().user[rows(False)])
    return TrainingData.of(planted(), users.astype(np.int64), lists)


def asking(items: list[int] | None = None) -> tuple[EpisodeBatch, Array]:
    """All users with their training ratings as support, asked for their queries or for `items`;
    and the true ratings of their queries."""
    ratings = planted()
    support, users = Ragged.grouped(rows(False), ratings.user[rows(False)])
    query, _ = Ragged.grouped(rows(True), ratings.user[rows(True)])
    batch = collate(users.astype(np.int64), support, query, ratings.item, ratings.value)
    if items is not None:
        asked = torch.tensor([items]).expand(len(users), -1)
        batch = dataclasses.replace(batch, query_item=asked, query_mask=asked >= 0)
    return batch, query.padded(ratings.value)[0]


@cache
def trained(name: str, epochs: int = 1, **options: Any) -> Learner:
    variant = load_variant(name)
    domain = Domain(planted().catalogue, planted().scale)
    config = variant.configure({"epochs": epochs, **options})
    learner = variant.learner(config, domain, RNG(0))
    for epoch in range(epochs):
        learner.train_epoch(data(), epoch, RNG(epoch))
    return learner


def error(learner: Learner) -> float:
    """MAE of the queries on warm items."""
    batch, truth = asking()
    warm = (batch.query_mask & ~torch.isin(batch.query_item, torch.tensor(COLD))).numpy()
    found: float = np.abs(learner.predict(batch).numpy() - truth)[warm].mean()
    return found


@pytest.mark.parametrize("name", NEURAL)
def test_a_warm_item_is_known_by_its_id_and_a_cold_one_is_not(name: str) -> None:
    batch, _ = asking(list(ALIKE))
    with_id = trained(name, item_id=True).predict(batch)
    assert (with_id[:, 0] != with_id[:, 1]).any()
    torch.testing.assert_close(with_id[:, 2], with_id[:, 3])
    without = trained(name).predict(batch)
    for other in (1, 2, 3):
        torch.testing.assert_close(without[:, 0], without[:, other])


@pytest.mark.parametrize("name", NEURAL)
def test_training_moves_the_offsets_of_warm_items_alone(name: str) -> None:
    learner = trained(name, item_id=True)
    found = module(learner)
    items = found.identified if name.startswith("mamo") else found.item
    moved = items.offsets(torch.arange(ITEMS)).detach()
    assert (moved[: COLD[0]] != 0).all()
    assert len(set(moved[list(COLD)].tolist())) == 1  # of unknown ids


@pytest.mark.parametrize(
    "name",
    [
        "melu",
        "tanp",
        pytest.param("icl", marks=pytest.mark.thorough),
        pytest.param("plain-finetune", marks=pytest.mark.thorough),
        pytest.param("mamo", marks=pytest.mark.thorough),
    ],
)
def test_item_effects_are_learned_without_content(name: str) -> None:
    """With ids near item-mean, without them at the best constant."""
    tuned = {"epochs": 20, "batch_size": 8, "rate": 0.01}
    if name == "mamo":
        tuned["batch"] = tuned.pop("batch_size")
    mean, median = error(trained("item-mean")), error(trained("global-median"))
    assert mean < median / 3
    assert error(trained(name, item_id=True, **tuned)) < mean + (median - mean) / 6
    assert error(trained(name, **tuned)) > median - (median - mean) / 6


@pytest.mark.parametrize("name", ["melu", "icl", "plain", "mamo"])
def test_predictions_teach_no_id(name: str) -> None:
    learner = trained(name, item_id=True)
    before = {k: v.clone() for k, v in module(learner).state_dict().items()}
    learner.predict(asking()[0])
    for key, value in module(learner).state_dict().items():
        assert torch.equal(value, before[key]), key


def module(learner: Any) -> torch.nn.Module:
    """What a learner predicts with."""
    found: torch.nn.Module = (learner.update if hasattr(learner, "update") else learner).predictor
    return found


@pytest.mark.parametrize("name", ["melu", "icl", "plain", "mamo"])
def test_an_item_that_comes_later_is_a_cold_item(name: str) -> None:
    known = trained(name, item_id=True)
    learner = trained.__wrapped__(name, item_id=True)
    old, (field,) = planted().catalogue, planted().catalogue.item_fields
    for more in (1, 2):  # twice, for a place that grows must grow again
        values = np.append(field.values, np.repeat(field.values[COLD[0]], more))
        grown = (dataclasses.replace(field, values=values.astype(np.int32)),)
        learner.extend(Domain(Catalogue(USERS, ITEMS + more, (), grown), planted().scale))
    asked = [*ALIKE, OTHER]
    found = learner.predict(asking([*asked, ITEMS, ITEMS + 1])[0])
    torch.testing.assert_close(found[:, :5], known.predict(asking(asked)[0]))
    torch.testing.assert_close(found[:, 5:], found[:, 2:4])
    assert old.n_items == ITEMS


def test_user_ids_teach_plain_who_a_training_user_is() -> None:
    batch, _ = asking([OTHER])
    spread = {on: trained("plain", user_id=on).predict(batch).std() for on in (False, True)}
    assert spread[False] < 1e-6 < 1e-4 < spread[True]


def test_hidden_ids_are_unknown_in_every_cell() -> None:
    embedding = IdentityEmbedding(planted().catalogue.item_fields, ITEMS, 4, RNG(0))
    with torch.no_grad():
        embedding.offset.copy_(torch.arange(len(embedding.offset)))
    index = torch.arange(4).view(2, 2)
    hidden = embedding.hide(index, torch.tensor([[True], [False]]))
    assert embedding.offsets(hidden).tolist() == [[0, 0], [3, 4]]
    same = embedding(index)
    same[0, :, -4:] = embedding.id_weights[0][0]
    torch.testing.assert_close(embedding(hidden), same)


def test_hiding_asks_no_other_device_for_the_items() -> None:
    """Of a device that cannot be asked, what is distinct comes with the batch."""
    items = IdentityEmbedding(planted().catalogue.item_fields, ITEMS, 4, RNG(0))
    episode = next(data().episodes(RNG(1), 8))
    away = Episode(episode.batch.to("meta"), episode.target)
    here, there = (
        hiding(items, one, 0.5, torch.Generator().manual_seed(2)).batch for one in (episode, away)
    )
    assert here.distinct[0].max() >= ITEMS > here.distinct[0].min()
    assert there.query_item.is_meta
    assert [part.shape for part in there.distinct] == [part.shape for part in here.distinct]


@pytest.mark.parametrize("name", ["cnp", "plain", "mamo"])
def test_an_id_is_known_from_so_many_ratings_on(name: str) -> None:
    """Items of the same content are told apart by their ids alone, where they are known."""
    batch, _ = asking([36, 37, COLD[0]])
    count = np.bincount(data().item, minlength=ITEMS)[[36, 37]].tolist()
    for least in (min(count), max(count), max(count) + 1):
        found = trained(name, 1, item_id=True, item_id_least=least).predict(batch)
        unknown = [torch.equal(found[:, place], found[:, 2]) for place in (0, 1)]
        assert unknown == [one < least for one in count]


@pytest.mark.parametrize("name", NEURAL)
def test_a_configuration_without_ids_is_recorded_as_before(name: str) -> None:
    variant = load_variant(name)
    off = variant.configure({"item_id_dropout": 0.5}).model_dump(mode="json")
    assert not [key for key in off if "_id" in key or key == "id_decay"]
    on = variant.configure({"item_id": True}).model_dump(mode="json")
    assert set(on) - set(off) == {
        "item_id", "item_id_dropout", "item_id_least", "id_decay",
    }  # fmt: skip
    assert variant.configure(on).model_dump(mode="json") == on


def test_an_option_of_a_stranger_is_recorded_whatever_its_name() -> None:
    class Stranger(IdentityConfig):
        user_id_size: int = 8

    written = Stranger(user_id_size=16).model_dump(mode="json")
    assert written["user_id_size"] == 16
    assert not written.keys() & IdentityConfig.id_space.keys()


@pytest.mark.parametrize(
    "name", ["plain-id", "metaemb", "mwuf", "dropoutnet", "svdpp-fold", "deepfm"]
)
def test_learners_that_have_ids_take_no_further_ones(name: str) -> None:
    variant = load_variant(name)
    with pytest.raises(ValidationError, match="of its own: leave the option out"):
        variant.configure({"item_id": True})
    assert not [key for key in variant.dimensions() if "_id" in key or key == "id_decay"]
