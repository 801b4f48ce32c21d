"""Epochs, validation, early stopping: the same for every learner.

1. Train on the inner ratings; after each epoch predict the validation tasks; stop when the
   validation MAE, or another criterion, has not improved for `patience` epochs. This chooses the
   number of epochs.
2. Train a new learner, from the same initial state, on all training ratings for that number.
   A learning rate that decays keeps the schedule of step 1, so that the last epoch is the one
   chosen there
   (decaying to 0 within the chosen epochs is worse in validation: MAMO .803 against .796).

A learner of one epoch (closed forms) needs no first step, nor does one of `fixed_epochs`.
"""

import copy
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from coldbench.data import Array, Ragged, Ratings
from coldbench.errors import ColdbenchError, Diverged, UsageError
from coldbench.learning.collapse import spread_of
from coldbench.learning.determinism import repeatable
from coldbench.learning.learner import Domain, Learner, LearnerConfig, TrainingData, Variant
from coldbench.learning.predicting import predict
from coldbench.learning.predictions import Predictions
from coldbench.learning.rounding import disturb_weights
from coldbench.rng import Seeds, generator
from coldbench.tasks import SCENARIOS, Split

__all__ = ["Criterion", "EpochRecord", "Fitted", "fit", "search", "train"]

EpochRecord = Mapping[str, float]
MEASURED = ("validation_", "stop_by_")
"""How names begin that no figure of a learner may have: these choose its epochs and options."""

Told = Callable[[EpochRecord], None]


def _nobody(record: EpochRecord) -> None:
    """Is told of each epoch where nobody asked."""


@dataclass(frozen=True)
class Criterion:
    """What early stopping goes by instead of the MAE: the plain mean over scenarios of `of`.

    of(predictions, ratings) -> the value in each scenario that has queries.
    """

    name: str
    lower_is_better: bool
    of: Callable[[Predictions, Ratings], Mapping[str, float]]

    def mean(self, predictions: Predictions, ratings: Ratings) -> float:
        """Raises UsageError where a scenario has no finite value."""
        values = self.of(predictions, ratings)
        for scenario, value in values.items():
            if not math.isfinite(value):
                raise UsageError(f"{self.name} is {value} on the validation tasks of {scenario}")
        return float(np.mean(list(values.values())))


@dataclass(frozen=True, eq=False)
class Fitted:
    """A trained learner.

    curve: one record an epoch of step 1 (`epoch`, `validation_mae`, that of each scenario, entropy
    and sd of the validation predictions, the learner's own figures, and `stop_by_<name>` of a
    criterion), or of step 2 without validation for `fixed_epochs`; epochs: how many the final
    learner trained.
    """

    learner: Learner
    curve: list[EpochRecord]
    epochs: int


def fit(
    variant: Variant,
    config: LearnerConfig,
    ratings: Ratings,
    split: Split,
    seeds: Seeds,
    refit: bool = True,
    device: str = "cpu",
    criterion: Criterion | None = None,
) -> Fitted:
    """Choose the number of epochs on validation tasks, then train on all training ratings.

    With `refit` False the learner of the best validation epoch is kept instead; criterion: what
    the best epoch is the best by, the MAE if None.
    Raises Diverged with the epoch, Declined from the learner, UsageError for a criterion without a
    value.
    """
    curve: list[EpochRecord] = []
    epochs = config.epochs
    if config.chooses_epochs and len(split.validation) > 0:
        best, curve = search(variant, config, ratings, split, seeds, device, criterion)
        if not refit:
            return best
        epochs = best.epochs
    trained = train(variant, config, ratings, split.train_user, split.train, seeds, epochs, device)
    return Fitted(trained.learner, trained.curve if config.fixed_epochs else curve, epochs)


def train(
    variant: Variant,
    config: LearnerConfig,
    ratings: Ratings,
    users: Array,
    lists: Ragged,
    seeds: Seeds,
    epochs: int,
    device: str = "cpu",
    told: Told = _nobody,
) -> Fitted:
    """Step 2: a new learner after so many epochs on the given rows, one list for each user."""
    domain = Domain(ratings.catalogue, ratings.scale, device)
    data = TrainingData.of(ratings, users, lists, device, seeds.rounding)
    learner = _new(variant, config, domain, seeds)
    curve: list[EpochRecord] = []
    for epoch in range(epochs):
        curve.append({"epoch": epoch, **_epoch(learner, data, epoch, seeds)})
        told(curve[-1])
    return Fitted(learner, curve, epochs)


def search(
    variant: Variant,
    config: LearnerConfig,
    ratings: Ratings,
    split: Split,
    seeds: Seeds,
    device: str = "cpu",
    criterion: Criterion | None = None,
    told: Told = _nobody,
) -> tuple[Fitted, list[EpochRecord]]:
    """Step 1: the learner of the best validation epoch, and the whole curve."""
    domain = Domain(ratings.catalogue, ratings.scale, device)
    data = TrainingData.of(ratings, split.train_user, split.inner, device, seeds.rounding)
    learner = _new(variant, config, domain, seeds)
    curve: list[EpochRecord] = []
    best: Learner = learner
    best_epoch, lowest = -1, math.inf
    for epoch in range(config.epochs):
        figures = _epoch(learner, data, epoch, seeds)
        try:
            predictions = predict(learner, split.validation, ratings)
        except Diverged as error:
            raise Diverged(f"after epoch {epoch}: {error}") from None
        maes = _maes(predictions, ratings)
        mae = float(np.mean(list(maes.values())))
        shape = spread_of(predictions.score, ratings.scale)
        spread = {f"prediction_{name}": value for name, value in shape.items()}
        chosen, loss = _judged(criterion, predictions, ratings, epoch) if criterion else ({}, mae)
        curve.append({"epoch": epoch, "validation_mae": mae, **maes, **figures, **spread, **chosen})
        told(curve[-1])
        if loss < lowest:
            best, best_epoch, lowest = copy.deepcopy(learner), epoch, loss
        if epoch - best_epoch >= config.patience:
            break
    return Fitted(best, curve, best_epoch + 1), curve


def _judged(
    criterion: Criterion, predictions: Predictions, ratings: Ratings, epoch: int
) -> tuple[EpochRecord, float]:
    """What the curve shows of a criterion, and the number that is to be low."""
    try:
        value = criterion.mean(predictions, ratings)
    except UsageError as error:
        raise UsageError(f"early stopping after epoch {epoch}: {error}") from None
    shown = {f"stop_by_{criterion.name}": value}
    return shown, value if criterion.lower_is_better else -value


def _maes(predictions: Predictions, ratings: Ratings) -> dict[str, float]:
    """Of each scenario that has queries, as `validation_W-W` and so on.

    Their plain mean is what early stopping and tuning minimise: each scenario counts alike.
    """
    score = np.clip(predictions.score, ratings.scale.low, ratings.scale.high)
    error: Array = np.abs(score - ratings.value[predictions.row])
    return {
        f"validation_{name}": float(error[predictions.scenario == index].mean(dtype=np.float64))
        for index, name in enumerate(SCENARIOS)
        if (predictions.scenario == index).any()
    }


def _new(variant: Variant, config: LearnerConfig, domain: Domain, seeds: Seeds) -> Learner:
    learner = variant.learner(config, domain, generator(seeds.init, "init"))
    disturb_weights(learner, seeds.rounding)
    return learner


def _epoch(learner: Learner, data: TrainingData, epoch: int, seeds: Seeds) -> EpochRecord:
    start = time.perf_counter()
    rng = generator(seeds.order, "epoch", epoch)
    with repeatable(data.device):
        figures = dict(learner.train_epoch(data, epoch, rng) or {})
    for name, value in figures.items():
        if name in ("epoch", "seconds") or name.startswith(MEASURED):
            raise ColdbenchError(
                f"{type(learner).__name__}.train_epoch returned {name!r}, a name of what coldbench "
                "measures itself: call it otherwise"
            )
        if not math.isfinite(value):
            raise Diverged(f"{name} is {value} in epoch {epoch}")
    return {**figures, "seconds": time.perf_counter() - start}
