"""Does the order of the learners on one data set tell that on another?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from coldbench.league.several.skills import Skill
from coldbench.rng import generator
from coldbench.statistics import Interval, order_agreement, order_repeats

__all__ = ["Agreement", "agreements"]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Kendall's tau of the learners' order on two data sets; of one with itself, where `a` is `b`,
    between halves of its seeds. Only learners with all seeds that most have. tau is None where too
    little is in common."""

    scenario: str
    a: str
    b: str
    learners: int
    tau: Interval | None


def agreements(scenario: str, boards: dict[str, Sequence[Skill]]) -> Iterator[Agreement]:
    """Of each data set with itself and each pair of them; boards: skills by data set."""
    for name, board in boards.items():
        yield _repeated(scenario, name, board)
    for a, b in combinations(boards, 2):
        yield _compared(scenario, a, b, boards)


def _repeated(scenario: str, name: str, board: Sequence[Skill]) -> Agreement:
    runs = _matrix(board, [one.learner for one in board if one.values])
    rng = generator(0, "league", "repeats")
    tau = order_repeats(runs, rng) if runs.shape[1] > 1 and len(runs) > 1 else None
    known = None if tau is None else Interval(tau, None, None, len(runs))
    return Agreement(scenario, name, name, runs.shape[1], known)


def _compared(scenario: str, a: str, b: str, boards: dict[str, Sequence[Skill]]) -> Agreement:
    run = [{one.learner for one in boards[name] if one.values} for name in (a, b)]
    shared = sorted(run[0] & run[1])
    first, second = (_matrix(boards[name], shared) for name in (a, b))
    if len(shared) < 2 or not first.size or not second.size:
        return Agreement(scenario, a, b, len(shared), None)
    rng = generator(0, "league", "agreement")
    # neither names nor their order may move the limits
    one, other = sorted((first, second), key=lambda runs: runs.tolist())
    return Agreement(scenario, a, b, len(shared), order_agreement(one, other, rng))


def _matrix(
    board: Sequence[Skill], learners: Sequence[str]
) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    """Skill [seeds, learners], at the seeds that all of them finished."""
    values = {one.learner: one.values for one in board}
    mine = [values[name] for name in learners]
    seeds = [seed for seed in mine[0] if all(seed in one for one in mine)] if mine else []
    rows = [[one[seed] for one in mine] for seed in seeds]
    return np.array(rows, dtype=np.float64).reshape(len(seeds), len(learners))
