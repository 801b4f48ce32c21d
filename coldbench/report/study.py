"""ReportData: every number of a report, computed once, frozen; all formats render from it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from coldbench import registry
from coldbench.errors import StoreError, UsageError
from coldbench.report.diagnosis import Diagnostic, collapsed_runs, diagnostics_of
from coldbench.report.effects import Ablation, ablation_of
from coldbench.report.pairs import Pair, compare
from coldbench.report.standings import Standing, Values, order_of, standings, ungrouped
from coldbench.report.summary import full_support, oracle, summary_of
from coldbench.report.topics.curves import Curve, curves_of
from coldbench.report.topics.origin import Origin, origin_of
from coldbench.report.topics.published import published_rows
from coldbench.report.topics.sources import Attribution, attribute
from coldbench.running import RunRecord
from coldbench.statistics import Interval, mean_interval
from coldbench.study import (
    UNTUNED,
    Digest,
    Gap,
    Manifest,
    Published,
    Study,
    couples,
    definitions,
    digest_of,
    gaps,
    results,
    told,
)
from coldbench.tasks import SCENARIOS
from coldbench.text import display_names

__all__ = ["MAIN", "ReportData", "Shots", "build", "main_values"]

MAIN = "mae"  # the metric of the league table, of all comparisons and of the verdicts


@dataclass(frozen=True, slots=True)
class Shots:
    """Mean error of a learner in a scenario when `shots` support ratings are given (-1: all)."""

    learner: str
    scenario: str
    shots: int
    mean: Interval


@dataclass(frozen=True, eq=False)
class ReportData:
    """A study, analysed.

    learners: from the lowest mean error to the highest, or in the order of the plan of an ablation;
    names: how each is shown; scenarios, seeds: that occur, in their order; runs, costs, missing,
    concentration: tables of `study.results`; summary: the table of summary.csv; oracle: by
    scenario, where the data have a best value; declared: comparisons in the family that Holm
    corrects; digest: sums over predictions, with the reason why they do not cover all finished
    runs, or ""; departures: configurations of an ablation, which are compared with their base only;
    collapsed: runs that predict a constant; tuning: the budget of each learner, in words;
    against: learners that the others should beat, as the study says; gaps: metrics that have no
    value in runs that finished; definitions: of metrics that runs were given by several.
    """

    dataset: str
    protocol: str
    learners: tuple[str, ...]
    names: Mapping[str, str]
    scenarios: tuple[str, ...]
    seeds: tuple[str, ...]
    metrics: tuple[str, ...]
    runs: pd.DataFrame
    summary: pd.DataFrame
    costs: pd.DataFrame
    missing: pd.DataFrame
    standings: Mapping[tuple[str, str], Standing]
    oracle: Mapping[str, Interval]
    pairs: tuple[Pair, ...]
    declared: int
    curves: tuple[Curve, ...]
    shots: tuple[Shots, ...]
    published: tuple[tuple[Published, float], ...]
    sources: tuple[Attribution, ...]
    unfinished: tuple[RunRecord, ...]
    origin: Origin
    digest: tuple[Digest | None, str]
    departures: frozenset[str]
    ablation: Ablation | None
    diagnostics: tuple[Diagnostic, ...]
    collapsed: tuple[RunRecord, ...]
    concentration: pd.DataFrame
    tuning: Mapping[str, str]
    against: tuple[str, ...]
    gaps: tuple[Gap, ...]
    definitions: Mapping[str, Counter[int]]

    @property
    def anchors(self) -> tuple[str, ...]:
        """The learners that are no departure of an ablation: all, in most studies."""
        return tuple(name for name in self.learners if name not in self.departures)

    def lost(self, learner: str) -> int:
        """How many runs of a learner failed or diverged."""
        mine = (record for record in self.unfinished if record.job.learner == learner)
        return sum(record.status in ("failed", "diverged") for record in mine)

    def constant(self, learner: str) -> int:
        """How many runs of a learner predict a constant."""
        return sum(record.job.learner == learner for record in self.collapsed)

    def standing(self, learner: str, scenario: str) -> Standing | None:
        """Where a learner stands, None when no run finished."""
        return self.standings.get((learner, scenario))

    def partial(self, learner: str, scenario: str) -> str:
        """`6 of 10 seeds` where others finished seeds that this learner did not, else ``."""
        found = self.standing(learner, scenario)
        return found.partial if found else ""

    def values(self, learner: str, scenario: str) -> Values:
        """MAIN of each finished run by seed."""
        found = self.standing(learner, scenario)
        return found.values if found else {}


def build(study: Study) -> ReportData:
    """Analyse a study; raises StoreError when its runs do not belong together."""
    records = list(study.records())
    if not records:
        raise StoreError(f"{study.path} holds no run yet: start it with `coldbench run`")
    _check_splits(records, study)
    runs = results.runs(study, records)
    full = full_support(runs)
    scenarios = tuple(name for name in SCENARIOS if (full["scenario"] == name).any())
    planned = tuple(dict.fromkeys([*(j.learner for j in study.manifest.jobs), *runs["learner"]]))
    values = main_values(runs)
    manifest = study.manifest
    wanted = couples(planned, manifest.departures)
    pairs = compare(values, wanted, scenarios)
    table = standings(values, pairs)
    ablation = ablation_of(manifest.departures, values, pairs, scenarios)
    learners = tuple(order_of(table, planned)) if ablation is None else planned
    fixed = manifest.fixed
    curves = results.curves(study, records)
    return ReportData(
        dataset=str(fixed["dataset"]),
        protocol=str(fixed["protocol"]),
        learners=learners,
        names=display_names(learners, ablation.bases if ablation else ()),
        scenarios=scenarios,
        seeds=tuple(dict.fromkeys([*(j.seed for j in study.manifest.jobs), *runs["seed"]])),
        metrics=tuple(dict.fromkeys([MAIN, *sorted(set(runs["metric"]))])),
        runs=runs,
        summary=summary_of(runs),
        costs=results.costs(study, records),
        missing=results.missing(study),
        standings=table if ablation is None else ungrouped(table),
        oracle=_oracle(full),
        pairs=pairs,
        declared=len(scenarios) * len(wanted),
        curves=curves_of(curves, learners),
        shots=_shots(runs),
        published=published_rows(str(fixed["dataset"]), study.path),
        sources=attribute(values, learners, scenarios),
        unfinished=tuple(record for record in records if record.status != "finished"),
        origin=origin_of(study, records),
        departures=frozenset(one.label for one in manifest.departures if one.factors),
        ablation=ablation,
        diagnostics=diagnostics_of(curves, learners),
        collapsed=collapsed_runs(records),
        concentration=results.concentrations(records),
        digest=digest_of(study, records),
        tuning={name: _told(manifest, name) for name in learners},
        against=tuple(name for name in manifest.against if name in learners),
        gaps=gaps(runs),
        definitions=definitions(records),
    )


def _told(manifest: Manifest, name: str) -> str:
    """Where nothing was tuned, no learner is loaded (and torch with it) to ask what could be."""
    config = manifest.learners.get(name, {})
    if not manifest.tuning:
        return UNTUNED
    return told(manifest.tuning.get(name), config, _tunable(config.get("base", name)))


def _tunable(base: str) -> bool:
    """Whether a learner has a search space; True when it cannot be loaded here."""
    from coldbench.learning import Variant

    try:
        return bool(Variant.of(registry.load("learner", base), base).dimensions())
    except UsageError:
        return True


def main_values(runs: pd.DataFrame) -> dict[tuple[str, str], Values]:
    """MAIN with all support ratings, where a run has it, by (learner, scenario) and seed, from
    `results.runs`."""
    full = full_support(runs)
    main = full[(full["metric"] == MAIN) & full["value"].notna()]
    found: dict[tuple[str, str], dict[str, float]] = {}
    for line in main.itertuples():
        place = found.setdefault((str(line.learner), str(line.scenario)), {})
        place[str(line.seed)] = float(line.value)  # type: ignore[arg-type]
    return dict(found)


def _oracle(full: pd.DataFrame) -> dict[str, Interval]:
    best = oracle(full)
    best = best[best["metric"] == MAIN]
    return {
        str(scenario): mean_interval(group["value"].to_numpy(float))
        for scenario, group in best.groupby("scenario")
    }


def _shots(runs: pd.DataFrame) -> tuple[Shots, ...]:
    """Nothing when all runs were predicted with all support ratings only."""
    done = runs[(runs["metric"] == MAIN) & runs["value"].notna()]
    if not (done["shots"] != results.FULL).any():
        return ()
    keys = ["learner", "scenario", "shots"]
    return tuple(
        Shots(
            str(name), str(scenario), int(str(shots)), mean_interval(group["value"].to_numpy(float))
        )
        for (name, scenario, shots), group in done.groupby(keys, sort=False)
    )


def _check_splits(records: Sequence[RunRecord], study: Study) -> None:
    """At one seed all learners must have met the same episodes, or pairing means nothing."""
    met: dict[tuple[int, int], RunRecord] = {}
    for record in (record for record in records if record.status == "finished"):
        seeds = record.job.seeds
        first = met.setdefault((seeds.split, seeds.episode), record)
        if first.episode_sha256 != record.episode_sha256:
            raise StoreError(
                f"{study.runs / record.job_hash}: its episodes differ from those of "
                f"{first.job_hash} at seed {seeds.label}; they cannot be compared: run both again"
            )
