"""Facts measured on the released code (ML-1M, protocol `mixed`), met by `mamo-released`."""

from pathlib import Path

import numpy as np
import pytest

from coldbench.datasets import open_dataset
from coldbench.learner import Domain, TrainingData
from coldbench.predict import predict
from coldbench.protocols import Mixed
from coldbench.ratings import Ratings
from coldbench.rng import Seeds, generator
from coldbench.splits import Split, Tasks
from mamo.learner import MAMO, mamo_released

pytestmark = pytest.mark.realdata
SEEDS = range(2)


@pytest.fixture(scope="module")
def ratings(real_data: Path) -> Ratings:
    return open_dataset(str(real_data / "ml-1m"))


def trained(ratings: Ratings, seed: int, epochs: int) -> tuple[MAMO, Split, list[dict]]:
    split = Mixed().split(ratings, Seeds.joint(seed))
    config, domain = mamo_released.configure({}), Domain(ratings.catalogue, ratings.scale)
    made = MAMO(config, domain, generator(seed, "init"))
    data = TrainingData.of(ratings, split.train_user, split.train)
    figures = [
        made.train_epoch(data, e, generator(seed, "order", "epoch", e)) for e in range(epochs)
    ]
    return made, split, figures


def some(tasks: Tasks, index: np.ndarray) -> Tasks:
    support, query = tasks.support.select(index), tasks.query.select(index)
    return Tasks(tasks.user[index], support, query, np.zeros(len(query.rows), np.int8))


def test_task_memory_is_gone_after_100_users(ratings: Ratings) -> None:
    made, _, _ = trained(ratings, 0, 1)
    start = MAMO(made.config, made.domain, generator(0, "init"))
    left = made.model.memories.task.norm() / start.model.memories.task.norm()
    assert left < 0.01


def test_most_users_have_dead_gradients(ratings: Ratings) -> None:
    """About 90 of the first 100 in the released code."""
    shares = [trained(ratings, seed, 1)[2][0]["dead_user_gradient"] for seed in SEEDS]
    assert np.mean(shares) > 0.6


def test_reversing_test_users_changes_predictions(ratings: Ratings) -> None:
    """About half of them in the released code: 150 users, 55 %."""
    made, split, _ = trained(ratings, 0, 3)
    first = some(split.test, np.arange(150))
    one = predict(made, first, ratings)
    other = predict(made, some(split.test, np.arange(150)[::-1]), ratings)
    changed = np.mean(one.score != other.score)
    assert 0.2 < changed <= 1


def test_error_is_that_of_the_released_code(ratings: Ratings) -> None:
    """Pooled MAE of ten seeds 1.05 +- .17, between .77 and 1.29."""
    errors = []
    for seed in SEEDS:
        made, split, _ = trained(ratings, seed, 3)
        found = predict(made, split.test, ratings)
        errors.append(np.abs(found.score - ratings.value[found.row]).mean())
    assert 0.75 < np.mean(errors) < 1.45
