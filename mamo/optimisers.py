"""Local optimisers: how one step of the local update changes theta (and drifting inputs)."""

from collections.abc import Mapping
from typing import Protocol

import torch

from mamo.layers import PerTask
from mamo.network import Layer

__all__ = ["Adam", "Inputs", "Sgd", "Tensors"]

Tensors = Mapping[str, torch.Tensor]


class Inputs(Protocol):
    """Inputs that the local update may train (`Content` does not, `Drifting` does)."""

    def tensors(self) -> list[torch.Tensor]:
        """What is trained, changed in place."""

    def gradient(self, user: torch.Tensor, item: torch.Tensor) -> list[torch.Tensor]:
        """Gradients of `tensors` from those of p_u [B, 1, P_u] and p_i [B, S, P_i]."""


class Sgd:
    """W <- W - rho gradient, the paper's; fused, and never formed where inputs are fixed."""

    def __init__(self, layers: Mapping[str, Layer], content: Inputs, rho: float) -> None:
        self.layers, self.content, self.rho = layers, content, rho
        self.tensors = content.tensors()

    def step(self, inputs: Tensors, deltas: Tensors) -> None:
        """One step, from the inputs of all layers and the gradients of their outputs."""
        if self.tensors:
            moved = input_gradients(self.layers, self.content, deltas)
            for tensor, gradient in zip(self.tensors, moved, strict=True):
                tensor.sub_(gradient, alpha=self.rho)
        for name, layer in self.layers.items():
            layer.descend(inputs[name], deltas[name], self.rho)


class Adam:
    """A fresh torch Adam for each local update (released code)."""

    def __init__(
        self, layers: Mapping[str, PerTask], content: Inputs, rho: float, tasks: int
    ) -> None:
        self.layers, self.content = layers, content
        self.tensors = [t for layer in layers.values() for t in layer.own_tensors(tasks)]
        self.tensors += content.tensors()
        self.adam = torch.optim.Adam(self.tensors, lr=rho, fused=True)

    def step(self, inputs: Tensors, deltas: Tensors) -> None:
        """One step, from the inputs of all layers and the gradients of their outputs."""
        gradients = [
            gradient
            for name, layer in self.layers.items()
            for gradient in layer.gradient(inputs[name], deltas[name])
        ]
        gradients += input_gradients(self.layers, self.content, deltas)
        for tensor, gradient in zip(self.tensors, gradients, strict=True):
            tensor.grad = gradient
        self.adam.step()


def input_gradients(
    layers: Mapping[str, Layer], content: Inputs, deltas: Tensors
) -> list[torch.Tensor]:
    if not content.tensors():
        return []
    user = layers["user1"].backward(deltas["user1"])
    return content.gradient(user, layers["item1"].backward(deltas["item1"]))
