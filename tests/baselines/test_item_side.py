"""Learners with item ids and latent factors: what a cold item gets, and from what."""

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest
import torch

from baselines.item_side.dropoutnet import DropoutNet, DropoutNetConfig
from baselines.item_side.item_batches import Raters, halves, item_content, output
from baselines.item_side.item_ids import id_weight, with_item_ids
from baselines.item_side.metaemb import MetaEmb, MetaEmbConfig
from baselines.item_side.mwuf import MWUF, MWUFConfig
from baselines.item_side.plain_id import PlainId, PlainIdConfig
from baselines.network import ContentNetwork
from coldbench.data.ragged import Ragged
from coldbench.errors import Declined
from coldbench.learning.learner import Domain, Learner, TrainingData
from coldbench.tasks.episodes import EpisodeBatch
from tests.baselines.worlds import RNG, domain, training, world

WORLD = world()
COLD = 5


def data() -> TrainingData:
    """Without any rating of item COLD."""
    rows = np.flatnonzero(WORLD.item != COLD)
    lists, users = Ragged.grouped(rows, WORLD.user[rows])
    return TrainingData.of(WORLD, users.astype(np.int64), lists)


def trained(learner: Learner) -> Learner:
    for epoch in range(2):
        learner.train_epoch(data(), epoch, RNG(epoch))
    return learner


def batch() -> EpisodeBatch:
    return next(data().episodes(RNG(1), batch_size=8)).batch


MAKERS: dict[str, Callable[[Domain], Learner]] = {
    "dropoutnet": lambda d: DropoutNet(DropoutNetConfig(embedding=4), d, RNG(0)),
    "metaemb": lambda d: MetaEmb(MetaEmbConfig(embedding=4), d, RNG(0)),
    "mwuf": lambda d: MWUF(MWUFConfig(embedding=4), d, RNG(0)),
}


@pytest.mark.parametrize("name", MAKERS)
def test_declines_without_content(name: str) -> None:
    with pytest.raises(Declined, match=f"{name} makes a cold item's embedding") as caught:
        MAKERS[name](domain(world(content=False)))
    assert "\n" not in str(caught.value)


def test_ids_are_one_more_field() -> None:
    fields = with_item_ids(domain(WORLD)).catalogue.item_fields
    assert fields[:-1] == WORLD.catalogue.item_fields
    assert fields[-1].values.tolist() == list(range(1, 61))


def test_plain_id_reads_the_id_of_warm_items_only() -> None:
    learner = trained(PlainId(PlainIdConfig(embedding=4, tune_steps=0), domain(WORLD), RNG(0)))
    assert isinstance(learner, PlainId)
    assert learner.plain.optimiser is not None
    network, asked = learner.plain.optimiser.averaged, torch.tensor([COLD, COLD + 1])
    before = network.item(asked).detach()
    with torch.no_grad():
        id_weight(network)[1:] += 1.0
    moved = (network.item(asked) - before).abs().sum(1).detach()
    assert moved[0] == 0
    assert moved[1] == pytest.approx(4.0)
    with torch.no_grad():
        id_weight(network)[0] += 1.0
    assert (network.item(asked) - before)[0, -4:].tolist() == pytest.approx([1.0] * 4)


def test_halves_are_disjoint_ratings_of_the_item() -> None:
    known = data()
    real = {(int(u), int(i)): float(v)
            for u, i, v in zip(known.user, known.item, known.value, strict=True)}  # fmt: skip
    seen = []
    for item, first, second in halves(known, RNG(0), 16, 3):
        for place, i in enumerate(item.tolist()):
            sides = []
            for part in (first, second):
                mask = part.mask[place]
                users = part.user[place, mask].tolist()
                assert 1 <= len(users) <= 3
                assert part.value[place, mask].tolist() == [real[u, i] for u in users]
                sides.append(set(users))
            assert not sides[0] & sides[1]
            seen.append(i)
    counts = np.bincount(known.item)
    assert sorted(seen) == np.flatnonzero(counts >= 2).tolist()


def base_of(learner: MetaEmb | MWUF) -> ContentNetwork:
    assert learner.plain.optimiser is not None
    return learner.plain.optimiser.averaged


def test_output_with_the_own_id_is_the_networks() -> None:
    learner = trained(MAKERS["metaemb"](domain(WORLD)))
    assert isinstance(learner, MetaEmb)
    base, item = base_of(learner), torch.tensor([3, 9])
    user = torch.tensor([[0, 1, 2], [4, 5, 6]])
    got = output(base, user, item_content(base, item), id_weight(base)[item + 1])
    expected = base(user.reshape(-1), item.repeat_interleave(3)).reshape(2, 3)
    torch.testing.assert_close(got, expected)


def test_metaemb_loss_is_a_step_of_each_item() -> None:
    """Against autograd, item by item."""
    learner = trained(MAKERS["metaemb"](domain(WORLD)))
    assert isinstance(learner, MetaEmb)
    base, c = base_of(learner), learner.config
    item, first, second = next(halves(data(), RNG(0), 6, 4))
    expected = []
    for place in range(len(item)):

        def loss(phi: torch.Tensor, part: Raters, place: int = place) -> torch.Tensor:
            mask = part.mask[place]
            content = item_content(base, item[place : place + 1])
            predicted = output(base, part.user[place : place + 1, mask], content, phi)[0]
            return (predicted - base.normal(part.value[place, mask])).abs().mean()

        phi = learner.generated(item_content(base, item[place : place + 1]))
        cold = loss(phi, first)
        (slope,) = torch.autograd.grad(cold, phi, retain_graph=True)
        warm = loss(phi - c.warm_rate * slope, second)
        expected.append(c.alpha * cold + (1 - c.alpha) * warm)
    got = learner.meta_loss(base, item, first, second)
    torch.testing.assert_close(got, torch.stack(expected).mean())


def test_metaemb_gives_cold_items_what_the_generator_makes() -> None:
    learner = trained(MAKERS["metaemb"](domain(WORLD)))
    assert isinstance(learner, MetaEmb)
    base, cold = base_of(learner), torch.tensor([COLD])
    expected = learner.generated(item_content(base, cold))
    torch.testing.assert_close(base.item(cold)[:, -4:], expected)
    warm = torch.tensor([COLD + 1])
    torch.testing.assert_close(base.item(warm)[:, -4:], id_weight(base)[warm + 1])


def test_mwuf_scales_and_shifts_the_common_embedding() -> None:
    learner = trained(MAKERS["mwuf"](domain(WORLD)))
    assert isinstance(learner, MWUF)
    base, cold, start = base_of(learner), torch.tensor([COLD]), learner.meta.start
    scale = 1 + learner.meta.scaling(item_content(base, cold))
    empty = learner.meta.shifting(torch.zeros(1, 1 + base.user.width))
    torch.testing.assert_close(base.item(cold)[:, -4:], start * scale + empty)
    user = torch.tensor([[2, 3]])
    raters = Raters(user, torch.tensor([[5.0, 1.0]]), torch.tensor([[True, False]]))
    read = torch.cat([torch.ones(1), base.user(user[0, :1])[0]]) * base.normal(torch.tensor(5.0))
    expected = start * scale + learner.meta.shifting(read[None])
    torch.testing.assert_close(learner.warm(base, cold, raters), expected)


def test_the_common_embedding_starts_as_the_mean_of_the_ids() -> None:
    learner = MWUF(MWUFConfig(embedding=4, meta_rate=1e-30), domain(WORLD), RNG(0))
    learner.train_epoch(data(), 0, RNG(0))
    ids = id_weight(base_of(learner)).detach()
    mean = ids[torch.from_numpy(np.unique(data().item)) + 1].mean(0)
    torch.testing.assert_close(learner.meta.start.detach(), mean)


def test_mwuf_gives_cold_items_what_content_tells_of_the_ids() -> None:
    """Where content tells the ids, whose mean is about 0, scaling has to tell cold items apart."""
    rows = np.flatnonzero(WORLD.item >= 20)
    lists, users = Ragged.grouped(rows, WORLD.user[rows])
    known = TrainingData.of(WORLD, users.astype(np.int64), lists)
    learner = MWUF(MWUFConfig(embedding=4, item_batch=8), domain(WORLD), RNG(0))
    learner.train_epoch(known, 0, RNG(0))
    base = base_of(learner)
    with torch.no_grad():
        told = (
            item_content(base, torch.arange(60))
            @ torch.from_numpy(RNG(3).normal(size=(8, 4))).float()
        )
        told = (told - told[20:].mean(0)) / told[20:].std(0) / 10
        id_weight(base)[1:61] = told
        base.decision.get_parameter("weight0")[-4:] *= 10  # ids matter
        value = base.rating(base(torch.tensor(known.user), torch.tensor(known.item)))
    known = dataclasses.replace(known, value=value.numpy())
    for epoch in range(60):
        learner.learn_ids(base, known, RNG(epoch))
    cold, user = torch.arange(20), torch.arange(40).expand(20, 40)
    made, content = id_weight(base)[1:21].detach(), item_content(base, cold)
    says, knows, forgets = (
        output(base, user, content, ids) for ids in (made, told[:20], 0 * told[:20])
    )
    assert (says - knows).abs().mean() < 0.5 * (forgets - knows).abs().mean()


@pytest.mark.parametrize("fields", ["all", "items"])
def test_mwuf_needs_neither_cold_items_nor_content_of_users(fields: str) -> None:
    known = WORLD.catalogue
    bare = dataclasses.replace(known, user_fields=())
    ratings = dataclasses.replace(WORLD, catalogue=known if fields == "all" else bare)
    learner = MAKERS["mwuf"](domain(ratings))
    given = training(ratings)
    assert len(np.unique(given.item)) == known.n_items
    learner.train_epoch(given, 0, RNG(0))
    assert torch.isfinite(learner.predict(batch())).all()


def test_dropoutnet_sees_zeros_for_cold_items_and_empty_supports() -> None:
    learner = trained(MAKERS["dropoutnet"](domain(WORLD)))
    assert isinstance(learner, DropoutNet)
    assert (learner.factors.item[COLD] == 0).all()
    assert (learner.tables[:, COLD] == 0).all()
    given = batch()
    none = EpisodeBatch(given.user, given.support_item, given.support_value,
                        torch.zeros_like(given.support_mask), given.query_item,
                        given.query_mask)  # fmt: skip
    vector = learner.factors.item[none.support_item]
    assert (learner.factors.fold_in(none, vector) == 0).all()


def test_dropoutnet_folds_leave_their_users_out() -> None:
    """An item that only users of one fold rated is unknown to that fold's table, to others not."""
    learner = trained(MAKERS["dropoutnet"](domain(WORLD)))
    assert isinstance(learner, DropoutNet)
    known = data()
    for item in np.unique(known.item):
        folds = set(learner.fold[known.user[known.item == item]].tolist())
        unknown = {f for f in range(learner.config.folds) if (learner.tables[f, item] == 0).all()}
        assert unknown == (folds if len(folds) == 1 else set())
    assert len(set(learner.fold.tolist())) > 1
