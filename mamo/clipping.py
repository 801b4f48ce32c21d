"""Gradients clipped at a norm, each task's on its own, without being formed.

The gradient of a layer is G = x' delta (with its bias, [x, 1]' delta), so that
|G|^2 = sum_st (x x' + 1)_st (delta delta')_st, and every gradient of a task is linear in its
deltas: to scale these is to scale all of them. Axes: B tasks, S cells.
"""

from collections.abc import Mapping

import torch

from mamo.network import Layer
from mamo.optimisers import SMALL, Inputs, Tensors, input_gradients

__all__ = ["clipped"]

UNBIASED = "memory_user"  # the one layer without a bias


def clipped(
    layers: Mapping[str, Layer],
    content: Inputs,
    inputs: Tensors,
    deltas: Tensors,
    limit: float | None,
) -> Tensors:
    """The deltas, those of a task scaled down where its gradient is longer than `limit`.

    The norm is over all that the local update trains: every weight and bias, M_u,I, and the
    embeddings where they drift.
    """
    if limit is None:
        return deltas
    squares = [
        layer_square(inputs[name], delta, name != UNBIASED) for name, delta in deltas.items()
    ]
    into = [torch.empty_like(tensor) for tensor in content.tensors()]
    input_gradients(layers, content, deltas, into)
    squares += [gradient.square().sum()[None] for gradient in into]  # of one task: inputs drift
    norm = torch.stack(squares).sum(0).clamp(min=0).sqrt()
    scale = (limit / (norm + SMALL)).clamp(max=1)
    return {name: delta * scale[:, None, None] for name, delta in deltas.items()}


def layer_square(x: torch.Tensor, delta: torch.Tensor, bias: bool) -> torch.Tensor:
    """|x' delta|^2 of each task, [B]; with `bias` that of [x, 1]' delta."""
    products = x @ x.mT + float(bias)
    return (products * (delta @ delta.mT)).sum((1, 2))
