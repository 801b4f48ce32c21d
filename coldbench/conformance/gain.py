"""Checks that a learner learns: more than chance, and from the ratings."""

import dataclasses

import numpy as np

from coldbench.conformance.problem import Problem
from coldbench.conformance.unsteady import holds
from coldbench.learning import predict

__all__ = ["CLEAR", "learning_beats_chance", "ratings_matter"]

CLEAR = 0.12  # of chance; steady learners gain .22 to .36, random draws 0 with an sd of .01 to .04


def ratings_matter(problem: Problem) -> None:
    """Mirrored ratings (the lowest for the highest and so on) change the predictions."""
    problem = problem.brief
    low, high, _ = problem.ratings.scale
    value = (low + high - np.asarray(problem.ratings.value)).astype(np.float32)
    mirrored = dataclasses.replace(problem.ratings, value=value, best=None, sha256="")

    def differ(seed: int) -> bool:
        run = problem.at(seed)
        mirrored_predictions = predict(run.fitted(mirrored), run.asked, mirrored)
        return not np.array_equal(mirrored_predictions.score, run.answers.score)

    assert holds(differ), "mirrored ratings change no prediction: nothing is learned from them"


def learning_beats_chance(problem: Problem) -> None:
    """The MAE is 12 % below that of a random draw from the ratings, at the first seed or, when runs
    scatter, at 2 of 20."""
    gains: list[float] = []

    def clear(seed: int) -> bool:
        gains.append(problem.at(seed).gain)
        return gains[-1] >= CLEAR

    assert holds(clear), (
        f"the MAE is {np.mean(gains):.1%} below that of a random draw on average of "
        f"{len(gains)} seeds, {max(gains):.1%} at best"
    )
