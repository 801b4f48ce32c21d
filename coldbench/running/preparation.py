"""Job -> what it runs on: ratings, split, learner and configuration. The same for running,
estimating, tuning and evidence."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from coldbench.data import Ratings, open_prepared
from coldbench.learning import LearnerConfig, Variant, load_variant
from coldbench.rng import Seeds
from coldbench.running.records import Job
from coldbench.tasks import PROTOCOLS, Split

__all__ = ["Prepared", "SplitKey", "prepare", "whole"]


@dataclass(frozen=True, eq=False)
class Prepared:
    """All that a job's learner needs to be built, trained and asked."""

    ratings: Ratings
    split: Split
    variant: Variant
    config: LearnerConfig


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


@lru_cache(maxsize=1)
def _ratings(sha256: str) -> Ratings:
    return open_prepared(sha256)


@lru_cache(maxsize=2)
def whole(key: SplitKey) -> tuple[Ratings, Split]:
    """The ratings and their split; the last two are kept, since learners share them."""
    protocol = PROTOCOLS[key.protocol].model_validate_json(key.options)
    ratings = _ratings(key.dataset_sha256)
    return ratings, protocol.split(ratings, Seeds(key.split_seed, key.episode_seed, 0, 0))


def prepare(job: Job, view: Callable[[SplitKey], tuple[Ratings, Split]] = whole) -> Prepared:
    """Open the data and load the learner; view: what may be seen of the data.

    Raises DataError, UsageError for a learner that cannot be loaded, and ValidationError.
    """
    ratings, split = view(SplitKey.of(job))
    variant = load_variant(job.base)
    return Prepared(ratings, split, variant, variant.learner.Config.model_validate(job.config))
