"""One batch of episodes through MAMO: read the memories, adapt, then learn or predict."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import torch

from coldbench import Episode, EpisodeBatch
from mamo.attention import attention, random_layers
from mamo.clipping import clipped
from mamo.content import Content
from mamo.global_update import add_gradients
from mamo.local import LocalInputs, Theta, adapt, start
from mamo.loss import Target, gradient, value
from mamo.memories import Outer
from mamo.model import Model
from mamo.network import backward
from mamo.optimisers import Tensors
from mamo.switches import MAMOConfig

__all__ = ["Adapted", "Figures", "learn", "personalise"]


class Adapted(NamedTuple):
    """A batch after its local update: p_u [B, P], a_u [B, K], theta, and the inputs."""

    profile: torch.Tensor
    attention: torch.Tensor
    theta: Theta
    inputs: LocalInputs


class Figures(NamedTuple):
    """Diagnostics of a batch, each [B]: query loss; entropy of the attention, 1 when equal over
    the slots; whether the user network gets no gradient at all."""

    loss: torch.Tensor
    attention_entropy: torch.Tensor
    dead_user_gradient: torch.Tensor


def personalise(
    model: Model,
    batch: EpisodeBatch,
    inputs: LocalInputs,
    target: Target,
    config: MAMOConfig,
    rngs: Iterable[np.random.Generator],
    use_memories: bool = True,
) -> Adapted:
    """Attention, start and local update of every task; changes nothing in the model.

    rngs: one a task, for the random layers of the released attention; else never asked for.
    """
    with torch.inference_mode():
        support = inputs.support()
        profile = support.user[:, 0]
        a = attend(model, profile, config, rngs)
        theta = start(model.network, model.memories if use_memories else None, a, support, config)
        adapt(theta, inputs, support.mask, batch.support_value.to(profile), target, config)
    return Adapted(profile, a, theta, inputs)


def attend(
    model: Model,
    profile: torch.Tensor,
    config: MAMOConfig,
    rngs: Iterable[np.random.Generator],
) -> torch.Tensor:
    """a_u [B, K]."""
    if not config.profile_memory:
        return profile.new_full((len(profile), config.slots), 1 / config.slots)
    layers = None
    if config.attention == "random-layer":
        layers = random_layers(rngs, config.slots, profile)
    return attention(profile, model.memories.profile, config.temperature, layers)


def learn(
    model: Model, episode: Episode, adapted: Adapted, target: Target, config: MAMOConfig
) -> Figures:
    """Adds the query gradients to phi's, and writes the memories."""
    query, theta = adapted.inputs.query(), adapted.theta
    with torch.no_grad():
        truth = target.truth(config.loss, episode.target.to(query.item))
        weight = query.mask.to(truth)
        weight = weight / weight.sum(1, keepdim=True).clamp(min=1)
        seen, out = theta.forward(query)
        delta = gradient(config.loss, out, truth) * weight[..., None]
        whole = backward(theta.layers, seen, delta)
        deltas = clipped(theta.layers, adapted.inputs, seen, whole, config.user_clip)
        add_gradients(model, seen, deltas, config)
        remember(model, adapted, seen, deltas, config)
        loss = (value(config.loss, out, truth) * weight).sum(1)
    if isinstance(adapted.inputs, Content):
        adapted.inputs.learn(
            theta.layers["user1"].backward(deltas["user1"]),
            theta.layers["item1"].backward(deltas["item1"]),
        )
    if config.has_offsets:
        offsets = model.identified.offsets(episode.batch.query_item)
        torch.autograd.backward([offsets], [delta[..., 0]])
    a = adapted.attention
    entropy = -(a * a.clamp(min=1e-30).log()).sum(1) / np.log(max(config.slots, 2))
    return Figures(loss, entropy, (deltas["user1"] == 0).all(2)[:, 0])


def remember(
    model: Model, adapted: Adapted, seen: Tensors, deltas: Tensors, config: MAMOConfig
) -> None:
    """Writes all memories, every user of the batch against the memories at its start."""
    memories, a = model.memories, adapted.attention
    if config.profile_memory:
        memories.write_profile(a, adapted.profile, config.alpha)
    if config.gradient_memory:
        bias = float(config.restore == "all")
        outer = [
            Outer(torch.nn.functional.pad(seen[name], (0, 1), value=bias), deltas[name])
            for name in ("user1", "user2")
        ]
        memories.write_gradient(a, outer, config.beta)
    if config.task_memory:
        adapted_memory = adapted.theta.task_memory.expand(len(a), -1, -1)
        memories.write_task(a, adapted_memory, config.gamma, config.task_write == "convex")
