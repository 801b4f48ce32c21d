"""MAMO once more, user by user with automatic differentiation: the second route to each number."""

from typing import Any

import torch
from torch.nn.functional import cosine_similarity, leaky_relu

from coldbench.learning.learner import Episode
from mamo.learner import MAMO

Theta = dict[str, torch.Tensor]


def output(theta: Theta, user: torch.Tensor, item: torch.Tensor) -> torch.Tensor:
    """y [S] for one user p_u [P_u] and items p_i [S, P_i]."""

    def layer(name: str, x: torch.Tensor) -> torch.Tensor:
        return x @ theta[f"{name}.weight"] + theta[f"{name}.bias"]

    e_u = leaky_relu(layer("user2", leaky_relu(layer("user1", user), 0.1)), 0.1)
    e_i = leaky_relu(layer("item2", leaky_relu(layer("item1", item), 0.1)), 0.1)
    both = torch.cat([e_u.expand(len(item), -1), e_i], 1)
    return layer("out", leaky_relu(layer("hidden", layer("memory", both)), 0.1))[:, 0]


def loss(kind: str, y: torch.Tensor, rating: torch.Tensor, learner: MAMO) -> torch.Tensor:
    error = y - (rating - learner.target.offset) / learner.target.unit
    return error.square().mean() if kind == "squared" else error.abs().mean()


def attention(learner: MAMO, profile: torch.Tensor) -> torch.Tensor:
    memory = learner.model.memories.profile
    cosines = torch.stack([cosine_similarity(profile, slot, dim=0) for slot in memory])
    return torch.softmax(learner.config.temperature * cosines, 0)


def beginning(learner: MAMO, a: torch.Tensor) -> Theta:
    memories, tau = learner.model.memories, learner.config.tau
    theta = {name: p.detach().clone() for name, p in learner.model.network.named_parameters()}
    for name, memory in (("user1", memories.gradient1), ("user2", memories.gradient2)):
        b = sum(a[k] * memory[k] for k in range(len(a)))
        theta[f"{name}.weight"] -= tau * b[:-1]
        theta[f"{name}.bias"] -= tau * b[-1]
    theta["memory.weight"] = sum(a[k] * memories.task[k] for k in range(len(a)))
    return theta


def descend(theta: Theta, learner: MAMO, user: Any, item: Any, rating: torch.Tensor) -> Theta:
    for _ in range(learner.config.local_loops):
        leaves = {name: value.detach().requires_grad_() for name, value in theta.items()}
        value = loss(learner.config.loss, output(leaves, user, item), rating, learner)
        grads = torch.autograd.grad(value, list(leaves.values()))
        grads = scaled(grads, grads, learner.config.local_clip)
        theta = {
            name: leaf.detach() - learner.config.rho * grad
            for (name, leaf), grad in zip(leaves.items(), grads, strict=True)
        }
    return theta


def scaled(grads: Any, counted: Any, limit: float | None) -> list:
    """The gradients, all shorter by what clips the norm of `counted` at `limit`."""
    norm = torch.cat([grad.flatten() for grad in counted]).norm()
    factor = 1.0 if limit is None else min(1.0, limit / (float(norm) + 1e-6))
    return [None if grad is None else grad * factor for grad in grads]


def adapted(learner: MAMO, episode: Episode, task: int) -> tuple[torch.Tensor, Theta]:
    """a_u [K] and theta after the local update of one user."""
    one = episode.batch
    with torch.no_grad():
        user = learner.model.user_profile(one.user[task : task + 1])[0]
        mask = one.support_mask[task]
        item = learner.model.item_profile(one.support_item[task][mask])
        a = attention(learner, user)
        theta = beginning(learner, a)
    if not mask.any():
        return a, theta
    rating = one.support_value[task][mask].double()
    return a, descend(theta, learner, user, item, rating)


def predict(learner: MAMO, episode: Episode, task: int) -> torch.Tensor:
    _, theta = adapted(learner, episode, task)
    with torch.no_grad():
        user = learner.model.user_profile(episode.batch.user[task : task + 1])[0]
        y = output(theta, user, learner.model.item_profile(episode.batch.query_item[task]))
    return y * learner.target.unit + learner.target.offset


def train(learner: MAMO, episode: Episode) -> tuple[Theta, Theta]:
    """Gradients of the model's parameters, summed over users, and the memories afterwards."""
    model, config = learner.model, learner.config
    network = dict(model.network.named_parameters())
    memories = {name: buffer.clone() for name, buffer in model.memories.named_buffers()}
    total = {name: torch.zeros_like(p) for name, p in model.named_parameters()}
    for task in range(len(episode.batch)):
        a, theta = adapted(learner, episode, task)
        leaves = {name: value.requires_grad_() for name, value in theta.items()}
        user = model.user_profile(episode.batch.user[task : task + 1])[0]
        mask = episode.batch.query_mask[task]
        item = model.item_profile(episode.batch.query_item[task][mask])
        rating = episode.target[task][mask].double()
        value = loss(config.loss, output(leaves, user, item), rating, learner)
        shared = [p for name, p in model.named_parameters() if not name.startswith("network")]
        names = [name for name, _ in model.named_parameters() if not name.startswith("network")]
        grads = torch.autograd.grad(value, [*leaves.values(), *shared], allow_unused=True)
        grads = scaled(grads, grads[: len(leaves)], config.user_clip)
        for name, grad in zip([f"network.{n}" for n in leaves] + names, grads, strict=True):
            if grad is not None and name != "network.memory.weight":
                total[name] += grad
        own = dict(zip(leaves, grads, strict=False))
        remember(memories, a, user.detach(), own, theta, learner)
    assert network.keys() == leaves.keys()
    return total, memories


def remember(
    memories: Theta, a: torch.Tensor, user: torch.Tensor, grads: Any, theta: Theta, learner: MAMO
) -> None:
    """One user's writes, slot by slot."""
    c = learner.config
    for k in range(len(a)):
        memories["profile"][k] = c.alpha * a[k] * user + (1 - c.alpha) * memories["profile"][k]
        for name, layer in (("gradient1", "user1"), ("gradient2", "user2")):
            g = torch.cat([grads[f"{layer}.weight"], grads[f"{layer}.bias"][None]])
            memories[name][k] = c.beta * a[k] * g + (1 - c.beta) * memories[name][k]
        keep = 1 - c.gamma * a[k] if c.task_write == "convex" else 1 - c.gamma
        new = theta["memory.weight"].detach()
        memories["task"][k] = c.gamma * a[k] * new + keep * memories["task"][k]
