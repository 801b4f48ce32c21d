"""The network: a user network, an item network, and a recommender on their outputs.

e_u = f(p_u), e_i = f(p_i), two layers each; y = out(act(hidden(M_u,I [e_u, e_i] + b))).
Forward and backward passes are written out, on layers that may have weights of their own for each
of B tasks, so that an inner step costs a few batched products. Cells are pairs of a user and an
item: [B, S].
"""

from collections.abc import Mapping
from typing import NamedTuple, Protocol

import torch
from torch import nn

__all__ = ["SLOPE", "Affine", "Layer", "Network", "Trace", "backward", "forward"]

SLOPE = 0.1  # of the leaky ReLU


class Affine(nn.Module):
    """Shared initial weights phi of one layer: weight [in, out], bias [out]."""

    def __init__(self, inputs: int, outputs: int, generator: torch.Generator) -> None:
        super().__init__()
        bound = max(inputs, 1) ** -0.5
        draw = torch.empty(inputs + 1, outputs).uniform_(-bound, bound, generator=generator)
        self.weight = nn.Parameter(draw[:-1].clone())
        self.bias = nn.Parameter(draw[-1].clone())


class Network(nn.Module):
    """phi: the layers user1, user2, item1, item2, memory, hidden, out.

    `memory.weight` is a start of M_u,I that replaces the task memory when that is switched off.
    """

    def __init__(
        self, user_width: int, item_width: int, size: int, outputs: int, generator: torch.Generator
    ) -> None:
        super().__init__()
        both = 2 * size
        self.user1 = Affine(user_width, size, generator)
        self.user2 = Affine(size, size, generator)
        self.item1 = Affine(item_width, size, generator)
        self.item2 = Affine(size, size, generator)
        self.memory = Affine(both, both, generator)
        self.hidden = Affine(both, both, generator)
        self.out = Affine(both, outputs, generator)


class Layer(Protocol):
    """A layer of theta: adapted weights of B tasks."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """[B, S, in] -> [B, S, out]."""
        ...

    def backward(self, delta: torch.Tensor) -> torch.Tensor:
        """Gradient of the input [B, S, in] from that of the output."""
        ...


class Trace(NamedTuple):
    """Activations of a forward pass; each is the input of the next layer."""

    user1: torch.Tensor
    user2: torch.Tensor
    item1: torch.Tensor
    item2: torch.Tensor
    memory: torch.Tensor
    hidden: torch.Tensor
    out: torch.Tensor


def forward(
    layers: Mapping[str, Layer], user1: torch.Tensor, item1: torch.Tensor
) -> Trace:
    """From the outputs of the two first layers ([B, 1, d] and [B, S, d]) to y [B, S, C]."""
    h_u = nn.functional.leaky_relu(user1, SLOPE)
    e_u = act(layers["user2"].forward(h_u))
    h_i = nn.functional.leaky_relu(item1, SLOPE)
    e_i = act(layers["item2"].forward(h_i))
    z = layers["memory_item"].forward(e_i).add_(layers["memory_user"].forward(e_u))
    h = act(layers["hidden"].forward(z))
    return Trace(h_u, e_u, h_i, e_i, z, h, layers["out"].forward(h))


def backward(
    layers: Mapping[str, Layer], trace: Trace, out: torch.Tensor
) -> dict[str, torch.Tensor]:
    """Gradients of every layer's output, from that of y; cells of a user add up in its network."""
    hidden = unact(layers["out"].backward(out), trace.hidden)
    memory = layers["hidden"].backward(hidden)
    item2 = unact(layers["memory_item"].backward(memory), trace.item2)
    item1 = unact(layers["item2"].backward(item2), trace.item1)
    memory_user = memory.sum(1, keepdim=True)
    user2 = unact(layers["memory_user"].backward(memory_user), trace.user2)
    user1 = unact(layers["user2"].backward(user2), trace.user1)
    return {
        "out": out,
        "hidden": hidden,
        "memory_item": memory,
        "memory_user": memory_user,
        "item2": item2,
        "item1": item1,
        "user2": user2,
        "user1": user1,
    }


def inputs(trace: Trace) -> dict[str, torch.Tensor]:
    """The input of every layer but the first ones."""
    return {
        "out": trace.hidden,
        "hidden": trace.memory,
        "memory_item": trace.item2,
        "memory_user": trace.user2,
        "item2": trace.item1,
        "user2": trace.user1,
    }


def act(z: torch.Tensor) -> torch.Tensor:
    """Leaky ReLU, in place: z is never needed again."""
    return nn.functional.leaky_relu_(z, SLOPE)


def unact(gradient: torch.Tensor, activation: torch.Tensor) -> torch.Tensor:
    """The gradient before the leaky ReLU; its sign is that of the activation."""
    back: torch.Tensor = torch.ops.aten.leaky_relu_backward(gradient, activation, SLOPE, True)
    return back
