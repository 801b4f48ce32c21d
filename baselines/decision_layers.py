"""Decision layers of B tasks at once, in the form in which adapting them is cheap.

A task's layers start as the shared ones and take SGD steps on its support. Deep layers get a
leading task axis: expanded views of the shared weights, so that gradients sum back into them.
The first layer is by far the widest, and its per-task matrix is never formed. A step on it is

    W_b <- W - rate * X_b' delta_b,

with X_b [S, D] the support's inputs and delta_b [S, H] the gradient by the layer's values before
relu. So after any number of steps, with M_b the sum of the steps -rate * delta_b,

    inputs Z: Z W_b + b_b = Z W + b + (Z X_b' + 1) M_b        (the 1 is the bias, which steps too)

and a step costs S x S x H instead of S x D x H. `move` is the parameter that an optimiser sees:
zeros added to those values, whose gradient is delta_b; after a step it holds -rate * delta_b,
and `fold` adds it to M_b. This is SGD on W_b and b_b, to the last digit but rounding.
Axes: B tasks, S support, Q query, D content, H hidden.
"""

from typing import Any, NamedTuple

import torch

from baselines.inner_loop import Adaptable
from baselines.network import ContentNetwork, Decision
from coldbench import EpisodeBatch

__all__ = ["Cells", "TaskLayers", "gradient_norms", "task_cells"]


class Cells(NamedTuple):
    """What the decision layers of B tasks read.

    support [B, S, H], query [B, Q, H]: values before the first relu under the shared weights;
    within [B, S, S], across [B, Q, S]: Z X' + 1, inner products with the support's inputs.
    """

    support: torch.Tensor
    query: torch.Tensor
    within: torch.Tensor
    across: torch.Tensor


def task_cells(
    network: ContentNetwork,
    batch: EpisodeBatch,
    generator: torch.Generator | None = None,
    first_order: bool = False,
) -> Cells:
    """Embeds each user and each distinct item of the batch once; a generator turns dropout on.

    With `first_order` no gradient flows into the embeddings through the support.
    """
    distinct, position = batch.distinct
    e_user, e_item = network.user(batch.user, generator), network.item(distinct, generator)
    of_user, of_item = network.decision.first(e_user, e_item)
    read = e_user, e_item, of_user, of_item
    shown_user, shown_item, by_user, by_item = (
        tuple(tensor.detach() for tensor in read) if first_order else read
    )
    n = batch.support_item.shape[1]
    in_support, in_query = position[:, :n], position[:, n:]
    support = by_user[:, None] + rows(by_item, in_support)
    query = of_user[:, None] + rows(of_item, in_query)
    own = 1 + (e_user * shown_user).sum(1)[:, None, None]
    x = rows(shown_item, in_support)
    within = (own.detach() if first_order else own) + x @ x.mT
    return Cells(support, query, within, torch.baddbmm(own, rows(e_item, in_query), x.mT))


def rows(table: torch.Tensor, index: torch.Tensor) -> torch.Tensor:
    """Rows of a table [M, H] at int64 [B, n] -> [B, n, H]: `embedding`, with a faster gradient."""
    return table.index_select(0, index.flatten()).view(*index.shape, -1)


class TaskLayers(Adaptable):
    """The decision layers of B tasks: what MAML clones and adapts. See the module's text.

    Parameters: `move` [B, S, H], and views of the deep layers, `weight{l}` [B, in, out] and
    `bias{l}` [B, 1, out].
    """

    def __init__(self, decision: Decision, cells: Cells) -> None:
        super().__init__()
        self.cells, self.depth = cells, decision.depth
        self.moved: torch.Tensor | None = None
        self.own("move", torch.zeros_like(cells.support, requires_grad=True))
        for layer in range(1, self.depth):
            weight, bias = (decision.get_parameter(f"{n}{layer}") for n in ("weight", "bias"))
            self.own(f"weight{layer}", weight.expand(len(cells.support), -1, -1))
            self.own(f"bias{layer}", bias.expand(len(cells.support), 1, -1))

    def forward(self, query: bool = False) -> torch.Tensor:
        """Output of the support cells [B, S] or the query cells [B, Q]."""
        own: dict[str, Any] = self._parameters
        values = self.values(query)
        if not query:
            values = values + own["move"]
        for layer in range(1, self.depth):
            values = torch.baddbmm(own[f"bias{layer}"], values.relu(), own[f"weight{layer}"])
        return values[..., 0]

    def values(self, query: bool = False) -> torch.Tensor:
        """The first layer's values before relu, after the steps so far: [B, S or Q, H]."""
        cells = self.cells
        values, products = (cells.query, cells.across) if query else (cells.support, cells.within)
        return values if self.moved is None else torch.baddbmm(values, products, self.moved)

    def fold(self) -> None:
        """After each step: takes the step of the first layer out of `move`, which is 0 again."""
        move = self._parameters["move"]
        assert move is not None
        self.moved = move if self.moved is None else self.moved + move
        self.own("move", torch.zeros_like(move, requires_grad=True))


def gradient_norms(network: ContentNetwork, batch: EpisodeBatch) -> torch.Tensor:
    """Norm of the gradient, by a task's layers, of the summed absolute error of its support, [B].

    The gradient of |f - r| is that of f but for its sign, taken here as one for all ratings of a
    task, so no rating is read: exact for one rating, which is what evidence asks. The first
    layer's gradient is X' delta, of squared norm sum_st (X X' + 1)_st delta_s . delta_t.
    """
    with torch.no_grad():
        cells = task_cells(network, batch, first_order=True)
    with torch.enable_grad():
        layers = TaskLayers(network.decision, cells)
        parameters = dict(layers.named_parameters())
        total = (layers() * batch.support_mask).sum()
        gradients = torch.autograd.grad(total, list(parameters.values()))
    by_name = dict(zip(parameters, gradients, strict=True))
    delta = by_name.pop("move")
    square = ((cells.within @ delta) * delta).sum((1, 2))
    for gradient in by_name.values():
        square = square + gradient.square().sum((1, 2))
    return square.clamp(min=0).sqrt()
