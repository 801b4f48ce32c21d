"""Speed of MAMO, one thread: batches of tasks beside a per-task loop of the same network.

    python benchmarks/mamo_speed.py [--users 640] [--json FILE]

Training tasks a second on synthetic ratings shaped like ML-1M; the loop takes the same steps with
automatic differentiation, one user after the other, and is measured in the same run, in turns. The
share of peak is of the batched matrix product of the local update's largest shape.
"""

import argparse
import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn.functional import leaky_relu

from coldbench.datasets import open_dataset
from coldbench.learner import Domain, Episode, TrainingData, Variant
from coldbench.protocols import Separate
from coldbench.ratings import Ratings
from coldbench.rng import Seeds, generator
from mamo.learner import MAMO, mamo, mamo_released

Weights = dict[str, torch.Tensor]


def training_data(ratings: Ratings, users: int) -> TrainingData:
    split = Separate().split(ratings, Seeds.joint(0))
    chosen = np.arange(min(users, len(split.train_user)))
    return TrainingData.of(ratings, split.train_user[chosen], split.train.select(chosen))


def learner(variant: Variant, ratings: Ratings, options: Mapping[str, Any]) -> MAMO:
    config = variant.configure({"batch": 32, **options})
    domain = Domain(ratings.catalogue, ratings.scale)
    made = variant.learner(config, domain, generator(0, "init"))
    assert isinstance(made, MAMO)
    return made


def output(w: Weights, user: torch.Tensor, item: torch.Tensor) -> torch.Tensor:
    def layer(name: str, x: torch.Tensor) -> torch.Tensor:
        return torch.addmm(w[f"{name}.bias"], x, w[f"{name}.weight"])

    e_u = leaky_relu(layer("user2", leaky_relu(layer("user1", user), 0.1)), 0.1)
    e_i = leaky_relu(layer("item2", leaky_relu(layer("item1", item), 0.1)), 0.1)
    both = torch.cat([e_u.expand(len(item), -1), e_i], 1)
    return layer("out", leaky_relu(layer("hidden", layer("memory", both)), 0.1))[:, 0]


def loop(made: MAMO, episode: Episode) -> None:
    """One training step, user by user; memories are read and the task memory is written."""
    model, config, batch = made.model, made.config, episode.batch
    memories = model.memories
    for task in range(len(batch)):
        user = model.user_profile(batch.user[task : task + 1])
        a = torch.softmax(torch.cosine_similarity(user.detach(), memories.profile), 0)
        w = {name: p.detach() for name, p in model.network.named_parameters()}
        b = torch.einsum("k,kio->io", a, memories.gradient1)
        w["user1.weight"] = w["user1.weight"] - config.tau * b[:-1]
        w["memory.weight"] = torch.einsum("k,kio->io", a, memories.task)
        known, asked = batch.support_mask[task], batch.query_mask[task]
        items = model.item_profile(batch.support_item[task][known]).detach()
        truth = batch.support_value[task][known] - 3
        for _ in range(config.local_loops):
            leaves = {name: value.requires_grad_() for name, value in w.items()}
            error = (output(leaves, user.detach(), items) - truth).abs().mean()
            grads = torch.autograd.grad(error, list(leaves.values()))
            with torch.no_grad():
                moved = zip(leaves.items(), grads, strict=True)
                w = {name: value - config.rho * grad for (name, value), grad in moved}
        leaves = {name: value.requires_grad_() for name, value in w.items()}
        found = output(leaves, user, model.item_profile(batch.query_item[task][asked]))
        (found - episode.target[task][asked] + 3).abs().mean().backward()
        for name, parameter in model.network.named_parameters():
            grad = leaves[name].grad
            parameter.grad = grad if parameter.grad is None else parameter.grad + grad
        keep = (1 - config.gamma * a)[:, None, None]
        new = torch.einsum("k,io->kio", config.gamma * a, w["memory.weight"].detach())
        memories.task.mul_(keep).add_(new)
    made.update.users = len(batch)
    made.update.step()


def seconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def peak(size: int, support: int = 18, tasks: int = 32) -> float:
    """GFLOP a second of [B, S, 2d] x [B, 2d, 2d]."""
    x, w = torch.randn(tasks, support, 2 * size), torch.randn(tasks, 2 * size, 2 * size)
    times = [seconds(lambda: [torch.bmm(x, w) for _ in range(20)]) for _ in range(20)]
    return 20 * 2 * tasks * support * 4 * size**2 / min(times) / 1e9


def flops(made: MAMO, data: TrainingData) -> float:
    """Of the products that an epoch needs: three for each weight and cell, in every step."""
    d, network = made.config.size, made.model.network
    cells = data.lists.lengths.sum() / 2
    inner = sum(network.get_parameter(f"{n}.weight").numel() for n in ("item2", "hidden", "out"))
    first = network.item1.weight.numel()
    return float(6 * cells * ((made.config.local_loops + 1) * (inner + 2 * d * d) + first))


def row(ratings: Ratings, data: TrainingData, size: int, repeats: int) -> dict[str, float]:
    batched, looped = (learner(mamo, ratings, {"size": size}) for _ in range(2))
    episodes = list(data.episodes(np.random.default_rng(0), 32))
    batched.train_epoch(data, 0, np.random.default_rng(0))
    few = episodes[: max(len(episodes) // 8, 1)]
    fast, slow, tops = [], [], []
    for epoch in range(1, repeats + 1):
        rng = np.random.default_rng(epoch)
        fast.append(seconds(lambda e=epoch, r=rng: batched.train_epoch(data, e, r)))
        slow.append(seconds(lambda: [loop(looped, episode) for episode in few]))
        tops.append(peak(size))
    tasks, few_tasks = len(data.task_user) / min(fast), sum(len(e.batch) for e in few) / min(slow)
    share = flops(batched, data) / min(fast) / 1e9 / max(tops)
    return {
        "size": size,
        "tasks_per_second": tasks,
        "loop_tasks_per_second": few_tasks,
        "ratio": tasks / few_tasks,
        "share_of_bmm_peak": share,
    }


def released(ratings: Ratings, data: TrainingData, repeats: int) -> dict[str, float]:
    made = learner(mamo_released, ratings, {})
    times = [
        seconds(lambda e=epoch: made.train_epoch(data, e, np.random.default_rng(e)))
        for epoch in range(repeats)
    ]
    users = min(len(data.task_user), made.config.meta_users or len(data.task_user))
    return {"size": made.config.size, "users_per_second": users / min(times)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--users", type=int, default=640)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--dataset", default="synthetic")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(1)
    ratings = open_dataset(options.dataset)
    data = training_data(ratings, options.users)
    found = {f"mamo d {d}": row(ratings, data, d, options.repeats) for d in (32, 100)}
    found["mamo-released"] = released(ratings, data, options.repeats)
    for name, figures in found.items():
        print(name, *(f"{key} {value:,.3g}" for key, value in figures.items()), sep="  ")
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
