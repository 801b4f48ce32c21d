"""What `lwa` and `nlba` share: item representations, and a user's two class means of them.

    F_i = perceptron(e_u, e_i)
    R_1 = sum_s p_s F_{i_s} / n       R_0 = sum_s (1 - p_s) F_{i_s} / n

Vartak, Thiagarajan, Miranda, Bratman, Larochelle: A Meta-Learning Perspective on Cold-Start
Recommendations for Items, NIPS 2017, section 3: R_c is the mean representation of
the items of class c in the user's history (1: engaged with, 0: not). Our departures, for ratings
instead of two classes:

- a rating belongs to both classes, to liked with share p = (r - low) / (high - low);
- both sums are divided by the n ratings of the user (`normalise: support`), where the paper
  divides each class by its own size (`class`): the class means alone do not tell how much of
  the history was liked, and most of a rating is the user's own level;
- F reads the user's content too, as every neural learner here does.
"""

from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np
import torch
from pydantic import Field

from baselines.amortised.amortised_base import TaskNetwork
from baselines.amortised.episode_inputs import read_sides
from baselines.episodic_base import EpisodicConfig
from baselines.layers import Joint, mlp
from coldbench import Choice, Dimension, Domain, EpisodeBatch

__all__ = ["HistoryNetwork", "VartakConfig", "class_means"]

Normalise = Literal["support", "class"]


class VartakConfig(EpisodicConfig):
    """Options of the network, the outer optimiser and the episodes, and of the history."""

    latent: int = Field(64, ge=1, description="size of an item representation F")
    normalise: Normalise = Field("support", description="the size that class sums are divided by")
    space: ClassVar[Mapping[str, Dimension]] = {
        **EpisodicConfig.space,
        "latent": Choice((16, 32, 64, 128)),
        "normalise": Choice(("support", "class")),
    }


class HistoryNetwork(TaskNetwork):
    """Item representations F, and the means of a user's liked and disliked ones."""

    def __init__(self, domain: Domain, c: VartakConfig, rng: np.random.Generator) -> None:
        super().__init__(domain, c, rng)
        self.normalise: Normalise = c.normalise
        self.low, self.width_of_scale = domain.scale.low, domain.scale.high - domain.scale.low
        self.item_first = Joint((self.user.width, self.item.width), c.hidden[0], rng)
        self.item_rest = mlp((*c.hidden, c.latent), rng)

    def read(
        self, batch: EpisodeBatch, generator: torch.Generator | None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """F of the queries [B, Q, K], and (R_0, R_1) [B, 2, K]."""
        sides = read_sides(self, batch, generator)
        support = self.item_rest(self.item_first(sides.user, sides.support).relu())
        query = self.item_rest(self.item_first(sides.user, sides.query).relu())
        rating = batch.support_value.to(support.dtype)
        liked = ((rating - self.low) / (self.width_of_scale or 1.0)).clamp(0, 1)
        return query, class_means(support, liked, batch.support_mask, self.normalise)


def class_means(
    support: torch.Tensor, liked: torch.Tensor, mask: torch.Tensor, normalise: Normalise
) -> torch.Tensor:
    """(R_0, R_1) [B, 2, K] from representations [B, S, K] and shares of liking [B, S].

    0 for a class, or a user, without items.
    """
    share = torch.stack([1 - liked, liked], 1) * mask[:, None]
    size = share.sum(2, keepdim=True)
    if normalise == "support":
        size = size.sum(1, keepdim=True)
    return torch.bmm(share, support) / torch.where(size > 0, size, 1.0)
