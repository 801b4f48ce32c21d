"""Whether a learner and its per-task loop compute the same; otherwise timings cannot be compared.

In double precision, on few users: in single precision rounding alone flips the sign of an
absolute error. `mamo-released` needs both: its users start where the last one ended, and its Adam
makes full steps of tiny gradients, so that a rounding of 1e-10 reaches 1 within forty users.
"""

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn

from benchmarks.loops.loop import Loop
from benchmarks.problem import Problem, make
from coldbench.learning import Learner
from coldbench.tasks import batches

__all__ = ["double", "prediction_gap", "state_gap"]


def double(name: str, options: Mapping[str, Any], given: Problem) -> Learner:
    """A learner whose weights and buffers are in double precision."""
    learner = make(name, options, given.ratings)
    for module in modules(learner):
        module.double()
    return learner


def modules(learner: Learner) -> list[nn.Module]:
    """Those that hold what a learner learns."""
    return [module for module in vars(learner).values() if isinstance(module, nn.Module)]


def prediction_gap(ours: Learner, loop: Loop, given: Problem) -> float:
    """The largest difference of any two predictions, in rating points."""
    gaps = [
        (ours.predict(batch) - loop.predict(batch))[batch.query_mask].abs().max()
        for batch, _ in batches(given.tasks, given.ratings)
    ]
    return float(torch.stack(gaps).max())


def state_gap(ours: Learner, theirs: Learner) -> float:
    """The largest difference of any weight or memory."""
    pairs = zip(modules(ours), modules(theirs), strict=True)
    states = [(one.state_dict(), other.state_dict()) for one, other in pairs]
    return max(
        float((mine - other[name]).abs().max())
        for one, other in states
        for name, mine in one.items()
        if mine.is_floating_point()
    )
