"""The outer optimiser of the neural learners: AdamW, a falling rate, and averaged weights."""

import copy
from collections.abc import Sequence
from typing import Generic, NamedTuple, TypeVar

import torch
from torch.optim.adamw import adamw

from baselines.network import Content
from baselines.neural_options import NeuralConfig

__all__ = ["Optimiser"]

N = TypeVar("N", bound=Content)


class Optimiser(Generic[N]):
    """Fused AdamW (Loshchilov & Hutter 2019), linear decay over the planned steps, and a moving
    average of the parameters, `averaged`, to predict with (Polyak & Juditsky 1992).

    The plan is the configured number of epochs, also when the harness stops earlier, so that
    the search for the stopping epoch and the final training follow the same schedule. After t
    steps the average moves by max(1 - average, 9 / (10 + t)): it forgets the start.
    """

    def __init__(self, network: N, c: NeuralConfig, planned: int) -> None:
        self.network, self.averaged = network, copy.deepcopy(network)
        rare, ids = network.rare_weights(), network.id_weights()
        named = {id(weight) for weight in (*rare, *ids)}
        rest = [weight for weight in network.parameters() if id(weight) not in named]
        decays = (rest, c.weight_decay), (rare, c.rare_decay), (ids, c.id_decay)
        self.groups = [Group.of(weights, decay) for weights, decay in decays]
        self.config, self.planned, self.done = c, max(planned, 1), 0
        # a walk through the modules costs as much as ten operations
        self.parameters, self.means = (tuple(one.parameters()) for one in (network, self.averaged))

    def step(self, loss: torch.Tensor) -> None:
        """One step down the gradient of `loss`."""
        c = self.config
        remaining = max(1 - self.done / self.planned, 0.0) if c.decay else 1.0
        for weight in self.parameters:
            weight.grad = None
        loss.backward()  # type: ignore[no-untyped-call]
        self.done += 1
        share = max(1 - c.average, 9 / (10 + self.done)) if c.average else 1.0
        with torch.no_grad():
            for group in self.groups:
                group.descend(c.rate * remaining)
            torch._foreach_lerp_(self.means, self.parameters, share)


class Group(NamedTuple):
    """Weights of one decay, with AdamW's two moments and its count of steps for each.

    The function behind torch's AdamW: the object around it costs a thirtieth of a batch of `melu`.
    """

    weights: list[torch.Tensor]
    decay: float
    moments: tuple[list[torch.Tensor], list[torch.Tensor]]
    steps: list[torch.Tensor]

    @classmethod
    def of(cls, weights: Sequence[torch.Tensor], decay: float) -> "Group":
        """Before the first step."""
        first, second = ([torch.zeros_like(weight) for weight in weights] for _ in range(2))
        steps = [torch.zeros((), device=weight.device) for weight in weights]
        return cls(list(weights), decay, (first, second), steps)

    def descend(self, rate: float) -> None:
        """One step of all weights that have a gradient."""
        active = [n for n, weight in enumerate(self.weights) if weight.grad is not None]
        gradients = [weight.grad for weight in self.weights if weight.grad is not None]
        columns = self.weights, *self.moments, self.steps
        weights, first, second, steps = ([column[n] for n in active] for column in columns)
        if weights:
            adamw(weights, gradients, first, second, [], steps, fused=True, amsgrad=False,
                  beta1=0.9, beta2=0.999, lr=rate, weight_decay=self.decay, eps=1e-8,
                  maximize=False)  # fmt: skip
