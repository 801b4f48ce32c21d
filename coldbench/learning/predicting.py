"""Learner + tasks -> Predictions: one score for each query row."""

from collections.abc import Iterator

import numpy as np
import torch

from coldbench.data import Ratings
from coldbench.errors import ColdbenchError, Diverged
from coldbench.learning.determinism import repeatable
from coldbench.learning.learner import Learner
from coldbench.learning.predictions import Predictions
from coldbench.learning.sequential import in_sequence
from coldbench.tasks import MAX_TASKS, EpisodeBatch, Tasks, batches

__all__ = ["predict"]


def predict(
    learner: Learner,
    tasks: Tasks,
    ratings: Ratings,
    shots: int | None = None,
    max_tasks: int = MAX_TASKS,
    by_length: bool = True,
) -> Predictions:
    """The learner's scores for every query row, sorted by row.

    Tasks are batched by length, or in their order where that matters to the learner.
    Raises Diverged for scores that are not finite, ColdbenchError for a wrong type or shape.
    """
    rows, masks, scores = [np.empty(0, np.int64)], [], [np.empty(0, np.float32)]

    def given() -> Iterator[EpisodeBatch]:
        sorted_by_length = by_length and not in_sequence(learner)
        for batch, query_rows in batches(
            tasks.shots(shots), ratings, max_tasks, by_length=sorted_by_length
        ):
            rows.append(query_rows)
            masks.append(batch.query_mask)
            yield batch.to(learner.domain.device)

    with repeatable(learner.domain.device):
        for answer in _answers(learner, given()):
            mask = masks[len(scores) - 1]
            _check(learner, answer, tuple(mask.shape))
            scores.append(answer.detach().float().cpu().numpy()[mask.numpy()])
    if len(scores) != len(rows):
        raise ColdbenchError(
            f"{type(learner).__name__}.predict_pass gave {len(scores) - 1} answers "
            f"for {len(rows) - 1} batches"
        )
    row, score = np.concatenate(rows), np.concatenate(scores)
    if not np.isfinite(score).all():
        raise Diverged(f"{(~np.isfinite(score)).sum()} of {len(score)} predictions are not finite")
    order = np.argsort(row, kind="stable")
    scenario = tasks.scenario[np.argsort(tasks.query.rows, kind="stable")]
    count = np.full(len(row), -1 if shots is None else shots, dtype=np.int32)
    return Predictions(row[order], score[order], scenario, count)


def _answers(learner: Learner, given: Iterator[EpisodeBatch]) -> Iterator[torch.Tensor]:
    if in_sequence(learner):
        yield from learner.predict_pass(given)
    else:
        yield from map(learner.predict, given)


def _check(learner: Learner, score: object, shape: tuple[int, ...]) -> None:
    name = type(learner).__name__
    if not isinstance(score, torch.Tensor):
        raise ColdbenchError(f"{name}.predict returned {type(score).__name__}, not a torch.Tensor")
    if tuple(score.shape) != shape:
        raise ColdbenchError(f"{name}.predict returned shape {tuple(score.shape)}, not {shape}")
