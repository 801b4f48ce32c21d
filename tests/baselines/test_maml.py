"""Batched inner loops are loops over users with real tables and matrices, in float64."""

from collections.abc import Mapping
from typing import Any

import pytest
import torch

from baselines.episodic_base import Episodic
from baselines.inner_loop import adapted
from baselines.losses import Loss, pointwise
from baselines.maml.anil import ANIL, ANILConfig, Head
from baselines.maml.fomaml import FOMAML, FOMAMLConfig
from baselines.maml.melu import MeLU, MeLUConfig
from baselines.maml.melu_pretrained import MeLUPretrained, PretrainedConfig
from baselines.maml.meta_sgd import MetaSGD, MetaSGDConfig
from baselines.maml.reptile import Reptile, ReptileConfig, all_ratings, minibatches
from baselines.network import ContentNetwork
from baselines.plain.plain import Plain, PlainConfig
from coldbench.learning.content import ContentEmbedding
from coldbench.learning.learner import Episode
from coldbench.tasks.episodes import EpisodeBatch
from tests.baselines.worlds import RNG, domain, training, with_empty_support, world

Params = dict[str, torch.Tensor]


def built(kind: type[Episodic[Any]], config: Any) -> tuple[Any, Episode]:
    """A learner in float64 that has seen the data, and an episode for it."""
    ratings = world(12)
    learner = kind(config, domain(ratings), RNG(1))
    learner.network.observe(training(ratings))
    learner.network.double()
    return learner, with_empty_support(next(training(ratings).episodes(RNG(2), batch_size=8)))


def embedded(
    side: ContentEmbedding, params: Params, name: str, index: torch.Tensor
) -> torch.Tensor:
    """[n, F D]: for each field the mean of the known ids' rows, or row 0 when none is known."""
    rows = []
    for row in index:
        for field in range(len(side.weights)):
            ids = side.get_buffer(f"ids{field}")[row]
            known = ids[ids > 0] if (ids > 0).any() else ids[:1]
            rows.append(params[f"{name}.weights.{field}"][known].mean(0))
    return torch.stack(rows).reshape(len(index), -1)


def functional(
    network: ContentNetwork, params: Params, user: torch.Tensor, item: torch.Tensor
) -> torch.Tensor:
    """The network of one user, with these parameters: user int64 [1], item int64 [n] -> [n]."""
    e_user = embedded(network.user, params, "user", user)
    e_item = embedded(network.item, params, "item", item)
    x = torch.cat([e_user.expand(len(item), -1), e_item], 1)
    for layer in range(network.decision.depth):
        x = x.relu() if layer else x
        x = x @ params[f"decision.weight{layer}"] + params[f"decision.bias{layer}"]
    return x[:, 0]


def losses_of_user(
    network: ContentNetwork,
    params: Params,
    batch: EpisodeBatch,
    task: int,
    mask: torch.Tensor,
    kind: Loss,
) -> torch.Tensor:
    """Mean support loss of one user, over the cells in `mask` (at least one)."""
    item, value = batch.support_item[task, mask], batch.support_value[task, mask].double()
    output = functional(network, params, batch.user[task, None], item)
    return pointwise(kind, output - network.normal(value), 0.1).mean()


def step(
    network: ContentNetwork, params: Params, rates: Mapping[str, Any], loss: torch.Tensor,
    first_order: bool,
) -> Params:  # fmt: skip
    """One step of SGD on the named parameters, with their rates."""
    names = list(rates)
    gradients = torch.autograd.grad(
        loss, [params[n] for n in names], create_graph=not first_order, retain_graph=True
    )
    moved = {n: params[n] - rates[n] * g for n, g in zip(names, gradients, strict=True)}
    return {**params, **moved}


def looped(
    network: ContentNetwork, c: Any, episode: Episode, rates: Mapping[str, Any]
) -> torch.Tensor:
    """The outer loss of each task, one user after the other."""
    batch, losses = episode.batch, []
    for task in range(len(batch)):
        params, mask = dict(network.named_parameters()), batch.support_mask[task]
        for _ in range(c.inner_steps if mask.any() else 0):
            loss = losses_of_user(network, params, batch, task, mask, c.inner_loss)
            params = step(network, params, rates, loss, c.first_order)
        asked = batch.query_mask[task]
        item = batch.query_item[task, asked]
        output = functional(network, params, batch.user[task, None], item)
        error = output - network.normal(episode.target[task, asked].double())
        losses.append(pointwise(c.loss, error, c.delta).mean())
    return torch.stack(losses)


def gradients(network: ContentNetwork) -> Params:
    cloned = {n: p.grad.clone() for n, p in network.named_parameters() if p.grad is not None}
    network.zero_grad()
    return cloned


def assert_equal_with_gradients(
    network: ContentNetwork, batched: torch.Tensor, expected: torch.Tensor
) -> None:
    torch.testing.assert_close(batched, expected, rtol=0, atol=1e-9)
    batched.sum().backward()
    ours = gradients(network)
    expected.sum().backward()
    theirs = gradients(network)
    assert set(ours) == set(theirs)
    for name, gradient in theirs.items():
        torch.testing.assert_close(ours[name], gradient, rtol=0, atol=1e-9)


def all_parameters(network: ContentNetwork, rate: float) -> dict[str, float]:
    return {name: rate for name, _ in network.named_parameters()}


@pytest.mark.parametrize("loss", ["absolute", "squared"])
@pytest.mark.parametrize("first_order", [True, False])
@pytest.mark.parametrize("steps", [1, 3])
def test_fomaml_adapts_every_table_and_matrix(loss: Loss, first_order: bool, steps: int) -> None:
    c = FOMAMLConfig(
        inner_loss=loss, first_order=first_order, inner_steps=steps, embedding=5, hidden=(8, 8)
    )
    learner, episode = built(FOMAML, c)
    network = learner.network
    expected = looped(network, c, episode, all_parameters(network, c.inner_rate))
    assert_equal_with_gradients(network, learner.losses(episode), expected)


@pytest.mark.parametrize("first_order", [True, False])
def test_anil_adapts_the_last_layer_only(first_order: bool) -> None:
    c = ANILConfig(first_order=first_order, embedding=5, hidden=(8, 8), inner_loss="squared")
    learner, episode = built(ANIL, c)
    rates = {"decision.weight2": c.inner_rate, "decision.bias2": c.inner_rate}
    expected = looped(learner.network, c, episode, rates)
    assert_equal_with_gradients(learner.network, learner.losses(episode), expected)


def test_the_body_of_anil_stands_still() -> None:
    c = ANILConfig(embedding=5, hidden=(8, 8))
    learner, episode = built(ANIL, c)
    head = Head(learner.network, episode.batch)
    assert {name for name, _ in head.named_parameters()} == {"weight", "bias"}
    before = head.query.clone()
    output = adapted(head, c, learner.network, episode.batch)
    assert torch.equal(head.query, before)
    assert (output - head(query=True)).abs()[1:].max() > 0.01  # the head has moved


def test_meta_sgd_with_one_constant_rate_is_melu() -> None:
    options = {"inner_steps": 2, "inner_rate": 0.125, "embedding": 5, "hidden": (8, 8)}
    learner, episode = built(MetaSGD, MetaSGDConfig(**options))
    melu, _ = built(MeLU, MeLUConfig(**options))
    ours, theirs = learner.losses(episode), melu.losses(episode)
    torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-9)
    ours.sum().backward()
    theirs.sum().backward()
    expected = gradients(melu.network)
    ours = gradients(learner.network)
    for name, gradient in expected.items():
        torch.testing.assert_close(ours[name], gradient, rtol=0, atol=1e-9)


@pytest.mark.parametrize("first_order", [True, False])
def test_meta_sgd_learns_a_rate_for_every_parameter(first_order: bool) -> None:
    c = MetaSGDConfig(inner_steps=2, first_order=first_order, embedding=5, hidden=(8, 8))
    learner, episode = built(MetaSGD, c)
    network = learner.network
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for rate in network.rates.values():
            rate.copy_(torch.randn(rate.shape, generator=generator, dtype=torch.float64) * 0.1)
    rates = {f"decision.{name}": rate for name, rate in network.rates.items()}
    expected = looped(network, c, episode, rates)
    assert_equal_with_gradients(network, learner.losses(episode), expected)


@pytest.mark.parametrize(("steps", "exact"), [(1, True), (2, False), (6, False)])
def test_first_order_gradients_of_the_rates_are_exact_for_one_step_only(
    steps: int, exact: bool
) -> None:
    def of_rates(first_order: bool) -> torch.Tensor:
        options = {"inner_steps": steps, "inner_rate": 0.125, "embedding": 5, "hidden": (8, 8)}
        c = MetaSGDConfig(first_order=first_order, inner_loss="squared", **options)
        learner, episode = built(MetaSGD, c)
        learner.losses(episode).sum().backward()
        return torch.cat([rate.grad.flatten() for rate in learner.network.rates.values()])

    whole = of_rates(first_order=False)
    error = float((of_rates(first_order=True) - whole).norm() / whole.norm())
    assert error < 1e-9 if exact else error > 0.05


def mean_of_tasks(learner: Reptile, batch: EpisodeBatch) -> torch.Tensor:
    """The loss of joint training in which every user counts alike."""
    network, params = learner.network, dict(learner.network.named_parameters())
    users = range(len(batch))
    masks = batch.support_mask
    return torch.stack(
        [losses_of_user(network, params, batch, u, masks[u], "absolute") for u in users]
    ).mean()


def test_one_step_of_reptile_is_joint_training() -> None:
    learner, episode = built(Reptile, ReptileConfig(inner_steps=1, embedding=5, hidden=(8, 8)))
    learner.losses(episode).mean().backward()
    ours = gradients(learner.network)
    mean_of_tasks(learner, all_ratings(episode)).backward()
    theirs = gradients(learner.network)
    assert set(ours) == set(theirs)
    for name, gradient in theirs.items():
        torch.testing.assert_close(ours[name], gradient, rtol=0, atol=1e-9)


def test_the_gradient_of_reptile_is_how_far_the_weights_went() -> None:
    c = ReptileConfig(inner_steps=3, embedding=5, hidden=(8, 8))
    learner, episode = built(Reptile, c)
    network, batch = learner.network, all_ratings(episode)
    learner.losses(episode).mean().backward()
    ours = gradients(network)
    start = dict(network.named_parameters())
    way = {name: torch.zeros_like(value) for name, value in start.items()}
    rates = all_parameters(network, c.inner_rate)
    for task in range(len(batch)):
        params = start
        for masks in masks_of(minibatches(batch.support_mask, c.inner_steps), batch.support_mask):
            if masks[task].any():
                loss = losses_of_user(network, params, batch, task, masks[task], c.inner_loss)
                params = step(network, params, rates, loss, first_order=True)
        for name in way:
            way[name] += (start[name] - params[name]).detach()
    for name, gradient in ours.items():
        expected = way[name] / (len(batch) * c.inner_steps * c.inner_rate)
        torch.testing.assert_close(gradient, expected, rtol=0, atol=1e-9)


def masks_of(parts: list[torch.Tensor], mask: torch.Tensor) -> list[torch.Tensor]:
    """Which cells each part has, bool [B, n]: those that are no padding."""
    return [mask & torch.zeros_like(mask).scatter_(1, part, True) for part in parts]


def test_minibatches_are_a_partition() -> None:
    mask = torch.arange(11) < torch.tensor([[0], [2], [7], [11]])
    dealt = minibatches(mask, 3, torch.Generator().manual_seed(0))
    assert torch.equal(torch.cat(dealt, 1).sort(1).values, torch.arange(11).expand(4, -1))
    parts = masks_of(dealt, mask)
    assert torch.equal(torch.stack(parts).sum(0), mask.long())
    sizes = torch.stack(parts).sum(2)
    assert int((sizes.amax(0) - sizes.amin(0)).max()) <= 1
    assert not torch.equal(dealt[0], minibatches(mask, 3, torch.Generator().manual_seed(1))[0])


def test_pretraining_for_all_epochs_is_plain_and_for_none_is_melu() -> None:
    ratings = world(12)
    same = {"epochs": 2, "embedding": 5, "hidden": (8, 8), "rate": 3e-3, "rare_decay": 15.0}
    same |= {"user_dropout": 0.5, "item_dropout": 0.3}
    pairs = [
        (Plain(PlainConfig(batch_size=50, **same), domain(ratings), RNG(1)), 2),
        (MeLU(MeLUConfig(batch_size=4, **same), domain(ratings), RNG(1)), 0),
    ]
    for other, pretrain in pairs:
        config = PretrainedConfig(batch_size=4, joint_batch=50, pretrain=pretrain, **same)
        ours = MeLUPretrained(config, domain(ratings), RNG(1))
        for epoch in range(2):
            for learner in (ours, other):
                learner.train_epoch(training(ratings), epoch, RNG(3 + epoch))
        expected = other.network.state_dict()
        for name, value in ours.network.state_dict().items():
            assert torch.equal(value, expected[name]), (pretrain, name)
