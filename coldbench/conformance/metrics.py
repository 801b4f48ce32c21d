"""What every metric plugin, ours or not, must do. Each check raises AssertionError."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from coldbench import registry
from coldbench.data import Array, Scale
from coldbench.scoring import CONTRACT, STARS, Metric

__all__ = ["CHECKS", "GATES", "Problem", "problem"]

TOLERANCE = 1e-9
OTHER_SCALES = (Scale(0, 5, 1), Scale(-10, 10, 1), Scale(0.5, 5, 0.5), Scale(1, 1000, 1))
Sample = tuple[Array, Array, Array, Scale]


@dataclass(frozen=True)
class Problem:
    """A metric under its registered name; samples: (value, score, episode, scale) of
    many kinds."""

    name: str
    metric: Metric
    samples: tuple[Sample, ...]


def problem(name: str) -> Problem:
    """The problem of a registered metric: random, constant, perfect and single queries, and scales
    that hold 0, numbers below it, and many levels."""
    rng = np.random.default_rng(0)
    value = rng.integers(1, 6, 200).astype(np.float64)
    episode = np.repeat(np.arange(20) * 7 + 3, 10).astype(np.int64)
    samples = (
        (value, np.clip(value + rng.normal(0, 1, 200), 1, 5), episode, STARS),
        (value, np.full(200, 3.0), episode, STARS),
        (value, value.copy(), episode, STARS),
        (value, 6 - value, episode, STARS),
        (value[:1], np.array([3.0]), episode[:1], STARS),
    )
    others = (sample for scale in OTHER_SCALES for sample in _on(scale, episode, rng))
    return Problem(name, registry.load("metric", name), (*samples, *others))


def _on(scale: Scale, episode: Array, rng: np.random.Generator) -> Iterator[Sample]:
    """Random ratings of a scale, and its lowest value throughout."""
    low, high, step = scale
    value = low + step * rng.integers(0, round((high - low) / step) + 1, len(episode))
    score = np.clip(value + rng.normal(0, 1, len(episode)), low, high)
    yield value, score, episode, scale
    yield np.full(len(episode), low), score, episode, scale


def metric_declares_itself(problem: Problem) -> None:
    """The entry point names a Metric of that name, with a summary and a known contract."""
    metric = problem.metric
    assert isinstance(metric, Metric), f"the entry point names {type(metric).__name__}"
    assert metric.name == problem.name, f"its name is {metric.name!r}, not {problem.name!r}"
    assert metric.summary, "the summary is empty"
    assert metric.contract == CONTRACT, f"contract {metric.contract}, coldbench has {CONTRACT}"


def value_is_one_finite_number(problem: Problem) -> None:
    """A finite float for random, constant, perfect and reversed scores, for a single query, and on
    any scale."""
    for sample in problem.samples:
        result, (low, high, _) = problem.metric(*sample), sample[3]
        assert isinstance(result, float), f"it returns {type(result).__name__}, not float"
        sample_text = f"{len(sample[0])} queries on a scale from {low:g} to {high:g}"
        assert np.isfinite(result), f"it returns {result} for {sample_text}"


def range_holds(problem: Problem) -> None:
    """No value lies outside `low`..`high`."""
    low, high = problem.metric.low, problem.metric.high
    for sample in problem.samples:
        result = problem.metric(*sample)
        assert low is None or result >= low - TOLERANCE, f"{result} is below {low}"
        assert high is None or result <= high + TOLERANCE, f"{result} is above {high}"


def perfect_is_best(problem: Problem) -> None:
    """Perfect predictions score no worse than any others, and better than reversed ones."""
    random, constant, perfect, reverse = (problem.metric(*s) for s in problem.samples[:4])
    sign = 1 if problem.metric.lower_is_better else -1
    assert sign * perfect <= sign * min(random, constant, reverse, key=lambda x: sign * x), (
        f"perfect {perfect:.4g}, noisy {random:.4g}, constant {constant:.4g}"
    )
    assert sign * perfect < sign * reverse, f"perfect {perfect:.4g}, reversed {reverse:.4g}"


def order_of_rows_does_not_matter(problem: Problem) -> None:
    """Permuting the queries does not change the value."""
    for sample in problem.samples:
        order = np.random.default_rng(1).permutation(len(sample[0]))
        value, score, episode = (part[order] for part in sample[:3])
        first, second = problem.metric(*sample), problem.metric(value, score, episode, sample[3])
        assert abs(first - second) < TOLERANCE, f"it moves from {first} to {second}"


def names_of_episodes_do_not_matter(problem: Problem) -> None:
    """Renumbering the episodes does not change the value."""
    for value, score, episode, scale in problem.samples:
        first = problem.metric(value, score, episode, scale)
        second = problem.metric(value, score, 10_000 - 2 * episode, scale)
        assert abs(first - second) < TOLERANCE, f"it moves from {first} to {second}"


def input_is_left_alone(problem: Problem) -> None:
    """The argument arrays are not changed."""
    for sample in problem.samples:
        value, score, episode = copies = tuple(part.copy() for part in sample[:3])
        problem.metric(value, score, episode, sample[3])
        for old, new in zip(sample[:3], copies, strict=True):
            assert np.array_equal(old, new), "an argument was changed in place"


CHECKS: dict[str, Callable[[Problem], None]] = {
    check.__name__: check
    for check in (
        metric_declares_itself,
        value_is_one_finite_number,
        range_holds,
        perfect_is_best,
        order_of_rows_does_not_matter,
        names_of_episodes_do_not_matter,
        input_is_left_alone,
    )
}

GATES = (metric_declares_itself, value_is_one_finite_number)
