"""MAMO learns, the same way twice, without touching a global generator."""

import numpy as np
import pytest
import torch

from coldbench.rng import generator
from mamo.learner import MAMO, mamo
from tests.mamo.problem import domain, learner, training


def fitted(seed: int = 0, epochs: int = 12, **options: object) -> MAMO:
    config = mamo.configure({"size": 8, "batch": 8, "rate": 0.02, "epochs": epochs, **options})
    learner = MAMO(config, domain(), generator(seed, "init"))
    for epoch in range(epochs):
        learner.train_epoch(training(), epoch, generator(seed, "order", epoch))
    return learner


def error(trained: MAMO) -> float:
    """Absolute error of query ratings, other splits than those trained on."""
    total, count = 0.0, 0
    for episode in training().episodes(np.random.default_rng(9)):
        deviation = (trained.predict(episode.batch) - episode.target).abs()
        total += float(deviation[episode.batch.query_mask].sum())
        count += int(episode.batch.query_mask.sum())
    return total / count


def test_learns_more_than_chance() -> None:
    value = training().value
    chance = np.abs(value - np.median(value)).mean()
    assert error(fitted()) < 0.6 * chance


def test_same_seed_same_numbers_and_no_global_draws() -> None:
    before = torch.get_rng_state()
    first, second, other = fitted(epochs=2), fitted(epochs=2), fitted(seed=1, epochs=2)
    for name, value in first.model.state_dict().items():
        assert torch.equal(value, second.model.state_dict()[name]), name
    assert error(first) != error(other)
    assert torch.equal(before, torch.get_rng_state())


def test_figures_of_an_epoch() -> None:
    mamo = fitted(epochs=1)
    figures = mamo.train_epoch(training(), 1, generator(0, "order", 1))
    assert figures["attention_entropy"] == pytest.approx(1, abs=0.1)
    assert 0 <= figures["dead_user_gradient"] <= 1
    assert figures["task_memory_norm"] > 1
    assert all(np.isfinite(value) for value in figures.values())


def test_meta_users_are_the_first_of_the_training_users() -> None:
    mamo = fitted(epochs=1, meta_users=3, outer_step="epoch")
    assert mamo.model.user.weights[0].isfinite().all()


@pytest.mark.parametrize(("least", "steps"), [(None, 5), (3, 5), (6, 7), (1000, 40)])
def test_few_users_come_in_smaller_batches(least: int | None, steps: int) -> None:
    """40 users, 8 at a time; with 6 steps asked for, 40 // 6 = 6 at a time."""
    data = training()
    assert (data.lists.lengths >= 2).sum() == 40
    mamo = learner(least_steps=least, outer_optimizer="adamw", averaging=0.9)
    mamo.train_epoch(data, 0, generator(0, "order", 0))
    assert mamo.update.steps == steps
    assert ("least_steps" in mamo.config.model_dump()) == (least is not None)


def test_supports_of_random_size_are_what_training_reads() -> None:
    sizes = []
    for random in (False, True):
        mamo = learner(random_support=random)
        episodes = mamo._episodes(training(), generator(0, "order", 0))
        sizes.append(sum(int(episode.batch.support_mask.sum()) for episode in episodes))
    assert sizes[1] < 0.8 * sizes[0]
