"""Every asked user with every asked item, in batches of bounded memory. Axes: B users, Q items."""

from collections.abc import Iterator

import numpy as np
import torch

from coldbench.data import Array
from coldbench.errors import Diverged
from coldbench.learning import Learner, in_sequence
from coldbench.models.asking import Asked
from coldbench.tasks import MAX_TASKS, EpisodeBatch

__all__ = ["blocks", "scores"]

BLOCK = 2**20  # answers of each member that are held at a time
CELLS = 2**16  # queries of a batch
PAIRS = 2**22  # queries times support ratings of a batch


def blocks(asked: Asked) -> Iterator[Array]:
    """Users whose answers are held at a time, in their order, int64 [b]."""
    step = max(BLOCK // max(len(asked.query), 1), 1)
    for start in range(0, len(asked.user), step):
        yield np.arange(start, min(start + step, len(asked.user)))


def scores(learner: Learner, asked: Asked, users: Array) -> Array:
    """What a member predicts for the users of a block, float32 [b, Q]; not clipped to the scale.

    Users with supports of like length share a batch. A learner whose test users depend on each
    other is asked about each as if it were the first.
    """
    found = np.empty((len(users), len(asked.query)), np.float32)
    lengths = asked.support.lengths[users]
    order = np.argsort(lengths, kind="stable")
    most = 1 if in_sequence(learner) else MAX_TASKS
    for chosen, items in _parts(lengths[order], len(asked.query), most):
        rows = order[chosen]
        batch = _batch(asked, users[rows], asked.query[items]).to(learner.domain.device)
        with torch.no_grad():
            answer = learner.predict(batch)
        found[rows, items] = answer.detach().float().cpu().numpy()
    if not np.isfinite(found).all():
        raise Diverged(f"{(~np.isfinite(found)).sum()} of {found.size} predictions are not finite")
    return found


def _parts(lengths: Array, n_items: int, most: int) -> Iterator[tuple[slice, slice]]:
    """Slices of users, whose lengths ascend, and of items: one pair for each batch."""
    start = 0
    while start < len(lengths):
        upto = lengths[start : start + most]
        sizes = np.arange(1, len(upto) + 1) * n_items
        fits = np.flatnonzero((sizes <= CELLS) & (sizes * np.maximum(upto, 1) <= PAIRS))
        stop = start + (int(fits[-1]) + 1 if len(fits) else 1)
        width = max(min(CELLS, PAIRS // max(int(lengths[stop - 1]), 1)) // (stop - start), 1)
        for first in range(0, n_items, width):
            yield slice(start, stop), slice(first, min(first + width, n_items))
        start = stop


def _batch(asked: Asked, users: Array, query: Array) -> EpisodeBatch:
    support = asked.support.select(users)
    item, mask = support.padded(asked.item)
    value, _ = support.padded(asked.value)
    asks = torch.from_numpy(query).repeat(len(users), 1)
    return EpisodeBatch(
        torch.from_numpy(asked.user[users]),
        torch.from_numpy(item),
        torch.from_numpy(value),
        torch.from_numpy(mask),
        asks,
        torch.ones_like(asks, dtype=torch.bool),
    )
