"""Learners that are asked about one test user after the other, each leaving traces for the next."""

from abc import abstractmethod
from collections.abc import Iterable, Iterator
from typing import TypeGuard

import torch

from coldbench.learning.learner import Learner
from coldbench.tasks import EpisodeBatch

__all__ = ["SequentialLearner", "in_sequence"]


class SequentialLearner(Learner):
    """A learner whose predictions depend on the test users before: for faithful copies of
    published code that has this fault, and for nothing else."""

    @property
    def depends_on_order(self) -> bool:
        """Whether it does so in its configuration; if not, it is asked as any other learner."""
        return True

    @abstractmethod
    def predict_pass(self, batches: Iterable[EpisodeBatch]) -> Iterator[torch.Tensor]:
        """`predict` for each batch of one pass over all test users, in the order of the tasks.

        Pure as a whole: the traces that users leave are gone when the pass is over.
        """

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        """A pass of one batch."""
        return next(iter(self.predict_pass([batch])))


def in_sequence(learner: Learner) -> TypeGuard[SequentialLearner]:
    """Whether the order of the test users matters to a learner as it is configured."""
    return isinstance(learner, SequentialLearner) and learner.depends_on_order
