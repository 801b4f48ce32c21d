"""The local update: theta and M_u,I of B tasks from their support sets, a few steps of descent.

theta_u = phi_u - tau b_u with b_u = a_u^T M_U; theta_i = phi_i; theta_r = phi_r;
M_u,I = a_u^T M_UI.
"""

from typing import Protocol

import torch

from mamo.clipping import clipped
from mamo.content import Cells
from mamo.layers import FixedInput, OneOutput, PerTask, Turned
from mamo.loss import Target, gradient
from mamo.memories import Memories
from mamo.network import Affine, Layer, Network, backward, forward
from mamo.optimisers import Adam, Inputs, Sgd
from mamo.switches import MAMOConfig

__all__ = ["LocalInputs", "Theta", "adapt", "start"]


class LocalInputs(Inputs, Protocol):
    """Inputs of a batch, as they stand now; splits: whether `support` can give a part."""

    splits: bool

    def support(self, part: slice = slice(None)) -> Cells:
        """Support inputs."""

    def query(self) -> Cells:
        """Query inputs."""
        ...


class Theta:
    """Adapted weights of B tasks. user1: outputs of the first user layer at the start, if known."""

    def __init__(
        self,
        fixed: dict[str, FixedInput],
        others: dict[str, PerTask],
        user1: torch.Tensor | None,
    ) -> None:
        self.per_task, self.user1 = others, user1
        self.layers: dict[str, Layer] = {**fixed, **others}

    def forward(self, cells: Cells) -> tuple[dict[str, torch.Tensor], torch.Tensor]:
        """The input of every layer, and y [B, S, C]."""
        return forward(self.layers, cells.user, cells.item, self.user1, cells.item1)

    @property
    def task_memory(self) -> torch.Tensor:
        """M_u,I [B, 2d, 2d]; [1, 2d, 2d] before the first step from a shared start."""
        names = ("memory_user", "memory_item")
        halves = [self.per_task[name].weight for name in names]
        joined = torch.cat(halves, dim=-2)
        return joined if joined.dim() == 3 else joined[None]

    @torch.no_grad()
    def of_last(self) -> dict[str, torch.Tensor]:
        """The last task's weights and biases, under the names of the Network's parameters."""
        weights = {name: layer.of_last() for name, layer in self.layers.items()}
        upper, lower = weights.pop("memory_user"), weights.pop("memory_item")
        weights["memory"] = torch.cat([upper[0], lower[0]]), lower[1]
        state = {}
        for name, (weight, bias) in weights.items():
            assert bias is not None
            state[f"{name}.weight"] = weight.detach().clone()
            state[f"{name}.bias"] = bias.detach().clone()
        return state


def start(
    network: Network,
    memories: Memories | None,
    attention: torch.Tensor,
    support: Cells,
    config: MAMOConfig,
) -> Theta:
    """Where the local update of B tasks starts, from their attention a_u [B, K].

    Without memories (released code, at test) theta starts at the network's own weights.
    """
    user1: tuple[torch.Tensor, torch.Tensor] = (network.user1.weight, network.user1.bias)
    user2: tuple[torch.Tensor, torch.Tensor] = (network.user2.weight, network.user2.bias)
    if memories is not None and config.gradient_memory:
        user1 = shift_by_memory(network.user1, memories.gradient1, attention, config.tau)
        user2 = shift_by_memory(network.user2, memories.gradient2, attention, config.tau)
    task: torch.Tensor = network.memory.weight
    if memories is not None and config.task_memory:
        task = memories.task_of(attention)
    half_user, half_item = task[..., : config.size, :], task[..., config.size :, :]
    others = {
        "user2": PerTask(*user2),
        "item2": PerTask(network.item2.weight, network.item2.bias),
        "memory_user": PerTask(half_user, None),
        "memory_item": Turned(half_item, network.memory.bias),
        "hidden": PerTask(network.hidden.weight, network.hidden.bias),
        "out": (OneOutput if len(network.out.bias) == 1 else PerTask)(
            network.out.weight, network.out.bias
        ),
    }
    if config.local_optimizer == "adam" or config.restore == "weights":
        item1 = PerTask(network.item1.weight, network.item1.bias)
        return Theta({}, {"user1": PerTask(*user1), "item1": item1, **others}, None)
    first = {
        "user1": FixedInput(*user1, support.user),
        "item1": FixedInput(network.item1.weight, network.item1.bias, support.item),
    }
    return Theta(first, others, PerTask(*user1).forward(support.user))


def shift_by_memory(
    phi: Affine, memory: torch.Tensor, attention: torch.Tensor, tau: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """phi - tau a_u^T M_U as weight [B, in, out] and bias [B, 1, out]."""
    joined = torch.cat([phi.weight, phi.bias[None]])
    flat = torch.addmm(joined.reshape(1, -1), attention, memory.flatten(1), alpha=-tau)
    own = flat.reshape(-1, *joined.shape)
    return own[:, :-1], own[:, -1:]


def adapt(
    theta: Theta,
    inputs: LocalInputs,
    mask: torch.Tensor,
    rating: torch.Tensor,
    target: Target,
    config: MAMOConfig,
) -> None:
    """theta <- theta - rho x gradient of each task's mean support loss, several times.

    mask bool [B, S] and rating [B, S] of the support.
    """
    if config.local_optimizer == "adam":
        rule: Adam | Sgd = Adam(theta.per_task, inputs, config.rho, len(rating), config.local_clip)
    else:
        rule = Sgd(theta.layers, inputs, config.rho)
    limit = config.local_clip if rule.limit is None else None
    truth = target.truth(config.loss, rating)
    for part, weight in config.local_loops * minibatches(
        mask, config.local_batch, truth, inputs.splits, config.local_shrink
    ):
        seen, out = theta.forward(inputs.support(part))
        delta = gradient(config.loss, out, truth[:, part]).mul_(weight)
        deltas = backward(theta.layers, seen, delta)
        rule.step(seen, clipped(theta.layers, inputs, seen, deltas, limit))


def minibatches(
    mask: torch.Tensor, size: int | None, like: torch.Tensor, splits: bool, shrink: float = 0.0
) -> list[tuple[slice, torch.Tensor]]:
    """Consecutive parts of the support, and the weight of each cell [B, S, 1]: a mean in a task, as
    if `shrink` more cells had no loss.

    Inputs that cannot be split are used whole, with weight 0 outside the part.
    """
    ratings = mask.shape[1]
    parts = []
    for first in range(0, ratings, size or ratings):
        part = slice(first, first + (size or ratings))
        chosen = torch.zeros(mask.shape, dtype=like.dtype, device=like.device)
        chosen[:, part] = mask[:, part].to(like)
        weight = chosen / (chosen.sum(1, keepdim=True) + shrink).clamp(min=1)
        cells = part if splits else slice(None)
        parts.append((cells, weight[:, cells, None]))
    return parts
