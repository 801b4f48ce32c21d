"""Small layers of the amortised learners, with initial values from a given generator.

Axes: B tasks, n cells, H hidden.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import torch
from torch import nn
from torch.nn.utils import skip_init

from baselines.losses import task_weights
from coldbench.rng import torch_generator

__all__ = ["Joint", "linear", "mlp", "support_mean"]


def linear(wide: int, out: int, rng: np.random.Generator) -> nn.Linear:
    """nn.Linear with the initial values of nn.Linear, drawn from `rng`."""
    return _layer(wide, out, wide, True, rng)


def mlp(sizes: Sequence[int], rng: np.random.Generator) -> nn.Sequential:
    """Linear layers with relu between them, none after the last."""
    layers: list[nn.Module] = []
    for wide, out in pairwise(sizes):
        layers += [linear(wide, out, rng), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


class Joint(nn.Module):
    """One linear layer on several inputs side by side: sum_k W_k x_k + b.

    Inputs broadcast, so that what all cells of a task have in common, [B, 1, wide], is
    multiplied once.
    """

    def __init__(self, widths: Sequence[int], out: int, rng: np.random.Generator) -> None:
        super().__init__()
        self.parts = nn.ModuleList(
            _layer(wide, out, sum(widths), index == 0, rng) for index, wide in enumerate(widths)
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


def _layer(wide: int, out: int, total: int, bias: bool, rng: np.random.Generator) -> nn.Linear:
    """A layer on `wide` of `total` inputs: uniform within total^-1/2, as nn.Linear begins."""
    layer: nn.Linear = skip_init(nn.Linear, wide, out, bias=bias)  # type: ignore[no-untyped-call]
    bound, generator = max(total, 1) ** -0.5, torch_generator(rng)
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.uniform_(-bound, bound, generator=generator)
    return layer
