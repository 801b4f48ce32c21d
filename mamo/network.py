"""The network: a user network, an item network, and a recommender on their outputs.

e_u = f(p_u), e_i = f(p_i), two layers each; y = out(act(hidden(M_u,I [e_u, e_i] + b))).
Forward and backward passes are written out, on layers that may have weights of their own for each
of B tasks, so that an inner step costs a few batched products. Cells are pairs of a user and an
item: [B, S]. The layer M_u,I [e_u, e_i] is two layers, `memory_user` on the one vector e_u of a
task and `memory_item` on the e_i of its cells.
"""

from collections.abc import Mapping
from typing import Protocol

import torch
from torch import nn

from mamo.switches import MAMOConfig

__all__ = ["SLOPE", "Affine", "Layer", "Network", "backward", "forward"]

SLOPE = 0.1  # of the leaky ReLU


class Affine(nn.Module):
    """Shared initial weights phi of one layer: weight [in, out], bias [out]."""

    def __init__(self, inputs: int, outputs: int, generator: torch.Generator) -> None:
        super().__init__()
        bound = inputs**-0.5
        draw = torch.empty(inputs + 1, outputs).uniform_(-bound, bound, generator=generator)
        self.weight = nn.Parameter(draw[:-1].clone())
        self.bias = nn.Parameter(draw[-1].clone())


class Network(nn.Module):
    """phi: the layers user1, user2, item1, item2, memory, hidden, out.

    `memory.weight` is a start of M_u,I that replaces the task memory when that is switched off.
    """

    def __init__(
        self,
        config: MAMOConfig,
        user_width: int,
        item_width: int,
        outputs: int,
        generator: torch.Generator,
    ) -> None:
        super().__init__()
        size, both = config.size, 2 * config.size
        of_user, of_item = (config.between(width, size) for width in (user_width, item_width))
        last = config.between(both, both)
        self.user1 = Affine(user_width, of_user, generator)
        self.user2 = Affine(of_user, size, generator)
        self.item1 = Affine(item_width, of_item, generator)
        self.item2 = Affine(of_item, size, generator)
        self.memory = Affine(both, both, generator)
        self.hidden = Affine(both, last, generator)
        self.out = Affine(last, outputs, generator)


class Layer(Protocol):
    """A layer of theta: adapted weights of B tasks."""

    def forward(self, x: torch.Tensor, start: torch.Tensor | None = None) -> torch.Tensor:
        """[B, S, out] from x [B, S, in]; start: the output at the initial weights, if known."""

    def backward(self, delta: torch.Tensor) -> torch.Tensor:
        """The gradient of x from that of the output."""

    def descend(self, x: torch.Tensor, delta: torch.Tensor, rate: float) -> None:
        """One step of SGD."""

    def of_last(self) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Weight [in, out] and bias [out] of the last task."""


def forward(
    layers: Mapping[str, Layer],
    user: torch.Tensor,
    item: torch.Tensor,
    user1: torch.Tensor | None = None,
    item1: torch.Tensor | None = None,
) -> tuple[dict[str, torch.Tensor], torch.Tensor]:
    """The input of every layer, and y [B, S, C], from p_u [B, 1, P_u] and p_i [B, S, P_i].

    user1, item1: outputs of the first layers at the initial weights, if known.
    """
    h_u = nn.functional.leaky_relu(layers["user1"].forward(user, user1), SLOPE)
    e_u = act(layers["user2"].forward(h_u))
    h_i = nn.functional.leaky_relu(layers["item1"].forward(item, item1), SLOPE)
    e_i = act(layers["item2"].forward(h_i))
    z = layers["memory_item"].forward(e_i).add_(layers["memory_user"].forward(e_u))
    h = act(layers["hidden"].forward(z))
    inputs = {
        "user1": user,
        "user2": h_u,
        "item1": item,
        "item2": h_i,
        "memory_user": e_u,
        "memory_item": e_i,
        "hidden": z,
        "out": h,
    }
    return inputs, layers["out"].forward(h)


def backward(
    layers: Mapping[str, Layer], inputs: Mapping[str, torch.Tensor], out: torch.Tensor
) -> dict[str, torch.Tensor]:
    """The gradient of every layer's output, from that of y; a user's cells add up."""
    hidden = unact(layers["out"].backward(out), inputs["out"])
    memory = layers["hidden"].backward(hidden)
    memory_user = memory.sum(1, keepdim=True)
    item2 = unact(layers["memory_item"].backward(memory), inputs["memory_item"])
    user2 = unact(layers["memory_user"].backward(memory_user), inputs["memory_user"])
    return {
        "user1": unact(layers["user2"].backward(user2), inputs["user2"]),
        "user2": user2,
        "item1": unact(layers["item2"].backward(item2), inputs["item2"]),
        "item2": item2,
        "memory_user": memory_user,
        "memory_item": memory,
        "hidden": hidden,
        "out": out,
    }


def act(z: torch.Tensor) -> torch.Tensor:
    """Leaky ReLU in place: z itself is never needed again."""
    return nn.functional.leaky_relu_(z, SLOPE)


def unact(gradient: torch.Tensor, activation: torch.Tensor) -> torch.Tensor:
    """The gradient before the leaky ReLU, whose output has the sign of its input."""
    back: torch.Tensor = torch.ops.aten.leaky_relu_backward(gradient, activation, SLOPE, True)
    return back
