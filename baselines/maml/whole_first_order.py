"""The whole network of B tasks under steps of first order: what `FirstOrderLayers` reads of it.

`adapted_cells` says how a task's embeddings and first layer move; here they move on the whole
support, and answer the queries. The outer gradient by a shared parameter is that by the tasks' own
ones, summed (Finn et al. 2017, section 5.2).
Axes: B tasks, S support, Q query, F fields, D embedding, H hidden.
"""

from typing import Any

import torch
from torch.autograd.function import once_differentiable

from baselines.decision_layers import rows
from baselines.decision_layers_first_order import FirstOrderLayers
from baselines.maml.adapted_cells import AdaptedCells, DrawnIds
from baselines.network import ContentNetwork
from coldbench import EpisodeBatch

__all__ = ["whole_layers"]


def whole_layers(
    network: ContentNetwork, batch: EpisodeBatch, generator: torch.Generator | None = None
) -> FirstOrderLayers:
    """All layers of each task, embeddings included; a generator turns dropout on."""
    ids, n = DrawnIds.of(network, batch, generator), batch.support_item.shape[1]
    cells = AdaptedCells(network, ids, batch.distinct[1], n)
    return FirstOrderLayers(network.decision, WholeFirst(cells))


class WholeFirst:
    """The first layer and the embeddings that it reads, all of them adapted."""

    def __init__(self, cells: AdaptedCells) -> None:
        self.cells, self.known = cells, slice(cells.n)
        self.shape = torch.Size((len(cells.position), cells.n, len(cells.bias)))
        self.moved: torch.Tensor | None = None  # the sum of the steps, by embeddings
        self.late: torch.Tensor | None = None  # the last one, until the support is read again

    @torch.no_grad()
    def support(self) -> torch.Tensor:
        """Embeddings are moved by the last step only now: before a query there is no need.

        Between two steps the support is read.
        """
        cells = self.cells
        if self.late is not None:
            cells.spread(cells.item, self.known, self.known, self.late)
            self.late = None
        return cells.values(cells.item)

    def query(self) -> torch.Tensor:
        cells = self.cells
        start = rows(cells.e_item, cells.position[:, cells.n :])
        read = cells.e_user, start, cells.weight, cells.bias
        output: torch.Tensor = QueryValues.apply(self, *read)  # type: ignore[no-untyped-call]
        return output

    def step(self, move: torch.Tensor) -> None:
        cells, total = self.cells, move.sum(1)
        of_item, of_user = cells.by_items(move), cells.by_user(total)
        cells.step(self.known, move, total, of_user)
        self.late = of_item
        self.moved = of_item if self.moved is None else self.moved.add_(of_item)


class QueryValues(torch.autograd.Function):
    """The first layer's values for the queries, [B, Q, H]; gradients go to the shared start."""

    @staticmethod
    def forward(
        ctx: Any, first: WholeFirst, e_user: torch.Tensor, e_item: torch.Tensor, *_: torch.Tensor
    ) -> torch.Tensor:
        cells, x = first.cells, e_item.clone()
        if first.moved is not None:
            cells.spread(x, slice(cells.n, None), first.known, first.moved)
        ctx.cells, ctx.x = cells, x
        return cells.values(x)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, delta: torch.Tensor) -> Any:
        cells, x, total = ctx.cells, ctx.x, delta.sum(1)
        weight = torch.cat([cells.user.T @ total, x.flatten(0, 1).T @ delta.flatten(0, 1)])
        return None, cells.by_user(total), cells.by_items(delta), weight, total.sum(0)
