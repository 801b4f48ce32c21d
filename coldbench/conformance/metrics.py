"""What every metric plugin must do, ours or a stranger's. Each check raises AssertionError."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from coldbench import registry
from coldbench.data import Array
from coldbench.scoring import CONTRACT, Metric

__all__ = ["CHECKS", "GATES", "Problem", "problem"]

TOLERANCE = 1e-9
Sample = tuple[Array, Array, Array]


@dataclass(frozen=True)
class Problem:
    """A metric under its registered name; samples: (value, score, episode) of many kinds."""

    name: str
    metric: Metric
    samples: tuple[Sample, ...]


def problem(name: str) -> Problem:
    """The problem of a registered metric: random, constant, perfect and single queries."""
    rng = np.random.default_rng(0)
    value = rng.integers(1, 6, 200).astype(np.float64)
    episode = np.repeat(np.arange(20) * 7 + 3, 10).astype(np.int64)
    samples = (
        (value, np.clip(value + rng.normal(0, 1, 200), 1, 5), episode),
        (value, np.full(200, 3.0), episode),
        (value, value.copy(), episode),
        (value, 6 - value, episode),
        (value[:1], np.array([3.0]), episode[:1]),
    )
    return Problem(name, registry.load("metric", name), samples)


def metric_declares_itself(problem: Problem) -> None:
    """The entry point names a Metric of that name, with a summary and a known contract."""
    metric = problem.metric
    assert isinstance(metric, Metric), f"the entry point names {type(metric).__name__}"
    assert metric.name == problem.name, f"its name is {metric.name!r}, not {problem.name!r}"
    assert metric.summary, "the summary is empty"
    assert metric.contract == CONTRACT, f"contract {metric.contract}, coldbench has {CONTRACT}"


def value_is_one_finite_number(problem: Problem) -> None:
    """A finite float for random, constant, perfect and reversed scores, and for a single query."""
    for value, score, episode in problem.samples:
        found = problem.metric(value, score, episode)
        assert isinstance(found, float), f"it returns {type(found).__name__}, not float"
        assert np.isfinite(found), f"it returns {found} for {len(value)} queries"


def range_holds(problem: Problem) -> None:
    """No value lies outside `low`..`high`."""
    low, high = problem.metric.low, problem.metric.high
    for sample in problem.samples:
        found = problem.metric(*sample)
        assert low is None or found >= low - TOLERANCE, f"{found} is below {low}"
        assert high is None or found <= high + TOLERANCE, f"{found} is above {high}"


def perfect_is_best(problem: Problem) -> None:
    """Perfect predictions score no worse than any others, and better than reversed ones."""
    random, constant, perfect, reverse = (problem.metric(*s) for s in problem.samples[:4])
    sign = 1 if problem.metric.lower_is_better else -1
    assert sign * perfect <= sign * min(random, constant, reverse, key=lambda x: sign * x), (
        f"perfect {perfect:.4g}, noisy {random:.4g}, constant {constant:.4g}"
    )
    assert sign * perfect < sign * reverse, f"perfect {perfect:.4g}, reversed {reverse:.4g}"


def order_of_rows_does_not_matter(problem: Problem) -> None:
    """Permuting the queries leaves the value as it was."""
    for sample in problem.samples:
        order = np.random.default_rng(1).permutation(len(sample[0]))
        first, second = problem.metric(*sample), problem.metric(*(part[order] for part in sample))
        assert abs(first - second) < TOLERANCE, f"it moves from {first} to {second}"


def names_of_episodes_do_not_matter(problem: Problem) -> None:
    """Renumbering the episodes leaves the value as it was."""
    for value, score, episode in problem.samples:
        first = problem.metric(value, score, episode)
        second = problem.metric(value, score, 10_000 - 2 * episode)
        assert abs(first - second) < TOLERANCE, f"it moves from {first} to {second}"


def input_is_left_alone(problem: Problem) -> None:
    """The arrays handed over are not changed."""
    for sample in problem.samples:
        copies = [part.copy() for part in sample]
        problem.metric(*copies)
        for old, new in zip(sample, copies, strict=True):
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
