"""How `learning_beats_chance` judges learners whose gains are known, and how often it errs."""

import numpy as np
import pytest

from coldbench import chance
from coldbench.conformance import CHECKS, Problem
from coldbench.learner import Learner, Variant
from coldbench.ratings import Ratings
from tests.plugins.faulty import Lots, Middling, Residuals, Unsteady

# mamo-released after three epochs at seeds 0 and on, with AVX-512 (twelve) and with AVX2 (six)
SCATTERED = (
    .020, .203, .001, .174, -.369, .035, .197, .198, .190, .127, .052, .062,
    .127, .087, -.073, .175, -.134, .070,
)  # fmt: skip


class Runs:
    """Gains handed out one by one; `asked` are the seeds."""

    def __init__(self, gains: np.ndarray) -> None:
        self.gains, self.asked = gains, list[int]()

    def __call__(self, seed: int) -> float:
        self.asked.append(seed)
        return float(self.gains[seed])


def test_a_clear_learner_is_run_once() -> None:
    runs = Runs(np.array([chance.CLEAR]))
    assert chance.doubt(runs) == ""
    assert runs.asked == [0]


def test_any_other_until_enough_runs_are_clear() -> None:
    runs = Runs(np.array([0.0, 0.2, -0.5, 0.2]))
    assert chance.doubt(runs) == ""
    assert runs.asked == [0, 1, 2, 3]
    assert "1 of 16 seeds" in chance.doubt(Runs(np.eye(16)[3]))


def test_an_honest_learner_whose_runs_scatter_hardly_ever_fails() -> None:
    """A gain of mean .06 and sd .15 is all it has."""
    drawn = np.random.default_rng(0).choice(SCATTERED, (10_000, chance.MOST))
    runs = [Runs(gains) for gains in drawn]
    failed = [bool(chance.doubt(one)) for one in runs]
    assert np.mean(failed) < 0.005
    assert np.mean([len(one.asked) for one in runs]) < 4


def test_a_random_draw_hardly_ever_passes(ratings: Ratings) -> None:
    """Of the kinds tried, one rating drawn for each item scatters most."""
    problem = Problem(Variant(Lots), ratings)
    gains = [problem.at(seed).gain for seed in range(40)]
    assert abs(np.mean(gains)) < 0.02
    sd = float(np.std(gains, ddof=1))
    assert 0.03 < sd < 0.05
    drawn = np.random.default_rng(0).normal(0, 0.045, (10_000, chance.MOST))
    assert np.mean([not chance.doubt(Runs(one)) for one in drawn]) < 0.01


@pytest.mark.parametrize(
    ("learner", "failing"),
    [
        (Lots, "learning_beats_chance"),
        (Residuals, "learning_beats_chance"),
        (Middling, "ratings_matter"),
        (Unsteady, ""),
    ],
)
def test_who_learns(learner: type[Learner], failing: str, ratings: Ratings) -> None:
    problem, failed = Problem(Variant(learner), ratings), ""
    for name in ("ratings_matter", "learning_beats_chance"):
        try:
            CHECKS[name](problem)
        except AssertionError:
            failed = failed or name
    assert failed == failing
    if learner is Unsteady:
        clear = [problem.at(seed).gain >= chance.CLEAR for seed in range(chance.MOST)]
        assert not clear[0]
