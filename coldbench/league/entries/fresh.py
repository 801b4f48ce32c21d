"""Seeds that nobody knew when the entry was written: do they give what its runs say?

Tested are, in each scenario, the learner's mean MAE and its mean difference from the sentinel on
the fresh seeds, each against the prediction interval of the entry's own runs. All of them together
are to hold (Bonferroni) with LEVEL. An honest entry of 3 to 20 runs then passes with probability
.999 if its errors are normal, .996 if they are skewed as a lognormal of sd .25, .984 of sd .5
(simulated: `tests/league/entries/test_fresh.py`); of our 32 learners on ML-100K and ML-1M, 7 of
their 10 seeds let expect the other 3 in .9998 of all cases. So strict a level does not see small
favours. Of a mean that is 3, 4, 5 standard deviations of a run better than it should be, 20 runs
find out .90, .999, 1, ten runs .55, .89, .99, three runs hardly any. Runs that spread far let
expect nearly anything: beyond REACH in a scenario the fresh seeds show nothing, and earn no mark.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from secrets import SystemRandom

import numpy as np

from coldbench.errors import StoreError, UsageError, shorten
from coldbench.rng import Seeds
from coldbench.running import RunRecord
from coldbench.statistics import exact_share, prediction_interval
from coldbench.study import FIRST_TUNING_SEED

__all__ = ["COUNT", "LEVEL", "REACH", "Fresh", "chosen_seeds", "judged", "too_many_lost"]

COUNT = 3  # fresh seeds, at least
LEVEL = 0.999  # of all intervals together, for normal errors
REACH = 0.15  # of the learner's MAE: a mean so much worse would be found out
FLOOR = 1e-6  # of the value: a difference of rounding

Values = Mapping[str, float]  # MAE by scenario


@dataclass(frozen=True)
class Fresh:
    """what: of which the mean over the fresh seeds is `found`, with the limits of the entry's own
    `runs` runs; by seed: each fresh value; mae: the mean MAE of the entry's runs."""

    what: str
    scenario: str
    found: float
    low: float
    high: float
    runs: int
    by_seed: dict[str, float]
    mae: float

    @property
    def reach(self) -> float:
        """How far the limits are from the middle, as a share of the MAE."""
        return (self.high - self.low) / 2 / max(self.mae, FLOOR)

    @property
    def inside(self) -> bool:
        """Whether the mean is one that the entry's runs let expect."""
        room = FLOOR * max(abs(self.low), abs(self.high))
        return self.low - room <= self.found <= self.high + room

    def __str__(self) -> str:
        word = "inside" if self.inside else "OUTSIDE"
        limits = f"{self.low:.4f} to {self.high:.4f}"
        return f"{self.scenario} {self.what}: {self.found:.4f}, {word} {limits}"


def chosen_seeds(known: Iterable[str], asked: int | Sequence[int]) -> tuple[int, ...]:
    """So many from the system's entropy, or those asked for: none that is known, none of tuning.

    known: labels of the reference's seeds. Raises UsageError where nothing fresh can be had.
    """
    old = {Seeds.parse(label) for label in known}
    if not all(seeds.is_joint for seeds in old):
        raise UsageError("the reference varies its streams one by one: no seed is like its own")
    left = [seed for seed in range(FIRST_TUNING_SEED) if Seeds.joint(seed) not in old]
    count = asked if isinstance(asked, int) else len(set(asked))
    stale = [] if isinstance(asked, int) else sorted(set(asked) - set(left))
    if stale or not COUNT <= count <= len(left):
        raise UsageError(
            f"--seeds: draw from {COUNT} to {len(left)}, or name as many different ones below "
            f"{FIRST_TUNING_SEED} (from where `coldbench tune` takes its own) that are none of the "
            f"reference{f', unlike {stale[0]}' if stale else ''}"
        )
    return tuple(sorted(SystemRandom().sample(left, asked) if isinstance(asked, int) else asked))


def too_many_lost(
    stored: Sequence[RunRecord], fresh: Sequence[RunRecord], learners: Iterable[str]
) -> str:
    """Why fresh runs that did not finish speak against the entry; empty where they do not.

    Where all stored runs of a learner finished, so must all fresh ones. Else the share of the fresh
    that did not may be at most the upper limit (Clopper-Pearson, two-sided 95 %) of that of the
    stored ones, and one run at least has to finish.
    """
    for learner in learners:
        old, new = ([r for r in some if r.job.learner == learner] for some in (stored, fresh))
        failed = sum(record.status != "finished" for record in old)
        lost = [record for record in new if record.status != "finished"]
        most = exact_share(failed, len(old)).high or 0.0 if failed else 0.0
        if lost and (len(lost) > most * len(new) or len(lost) == len(new)):
            one, name = lost[0], shorten(learner)
            usual = (
                f"{failed} of {len(old)} did not, a share of at most {most:.2f}"
                if failed
                else "all finished"
            )
            return (
                f"{name} {one.status} at seed {one.job.seeds.label}, {len(lost)} of {len(new)} "
                f"fresh runs did not finish; of the entry's own runs {usual}: "
                f"{shorten(one.reason, 200)}"
            )
    return ""


def judged(
    stored: Sequence[RunRecord], fresh: Sequence[RunRecord], learner: str, sentinel: str
) -> list[Fresh]:
    """One for each quantity and scenario, of finished runs; raises StoreError without a value."""
    old, new = (_quantities(runs, learner, sentinel) for runs in (stored, fresh))
    for have, lack, whose in ((old, new, "fresh"), (new, old, "stored")):
        if missing := [f"{what} in {scenario}" for what, scenario in have.keys() - lack.keys()]:
            raise StoreError(f"the {whose} runs have no {min(missing)}, the others have one")
    level = 1 - (1 - LEVEL) / max(len(old), 1)
    maes = {scenario: float(np.mean([*old["MAE", scenario].values()])) for _, scenario in old}
    return [_one(key, old[key], new[key], level, maes[key[1]]) for key in old]


def _one(
    key: tuple[str, str],
    old: Mapping[str, float],
    new: Mapping[str, float],
    level: float,
    mae: float,
) -> Fresh:
    expected = prediction_interval(list(old.values()), level=level, further=len(new))
    if expected.low is None or expected.high is None:
        raise StoreError("one run has no prediction interval: enter the learner on more seeds")
    found = float(np.mean(list(new.values())))
    return Fresh(key[0], key[1], found, expected.low, expected.high, len(old), dict(new), mae)


def _quantities(
    records: Sequence[RunRecord], learner: str, sentinel: str
) -> dict[tuple[str, str], dict[str, float]]:
    """(what, scenario): value by seed."""
    mine, other = _values(records, learner), _values(records, sentinel)
    found: dict[tuple[str, str], dict[str, float]] = {}
    for seed, values in mine.items():
        for scenario, value in values.items():
            found.setdefault(("MAE", scenario), {})[seed] = value
            beside = other.get(seed, {}).get(scenario)
            if beside is not None and learner != sentinel:
                key = (f"MAE less that of {sentinel}", scenario)
                found.setdefault(key, {})[seed] = value - beside
    return found


def _values(records: Sequence[RunRecord], learner: str) -> dict[str, Values]:
    return {r.job.seeds.label: r.maes() for r in records if r.job.learner == learner}
