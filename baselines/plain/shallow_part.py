"""A network of decision layers with a shallow part beside them, and its learner.

    f(u, i) = decision([e_u, e_i]) + a_u + a_i + <b_u, b_i>

The ids of users and items are content fields, hidden at random in training (`user_dropout`,
`item_dropout`): a cold user or item has the unknown id, whose embedding and weight the hidden
ones trained. a: a weight for each id of each field (a set: the mean of its members'), from 0, and
what a subclass adds; b: a vector whose product makes pairs of the two sides' features.

With `tune_steps` the decision layers take SGD steps on a user's support, as in `plain-finetune`,
the shallow part being added to their output. Axes: B tasks, n rows, M distinct items, F fields.
"""

from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar, NamedTuple, TypeVar

import numpy as np
import torch
from pydantic import Field

from baselines.network import ContentNetwork
from baselines.neural_options import NeuralConfig, OwnIds
from baselines.plain.ids_of_both_sides import with_ids
from baselines.plain.jointly_trained import JointConfig, JointlyTrained, Values
from coldbench import Catalogue, ContentEmbedding, Dimension, Domain, EpisodeBatch

__all__ = ["ShallowConfig", "ShallowLearner", "ShallowNetwork", "Side"]

USER, ITEM = 0, 1


class Side(NamedTuple):
    """Of n users or items: embedding e [n, F D], alone (a) [n], paired (b) [n, K]."""

    embedded: torch.Tensor
    alone: torch.Tensor
    paired: torch.Tensor


class ShallowConfig(JointConfig):
    """Options of the network, the outer optimiser and joint training; "validation": on Amazon
    (products), .787 for both learners with these three, .829 and .825 with those of the others."""

    item_id: OwnIds = False  # their domain has them, of both sides
    user_id: OwnIds = False
    user_dropout: float = Field(
        0.5, ge=0, lt=1, description="that a user's id, or a rare field, is hidden; validation"
    )
    item_dropout: float = Field(
        0.2, ge=0, lt=1, description="that an item's id, or a rare field, is hidden; validation"
    )
    rare_decay: float = Field(
        1.0, ge=0, description="weight decay of ids and rare fields; validation"
    )
    space: ClassVar[Mapping[str, Dimension]] = JointConfig.own_space


class ShallowNetwork(ContentNetwork):
    """The decision layers and the weight of each id; a subclass says what pairs of features do."""

    def __init__(self, domain: Domain, c: NeuralConfig, rng: np.random.Generator) -> None:
        super().__init__(domain, c, rng)
        known = domain.catalogue
        self.user_weights, self.item_weights = (
            ContentEmbedding(fields, 1, rng, std=0.0, rare_std=0.0)
            for fields in (known.user_fields, known.item_fields)
        )

    @property
    def linear(self) -> tuple[ContentEmbedding, ContentEmbedding]:
        """The weights of each side's ids, read by the ids of its embedding."""
        return self.user_weights, self.item_weights

    @abstractmethod
    def pairs(
        self, which: int, index: torch.Tensor, embedded: torch.Tensor
    ) -> tuple[Values, torch.Tensor]:
        """What a side (USER or ITEM) adds to its `alone`, [n] or 0, and its `paired` [n, K]."""

    def extend(self, old: Catalogue, new: Catalogue) -> None:
        """Takes in users and items that come after those of `old`."""
        self.user.extend(old.user_fields, new.user_fields)
        self.item.extend(old.item_fields, new.item_fields)

    def side(
        self, which: int, index: torch.Tensor, generator: torch.Generator | None = None
    ) -> Side:
        """Of the users or items `index`, int64 [n]; an id is hidden everywhere or nowhere."""
        embedding, linear = (self.user, self.item)[which], self.linear[which]
        ids = embedding.ids(index, generator)
        embedded, weight = embedding.embed(ids), linear.embed(ids).sum(1)
        more, paired = self.pairs(which, index, embedded)
        return Side(embedded, weight + more, paired)

    def forward(
        self, user: torch.Tensor, item: torch.Tensor, generator: torch.Generator | None = None
    ) -> torch.Tensor:
        left, right = self.side(USER, user, generator), self.side(ITEM, item, generator)
        of_user, of_item = self.decision.first(left.embedded, right.embedded)
        shallow = left.alone + right.alone + (left.paired * right.paired).sum(1)
        return self.decision.rest(of_user + of_item) + shallow

    def shallow(self, batch: EpisodeBatch) -> tuple[torch.Tensor, torch.Tensor]:
        """The shallow part of the support [B, S] and of the query [B, Q]."""
        distinct, position = batch.distinct
        left, right = self.side(USER, batch.user), self.side(ITEM, distinct)
        table = torch.addmm(right.alone, left.paired, right.paired.T) + left.alone[:, None]
        n = batch.support_item.shape[1]
        cells = table.gather(1, position)
        return cells[:, :n], cells[:, n:]


S = TypeVar("S", bound=ShallowNetwork)


class ShallowLearner(JointlyTrained[S]):
    """Joint training of a network that reads the ids of both sides."""

    config: ShallowConfig

    @abstractmethod
    def build_on(self, domain: Domain, rng: np.random.Generator) -> S:
        """The network, on a domain with ids."""

    def build(self, rng: np.random.Generator) -> S:
        known = self.domain.catalogue
        self.known = known.n_users, known.n_items
        return self.build_on(with_ids(self.domain, *self.known), rng)

    def beside(self, network: S, batch: EpisodeBatch) -> tuple[Values, Values]:
        return network.shallow(batch)

    def extend(self, domain: Domain) -> None:
        old, new = (with_ids(one, *self.known).catalogue for one in (self.domain, domain))
        self.predictor.extend(old, new)
        self.domain = domain
