"""ANIL: MAML whose inner loop adapts the last layer only; the body is shared by all users.

    f(u, i)  = w' h(u, i; phi) + b
    inner:   (w_b, b_b) = (w, b) - inner_rate * grad_(w, b) sum_b mean_s loss(f(u_b, i_s), r_s)
    outer:   (phi, w, b) by AdamW on  mean_b mean_q loss(w_b' h(u_b, i_q; phi) + b_b, r_q)

Raghu, Raghu, Bengio, Vinyals: Rapid Learning or Feature Reuse? ICLR 2020, section 4.
They ask whether MAML's body needs to move at all. The body is that of `melu`'s network:
content embeddings and hidden layers, of which h is the last. learn2learn's `MAML.clone()` and
`adapt()` fit as they are: the head is a module with parameters [B, H, 1] and [B, 1, 1], and h is
computed once a batch.

Departures: regression instead of classification, so the head is one unit; AdamW with averaged
weights instead of Adam, as for every neural learner here; absolute loss in the inner loop, for
the reason given in `melu`; queries are half of a user's ratings, at most 40, drawn anew each epoch.
"""

from typing import Any, ClassVar

import torch
from pydantic import Field

from baselines.inner_loop import Adaptable, InnerConfig, ThroughMAML
from baselines.network import ContentNetwork
from coldbench import EpisodeBatch, LearnerConfig

__all__ = ["ANIL", "ANILConfig", "Head"]


class ANILConfig(InnerConfig):
    """Options of the network, the outer optimiser, the episodes and the inner loop."""

    epochs: int = Field(28, ge=1, description="validation on ML-100K: .855 (14 epochs: .871)")
    first_order: bool = Field(False, description="second derivatives of one layer cost little")
    inner_rate: float = Field(0.05, gt=0, description="inner learning rate")


class ANIL(ThroughMAML):
    """MAML on the last layer only; features are shared by all users."""

    Config: ClassVar[type[LearnerConfig]] = ANILConfig
    config: ANILConfig

    def layers(
        self, network: ContentNetwork, batch: EpisodeBatch, generator: torch.Generator | None
    ) -> Adaptable:
        return Head(network, batch, generator)


class Head(Adaptable):
    """The last layers of B tasks, `weight` [B, H, 1] and `bias` [B, 1, 1], over shared features."""

    def __init__(
        self,
        network: ContentNetwork,
        batch: EpisodeBatch,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        distinct, position = batch.distinct
        of_user, of_item = network.decision.first(
            network.user(batch.user, generator), network.item(distinct, generator)
        )
        hidden = of_user[:, None] + torch.nn.functional.embedding(position, of_item)
        features = network.decision.features(hidden)
        n = batch.support_item.shape[1]
        self.support, self.query = features[:, :n], features[:, n:]
        weight, bias = network.decision.last()
        self.own("weight", weight.expand(len(batch), -1, -1))
        self.own("bias", bias.expand(len(batch), 1, -1))

    def forward(self, query: bool = False) -> torch.Tensor:
        own: dict[str, Any] = self._parameters
        features = self.query if query else self.support
        return torch.baddbmm(own["bias"], features, own["weight"])[..., 0]
