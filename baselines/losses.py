"""Losses of one prediction, and the weights of their means over padded tasks."""

from typing import Literal

import torch

__all__ = ["Loss", "pointwise", "slope", "task_losses", "task_weights"]

Loss = Literal["absolute", "squared", "huber"]


def pointwise(kind: Loss, error: torch.Tensor, delta: float) -> torch.Tensor:
    """The loss of each error, in any shape.

    absolute |e|; squared e^2; huber: e^2 / (2 delta) up to delta, |e| - delta / 2 beyond
    (absolute error with a smooth floor: Huber 1964, divided by delta).
    """
    if kind == "squared":
        return error.square()
    size = error.abs()
    if kind == "absolute":
        return size
    near = size.clamp(max=delta)
    return near * (size - 0.5 * near) / delta


def slope(kind: Loss, error: torch.Tensor, delta: float) -> torch.Tensor:
    """The derivative of `pointwise` by the error; 0 where |e| has its kink."""
    if kind == "squared":
        return 2 * error
    return error.sign() if kind == "absolute" else (error / delta).clamp(-1, 1)


def task_weights(mask: torch.Tensor, dtype: torch.dtype, shrink: float = 0.0) -> torch.Tensor:
    """1 / (n + shrink) for a task's n cells, 0 where `mask` is False: bool [B, c] -> [B, c].

    With shrink 0 the sum of losses times weights is the sum over tasks of each task's mean. A
    task without cells adds 0.
    """
    count = mask.sum(1, keepdim=True).to(dtype) + shrink
    return mask.to(dtype) / count.clamp(min=1)


def task_losses(kind: Loss, error: torch.Tensor, delta: float, mask: torch.Tensor) -> torch.Tensor:
    """The mean loss of each task's cells, errors [B, c] and bool [B, c] -> [B]."""
    return (pointwise(kind, error, delta) * task_weights(mask, error.dtype)).sum(1)
