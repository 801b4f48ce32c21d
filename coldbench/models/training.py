"""A learner trained on all ratings, once for each seed, into a stored model.

As in a study, validation tasks of the protocol choose the number of epochs; then a new learner is
trained on every rating, since nothing is left to be tested. Of a repeated (user, item) pair the
first rating counts, as in every protocol.
"""

import contextlib
import io
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from filelock import FileLock, Timeout

from coldbench.data import Array, Ragged, Ratings
from coldbench.errors import Declined, Diverged, UsageError
from coldbench.learning import (
    Learner,
    TrainingData,
    fill,
    search,
    state_of,
    train,
)
from coldbench.models.catalogue import Known, with_unknown_user
from coldbench.models.store import ModelFolder, ModelRecord, SeedRecord, read_seed
from coldbench.models.work import Work
from coldbench.rng import Seeds, generator
from coldbench.running import confined
from coldbench.tasks import first_of_each_pair

__all__ = ["Step", "TrainingProgress", "train_model"]

PROBED = 16  # users whose predictions are compared before and after storing


@dataclass(frozen=True)
class Step:
    """An epoch that is done. mae: in validation, None in the final training; most: epochs at
    most, or in all in the final training."""

    seed: int
    epoch: int
    most: int
    mae: float | None


def _nobody(what: Any) -> None:
    """Is told where nobody asked."""


@dataclass(frozen=True)
class TrainingProgress:
    """What `train_model` reports to: start(record, seeds to train), step, done(a stored seed)."""

    start: Callable[[ModelRecord, tuple[int, ...]], None] = lambda record, seeds: None
    step: Callable[[Step], None] = _nobody
    done: Callable[[SeedRecord], None] = _nobody


def train_model(
    learner: str,
    ratings: Ratings,
    out: Path | str,
    *,
    seeds: int | Iterable[int] = 1,
    options: Mapping[str, Any] | None = None,
    protocol: str = "separate",
    protocol_options: Mapping[str, Any] | None = None,
    device: str = "cpu",
    base: str = "",
    overwrite: bool = False,
    progress: TrainingProgress | None = None,
) -> Path:
    """Train a learner on all ratings and store it in the folder `out`, which is returned.

    seeds: how many (0 to n - 1), or which: one member of the ensemble each; those that the folder
    has already are not trained again; base: the registered learner, where `learner` is a name of
    your own for its configuration; overwrite: replace a model of another learner or other data.
    Raises UsageError for wrong names and for a folder that holds something else, Declined where
    the learner declines the data or cannot be stored, Diverged where it diverges.
    """
    work = Work.of(learner, base or learner, ratings, options, protocol, protocol_options, device)
    folder, told = ModelFolder(Path(out)), progress or TrainingProgress()
    folder.path.parent.mkdir(parents=True, exist_ok=True)
    lock = folder.path.with_name(f".{folder.path.name}.lock")
    try:
        with FileLock(lock, blocking=False):
            try:
                with folder.replaced() if overwrite else contextlib.nullcontext():
                    _carry_out(folder, work, _listed(seeds), told)
            finally:
                with contextlib.suppress(OSError):  # where an open file cannot be removed
                    lock.unlink()
    except Timeout:
        raise UsageError(f"{folder.path} is being trained by another process") from None
    return folder.path


def _carry_out(
    folder: ModelFolder, work: Work, seeds: tuple[int, ...], told: TrainingProgress
) -> None:
    record = work.record(seeds)
    if folder.exists:
        record = _continued(folder, record)
        folder.sweep()
    else:
        folder.create(record, Known.of(work.ratings))
    stored = folder.stored()
    missing = tuple(seed for seed in record.seeds if seed not in stored)
    told.start(record, missing)
    for seed in missing:
        told.done(_train_seed(folder, work, seed, told.step))


def _continued(folder: ModelFolder, record: ModelRecord) -> ModelRecord:
    """The record of the stored model, with the seeds of both; raises UsageError for another one."""
    old = folder.record()
    if other := old.differences(record):
        raise UsageError(
            f"{folder.path} holds {old.learner!a} trained on {old.dataset!a}, with another "
            f"{' and '.join(other)}: choose another --out, or replace it with --overwrite"
        )
    seeds = tuple(sorted({*old.seeds, *record.seeds}))
    if seeds != old.seeds:
        old = old.model_copy(update={"seeds": seeds})
        folder.update(old)
    return old


def _train_seed(
    folder: ModelFolder, work: Work, seed: int, step: Callable[[Step], None]
) -> SeedRecord:
    start, seeds = time.perf_counter(), Seeds.joint(seed)
    try:
        with confined(seeds, io.StringIO()):
            learner, epochs, mae = _trained(work, seeds, step)
            state = state_of(learner)
            record = SeedRecord(
                seed=seed,
                epochs=epochs,
                validation_mae=mae,
                seconds=time.perf_counter() - start,
                parameters=learner.n_parameters(),
                tree=state.tree,
            )
            with folder.adding(record, state) as aside:
                _compare(work, learner, aside)
    except (Declined, Diverged) as error:
        raise type(error)(f"{work.name} seed {seed}: {error}") from None
    return record


def _trained(
    work: Work, seeds: Seeds, step: Callable[[Step], None]
) -> tuple[Learner, int, float | None]:
    """The learner after all ratings, its number of epochs, and the validation MAE behind it."""
    config, mae = work.config, None
    ratings = replace(work.ratings, catalogue=with_unknown_user(work.ratings.catalogue))
    epochs = config.epochs
    if config.chooses_epochs:
        split = work.protocol.split(work.ratings, seeds)
        if len(split.validation):
            told = _telling(step, seeds.init, epochs)
            best, curve = search(
                work.variant, config, ratings, split, seeds, work.device, told=told
            )
            epochs, mae = best.epochs, curve[best.epochs - 1]["validation_mae"]
    told = _telling(step, seeds.init, epochs)
    users, lists = _everything(work.ratings)
    fitted = train(work.variant, config, ratings, users, lists, seeds, epochs, work.device, told)
    return fitted.learner, epochs, mae


def _everything(ratings: Ratings) -> tuple[Array, Ragged]:
    """All users with a rating, int64, and the rows of each."""
    rows = first_of_each_pair(ratings)
    lists, users = Ragged.grouped(rows, ratings.user[rows])
    return users.astype(np.int64), lists


def _telling(step: Callable[[Step], None], seed: int, most: int) -> Callable[[Any], None]:
    def told(epoch: Mapping[str, float]) -> None:
        step(Step(seed, int(epoch["epoch"]), most, epoch.get("validation_mae")))

    return told


def _compare(work: Work, learner: Learner, folder: Path) -> None:
    """Raises Declined unless the stored learner predicts bit for bit what the trained one does."""
    again = work.variant.learner(learner.config, learner.domain, generator(0, "restored"))
    fill(again, read_seed(folder)[1])
    users, lists = _everything(work.ratings)
    some = np.flatnonzero(lists.lengths >= 2)[:PROBED]
    data = TrainingData.of(work.ratings, users[some], lists.select(some), work.device)
    for episode in data.episodes(generator(0, "probe")):
        if not torch.equal(learner.predict(episode.batch), again.predict(episode.batch)):
            raise Declined(
                f"{type(learner).__name__} predicts otherwise once it is stored: what predictions "
                "need is not all in `state` (coldbench.Learner)"
            )


def _listed(seeds: int | Iterable[int]) -> tuple[int, ...]:
    listed = tuple(range(seeds)) if isinstance(seeds, int) else tuple(sorted(set(seeds)))
    if not listed or min(listed) < 0:
        raise UsageError("give a positive number of seeds, or different seeds >= 0")
    return listed
