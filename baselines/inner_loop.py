"""The inner loop of MAML and its kin: all tasks of a batch take SGD steps on their supports.

    theta_b <- theta_b - inner_rate * grad_theta_b mean_s loss(f(u_b, i_s; theta_b), r_s)

The layers carry a task axis and the inner loss is a sum over tasks, so that one call of
learn2learn's `MAML.adapt()` is the step of every task, on what the layers declare as parameters.
"""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, cast

import numpy as np
import torch
from pydantic import Field
from torch import nn

from baselines.episodic_base import Episodic, EpisodicConfig
from baselines.learn2learn_maml import load_maml
from baselines.losses import Loss, pointwise, slope, task_weights
from baselines.network import Content, ContentNetwork
from coldbench import Dimension, EpisodeBatch, LearnerConfig, Real, Whole

__all__ = ["Adaptable", "InnerConfig", "InnerLoss", "ThroughMAML", "adapted", "sgd_step"]


class InnerConfig(EpisodicConfig):
    """Options of the network, the outer optimiser and the episodes, and those of the inner loop."""

    first_order: bool = Field(
        True, description="drop second derivatives; validation: as good, and a third cheaper"
    )
    inner_steps: int = Field(5, ge=0)
    inner_rate: float = Field(0.15, gt=0, description="published: 5e-6, which adapts nothing")
    inner_loss: Loss = Field("absolute", description="validation: .792 against .807 (squared)")
    inner_shrink: float = Field(
        0.0,
        ge=0,
        description="cells of zero loss added to the inner mean: short supports move less",
    )
    space: ClassVar[Mapping[str, Dimension]] = {
        **EpisodicConfig.space,
        "inner_steps": Whole(1, 10),
        "inner_rate": Real(0.01, 0.5, log=True),
        "inner_shrink": Real(0.0, 40.0),
    }


class ThroughMAML(Episodic[ContentNetwork]):
    """MeLU's network, adapted by learn2learn's MAML: a learner says which layers adapt."""

    Config: ClassVar[type[LearnerConfig]] = InnerConfig
    config: InnerConfig

    def build(self, rng: np.random.Generator) -> ContentNetwork:
        load_maml()
        return ContentNetwork(self.domain, self.config, rng)

    @abstractmethod
    def layers(
        self, network: ContentNetwork, batch: EpisodeBatch, generator: torch.Generator | None
    ) -> "Adaptable":
        """The layers that adapt to each task; a generator turns dropout on."""

    def output(
        self,
        network: ContentNetwork,
        batch: EpisodeBatch,
        generator: torch.Generator | None = None,
    ) -> torch.Tensor:
        layers = self.layers(network, batch, generator)
        return adapted(layers, self.config, network, batch)


@dataclass(frozen=True, eq=False)
class InnerLoss:
    """The sum over tasks of the mean loss of a task's support, a function of its output [B, S].

    value, weight: ratings in the network's unit, and each one's part in its task's mean, [B, S].
    """

    value: torch.Tensor
    weight: torch.Tensor
    kind: Loss
    delta: float

    @classmethod
    def of(
        cls,
        network: Content,
        batch: EpisodeBatch,
        kind: Loss,
        delta: float,
        shrink: float = 0.0,
    ) -> "InnerLoss":
        """The loss of a batch's supports, in the network's floating-point type."""
        dtype = next(network.parameters()).dtype
        value = network.normal(batch.support_value.to(dtype))
        return cls(value, task_weights(batch.support_mask, dtype, shrink), kind, delta)

    def __call__(self, output: torch.Tensor) -> torch.Tensor:
        """The loss, a scalar."""
        return (pointwise(self.kind, output - self.value, self.delta) * self.weight).sum()

    def slope(self, output: torch.Tensor) -> torch.Tensor:
        """The derivative of the loss by the output, [B, S]."""
        return slope(self.kind, output - self.value, self.delta) * self.weight


class Adaptable(nn.Module):
    """Parameters of B tasks at once, each with a leading task axis."""

    def own(self, name: str, value: torch.Tensor) -> None:
        """A parameter that is part of a graph: what torch's own registration forbids."""
        self._parameters[name] = cast(nn.Parameter, value)

    @abstractmethod
    def forward(self, query: bool = False) -> torch.Tensor:
        """Output of the support cells [B, S] or the query cells [B, Q]."""

    def loss(self, inner: InnerLoss) -> torch.Tensor:
        """The inner loss, to be differentiated by the parameters."""
        return inner(self(query=False))

    def fold(self) -> None:
        """After each step: what the step left behind in parameters that stand for others."""
        return

    def descend(self, inner: InnerLoss, rate: float) -> None:
        """A step outside of any graph: what `loss`, an optimiser and `fold` do."""
        for name, value in self.named_parameters():
            self.own(name, value.detach().requires_grad_())
        with torch.enable_grad():
            sgd_step(self, self.loss(inner), rate)


def sgd_step(
    layers: Adaptable,
    loss: torch.Tensor,
    rate: float | Mapping[str, torch.Tensor],
    second_order: bool = False,
) -> None:
    """One step of all tasks, p <- p - rate * grad(loss, p): the step of all that is not MAML.

    rate: one for all, or one for each parameter. The step stays part of the graph, the gradient
    within it only with `second_order`.
    """
    parameters = dict(layers.named_parameters())
    gradients = torch.autograd.grad(
        loss, list(parameters.values()), retain_graph=True, create_graph=second_order
    )
    for (name, value), gradient in zip(parameters.items(), gradients, strict=True):
        own_rate = rate[name] if isinstance(rate, Mapping) else rate
        layers.own(name, value - own_rate * gradient)
    layers.fold()


def adapted(
    layers: Adaptable, c: InnerConfig, network: Content, batch: EpisodeBatch
) -> torch.Tensor:
    """The output for the queries after the inner loop on the support, [B, Q].

    Without a graph around (prediction) steps are of first order, which gives the same values, and
    ours, which takes fewer passes. The MAML object lives for one batch, so that a learner can be
    pickled.
    """
    inner = InnerLoss.of(network, batch, c.inner_loss, c.delta, c.inner_shrink)
    if torch.is_grad_enabled():
        layers = through_maml(layers, c, inner)
    else:
        for _ in range(c.inner_steps):
            layers.descend(inner, c.inner_rate)
    output: torch.Tensor = layers(query=True)
    return output


def through_maml(layers: Adaptable, c: InnerConfig, inner: InnerLoss) -> Adaptable:
    """The layers after learn2learn's steps, in the graph."""
    learner = load_maml()(layers, c.inner_rate, c.first_order).clone()
    for _ in range(c.inner_steps):
        learner.adapt(learner.module.loss(inner))
        learner.module.fold()
    moved: Adaptable = learner.module
    return moved
