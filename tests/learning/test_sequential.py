"""Learners in sequence: one pass over test users in their order; all others, batch by batch."""

from collections.abc import Iterable, Iterator

import numpy as np
import pytest
import torch

from coldbench.data.ratings import Ratings
from coldbench.learning.learner import Domain
from coldbench.learning.predicting import predict
from coldbench.learning.sequential import SequentialLearner
from coldbench.rng import Seeds, generator
from coldbench.tasks.episodes import EpisodeBatch
from coldbench.tasks.protocols import Separate
from coldbench.tasks.splits import Tasks
from tests.toy import Toy, ToyConfig


class Counting(SequentialLearner, Toy):
    """Predicts how many users of its pass came before."""

    ordered = True

    @property
    def depends_on_order(self) -> bool:
        return self.ordered

    def predict_pass(self, batches: Iterable[EpisodeBatch]) -> Iterator[torch.Tensor]:
        before = 0
        for batch in batches:
            place = torch.arange(before, before + len(batch), dtype=torch.float32)
            yield place[:, None].expand(batch.query_mask.shape)
            before += len(batch)


@pytest.fixture
def tasks(ratings: Ratings) -> Tasks:
    return Separate(max_ratings=None).split(ratings, Seeds.joint(0)).test


def counting(ratings: Ratings) -> Counting:
    domain = Domain(ratings.catalogue, ratings.scale)
    return Counting(ToyConfig(), domain, generator(0, "init"))


def test_a_pass_meets_all_users_in_the_order_of_the_tasks(ratings: Ratings, tasks: Tasks) -> None:
    assert len(tasks) > 128  # several batches
    order = np.argsort(tasks.query.rows, kind="stable")
    assert np.array_equal(
        predict(counting(ratings), tasks, ratings).score, tasks.query.owner[order]
    )


def test_without_the_fault_it_is_asked_as_any_other_learner(ratings: Ratings, tasks: Tasks) -> None:
    learner = counting(ratings)
    learner.ordered = False
    assert predict(learner, tasks, ratings).score.max() < 128


def test_a_learner_of_another_kind_has_predict_alone(
    ratings: Ratings, tasks: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even where it brings a pass along: nothing asks for it."""
    learner = Toy(ToyConfig(), Domain(ratings.catalogue, ratings.scale), generator(0, "init"))
    monkeypatch.setattr(Toy, "predict_pass", Counting.predict_pass, raising=False)
    monkeypatch.setattr(Toy, "depends_on_order", True, raising=False)
    assert set(predict(learner, tasks, ratings).score) == {3.0}
