"""Split rows -> padded, masked batches of episodes. Axes: B episodes, S support, Q query."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
import torch

from coldbench.data import Array, Ragged, Ratings
from coldbench.tasks.devices import to_device
from coldbench.tasks.splits import Tasks

__all__ = ["MAX_TASKS", "EpisodeBatch", "batches", "collate", "pools"]

MAX_TASKS = 128  # of a batch in which test users are predicted
RANGE = 4  # ids for each cell of a batch, up to which a table of all ids beats a sort


@dataclass(frozen=True, eq=False)
class EpisodeBatch:
    """B episodes. Holds no target: the ratings to predict travel separately.

    user int64 [B]; support_item int64, support_value float32, support_mask bool [B, S];
    query_item int64, query_mask bool [B, Q]. Padding is item 0 with mask False; a user without
    support has a row of padding, so S and Q are at least 1.
    """

    user: torch.Tensor
    support_item: torch.Tensor
    support_value: torch.Tensor
    support_mask: torch.Tensor
    query_item: torch.Tensor
    query_mask: torch.Tensor

    def __len__(self) -> int:
        return len(self.user)

    @cached_property
    def distinct(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Every item of the batch once, ascending, int64 [M], and the place in it of each cell's
        item, int64 [B, S + Q]: supports, then queries, padding included."""
        return _distinct(torch.cat([self.support_item, self.query_item], 1))

    def knowing(self, distinct: tuple[torch.Tensor, torch.Tensor]) -> "EpisodeBatch":
        """This batch, which need not look for its `distinct`: a GPU would have to wait for it."""
        vars(self)["distinct"] = distinct
        return self

    def to(self, device: torch.device | str) -> "EpisodeBatch":
        """The same batch on another device."""
        moved = EpisodeBatch(*(to_device(getattr(self, f.name), device) for f in fields(self)))
        if torch.device(device).type == "cpu":
            return moved
        item, place = self.distinct
        vars(moved)["_made"] = self
        return moved.knowing((to_device(item, device), to_device(place, device)))

    @property
    def made(self) -> "EpisodeBatch":
        """The batch before it was moved, where asking for `distinct` waits for no GPU; itself if it
        was not moved, or has been changed since."""
        made: EpisodeBatch = vars(self).get("_made", self)
        return made


def _distinct(ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """`torch.unique` with its inverse, of ids of 0 and more: without its sort, which takes five
    times as long, unless there are few ids of a great range."""
    flat = ids.flatten()
    if (top := int(flat.max())) >= RANGE * len(flat):
        found, place = torch.unique(ids, return_inverse=True)
        return found, place
    seen = torch.zeros(top + 1, dtype=ids.dtype, device=ids.device).index_fill_(0, flat, 1)
    place = seen.cumsum(0).sub_(1).index_select(0, flat).view(ids.shape)
    return seen.nonzero()[:, 0], place


def collate(user: Array, support: Ragged, query: Ragged, item: Array, value: Array) -> EpisodeBatch:
    """A batch from rows into `item` and `value` (any integer / float32 [n])."""
    support_item, support_mask = support.padded(item)
    query_item, query_mask = query.padded(item)
    support_value, _ = support.padded(value)
    return EpisodeBatch(
        torch.from_numpy(user),
        torch.from_numpy(support_item).long(),
        torch.from_numpy(support_value),
        torch.from_numpy(support_mask),
        torch.from_numpy(query_item).long(),
        torch.from_numpy(query_mask),
    )


def batches(
    tasks: Tasks,
    ratings: Ratings,
    max_tasks: int = MAX_TASKS,
    max_cells: int = 2**12,
    by_length: bool = True,
) -> Iterator[tuple[EpisodeBatch, Array]]:
    """Batches of like length, at most `max_tasks` tasks and `max_cells` padded cells each.

    Without `by_length` the tasks keep their order, for learners to which it matters.

    Yields each batch with the rows of its queries, int64 [number of True in query_mask].
    """
    width = np.maximum(np.maximum(tasks.support.lengths, tasks.query.lengths), 1)
    order = np.argsort(width, kind="stable") if by_length else np.arange(len(width))
    start = 0
    while start < len(order):
        sizes = np.maximum.accumulate(width[order[start : start + max_tasks]])
        fits = np.flatnonzero(sizes * np.arange(1, len(sizes) + 1) <= max_cells)
        stop = start + (int(fits[-1]) + 1 if len(fits) else 1)
        chosen = order[start:stop]
        query = tasks.query.select(chosen)
        support = tasks.support.select(chosen)
        yield collate(tasks.user[chosen], support, query, ratings.item, ratings.value), query.rows
        start = stop


def pools(lengths: Array, size: int, rng: np.random.Generator, pool: int = 16) -> list[Array]:
    """Random batches of tasks of like length: a shuffled order, sorted within pools of batches.

    Each task appears once; little padding, and the make-up of the batches stays random.
    """
    order = rng.permutation(len(lengths))
    span = size * pool
    cut: list[Array] = []
    for start in range(0, len(order), span):
        chunk = order[start : start + span]
        chunk = chunk[np.argsort(lengths[chunk], kind="stable")]
        cut += [chunk[i : i + size] for i in range(0, len(chunk), size)]
    return [cut[i] for i in rng.permutation(len(cut))]
