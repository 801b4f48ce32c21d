"""Decision layers of B tasks under steps of first order: no optimiser sees any weight.

`decision_layers` never forms the first layer's matrices; here a step on any layer is taken from
what that layer reads, x_l, and the gradient by its values, delta_l. `move`, zeros added to the
output, is what MAML adapts: after a step it holds -rate times the gradient by the output, of which
those by the values of all layers are linear functions. So `fold` takes it back through the layers,
which gives move_l = -rate * delta_l, and does

    W_b <- W_b + x_l' move_l,      b_b <- b_b + sum_s move_l

in place, for without second derivatives no graph needs the old weights. That is SGD on W_b and
b_b, to the last digit but rounding, at half the cost. The outer gradient by a shared weight is
that by the tasks' own ones, summed (Finn et al. 2017, section 5.2).
Axes: B tasks, n cells of a task, S support, Q query, H hidden.
"""

from typing import Any, Protocol

import torch
from torch.autograd.function import once_differentiable

from baselines.decision_layers import Cells
from baselines.inner_loop import Adaptable, InnerLoss
from baselines.network import Decision

__all__ = ["Affine", "FirstOrderLayers", "backward_pass", "forward_pass", "start", "take_step"]

threshold_backward = torch.ops.aten.threshold_backward  # the gradient of relu

# weight [in, out] and bias [out] that all tasks share, or [B, in, out] and [B, 1, out]; that of the
# last layer lies as [1, in] or [B, 1, in], since batched products with one column are slow
Affine = tuple[torch.Tensor, torch.Tensor]


class FirstLayer(Protocol):
    """The first layer of B tasks. shape: that of its values before relu for the support, [B, S, H];
    those for the queries are [B, Q, H]."""

    shape: torch.Size

    def support(self) -> torch.Tensor:
        """Its values for the support, after the steps so far; no graph."""

    def query(self) -> torch.Tensor:
        """Its values for the queries, with the graph of the outer gradient."""

    def step(self, move: torch.Tensor) -> None:
        """A step, from -rate times the gradient by the values for the support, [B, S, H]."""


class LowRank:
    """The first layer as `decision_layers` has it: embeddings that stand still."""

    def __init__(self, cells: Cells) -> None:
        self.cells, self.values, self.shape = cells, cells.support, cells.support.shape
        self.moved: torch.Tensor | None = None  # the sum of the steps
        self.late: torch.Tensor | None = None  # the last one, until `values` are read again

    @torch.no_grad()
    def support(self) -> torch.Tensor:
        """Moved by the last step only now: before a query there is no need."""
        if self.late is not None:
            if self.values is self.cells.support:
                self.values = torch.baddbmm(self.values, self.cells.within, self.late)
            else:
                self.values.baddbmm_(self.cells.within, self.late)
            self.late = None
        return self.values

    def query(self) -> torch.Tensor:
        if self.moved is None:
            return self.cells.query
        return torch.baddbmm(self.cells.query, self.cells.across, self.moved)

    def step(self, move: torch.Tensor) -> None:
        self.support()
        self.late, self.moved = move, move if self.moved is None else self.moved.add_(move)


class FirstOrderLayers(Adaptable):
    """The decision layers of B tasks: parameter `move` [B, S]."""

    def __init__(self, decision: Decision, first: Cells | FirstLayer) -> None:
        super().__init__()
        self.first = LowRank(first) if isinstance(first, Cells) else first
        self.shared, self.layers = start(decision)
        self.read: list[torch.Tensor] = []
        self._rest()

    def loss(self, inner: InnerLoss) -> torch.Tensor:
        loss: torch.Tensor = SupportLoss.apply(self, inner, self._parameters["move"])  # type: ignore[no-untyped-call]
        return loss

    def forward(self, query: bool = False) -> torch.Tensor:
        if not query:
            return forward_pass(self.first.support(), self.layers)[1]
        values = self.first.query()
        output: torch.Tensor = QueryOutput.apply(self.layers, values, *self.shared)  # type: ignore[no-untyped-call]
        return output

    def fold(self) -> None:
        """After each step: what the move means for values and weights; then it is 0 again."""
        own: dict[str, Any] = self._parameters
        self._move(own["move"].detach())
        self._rest()

    @torch.no_grad()
    def descend(self, inner: InnerLoss, rate: float) -> None:
        """A step of SGD by hand: what `loss`, an optimiser and `fold` do."""
        self.read, output = forward_pass(self.first.support(), self.layers)
        self._move(inner.slope(output) * -rate)

    @torch.no_grad()
    def _move(self, move: torch.Tensor) -> None:
        """move: -rate times the gradient by the output, [B, S]."""
        first, *deep = backward_pass(move, self.read, self.layers)
        self.first.step(first)
        self.layers = [
            take_step(*layer, x, delta)
            for layer, x, delta in zip(self.layers, self.read, deep, strict=True)
        ]

    def _rest(self) -> None:
        zero = self.shared[0].new_zeros(())  # one number in memory, read as a whole tensor
        self.own("move", zero.expand(self.first.shape[:2]).detach().requires_grad_())


def start(decision: Decision) -> tuple[list[torch.Tensor], list[Affine]]:
    """The layers after the first: their parameters, and as what all tasks start from."""
    shared: list[torch.Tensor] = []
    for layer in range(1, decision.depth):
        shared += [decision.get_parameter(f"{n}{layer}") for n in ("weight", "bias")]
    *hidden, last = zip(shared[::2], shared[1::2], strict=True)
    return shared, [*hidden, (last[0].T, last[1])]


class SupportLoss(torch.autograd.Function):
    """The inner loss, whose gradient goes to the move alone."""

    @staticmethod
    def forward(
        ctx: Any, layers: FirstOrderLayers, inner: InnerLoss, _move: torch.Tensor
    ) -> torch.Tensor:
        layers.read, output = forward_pass(layers.first.support(), layers.layers)
        ctx.slope = inner.slope(output)
        return inner(output)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, of_loss: torch.Tensor) -> Any:
        return None, None, ctx.slope * of_loss


class QueryOutput(torch.autograd.Function):
    """The output for first-layer values [B, Q, H]; gradients go to them and the shared weights."""

    @staticmethod
    def forward(
        ctx: Any, layers: list[Affine], values: torch.Tensor, *_shared: torch.Tensor
    ) -> torch.Tensor:
        ctx.layers = layers
        ctx.read, output = forward_pass(values, layers)
        return output

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, of_output: torch.Tensor) -> Any:
        first, *deltas = backward_pass(of_output, ctx.read, ctx.layers)
        gradients = []
        for x, delta in zip(ctx.read, deltas, strict=True):
            flat = delta.flatten(0, 1)
            gradients += [x.flatten(0, 1).T @ flat, flat.sum(0)]
        return None, first, *gradients


def forward_pass(
    values: torch.Tensor, layers: list[Affine]
) -> tuple[list[torch.Tensor], torch.Tensor]:
    """What each layer after the first reads [B, n, in], and the output [B, n]."""
    read = [values.relu()]
    *hidden, (row, bias) = layers
    for layer in hidden:
        read.append(affine(read[-1], *layer).relu_())
    return read, one_output(read[-1], row, bias)


def one_output(x: torch.Tensor, row: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
    """The last layer, [B, n, in] -> [B, n], in one pass over what it reads."""
    if row.dim() == 2:
        return torch.addmv(bias, x.flatten(0, 1), row[0]).view(x.shape[:2])
    return torch.baddbmm(bias, row, x.mT)[:, 0]


def backward_pass(
    slope: torch.Tensor, read: list[torch.Tensor], layers: list[Affine]
) -> list[torch.Tensor]:
    """The gradient by the values of every layer, the first one's too, from that by the output."""
    *hidden, (row, _) = layers
    deltas = [slope[..., None], threshold_backward(slope[..., None] * row, read[-1], 0)]
    for (weight, _), x in zip(reversed(hidden), read[-2::-1], strict=True):
        deltas.append(threshold_backward(deltas[-1] @ weight.mT, x, 0))
    return deltas[::-1]


def affine(x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
    """x W + b, [B, n, in] -> [B, n, out], with shared weights or the tasks' own."""
    if weight.dim() == 2:
        return torch.addmm(bias, x.flatten(0, 1), weight).view(*x.shape[:2], -1)
    return torch.baddbmm(bias, x, weight)


def take_step(
    weight: torch.Tensor, bias: torch.Tensor, x: torch.Tensor, move: torch.Tensor
) -> Affine:
    """The layer after a step on what it reads; in place once it is the tasks' own."""
    left, right = (move, x) if move.shape[2] == 1 else (x, move)
    shift = move.sum(1, keepdim=True)
    if weight.dim() == 2:
        return torch.baddbmm(weight.expand(len(x), -1, -1), left.mT, right), bias + shift
    return weight.baddbmm_(left.mT, right), bias.add_(shift)
