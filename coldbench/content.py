"""Content fields as embeddings: what neural learners of every kind start from.

Optional for plugins. Axes: n users or items, F fields, D embedding size, L longest set.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

from coldbench.ratings import Array, Field
from coldbench.rng import torch_generator

__all__ = ["ContentEmbedding", "category_ids", "known_ids"]

MOST_DISTINCT = 128  # numbers with more distinct values are binned by quantiles
BINS = 64


def category_ids(field: Field) -> tuple[Array, int]:
    """Any field as padded category ids, int64 [n, L], 0 = unknown; and the number of ids.

    A number becomes the rank of its value among the distinct values (or of its quantile bin).
    """
    if field.kind != "number":
        values = field.values.astype(np.int64)
        return (values[:, None] if values.ndim == 1 else values), field.size
    known = ~np.isnan(field.values)
    edges = np.unique(field.values[known])
    if len(edges) > MOST_DISTINCT:
        edges = np.unique(np.quantile(edges, np.linspace(0, 1, BINS)))
    ids = np.where(known, np.searchsorted(edges, field.values, side="right"), 0)
    return ids[:, None].astype(np.int64), len(edges) + 1


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
        generator = torch_generator(rng)
        tables = [category_ids(field) for field in fields]
        self.hidden = [rare_dropout if n > rare_size and rare_dropout else 0.0 for _, n in tables]
        self.weights = nn.ParameterList()
        for index, (ids, n) in enumerate(tables):
            scale = rare_std if n > rare_size else std
            weight = torch.empty(n, size).normal_(0, scale, generator=generator)
            self.weights.append(nn.Parameter(weight))
            self.register_buffer(f"ids{index}", torch.from_numpy(ids))

    @property
    def width(self) -> int:
        """F * D: the size of the concatenated embedding."""
        return len(self.weights) * self.size

    def observe(self, index: Array) -> None:
        """Forget ids that none of the given users or items has; call once, before training."""
        chosen = torch.from_numpy(np.unique(index))
        for field, kind in enumerate(self.kinds):
            ids, n = self._ids(field), len(self.weights[field])
            seen = torch.zeros(n, dtype=torch.bool)
            seen[ids[chosen].flatten()] = True
            setattr(self, f"ids{field}", _remap(seen, nearest=kind == "number")[ids])

    def forward(
        self, index: torch.Tensor, generator: torch.Generator | None = None
    ) -> torch.Tensor:
        """Concatenated embeddings [..., F * D] of the users or items `index` (int64 [...]).

        With a generator (training) rare fields are hidden at random.
        """
        if not len(self.weights):
            return torch.zeros(*index.shape, 0, device=index.device)
        embedded = self.embed(self.ids(index.reshape(-1), generator))
        return embedded.reshape(*index.shape, self.width)

    def ids(
        self, index: torch.Tensor, generator: torch.Generator | None = None
    ) -> list[torch.Tensor]:
        """The ids of each field, int64 [n, L], of the users or items `index` (int64 [n])."""
        found = []
        for field, hidden in enumerate(self.hidden):
            ids = self._ids(field)[index]
            if generator is not None and hidden:
                draw = torch.rand(len(index), 1, generator=generator)
                ids = ids * (draw >= hidden).to(ids.device)
            found.append(ids)
        return found

    def embed(self, ids: Sequence[torch.Tensor]) -> torch.Tensor:
        """Concatenated embeddings [n, F * D] of the ids of each field; F is at least 1."""
        pairs = zip(self.weights, ids, strict=True)
        return torch.cat([_mean(weight, of_field) for weight, of_field in pairs], dim=1)

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
        return nn.functional.embedding(ids[:, 0], weight)
    known = known_ids(ids, weight.dtype)
    total = (nn.functional.embedding(ids, weight) * known[..., None]).sum(1)
    return total / known.sum(1, keepdim=True)


def _remap(seen: torch.Tensor, nearest: bool) -> torch.Tensor:
    """For each id: itself when seen, else 0, or (numbers) the nearest seen id."""
    own = torch.arange(len(seen))
    known = own[1:][seen[1:]]
    if not nearest or not len(known):
        return torch.where(seen, own, 0)
    closest = known[(own[:, None] - known[None]).abs().argmin(1)]
    return torch.where(own == 0, 0, torch.where(seen, own, closest))
