"""A learner beside a per-task loop of the same network: tasks a second, memory, share of peak."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from statistics import median
from typing import Any

import numpy as np
import torch

from benchmarks.alike import double, prediction_gap, state_gap
from benchmarks.clock import apart, memory, ratio, turns
from benchmarks.line import Line
from benchmarks.loops.loop import Loop
from benchmarks.machine import bmm_rate, counter, gemm_rate
from benchmarks.options import Options
from benchmarks.problem import Problem, make, problem
from coldbench.learning import Learner, predict
from coldbench.tasks import batches

__all__ = ["Contest"]

LoopMaker = Callable[[Learner], Loop]


@dataclass(frozen=True)
class Contest:
    """learner and options: what runs; loop: what it is compared with; width: of the layer whose
    batched product is the ceiling; alike: options under which both must train alike, or None
    where a loop takes other steps; compared: users on whom they must; times, share: targets, of
    the speed and of the share of peak; padded: whether it trains on padded episodes."""

    name: str
    learner: str
    loop: LoopMaker
    width: int
    options: Mapping[str, Any] = field(default_factory=dict)
    alike: Mapping[str, Any] | None = field(default_factory=dict)
    compared: int = 48
    times: float | None = None
    share: float | None = None
    padded: bool = True

    def __call__(self, options: Options) -> Iterator[Line]:
        self.compare(problem(options.dataset, self.compared))
        given = problem(options.dataset, options.users)
        yield from self._training(given, options.repeats)
        yield from self._prediction(given, options.repeats)
        used, peak = apart(trained, self.learner, dict(self.options), options)
        yield self._line("peak memory, training", peak["peak"] / 2**20, "MiB")
        yield self._line("of it while training", (peak["peak"] - used) / 2**20, "MiB")

    def compare(self, given: Problem) -> None:
        """Raises AssertionError unless loop and learner predict alike, before training and after
        an epoch, and have then learnt the same weights and memories."""
        options = {**self.options, **(self.alike or {})}
        ours, theirs = (double(self.learner, options, given) for _ in range(2))
        loop = self.loop(theirs)
        self._judge("predicts", prediction_gap(ours, loop, given), 1e-5)
        if self.alike is None:
            return
        for one in (ours, loop):
            one.train_epoch(given.data, 0, np.random.default_rng(0))
        self._judge("learns", state_gap(ours, theirs), 1e-6)
        self._judge("predicts after an epoch", prediction_gap(ours, loop, given), 1e-5)

    def _judge(self, does: str, gap: float, most: float) -> None:
        assert gap < most, f"{self.name}: the loop {does} otherwise, by {gap:.3g}"

    def _training(self, given: Problem, repeats: int) -> Iterator[Line]:
        ours, theirs = (make(self.learner, self.options, given.ratings) for _ in range(2))
        loop, rates = self.loop(theirs), []
        cells, useful = support_cells(given)
        useful = useful if self.padded else 1.0

        def ceiling(_: int) -> None:
            rates.append((bmm_rate(32, cells, self.width), gemm_rate()))

        def epoch(one: Learner | Loop, turn: int) -> None:
            one.train_epoch(given.data, turn, np.random.default_rng(turn))

        times = turns(
            {"ours": partial(epoch, ours), "loop": partial(epoch, loop), "peak": ceiling}, repeats
        )
        tasks = min(len(given.data.task_user), getattr(ours.config, "meta_users", None) or 10**9)
        yield self._speed("training", tasks, times, self.times)
        bmm, gemm = (max(column) for column in zip(*rates, strict=True))
        yield self._line("bmm ceiling", bmm, f"GFLOP/s, [32, {cells}, {self.width}]")
        yield self._line("GEMM ceiling", gemm, "GFLOP/s, 1024")
        for what, one, target in (("hardware", ours, None), ("model", loop, self.share)):
            with counter() as counted:
                epoch(one, repeats + 1)
            rate = counted.get_total_flops() / median(times["ours"]) / 1e9
            yield self._line(f"{what} FLOPs", rate, "GFLOP/s")
            goal = None if target is None else 100 * target
            yield self._line(f"{what} FLOPs, share of bmm peak", 100 * rate / bmm, "%", goal)
        yield self._line("cells that are no padding", 100 * useful, "%")

    def _prediction(self, given: Problem, repeats: int) -> Iterator[Line]:
        ours, theirs = (make(self.learner, self.options, given.ratings) for _ in range(2))
        loop = self.loop(theirs)

        def in_turn(_: int) -> None:
            for batch, _rows in batches(given.tasks, given.ratings):
                loop.predict(batch)

        def batched(_: int) -> None:
            predict(ours, given.tasks, given.ratings)

        yield self._speed(
            "prediction", len(given.tasks), turns({"ours": batched, "loop": in_turn}, repeats)
        )

    def _speed(
        self, what: str, tasks: int, times: Mapping[str, list[float]], target: float | None = None
    ) -> Line:
        ours = times["ours"]
        return Line(
            self.name,
            what,
            tasks / median(ours),
            "tasks/s",
            target,
            ratio=ratio(times["loop"], ours),
            low=tasks / max(ours),
            high=tasks / min(ours),
        )

    def _line(self, what: str, value: float, unit: str, target: float | None = None) -> Line:
        return Line(self.name, what, value, unit, target)


def support_cells(given: Problem) -> tuple[int, float]:
    """The median padded width of a support, and the share of cells that are not padding."""
    episodes = list(given.data.episodes(np.random.default_rng(0)))
    masks = [m for e in episodes for m in (e.batch.support_mask, e.batch.query_mask)]
    widths = [e.batch.support_mask.shape[1] for e in episodes]
    useful = sum(int(m.sum()) for m in masks) / sum(m.numel() for m in masks)
    return int(median(widths)), useful


def trained(learner: str, options: dict[str, Any], given: Options) -> float:
    """Trains an epoch; the peak before it, in bytes."""
    at_hand = problem(given.dataset, given.users)
    made = make(learner, options, at_hand.ratings)
    torch.optim.AdamW([torch.zeros(1)])  # imports much of torch on first use
    before = memory()["peak"]
    made.train_epoch(at_hand.data, 0, np.random.default_rng(0))
    return before
