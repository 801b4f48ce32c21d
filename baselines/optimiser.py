"""The outer optimiser of the neural learners: AdamW with a learning rate that falls to 0."""

import torch
from torch import nn

__all__ = ["Optimiser"]


class Optimiser:
    """Fused AdamW (Loshchilov & Hutter 2019), linear decay over the planned steps.

    The plan is the configured number of epochs, also when the harness stops earlier, so that
    the search for the stopping epoch and the final training follow the same schedule.
    """

    def __init__(
        self, module: nn.Module, rate: float, weight_decay: float, planned: int, decay: bool
    ) -> None:
        parameters = list(module.parameters())
        self.adam = torch.optim.AdamW(parameters, rate, weight_decay=weight_decay, fused=True)
        self.rate, self.planned, self.decay, self.done = rate, max(planned, 1), decay, 0

    def step(self, loss: torch.Tensor) -> None:
        """One step down the gradient of `loss`."""
        left = max(1 - self.done / self.planned, 0.0) if self.decay else 1.0
        self.adam.param_groups[0]["lr"] = self.rate * left
        self.adam.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        self.adam.step()
        self.done += 1
