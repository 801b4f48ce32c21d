"""Wide & Deep: a linear model on features and their products beside a network on embeddings.

    f(u, i) = decision([e_u, e_i])  +  w . [x_u, x_i] + x_u' T x_i

x: the ids of all fields of a side, its own id among them; T: a weight for every product of a
feature of the user and one of the item, of fields with at most 100 ids (so of content: the product
of two ids has one rating). Both parts learn together. Cheng, Koc, Harmsen et al.: Wide & Deep
Learning for Recommender Systems, DLRS 2016, equations 1 to 3; Lee et al. 2019 compare MeLU with it.
It does not adapt: a cold user has the unknown id, and content; his support is read only with
`tune_steps` (0: as published).

Departures, each with its reason:
- ratings for installations: the absolute error, and no sigmoid;
- every product of two sides' features, where the paper chooses some by hand; numbers enter them
  standardised;
- one optimiser (AdamW) for both parts, for FTRL with L1 and AdaGrad: as all networks here;
- two layers of 64 on embeddings of one size, for three of 1024, 512 and 256: the network that all
  neural learners here share;
- ids are hidden at random in training, so that "unknown" is learned; in the paper ids that are too
  rare have no entry. Embeddings of ids have `rare_decay`, their weights w only `weight_decay`.
Defaults of dropout and decay were chosen on Amazon data, those of other networks on MovieLens.
"""

from typing import ClassVar

import numpy as np
import torch
from torch import nn

from baselines.content_features import content_features
from baselines.plain.jointly_trained import Values
from baselines.plain.shallow_part import ITEM, USER, ShallowConfig, ShallowLearner, ShallowNetwork
from coldbench import Catalogue, Domain, LearnerConfig

__all__ = ["WideDeep", "WideDeepConfig", "WideDeepNetwork"]


class WideDeepConfig(ShallowConfig):
    """Options of the network, the outer optimiser and joint training."""


class WideDeepNetwork(ShallowNetwork):
    """The wide part's products as the content features of both sides, and T between them."""

    def __init__(self, domain: Domain, c: WideDeepConfig, rng: np.random.Generator) -> None:
        super().__init__(domain, c, rng)
        self.read(domain.catalogue, domain.catalogue)
        widths = (self.features(which).shape[1] for which in (USER, ITEM))
        self.products = nn.Parameter(torch.zeros(*widths))
        self.to(domain.device)

    def read(self, new: Catalogue, old: Catalogue) -> None:
        """The features of all users and items, numbers standardised as those of `old`."""
        like = next(self.parameters())
        sides = (
            (new.user_fields, new.n_users, old.user_fields),
            (new.item_fields, new.n_items, old.item_fields),
        )
        for which, (fields, n, before) in enumerate(sides):
            values = torch.from_numpy(content_features(fields, n, like=before))
            self.register_buffer(f"features{which}", values.to(like))

    def features(self, which: int) -> torch.Tensor:
        """x of all users or items that are of fields with few ids, [n, K]."""
        return self.get_buffer(f"features{which}")

    def pairs(
        self, which: int, index: torch.Tensor, embedded: torch.Tensor
    ) -> tuple[Values, torch.Tensor]:
        x = self.features(which)[index]
        return 0.0, x @ self.products if which == USER else x

    def extend(self, old: Catalogue, new: Catalogue) -> None:
        super().extend(old, new)
        self.read(new, old)


class WideDeep(ShallowLearner[WideDeepNetwork]):
    """A linear model on features and products of them, beside a network on embeddings."""

    Config: ClassVar[type[LearnerConfig]] = WideDeepConfig
    config: WideDeepConfig

    def build_on(self, domain: Domain, rng: np.random.Generator) -> WideDeepNetwork:
        return WideDeepNetwork(domain, self.config, rng)
