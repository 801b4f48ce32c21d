"""Does the order of the learners survive a change of seed?"""

from dataclasses import dataclass

from coldbench.report.study import ReportData
from coldbench.statistics import RankStability, rank_stability

__all__ = ["Ranking", "rankings"]


@dataclass(frozen=True, slots=True)
class Ranking:
    """Ranks in a scenario, at the seeds where all of `learners` finished."""

    scenario: str
    learners: tuple[str, ...]
    seeds: tuple[str, ...]
    stability: RankStability


def rankings(data: ReportData) -> list[Ranking]:
    """For each scenario with at least two learners and one common seed."""
    found = []
    for scenario in data.scenarios:
        names = tuple(name for name in data.anchors if data.standing(name, scenario))
        runs = [data.values(name, scenario) for name in names]
        seeds = tuple(seed for seed in data.seeds if all(seed in one for one in runs))
        if len(names) > 1 and seeds:
            table = [[one[seed] for one in runs] for seed in seeds]
            found.append(Ranking(scenario, names, seeds, rank_stability(table)))
    return found
