"""The problem that learners are timed on: training data, and tasks to predict."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from coldbench.data import Array, Ratings, open_dataset
from coldbench.learning import Domain, Learner, TrainingData, load_variant
from coldbench.rng import Seeds, generator
from coldbench.tasks import Separate, Tasks

__all__ = ["Problem", "make", "problem"]


class Problem(NamedTuple):
    """Ratings, the training data of some users, and some test tasks."""

    ratings: Ratings
    data: TrainingData
    tasks: Tasks


def problem(dataset: str, users: int, options: Mapping[str, Any] | None = None) -> Problem:
    """At most so many training users and test tasks, evenly drawn from the split of seed 0."""
    ratings = open_dataset(dataset, options)
    split = Separate().split(ratings, Seeds.joint(0))
    chosen = spread(len(split.train_user), users)
    data = TrainingData.of(ratings, split.train_user[chosen], split.train.select(chosen))
    test = split.test
    kept = spread(len(test), users)
    wanted = np.isin(test.query.owner, kept)
    tasks = Tasks(
        test.user[kept], test.support.select(kept), test.query.select(kept), test.scenario[wanted]
    )
    return Problem(ratings, data, tasks)


def spread(count: int, wanted: int) -> Array:
    """`wanted` of `count` places, as evenly as can be; all when there are fewer."""
    return np.unique(np.linspace(0, count - 1, min(wanted, count)).round().astype(np.int64))


def make(name: str, options: Mapping[str, Any], ratings: Ratings) -> Learner:
    """A registered learner under these options, of seed 0."""
    variant = load_variant(name)
    domain = Domain(ratings.catalogue, ratings.scale)
    return variant.learner(variant.configure(options), domain, generator(0, "init"))
