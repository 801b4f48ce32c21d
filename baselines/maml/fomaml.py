"""FOMAML: first-order MAML on every parameter of the network, content embeddings included.

    inner:  theta_b <- theta_b - inner_rate * grad_theta_b mean_s loss(f(u_b, i_s; theta_b), r_s)
    outer:  theta by AdamW on  mean_b grad_theta_b mean_q loss(f(u_b, i_q; theta_b), r_q)

The gradient of the outer step is taken at the adapted weights and applied to the shared ones.
theta: all of `melu`'s network. Finn, Abbeel, Levine: MAML, ICML 2017, section 5.2, the "first
order approximation"; named FOMAML by Nichol, Achiam, Schulman 2018.

Against `melu`: Lee et al. adapt the decision layers only, and leave out the embeddings, lest
users with few ratings spoil them. Here they adapt too: what a user's ratings say about a genre or
a year moves its embedding for that user. (`melu` too is of first order here, by default, so the
embeddings are the whole difference.) Set `first_order: false` for MAML itself, on all layers.

learn2learn's `MAML` does the steps where second derivatives are asked for. Its `clone()` would
copy the embedding tables of every task, to which one user's support hardly touches;
`whole_network` stands in for them, exactly. Steps of first order are the same ones by hand
(`whole_first_order`): through autograd they take three times as long.

Departures: regression with absolute loss, which is what is measured; AdamW with averaged weights,
as for every neural learner here; queries are half of a user's ratings, drawn anew each epoch.
"""

from typing import ClassVar

import torch
from pydantic import Field

from baselines.inner_loop import Adaptable, InnerConfig, InnerLoss, ThroughMAML
from baselines.maml.whole_first_order import whole_layers
from baselines.maml.whole_network import WholeLayers
from baselines.network import ContentNetwork
from coldbench import EpisodeBatch, LearnerConfig

__all__ = ["FOMAML", "FOMAMLConfig"]


class FOMAMLConfig(InnerConfig):
    """Options of the network, the outer optimiser, the episodes and the inner loop."""

    inner_steps: int = Field(3, ge=0)


class FOMAML(ThroughMAML):
    """First-order MAML on every parameter, embeddings included."""

    Config: ClassVar[type[LearnerConfig]] = FOMAMLConfig
    config: FOMAMLConfig

    def layers(
        self, network: ContentNetwork, batch: EpisodeBatch, generator: torch.Generator | None
    ) -> Adaptable:
        return WholeLayers(network, batch, generator)

    def output(
        self,
        network: ContentNetwork,
        batch: EpisodeBatch,
        generator: torch.Generator | None = None,
    ) -> torch.Tensor:
        c = self.config
        if torch.is_grad_enabled() and not c.first_order:
            return super().output(network, batch, generator)
        layers = whole_layers(network, batch, generator)
        inner = InnerLoss.of(network, batch, c.inner_loss, c.delta, c.inner_shrink)
        for _ in range(c.inner_steps):
            layers.descend(inner, c.inner_rate)
        output: torch.Tensor = layers(query=True)
        return output
