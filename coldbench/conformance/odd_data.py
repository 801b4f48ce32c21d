"""Checks on data that are not the usual: short supports, unknown content, another scale."""

import dataclasses

import numpy as np
import torch

from coldbench.conformance.problem import Problem
from coldbench.conformance.unsteady import holds
from coldbench.data import Catalogue, Field, Ratings, Scale
from coldbench.errors import Declined
from coldbench.learning import Learner, predict
from coldbench.tasks import EpisodeBatch

__all__ = [
    "another_scale_works",
    "no_content_works_or_is_declined",
    "short_supports_work",
    "unknown_content_works",
]

NEAR = 2.5  # of 9.5 rating points


def short_supports_work(problem: Problem) -> None:
    """Zero, one or two support ratings, and a single query, get finite predictions."""
    for shots in (0, 1, 2):
        predict(problem.trained, problem.asked.shots(shots), problem.ratings)
    batch = problem.batch
    short = EpisodeBatch(
        batch.user[:1], batch.support_item[:1, :1], batch.support_value[:1, :1],
        batch.support_mask[:1, :1], batch.query_item[:1, :1], batch.query_mask[:1, :1],
    )  # fmt: skip
    assert torch.isfinite(problem.trained.predict(short)).all(), "one query: not a finite number"


def unknown_content_works(problem: Problem) -> None:
    """Users and items with unknown content get predictions."""
    problem = problem.brief
    old = problem.ratings.catalogue
    blank = dataclasses.replace(
        old,
        user_fields=tuple(_blanked(field) for field in old.user_fields),
        item_fields=tuple(_blanked(field) for field in old.item_fields),
    )
    _fits(problem, dataclasses.replace(problem.ratings, catalogue=blank, sha256=""))


def no_content_works_or_is_declined(problem: Problem) -> None:
    """A catalogue without fields: a learner works or raises Declined with a reason."""
    problem = problem.brief
    old = problem.ratings.catalogue
    bare = Catalogue(old.n_users, old.n_items)
    _fits(problem, dataclasses.replace(problem.ratings, catalogue=bare, sha256=""))


def another_scale_works(problem: Problem) -> None:
    """Ratings from 0.5 to 10 in half points: predictions are about as large as the ratings."""
    problem = problem.brief
    value = (np.asarray(problem.ratings.value) * 2).astype(np.float32)
    scaled = dataclasses.replace(
        problem.ratings, value=value, scale=Scale(0.5, 10.0, 0.5), best=None, sha256=""
    )
    wanted, seen = float(np.median(value)), list[float]()

    def near(seed: int) -> bool:
        run = problem.at(seed)
        learner = _fits(run, scaled)
        if learner is None:
            return True
        seen.append(float(np.median(predict(learner, run.asked, scaled).score)))
        return abs(seen[-1] - wanted) < NEAR

    assert holds(near), f"ratings around {wanted:g}, predictions around {seen[0]:.3g}"


def _blanked(field: Field) -> Field:
    """The field with every second entry unknown."""
    values = np.array(field.values)
    values[::2] = np.nan if field.kind == "number" else 0
    return dataclasses.replace(field, values=values)


def _fits(problem: Problem, ratings: Ratings) -> Learner | None:
    """Fit and predict on other ratings; None when the learner declines with a reason."""
    try:
        learner = problem.fitted(ratings)
    except Declined as error:
        if not str(error).strip():
            raise AssertionError("declined without a reason") from error
        return None
    predict(learner, problem.asked, ratings)
    return learner
