"""DeepFM: a factorisation machine and a network on the same embeddings.

    f(u, i) = decision([e_1 ... e_F])  +  sum_f w_f  +  sum_{f < g} e_f . e_g

f, g: the fields of the user and of the item, the ids among them; w_f, e_f: weight and embedding of
the field's value (a set: the mean of its members'). With s the sum of a side's embeddings the sum
over pairs is 1/2 (|s|^2 - sum_f |e_f|^2) within each side, and s_u . s_i between them: linear in
the number of fields. Guo, Tang, Ye, Li, He: DeepFM: A Factorization-Machine based Neural Network
for CTR Prediction, IJCAI 2017, equations 1 to 4. It does not adapt: a cold user has the unknown
id, and content; his support is read only with `tune_steps` (0: as published).

Departures, each with its reason:
- ratings for clicks: the absolute error, and no sigmoid;
- two layers of 64, for three of 400 with dropout of units: the network that all neural learners
  here share, regularised by decay and hidden ids; AdamW for Adam;
- ids are hidden at random in training, so that "unknown" is learned. Embeddings of ids have
  `rare_decay`, their weights w only `weight_decay`.
Defaults of dropout and decay were chosen on Amazon data, those of other networks on MovieLens.
"""

from typing import ClassVar

import numpy as np
import torch

from baselines.plain.jointly_trained import Values
from baselines.plain.shallow_part import ShallowConfig, ShallowLearner, ShallowNetwork
from coldbench import Domain, LearnerConfig

__all__ = ["DeepFM", "DeepFMConfig", "DeepFMNetwork"]


class DeepFMConfig(ShallowConfig):
    """Options of the network, the outer optimiser and joint training."""


class DeepFMNetwork(ShallowNetwork):
    """The products of all pairs of embeddings that the decision layers read as well."""

    def pairs(
        self, which: int, index: torch.Tensor, embedded: torch.Tensor
    ) -> tuple[Values, torch.Tensor]:
        fields = embedded.view(len(embedded), embedded.shape[1] // self.user.size, self.user.size)
        total = fields.sum(1)
        own = total.square().sum(1) - fields.square().sum((1, 2))
        return own / 2, total


class DeepFM(ShallowLearner[DeepFMNetwork]):
    """A factorisation machine and a network on the same embeddings."""

    Config: ClassVar[type[LearnerConfig]] = DeepFMConfig
    config: DeepFMConfig

    def build_on(self, domain: Domain, rng: np.random.Generator) -> DeepFMNetwork:
        return DeepFMNetwork(domain, self.config, rng)
