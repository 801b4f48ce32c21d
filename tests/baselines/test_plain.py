"""The jointly trained network, without steps on the support."""

import numpy as np
import pytest
import torch

from baselines.plain.plain import Plain, PlainConfig
from coldbench.data.ragged import Ragged
from coldbench.learning.learner import TrainingData
from coldbench.learning.loading import load_variant
from tests.baselines.worlds import RNG, domain, training, world


def test_plain_without_steps_is_its_network() -> None:
    ratings = world()
    learner = Plain(PlainConfig(embedding=4, epochs=2), domain(ratings), RNG(0))
    losses = [learner.train_epoch(training(ratings), e, RNG(e))["loss"] for e in range(2)]
    assert losses[1] < losses[0]
    batch = next(training(ratings).episodes(RNG(1), batch_size=4)).batch
    assert learner.optimiser is not None
    network = learner.optimiser.averaged
    user = batch.user[:, None].expand_as(batch.query_item).reshape(-1)
    expected = network.rating(network(user, batch.query_item.reshape(-1)))
    torch.testing.assert_close(learner.predict(batch).reshape(-1), expected.detach())


@pytest.mark.parametrize("name", ["plain", "wide-deep", "deepfm"])
def test_without_a_training_rating_nothing_is_learned_and_something_said(name: str) -> None:
    ratings, variant = world(), load_variant(name)
    nothing = Ragged.of(np.zeros(0, np.int64), np.zeros(0, np.int64))
    data = TrainingData.of(ratings, np.zeros(0, np.int64), nothing)
    learner = variant.learner(variant.configure({}), domain(ratings), RNG(0))
    assert learner.train_epoch(data, 0, RNG(0)) == {"loss": 0.0}
    batch = next(training(ratings).episodes(RNG(1), batch_size=4)).batch
    assert learner.predict(batch).isfinite().all()
