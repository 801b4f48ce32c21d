"""How much of the studies' tests tuning has seen: its seeds differ from theirs, its ratings do not.

At a tuning seed, the test tasks of that seed are out of reach (`coldbench.tune.blind`). At a
study's seed other users and ratings are tested, and some of them trained or validated at a tuning
seed.
"""

from collections.abc import Sequence

import numpy as np

from coldbench.data import open_prepared
from coldbench.rng import Seeds
from coldbench.running import Job
from coldbench.tasks import PROTOCOLS, SCENARIOS
from coldbench.tune.blind import visible

__all__ = ["STUDIED", "overlap"]

STUDIED = range(10)  # the seeds of a study, where nothing else is asked for


def overlap(jobs: Sequence[Job], studied: Sequence[int] = STUDIED) -> dict[str, float]:
    """By scenario: the share of the test ratings at the seeds `studied` that are in the inner
    training rows or the validation tasks of any of the jobs. Scenarios without a test are left out.
    """
    first, size = jobs[0], len(SCENARIOS)
    protocol = PROTOCOLS[first.protocol].model_validate(first.protocol_options)
    ratings = open_prepared(first.dataset_sha256)
    splits = (protocol.split(ratings, seeds) for seeds in {job.seeds for job in jobs})
    seen = np.logical_or.reduce([visible(ratings, split) for split in splits])
    asked, known = np.zeros(size), np.zeros(size)
    for seed in studied:
        test = protocol.split(ratings, Seeds.joint(seed)).test
        asked += np.bincount(test.scenario, minlength=size)
        known += np.bincount(test.scenario, seen[test.query.rows], minlength=size)
    return {
        name: round(float(known[place] / asked[place]), 4)
        for place, name in enumerate(SCENARIOS)
        if asked[place] and name in first.scenarios
    }
