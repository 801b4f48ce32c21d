"""What several seeds in one batch would give: a training step with a leading seed axis.

Steps of `plain` and of `melu` (first order, no dropout) as functions of the weights, under vmap:
the weights of all seeds are stacked, and each has a batch of its own. Axes: N seeds, and those of
`baselines.decision_layers`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import numpy as np
import torch
from torch import nn
from torch.func import functional_call, stack_module_state, vmap
from torch.nn.functional import pad

from baselines.decision_layers_first_order import backward_pass, forward_pass
from baselines.losses import slope, task_losses, task_weights
from benchmarks.gpu.given import learner_on, wait
from benchmarks.gpu.speed import seconds
from benchmarks.problem import Problem, problem
from coldbench.learning import Episode
from coldbench.learning.content import padded_means

__all__ = ["SEEDED", "melu_losses", "plain_losses", "seed_axis", "stacked"]

STEPS = 10  # in one timing
MEANS = "coldbench.learning.content._means"  # whose packed form vmap cannot take
Losses = Callable[..., torch.Tensor]
Batch = Mapping[str, torch.Tensor]


def seed_axis(
    dataset: str, name: str, device: str, users: int, counts: tuple[int, ...]
) -> Iterator[dict[str, Any]]:
    """Tasks a second (ratings, of plain) of a step on the batches of so many seeds at once."""
    given = problem(dataset, users)
    for count in counts:
        learners = [learner_on(device, name, {}, given.ratings, seed) for seed in range(count)]
        for learner in learners:
            learner.prepared(replace(given.data, device=device))
        draw, losses, unit = SEEDED[name]
        batches = [draw(learner, given, seed) for seed, learner in enumerate(learners)]
        step = stepping(learners, losses, stacked(batches))

        def some(_: int, step: Callable[[], object] = step) -> None:
            for _ in range(STEPS):
                step()
            wait(device)

        with patch(MEANS, padded_means):
            spent = seconds(some) / STEPS
        size = count * len(next(iter(batches[0].values())))
        yield {"seeds": count, "unit": unit, "units_per_second": size / spent, "step": spent}


def stepping(learners: list[Any], losses: Losses, batch: Batch) -> Callable[[], torch.Tensor]:
    """A step of all learners at once: losses, gradients, AdamW; it returns the sum of the losses
    before it."""
    networks = [Read(learner.network) for learner in learners]
    weights, buffers = stack_module_state(networks)
    adam = torch.optim.AdamW(weights.values(), 1e-3, fused=True)
    base, c = networks[0], learners[0].config

    def one(weights: Batch, buffers: Batch, batch: Batch) -> torch.Tensor:
        return losses(base, c, {**weights, **buffers}, batch)

    def step() -> torch.Tensor:
        adam.zero_grad(set_to_none=True)
        loss = vmap(one)(weights, buffers, batch).sum()
        loss.backward()  # type: ignore[no-untyped-call]
        adam.step()
        return loss.detach()

    return step


class Read(nn.Module):
    """What a step reads of a network, as one call: embeddings, and the first layer's two parts as
    in `Decision.first`."""

    def __init__(self, network: Any) -> None:
        super().__init__()
        self.network = network

    def forward(self, user: torch.Tensor, item: torch.Tensor) -> tuple[torch.Tensor, ...]:
        e_user, e_item = self.network.user(user), self.network.item(item)
        decision, split = self.network.decision, e_user.shape[-1]
        of_user = torch.addmm(decision.bias0, e_user, decision.weight0[:split])
        return e_user, e_item, of_user, e_item @ decision.weight0[split:]


def deep_layers(base: Read, state: Batch) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Weight and bias of the layers after the first, the last one's weight as a row."""
    name, depth = "network.decision.", base.network.decision.depth
    own = [(state[f"{name}weight{n}"], state[f"{name}bias{n}"]) for n in range(1, depth)]
    return [*own[:-1], (own[-1][0].T, own[-1][1])]


def plain_losses(base: Read, c: Any, state: Batch, batch: Batch) -> torch.Tensor:
    """The mean absolute error of a batch of ratings, in units of the network."""
    _, _, user, item = functional_call(base, dict(state), (batch["user"], batch["item"]))
    _, output = forward_pass((user + item)[:, None], deep_layers(base, state))
    return (output[:, 0] - batch["value"]).abs().mean()


def plain_batch(learner: Any, given: Problem, seed: int) -> Batch:
    """A batch of ratings of a seed."""
    data, rng = given.data, np.random.default_rng(seed)
    chosen = rng.permutation(len(data.value))[: learner.config.batch_size]
    value = learner.network.normal(torch.from_numpy(data.value[chosen]))
    user, item = (torch.from_numpy(array[chosen]) for array in (data.user, data.item))
    device = learner.domain.device
    return {"user": user.to(device), "item": item.to(device), "value": value.to(device)}


def melu_losses(base: Read, c: Any, state: Batch, batch: Batch) -> torch.Tensor:
    """The outer loss of melu's step of first order, mean over tasks: as `MeLU.losses`."""
    e_user, e_item, of_user, of_item = functional_call(
        base, dict(state), (batch["user"], batch["item"])
    )
    support, query = batch["support_place"], batch["query_place"]
    x, shared = at(e_item, support).detach(), deep_layers(base, state)
    own = 1 + (e_user * e_user.detach()).sum(1)[:, None, None]
    across = own + at(e_item, query) @ x.mT
    values = (of_user[:, None] + at(of_item, support)).detach()
    with torch.no_grad():
        moved, layers = inner_loop(c, values, own + x @ x.mT, shared, batch)
    adapted = [
        tuple(part + (new - part).detach() for part, new in zip(*pair, strict=True))
        for pair in zip(shared, layers, strict=True)
    ]
    asked = of_user[:, None] + at(of_item, query) + across @ moved
    error = forward_pass(asked, adapted)[1] - batch["target"]
    return task_losses(c.loss, error, c.delta, batch["query_mask"]).mean()


def inner_loop(
    c: Any, values: torch.Tensor, within: torch.Tensor, layers: Any, batch: Batch
) -> tuple[torch.Tensor, Any]:
    """The sum of the first layer's moves, and the other layers after the steps."""
    weight, moved = task_weights(batch["support_mask"], values.dtype), torch.zeros_like(values)
    for _ in range(c.inner_steps):
        read, output = forward_pass(values, layers)
        gradient = slope(c.inner_loss, output - batch["value"], c.delta) * weight
        first, *deep = (-c.inner_rate * d for d in backward_pass(gradient, read, layers))
        layers = [stepped(o[0], o[1], x, m) for o, x, m in zip(layers, read, deep, strict=True)]
        moved, values = moved + first, values + within @ first
    return moved, layers


def stepped(
    weight: torch.Tensor, bias: torch.Tensor, x: torch.Tensor, move: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """`take_step`, which vmap cannot take in place."""
    left, right = (move, x) if move.shape[2] == 1 else (x, move)
    start = weight.expand(len(x), *weight.shape[-2:])
    return torch.baddbmm(start, left.mT, right), bias + move.sum(1, keepdim=True)


def at(table: torch.Tensor, place: torch.Tensor) -> torch.Tensor:
    """Rows of a table [M, H] at int64 [B, n] -> [B, n, H]."""
    return table.index_select(0, place.flatten()).view(*place.shape, -1)


def melu_batch(learner: Any, given: Problem, seed: int) -> Batch:
    """The longest batch of episodes of a seed."""
    data = replace(given.data, device=learner.domain.device)
    episodes = data.episodes(np.random.default_rng(seed), learner.config.batch_size)
    return melu_inputs(learner, max(episodes, key=lambda e: e.batch.support_mask.shape))


def melu_inputs(learner: Any, episode: Episode) -> Batch:
    """What `melu_losses` reads of an episode."""
    batch, normal = episode.batch, learner.network.normal
    (item, place), n = batch.distinct, batch.support_item.shape[1]
    return {
        "user": batch.user,
        "item": item,
        "value": normal(batch.support_value),
        "support_mask": batch.support_mask,
        "target": normal(episode.target),
        "query_mask": batch.query_mask,
        "support_place": place[:, :n],
        "query_place": place[:, n:],
    }


def stacked(batches: list[Batch]) -> Batch:
    """With a leading axis, [N, ...]; shorter ones are padded with zeros and False."""
    return {name: _stack([batch[name] for batch in batches]) for name in batches[0]}


def _stack(parts: list[torch.Tensor]) -> torch.Tensor:
    shape = [max(sizes) for sizes in zip(*(part.shape for part in parts), strict=True)]
    return torch.stack([pad(part, _missing(part, shape)) for part in parts])


def _missing(part: torch.Tensor, shape: list[int]) -> list[int]:
    both = [(0, wanted - size) for size, wanted in zip(part.shape, shape, strict=True)]
    return [amount for pair in reversed(both) for amount in pair]


SEEDED: Mapping[str, tuple[Callable[[Any, Problem, int], Batch], Losses, str]] = {
    "plain": (plain_batch, plain_losses, "ratings"),
    "melu": (melu_batch, melu_losses, "tasks"),
}
