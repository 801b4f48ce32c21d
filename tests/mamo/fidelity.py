"""Facts measured on the released code of MAMO, and the same of `mamo-released`, side by side.

    python -m tests.mamo.fidelity DATA [SEEDS]

DATA: a folder with ml-1m; protocol `mixed` without timestamps, as the released code has it.
"""

import dataclasses
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from coldbench.datasets import open_dataset
from coldbench.learner import Domain, TrainingData
from coldbench.predict import predict
from coldbench.protocols import Mixed
from coldbench.ratings import Ratings
from coldbench.rng import Seeds, generator
from coldbench.splits import Split, Tasks
from mamo.learner import MAMO, mamo_released

REVERSED = 150  # test users, as in the measurement on the released code


@dataclass(frozen=True)
class Facts:
    """Of one seed. one_class: whether all predictions are equal after epoch 1; changed: share of
    predictions that reversing 150 test users changes, and MAE before and after; dead: share of the
    first 100 users whose user network gets no gradient in epoch 1; task_left: norm of the task
    memory after 100 users over that at the start; mae: pooled, after all epochs."""

    one_class: bool
    changed: float
    mae_forward: float
    mae_reversed: float
    dead: float
    task_left: float
    mae: float


def without_times(folder: Path) -> Ratings:
    return dataclasses.replace(open_dataset(str(folder / "ml-1m")), time=None)


def made(ratings: Ratings, seed: int) -> tuple[MAMO, Split, TrainingData]:
    seeds = Seeds.joint(seed)
    split = Mixed().split(ratings, seeds)
    domain = Domain(ratings.catalogue, ratings.scale)
    learner = MAMO(mamo_released.configure({}), domain, generator(seeds.init, "init"))
    return learner, split, TrainingData.of(ratings, split.train_user, split.train)


def facts(ratings: Ratings, seed: int) -> Facts:
    learner, split, data = made(ratings, seed)
    start = learner.model.memories.task.norm().item()
    rng = [generator(seed, "epoch", epoch) for epoch in range(learner.config.epochs)]
    first = learner.train_epoch(data, 0, rng[0])
    left = learner.model.memories.task.norm().item() / start
    after = predict(learner, split.test, ratings).score
    for epoch in range(1, learner.config.epochs):
        learner.train_epoch(data, epoch, rng[epoch])
    some = np.arange(REVERSED)
    forward = predict(learner, chosen(split.test, some), ratings)
    backward = predict(learner, chosen(split.test, some[::-1]), ratings)
    truth = ratings.value[forward.row]
    whole = predict(learner, split.test, ratings)
    return Facts(
        one_class=len(np.unique(after)) == 1,
        changed=float(np.mean(forward.score != backward.score)),
        mae_forward=float(np.abs(forward.score - truth).mean()),
        mae_reversed=float(np.abs(backward.score - truth).mean()),
        dead=first["dead_user_gradient"],
        task_left=left,
        mae=float(np.abs(whole.score - ratings.value[whole.row]).mean()),
    )


def chosen(tasks: Tasks, index: np.ndarray) -> Tasks:
    support, query = tasks.support.select(index), tasks.query.select(index)
    return Tasks(tasks.user[index], support, query, np.zeros(len(query.rows), np.int8))


def main() -> None:
    torch.set_num_threads(1)
    ratings = without_times(Path(sys.argv[1]))
    found = [facts(ratings, seed) for seed in range(int((sys.argv[2:] or ["10"])[0]))]

    def column(name: str) -> np.ndarray:
        return np.array([getattr(one, name) for one in found], float)

    mae, gamma, slots = column("mae"), 0.1, 3
    sd = mae.std(ddof=1) if len(mae) > 1 else np.nan
    one_class, errors = column("one_class"), (column("mae_forward"), column("mae_reversed"))
    left = (1 - gamma + gamma / slots) ** 100
    for fact, released, ours in (
        (
            "one class after epoch 1",
            "7 of 10 seeds",
            f"{one_class.sum():.0f} of {len(found)} seeds",
        ),
        ("reversing 150 users changes", "55 %", f"{column('changed').mean():.0%}"),
        ("MAE before and after", "1.12, 1.19", ", ".join(f"{one.mean():.2f}" for one in errors)),
        ("dead gradients of 100 users", "about 90", f"{100 * column('dead').mean():.0f}"),
        ("task memory left after them", f"{left:.4f}", f"{column('task_left').mean():.4f}"),
        ("pooled MAE", "1.05 +- .17", f"{mae.mean():.2f} +- {sd:.2f}"),
        ("lowest and highest", ".77, 1.29", f"{mae.min():.2f}, {mae.max():.2f}"),
    ):
        print(f"{fact:28} released {released:14} here {ours}")


if __name__ == "__main__":
    main()
