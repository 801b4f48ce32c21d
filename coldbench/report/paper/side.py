"""One study as a paper's table shows it: some of its learners, on one metric, compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from coldbench.errors import StoreError, UsageError, unknown
from coldbench.report.families import Family, families
from coldbench.report.pairs import compare
from coldbench.report.standings import Standing, Values, order_of, standings
from coldbench.report.study import MAIN, ReportData, main_values
from coldbench.scoring import installed
from coldbench.study import couples
from coldbench.tasks import SCENARIOS
from coldbench.text import display_name

__all__ = ["Side", "side_of"]

Runs = Mapping[tuple[str, str], Values]


@dataclass(frozen=True, eq=False)
class Side:
    """data: the whole study; shown: its learners in the table; sign: -1 where a higher value of
    the metric is better: then standings are of the negated values, in which lower is better."""

    data: ReportData
    metric: str
    shown: tuple[str, ...]
    sign: int

    @property
    def dataset(self) -> str:
        """Its name, as it is shown."""
        return display_name(self.data.dataset, 60)

    @property
    def version(self) -> tuple[str, int]:
        """The protocol with its version."""
        numbers = self.data.manifest.fixed["protocol_options"]
        return self.data.protocol, int(numbers.get("version", 1))

    @cached_property
    def scenarios(self) -> tuple[str, ...]:
        """Those in which a learner shown finished a run."""
        met = {scenario for _, scenario in self.standings}
        return tuple(name for name in SCENARIOS if name in met)

    @cached_property
    def seeds(self) -> int:
        """The most that any scenario has."""
        return max((one.tested for one in self.standings.values()), default=0)

    @cached_property
    def families(self) -> Mapping[str, Family]:
        """The comparisons of each scenario among the learners shown; none of an ablation, where
        not every pair is compared."""
        if self.data.departures:
            return {}
        if self._whole:
            return self.data.families
        return families(self._runs, self._couples, self.data.scenarios)

    @cached_property
    def standings(self) -> Mapping[tuple[str, str], Standing]:
        """By learner and scenario, of `sign` times the metric."""
        if self._whole:
            return self.data.standings
        declared = len(self.data.scenarios) * len(self._couples)
        pairs = compare(self._runs, self.families, declared)
        collapsed = {record.job.learner for record in self.data.collapsed}
        return standings(self._runs, pairs, self.families, collapsed)

    @property
    def tested(self) -> bool:
        """Whether any learner was compared with a best one."""
        return any(one.group not in ("", "best") for one in self.standings.values())

    @property
    def ordered(self) -> list[str]:
        """The learners shown, from the best to the worst."""
        return order_of(self.standings, self.shown)

    @property
    def _whole(self) -> bool:
        """Whether the table shows the league itself, without yardsticks that nobody asked for."""
        return self.metric == MAIN and set(self.shown) == set(self.data.asked)

    @cached_property
    def _couples(self) -> Sequence[tuple[str, str]]:
        return couples(self.shown, self.data.manifest.departures)

    @cached_property
    def _runs(self) -> Runs:
        values = main_values(self.data.runs, self.metric)
        return {
            place: {seed: self.sign * value for seed, value in runs.items()}
            for place, runs in values.items()
            if place[0] in self.shown
        }


def side_of(data: ReportData, models: Sequence[str], metric: str) -> Side:
    """models: learners to show, all where it is empty; those that the study does not have are left
    out. Raises UsageError for a metric that the study does not have, or of unknown direction."""
    if metric not in data.metrics:
        raise unknown("metric", metric, data.metrics)
    known = installed()
    if metric not in known:
        raise UsageError(
            f"metric {metric!r} is not installed here: which direction is better is unknown"
        )
    shown = tuple(name for name in data.planned if name in models or not models)
    if not any(place[0] in shown for place in main_values(data.runs, metric)):
        raise StoreError(f"{data.study.path}: none of these learners finished a run")
    return Side(data, metric, shown, 1 if known[metric].lower_is_better else -1)
