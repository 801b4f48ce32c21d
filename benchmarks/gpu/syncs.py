"""Where a learner makes the GPU wait: lines of our code, and how often in an epoch or a pass."""

import contextlib
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.gpu.given import learner_on
from benchmarks.problem import problem
from coldbench.learning import predict

__all__ = ["lines", "syncs"]

ROOT = Path(__file__).parents[2]
OURS = tuple(str(ROOT / name) for name in ("coldbench", "baselines", "mamo"))


def syncs(dataset: str, name: str, device: str, users: int) -> Iterator[dict[str, Any]]:
    """Of the second epoch on so many users, then of predicting as many test tasks."""
    given = problem(dataset, users)
    learner, data = learner_on(device, name, {}, given.ratings), replace(given.data, device=device)
    learner.train_epoch(data, 0, np.random.default_rng(0))
    runs: dict[str, Callable[[], object]] = {
        "epoch": lambda: learner.train_epoch(data, 1, np.random.default_rng(1)),
        "prediction": lambda: predict(learner, given.tasks, given.ratings),
    }
    for what, run in runs.items():
        yield {"of": what, "users": users, "lines": dict(waits(run))}


def waits(run: Callable[[], object]) -> Counter[str]:
    """The lines at which a call made the GPU wait."""
    found: Counter[str] = Counter()
    torch.cuda.set_sync_debug_mode("warn")
    try:
        with lines(found):
            run()
    finally:
        torch.cuda.set_sync_debug_mode("default")
    return found


@contextlib.contextmanager
def lines(found: Counter[str]) -> Iterator[None]:
    """Counts warnings of waiting by the innermost line of our code that led to them."""

    def count(message: Warning | str, *_rest: object) -> None:
        if "synchroniz" in str(message):
            found[_place(traceback.extract_stack())] += 1

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = count  # type: ignore[assignment]
        yield


def _place(stack: Sequence[traceback.FrameSummary]) -> str:
    ours = [frame for frame in stack if frame.filename.startswith(OURS)]
    if not ours:
        return "elsewhere"
    return f"{Path(ours[-1].filename).relative_to(ROOT)}:{ours[-1].lineno}: {ours[-1].line}"
