"""How much of the studies' tests tuning has seen: its seeds differ from theirs, its ratings do not.

At a tuning seed, the test tasks of that seed are out of reach (`coldbench.tune.blind`). At a
study's seed other users and ratings are tested, and some of them trained or validated at a tuning
seed.
"""

from collections.abc import Sequence

import numpy as np

from coldbench.rng import Seeds
from coldbench.running import Job, SplitKey, whole
from coldbench.tasks import SCENARIOS
from coldbench.tune.blind import visible

__all__ = ["STUDIED", "overlap"]

STUDIED = range(10)  # the seeds of a study, where nothing else is asked for


def overlap(jobs: Sequence[Job], studied: Sequence[int] = STUDIED) -> dict[str, float]:
    """By scenario: the share of the test ratings at the seeds `studied` that are in the inner
    training rows or the validation tasks of any of the jobs. Scenarios without a test are left out.
    """
    seen = np.logical_or.reduce(
        [visible(*whole(key)) for key in dict.fromkeys(map(SplitKey.of, jobs))]
    )
    asked, known = np.zeros(len(SCENARIOS)), np.zeros(len(SCENARIOS))
    for seed in studied:
        job = jobs[0].model_copy(update={"seeds": Seeds.joint(seed)})
        _, split = whole(SplitKey.of(job))
        asked += np.bincount(split.test.scenario, minlength=len(SCENARIOS))
        known += np.bincount(
            split.test.scenario, seen[split.test.query.rows], minlength=len(SCENARIOS)
        )
    return {
        name: float(round(known[place] / asked[place], 4))
        for place, name in enumerate(SCENARIOS)
        if asked[place] and name in jobs[0].scenarios
    }
