"""Learners and metrics with one fault each, by the check that must find it."""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import torch
from pydantic import Field

from coldbench.data.ratings import Array
from coldbench.learning.learner import Domain, Learner, LearnerConfig, TrainingData
from coldbench.learning.space import Dimension, Real
from coldbench.scoring.metrics.metric import Metric
from coldbench.tasks.episodes import EpisodeBatch


class Sound(Learner):
    """Mean of the training ratings plus the user's shrunk deviation from it."""

    contract = 1

    def train_epoch(
        self, data: TrainingData, epoch: int, rng: np.random.Generator
    ) -> Mapping[str, float]:
        self.mean = float(data.value.mean())
        return {}

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        rest = (batch.support_value - self.mean) * batch.support_mask
        user = rest.sum(1) / (batch.support_mask.sum(1) + 3)
        return self.mean + user[:, None].expand(batch.query_mask.shape)


class BatchMean(Sound):
    contract = 1

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        return super().predict(batch) * 0.5 + 0.5 * super().predict(batch).mean()


class Unmasked(Sound):
    """Weighs by popularity without the mask: an item that nobody rated would not show it."""

    contract = 1

    def train_epoch(
        self, data: TrainingData, epoch: int, rng: np.random.Generator
    ) -> Mapping[str, float]:
        found = np.bincount(data.item, minlength=self.domain.catalogue.n_items)
        self.weight = torch.from_numpy(found / found.max()).float()
        return super().train_epoch(data, epoch, rng)

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        weight = self.weight[batch.support_item]
        user = ((batch.support_value - self.mean) * weight).sum(1) / (weight.sum(1) + 3)
        return self.mean + user[:, None].expand(batch.query_mask.shape)


class Restless(Sound):
    contract = 1

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        return super().predict(batch) + torch.rand(1)


class Seeds(Sound):
    contract = 1

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        torch.manual_seed(5)
        return super().predict(batch)


class Crashes(Sound):
    contract = 1

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        return self.median  # type: ignore[attr-defined, no-any-return]


class FiveStars(Sound):
    contract = 1

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        return super().predict(batch).clamp(1, 5)


class Divides(Sound):
    contract = 1

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        rest = (batch.support_value - self.mean) * batch.support_mask
        user = rest.sum(1) / batch.support_mask.sum(1)
        return self.mean + user[:, None].expand(batch.query_mask.shape)


class Lists(Sound):
    contract = 1

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        return super().predict(batch).tolist()  # type: ignore[no-any-return]


class Spoils(Sound):
    contract = 1

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        batch.support_value.sub_(self.mean)
        return super().predict(batch)


class Ranks(Sound):
    """Moves a prediction by the item's place among the queries."""

    contract = 1

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        return super().predict(batch) + 0.1 * batch.query_item.argsort(1).argsort(1)


class Shuffles(Sound):
    contract = 1

    def train_epoch(
        self, data: TrainingData, epoch: int, rng: np.random.Generator
    ) -> Mapping[str, float]:
        torch.randperm(len(data.value))
        return super().train_epoch(data, epoch, rng)


class Layered(Sound):
    """Sound: layers may initialise themselves in __init__."""

    contract = 1

    def __init__(self, config: LearnerConfig, domain: Domain, rng: np.random.Generator) -> None:
        super().__init__(config, domain, rng)
        self.layer = torch.nn.Linear(1, 1)

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        with torch.no_grad():
            return super().predict(batch) + 0.1 * self.layer(torch.ones(1))


class LongConfig(LearnerConfig):
    epochs: int = Field(4, ge=3)


class Long(Sound):
    """Sound: one or two epochs are not enough for it, and it says so."""

    Config = LongConfig
    contract = 1


class Lots(Sound):
    """For each item a rating drawn from the training ratings: right units, no knowledge."""

    contract = 1

    def train_epoch(
        self, data: TrainingData, epoch: int, rng: np.random.Generator
    ) -> Mapping[str, float]:
        drawn = rng.choice(data.value, self.domain.catalogue.n_items)
        self.lot = torch.from_numpy(drawn)
        return {}

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        return self.lot[batch.query_item]


class Middling(Sound):
    """Says the middle of the scale, whatever it was shown."""

    contract = 1

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        middle = (self.domain.scale.low + self.domain.scale.high) / 2
        return torch.full(batch.query_mask.shape, middle)


class Residuals(Sound):
    contract = 1

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        return super().predict(batch) - self.mean


class Unsteady(Sound):
    """Learns in every third run and is far off in the others."""

    contract = 1

    def __init__(self, config: LearnerConfig, domain: Domain, rng: np.random.Generator) -> None:
        super().__init__(config, domain, rng)
        self.far = float(rng.choice([0.0, 3.0, 3.0]))

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        return super().predict(batch) - self.far


class BareConfig(LearnerConfig):
    rate: float


class Bare(Sound):
    Config = BareConfig
    contract = 1


class Undeclared(Learner):
    train_epoch = Sound.train_epoch
    predict = Sound.predict


class WideConfig(LearnerConfig):
    space: ClassVar[Mapping[str, Dimension]] = {"rate": Real(0, 1)}


class Wide(Sound):
    Config = WideConfig
    contract = 1


class Forgetful(Sound):
    """Predicts by what its `state` leaves out."""

    contract = 1
    mean = 3.0

    def state(self) -> Mapping[str, float]:
        return {}


class Closed(Sound):
    """Holds what cannot be stored."""

    contract = 1

    def train_epoch(
        self, data: TrainingData, epoch: int, rng: np.random.Generator
    ) -> Mapping[str, float]:
        self.clock = {1, 2}
        return super().train_epoch(data, epoch, rng)


LEARNERS: dict[str, type[Learner]] = {
    "stored_model_predicts_alike": Forgetful,
    "answers_are_ratings": Lists,
    "configuration_is_plain": Bare,
    "other_queries_do_not_matter": Ranks,
    "batch_mates_do_not_matter": BatchMean,
    "padding_does_not_matter": Unmasked,
    "prediction_is_pure": Restless,
    "global_generators_are_left_alone": Restless,
    "another_scale_works": FiveStars,
    "short_supports_work": Divides,
    "contract_is_declared": Undeclared,
    "space_is_legal": Wide,
    "ratings_matter": Middling,
    "learning_beats_chance": Lots,
}


def _metric(function: object, low: float | None = 0.0, lower_is_better: bool = True) -> Metric:
    return Metric("faulty", function, lower_is_better, low, None, "", "faulty")  # type: ignore[arg-type]


def _mae(value: Array, score: Array, episode: Array) -> float:
    return float(np.abs(score - value).mean())


def _changes(value: Array, score: Array, episode: Array) -> float:
    score -= value
    return float(np.abs(score).mean())


def _spread(value: Array, score: Array, episode: Array) -> float:
    return float(np.std(score - value, ddof=1)) if len(value) > 1 else float("nan")


METRICS: dict[str, Metric] = {
    "perfect_is_best": _metric(_mae, lower_is_better=False),
    "range_holds": _metric(_mae, low=0.5),
    "value_is_one_finite_number": _metric(
        lambda v, s, e: float("nan") if len(v) == 1 else float(np.std(s - v, ddof=1))
    ),
    "order_of_rows_does_not_matter": _metric(lambda v, s, e: float(np.abs(s - v)[:5].mean())),
    "names_of_episodes_do_not_matter": _metric(lambda v, s, e: _mae(v, s, e) * float(e[0] + 1)),
    "input_is_left_alone": _metric(_changes),
    "metric_declares_itself": Metric("other", _mae, True, 0.0, None, "", "another name"),
}
