"""Does the order of the learners survive a change of seed?"""

from dataclasses import dataclass
from functools import cached_property

from coldbench.report.drawing.matrix import matrix
from coldbench.report.drawing.style import COLOURS, Plot
from coldbench.report.study import ReportData
from coldbench.report.topic import ALONE, Topic
from coldbench.statistics import RankStability, rank_stability
from coldbench.text import Section, number

__all__ = ["Ranking", "Ranks"]

HOW = (
    "Each row is a learner, each column a rank: the number says at how many seeds it came "
    "there. A learner that is really better keeps to one column. Kendall's W is 1 when all "
    "seeds agree on the order and near 0 when they do not."
)


@dataclass(frozen=True, slots=True)
class Ranking:
    """Ranks in a scenario, at the seeds where all of `learners` finished."""

    scenario: str
    learners: tuple[str, ...]
    seeds: tuple[str, ...]
    stability: RankStability


class Ranks(Topic):
    """Counts of ranks, and how far the seeds agree."""

    order = 120

    @cached_property
    def rankings(self) -> list[Ranking]:
        """For each scenario with at least two learners and one common seed."""
        rankings = (_ranking(self.data, scenario) for scenario in self.data.scenarios)
        return [ranking for ranking in rankings if ranking is not None]

    def section(self) -> Section:
        notes: tuple[str, ...] = ()
        if not self.rankings:
            alone = len(self.data.asked) < 2
            notes = (ALONE if alone else "n/a: no seed that all learners finished.",)
        return Section("ranks", "Ranks", "Ranks over seeds", HOW, notes=notes)

    def figures(self) -> list[Plot]:
        """For each scenario: at how many seeds each learner came first, second, ..."""
        return [_plot(self.data, ranking) for ranking in self.rankings]


def _ranking(data: ReportData, scenario: str) -> Ranking | None:
    names = tuple(s.learner for s in data.ranked(scenario) if s.learner in data.anchors)
    runs = [data.values(name, scenario) for name in names]
    seeds = tuple(seed for seed in data.seeds if all(seed in one for one in runs))
    if len(names) < 2 or not seeds:
        return None
    table = [[one[seed] for one in runs] for seed in seeds]
    return Ranking(scenario, names, seeds, rank_stability(table))


def _plot(data: ReportData, ranking: Ranking) -> Plot:
    counts, n = ranking.stability.counts, ranking.stability.n
    cells = {
        (row, column): (str(count) if count else "", count / n)
        for row, line in enumerate(counts)
        for column, count in enumerate(line)
    }
    names = [data.names[name] for name in ranking.learners]
    places = [str(place + 1) for place in range(len(names))]
    lines = [
        f"{name}: " + ", ".join(f"rank {rank} {c} of {n}" for rank, c in enumerate(line, 1) if c)
        for name, line in zip(names, counts, strict=True)
    ]
    alt = f"{ranking.scenario}: ranks over {n} common seeds. {'; '.join(lines)}."
    w = ranking.stability.kendall_w
    agreement = "" if w is None else f", Kendall's W {number(w, 2)}"
    title = f"{ranking.scenario}: rank in {n} seed{'s' if n > 1 else ''}{agreement}"
    return matrix(f"ranks-{ranking.scenario}", title, alt, names, places, cells, COLOURS[0])
