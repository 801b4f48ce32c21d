"""`plain`: MeLU's network trained jointly on all training ratings, and no meta-learning.

`plain-finetune` is the same training, then SGD steps on the support at prediction time: the
ablation that isolates meta-learning, for it adapts as MeLU does, from weights that were never
trained to be adapted. The network is that of Lee et al. 2019; departures from theirs, all in common
with `melu`: output around the mean rating, start of the embeddings, absolute error, AdamW with a
falling rate and averaged weights, fields of many ids hidden at random and decayed.
With `user_id` training users are known by an id, for `plain` does not read
their supports; that of a new user is unknown.
"""

from typing import ClassVar

import numpy as np

from baselines.network import ContentNetwork
from baselines.plain.base_options import FINETUNE, FINETUNE_SPACE, PlainConfig
from baselines.plain.jointly_trained import JointlyTrained
from coldbench import LearnerConfig, Variant

__all__ = ["Plain", "PlainConfig", "plain_finetune"]


class Plain(JointlyTrained[ContentNetwork]):
    """MeLU's network trained jointly on all training ratings: no meta-learning."""

    Config: ClassVar[type[LearnerConfig]] = PlainConfig
    config: PlainConfig

    def build(self, rng: np.random.Generator) -> ContentNetwork:
        return ContentNetwork(self.domain, self.config, rng, self.config.user_id)


plain_finetune = Variant(
    Plain, FINETUNE, "plain, then SGD steps on the user's support", FINETUNE_SPACE
)
