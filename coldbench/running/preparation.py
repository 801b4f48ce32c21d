"""Job -> what it runs on: ratings, split, learner and configuration. The same for running,
estimating, tuning and evidence."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import NamedTuple

from coldbench.data import Ratings, alone, in_memory, open_prepared, showing, without_values
from coldbench.learning import Criterion, LearnerConfig, Variant, load_variant
from coldbench.rng import Seeds
from coldbench.running.records import Job
from coldbench.scoring import criterion_of
from coldbench.tasks import PROTOCOLS, Split

__all__ = ["Prepared", "SplitKey", "asked", "permitted", "prepare"]


@dataclass(frozen=True, eq=False)
class Prepared:
    """All that a job's learner needs to be built, trained and asked; no test target is in it.

    ratings: of training and validation, the other rows hold nothing; asked(): the ratings with the
    test tasks, to be called when training is over; criterion: what early stopping goes by, the MAE
    if None.
    """

    ratings: Ratings
    split: Split
    variant: Variant
    config: LearnerConfig
    asked: Callable[[], Ratings]
    criterion: Criterion | None = None


class SplitKey(NamedTuple):
    """All that a split depends on; options: of the protocol, as JSON."""

    dataset_sha256: str
    protocol: str
    options: str
    split_seed: int
    episode_seed: int

    @classmethod
    def of(cls, job: Job) -> "SplitKey":
        """That of a job."""
        options = json.dumps(job.protocol_options, sort_keys=True)
        return cls(job.dataset_sha256, job.protocol, options, job.seeds.split, job.seeds.episode)


def _without_values(sha256: str) -> Ratings:
    """Not kept: which pairs a test asks about is nothing that training may find in memory."""
    return in_memory(without_values(open_prepared(sha256)))


@lru_cache(maxsize=1)
def permitted(key: SplitKey) -> tuple[Ratings, Split]:
    """The split, and the ratings that may train and validate; the other rows hold nothing.

    The last is kept, since learners share it. Only one: what one seed trains on, another tests.
    """
    protocol = PROTOCOLS[key.protocol].model_validate_json(key.options)
    stored = open_prepared(key.dataset_sha256)
    split = protocol.split(without_values(stored), Seeds(key.split_seed, key.episode_seed, 0, 0))
    known = showing(_without_values(key.dataset_sha256), stored.value, split.trained)
    return alone(known, split.trained), split


def asked(key: SplitKey) -> Ratings:
    """The ratings with users and items of all rows, and the values that training, validation and
    the supports of test tasks hold; the others are NaN. Not kept: the next learner in this process
    is to train without them."""
    _, split = permitted(key)
    stored = open_prepared(key.dataset_sha256)
    return showing(_without_values(key.dataset_sha256), stored.value, split.visible)


def prepare(job: Job, view: Callable[[SplitKey], tuple[Ratings, Split]] = permitted) -> Prepared:
    """Open the data and load the learner; view: what may be seen of the data.

    Raises DataError, UsageError for a learner that cannot be loaded, and ValidationError.
    """
    ratings, split = view(key := SplitKey.of(job))
    variant = load_variant(job.base)
    config = variant.learner.Config.model_validate(job.config)
    later = partial(asked, key)
    return Prepared(ratings, split, variant, config, later, criterion_of(job.stop_by))
