"""Train at each seed, score the items, ask the cold users, and compare the strategies.

Unit of all intervals: the seed. Users, queries and the trained learner are the same for all
strategies at one seed, so their differences are paired.
"""

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from coldbench.data import Array, Ratings, open_prepared
from coldbench.errors import UsageError
from coldbench.evidence.criterion import Informativeness, informativeness
from coldbench.evidence.strategies import STRATEGIES, asked, item_scores
from coldbench.learning import Learner, fit, predict
from coldbench.rng import generator
from coldbench.running import Job, confined, prepare
from coldbench.statistics import Interval, PairedDifference, mean_interval, paired_difference
from coldbench.study import StudyConfig, plan
from coldbench.tasks import Split, Tasks

__all__ = ["ALL", "Answer", "Evidence", "measure_evidence"]

SCENARIO = "C-W"  # new users, asked about items with training ratings
ALL = "all support"  # the reference: every support rating is known


@dataclass(frozen=True)
class Answer:
    """MAE after asking `questions` by a strategy; against: evidence minus this strategy."""

    strategy: str
    questions: int
    mae: Interval
    against: PairedDifference | None


@dataclass(frozen=True, eq=False)
class Evidence:
    """kind: the criterion; answers: of each strategy and number of questions; users: how many were
    asked, by seed; score, informativeness, popularity: float64 [I], means over the seeds."""

    learner: str
    kind: str
    seeds: tuple[int, ...]
    answers: tuple[Answer, ...]
    users: tuple[int, ...]
    score: Array
    informativeness: Array
    popularity: Array
    ratings: Ratings


@dataclass
class _Seed:
    """Results of one seed: MAE by (strategy, questions)."""

    kind: str
    users: int
    scores: Mapping[str, Array]
    informativeness: Array
    maes: dict[tuple[str, int], float] = field(default_factory=dict)


def measure_evidence(
    config: StudyConfig, questions: Sequence[int], on_seed: Callable[[int], None] | None = None
) -> Evidence:
    """Evidence items of the configuration's one learner, and what asking them is worth.

    Only cold users with more support ratings than the largest number of questions are asked:
    every strategy would ask the others the same items. Raises UsageError when a seed has none;
    Declined and Diverged come from the learner.
    """
    if len(config.models) != 1:
        raise UsageError(f"evidence needs exactly one learner, got {', '.join(config.models)}")
    if not questions or min(questions) < 1:
        raise UsageError("--questions are numbers of ratings, 1 or more, such as 5,10")
    jobs = plan(config)[1]
    per_seed = []
    for job in jobs:
        with confined(job.seeds, io.StringIO()):
            per_seed.append(_seed(job, questions))
        if on_seed:
            on_seed(job.seeds.split)
    means = {
        name: np.mean([s.scores[name] for s in per_seed], 0) for name in ("evidence", "popular")
    }
    return Evidence(
        config.models[0],
        per_seed[0].kind,
        tuple(job.seeds.split for job in jobs),
        tuple(_answers(per_seed, questions)),
        tuple(seed.users for seed in per_seed),
        means["evidence"],
        np.mean([seed.informativeness for seed in per_seed], 0),
        means["popular"],
        open_prepared(jobs[0].dataset_sha256),
    )


def _seed(job: Job, questions: Sequence[int]) -> _Seed:
    prepared = prepare(job)
    variant, config = prepared.variant, prepared.config
    ratings, split = prepared.ratings, prepared.split
    tasks = _pool(split, max(questions))
    how = job.refit, job.device, prepared.criterion
    learner = fit(variant, config, ratings, split, job.seeds, *how).learner
    ratings = prepared.asked()
    informative: Informativeness = informativeness(
        learner, ratings, split, generator(job.seeds.order, "evidence")
    )
    scores = item_scores(informative.value, ratings, split)
    seed = _Seed(informative.kind, len(tasks), scores, informative.value)
    for count in questions:
        for strategy in STRATEGIES:
            revealed = asked(tasks, scores.get(strategy), ratings, count)
            seed.maes[strategy, count] = _mae(learner, revealed, ratings)
    seed.maes[ALL, 0] = _mae(learner, tasks, ratings)
    return seed


def _pool(split: Split, most: int) -> Tasks:
    """The cold users with more support ratings than questions."""
    tasks = split.test.only((SCENARIO,))
    keep = tasks.support.lengths > most
    if not keep.any():
        raise UsageError(
            f"no {SCENARIO} user has more than {most} support ratings: ask fewer --questions"
        )
    return tasks.select(keep)


def _mae(learner: Learner, tasks: Tasks, ratings: Ratings) -> float:
    predictions = predict(learner, tasks, ratings)
    score = np.clip(predictions.score, ratings.scale.low, ratings.scale.high)
    target = open_prepared(ratings.sha256).value[predictions.row]
    return float(np.abs(score - target).mean(dtype=np.float64))


def _answers(per_seed: Sequence[_Seed], questions: Sequence[int]) -> list[Answer]:
    lines = []
    for count in questions:
        first = [seed.maes["evidence", count] for seed in per_seed]
        for strategy in STRATEGIES:
            maes = [seed.maes[strategy, count] for seed in per_seed]
            against = None if strategy == "evidence" else paired_difference(first, maes)
            lines.append(Answer(strategy, count, mean_interval(maes), against))
    everything = mean_interval([seed.maes[ALL, 0] for seed in per_seed])
    return [*lines, Answer(ALL, 0, everything, None)]
