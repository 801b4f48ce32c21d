"""Where the time of a run goes, of every registered learner under its defaults, on one thread.

A run is what `coldbench run` does with one seed: the search (epochs, each with a validation), the
refit, the test. Two epochs of each kind are trained whole, one validation and one test are
predicted whole, and a run is reckoned from them: the first epoch once, the second as often as it
takes. A search takes all epochs, which is too many where `patience` may end it; a refit takes
REFIT of these. A learner that meets users one after the other predicts some of the tasks alone.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from benchmarks.clock import busy
from benchmarks.line import Line
from benchmarks.options import Options
from benchmarks.problem import make, spread
from benchmarks.shares import KINDS, shares
from coldbench import registry
from coldbench.data import Ragged, Ratings, open_dataset
from coldbench.errors import Declined
from coldbench.learning import Learner, TrainingData, in_sequence, predict
from coldbench.rng import Seeds, generator
from coldbench.tasks import Separate, Split, Tasks

__all__ = ["league"]

PARTS = ("search", "validation", "refit", "test")
REFIT = 0.73  # of the epochs of a search are trained again: the mean of an earlier league
ONE_BY_ONE = 64  # users that a learner in sequence meets while it is profiled


def league(options: Options) -> Iterator[Line]:
    """One line a learner, with the parts of its run."""
    ratings = open_dataset(options.dataset)
    split = Separate().split(ratings, Seeds.joint(0))
    total = 0.0
    for name in registry.names("learner"):
        print(f"  {name}", file=sys.stderr, flush=True)
        try:
            line = Run(name, ratings, split, options.users).line()
        except Declined as error:
            print(f"  {name} declines: {error}", file=sys.stderr)
            continue
        total += line.value
        yield line
    yield Line("league", "one seed of all, reckoned", total / 60, "min")


class Run:
    """A learner on the split of seed 0, and how long the parts of its run take."""

    def __init__(self, name: str, ratings: Ratings, split: Split, users: int) -> None:
        """users: that train, and tasks that are predicted, while it is profiled."""
        self.name, self.ratings, self.split = name, ratings, split
        self.learner = make(name, {}, ratings)
        self.sequential = in_sequence(self.learner)
        self.users = min(users, ONE_BY_ONE) if self.sequential else users

    def line(self) -> Line:
        """Its seconds in all, with the parts of the run and of what is done."""
        config, split = self.learner.config, self.split
        searches, parts = config.chooses_epochs, dict.fromkeys(PARTS, 0.0)
        if searches:
            parts["search"] = self.training(split.inner, config.epochs)
            parts["validation"] = config.epochs * self.prediction(split.validation)
            self.learner = make(self.name, {}, self.ratings)
        again = REFIT * config.epochs if searches else config.epochs
        parts["refit"] = self.training(split.train, again)
        parts["test"] = self.prediction(split.test)
        total = sum(parts.values())
        return Line("league", self.name, total, "s", parts={**parts, **self.kinds(parts)})

    def training(self, lists: Ragged, epochs: float) -> float:
        """Seconds of so many epochs: of the first one, and of others like the second."""
        data = TrainingData.of(self.ratings, self.split.train_user, lists)
        each = [busy(epoch) for epoch in first_epochs(self.learner, data)]
        return each[0] + max(epochs - 1, 0) * each[-1]

    def prediction(self, tasks: Tasks) -> float:
        """Seconds of all tasks; of a learner in sequence reckoned from the first ones."""
        few = tasks.select(spread(len(tasks), self.users)) if self.sequential else tasks
        spent = busy(partial(predict, self.learner, few, self.ratings))
        return spent * len(tasks) / max(len(few), 1)

    def kinds(self, parts: Mapping[str, float]) -> dict[str, float]:
        """Percent of each of KINDS in the whole: those of an epoch and of a prediction, weighted
        by the seconds of the parts."""
        *before, last = first_epochs(make(self.name, {}, self.ratings), self.few_users())
        for epoch in before:
            epoch()
        training = shares(last)
        tasks = self.split.test.select(spread(len(self.split.test), self.users))
        predicting = shares(partial(predict, self.learner, tasks, self.ratings))
        asked = (parts["validation"] + parts["test"]) / sum(parts.values())
        return {
            f"{kind}, %": 100 * (asked * predicting[kind] + (1 - asked) * training[kind])
            for kind in KINDS
        }

    def few_users(self) -> TrainingData:
        """The training data of some users."""
        chosen = spread(len(self.split.train_user), self.users)
        lists = self.split.train.select(chosen)
        return TrainingData.of(self.ratings, self.split.train_user[chosen], lists)


def first_epochs(learner: Learner, data: TrainingData) -> list[Callable[[], object]]:
    """The first two epochs of a learner, or the only one."""
    return [
        partial(learner.train_epoch, data, epoch, generator(0, "epoch", epoch))
        for epoch in range(min(learner.config.epochs, 2))
    ]
