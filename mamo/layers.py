"""Layers of theta: one affine map for each of B tasks, changed by the local update.

Weights lie as [in, out] while all tasks share them (before the first step), then [B, in, out].
"""

import torch

__all__ = ["FixedInput", "OneOutput", "PerTask", "Turned"]


class PerTask:
    """y = x W + b with the tasks' own W and b, formed at the first step."""

    def __init__(self, weight: torch.Tensor, bias: torch.Tensor | None) -> None:
        """weight [in, out] or [B, in, out], left as it is; bias [out], [B, 1, out] or None."""
        self.weight, self.bias = weight, bias
        self.own = False  # whether the weight may be changed in place: from the first step on

    def forward(self, x: torch.Tensor, start: torch.Tensor | None = None) -> torch.Tensor:
        """[B, S, out] from x [B, S, in]; `start` is not used."""
        if self.weight.dim() == 2:
            y = x @ self.weight
            return y if self.bias is None else y.add_(self.bias)
        if self.bias is None:
            return torch.bmm(x, self.weight)
        return torch.baddbmm(self.bias, x, self.weight)

    def backward(self, delta: torch.Tensor) -> torch.Tensor:
        """The gradient of x from that of y."""
        if self.weight.dim() == 2:
            return delta @ self.weight.T
        return torch.bmm(delta, self.weight.mT)

    def descend(self, x: torch.Tensor, delta: torch.Tensor, rate: float) -> None:
        """One step of SGD: W <- W - rate x^T delta, b <- b - rate sum_s delta_s."""
        if self.own:
            self.weight.baddbmm_(x.mT, delta, alpha=-rate)
        else:
            start = self.weight.expand(len(x), -1, -1)
            self.weight = torch.baddbmm(start, x.mT, delta, alpha=-rate)
            self.own = True
        self.descend_bias(delta, rate)

    def descend_bias(self, delta: torch.Tensor, rate: float) -> None:
        """The step of the bias, if there is one."""
        if self.bias is not None:
            self.bias = torch.sub(self.bias, delta.sum(1, keepdim=True), alpha=rate)

    def gradient(self, x: torch.Tensor, delta: torch.Tensor, into: list[torch.Tensor]) -> None:
        """Of each task's weight and, if there is one, bias; written to `into`."""
        torch.bmm(x.mT, delta, out=into[0])
        if self.bias is not None:
            torch.sum(delta, 1, keepdim=True, out=into[1])

    def tensors(self, tasks: int) -> list[torch.Tensor]:
        """Weight and, if there is one, bias of each task."""
        weight = self.weight.expand(tasks, *self.weight.shape[-2:])
        return [weight] if self.bias is None else [weight, self.bias.expand(tasks, 1, -1)]

    def adopt(self, tensors: list[torch.Tensor]) -> None:
        """Uses these in place of `tensors`: an optimiser changes them in place."""
        self.weight, self.own = tensors[0], True
        if self.bias is not None:
            self.bias = tensors[1]

    def of_last(self) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Weight [in, out] and bias [out] of the last task."""
        weight = self.weight if self.weight.dim() == 2 else self.weight[-1]
        return weight, None if self.bias is None else self.bias.reshape(-1, weight.shape[1])[-1]


class Turned(PerTask):
    """The same, its weight in memory as [B, out, in]: for more outputs than inputs, where a product
    with the transposed weight takes four times as long as one with a weight that lies so."""

    def descend(self, x: torch.Tensor, delta: torch.Tensor, rate: float) -> None:
        """One step of SGD."""
        turned = self.weight.mT
        if self.own:
            turned.baddbmm_(delta.mT, x, alpha=-rate)
        else:
            start = turned.expand(len(x), -1, -1)
            self.weight = torch.baddbmm(start, delta.mT, x, alpha=-rate).mT
            self.own = True
        self.descend_bias(delta, rate)


class OneOutput(Turned):
    """The same for one output, in one pass over its input."""

    def forward(self, x: torch.Tensor, start: torch.Tensor | None = None) -> torch.Tensor:
        """[B, S, 1] from x [B, S, in]; `start` is not used."""
        if self.weight.dim() == 2:
            y = torch.mv(x.flatten(0, 1), self.weight[:, 0]).view(*x.shape[:2], 1)
        else:
            y = torch.bmm(self.weight.mT, x.mT).mT
        return y if self.bias is None else y.add_(self.bias)

    def backward(self, delta: torch.Tensor) -> torch.Tensor:
        """The gradient of x from that of y."""
        return delta * self.weight.mT


class FixedInput:
    """A first layer under SGD: its support input X never changes, so W_t is never formed.

    With D_t = the sum of past gradients of its output, W_t = W - rate X^T D_t and therefore
    x W_t + b_t = x W + b - rate (x X^T + 1) D_t.
    """

    def __init__(self, weight: torch.Tensor, bias: torch.Tensor, support: torch.Tensor) -> None:
        """weight [in, out] or [B, in, out] and bias at the start; support X [B, S, in]."""
        self.weight, self.bias, self.support = weight, bias, support
        self.gram = torch.bmm(support, support.mT).add_(1)
        self.moved: torch.Tensor | None = None  # rate * D_t

    def forward(self, x: torch.Tensor, start: torch.Tensor | None = None) -> torch.Tensor:
        """[B, S, out] from x [B, S, in] and start = x W + b."""
        if start is None:
            start = PerTask(self.weight, self.bias).forward(x)
        if self.moved is None:
            return start
        gram = self.gram if x is self.support else torch.bmm(x, self.support.mT).add_(1)
        return torch.baddbmm(start, gram, self.moved, alpha=-1)

    def backward(self, delta: torch.Tensor) -> torch.Tensor:
        """The gradient of x from that of y."""
        back = delta @ self.weight.mT
        if self.moved is None:
            return back
        return torch.baddbmm(back, torch.bmm(delta, self.moved.mT), self.support, alpha=-1)

    def descend(self, x: torch.Tensor, delta: torch.Tensor, rate: float) -> None:
        """One step of SGD, for the support input only."""
        self.moved = delta * rate if self.moved is None else self.moved.add_(delta, alpha=rate)

    def of_last(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Weight [in, out] and bias [out] of the last task."""
        weight, bias = PerTask(self.weight, self.bias).of_last()
        assert bias is not None
        if self.moved is None:
            return weight, bias
        return weight - self.support[-1].T @ self.moved[-1], bias - self.moved[-1].sum(0)
