"""The frame of learners that adapt by a forward pass: a network maps a batch to its queries."""

from abc import abstractmethod
from typing import Generic, TypeVar

import torch

from baselines.episodic_base import Episodic
from baselines.network import Content
from coldbench import EpisodeBatch

__all__ = ["Amortised", "TaskNetwork"]


class TaskNetwork(Content):
    """A network that reads supports and queries."""

    @abstractmethod
    def forward(
        self, batch: EpisodeBatch, generator: torch.Generator | None = None
    ) -> torch.Tensor:
        """For each query, in units of `normal`: [B, Q]; a generator turns dropout on."""


N = TypeVar("N", bound=TaskNetwork)


class Amortised(Episodic[N], Generic[N]):
    """A learner that is its network."""

    def output(
        self, network: N, batch: EpisodeBatch, generator: torch.Generator | None = None
    ) -> torch.Tensor:
        output: torch.Tensor = network(batch, generator)
        return output
