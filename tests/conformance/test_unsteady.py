"""How learners are judged that no single run tells about, and how often that errs."""

import numpy as np
import pytest

from coldbench.conformance.gain import CLEAR
from coldbench.conformance.learners import CHECKS
from coldbench.conformance.problem import Problem
from coldbench.conformance.unsteady import MOST, holds
from coldbench.data.ratings import Ratings
from coldbench.learning.learner import Learner, Variant
from tests.conformance.faulty import Lots, Middling, Residuals, Unsteady

# mamo-released after one epoch, seeds 0 to 22, AVX-512
SCATTERED = (
    .078, .117, -.104, .235, .203, .214, .057, .065,
    .236, .176, .219, .126, -.031, .188, .214, .167,
    .189, -.043, -.138, .208, .065, .174, .168,
)  # fmt: skip


@pytest.mark.parametrize(
    ("runs", "asked"), [((1,), 1), ((0, 1, 0, 1), 4), ((0, 1) + (0,) * 18, None)]
)
def test_the_first_run_or_two_of_all(runs: tuple[int, ...], asked: int | None) -> None:
    seeds: list[int] = []
    assert holds(lambda seed: seeds.append(seed) or bool(runs[seed])) is (asked is not None)
    assert seeds == list(range(asked or MOST))


def passing(gains: np.ndarray) -> tuple[float, float]:
    """Of learners with these gains [learners, MOST]: the share that passes, and runs of each."""
    asked: list[int] = []

    def passes(clear: np.ndarray) -> bool:
        return holds(lambda seed: asked.append(seed) or bool(clear[seed]))

    share = float(np.mean([passes(clear) for clear in gains >= CLEAR]))
    return share, len(asked) / len(gains)


def test_an_honest_learner_whose_runs_scatter_hardly_ever_fails() -> None:
    drawn = np.random.default_rng(0).choice(SCATTERED, (10_000, MOST))
    share, runs = passing(drawn)
    assert share > 0.995
    assert runs < 5


def test_a_random_draw_hardly_ever_passes(ratings: Ratings) -> None:
    """Of the kinds tried, one rating drawn for each item scatters most."""
    problem = Problem(Variant(Lots), ratings)
    gains = [problem.at(seed).gain for seed in range(40)]
    assert abs(np.mean(gains)) < 0.02
    assert 0.03 < np.std(gains, ddof=1) < 0.05
    share, _ = passing(np.random.default_rng(0).normal(0, 0.045, (10_000, MOST)))
    assert share < 0.01


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


@pytest.mark.parametrize("name", ["another_scale_works", "learning_beats_chance"])
def test_an_unsteady_learner_passes_where_its_first_run_does_not(
    name: str, ratings: Ratings, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = Problem(Variant(Unsteady), ratings)
    CHECKS[name](problem)
    for module in ("gain", "odd_data"):
        monkeypatch.setattr(f"coldbench.conformance.{module}.holds", lambda claim: claim(0))
    with pytest.raises(AssertionError):
        CHECKS[name](problem)
