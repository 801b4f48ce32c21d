"""Facts measured on the released code of MAMO, and the same of `mamo-released`, side by side.

    python -m tests.mamo.fidelity DATA [SEEDS]

DATA: a folder with ml-1m; protocol `mixed` without timestamps, as the released code has it. Two
columns are ours: `mamo-released`, and the same on content as the released code reads it
(tests/mamo/released_content.py).
"""

import dataclasses
import sys
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import torch

from coldbench.data import open_dataset
from coldbench.data.ratings import Ratings
from coldbench.learning.learner import Domain, TrainingData
from coldbench.learning.predicting import predict
from coldbench.rng import Seeds, generator, torch_generator
from coldbench.tasks.protocols import Mixed
from coldbench.tasks.splits import Split, Tasks
from mamo.episode import remember
from mamo.learner import MAMO, mamo_released
from tests.mamo.released_content import released_content, start_sets, without_unread

REVERSED = 150  # test users, as in the measurement on the released code
DEAD = 1e-6  # norm of a gradient that moves nothing


@dataclass(frozen=True)
class Facts:
    """Of one seed. top_class: share of the most frequent prediction after epoch 1, 1 when all are
    equal; changed: share of predictions that reversing 150 test users changes, and MAE before and
    after; dead: share of the first 100 users whose user network gets a gradient of norm below
    1e-6 in epoch 1, zero: of exactly 0; task_left: norm of the task memory after 100 users over
    that at the start; mae: pooled, after all epochs."""

    top_class: float
    changed: float
    mae_forward: float
    mae_reversed: float
    dead: float
    zero: float
    task_left: float
    mae: float


def without_times(folder: Path) -> Ratings:
    return dataclasses.replace(open_dataset(str(folder / "ml-1m")), time=None)


def made(ratings: Ratings, seed: int, released: bool) -> tuple[MAMO, Split, TrainingData]:
    seeds = Seeds.joint(seed)
    split = Mixed().split(ratings, seeds)
    domain = Domain(ratings.catalogue, ratings.scale)
    learner = MAMO(mamo_released.configure({}), domain, generator(seeds.init, "init"))
    if released:
        start_sets(learner.model.item, torch_generator(generator(seeds.init, "sets")))
    return learner, split, TrainingData.of(ratings, split.train_user, split.train)


def facts(ratings: Ratings, seed: int, released: bool = False) -> Facts:
    """With `released`, on content as the released code reads it."""
    with released_content() if released else nullcontext():
        return _facts(without_unread(ratings) if released else ratings, seed, released)


def _facts(ratings: Ratings, seed: int, released: bool) -> Facts:
    learner, split, data = made(ratings, seed, released)
    start = learner.model.memories.task.norm().item()
    rng = [generator(seed, "epoch", epoch) for epoch in range(learner.config.epochs)]
    norms: list[float] = []

    def watched(*given: Any) -> None:
        _, _, inputs, deltas, _ = given
        parts = [inputs[name].mT @ deltas[name] for name in ("user1", "user2")]
        norms.append(torch.cat([part.flatten() for part in parts]).norm().item())
        remember(*given)

    with patch("mamo.episode.remember", watched):
        learner.train_epoch(data, 0, rng[0])
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
        top_class=float(np.unique(after, return_counts=True)[1].max() / len(after)),
        changed=float(np.mean(forward.score != backward.score)),
        mae_forward=float(np.abs(forward.score - truth).mean()),
        mae_reversed=float(np.abs(backward.score - truth).mean()),
        dead=float(np.mean(np.array(norms) < DEAD)),
        zero=float(np.mean(np.array(norms) == 0)),
        task_left=left,
        mae=float(np.abs(whole.score - ratings.value[whole.row]).mean()),
    )


def chosen(tasks: Tasks, index: np.ndarray) -> Tasks:
    support, query = tasks.support.select(index), tasks.query.select(index)
    return Tasks(tasks.user[index], support, query, np.zeros(len(query.rows), np.int8))


def told(found: list[Facts]) -> list[str]:
    """Each fact of all seeds in words."""

    def column(name: str) -> np.ndarray:
        return np.array([getattr(one, name) for one in found], float)

    mae, top = column("mae"), column("top_class")
    sd = mae.std(ddof=1) if len(mae) > 1 else np.nan
    return [
        f"{(top == 1).sum()} of {len(top)} seeds",
        f"{np.median(top):.2f}, from {top.min():.2f} to {top.max():.2f}",
        f"{column('changed').mean():.0%}",
        f"{column('mae_forward').mean():.2f}, {column('mae_reversed').mean():.2f}",
        f"{100 * column('dead').mean():.0f} ({100 * column('zero').mean():.0f} exactly 0)",
        f"{column('task_left').mean():.4f}",
        f"{mae.mean():.2f} +- {sd:.2f}",
        f"{mae.min():.2f}, {mae.max():.2f}",
    ]


def main() -> None:
    torch.set_num_threads(1)
    ratings = without_times(Path(sys.argv[1]))
    seeds = range(int((sys.argv[2:] or ["10"])[0]))
    ours = told([facts(ratings, seed) for seed in seeds])
    alike = told([facts(ratings, seed, released=True) for seed in seeds])
    gamma, slots = 0.1, 3
    left = (1 - gamma + gamma / slots) ** 100
    released = {
        "one class after epoch 1": "7 of 10 seeds",
        "share of its top class": "",
        "reversing 150 users changes": "55 %",
        "MAE before and after": "1.12, 1.19",
        "dead gradients of 100 users": "about 90",
        "task memory left after them": f"{left:.4f}",
        "pooled MAE": "1.05 +- .17",
        "lowest and highest": ".77, 1.29",
    }
    print(f"{'':28}{'released code':15}{'mamo-released':27}the same, released content")
    for (fact, expected), one, other in zip(released.items(), ours, alike, strict=True):
        print(f"{fact:28}{expected:15}{one:27}{other}")


if __name__ == "__main__":
    main()
