"""The CSV files of a report, in full precision."""

from collections.abc import Iterator

from coldbench.report.effects import Effect, Interaction
from coldbench.report.pairs import Pair
from coldbench.report.predicted_files import predicted_files
from coldbench.report.study import ReportData
from coldbench.report.topics.against import Contest, contests
from coldbench.statistics import Interval, best_of_inflation
from coldbench.text import frame_to_csv, to_csv

__all__ = ["csv_files"]

PAIR_COLUMNS = (
    "scenario",
    "learner_a",
    "learner_b",
    "n_seeds",
    "difference",
    "difference_low",
    "difference_high",
    "sd_difference",
    "pairing_gain",
    "p",
    "p_holm",
    "p_sign_flip",
    "p_sign_flip_smallest",
    "d_z",
    "d_z_low",
    "d_z_high",
    "p_better",
    "p_better_low",
    "p_better_high",
    "reversal",
    "reversal_low",
    "reversal_high",
    "reversal_observed",
    "reversal_shared",
    "reversal_shared_low",
    "reversal_shared_high",
    "runs_needed",
    "reversal_shared_observed",
    "sd_ratio",
    "sd_ratio_low",
    "sd_ratio_high",
    "p_spread",
    "p_spread_holm",
    "p_spread_unpaired",
)
SPREAD_COLUMNS = (
    "scenario",
    "learner",
    "n_seeds",
    "mean",
    "ci_low",
    "ci_high",
    "bootstrap_t_low",
    "bootstrap_t_high",
    "sd",
    "sd_low",
    "sd_high",
    "cv",
    "min",
    "max",
    "gain_best_of_5",
)
EFFECT_COLUMNS = (
    "scenario",
    "base",
    "change",
    "learner",
    "n_seeds",
    "effect",
    "effect_low",
    "effect_high",
    "p",
    "p_holm",
    "sd_ratio",
    "sd_ratio_low",
    "sd_ratio_high",
    "sd_p",
    "sd_p_holm",
    "n_failed",
    "n_failed_base",
    "n_constant",
    "n_constant_base",
)
INTERACTION_COLUMNS = (
    "scenario",
    "base",
    "first",
    "second",
    "learner",
    "n_seeds",
    *(
        f"{part}{end}"
        for part in ("first_effect", "second_effect", "both_effect", "interaction")
        for end in ("", "_low", "_high")
    ),
    "p",
    "p_holm",
)
DIAGNOSTIC_COLUMNS = ("learner", "seed", "epoch", "name", "value")
AGAINST_COLUMNS = (
    "scenario",
    "learner",
    "reference",
    "n_seeds",
    "difference",
    "difference_low",
    "difference_high",
    "p",
    "p_holm",
    "outcome",
)
SHOT_COLUMNS = ("scenario", "learner", "shots", "n_seeds", "mean", "ci_low", "ci_high")
SOURCE_COLUMNS = (
    "scenario",
    "learner",
    "source",
    "n_runs",
    "variance",
    "variance_low",
    "variance_high",
    "variance_raw",
    "share",
    "share_low",
    "share_high",
    "p",
)


def csv_files(data: ReportData) -> dict[str, str]:
    """summary, runs, costs and spread always; the others where the study has them.

    shots -1 means all support ratings. Timings are in costs.csv only: runs.csv repeats.
    """
    files = {
        "summary.csv": frame_to_csv(data.summary),
        "runs.csv": frame_to_csv(data.runs),
        "costs.csv": frame_to_csv(data.costs),
        "spread.csv": to_csv(SPREAD_COLUMNS, _spreads(data)),
        **predicted_files(data),
    }
    if data.pairs:
        files["pairs.csv"] = to_csv(PAIR_COLUMNS, [_pair(pair) for pair in data.pairs])
    if data.against:
        files["against.csv"] = to_csv(AGAINST_COLUMNS, [_contest(c) for c in contests(data)])
    if data.shots:
        lines = [(s.scenario, s.learner, s.shots, s.mean.n, *_three(s.mean)) for s in data.shots]
        files["shots.csv"] = to_csv(SHOT_COLUMNS, lines)
    if data.sources:
        files["sources.csv"] = to_csv(SOURCE_COLUMNS, _sources(data))
    if data.ablation is not None:
        effects = [_effect(data, effect) for effect in data.ablation.effects]
        files["ablation.csv"] = to_csv(EFFECT_COLUMNS, effects)
    if data.ablation is not None and data.ablation.interactions:
        found = [_interaction(one) for one in data.ablation.interactions]
        files["interactions.csv"] = to_csv(INTERACTION_COLUMNS, found)
    if data.diagnostics:
        files["diagnostics.csv"] = to_csv(DIAGNOSTIC_COLUMNS, _diagnostics(data))
    if len(data.concentration):
        constant = {(one.job.learner, one.job.seeds.label) for one in data.collapsed}
        keys = zip(data.concentration["learner"], data.concentration["seed"], strict=True)
        flags = [int(key in constant) for key in keys]
        files["concentration.csv"] = frame_to_csv(data.concentration.assign(constant=flags))
    return files


def _effect(data: ReportData, effect: Effect) -> tuple[object, ...]:
    difference, spread = effect.difference, effect.spread
    return (
        effect.scenario,
        effect.base,
        effect.factor,
        effect.label,
        len(effect.seeds),
        *_three(difference.difference),
        difference.p,
        effect.adjusted,
        *_three(spread.ratio),
        spread.p_paired,
        effect.spread_adjusted,
        *(data.lost(name) for name in (effect.label, effect.base)),
        *(data.constant(name) for name in (effect.label, effect.base)),
    )


def _interaction(one: Interaction) -> tuple[object, ...]:
    parts = (one.first, one.second, one.both, one.beyond)
    limits = [value for part in parts for value in _three(part.difference)]
    head = (one.scenario, one.base, *one.factors, one.label, len(one.seeds))
    return (*head, *limits, one.beyond.p, one.adjusted)


def _diagnostics(data: ReportData) -> Iterator[tuple[object, ...]]:
    for found in data.diagnostics:
        for seed, run in found.runs.items():
            for epoch, value in enumerate(run):
                yield (found.learner, seed, epoch, found.name, value)


def _three(value: Interval) -> tuple[float | None, float | None, float | None]:
    return value.value, value.low, value.high


def _contest(contest: Contest) -> tuple[object, ...]:
    return (
        contest.scenario,
        contest.learner,
        contest.reference,
        contest.difference.n,
        *_three(contest.difference),
        contest.p,
        contest.adjusted,
        contest.outcome,
    )


def _pair(pair: Pair) -> tuple[object, ...]:
    difference, effect, better = pair.difference, pair.effect, pair.better
    return (
        pair.scenario,
        pair.a,
        pair.b,
        len(pair.seeds),
        *_three(difference.difference),
        difference.sd,
        difference.gain,
        difference.p,
        pair.adjusted,
        pair.flip.p,
        pair.flip.smallest,
        effect.value,
        effect.low,
        effect.high,
        better.value,
        better.low,
        better.high,
        *_three(pair.reversal.model),
        pair.reversal.unpaired,
        *_three(pair.reversal_shared.model),
        pair.reversal.runs_needed,
        pair.reversal_shared.paired,
        *_three(pair.spread.ratio),
        pair.spread.p_paired,
        pair.spread_adjusted,
        pair.spread.p_unpaired,
    )


def _spreads(data: ReportData) -> Iterator[tuple[object, ...]]:
    for (learner, scenario), found in data.standings.items():
        values = list(found.values.values())
        yield (
            scenario,
            learner,
            len(values),
            *_three(found.mean),
            found.resampled.low,
            found.resampled.high,
            *_three(found.spread.sd),
            found.spread.cv,
            min(values),
            max(values),
            best_of_inflation(values, 5).gain.value,
        )


def _sources(data: ReportData) -> Iterator[tuple[object, ...]]:
    for found in data.sources:
        for part in found.variance.components:
            yield (
                found.scenario,
                found.learner,
                part.name,
                part.n,
                part.value,
                part.low,
                part.high,
                part.raw,
                *_three(part.share),
                part.p,
            )
