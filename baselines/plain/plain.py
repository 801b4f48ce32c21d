"""`plain`: MeLU's network trained jointly on all training ratings, and no meta-learning.

`plain-finetune` is the same training, then SGD steps on the support at prediction time: the
ablation that isolates meta-learning, for it adapts as MeLU does, from weights that were never
trained to be adapted.
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
        return ContentNetwork(self.domain, self.config, rng)


plain_finetune = Variant(
    Plain, FINETUNE, "plain, then SGD steps on the user's support", FINETUNE_SPACE
)
