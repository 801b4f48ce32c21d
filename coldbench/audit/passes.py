"""One pass of a job: train, predict some of the test tasks on their own, then predict all."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from coldbench.audit.watching import Opened, watched
from coldbench.data import Array, Ratings
from coldbench.learning import Learner, Predictions, fit, in_sequence, predict
from coldbench.rng import generator
from coldbench.running import Job, Prepared
from coldbench.tasks import Tasks, batches

__all__ = ["Part", "Pass", "run"]

SHARE = 10  # one task in so many is predicted on its own
LEAST = 24  # tasks, where there are so many
SMALL = 7  # tasks in a batch: no divisor of the usual 128, and fewer than any pool needs


@dataclass(frozen=True, eq=False)
class Part:
    """Some tasks on their own. how: in words; exact: batches of the same tasks and shapes as in
    the whole pass, so that an honest learner gives the same bits."""

    how: str
    exact: bool
    predictions: Predictions


@dataclass(frozen=True, eq=False)
class Pass:
    """whole: the predictions of all test tasks, as a study stores them; parts: those of some
    tasks, made before; sequential: test users depend on each other, by declaration."""

    whole: Predictions
    parts: tuple[Part, ...]
    sequential: bool


def run(prepared: Prepared, job: Job, parts: bool, opened: Opened) -> Pass:
    """Train as a study does and predict; raises what the learner raises. Files that it opens are
    added to `opened`."""
    split = prepared.split
    with watched(opened):
        learner = fit(
            prepared.variant,
            prepared.config,
            prepared.ratings,
            split,
            job.seeds,
            job.refit,
            job.device,
            prepared.criterion,
        ).learner
    tasks, ratings = split.test.only(job.scenarios), prepared.asked()
    levels = (None, *job.shots)
    with watched(opened):
        some = tuple(_parts(learner, tasks, ratings, levels)) if parts else ()
        whole = Predictions.join([predict(learner, tasks, ratings, shots) for shots in levels])
    return Pass(whole, some, in_sequence(learner))


def _parts(
    learner: Learner, tasks: Tasks, ratings: Ratings, levels: tuple[int | None, ...]
) -> Iterator[Part]:
    if not len(tasks):
        return
    if in_sequence(learner):
        first = _batched(tasks, ratings, by_length=False)
        begin = np.concatenate(first[: max(1, len(first) // SHARE)])
        some, few = tasks.select(begin), tasks.select(np.arange(min(SMALL, len(tasks))))
        yield Part("the first test users alone", True, predict(learner, some, ratings))
        yield Part(f"the first {SMALL} test users alone", False, predict(learner, few, ratings))
        return
    rng = generator(0, "audit")
    same = [_some_batches(learner, tasks, ratings, shots, rng) for shots in levels]
    yield Part("some batches alone, in another order", True, Predictions.join(same))
    few = _few(tasks, rng)
    how = f"a tenth of the tasks, half of their queries, in batches of {SMALL}"
    asked = [predict(learner, few, ratings, shots, SMALL, by_length=False) for shots in levels]
    yield Part(how, False, Predictions.join(asked))


def _some_batches(
    learner: Learner, tasks: Tasks, ratings: Ratings, shots: int | None, rng: np.random.Generator
) -> Predictions:
    known = tasks.shots(shots)
    whole = _batched(known, ratings, by_length=True)
    count = max(1, len(whole) // SHARE)
    made = []
    for place in rng.permutation(len(whole))[:count]:
        batch = whole[place]
        made.append(
            predict(learner, tasks.select(batch), ratings, shots, len(batch), by_length=False)
        )
    return Predictions.join(made)


def _batched(tasks: Tasks, ratings: Ratings, by_length: bool) -> list[Array]:
    """The tasks of each batch of a whole pass, in their order there."""
    order = np.argsort(tasks.query.rows, kind="stable")
    rows, owner = tasks.query.rows[order], tasks.query.owner[order]
    found = []
    for _, asked in batches(tasks, ratings, by_length=by_length):
        owners = owner[np.searchsorted(rows, asked)]
        found.append(owners[np.sort(np.unique(owners, return_index=True)[1])])
    return found


def _few(tasks: Tasks, rng: np.random.Generator) -> Tasks:
    """A random tenth of the tasks in random order, each with a random half of its queries."""
    count = min(len(tasks), max(LEAST, len(tasks) // SHARE))
    few = tasks.select(rng.permutation(len(tasks))[:count])
    drawn = np.argsort(few.query.owner + rng.random(len(few.query.rows)))
    place = np.empty(len(drawn), np.int64)
    place[drawn] = few.query.position  # a random place within its own task
    keep = place < np.repeat((few.query.lengths + 1) // 2, few.query.lengths)
    return Tasks(few.user, few.support, few.query.where(keep), few.scenario[keep])
