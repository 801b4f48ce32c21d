"""How options and epochs were chosen, and whether validation foresaw the test."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from coldbench.errors import UsageError
from coldbench.report.study import ReportData
from coldbench.report.topic import Topic
from coldbench.running import RunRecord
from coldbench.scoring import installed
from coldbench.study import UNTUNED, Budget, Manifest, Rung, describe, untuned
from coldbench.tasks import SCENARIOS
from coldbench.text import NA, Cell, Column, Section, Table, display_name, listed, number, percent

__all__ = ["Agreement", "Tuned", "TuningTopic", "Validated"]

RANDOM = 10  # trials before TPE models anything (optuna's `n_startup_trials`)
GIVEN = "as configured"
HOW = (
    "Options come from `coldbench tune` and the number of epochs from early stopping, both on "
    "validation tasks, which are cut out of the training ratings. The second table says whether "
    "the error there foresaw the test. At a rank correlation of 1 both rank the learners alike; "
    "where it is low, options and epochs were chosen by something else than what is reported."
)
SEARCH = (
    "With at most {} trials the search is random: TPE models nothing before its {} first trials. "
    "Budgets are equal in the number of trials, not in what a trial is worth to a learner."
)
HALVED = (
    "Options were searched by successive halving: {} configurations of each learner with a search "
    "space, the first ten spread over the space (the defaults among them) and each later one "
    "proposed by TPE from those before it. {}. Learners have the same rungs, not the same seconds: "
    "together {} epochs in {}. A short run is one of fewer epochs, over which the learning rate "
    "falls to 0; learners of one epoch have none."
)
RUNG = "{} in {} of the epochs on {}"
CURSE = (
    "A gain in validation by tuning is that of the lowest of several errors, on the seeds that "
    "chose it: part of it is luck, and the test shows less."
)
BOUND = "At an end of what was searched, so that a wider space might hold better values: {}."
UNKNOWN = (
    "A tuning seed's own tests are out of reach of tuning; a study's tests, at other seeds, are "
    "not: some of their ratings are trained or validated on while tuning. How many was not "
    "recorded with this study."
)
OVERLAP = (
    "Tests are out of reach of tuning at its own seeds only: of the test ratings of seeds 0 to 9, "
    "{} are trained or validated on at the tuning seeds."
)
STOPPED = (
    "Early stopping went by {} in validation ({} is better), as the plain mean over scenarios, not "
    "by the MAE: the number of epochs is the one that is best by it."
)
CAP = (
    "{} of {} runs that chose their number of epochs ({}) chose the highest that they may: more "
    "epochs might help them."
)


@dataclass(frozen=True, slots=True)
class Tuned:
    """How a learner got its options.

    words: its budget; options: `defaults`, how many were found, or that nothing searched for them;
    gain: of the mean validation MAE by tuning, at the tuning seeds; searched: runs that chose their
    epochs; capped: of these, those that chose the most they may.
    """

    learner: str
    words: str
    options: str
    trials: int
    gain: float | None
    searched: int
    capped: int


@dataclass(frozen=True, slots=True)
class Validated:
    """One learner in one scenario: MAE of the chosen epoch in validation, and in the test, by
    seed."""

    learner: str
    scenario: str
    validation: Mapping[str, float]
    test: Mapping[str, float]

    @property
    def means(self) -> tuple[float, float]:
        """Over the seeds that have both."""
        both = np.array([[self.validation[s], self.test[s]] for s in self.test])
        first, second = both.mean(axis=0).tolist()
        return first, second


@dataclass(frozen=True, slots=True)
class Agreement:
    """Validation against test in a scenario. correlation: Spearman's, of the learners' means; same:
    at how many of `seeds` seeds both have the same best learner; gap: mean of test - validation."""

    scenario: str
    learners: int
    correlation: float | None
    same: int
    seeds: int
    gap: float


class TuningTopic(Topic):
    """Tuning, early stopping, and what they were worth."""

    order = 168

    @cached_property
    def words(self) -> dict[str, str]:
        """The budget of each learner, in the order of the league table."""
        return {name: _words(self.data.manifest, name) for name in self.data.learners}

    @cached_property
    def tuned(self) -> list[Tuned]:
        """In the order of the league table."""
        return [_tuned(self.data, name, words) for name, words in self.words.items()]

    @cached_property
    def validated(self) -> list[Validated]:
        """By scenario, then learner; none for learners without validation."""
        chosen = _validation(self.data.records)
        made = [
            _pair(name, scenario, chosen.get((name, scenario), {}), self.data.main)
            for scenario in self.data.scenarios
            for name in self.data.learners
        ]
        return [one for one in made if one.test]

    @cached_property
    def agreements(self) -> list[Agreement]:
        """By scenario."""
        groups = {s: [one for one in self.validated if one.scenario == s] for s in SCENARIOS}
        return [_agreement(scenario, group) for scenario, group in groups.items() if group]

    def section(self) -> Section:
        tables = [_options(self.data, self.tuned)]
        if self.agreements:
            tables += [_agreed(self.agreements), _means(self.data, self.validated)]
        title = "Tuning, and validation against test"
        return Section("tuning", "Tuning", title, HOW, (), tuple(tables), tuple(self._notes()))

    def _notes(self) -> list[str]:
        budgets = [Budget.model_validate(dict(b)) for b in self.data.manifest.tuning.values()]
        notes = [self._kept()] if budgets else []
        whole = [budget.trials for budget in budgets if not budget.rungs]
        if 1 < max(whole, default=0) <= RANDOM:
            notes.append(SEARCH.format(max(whole), RANDOM))
        notes += _halved(budgets)
        notes += [CURSE] if any(one.gain for one in self.tuned) else []
        notes += self._bounds()
        if budgets:
            notes.append(_overlap(budgets))
        notes += self._stopped()
        searched = sum(one.searched for one in self.tuned)
        if capped := sum(one.capped for one in self.tuned):
            notes.append(CAP.format(capped, f"{searched:,}", percent(capped / searched)))
        if not self.agreements:
            notes.append("n/a: no run of this study was validated.")
        return notes

    def _bounds(self) -> list[str]:
        """Of the learners that run with what was found."""
        stored = self.data.manifest.tuning
        parts = [
            f"{self.data.names[name]} {option} ({end})"
            for name in self.data.learners
            for option, end in stored.get(name, {}).get("at_bounds", {}).items()
        ]
        return [BOUND.format(", ".join(parts))] if parts else []

    def _stopped(self) -> list[str]:
        """What early stopping went by, unless it is the MAE."""
        name = self.data.manifest.fixed.get("stop_by")
        metric = installed().get(name) if name else None
        if not name:
            return []
        way = (
            "lower or higher" if metric is None else "lower" if metric.lower_is_better else "higher"
        )
        return [STOPPED.format(display_name(name), way)]

    def _kept(self) -> str:
        def names(options: str) -> list[str]:
            return [self.data.names[o.learner] for o in self.tuned if o.options == options]

        found = [o for o in self.tuned if o.options not in ("defaults", GIVEN, NA)]
        kept = names("defaults")
        count = f"{len(found)} learner{'' if len(found) == 1 else 's'}"
        told = f"Tuning found options for {count}, and none better than the defaults "
        told += f"for {len(kept)}" + (f": {listed(kept)}." if kept else ".")
        untuned = names(GIVEN)
        return told + (f" Not tuned: {listed(untuned)}." if untuned else "")

    def files(self) -> dict[str, list[dict[str, object]]]:
        return {
            "tuning.csv": [_tuned_columns(one) for one in self.tuned],
            "validation.csv": [_columns(one) for one in self.validated],
            "validation-test.csv": [_agreement_columns(one) for one in self.agreements],
        }


def _words(manifest: Manifest, name: str) -> str:
    config, budget = manifest.learners.get(name, {}), manifest.tuning.get(name)
    given = manifest.given.get(name, {})
    if not manifest.tuning:
        return untuned(given)
    tunable = manifest.tunable.get(name)
    if tunable is None:  # a study of an earlier version; one trial is of the defaults
        tunable = (budget or {}).get("trials", 1) > 1 or _tunable(config.get("base", name))
    return describe(budget, config, tunable, given)


def _tunable(base: str) -> bool:
    """Whether a learner can be tuned; True when it cannot be loaded here. Loads torch."""
    from coldbench.learning import load_variant

    try:
        return load_variant(base).tunable
    except UsageError:
        return True


def _tuned(data: ReportData, learner: str, words: str) -> Tuned:
    stored = data.manifest.tuning.get(learner)
    budget = Budget.model_validate(dict(stored)) if stored else None
    searched = [r for r in data.records if r.job.learner == learner and _searched(r)]
    gain = None
    if budget and budget.default_mae is not None and budget.best_mae is not None:
        gain = budget.default_mae - budget.best_mae
    return Tuned(
        learner,
        words,
        _found(budget, words),
        budget.trials if budget else 0,
        gain,
        len(searched),
        sum(record.epochs == record.job.config["epochs"] for record in searched),
    )


def _found(budget: Budget | None, words: str) -> str:
    if budget is None or words == "nothing to tune":
        return GIVEN if words.startswith(UNTUNED) else NA
    count = len(budget.options)
    return f"{count} option{'' if count == 1 else 's'}" if count else "defaults"


def _searched(record: RunRecord) -> bool:
    """Whether a run finished and chose its number of epochs by validation."""
    chosen = record.curve[record.epochs - 1 : record.epochs] if record.epochs else []
    return record.status == "finished" and any("validation_mae" in entry for entry in chosen)


def _validation(records: Sequence[RunRecord]) -> dict[tuple[str, str], dict[str, float]]:
    """The validation MAE of the chosen epoch, by (learner, scenario) and seed."""
    found: dict[tuple[str, str], dict[str, float]] = {}
    for record in filter(_searched, records):
        entry = record.curve[record.epochs - 1]
        for scenario in SCENARIOS:
            if (value := entry.get(f"validation_{scenario}")) is not None:
                place = found.setdefault((record.job.learner, scenario), {})
                place[record.job.seeds.label] = value
    return found


def _pair(
    learner: str,
    scenario: str,
    validation: Mapping[str, float],
    main: Mapping[tuple[str, str], Mapping[str, float]],
) -> Validated:
    test = main.get((learner, scenario), {})
    both = [seed for seed in test if seed in validation]
    return Validated(
        learner, scenario, {s: validation[s] for s in both}, {s: test[s] for s in both}
    )


def _agreement(scenario: str, group: Sequence[Validated]) -> Agreement:
    means = pd.DataFrame([one.means for one in group]).rank()
    moving = len(group) > 2 and bool((means.std() > 0).all())
    correlation = float(means[0].corr(means[1])) if moving else None
    seeds = [s for s in group[0].test if all(s in one.test for one in group)]
    same = sum(_best(group, "validation", seed) == _best(group, "test", seed) for seed in seeds)
    gaps = [one.test[s] - one.validation[s] for one in group for s in one.test]
    return Agreement(scenario, len(group), correlation, same, len(seeds), float(np.mean(gaps)))


def _best(group: Sequence[Validated], kind: str, seed: str) -> str:
    return min(group, key=lambda one: (getattr(one, kind)[seed], one.learner)).learner


def _halved(budgets: Sequence[Budget]) -> list[str]:
    """How the rungs were, and what they took."""
    halved = [budget for budget in budgets if budget.rungs]
    if not halved:
        return []
    rungs = max((budget.rungs for budget in halved), key=lambda rungs: rungs[0].configurations)
    steps = "; ".join(_rung(rung) for rung in rungs)
    epochs = f"{sum(budget.epochs for budget in halved):,}"
    seconds = f"{sum(budget.seconds for budget in halved):,.0f} seconds"
    return [HALVED.format(rungs[0].configurations, steps, epochs, seconds)]


def _rung(rung: Rung) -> str:
    share = "all" if rung.share == 1 else percent(rung.share)
    seeds = f"{rung.seeds} seed{'' if rung.seeds == 1 else 's'}"
    return RUNG.format(rung.configurations, share, seeds)


def _overlap(budgets: Sequence[Budget]) -> str:
    known = [budget.overlap for budget in budgets if budget.overlap]
    if not known:
        return UNKNOWN
    parts = (f"{percent(share)} in {scenario}" for scenario, share in known[0].items())
    return OVERLAP.format(", ".join(parts))


def _options(data: ReportData, tuned: Sequence[Tuned]) -> Table:
    columns = (
        Column("learner", False),
        Column("tuning", False),
        Column("options it runs with", False),
        Column("gain in validation by tuning"),
        Column("runs at the most epochs"),
    )
    rows = tuple(
        (
            Cell(data.names[one.learner]),
            Cell(one.words),
            Cell(one.options, mark="muted" if one.options in (GIVEN, NA) else ""),
            Cell(number(one.gain)),
            Cell(f"{one.capped} of {one.searched}" if one.searched else NA),
        )
        for one in tuned
    )
    return Table("tuning", "How options and epochs were chosen", columns, rows, len(rows) > 16)


def _agreed(agreements: Sequence[Agreement]) -> Table:
    columns = (
        Column("scenario", False),
        Column("learners"),
        Column("rank correlation (Spearman) of means"),
        Column("seeds with the same best learner"),
        Column("test − validation, mean"),
    )
    rows = tuple(
        (
            Cell(one.scenario),
            Cell(str(one.learners)),
            Cell(number(one.correlation, 2)),
            Cell(f"{one.same} of {one.seeds}", sort=float(one.same)),
            Cell(number(one.gap)),
        )
        for one in agreements
    )
    return Table("validation-test", "Validation against test", columns, rows)


def _means(data: ReportData, validated: Sequence[Validated]) -> Table:
    columns = (
        Column("scenario", False),
        Column("learner", False),
        Column("seeds"),
        Column("validation MAE"),
        Column("rank"),
        Column("test MAE"),
        Column("rank"),
    )
    ranks = _ranks(validated)
    rows = tuple(
        (
            Cell(one.scenario),
            Cell(data.names[one.learner]),
            Cell(str(len(one.test))),
            *(
                Cell(text)
                for mean, rank in zip(one.means, ranks[place], strict=True)
                for text in (number(mean), f"{rank:g}")
            ),
        )
        for place, one in enumerate(validated)
    )
    title = "Validation and test MAE by learner"
    return Table("validation", title, columns, rows, big=True)


def _ranks(validated: Sequence[Validated]) -> list[tuple[float, float]]:
    """Of the means among the learners of the same scenario, 1 for the lowest."""
    table = pd.DataFrame([(one.scenario, *one.means) for one in validated])
    return list(table.groupby(0)[[1, 2]].rank().itertuples(index=False, name=None))


def _tuned_columns(one: Tuned) -> dict[str, object]:
    return {
        "learner": one.learner,
        "tuning": one.words,
        "options": one.options,
        "trials": one.trials,
        "validation_gain": one.gain,
        "n_searched": one.searched,
        "n_at_most_epochs": one.capped,
    }


def _columns(one: Validated) -> dict[str, object]:
    validation, test = one.means
    return {
        "scenario": one.scenario,
        "learner": one.learner,
        "n_seeds": len(one.test),
        "validation_mae": validation,
        "test_mae": test,
    }


def _agreement_columns(one: Agreement) -> dict[str, object]:
    return {
        "scenario": one.scenario,
        "n_learners": one.learners,
        "spearman": one.correlation,
        "n_seeds": one.seeds,
        "n_same_best": one.same,
        "test_minus_validation": one.gap,
    }
