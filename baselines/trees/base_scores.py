"""What `mf`, `knn` and `ridge` say of a query, for users that they are not fitted to.

The training users fall into folds at random. The base models of a fold are fitted to the ratings
of the users outside it, and fold a user of it in from the support of an episode: so the score of a
training row knows neither its rating nor another rating of its user but the support, and is made
as the score of a new user's test row is, by models that all training users are fitted to; those
have seen the support of a warm test user as well. The same holds for the mean and the items' biases
and counts. (Wolpert 1992: level-1 data come from models that have
not seen them.)

A task can also be asked as if its items were new: the models of a fold know a copy of every item,
place I + i for item i, which has its content and no rating (`Learner.extend`).
Axes: B tasks, Q query, M models, I items.
"""

import dataclasses
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import torch

from baselines.closed_form.knn import KNN, KNNConfig
from baselines.closed_form.mf import MF, MFConfig
from baselines.closed_form.ridge import Ridge, RidgeConfig
from baselines.trees.support_features import Statistics
from coldbench import Array, Catalogue, Domain, EpisodeBatch, Field, Learner, Ragged, TrainingData

__all__ = ["BaseModels", "Fold", "as_new_items", "folds"]


class BaseModels(NamedTuple):
    """The base models, and the statistics of `gbdt`, of one set of training users."""

    models: list[Learner]
    known: Statistics
    mean: float

    @classmethod
    def untrained(cls, domain: Domain, rng: np.random.Generator) -> "BaseModels":
        """Least squares, without a shift to the median, which is for the trees to find."""
        nothing = torch.zeros(domain.catalogue.n_items)
        models = [
            MF(MFConfig(median_shift=False), domain, rng),
            KNN(KNNConfig(median_shift=False), domain, rng),
            Ridge(RidgeConfig(median_shift=False), domain, rng),
        ]
        return cls(models, Statistics(nothing, nothing), domain.scale.middle)

    def fitted(
        self, data: TrainingData, sweeps: int, item: float, user: float, rng: np.random.Generator
    ) -> "BaseModels":
        """Trains the models; sweeps: of the factorisation; item, user: shrinkages of the biases."""
        if not len(data.value):
            return self
        for model in self.models:
            for epoch in range(sweeps if isinstance(model, MF) else 1):
                model.train_epoch(data, epoch, rng)
            if isinstance(model, KNN):
                _widen(model)
        mean = float(data.value.mean(dtype=np.float64))
        known, _ = Statistics.train(data, len(self.known.bias), mean, item, user)
        return BaseModels(self.models, known, mean)

    def extended(self, domain: Domain) -> "BaseModels":
        """With items that nobody has rated, after the others."""
        for model in self.models:
            model.extend(domain)
        added = domain.catalogue.n_items - len(self.known.bias)
        padded = (torch.nn.functional.pad(part, (0, added)) for part in self.known)
        return BaseModels(self.models, Statistics(*padded), self.mean)

    def scores(self, batch: EpisodeBatch) -> torch.Tensor:
        """float64 [B, Q, M]."""
        return torch.stack([model.predict(batch).double() for model in self.models], 2)


@dataclasses.dataclass(frozen=True, eq=False)
class Fold:
    """The ratings of its users, and base models fitted to those of all others."""

    data: TrainingData
    base: BaseModels

    def __deepcopy__(self, memo: dict[int, Any]) -> "Fold":
        return self  # fitted once, and shared by all copies of a learner


def folds(
    data: TrainingData,
    n: int,
    domain: Domain,
    options: tuple[int, float, float],
    rng: np.random.Generator,
) -> Iterator[Fold]:
    """n folds, or as many as there are users; options: the arguments of `BaseModels.fitted`."""
    place = rng.permutation(len(data.task_user)) % n
    copies = _with_new_items(domain)
    for fold in np.unique(place):
        base = BaseModels.untrained(domain, rng)
        base = base.fitted(_of_users(data, place != fold), *options, rng)
        yield Fold(_of_users(data, place == fold), base.extended(copies))


def as_new_items(batch: EpisodeBatch, tasks: torch.Tensor, n_items: int) -> EpisodeBatch:
    """Asks about the copies of the items in the tasks marked True, bool [B]."""
    moved = (tasks * n_items)[:, None]
    items = {"support_item": batch.support_item + moved, "query_item": batch.query_item + moved}
    return dataclasses.replace(batch, **items)


def _of_users(data: TrainingData, chosen: Array) -> TrainingData:
    """The ratings of the training users marked True, bool [T], and no others."""
    lists = data.lists.select(np.flatnonzero(chosen))
    rows, own = lists.rows, Ragged(np.arange(len(lists.rows)), lists.ptr)
    columns = data.user[rows], data.item[rows], data.value[rows]
    return TrainingData(*columns, own, data.task_user[chosen], data.device)


def _with_new_items(domain: Domain) -> Domain:
    """Every item twice, the copies after the items."""
    known = domain.catalogue

    def twice(field: Field) -> Field:
        return dataclasses.replace(field, values=np.concatenate([field.values, field.values]))

    fields = tuple(map(twice, known.item_fields))
    catalogue = Catalogue(known.n_users, 2 * known.n_items, known.user_fields, fields)
    return dataclasses.replace(domain, catalogue=catalogue)


def _widen(model: KNN) -> None:
    """float64: a threshold of a tree makes a jump of what rounds otherwise in another batch."""
    for name in ("item", "content", "count", "rho"):
        setattr(model, name, getattr(model, name).double())
