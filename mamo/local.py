"""The local update: theta and M_u,I of B tasks from their support sets, a few steps of descent.

theta_u = phi_u - tau b_u with b_u = a_u^T M_U; theta_i = phi_i; theta_r = phi_r; M_u,I = a_u^T M_UI.
"""

from typing import NamedTuple

import torch

from mamo.layers import FixedInput, PerTask
from mamo.loss import Target, gradient
from mamo.memories import Memories
from mamo.network import Network, Trace, backward, forward, inputs
from mamo.switches import MAMOConfig

__all__ = ["Cells", "Theta", "adapt", "start"]


class Cells(NamedTuple):
    """Inputs of a batch: p_u [B, 1, P_u], p_i [B, S, P_i], mask bool [B, S];

    item1: p_i W + b at the shared initial weights of item1, [B, S, d].
    """

    user: torch.Tensor
    item: torch.Tensor
    mask: torch.Tensor
    item1: torch.Tensor


class Theta(NamedTuple):
    """Adapted weights of B tasks: two first layers and the others; user1: p_u W + b at the start.

    The memory layer M_u,I [e_u, e_i] is two layers, because e_u is one vector a task.
    """

    first_user: FixedInput
    first_item: FixedInput
    layers: dict[str, PerTask]
    user1: torch.Tensor

    def forward(self, cells: Cells) -> Trace:
        user1 = self.first_user.forward(cells.user, self.user1)
        return forward(self.layers, user1, self.first_item.forward(cells.item, cells.item1))

    def descend(self, trace: Trace, deltas: dict[str, torch.Tensor], rate: float) -> None:
        for name, x in inputs(trace).items():
            self.layers[name].descend(x, deltas[name], rate)
        self.first_user.descend(deltas["user1"], rate)
        self.first_item.descend(deltas["item1"], rate)

    @property
    def task_memory(self) -> torch.Tensor:
        """M_u,I [B, 2d, 2d]."""
        halves = [self.layers["memory_user"].weight, self.layers["memory_item"].weight]
        return torch.cat(halves, dim=1)


def start(
    network: Network,
    memories: Memories,
    attention: torch.Tensor,
    support: Cells,
    config: MAMOConfig,
) -> Theta:
    """Where the local update of B tasks starts, from their attention a_u [B, K]."""
    user1, bias1 = less(network.user1, memories.gradient1, attention, config)
    user2, bias2 = less(network.user2, memories.gradient2, attention, config)
    if config.task_memory:
        half_user, half_item = memories.task_of(attention).split(config.size, dim=1)
    else:
        half_user, half_item = network.memory.weight.split(config.size)
    layers = {
        "user2": PerTask(user2, bias2),
        "item2": PerTask(network.item2.weight, network.item2.bias),
        "memory_user": PerTask(half_user, None),
        "memory_item": PerTask(half_item, network.memory.bias),
        "hidden": PerTask(network.hidden.weight, network.hidden.bias),
        "out": PerTask(network.out.weight, network.out.bias),
    }
    first = FixedInput(user1, support.user), FixedInput(network.item1.weight, support.item)
    return Theta(*first, layers, PerTask(user1, bias1).forward(support.user))


def less(
    affine: torch.nn.Module, memory: torch.Tensor, attention: torch.Tensor, config: MAMOConfig
) -> tuple[torch.Tensor, torch.Tensor]:
    """phi - tau a_u^T M_U as weight [B, in, out] and bias [B, 1, out]."""
    weight, bias = affine.weight, affine.bias
    assert isinstance(weight, torch.Tensor) and isinstance(bias, torch.Tensor)
    if not config.gradient_memory:
        return weight, bias
    phi = torch.cat([weight, bias[None]])
    flat = torch.addmm(phi.reshape(1, -1), attention, memory.flatten(1), alpha=-config.tau)
    own = flat.reshape(-1, *phi.shape)
    return own[:, :-1], own[:, -1:]


def adapt(
    theta: Theta, support: Cells, rating: torch.Tensor, target: Target, config: MAMOConfig
) -> None:
    """theta <- theta - rho x gradient of the mean support loss of each task, several times."""
    count = support.mask.sum(1).clamp(min=1)
    weight = (support.mask / count[:, None])[..., None].to(support.item)
    for _ in range(config.inner_steps):
        trace = theta.forward(support)
        delta = gradient(config.loss, trace.out, rating, target) * weight
        theta.descend(trace, backward(theta.layers, trace, delta), config.rho)
