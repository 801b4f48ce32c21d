"""Comparisons that a study decides in planned looks, and the loop that runs one until it has."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from coldbench.errors import UsageError
from coldbench.report.study import ReportData, build
from coldbench.rng import generator
from coldbench.statistics import Settled, settle
from coldbench.study import Study, StudyConfig

__all__ = ["Comparison", "run_until_settled", "settling"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two learners in a scenario, and what the looks so far decided; differences are a - b."""

    scenario: str
    a: str
    b: str
    settled: Settled


def settling(data: ReportData) -> list[Comparison]:
    """The comparisons that the study names: its learners with those of `against`, else all pairs.

    Empty for a study without looks. The pairs of a scenario are one family, as in the league.
    """
    looks = data.manifest.looks
    if not looks:
        return []
    against = data.against
    named = [(a, b) for b in against for a in data.asked if a != b]
    couples = list(dict.fromkeys(named)) if against else list(data.couples)
    return [
        Comparison(scenario, *couple, settled)
        for scenario in data.scenarios
        for couple, settled in zip(couples, _settled(data, scenario, couples), strict=True)
    ]


def _settled(data: ReportData, scenario: str, couples: list[tuple[str, str]]) -> list[Settled]:
    looks, learners = data.manifest.looks, data.planned
    reached = [look for look in looks if look <= len(data.seeds)]
    seeds = data.seeds[: max(reached, default=0)]
    runs = [[data.values(name, scenario).get(seed, np.nan) for seed in seeds] for name in learners]
    place = {name: index for index, name in enumerate(learners)}
    pairs = [(place[a], place[b]) for a, b in couples]
    rng = generator(0, "report", "settle", scenario)
    x = np.array(runs, dtype=np.float64).reshape(len(learners), len(seeds))
    return settle(x, pairs, looks, data.manifest.margin, rng)


def run_until_settled(config: StudyConfig, run: Callable[[StudyConfig], Study]) -> Study:
    """Run a study look by look until each comparison is decided, or its seeds end.

    config: with `looks`; run: what runs a study, such as `run_study`. A stopped study goes on where
    it stopped, with the same looks. Raises UsageError for a study without looks.
    """
    if not config.looks:
        raise UsageError("no looks are planned: give the number of seeds at each in `looks`")
    for look in config.looks:
        study = run(config.model_copy(update={"seeds": look}))
        if all(one.settled.state != "open" for one in settling(build(study))):
            break
    return study
