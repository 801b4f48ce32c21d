"""Content as the released code of MAMO reads it, for `tests.mamo.fidelity`.

No zip code, no actors; the members of a set (genres, directors) go through a linear layer without
bias and a sigmoid: sigmoid(sum of their embeddings) in place of their mean. So half of an item's
numbers are near 1/2 for all items.
"""

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import torch

from coldbench.data.ratings import Ratings
from coldbench.learning.content import ContentEmbedding
from mamo.released import Local, Table

__all__ = ["released_content", "start_sets", "without_unread"]

UNREAD = ("zip_code", "actor")


def without_unread(ratings: Ratings) -> Ratings:
    """The fields that the released code reads."""
    old = ratings.catalogue
    user = tuple(field for field in old.user_fields if field.name not in UNREAD)
    item = tuple(field for field in old.item_fields if field.name not in UNREAD)
    catalogue = dataclasses.replace(old, user_fields=user, item_fields=item)
    return dataclasses.replace(ratings, catalogue=catalogue)


def start_sets(embedding: ContentEmbedding, generator: torch.Generator) -> None:
    """Embeddings of sets as the weights of a linear layer start."""
    for kind, weight in zip(embedding.kinds, embedding.weights, strict=True):
        if kind == "set":
            bound = len(weight) ** -0.5
            torch.nn.init.uniform_(weight, -bound, bound, generator=generator)


@contextmanager
def released_content() -> Iterator[None]:
    """Inside it `mamo-released` reads sets as the released code does."""
    with patch.multiple("mamo.released", Table=Sums, Local=Squashed):
        yield


class Sums(Table):
    """Shares of 1: sums, not means."""

    def __init__(self, embedding: ContentEmbedding) -> None:
        super().__init__(embedding)
        self.share = (self.share > 0).to(self.share)


class Squashed(Local):
    """The sigmoid of sets; other fields as they are."""

    def profile(self, part: slice = slice(None)) -> torch.Tensor:
        found = super().profile(part)
        if self.table is None:
            return found
        kinds = torch.tensor([kind == "set" for kind in self.table.embedding.kinds])
        self.set = kinds.repeat_interleave(self.values.shape[1])
        self.found = torch.where(self.set, found.sigmoid(), found)
        return self.found

    def gradient(self, profile: torch.Tensor, into: torch.Tensor) -> None:
        slope = torch.where(self.set, self.found * (1 - self.found), 1.0)
        super().gradient(profile.reshape(slope.shape) * slope, into)
