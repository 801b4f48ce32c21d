"""Checks of what a learner answers, and what its answers may depend on."""

import contextlib
import copy
import dataclasses
from collections.abc import Iterator

import numpy as np
import torch

from coldbench.conformance.problem import SEEDS, Problem
from coldbench.conformance.unsteady import holds
from coldbench.learning import Learner, TrainingData, in_sequence, predict
from coldbench.rng import generator, global_generators
from coldbench.tasks import EpisodeBatch, Tasks

__all__ = [
    "answers_are_ratings",
    "batch_mates_do_not_matter",
    "global_generators_are_left_alone",
    "order_does_not_matter",
    "other_queries_do_not_matter",
    "padding_does_not_matter",
    "prediction_is_pure",
    "same_answer_twice",
]

TOLERANCE = 2e-4  # rating points: float32 sums in another order


def answers_are_ratings(problem: Problem) -> None:
    """After training, predict returns floats [B, Q], a finite number for each query."""
    batch = problem.batch
    predicted: object = problem.trained.predict(batch)
    assert isinstance(predicted, torch.Tensor), (
        f"predict returned {type(predicted).__name__}, not torch.Tensor"
    )
    assert predicted.is_floating_point(), f"predict returned {predicted.dtype}, not floats"
    shape, wanted = list(predicted.shape), list(batch.query_mask.shape)
    assert shape == wanted, f"predict returned shape {shape}, batch.query_mask has {wanted}"
    bad = int((~torch.isfinite(predicted[batch.query_mask])).sum())
    assert not bad, f"{bad} of {int(batch.query_mask.sum())} predictions are NaN or infinite"


def same_answer_twice(problem: Problem) -> None:
    """Two fits of one job give bit-equal predictions."""
    brief = problem.brief
    again = brief.predictions(brief.fitted(brief.ratings))
    assert np.array_equal(brief.answers.score, again.score), "two runs of one job differ"


def prediction_is_pure(problem: Problem) -> None:
    """Predicting changes neither the batch nor later predictions."""
    learner, batch = copy.deepcopy(problem.trained), copy.deepcopy(problem.batch)
    first = learner.predict(batch).clone()
    for f in dataclasses.fields(batch):
        same = torch.equal(getattr(batch, f.name), getattr(problem.batch, f.name))
        assert same, f"predict changed batch.{f.name} in place"
    assert torch.equal(first, learner.predict(batch)), "predicting twice gives two answers"


def order_does_not_matter(problem: Problem) -> None:
    """Permuting the episodes of a batch permutes the predictions, or the learner says otherwise."""
    if in_sequence(problem.trained):
        _order_matters(problem)
        return
    batch, flip = problem.batch, torch.arange(len(problem.batch) - 1, -1, -1)
    turned = EpisodeBatch(*(getattr(batch, f.name)[flip] for f in dataclasses.fields(batch)))
    _same(problem.trained, turned, batch, "the order of episodes matters", flip)


def batch_mates_do_not_matter(problem: Problem) -> None:
    """An episode alone gets the same predictions as within a batch."""
    if in_sequence(problem.trained):
        return
    batch, one = problem.batch, torch.tensor([len(problem.batch) // 2])
    alone = EpisodeBatch(*(getattr(batch, f.name)[one] for f in dataclasses.fields(batch)))
    _same(problem.trained, alone, batch, "other episodes of the batch matter", one)


def other_queries_do_not_matter(problem: Problem) -> None:
    """A query alone gets the same prediction as among the user's other queries."""
    if in_sequence(problem.trained):
        return
    batch = problem.batch
    alone = dataclasses.replace(
        batch, query_item=batch.query_item[:, :1], query_mask=batch.query_mask[:, :1]
    )
    difference = problem.trained.predict(alone) - problem.trained.predict(batch)[:, :1]
    worst = difference[alone.query_mask].abs().max()
    assert worst <= TOLERANCE, f"other queries of the user matter: predictions move by {worst:.2g}"


def padding_does_not_matter(problem: Problem) -> None:
    """Neither the amount nor the content of padding changes a prediction."""
    batch = problem.batch
    expected, width = problem.trained.predict(batch), batch.query_mask.shape[1]
    given = problem.trained.predict(_refilled(batch, 7))[:, :width]
    worst = (given - expected)[batch.query_mask].abs().max()
    assert worst <= TOLERANCE, f"padding matters: predictions move by {worst:.2g}"
    if in_sequence(problem.trained):
        return
    count = batch.support_mask.sum(1)
    one, most = count.argmin().view(1), max(int(count.min()), 1)
    bare = EpisodeBatch(
        batch.user[one], batch.support_item[one, :most], batch.support_value[one, :most],
        batch.support_mask[one, :most], batch.query_item[one], batch.query_mask[one],
    )  # fmt: skip
    _same(problem.trained, bare, batch, "padding matters", one)


def global_generators_are_left_alone(problem: Problem) -> None:
    """Nothing reads or seeds the global generators of torch and NumPy after construction."""
    learner, split = problem.built(), problem.split
    data = TrainingData.of(problem.ratings, split.train_user, split.train, problem.device)
    with _untouched("train_epoch"):
        learner.train_epoch(data, 0, generator(problem.seeds.order, "epoch", 0))
    with _untouched("predict"):
        learner.predict(problem.batch)


def _refilled(batch: EpisodeBatch, extra: int) -> EpisodeBatch:
    """With `extra` more cells of padding, and in all padding items and values of real ratings."""
    rng = np.random.default_rng(0)
    items, values = (x[batch.support_mask] for x in (batch.support_item, batch.support_value))

    def cells(old: torch.Tensor, mask: torch.Tensor, pool: torch.Tensor) -> torch.Tensor:
        shape = len(old), old.shape[1] + extra
        new = pool[torch.from_numpy(rng.integers(len(pool), size=shape))]
        new[:, : old.shape[1]][mask] = old[mask]
        return new

    return EpisodeBatch(
        batch.user,
        cells(batch.support_item, batch.support_mask, items),
        cells(batch.support_value, batch.support_mask, values),
        torch.nn.functional.pad(batch.support_mask, (0, extra)),
        cells(batch.query_item, batch.query_mask, items),
        torch.nn.functional.pad(batch.query_mask, (0, extra)),
    )


def _same(
    learner: Learner, given: EpisodeBatch, whole: EpisodeBatch, fault: str, rows: torch.Tensor
) -> None:
    difference = learner.predict(given) - learner.predict(whole)[rows]
    worst = difference[given.query_mask].abs().max()
    assert worst <= TOLERANCE, f"{fault}: predictions move by {worst:.2g}"


def _order_matters(problem: Problem) -> None:
    """A claim of `depends_on_order` is proved: users in reverse get other predictions."""

    def differ(seed: int) -> bool:
        at = problem.at(seed)
        given = predict(at.trained, _reversed(at.asked), at.ratings).score
        return not np.array_equal(given, at.answers.score)

    assert holds(differ), (
        "a SequentialLearner, but reversing the users changes no prediction: derive it from Learner"
    )


def _reversed(tasks: Tasks) -> Tasks:
    index = np.arange(len(tasks))[::-1]
    owner = tasks.scenario[np.argsort(tasks.query.rows, kind="stable")]
    query = tasks.query.select(index)
    rank = np.searchsorted(np.sort(tasks.query.rows), query.rows)
    return Tasks(tasks.user[index], tasks.support.select(index), query, owner[rank])


@contextlib.contextmanager
def _untouched(verb: str) -> Iterator[None]:
    with global_generators(SEEDS.init + 1):  # no state that an earlier seeding may have left
        before = torch.get_rng_state(), _numpy_state()
        yield
        assert torch.equal(before[0], torch.get_rng_state()), (
            f"{verb} uses torch's global generator"
        )
        assert before[1] == _numpy_state(), f"{verb} uses NumPy's global generator"


def _numpy_state() -> str:
    return str(np.random.get_state())  # noqa: NPY002
