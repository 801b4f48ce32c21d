"""Small layers of the amortised learners, with initial values from a given generator.

Axes: B tasks, n cells, H hidden.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import torch
from torch import nn
from torch.nn.functional import linear

from baselines.losses import task_weights
from coldbench import torch_generator

__all__ = ["Joint", "Linear", "mlp", "support_mean"]


class Linear(nn.Module):
    """y = x W' + b, with initial values as in nn.Linear, but drawn from `rng`.

    `total`: the number of inputs that the initial bounds count, when this is part of a layer.
    """

    def __init__(
        self,
        wide: int,
        out: int,
        rng: np.random.Generator,
        total: int | None = None,
        bias: bool = True,
    ) -> None:
        super().__init__()
        bound = max(wide if total is None else total, 1) ** -0.5
        generator = torch_generator(rng)
        for name, shape in (("weight", (out, wide)), ("bias", (out,))):
            start = torch.empty(shape).uniform_(-bound, bound, generator=generator)
            keep = bias or name == "weight"
            self.register_parameter(name, nn.Parameter(start) if keep else None)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """[..., wide] -> [..., out]"""
        return linear(x, self.get_parameter("weight"), self._parameters["bias"])


def mlp(sizes: Sequence[int], rng: np.random.Generator) -> nn.Sequential:
    """Linear layers with relu between them, none after the last."""
    layers: list[nn.Module] = []
    for wide, out in pairwise(sizes):
        layers += [Linear(wide, out, rng), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


class Joint(nn.Module):
    """One linear layer on several inputs side by side: sum_k W_k x_k + b.

    Inputs broadcast, so that what all cells of a task have in common, [B, 1, wide], is
    multiplied once.
    """

    def __init__(self, widths: Sequence[int], out: int, rng: np.random.Generator) -> None:
        super().__init__()
        self.parts = nn.ModuleList(
            Linear(wide, out, rng, sum(widths), bias=index == 0)
            for index, wide in enumerate(widths)
        )

    def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
        """[B, n or 1, wide_k] each -> [B, n, out]."""
        total: torch.Tensor = self.parts[0](inputs[0])
        for part, x in zip(self.parts[1:], inputs[1:], strict=True):
            total = total + part(x)
        return total


def support_mean(values: torch.Tensor, mask: torch.Tensor, shrink: float = 0.0) -> torch.Tensor:
    """The mean of each task's cells, [B, n, H] -> [B, H], as if `shrink` more cells held 0.

    0 for a task without cells.
    """
    return torch.einsum("bnh,bn->bh", values, task_weights(mask, values.dtype, shrink))
