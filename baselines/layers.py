"""Linear layers whose initial values come from a given generator.

Axes: B tasks, n cells, H hidden.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import torch
from torch import nn
from torch.nn.functional import linear

from baselines.losses import task_weights
from coldbench import torch_generator

__all__ = ["Joint", "Linear", "Lookup", "initial", "mlp", "support_mean", "support_means"]


def initial(shape: Sequence[int], inputs: int, generator: torch.Generator) -> nn.Parameter:
    """Uniform within 1 / sqrt(inputs), as in nn.Linear."""
    bound = max(inputs, 1) ** -0.5
    return nn.Parameter(torch.empty(*shape).uniform_(-bound, bound, generator=generator))


class Linear(nn.Module):
    """y = x W' + b, with initial values as in nn.Linear.

    rng: drawn from as it is when it is torch's; NumPy's seeds a generator for this layer alone.
    total: the number of inputs that the initial bounds count, when this is part of a layer.
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        rng: np.random.Generator | torch.Generator,
        total: int | None = None,
        bias: bool = True,
    ) -> None:
        super().__init__()
        generator = rng if isinstance(rng, torch.Generator) else torch_generator(rng)
        total = inputs if total is None else total
        self.weight = initial((outputs, inputs), total, generator)
        self.bias = initial((outputs,), total, generator) if bias else None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """[..., inputs] -> [..., outputs]"""
        return linear(x, self.weight, self.bias)


def mlp(sizes: Sequence[int], rng: np.random.Generator | torch.Generator) -> nn.Sequential:
    """Linear layers with relu between them, none after the last."""
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(sizes):
        layers += [Linear(inputs, outputs, rng), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


class Lookup(NamedTuple):
    """Rows of a table [M, width]: which one each cell reads, int64 [B, n]."""

    table: torch.Tensor
    row: torch.Tensor


class Joint(nn.Module):
    """One linear layer on several inputs side by side: sum_k W_k x_k + b.

    Inputs broadcast, so that what all cells of a task have in common, [B, 1, width], is
    multiplied once; so is each row of a `Lookup`, however many cells read it.
    """

    def __init__(self, widths: Sequence[int], outputs: int, rng: np.random.Generator) -> None:
        super().__init__()
        self.parts = nn.ModuleList(
            Linear(width, outputs, rng, sum(widths), bias=index == 0)
            for index, width in enumerate(widths)
        )

    def forward(self, *inputs: torch.Tensor | Lookup) -> torch.Tensor:
        """[B, n or 1, width_k] each -> [B, n, outputs]."""
        total = _of_part(self.parts[0], inputs[0])
        for part, x in zip(self.parts[1:], inputs[1:], strict=True):
            total = total + _of_part(part, x)
        return total


def _of_part(part: nn.Module, x: torch.Tensor | Lookup) -> torch.Tensor:
    values: torch.Tensor = part(x.table if isinstance(x, Lookup) else x)
    if isinstance(x, Lookup):
        values = values.index_select(0, x.row.flatten()).view(*x.row.shape, -1)
    return values


def support_mean(values: torch.Tensor, mask: torch.Tensor, shrink: float = 0.0) -> torch.Tensor:
    """The mean of each task's cells, [B, n, H] -> [B, H], as if `shrink` more cells held 0.

    0 for a task without cells.
    """
    return torch.einsum("bnh,bn->bh", values, task_weights(mask, values.dtype, shrink))


def support_means(
    encoder: nn.Sequential, values: torch.Tensor, weights: torch.Tensor
) -> torch.Tensor:
    """The means of what an `mlp` makes of the cells, [B, n, H], with K weightings of them,
    [B, K, n], each of sum 1 or 0: [B, K, out]. Its last layer, being linear, is left until then."""
    last = encoder[-1]
    weight, bias = last.get_parameter("weight"), last.get_parameter("bias")
    mean = torch.bmm(weights, encoder[:-1](values))
    return linear(mean, weight) + bias * weights.sum(2, keepdim=True)
