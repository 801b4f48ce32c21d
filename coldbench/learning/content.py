"""Content fields as embeddings: what neural learners of every kind start from.

Optional for plugins. Axes: n users or items, F fields, D embedding size, L longest set.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import nn

from coldbench.data import Array, Field
from coldbench.rng import torch_generator
from coldbench.tasks import to_device

__all__ = ["ContentEmbedding", "category_ids", "known_ids"]

MOST_DISTINCT = 128  # numbers with more distinct values are binned by quantiles
BINS = 64


def category_ids(field: Field, like: Field | None = None) -> tuple[Array, int]:
    """Any field as padded category ids, int64 [n, L], 0 = unknown; and the number of ids.

    A number becomes the rank of its value among the distinct values (or of its quantile bin), of
    the same field of other users or items where it is given as `like`.
    """
    if field.kind != "number":
        values = field.values.astype(np.int64)
        return (values[:, None] if values.ndim == 1 else values), field.size
    known, edges = ~np.isnan(field.values), _edges(field if like is None else like)
    rank = np.searchsorted(edges, field.values, side="right").clip(min(1, len(edges)))
    return np.where(known, rank, 0)[:, None].astype(np.int64), len(edges) + 1


def _edges(field: Field) -> Array:
    """The lowest value of each id of a number, ascending."""
    edges: Array = np.unique(field.values[~np.isnan(field.values)])
    if len(edges) > MOST_DISTINCT:
        edges = np.unique(np.quantile(edges, np.linspace(0, 1, BINS)))
    return edges


class ContentEmbedding(nn.Module):
    """Embeds each field of users or items; a set is the mean of its members' embeddings.

    Fields with more than `rare_size` ids (zip codes, directors, actors) start small
    (`rare_std`) and are hidden as a whole with probability `rare_dropout` in training, which
    trains the embedding of "unknown". `observe` maps ids that training never shows to unknown
    (numbers: to the nearest id seen), whose embeddings would otherwise be noise.
    """

    def __init__(
        self,
        fields: Sequence[Field],
        size: int,
        rng: np.random.Generator,
        std: float = 0.1,
        rare_size: int = 100,
        rare_std: float = 0.01,
        rare_dropout: float = 0.3,
    ) -> None:
        super().__init__()
        self.size, self.kinds = size, [field.kind for field in fields]
        self.rare_size = rare_size
        generator = torch_generator(rng)
        tables = [category_ids(field) for field in fields]
        self.hidden = [rare_dropout if n > rare_size and rare_dropout else 0.0 for _, n in tables]
        self.weights = nn.ParameterList()
        for index, (ids, n) in enumerate(tables):
            scale = rare_std if n > rare_size else std
            weight = torch.empty(n, size).normal_(0, scale, generator=generator)
            self.weights.append(nn.Parameter(weight))
            self._know(index, torch.from_numpy(ids))

    @property
    def width(self) -> int:
        """F * D: the size of the concatenated embedding."""
        return len(self.weights) * self.size

    @property
    def rare_weights(self) -> list[nn.Parameter]:
        """The embeddings of the fields with more than `rare_size` ids."""
        return [weight for weight in self.weights if len(weight) > self.rare_size]

    def observe(self, index: Array) -> None:
        """Forget ids that none of the given users or items has; call once, before training."""
        chosen = torch.from_numpy(np.unique(index))
        for field, kind in enumerate(self.kinds):
            ids, n = self._ids(field), len(self.weights[field])
            seen = torch.zeros(n, dtype=torch.bool)
            seen[ids[chosen].flatten()] = True
            self._know(field, _remap(seen, nearest=kind == "number")[ids])

    def extend(self, old: Sequence[Field], new: Sequence[Field], count: int | None = None) -> None:
        """Takes in users or items that come after those of the fields it was built with, `old`;
        what `observe` made of an id holds for theirs. count: how many there are with them."""
        for index, (before, after) in enumerate(zip(old, new, strict=True)):
            (start, n), (ids, _) = category_ids(before), category_ids(after, before)
            now = self._ids(index)
            meaning = torch.zeros(n, dtype=torch.int64, device=now.device)
            meaning[torch.from_numpy(start).to(now.device)] = now
            added = meaning[torch.from_numpy(ids[len(start) :]).to(now.device)]
            wider = nn.functional.pad(now, (0, added.shape[1] - now.shape[1]))
            self._know(index, torch.cat([wider, added]))

    def forward(
        self, index: torch.Tensor, generator: torch.Generator | None = None
    ) -> torch.Tensor:
        """Concatenated embeddings [..., F * D] of the users or items `index` (int64 [...]).

        With a generator (training) rare fields are hidden at random.
        """
        if not len(self.weights):
            return torch.zeros(*index.shape, 0, device=index.device)
        flat, embedded = index.reshape(-1), []
        for field, weight in enumerate(self.weights):
            ids, shown = self._ids(field), self._shown(field, len(flat), generator)
            if ids.shape[1] == 1:
                ids = ids.index_select(0, flat)
                embedded.append(_mean(weight, ids if shown is None else ids * shown))
                continue
            members, sizes = (self.get_buffer(f"{name}{field}") for name in ("members", "sizes"))
            members = members.index_select(0, flat)
            if shown is not None:
                members = torch.where(shown, members, members.clamp(max=0))
            embedded.append(_means(weight, members, sizes.index_select(0, flat)))
        return torch.cat(embedded, 1).view(*index.shape, self.width)

    def ids(
        self, index: torch.Tensor, generator: torch.Generator | None = None
    ) -> list[torch.Tensor]:
        """The ids of each field, int64 [n, L], of the users or items `index` (int64 [n])."""
        shown_ids = []
        for field in range(len(self.hidden)):
            ids, shown = self._ids(field)[index], self._shown(field, len(index), generator)
            shown_ids.append(ids if shown is None else ids * shown)
        return shown_ids

    def embed(self, ids: Sequence[torch.Tensor]) -> torch.Tensor:
        """Concatenated embeddings [n, F * D] of the ids of each field; F is at least 1."""
        pairs = zip(self.weights, ids, strict=True)
        return torch.cat([_mean(weight, of_field) for weight, of_field in pairs], dim=1)

    def _shown(self, field: int, n: int, generator: torch.Generator | None) -> torch.Tensor | None:
        """Which of n users or items show a rare field in training, bool [n, 1]; None: all."""
        if generator is None or not self.hidden[field]:
            return None
        draw = torch.rand(n, 1, generator=generator)
        return to_device(draw >= self.hidden[field], self._ids(field).device)

    def _know(self, field: int, ids: torch.Tensor) -> None:
        """Sets the ids of a field, and for sets what `_members` makes of them."""
        self.register_buffer(f"ids{field}", ids)
        if ids.shape[1] > 1:
            for name, value in zip(("members", "sizes"), _members(ids), strict=True):
                self.register_buffer(f"{name}{field}", value, persistent=False)

    def _ids(self, field: int) -> torch.Tensor:
        ids: torch.Tensor = getattr(self, f"ids{field}")
        return ids


def known_ids(ids: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    """1 for each id that counts, [n, L]: the known ones, or one "unknown" where none is known."""
    known = (ids > 0).to(dtype)
    known[:, 0] += (known.sum(1) == 0).to(dtype)
    return known


def _mean(weight: torch.Tensor, ids: torch.Tensor) -> torch.Tensor:
    """Mean embedding of the known ids of each row [n, L] -> [n, D]; of "unknown" without any."""
    if ids.shape[1] == 1:
        return weight.index_select(0, ids[:, 0])
    return _means(weight, *_members(ids))


def _members(ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The ids that count, -1 for the others, int64 [n, L]; and how many count, int64 [n]."""
    known = known_ids(ids, ids.dtype)
    return torch.where(known > 0, ids, -1), known.sum(1)


class _Means(torch.autograd.Function):
    """Mean rows of a table [N, D] over members int64 [n, L], of which sizes int64 [n] are not
    negative: [n, D]. torch's `embedding_bag` with a sparser, several times faster gradient."""

    @staticmethod
    def forward(
        ctx: Any, table: torch.Tensor, members: torch.Tensor, sizes: torch.Tensor
    ) -> torch.Tensor:
        rows = members.masked_select(members >= 0)
        ctx.save_for_backward(rows, sizes)
        ctx.shape = table.shape
        total = nn.functional.embedding_bag(
            rows, table.detach(), sizes.cumsum(0) - sizes, mode="sum"
        )
        return total / sizes[:, None]

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> Any:
        rows, sizes = ctx.saved_tensors
        shares = (gradient / sizes[:, None]).repeat_interleave(sizes, 0)
        return gradient.new_zeros(ctx.shape).index_add_(0, rows, shares), None, None


def _means(table: torch.Tensor, members: torch.Tensor, sizes: torch.Tensor) -> torch.Tensor:
    if table.is_cuda:
        return padded_means(table, members, sizes)
    means: torch.Tensor = _Means.apply(table, members, sizes)  # type: ignore[no-untyped-call]
    return means


def padded_means(table: torch.Tensor, members: torch.Tensor, sizes: torch.Tensor) -> torch.Tensor:
    """The same of shapes that no id decides, so that a GPU need not be waited for.

    Padding reads the row of the first member, with share 0: one row for all of it would have its
    gradient added up one after the other.
    """
    shown = members >= 0
    row = torch.where(shown, members, members[:, :1].clamp(min=0))
    share = shown.to(table.dtype) / sizes[:, None].to(table.dtype)
    read = table.index_select(0, row.flatten()).view(*row.shape, -1)
    return torch.einsum("nld,nl->nd", read, share)


def _remap(seen: torch.Tensor, nearest: bool) -> torch.Tensor:
    """For each id: itself when seen, else 0, or (numbers) the nearest seen id."""
    own = torch.arange(len(seen))
    known = own[1:][seen[1:]]
    if not nearest or not len(known):
        return torch.where(seen, own, 0)
    closest = known[(own[:, None] - known[None]).abs().argmin(1)]
    return torch.where(own == 0, 0, torch.where(seen, own, closest))
