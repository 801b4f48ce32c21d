"""ReportData: what the topics of a report share about a study, each quantity computed once."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TypeVar, cast

import pandas as pd

import coldbench
from coldbench.errors import StoreError, unknown
from coldbench.learning import has_collapsed
from coldbench.report.effects import Ablation, ablation_of
from coldbench.report.families import Family, families
from coldbench.report.pairs import Pairs, compare
from coldbench.report.standings import Standing, Values, order_of, standings
from coldbench.report.summary import full_support, oracle, summary_of
from coldbench.running import RunRecord
from coldbench.statistics import Interval, mean_interval
from coldbench.study import (
    YARDSTICKS,
    Digest,
    Gap,
    Published,
    Study,
    couples,
    digest_of,
    gaps,
    parse_published,
    refuse_mixed,
    results,
)
from coldbench.tasks import SCENARIOS
from coldbench.text import display_names

__all__ = ["MAIN", "ReportData", "build", "main_values"]

MAIN = "mae"  # the metric of the league table, of all comparisons and of the verdicts
T = TypeVar("T")


class ReportData:
    """A study, analysed as far as somebody asks.

    Raises StoreError when its runs do not belong together.
    """

    def __init__(self, study: Study, focus: Sequence[str] = ()) -> None:
        self.study = study
        self.records = list(study.records())
        if not self.records:
            raise StoreError(f"{study.path} holds no run yet: start it with `coldbench run`")
        _check_splits(self.records, study)
        refuse_mixed(self.records, study.path)
        self.manifest = study.manifest
        self._focus = tuple(focus)
        self._made: dict[Callable[[ReportData], object], object] = {}

    def of(self, kind: Callable[["ReportData"], T]) -> T:
        """The one `kind` of this study, such as a topic, made when it is first asked for."""
        if kind not in self._made:
            self._made[kind] = kind(self)
        return cast("T", self._made[kind])

    # what was run

    @property
    def dataset(self) -> str:
        return str(self.manifest.fixed["dataset"])

    @property
    def protocol(self) -> str:
        return str(self.manifest.fixed["protocol"])

    @cached_property
    def runs(self) -> pd.DataFrame:
        """The table of `results.runs`."""
        return results.runs(self.study, self.records)

    @cached_property
    def full(self) -> pd.DataFrame:
        """The lines of `runs` with all support ratings."""
        return full_support(self.runs)

    @cached_property
    def epochs(self) -> pd.DataFrame:
        """The table of `results.curves`."""
        return results.curves(self.study, self.records)

    @cached_property
    def missing(self) -> pd.DataFrame:
        """Planned runs without a record, the table of `results.missing`."""
        return results.missing(self.study)

    @cached_property
    def unfinished(self) -> tuple[RunRecord, ...]:
        """Runs that failed, diverged or were declined."""
        return tuple(record for record in self.records if record.status != "finished")

    @cached_property
    def collapsed(self) -> tuple[RunRecord, ...]:
        """Finished runs that predict a constant, by the rule of `learning.has_collapsed`."""
        return tuple(record for record in self.records if _is_constant(record))

    @cached_property
    def finished(self) -> int:
        """How many runs finished."""
        return int(self.runs.loc[self.runs["status"] == "finished", "job"].nunique())

    @cached_property
    def declining(self) -> frozenset[str]:
        """Learners that declined every run: the data are none for them."""
        others = {record.job.learner for record in self.records if record.status != "declined"}
        return frozenset(record.job.learner for record in self.records) - others

    def failed(self, record: RunRecord) -> bool:
        """Whether a run failed or diverged, or declined a seed where the learner took others: it
        may know which it will do badly at."""
        declined = record.status == "declined" and record.job.learner not in self.declining
        return declined or record.status in ("failed", "diverged")

    def lost(self, learner: str) -> int:
        """How many runs of a learner failed."""
        return sum(self.failed(one) for one in self.unfinished if one.job.learner == learner)

    def constant(self, learner: str) -> int:
        """How many runs of a learner predict a constant."""
        return sum(record.job.learner == learner for record in self.collapsed)

    # learners, scenarios, seeds, metrics

    @cached_property
    def planned(self) -> tuple[str, ...]:
        """Learners in the order of the plan."""
        jobs = (job.learner for job in self.manifest.jobs)
        return tuple(dict.fromkeys([*jobs, *self.runs["learner"]]))

    @cached_property
    def learners(self) -> tuple[str, ...]:
        """From the lowest mean error to the highest, yardsticks last; in the order of the plan of
        an ablation."""
        if self.ablation:
            return self.planned
        return (*order_of(self.standings, self.asked), *self.beside)

    @cached_property
    def asked(self) -> tuple[str, ...]:
        """The learners that the study is about, in the order of the plan."""
        return tuple(name for name in self.planned if name not in self.manifest.yardsticks)

    @cached_property
    def beside(self) -> tuple[str, ...]:
        """The learners that run as yardsticks only: the league's tests leave them out."""
        return tuple(name for name in self.planned if name in self.manifest.yardsticks)

    @cached_property
    def yardsticks(self) -> tuple[str, ...]:
        """Those of the study, asked for or not."""
        return tuple(name for name in YARDSTICKS if name in self.planned)

    @cached_property
    def names(self) -> Mapping[str, str]:
        """How each learner is shown."""
        return display_names(self.learners, self.ablation.bases if self.ablation else ())

    @cached_property
    def departures(self) -> frozenset[str]:
        """Configurations of an ablation that are compared with their base only."""
        return frozenset(one.label for one in self.manifest.departures if one.factors)

    @property
    def anchors(self) -> tuple[str, ...]:
        """The learners that are no departure of an ablation: all, in most studies."""
        return tuple(name for name in self.learners if name not in self.departures)

    @cached_property
    def focus(self) -> tuple[str, ...]:
        """The learners that the report is about: those asked for, else those of other packages.

        Raises UsageError for a learner that the study does not have.
        """
        for name in self._focus:
            if name not in self.learners:
                raise unknown("learner in focus", name, self.learners)
        foreign = {record.job.learner for record in self.records if _is_foreign(record)}
        return self._focus or tuple(name for name in self.learners if name in foreign)

    @cached_property
    def scenarios(self) -> tuple[str, ...]:
        """Those that occur, in their order."""
        return tuple(name for name in SCENARIOS if (self.full["scenario"] == name).any())

    @cached_property
    def seeds(self) -> tuple[str, ...]:
        """Labels in the order of the plan."""
        return tuple(dict.fromkeys([*(job.seed for job in self.manifest.jobs), *self.runs["seed"]]))

    @cached_property
    def metrics(self) -> tuple[str, ...]:
        """MAIN first, the others by name."""
        return tuple(dict.fromkeys([MAIN, *sorted(set(self.runs["metric"]))]))

    # errors

    @cached_property
    def main(self) -> dict[tuple[str, str], Values]:
        """MAIN of each finished run, by (learner, scenario) and seed."""
        return main_values(self.runs)

    def values(self, learner: str, scenario: str) -> Values:
        """MAIN of each finished run by seed."""
        standing = self.standing(learner, scenario)
        return standing.values if standing else {}

    @cached_property
    def summary(self) -> pd.DataFrame:
        """The table of summary.csv."""
        return summary_of(self.runs)

    @cached_property
    def oracle(self) -> dict[str, Interval]:
        """The best possible MAIN by scenario, where the data know it."""
        best = oracle(self.full)
        best = best[best["metric"] == MAIN]
        return {
            str(scenario): mean_interval(group["value"].to_numpy(float))
            for scenario, group in best.groupby("scenario")
        }

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        """Metrics that have no value in runs that finished."""
        return gaps(self.runs)

    # comparisons

    @cached_property
    def couples(self) -> Sequence[tuple[str, str]]:
        """The pairs of learners that this study compares."""
        return couples(self.asked, self.manifest.departures)

    @cached_property
    def pairs(self) -> Pairs:
        """Each couple in each scenario, where both share a seed."""
        return compare(self.main, self.families, self.declared)

    @cached_property
    def families(self) -> Mapping[str, Family]:
        """The comparisons of each scenario, tested together."""
        return families(self.main, self.couples, self.scenarios)

    @cached_property
    def measured(self) -> Pairs:
        """Each learner with each yardstick that runs beside them: a family for each scenario."""
        mine = [name for name in self.asked if name not in self.departures]
        wanted = [(name, yardstick) for yardstick in self.beside for name in mine]
        scenarios = self.scenarios if wanted else ()
        made = families(self.main, wanted, scenarios)
        return compare(self.main, made, len(wanted) * len(scenarios))

    @cached_property
    def every_pair(self) -> Pairs:
        """Those of `pairs` and `measured`."""
        return Pairs((*self.pairs, *self.measured))

    @property
    def declared(self) -> int:
        """How many comparisons the study makes, in all scenarios."""
        return len(self.scenarios) * len(self.couples)

    @cached_property
    def standings(self) -> Mapping[tuple[str, str], Standing]:
        """By learner and scenario, wherever a run finished; nobody is the best of an ablation,
        where not every pair is compared."""
        collapsed = {record.job.learner for record in self.collapsed}
        whole = {} if self.departures else self.families
        return standings(self.main, self.pairs, whole, collapsed)

    def standing(self, learner: str, scenario: str) -> Standing | None:
        """Where a learner stands, None when no run finished."""
        return self.standings.get((learner, scenario))

    def ranked(self, scenario: str) -> list[Standing]:
        """The standings of a scenario in the order of the learners, yardsticks left out."""
        return [one for one in self.placed(scenario) if one.learner not in self.beside]

    def placed(self, scenario: str) -> list[Standing]:
        """The standings of a scenario in the order of the learners."""
        return [s for name in self.learners if (s := self.standing(name, scenario))]

    def partial(self, learner: str, scenario: str) -> str:
        """`6 of 10 seeds` where others finished seeds that this learner did not, else ``."""
        standing = self.standing(learner, scenario)
        return standing.partial if standing else ""

    @cached_property
    def ablation(self) -> Ablation | None:
        """None for a study without departures."""
        if not self.departures:
            return None
        return ablation_of(self.manifest.departures, self.main, self.pairs, self.scenarios)

    @cached_property
    def against(self) -> tuple[str, ...]:
        """Learners that the others should beat, as the study says."""
        return tuple(name for name in self.manifest.against if name in self.learners)

    # beside the scores

    @cached_property
    def digest(self) -> tuple[Digest | None, str]:
        """Sums over predictions, with the reason why they do not cover all finished runs, or ``."""
        return digest_of(self.study, self.records)

    @cached_property
    def published(self) -> tuple[tuple[Published, float], ...]:
        """Rows about the data set, each with its margin: those that come with coldbench, then
        those of `published.yaml` in the study's folder."""
        own = Path(coldbench.__file__).parent.parent / "configs" / "published.yaml"
        files = [own, self.study.path / "published.yaml"]
        parsed = [parse_published(file) for file in files if file.exists()]
        return tuple((r, f.margin) for f in parsed for r in f.rows if r.dataset == self.dataset)


def build(study: Study, focus: Sequence[str] = ()) -> ReportData:
    """Analyse a study; focus: learners that the report is about.

    Raises StoreError when its runs do not belong together.
    """
    return ReportData(study, focus)


def main_values(runs: pd.DataFrame, metric: str = MAIN) -> dict[tuple[str, str], Values]:
    """A metric with all support ratings, where a run has it, by (learner, scenario) and seed, from
    `results.runs`."""
    full = full_support(runs)
    main = full[(full["metric"] == metric) & full["value"].notna()]
    values: dict[tuple[str, str], dict[str, float]] = {}
    columns = main[["learner", "scenario", "seed", "value"]]
    for learner, scenario, seed, value in columns.itertuples(index=False, name=None):
        values.setdefault((learner, scenario), {})[seed] = value
    return dict(values)


def _is_foreign(record: RunRecord) -> bool:
    """Whether another package registered the learner."""
    package = str(record.provenance.get("plugin") or "unknown").split(" ")[0]
    return package not in ("coldbench", "unknown")


def _is_constant(record: RunRecord) -> bool:
    epochs = int(record.job.config.get("epochs", 1))
    return record.status == "finished" and has_collapsed(
        record.concentration, epochs, record.n_parameters
    )


def _check_splits(records: Sequence[RunRecord], study: Study) -> None:
    """At one seed all learners must have met the same episodes, or pairing means nothing."""
    met: dict[tuple[int, int], RunRecord] = {}
    for record in (record for record in records if record.status == "finished"):
        seeds = record.job.seeds
        first = met.setdefault((seeds.split, seeds.episode), record)
        if first.episode_sha256 != record.episode_sha256:
            raise StoreError(
                f"{study.place(record.job_hash)}: its episodes differ from those of "
                f"{first.job_hash} at seed {seeds.label}; they cannot be compared: run both again"
            )
