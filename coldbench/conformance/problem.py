"""A learner on small data: what its checks look at."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from coldbench.audit import Audit, Rooms, findings_of
from coldbench.data import Ratings, alone, open_dataset, withheld
from coldbench.learning import (
    Domain,
    Learner,
    LearnerConfig,
    Predictions,
    SequentialLearner,
    Variant,
    fit,
    in_sequence,
    predict,
)
from coldbench.rng import Seeds, generator, global_generators
from coldbench.running import Job, Prepared, SplitKey, asked, permitted
from coldbench.tasks import EpisodeBatch, Separate, Split, Tasks, batches

__all__ = ["ASKED", "SEEDS", "Problem", "fewer_ratings", "small_ratings"]

SEEDS = Seeds.joint(0)
ASKED = 24  # test tasks, where each waits for the one before
GRADED = 150  # test tasks of such a learner, in the check of learning
FEW = 5  # support ratings, of a learner that takes its time for each


def small_ratings() -> Ratings:
    """Synthetic ratings on which any learner trains in seconds."""
    return open_dataset("synthetic", {"n_users": 240, "n_items": 160, "n_ratings": 9600})


def fewer_ratings() -> Ratings:
    """Those of the audit, and of checks for which it does not matter how much is learned."""
    return open_dataset("synthetic", {"n_users": 120, "n_items": 100, "n_ratings": 4000})


@dataclass(frozen=True)
class Problem:
    """A learner on small data. `trained` is fitted once, with at most `most_epochs` epochs, on
    `device`.

    A SequentialLearner takes its users one after the other, here and in training: it trains for
    one epoch, most checks ask it about `ASKED` test tasks, and that of learning about `GRADED`,
    with `FEW` support ratings.
    """

    variant: Variant
    ratings: Ratings
    seeds: Seeds = SEEDS
    device: str = "cpu"
    most_epochs: int = 3

    @cached_property
    def config(self) -> LearnerConfig:
        most = 1 if self.sequential else self.most_epochs
        return self.variant.configure({"epochs": min(self.variant.configure({}).epochs, most)})

    @cached_property
    def brief(self) -> "Problem":
        """Fewer ratings, and one epoch where the learner allows that: a sixth of the work, for
        checks that need a trained learner, whatever it has learned."""
        return dataclasses.replace(self.shorter(1), ratings=fewer_ratings())

    def shorter(self, epochs: int) -> "Problem":
        """The same with fewer epochs at most, where the learner allows so few."""
        allowed = _is_legal(self.variant, {"epochs": epochs})
        return dataclasses.replace(self, most_epochs=epochs) if allowed else self

    @cached_property
    def sequential(self) -> bool:
        """Whether it takes its users one after the other."""
        kind, config = self.variant.learner, self.variant.configure({})
        return issubclass(kind, SequentialLearner) and in_sequence(self._built(config))

    @cached_property
    def split(self) -> Split:
        return Separate().split(self.ratings, self.seeds)

    @cached_property
    def trained(self) -> Learner:
        return self.fitted(self.ratings)

    def fitted(self, ratings: Ratings) -> Learner:
        """A newly fitted learner, for the split of the original ratings, of which it sees what the
        learners of a study see."""
        seen = alone(withheld(ratings, self.split.trained), self.split.trained)
        with global_generators(self.seeds.init):
            given = self.variant, self.config, seen, self.split, self.seeds
            return fit(*given, device=self.device).learner

    def built(self) -> Learner:
        """A learner that has not trained."""
        return self._built(self.config)

    def _built(self, config: LearnerConfig) -> Learner:
        domain = Domain(self.ratings.catalogue, self.ratings.scale, self.device)
        with global_generators(self.seeds.init):
            return self.variant.learner(config, domain, generator(self.seeds.init, "init"))

    @cached_property
    def asked(self) -> Tasks:
        """The test tasks of all checks but that of learning."""
        count = ASKED if self.sequential else None
        return self.split.test.drawn(count, np.random.default_rng(0))

    @cached_property
    def answers(self) -> Predictions:
        """Of the trained learner."""
        return self.predictions(self.trained)

    def predictions(self, learner: Learner) -> Predictions:
        return predict(learner, self.asked, self.ratings)

    @cached_property
    def audit(self) -> Audit:
        """The replays of `coldbench audit` on fewer data, in this process; two epochs, so that one
        is chosen by validation."""
        ratings = fewer_ratings()
        protocol = Separate(test_tasks=ASKED // 4 if self.sequential else None)
        job = Job(
            dataset=ratings.name,
            dataset_sha256=ratings.sha256,
            protocol=protocol.name,
            protocol_options=protocol.model_dump(mode="json"),
            learner="checked",
            base="checked",
            config=self.shorter(2).config.model_dump(mode="json"),
            seeds=self.seeds,
            device=self.device,
        )
        rooms = Rooms(job, ratings, protocol.split(ratings, self.seeds))
        return findings_of(rooms, partial(rooms.here, prepared=self._prepared))

    def _prepared(self, job: Job) -> Prepared:
        epochs = 2 if job.seeds == self.seeds else 1  # of a job before it, to see its ratings
        config = self.shorter(epochs).config
        key = SplitKey.of(job)
        return Prepared(*permitted(key), self.variant, config, partial(asked, key))

    def at(self, seed: int) -> "Problem":
        """The same at another joint seed: another split, other initial weights."""
        seeds = Seeds.joint(seed)
        return self if seeds == self.seeds else dataclasses.replace(self, seeds=seeds)

    @cached_property
    def gain(self) -> float:
        """1 - MAE on the test queries / MAE of a random draw from the ratings."""
        asked, most = (GRADED, FEW) if self.sequential else (None, None)
        tasks = self.split.test.drawn(asked, np.random.default_rng(0)).shots(most)
        predictions = predict(self.trained, tasks, self.ratings)
        low, high, _ = self.ratings.scale
        rating = np.asarray(self.ratings.value, np.float64)
        truth = rating[predictions.row]
        error = np.abs(np.clip(predictions.score, low, high) - truth).mean()
        level, count = np.unique(rating, return_counts=True)
        drawn = np.abs(truth[:, None] - level).mean(0) @ count / len(rating)
        return float(1 - error / drawn)

    @cached_property
    def batch(self) -> EpisodeBatch:
        """Sixteen test episodes of unequal lengths."""
        batch, _ = next(batches(self.split.test, self.ratings, max_tasks=16, by_length=False))
        return batch.to(self.device)


def _is_legal(variant: Variant, options: Mapping[str, object]) -> bool:
    try:
        variant.configure(options)
    except ValueError:
        return False
    return True
