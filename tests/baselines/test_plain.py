"""The jointly trained network, without steps on the support."""

import torch

from baselines.plain.plain import Plain, PlainConfig
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
