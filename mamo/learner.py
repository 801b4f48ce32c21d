"""MAMO as a coldbench learner."""

import copy
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import nn

from coldbench.content import ContentEmbedding
from coldbench.episodes import EpisodeBatch
from coldbench.learner import Declined, Domain, Episode, Learner, TrainingData, Variant
from coldbench.rng import torch_generator
from mamo.attention import attention
from mamo.layers import gradient as shared_gradient
from mamo.local import Cells, Theta, adapt, start
from mamo.loss import Target, gradient, readout, value
from mamo.memories import Memories, Outer
from mamo.network import Network, Trace, backward, inputs
from mamo.switches import MAMOConfig

__all__ = ["MAMO", "mamo"]


class Model(nn.Module):
    """All that is learned."""

    def __init__(self, config: MAMOConfig, domain: Domain, rng: np.random.Generator, outputs: int):
        super().__init__()
        options: dict[str, Any] = {
            "std": config.embedding_std,
            "rare_std": config.rare_std,
            "rare_dropout": config.rare_dropout,
        }
        catalogue = domain.catalogue
        self.user = ContentEmbedding(catalogue.user_fields, config.size, rng, **options)
        self.item = ContentEmbedding(catalogue.item_fields, config.size, rng, **options)
        generator = torch_generator(rng)
        widths = max(self.user.width, 1), max(self.item.width, 1)
        self.network = Network(*widths, config.size, outputs, generator)
        task_std = config.task_std or (2 * config.size) ** -0.5
        self.memories = Memories(
            config.slots, widths[0], config.size, generator,
            config.gradient_std, task_std, config.slots_start == "aliased",
        )


class Content(NamedTuple):
    """p_u [B, P_u] of a batch, p_i of its distinct items [n, P_i], and where they stand."""

    user: torch.Tensor
    item: torch.Tensor
    support: torch.Tensor
    query: torch.Tensor


def profile(
    embedding: ContentEmbedding, index: torch.Tensor, generator: torch.Generator | None
) -> torch.Tensor:
    """Concatenated embeddings [n, P]; one constant where there are no fields."""
    found: torch.Tensor = embedding(index, generator)
    if found.shape[1]:
        return found
    dtype = next(iter(embedding.parameters()), found).dtype
    return torch.ones(len(index), 1, dtype=dtype, device=index.device)


def look_up(model: Model, batch: EpisodeBatch, generator: torch.Generator | None) -> Content:
    cut = batch.support_item.numel()
    items = torch.cat([batch.support_item.flatten(), batch.query_item.flatten()])
    distinct, at = torch.unique(items, return_inverse=True)
    return Content(
        profile(model.user, batch.user, generator),
        profile(model.item, distinct, generator),
        at[:cut].reshape(batch.support_item.shape),
        at[cut:].reshape(batch.query_item.shape),
    )


def cells(
    model: Model, content: Content, batch: EpisodeBatch
) -> tuple[Cells, Cells]:
    """Support and query inputs."""
    item1 = torch.addmm(model.network.item1.bias, content.item, model.network.item1.weight)
    user = content.user[:, None]
    support = Cells(
        user, content.item[content.support], batch.support_mask, item1[content.support]
    )
    query = Cells(user, content.item[content.query], batch.query_mask, item1[content.query])
    return support, query


class MAMO(Learner):
    """MAMO as its paper states it."""

    Config = MAMOConfig
    config: MAMOConfig

    def __init__(self, config: MAMOConfig, domain: Domain, rng: np.random.Generator) -> None:
        super().__init__(config, domain, rng)
        catalogue, scale = domain.catalogue, domain.scale
        if not (catalogue.user_fields or catalogue.item_fields):
            raise Declined("MAMO needs content fields of users or items; the data set has neither")
        if config.classifies and scale.step <= 0:
            raise Declined(f"loss {config.loss!r} needs a rating scale with steps")
        levels = torch.arange(round((scale.high - scale.low) / scale.step) + 1) if scale.step > 0 else torch.zeros(1)
        middle = (scale.low + scale.high) / 2
        self.target = Target(middle, max((scale.high - scale.low) / 4, 1e-9), levels * scale.step + scale.low)
        outputs = len(levels) if config.classifies else 1
        self.model = Model(config, domain, rng, outputs).to(domain.device)
        self.optimizer = outer_optimizer(self.model, config)

    def train_epoch(
        self, data: TrainingData, epoch: int, rng: np.random.Generator
    ) -> Mapping[str, float]:
        if epoch == 0:
            self.model.user.observe(data.user)
            self.model.item.observe(data.item)
            self.target = Target(float(data.value.mean(dtype=np.float64)), self.target.unit, self.target.levels)
        generator = torch_generator(rng)
        episodes = list(data.episodes(rng, self.config.batch, self.config.query_share, self.config.max_query))
        total, count = 0.0, 0
        for step, episode in enumerate(episodes):
            if self.config.decay:
                done = epoch + step / len(episodes)
                for group in self.optimizer.param_groups:
                    group["lr"] = self.config.rate * max(1 - done / self.config.epochs, 0.0)
            total += self._train(episode, generator)
            count += len(episode.batch)
        return {"loss": total / max(count, 1)}

    def _train(self, episode: Episode, generator: torch.Generator) -> float:
        model, batch, config = self.model, episode.batch, self.config
        content = look_up(model, batch, generator)
        with torch.no_grad():
            support, query = cells(model, content, batch)
            a = attention(content.user, model.memories.profile, config.temperature)
            theta = start(model.network, model.memories, a, support, config)
            adapt(theta, support, batch.support_value.to(content.item), self.target, config)
            trace = theta.forward(query)
            rating = episode.target.to(content.item)
            weight = query.mask / query.mask.sum(1, keepdim=True).clamp(min=1)
            delta = gradient(config.loss, trace.out, rating, self.target)
            delta = delta * weight[..., None].to(delta)
            deltas = backward(theta.layers, trace, delta)
            loss = float((value(config.loss, trace.out, rating, self.target) * weight).sum())
            scale = 1 / len(batch) if config.reduction == "mean" else 1.0
            self._gradients(trace, deltas, query, scale)
            user_gradient = theta.first_user.backward(deltas["user1"])[:, 0]
            item_gradient = theta.first_item.backward(deltas["item1"])
            into = torch.zeros_like(content.item).index_add_(
                0, content.query.flatten(), item_gradient.flatten(0, 1)
            )
            memories = model.memories
            memories.write_profile(a, content.user, config.alpha)
            if config.gradient_memory:
                memories.write_gradient(
                    a, [with_one(query.user, deltas["user1"]), with_one(trace.user1, deltas["user2"])], config.beta
                )
            if config.task_memory:
                memories.write_task(a, theta.task_memory, config.gamma, config.task_write == "convex")
        pairs = [(content.user, user_gradient), (content.item, into)]
        pairs = [(x, g * scale) for x, g in pairs if x.requires_grad]
        if pairs:
            torch.autograd.backward([x for x, _ in pairs], [g for _, g in pairs])
        if config.clip is not None:
            nn.utils.clip_grad_norm_(model.parameters(), config.clip)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        return loss

    def _gradients(self, trace: Trace, deltas: dict[str, torch.Tensor], query: Cells, scale: float) -> None:
        x = {**inputs(trace), "user1": query.user, "item1": query.item}
        network = self.model.network
        for name in ("user1", "user2", "item1", "item2", "hidden", "out"):
            weight, bias = shared_gradient(x[name], deltas[name])
            affine = getattr(network, name)
            affine.weight.grad, affine.bias.grad = weight * scale, bias * scale
        user, _ = shared_gradient(x["memory_user"], deltas["memory_user"])
        item, bias = shared_gradient(x["memory_item"], deltas["memory_item"])
        network.memory.bias.grad = bias * scale
        if not self.config.task_memory:
            network.memory.weight.grad = torch.cat([user, item]) * scale

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        model, config = self.model, self.config
        with torch.no_grad():
            content = look_up(model, batch, None)
            support, query = cells(model, content, batch)
            a = attention(content.user, model.memories.profile, config.temperature)
            theta = start(model.network, model.memories, a, support, config)
            adapt(theta, support, batch.support_value.to(content.item), self.target, config)
            return readout(config.readout, theta.forward(query).out, self.target).float()


def with_one(x: torch.Tensor, delta: torch.Tensor) -> Outer:
    return Outer(torch.cat([x, torch.ones_like(x[..., :1])], -1), delta)


def outer_optimizer(model: Model, config: MAMOConfig) -> torch.optim.Optimizer:
    parameters = list(model.parameters())
    if config.outer == "sgd":
        return torch.optim.SGD(parameters, config.rate, fused=True)
    return torch.optim.AdamW(parameters, config.rate, weight_decay=config.weight_decay, fused=True)


mamo = Variant(
    MAMO,
    {
        "size": 32, "epochs": 12, "task_write": "convex", "loss": "absolute", "temperature": 10.0,
        "tau": 0.3, "rho": 0.15, "inner_steps": 5, "outer": "adamw", "rate": 2e-3, "decay": True,
        "reduction": "mean", "rare_dropout": 0.3,
    },
    "draft",
)
