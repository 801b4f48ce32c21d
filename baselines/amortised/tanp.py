"""TaNP: a neural process whose decoder is modulated by what kind of user this is.

    latent      r = mean_s h(x_s, r_s),  q(z | support) = N(mu(r), exp(lv(r)))
    task        o = mean_s m(x_s, r_s);  x_s = [e_u, e_{i_s}]
    clusters    c_k ~ (1 + |o - a_k|^2 / t)^-((t + 1) / 2), summing to 1;  o' = o + sum_k c_k a_k
    decoder     g_l = relu((W_l g_{l-1} + b_l) * gamma_l + beta_l),  g_0 = [x, z]
                gamma_l = tanh(G_l o'),  beta_l = tanh(B_l o');  f = w' g_L + b
    loss        query loss + kl * KL(q(z | support, query) || q(z | support)) + cluster * KL(d || c)
    target      d_bk ~ c_bk^2 / sum_b c_bk, summing to 1 over k

a_k: centres of K soft clusters, learned. Lin, Wu, Zhou, Pan, Cao, Wang: Task-adaptive Neural
Process for User Cold-Start Recommendation, WWW 2021, with FiLM modulation (the gating variant is
not built); sizes of z and of the task embedding, the number of clusters and the weight of their
loss as in the authors' released code. In training z is drawn from q(z | support, query), as the
paper has it.

Departures: predictions use the mean of q(z | support), not a draw, which makes them repeatable;
|o - a_k|^2 is a square, as in the text (the released code has no square); the query loss is that
of the queries only and absolute, where the paper's is squared and counts the support as well; gamma
is 1 + tanh (`residual`), since the decoder starts almost constant with the paper's gamma near 0,
and G_l, B_l have biases (released: none); the decoder has two layers of 64, as every network here,
not three of 128, and the task encoder layers of 64, not of 128; contexts are half of a user's
ratings, where the released code draws a size from 20 on; 7 clusters and a weight of .1, as released
(the paper: 10 and 1), and kl .01 for 1; AdamW with a falling rate and averaged weights for all.
With `item_id` the posterior reads ratings less offsets, so that the KL trains offsets too.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import ClassVar, NamedTuple

import numpy as np
import torch
from pydantic import Field
from torch import nn

from baselines.amortised.amortised_base import Amortised, TaskNetwork
from baselines.amortised.episode_inputs import look_up
from baselines.episodic_base import EpisodicConfig
from baselines.layers import Joint, Linear, Lookup, mlp, support_means
from baselines.losses import task_losses, task_weights
from coldbench import (
    Choice,
    Dimension,
    Domain,
    Episode,
    EpisodeBatch,
    LearnerConfig,
    Real,
    Whole,
    to_device,
    torch_generator,
)

__all__ = ["Normal", "TaNP", "TaNPConfig", "TaNPNetwork", "clusters", "divergence", "sharpened"]


class TaNPConfig(EpisodicConfig):
    """Options of the network, the outer optimiser and the episodes, and those of the process."""

    epochs: int = Field(60, ge=1, description="validation on ML-100K: .837 (14 epochs: .890)")
    latent: int = Field(32, ge=1, description="size of z: released")
    task: int = Field(64, ge=1, description="size of a task embedding: released")
    clusters: int = Field(7, ge=1, description="released")
    temperature: float = Field(1.0, gt=0, description="t, degrees of freedom: released")
    kl: float = Field(0.01, ge=0, description="weight of the latent divergence; released: 1")
    cluster_loss: float = Field(0.1, ge=0, description="weight of the cluster loss: released")
    residual: bool = Field(True, description="gamma around 1; released: around 0")
    space: ClassVar[Mapping[str, Dimension]] = {
        **EpisodicConfig.space,
        "latent": Choice((16, 32, 64)),
        "task": Choice((32, 64, 128)),
        "clusters": Whole(3, 20, log=True),
        "kl": Real(1e-3, 1.0, log=True),
        "cluster_loss": Real(0.01, 1.0, log=True),
        "residual": Choice((False, True)),
    }


class Normal(NamedTuple):
    """Mean and log variance, both [B, latent]."""

    mean: torch.Tensor
    log_variance: torch.Tensor


class TaNPNetwork(TaskNetwork):
    """Latent encoder, task encoder, clusters and modulated decoder."""

    def __init__(self, domain: Domain, c: TaNPConfig, rng: np.random.Generator) -> None:
        super().__init__(domain, c, rng)
        user, item, hidden = self.user.width, self.item.width, c.hidden
        self.temperature, self.start = c.temperature, float(c.residual)
        self.pair = Joint((user, item, 1), 2 * hidden[0], rng)
        self.latent_encoder = mlp((*hidden, c.latent), rng)
        self.task_encoder = mlp((*hidden, c.task), rng)
        self.moments = mlp((c.latent, c.latent, 2 * c.latent), rng)
        bound = (6 / (c.clusters + c.task)) ** 0.5
        start = torch.empty(c.clusters, c.task)
        self.centres = nn.Parameter(start.uniform_(-bound, bound, generator=torch_generator(rng)))
        self.query = Joint((user, item, c.latent), hidden[0], rng)
        self.layers = nn.ModuleList(Linear(*sizes, rng) for sizes in pairwise(hidden))
        self.films = nn.ModuleList(Linear(c.task, 2 * size, rng) for size in hidden)
        self.last = Linear(hidden[-1], 1, rng)

    def encode(
        self,
        user: torch.Tensor,
        item: Lookup,
        value: torch.Tensor,
        weights: torch.Tensor,
        known: int,
    ) -> tuple[list[Normal], torch.Tensor]:
        """q(z | pairs) for K weightings [B, K, n] of the pairs, and the task embedding o
        [B, task] of the first `known` pairs by the first weighting."""
        of_latent, of_task = self.pair(user, item, value).relu().chunk(2, -1)
        latent = support_means(self.latent_encoder, of_latent, weights)
        of_support = weights[:, :1, :known]
        task = support_means(self.task_encoder, of_task[:, :known], of_support)[:, 0]
        moments = self.moments(latent).chunk(2, -1)
        return [
            Normal(*one) for one in zip(*(part.unbind(1) for part in moments), strict=True)
        ], task

    def decode(
        self, user: torch.Tensor, item: Lookup, z: torch.Tensor, task: torch.Tensor
    ) -> torch.Tensor:
        """Output for the queries, [B, Q], from z [B, latent] and o' [B, task]."""
        values = self.query(user, item, z[:, None])
        for index, film in enumerate(self.films):
            if index:
                values = self.layers[index - 1](values)
            gamma, beta = film(task)[:, None].tanh().chunk(2, -1)
            values = torch.addcmul(beta, values, self.start + gamma).relu()
        output: torch.Tensor = self.last(values)[..., 0]
        return output

    def forward(
        self, batch: EpisodeBatch, generator: torch.Generator | None = None
    ) -> torch.Tensor:
        user, item, rating = look_up(self, batch, generator)
        support, query = split(item, rating.shape[1])
        weights = task_weights(batch.support_mask, rating.dtype)[:, None]
        (prior,), task = self.encode(user, support, rating, weights, rating.shape[1])
        share = clusters(task, self.centres, self.temperature)
        return self.decode(user, query, prior.mean, task + share @ self.centres)


class TaNP(Amortised[TaNPNetwork]):
    """Task-adaptive neural process: latent user variable, soft clusters of users, FiLM decoder."""

    Config: ClassVar[type[LearnerConfig]] = TaNPConfig
    config: TaNPConfig

    def build(self, rng: np.random.Generator) -> TaNPNetwork:
        return TaNPNetwork(self.domain, self.config, rng)

    def losses(self, episode: Episode, generator: torch.Generator | None = None) -> torch.Tensor:
        """Query, latent and cluster loss of each task, [B]; without a generator z is a mean."""
        c, network, batch = self.config, self.network, episode.batch
        user, item, rating = look_up(network, batch, generator)
        target = network.normal(episode.target.to(rating.dtype))
        value = torch.cat([rating, target[..., None]], 1)
        (prior, posterior), task = network.encode(
            user, item, value, weightings(batch, value.dtype), rating.shape[1]
        )
        z = posterior.mean
        if generator is not None:
            noise = torch.randn(z.shape, generator=generator, dtype=z.dtype)
            z = z + to_device(noise, z.device) * (posterior.log_variance / 2).exp()
        share = clusters(task, network.centres, c.temperature)
        query = split(item, rating.shape[1])[1]
        error = network.decode(user, query, z, task + share @ network.centres) - target
        fit = task_losses(c.loss, error, c.delta, batch.query_mask)
        target_share = sharpened(share)
        cluster = (target_share * (target_share / share).log()).sum(1)
        return fit + c.kl * divergence(posterior, prior) + c.cluster_loss * cluster


def split(item: Lookup, n: int) -> tuple[Lookup, Lookup]:
    """The items of the support, the first n, and those of the queries."""
    return Lookup(item.table, item.row[:, :n]), Lookup(item.table, item.row[:, n:])


def weightings(batch: EpisodeBatch, dtype: torch.dtype) -> torch.Tensor:
    """The weights of all pairs in the means of the support alone and of both, [B, 2, S + Q]."""
    both = torch.cat([batch.support_mask, batch.query_mask], 1)
    alone = both.clone()
    alone[:, batch.support_mask.shape[1] :] = False
    return torch.stack([task_weights(mask, dtype) for mask in (alone, both)], 1)


def clusters(task: torch.Tensor, centres: torch.Tensor, temperature: float) -> torch.Tensor:
    """Shares of each task in each cluster, [B, K], from a Student t kernel."""
    square = (task[:, None] - centres).square().sum(2)
    kernel = (1 + square / temperature) ** (-(temperature + 1) / 2)
    return kernel / kernel.sum(1, keepdim=True)


def sharpened(share: torch.Tensor) -> torch.Tensor:
    """The target of the cluster loss: shares squared, against the size of each cluster."""
    weight = share.square() / share.sum(0)
    return weight / weight.sum(1, keepdim=True)


def divergence(posterior: Normal, prior: Normal) -> torch.Tensor:
    """KL(posterior || prior) of normal variables with independent parts, [B]."""
    log_ratio = prior.log_variance - posterior.log_variance
    shift = (posterior.mean - prior.mean).square() / prior.log_variance.exp()
    return 0.5 * (log_ratio + (-log_ratio).exp() + shift - 1).sum(1)
