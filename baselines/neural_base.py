"""The frame of learners that are a network under the outer optimiser, however they train it."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, Generic, TypeVar

import numpy as np

from baselines.network import Content
from baselines.neural_options import NeuralConfig
from baselines.outer_optimiser import Optimiser
from coldbench import Domain, Learner, TrainingData

__all__ = ["Neural"]

N = TypeVar("N", bound=Content)


class Neural(Learner, Generic[N]):
    """A network, trained by its parameters and predicting by their average over the steps."""

    config: NeuralConfig

    def __init__(self, config: NeuralConfig, domain: Domain, rng: np.random.Generator) -> None:
        super().__init__(config, domain, rng)
        self.network: N = self.build(rng).to(domain.device)
        self.optimiser: Optimiser[N] | None = None

    @abstractmethod
    def build(self, rng: np.random.Generator) -> N:
        """The network, with initial values from `rng`."""

    @abstractmethod
    def planned(self, data: TrainingData) -> int:
        """Steps of the outer optimiser in all configured epochs."""

    def prepared(self, data: TrainingData) -> Optimiser[N]:
        """The outer optimiser; before the first epoch the network takes note of the data."""
        if self.optimiser is None:
            self.network.observe(data)
            self.optimiser = Optimiser(self.network, self.config, self.planned(data))
        return self.optimiser

    @property
    def predictor(self) -> N:
        """The network to predict with: the average, once there is one."""
        return self.optimiser.averaged if self.optimiser else self.network

    def extend(self, domain: Domain) -> None:
        self.predictor.extend(self.domain.catalogue, domain.catalogue)
        self.domain = domain

    def state(self) -> Mapping[str, Any]:
        return {"network": self.predictor}
