"""The outer optimiser of the neural learners: AdamW, a falling rate, and averaged weights."""

import copy

import torch
from torch import nn

__all__ = ["Optimiser"]


class Optimiser:
    """Fused AdamW (Loshchilov & Hutter 2019), linear decay over the planned steps, and a moving
    average of the weights, `averaged`, to predict with (Polyak & Juditsky 1992).

    The plan is the configured number of epochs, also when the harness stops earlier, so that
    the search for the stopping epoch and the final training follow the same schedule. After t
    steps the average moves by max(1 - average, 9 / (10 + t)): it forgets the start.
    """

    def __init__(
        self, module: nn.Module, rate: float, weight_decay: float, planned: int, average: float
    ) -> None:
        self.parameters = list(module.parameters())
        self.adam = torch.optim.AdamW(self.parameters, rate, weight_decay=weight_decay, fused=True)
        self.rate, self.planned, self.average, self.done = rate, max(planned, 1), average, 0
        self.averaged = copy.deepcopy(module)

    def step(self, loss: torch.Tensor) -> None:
        """One step down the gradient of `loss`."""
        self.adam.param_groups[0]["lr"] = self.rate * max(1 - self.done / self.planned, 0.0)
        self.adam.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        self.adam.step()
        self.done += 1
        share = max(1 - self.average, 9 / (10 + self.done))
        with torch.no_grad():
            torch._foreach_lerp_(list(self.averaged.parameters()), self.parameters, share)
