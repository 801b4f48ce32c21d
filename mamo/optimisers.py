"""Local optimisers: how one step of the local update changes theta (and drifting inputs)."""

from collections.abc import Mapping
from typing import Protocol

import torch
from torch.optim.adam import adam

from mamo.layers import PerTask
from mamo.network import Layer

__all__ = ["SMALL", "Adam", "Inputs", "Sgd", "Tensors", "input_gradients"]

Tensors = Mapping[str, torch.Tensor]
SMALL = 1e-6  # added to a norm that is clipped, as in torch's clip_grad_norm_


class Inputs(Protocol):
    """Inputs that the local update may train (`Content` does not, `Drifting` does)."""

    def tensors(self) -> list[torch.Tensor]:
        """What is trained."""

    def adopt(self, tensors: list[torch.Tensor]) -> None:
        """Uses these in place of `tensors`: an optimiser changes them in place."""

    def gradient(self, user: torch.Tensor, item: torch.Tensor, into: list[torch.Tensor]) -> None:
        """Gradients of `tensors`, written to `into`, from those of p_u [B, 1, P_u] and
        p_i [B, S, P_i] of the cells that `support` gave last."""


class Sgd:
    """W <- W - rho gradient, the paper's; fused, and never formed where inputs are fixed."""

    limit: float | None = None  # clips nothing itself

    def __init__(self, layers: Mapping[str, Layer], content: Inputs, rho: float) -> None:
        self.layers, self.content, self.rho = layers, content, rho
        self.tensors = [tensor.clone() for tensor in content.tensors()]
        self.gradients = [torch.empty_like(tensor) for tensor in self.tensors]
        content.adopt(self.tensors)

    def step(self, inputs: Tensors, deltas: Tensors) -> None:
        """One step, from the inputs of all layers and the gradients of their outputs."""
        input_gradients(self.layers, self.content, deltas, self.gradients)
        for tensor, gradient in zip(self.tensors, self.gradients, strict=True):
            tensor.sub_(gradient, alpha=self.rho)
        for name, layer in self.layers.items():
            layer.descend(inputs[name], deltas[name], self.rho)


class Adam:
    """A fresh torch Adam for each local update (released code), on all weights in one tensor.

    limit: the greatest norm of a gradient; heeded for one task, whose gradients are that tensor.
    """

    def __init__(
        self,
        layers: Mapping[str, PerTask],
        content: Inputs,
        rho: float,
        tasks: int,
        limit: float | None = None,
    ) -> None:
        self.limit = limit if tasks == 1 else None
        self.layers, self.content = layers, content
        groups = [layer.tensors(tasks) for layer in layers.values()] + [content.tensors()]
        flat = torch.cat([tensor.reshape(-1) for group in groups for tensor in group])
        gradient = torch.empty_like(flat)
        *own, inputs = views(flat, groups)
        for layer, tensors in zip(layers.values(), own, strict=True):
            layer.adopt(tensors)
        content.adopt(inputs)
        self.gradient, self.gradients = gradient, views(gradient, groups)
        self.rho, steps = rho, torch.zeros((), device=flat.device)
        moments = torch.zeros_like(flat), torch.zeros_like(flat)
        empty: list[torch.Tensor] = []
        self.state = ([flat], [gradient], [moments[0]], [moments[1]], empty, [steps])

    def step(self, inputs: Tensors, deltas: Tensors) -> None:
        """One step, from the inputs of all layers and the gradients of their outputs."""
        for (name, layer), into in zip(self.layers.items(), self.gradients, strict=False):
            layer.gradient(inputs[name], deltas[name], into)
        input_gradients(self.layers, self.content, deltas, self.gradients[-1])
        if self.limit is not None:
            self.gradient.mul_((self.limit / (self.gradient.norm() + SMALL)).clamp(max=1))
        adam(
            *self.state,
            fused=True,
            amsgrad=False,
            beta1=0.9,
            beta2=0.999,
            lr=self.rho,
            weight_decay=0.0,
            eps=1e-8,
            maximize=False,
        )


def views(flat: torch.Tensor, groups: list[list[torch.Tensor]]) -> list[list[torch.Tensor]]:
    """Consecutive parts of a flat tensor in the shapes of the groups' tensors."""
    shaped, start = [], 0
    for group in groups:
        parts = []
        for tensor in group:
            parts.append(flat[start : start + tensor.numel()].view(tensor.shape))
            start += tensor.numel()
        shaped.append(parts)
    return shaped


def input_gradients(
    layers: Mapping[str, Layer], content: Inputs, deltas: Tensors, into: list[torch.Tensor]
) -> None:
    """Gradients of what is trained of the inputs, written to `into`."""
    if into:
        user = layers["user1"].backward(deltas["user1"])
        content.gradient(user, layers["item1"].backward(deltas["item1"]), into)
