"""Layers of theta: one affine map for each of B tasks, changed by the local update.

Weights lie as [in, out] while all tasks share them (before the first step), then [B, in, out].
"""

import torch

__all__ = ["FixedInput", "PerTask", "gradient"]


class PerTask:
    """y = x W + b with the tasks' own W and b, formed at the first step."""

    def __init__(self, weight: torch.Tensor, bias: torch.Tensor | None) -> None:
        """weight [in, out] or [B, in, out]; bias [out], [B, 1, out] or None."""
        self.weight, self.bias = weight, bias
        self.own = False  # may the tensors be changed in place?

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.weight.dim() == 2:
            y = x @ self.weight
            return y if self.bias is None else y.add_(self.bias)
        if self.bias is None:
            return torch.bmm(x, self.weight)
        return torch.baddbmm(self.bias, x, self.weight)

    def backward(self, delta: torch.Tensor) -> torch.Tensor:
        return delta @ self.weight.mT

    def descend(self, x: torch.Tensor, delta: torch.Tensor, rate: float) -> None:
        """One step of SGD: W <- W - rate x^T delta, b <- b - rate sum_s delta_s."""
        if self.own:
            self.weight.baddbmm_(x.mT, delta, alpha=-rate)
        else:
            start = self.weight.expand(len(x), -1, -1)
            self.weight = torch.baddbmm(start, x.mT, delta, alpha=-rate)
            self.own = True
        if self.bias is not None:
            self.bias = torch.sub(self.bias, delta.sum(1, keepdim=True), alpha=rate)

    def tensors(self, tasks: int) -> list[torch.Tensor]:
        """Own copies of weight and bias for each task, for an optimiser to change."""
        self.weight = self.weight.expand(tasks, *self.weight.shape[-2:]).clone()
        self.own = True
        if self.bias is None:
            return [self.weight]
        self.bias = self.bias.expand(tasks, 1, -1).clone()
        return [self.weight, self.bias]


class FixedInput:
    """A first layer under SGD: its support input X never changes, so W_t is never formed.

    With D_t = the sum of past gradients of its output, W_t = W - rate X^T D_t and therefore
    x W_t + b_t = x W + b - rate (x X^T + 1) D_t.
    """

    def __init__(self, weight: torch.Tensor, support: torch.Tensor) -> None:
        """weight [in, out] or [B, in, out], at the start; support X [B, S, in]."""
        self.weight, self.support = weight, support
        self.gram = torch.bmm(support, support.mT).add_(1)
        self.moved: torch.Tensor | None = None  # rate * D_t

    def forward(self, x: torch.Tensor, start: torch.Tensor) -> torch.Tensor:
        """[B, S, out] from x [B, S, in] and start = x W + b."""
        if self.moved is None:
            return start
        gram = self.gram if x is self.support else torch.bmm(x, self.support.mT).add_(1)
        return torch.baddbmm(start, gram, self.moved, alpha=-1)

    def backward(self, delta: torch.Tensor) -> torch.Tensor:
        back = delta @ self.weight.mT
        if self.moved is None:
            return back
        return torch.baddbmm(back, torch.bmm(delta, self.moved.mT), self.support, alpha=-1)

    def descend(self, delta: torch.Tensor, rate: float) -> None:
        self.moved = delta * rate if self.moved is None else self.moved.add_(delta, alpha=rate)


def gradient(x: torch.Tensor, delta: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Gradient of shared weight [in, out] and bias [out], summed over tasks and cells."""
    delta = delta.reshape(-1, delta.shape[-1])
    return x.reshape(-1, x.shape[-1]).T @ delta, delta.sum(0)
