"""The inputs of a batch under shared embeddings, which the local update leaves alone."""

from typing import NamedTuple

import torch

from coldbench import EpisodeBatch
from mamo.model import Model

__all__ = ["Cells", "Content"]


class Cells(NamedTuple):
    """p_u [B, 1, P_u], p_i [B, S, P_i], mask bool [B, S]; item1 [B, S, d]: p_i W + b of item1 at
    the shared initial weights, if known."""

    user: torch.Tensor
    item: torch.Tensor
    mask: torch.Tensor
    item1: torch.Tensor | None


class Content:
    """p_u of the users and p_i of the distinct items of a batch, computed once each."""

    splits = False

    def __init__(
        self, model: Model, batch: EpisodeBatch, generator: torch.Generator | None = None
    ) -> None:
        """With a generator (training) rare fields are hidden at random."""
        (items, at), cut = batch.distinct, batch.support_item.shape[1]
        self._at = at[:, :cut], at[:, cut:]
        self._masks = batch.support_mask, batch.query_mask
        self.user = model.user_profile(batch.user, generator)
        self.item = model.item_profile(items, generator)
        with torch.no_grad():
            first = model.network.item1
            item1 = torch.addmm(first.bias, self.item, first.weight)
            self.cells = [
                Cells(self.user[:, None], self.item[at], mask, item1[at])
                for at, mask in zip(self._at, self._masks, strict=True)
            ]

    def support(self, part: slice = slice(None)) -> Cells:
        """Support inputs, always all of them: a fixed first layer takes no less."""
        return self.cells[0]

    def query(self) -> Cells:
        """Query inputs."""
        return self.cells[1]

    def tensors(self) -> list[torch.Tensor]:
        """What the local update trains of the inputs: nothing."""
        return []

    def adopt(self, tensors: list[torch.Tensor]) -> None:
        """Nothing to adopt."""

    def gradient(self, user: torch.Tensor, item: torch.Tensor, into: list[torch.Tensor]) -> None:
        """Nothing to compute."""

    def learn(self, user: torch.Tensor, item: torch.Tensor) -> None:
        """Adds to the embeddings' gradients, from those of the query's p_u and p_i."""
        items = torch.zeros_like(self.item)
        items.index_add_(0, self._at[1].flatten(), item.flatten(0, 1))
        pairs = ((self.user, user[:, 0]), (self.item, items))
        trained = [(x, gradient) for x, gradient in pairs if x.requires_grad]
        if trained:
            torch.autograd.backward([x for x, _ in trained], [g for _, g in trained])
