"""The losses that a task's steps meet on their way, each at the weights that the steps before left.

A step needs the gradient of its loss, and so does the outer loss, which is the mean of them all
with the weights of each step held constant: it is computed once, on the cells of the step alone,
and kept. Axes: B tasks, c cells of a step, H hidden.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch.autograd.function import once_differentiable

from baselines.decision_layers import rows
from baselines.decision_layers_first_order import (
    Affine,
    backward_pass,
    forward_pass,
    start,
    take_step,
)
from baselines.inner_loop import InnerLoss
from baselines.losses import pointwise
from baselines.maml.adapted_cells import AdaptedCells
from baselines.network import Decision

__all__ = ["minibatch_losses"]


class Met(NamedTuple):
    """A step's loss, [B], and what its gradient, times -rate, is made of.

    user [B, F D]: the user's embeddings at that time; read, deltas: what each layer after the
    first reads, and the gradient by the values of every layer; total [B, H]: the sum of those of
    the first over the cells; by_user [B, F D] and by_item [B, c, F D]: that by the embeddings.
    """

    loss: torch.Tensor
    user: torch.Tensor
    read: list[torch.Tensor]
    deltas: list[torch.Tensor]
    total: torch.Tensor
    by_user: torch.Tensor
    by_item: torch.Tensor


def minibatch_losses(
    decision: Decision, cells: AdaptedCells, losses: Sequence[InnerLoss], rate: float
) -> torch.Tensor:
    """The mean over steps of each task's loss, [B]: `losses` has one a step, on the cells that
    follow those of the step before."""
    shared, layers = start(decision)
    e_item = rows(cells.e_item, cells.position)
    value = torch.cat([inner.value for inner in losses], 1)  # whose offsets learn, where it has any
    every = value, cells.e_user, e_item, cells.weight, cells.bias, *shared
    found: torch.Tensor = MinibatchLosses.apply(cells, layers, losses, rate, *every)  # type: ignore[no-untyped-call]
    return found


class MinibatchLosses(torch.autograd.Function):
    """Steps in `forward`; what they met is scaled and summed in `backward`."""

    @staticmethod
    def forward(
        ctx: Any,
        cells: AdaptedCells,
        layers: list[Affine],
        losses: Sequence[InnerLoss],
        rate: float,
        *_: torch.Tensor,
    ) -> torch.Tensor:
        met, begin = [], 0
        for number, inner in enumerate(losses):
            now = slice(begin, begin + inner.value.shape[1])
            met.append(meet(cells, layers, inner, now, rate))
            if number + 1 < len(losses):
                layers = step(cells, layers, met[-1], now)
            begin = now.stop
        ctx.met, ctx.x, ctx.rate = met, cells.item, rate
        return torch.stack([one.loss for one in met]).mean(0)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, of_loss: torch.Tensor) -> Any:
        met, scale = ctx.met, of_loss[:, None] / (len(ctx.met) * -ctx.rate)
        users = torch.stack([one.user for one in met], 1)
        totals = torch.stack([one.total for one in met], 1) * scale[..., None]
        columns = zip(*([ctx.x.new_empty(0), *one.read] for one in met), strict=True)
        by_layer = zip(columns, zip(*(one.deltas for one in met), strict=True), strict=True)
        (_, first), *deep = by_layer
        of_first = _product(ctx.x, torch.cat(first, 1) * scale[..., None])
        gradients = [torch.cat([_product(users, totals), of_first]), totals.sum((0, 1))]
        for read, deltas in deep:
            delta = torch.cat(deltas, 1) * scale[..., None]
            gradients += [_product(torch.cat(read, 1), delta), delta.sum((0, 1))]
        by_user = torch.stack([one.by_user for one in met]).sum(0) * scale
        by_item = torch.cat([one.by_item for one in met], 1) * scale[..., None]
        by_value = -torch.cat([one.deltas[-1][..., 0] for one in met], 1) * scale
        return None, None, None, None, by_value, by_user, by_item, *gradients


def meet(
    cells: AdaptedCells, layers: list[Affine], inner: InnerLoss, now: slice, rate: float
) -> Met:
    """The loss of some cells at the weights of now."""
    read, output = forward_pass(cells.values(cells.item[:, now]), layers)
    deltas = backward_pass(inner.slope(output) * -rate, read, layers)
    loss = pointwise(inner.kind, output - inner.value, inner.delta) * inner.weight
    total = deltas[0].sum(1)
    of_user, of_item = cells.by_user(total), cells.by_items(deltas[0])
    return Met(loss.sum(1), cells.user, read, deltas, total, of_user, of_item)


def step(cells: AdaptedCells, layers: list[Affine], met: Met, now: slice) -> list[Affine]:
    """Moves every weight, and the embeddings of the cells to come; the layers after the first are
    returned."""
    first, *deep = met.deltas
    cells.step(now, first, met.total, met.by_user)
    later = slice(now.stop, cells.n)
    cells.spread(cells.item[:, later], later, now, met.by_item)
    return [
        take_step(*layer, x, move) for layer, x, move in zip(layers, met.read, deep, strict=True)
    ]


def _product(left: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
    """The sum over all cells of all tasks of the outer products of their rows."""
    return left.flatten(0, 1).T @ right.flatten(0, 1)
