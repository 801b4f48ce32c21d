"""The outer optimiser of the neural learners: AdamW, a falling rate, and averaged weights."""

import copy
from typing import Generic, TypeVar

import torch

from baselines.network import Content
from baselines.neural import NeuralConfig

__all__ = ["Optimiser"]

N = TypeVar("N", bound=Content)


class Optimiser(Generic[N]):
    """Fused AdamW (Loshchilov & Hutter 2019), linear decay over the planned steps, and a moving
    average of the weights, `averaged`, to predict with (Polyak & Juditsky 1992).

    The plan is the configured number of epochs, also when the harness stops earlier, so that
    the search for the stopping epoch and the final training follow the same schedule. After t
    steps the average moves by max(1 - average, 9 / (10 + t)): it forgets the start.
    """

    def __init__(self, network: N, c: NeuralConfig, planned: int) -> None:
        rare = network.rare_weights()
        named = {id(weight) for weight in rare}
        rest = [weight for weight in network.parameters() if id(weight) not in named]
        decays = (rest, c.weight_decay), (rare, c.rare_decay)
        groups = [{"params": weights, "weight_decay": decay} for weights, decay in decays]
        self.adam = torch.optim.AdamW(groups, c.rate, fused=True)
        self.config, self.planned, self.done = c, max(planned, 1), 0
        self.parameters, self.averaged = list(network.parameters()), copy.deepcopy(network)

    def step(self, loss: torch.Tensor) -> None:
        """One step down the gradient of `loss`."""
        left = max(1 - self.done / self.planned, 0.0) if self.config.decay else 1.0
        for group in self.adam.param_groups:
            group["lr"] = self.config.rate * left
        self.adam.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        self.adam.step()
        self.done += 1
        share = max(1 - self.config.average, 9 / (10 + self.done)) if self.config.average else 1.0
        with torch.no_grad():
            torch._foreach_lerp_(tuple(self.averaged.parameters()), tuple(self.parameters), share)
