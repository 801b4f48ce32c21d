"""The stream `rounding`: one unit in the last place, of what trains and of nothing else."""

import dataclasses
from collections.abc import Mapping

import numpy as np
import pytest
import torch

from coldbench.data.ratings import Array, Ratings
from coldbench.learning import fitting
from coldbench.learning.fitting import fit
from coldbench.learning.learner import Domain, Learner, TrainingData, Variant
from coldbench.learning.loading import load_variant
from coldbench.learning.predicting import predict
from coldbench.learning.rounding import disturb_weights, noisy_ratings
from coldbench.rng import Seeds, generator
from coldbench.tasks.episodes import EpisodeBatch
from coldbench.tasks.protocols import Separate

SMALL = {"epochs": 2, "embedding": 8, "hidden": [8]}


class Witness(Learner):
    """Keeps what it is given."""

    def __init__(self, config: object, domain: Domain, rng: np.random.Generator) -> None:
        super().__init__(config, domain, rng)
        self.trained: list[TrainingData] = []
        self.asked: list[EpisodeBatch] = []

    def train_epoch(
        self, data: TrainingData, epoch: int, rng: np.random.Generator
    ) -> Mapping[str, float]:
        self.trained.append(data)
        return {}

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        self.asked.append(batch)
        return torch.full(batch.query_item.shape, 3.0)


def scores(ratings: Ratings, name: str, rounding: int, **options: object) -> Array:
    seeds = Seeds(0, 0, 0, 0, rounding)
    variant, split = load_variant(name), Separate().split(ratings, seeds)
    learner = fit(variant, variant.configure(options), ratings, split, seeds).learner
    return predict(learner, split.test.drawn(10, generator(0, "tasks")), ratings).score


def test_most_ratings_move_by_one_unit_and_stay_on_the_scale(ratings: Ratings) -> None:
    noisy = noisy_ratings(ratings, 1)
    assert noisy.dtype == np.float32
    units = np.abs(noisy.view(np.int32) - np.asarray(ratings.value).view(np.int32))
    assert set(units.tolist()) == {0, 1}
    inner = (ratings.value > ratings.scale.low) & (ratings.value < ratings.scale.high)
    assert units[inner].all()
    assert units.mean() > 0.6
    assert ratings.scale.low <= noisy.min() < noisy.max() <= ratings.scale.high
    relative = np.abs(noisy.astype(float) / ratings.value - 1)
    assert relative.max() <= 2.0**-23
    up = (noisy > ratings.value)[inner]
    assert abs(up.mean() - 0.5) < 4 * 0.5 / np.sqrt(len(up))


def test_noise_is_drawn_by_its_own_seed(ratings: Ratings) -> None:
    assert np.array_equal(noisy_ratings(ratings, 0), ratings.value)
    assert np.array_equal(noisy_ratings(ratings, 2), noisy_ratings(ratings, 2))
    assert not np.array_equal(noisy_ratings(ratings, 2), noisy_ratings(ratings, 3))


def test_a_zero_stays(ratings: Ratings) -> None:
    scale = ratings.scale._replace(low=0.0)
    value = np.where(np.asarray(ratings.value) == 1, 0, ratings.value).astype(np.float32)
    zeros = dataclasses.replace(ratings, value=value, scale=scale)
    assert (noisy_ratings(zeros, 1)[value == 0] == 0).all()


def test_training_ratings_move_and_nothing_else_does(
    ratings: Ratings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In both steps of `fit`; supports and targets of validation and test are as they were."""
    met: list[tuple[Array, ...]] = []
    real = fitting.predict
    monkeypatch.setattr(
        fitting,
        "predict",
        lambda learner, tasks, given: met.append(given.value) or real(learner, tasks, given),
    )
    seeds, before = Seeds(0, 0, 0, 0, 1), np.array(ratings.value)
    variant, split = Variant.of(Witness, "witness"), Separate().split(ratings, seeds)
    config = variant.configure({"epochs": 2})
    done = fit(variant, config, ratings, split, seeds).learner
    found, _ = fitting.search(variant, config, ratings, split, seeds)
    for learner, rows in ((done, split.train.rows), (found.learner, split.inner.rows)):
        value = learner.trained[0].value  # type: ignore[attr-defined]
        assert np.array_equal(value, noisy_ratings(ratings, 1)[rows])
        assert (value != ratings.value[rows]).mean() > 0.6
    predict(done, split.test, ratings)
    asked = torch.cat([b.support_value[b.support_mask] for b in done.asked])  # type: ignore[attr-defined]
    assert np.isin(asked.numpy(), np.unique(before)).all()
    assert np.array_equal(ratings.value, before)
    assert met
    assert all(np.array_equal(value, before) for value in met)


@pytest.mark.parametrize(
    ("name", "options", "part"), [("plain", SMALL, "network"), ("mamo-released", {}, "model")]
)
def test_weights_move_by_one_unit(
    ratings: Ratings, name: str, options: dict[str, object], part: str
) -> None:
    variant, domain = load_variant(name), Domain(ratings.catalogue, ratings.scale)
    config = variant.configure(options)
    made = [variant.learner(config, domain, generator(0, "init")) for _ in range(3)]
    disturb_weights(made[1], 5)
    old, new, again = (list(getattr(learner, part).parameters()) for learner in made)
    for before, after in zip(old, new, strict=True):
        units = (before.view(torch.int32) - after.view(torch.int32)).abs()
        assert torch.equal(units, (before != 0).int())
    disturb_weights(made[0], 0)
    assert all(map(torch.equal, old, again))


@pytest.mark.parametrize(("name", "options"), [("bias", {}), ("plain-finetune", SMALL)])
def test_noise_reaches_learners_of_every_loss(
    ratings: Ratings, name: str, options: dict[str, object]
) -> None:
    """Also one that sees only the sign of an error."""
    quiet, noisy = (scores(ratings, name, rounding, **options) for rounding in (0, 1))
    assert not np.array_equal(quiet, noisy)
    assert np.array_equal(noisy, scores(ratings, name, 1, **options))
