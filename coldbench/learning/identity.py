"""Who an item is, beside its content: an id that training shows, and at times hides.

Content says little of some items, and ratings of others a lot. With `item_id` a network knows an
item by two things that training teaches: the embedding of its id, one more field of its content,
and the id's offset b_i, a number in the unit of the network's output. Ratings are

    r_ui = b_i + f(u, i)     and a support rating reaches f less the offset of its item,

so that f need not learn, within every user's few ratings, that an item is liked by all: with
f = 0 this is the item's mean. An id that training showed too rarely is unknown; what to predict
then is learned where ids are hidden. Optional for plugins. Axes: B tasks, n cells.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
import torch
from pydantic import Field as Option
from pydantic import SerializerFunctionWrapHandler, model_serializer
from torch import nn

from coldbench.data import Array, Field
from coldbench.learning.content import ContentEmbedding
from coldbench.learning.learner import Episode, LearnerConfig
from coldbench.learning.space import Choice, Dimension, Real
from coldbench.tasks import EpisodeBatch, to_device

__all__ = ["IdentityConfig", "IdentityEmbedding", "centred", "hiding"]


class IdentityConfig(LearnerConfig):
    """Options of a learner that can know its items; recorded only where they are in use, so that
    a configuration without them is what it was before they existed."""

    item_id: bool = Option(False, description="know warm items by their ids, not content alone")
    item_id_dropout: float = Option(
        0.3, ge=0, lt=1, description="share of training tasks that hide all their items' ids"
    )
    item_id_least: int = Option(
        5, ge=1, description="training ratings from which on an item's id is known"
    )
    id_decay: float = Option(1.0, ge=0, description="weight decay of what is learned of ids")
    id_space: ClassVar[Mapping[str, Dimension]] = {
        "item_id": Choice((False, True)),
        "item_id_dropout": Real(0.0, 0.8),
        "item_id_least": Choice((1, 2, 5, 10)),
        "id_decay": Real(0.05, 20, log=True),
    }

    @model_serializer(mode="wrap")
    def _in_use(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        off = [name for name in ("item_id", "user_id") if not getattr(self, name, False)]
        unused = (*off, "id_decay") if len(off) == 2 else tuple(off)
        written: dict[str, Any] = write(self)
        left_out = {name for name in self.id_space if name.startswith(unused)}
        return {name: value for name, value in written.items() if name not in left_out}


class IdentityEmbedding(ContentEmbedding):
    """Content, and as its last field the id, of n users or items. Index n + i is i with its id
    hidden; it exists until `extend`, after which nobody trains.

    offset: b of each id, zero at the start; row 0 is that of unknown ids; least: ratings from which
    on an id is known. In the b of an item that few have rated a training user reads his own rating
    back, and what he rated is explained before anything is learned of him.
    """

    def __init__(
        self,
        fields: Sequence[Field],
        n: int,
        size: int,
        rng: np.random.Generator,
        rare_size: int = 100,
        least: int = 1,
        **options: Any,
    ) -> None:
        self.named = self.rows = n
        self.least = least
        self.ids_at_least = rare_size
        *content, ids = self._with_ids(fields, n)
        twice = [_joined(field, field.values) for field in content]
        twice.append(_joined(ids, np.zeros_like(ids.values)))
        super().__init__(twice, size, rng, rare_size=rare_size, **options)
        self.hidden[-1] = 0.0  # ids are hidden by `hiding`, for a whole task at once
        self.offset = nn.Parameter(torch.zeros(len(self.weights[-1])))

    @property
    def rare_weights(self) -> list[nn.Parameter]:
        """Those of rare content fields: the ids have a decay of their own."""
        return super().rare_weights[:-1]

    @property
    def id_weights(self) -> list[nn.Parameter]:
        """What is learned of ids."""
        return [self.weights[-1], self.offset]

    def observe(self, index: Array) -> None:
        """As of content, and an id is known from so many ratings on."""
        super().observe(index)
        last = len(self.weights) - 1
        known = np.bincount(index, minlength=self.named) >= self.least
        ids = self._ids(last).clone()
        ids[: self.named] *= torch.from_numpy(known)[:, None]
        self._know(last, ids)

    def offsets(self, index: torch.Tensor) -> torch.Tensor:
        """b of the users or items int64 [...], in units of the network's output."""
        ids = self._ids(len(self.weights) - 1)[index.reshape(-1), 0]
        return self.offset.index_select(0, ids).view(index.shape)

    def hide(self, index: torch.Tensor, hidden: torch.Tensor) -> torch.Tensor:
        """The same users or items, without their ids where `hidden` (bool, broadcast) says so."""
        return torch.where(hidden, index + self.named, index)

    def extend(self, old: Sequence[Field], new: Sequence[Field], count: int | None = None) -> None:
        """As of content; users or items that came later have no id."""
        assert count is not None
        for field in range(len(self.weights)):
            self._know(field, self._ids(field)[: self.rows])
        super().extend(self._with_ids(old, self.rows), self._with_ids(new, count))
        self.rows = count

    def _with_ids(self, fields: Sequence[Field], count: int) -> list[Field]:
        """With an id for each of the first `named`; a rare field, however few they are."""
        ids = np.pad(np.arange(1, self.named + 1, dtype=np.int32), (0, count - self.named))
        return [*fields, Field("id", "category", max(self.named, self.ids_at_least) + 1, ids)]


def _joined(field: Field, more: Array) -> Field:
    """The field of n users or items, and of others that have the values `more`."""
    return replace(field, values=np.concatenate([field.values, more]))


def hiding(
    items: IdentityEmbedding, episode: Episode, share: float, generator: torch.Generator
) -> Episode:
    """The episode, in which a task hides the ids of all its items with probability `share`: as
    of a user among new items, whose support and queries are both unknown."""
    batch, device = episode.batch.made, episode.batch.user.device
    hidden = to_device(torch.rand(len(batch), 1, generator=generator) < share, batch.user.device)
    support, query = (items.hide(i, hidden) for i in (batch.support_item, batch.query_item))
    batch = replace(batch, support_item=support, query_item=query)
    return Episode(batch if batch.user.device == device else batch.to(device), episode.target)


def centred(batch: EpisodeBatch, offsets: torch.Tensor) -> EpisodeBatch:
    """The batch, its support ratings less `offsets` [B, S]; no gradient goes that way."""
    value = batch.support_value - (offsets.detach() * batch.support_mask).to(batch.support_value)
    return replace(batch, support_value=value).knowing(batch.distinct)
