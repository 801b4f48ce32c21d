"""MetaHIN: a user seen through several semantic contexts, each adapted, then fused.

    context     C_up = the items that u's rated items lead to along meta-path p
    user        x_up = mean over rated i of s(W c_ip + b),  c_ip: mean of e_j over j in C_ip
    rating      h(x, u, i) = decision([x, e_u, e_i]);  omega: its layers
    semantic    phi = (W, b) takes a step on the support's mean loss(h(x_up, i_s; omega), r_s)
    task        omega_up = omega * k(x_up) takes steps on its mean loss(h(x_up, i_s; omega_up), r_s)
    fusion      x_u = sum_p a_p x_up, omega_u likewise;  a_p = softmax over p of minus that loss
    f(u, i_q) = h(x_u, u, i_q; omega_u),  by its loss W, b, omega, k and the embeddings learn

Meta-paths: the rated items themselves; items with common raters in training; items that share a
value, for the two content fields with the most values (directors and actors of films, authors of
books). s: leaky relu; k: sigmoids of a linear layer. Lu, Fang, Shi: Meta-learning on Heterogeneous
Information Networks for Cold-start Recommendation (MetaHIN), KDD 2020, section 4: contexts in the
tasks, co-adaptation by semantics and by task, fusion of the meta-paths.

Departures, each with its reason:
- a context has at most `context` items for each rated one, those most like it (cosine of shared
  values or raters), for all: popular films share a rater with nearly every other;
- the mean of a context is taken before s, not after: a user then costs what his ratings cost,
  whatever the contexts hold; and it is a mean of means over rated items, not of their union;
- queries are predicted from the contexts of the support, where the paper adds those of the query
  items: what else a user is asked about may not matter here;
- h reads the user's content as well (the paper's x_u is made of items alone), k has a number
  for each unit of a layer, not for each weight, and is 2 sigmoid, so that it starts near 1;
- the path by raters counts a training user's own ratings too; it holds no value of a rating; with
  `item_id` a training task that hides its items' ids still has this path; a cold item has none;
- as all neural learners here: absolute error, content embeddings, two layers of 64, AdamW with a
  falling rate and averaged weights, half of a user's ratings as queries; five first-order steps on
  omega, not one with second derivatives (`first_order: false`).
Axes: B tasks, P meta-paths, S support, Q queries, M distinct items, I items, W item width.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import torch
from pydantic import Field
from torch.nn.functional import embedding, embedding_bag, leaky_relu

from baselines.episodic_base import Episodic
from baselines.inner_loop import InnerConfig, InnerLoss
from baselines.layers import Linear
from baselines.losses import pointwise
from baselines.maml.semantic_contexts import (
    informative,
    neighbours,
    ratings_incidence,
    values_incidence,
)
from baselines.network import Content, Decision
from coldbench import (
    Array,
    Catalogue,
    Choice,
    Dimension,
    Domain,
    EpisodeBatch,
    LearnerConfig,
    Real,
    TrainingData,
    Whole,
)

__all__ = ["MetaHIN", "MetaHINConfig", "MetaHINNetwork"]

Layers = list[torch.Tensor]  # weight [..., in, out] and bias [..., 1, out] of each, in turn
RATED, RATERS = 0, 1  # the first two meta-paths


class MetaHINConfig(InnerConfig):
    """Options of the network, the outer optimiser, the episodes and both inner loops."""

    fields: int = Field(2, ge=0, description="content fields with a meta-path: as the paper")
    context: int = Field(8, ge=1, description="items that a rated item leads to, at most")
    latent: int = Field(32, ge=1, description="size of x_up")
    semantic_rate: float = Field(0.05, ge=0, description="of the step on phi")
    inner_steps: int = Field(5, ge=0, description="on omega; validation on ML-100K: .836 (1: .870)")
    space: ClassVar[Mapping[str, Dimension]] = {
        **InnerConfig.space,
        "context": Choice((4, 8, 16)),
        "latent": Choice((16, 32, 64)),
        "semantic_rate": Real(1e-3, 0.5, log=True),
        "inner_steps": Whole(1, 10),
    }


class MetaHINNetwork(Content):
    """phi, omega and k, and the table of contexts: int64 [P, I, 1 + K], each item first in its
    own, -1 where it has fewer."""

    context: torch.Tensor

    def __init__(self, domain: Domain, c: MetaHINConfig, rng: np.random.Generator) -> None:
        super().__init__(domain, c, rng)
        self.decision = Decision((c.latent + self.width, *c.hidden, 1), rng)
        self.semantics = Linear(self.item.width, c.latent, rng)
        self.gates = Linear(c.latent, sum(c.hidden) + 1, rng)
        self.sizes = [*c.hidden, 1]
        fields = informative(domain.catalogue.item_fields, c.fields)
        none = np.full((domain.catalogue.n_items, c.context), -1)
        found = [none, none]
        found += [neighbours(values_incidence(field), c.context, rng) for field in fields]
        self.register_buffer("context", torch.from_numpy(_with_itself(found)))
        self.to(domain.device)

    def see_raters(self, data: TrainingData, n_users: int, rng: np.random.Generator) -> None:
        """Before the first epoch: which items have common raters."""
        _, n, size = self.context.shape
        incidence = ratings_incidence(data.item, data.user, n, n_users)
        found = torch.from_numpy(neighbours(incidence, size - 1, rng))
        self.context[RATERS, :, 1:] = found.to(self.context.device)

    def extend(self, old: Catalogue, new: Catalogue) -> None:
        """New items lead to themselves alone."""
        super().extend(old, new)
        paths, n, size = self.context.shape
        added = np.full((new.n_items - n, size - 1), -1)
        more = torch.from_numpy(_with_itself([added] * paths, n)).to(self.context.device)
        self.context = torch.cat([self.context, more], 1)

    def omega(self) -> Layers:
        """The layers of h."""
        found: Layers = []
        for layer in range(self.decision.depth):
            found.append(self.decision.get_parameter(f"weight{layer}"))
            found.append(self.decision.get_parameter(f"bias{layer}")[None])
        return found

    def gated(self, user: torch.Tensor) -> Layers:
        """omega * k(x), from x [B, P, latent]."""
        gates = (2 * self.gates(user).sigmoid())[..., None, :].split(self.sizes, -1)
        return [part * gates[place // 2] for place, part in enumerate(self.omega())]

    def look_around(
        self, batch: EpisodeBatch, generator: torch.Generator | None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Embeddings of the items of all cells, [B, S + Q, W], and the means of the supports'
        contexts, [B, P, S, W]; each item is embedded once."""
        distinct, position = batch.distinct
        paths, n, size = self.context.shape
        near = self.context[:, distinct % n]  # a hidden id is that of item - n
        near[..., 0] = distinct
        weight = (near >= 0).float()
        weight = weight / weight.sum(-1, keepdim=True)
        wanted, place = torch.unique(near.clamp(min=0), return_inverse=True)
        table = self.item(wanted, generator)
        flat = place.view(-1, size), table, weight.view(-1, size).to(table.dtype)
        mean = embedding_bag(flat[0], flat[1], per_sample_weights=flat[2], mode="sum")
        known = position[:, : batch.support_item.shape[1]]
        row = torch.arange(paths, device=known.device)[:, None] * len(distinct) + known[:, None]
        return embedding(position, table[place[RATED, :, 0]]), embedding(row, mean)


def _with_itself(found: Sequence[Array], first: int = 0) -> Array:
    """Neighbours [I, K] by path, each item before its own: [P, I, 1 + K]."""
    own = np.arange(first, first + len(found[0]))[:, None]
    return np.stack([np.concatenate([own, one], 1) for one in found])


def scores(layers: Layers, user: torch.Tensor, item: torch.Tensor) -> torch.Tensor:
    """Output of the layers: user [..., L], item [..., n, W] -> [..., n]."""
    weight, split = layers[0], user.shape[-1]
    x = user[..., None, :] @ weight[..., :split, :] + item @ weight[..., split:, :] + layers[1]
    for weight, bias in zip(layers[2::2], layers[3::2], strict=True):
        x = x.relu() @ weight + bias
    return x[..., 0]


class MetaHIN(Episodic[MetaHINNetwork]):
    """Several semantic contexts of a user's ratings, each adapted to the user, then fused."""

    Config: ClassVar[type[LearnerConfig]] = MetaHINConfig
    config: MetaHINConfig

    def build(self, rng: np.random.Generator) -> MetaHINNetwork:
        return MetaHINNetwork(self.domain, self.config, rng)

    def train_epoch(
        self, data: TrainingData, epoch: int, rng: np.random.Generator
    ) -> Mapping[str, Any]:
        if self.optimiser is None:
            self.network.see_raters(data, self.domain.catalogue.n_users, rng)
        return super().train_epoch(data, epoch, rng)

    def output(
        self,
        network: MetaHINNetwork,
        batch: EpisodeBatch,
        generator: torch.Generator | None = None,
    ) -> torch.Tensor:
        further = torch.is_grad_enabled() and not self.config.first_order
        item, context = network.look_around(batch, generator)
        n = batch.support_item.shape[1]
        with torch.enable_grad():
            task = Task(network, self.config, batch, generator, item[:, :n], context, further)
            omega, user = task.fused()
        output: torch.Tensor = scores(omega, user, item[:, n:])
        return output


class Task:
    """The tasks of a batch, by meta-path: co-adaptation to their supports."""

    def __init__(
        self,
        network: MetaHINNetwork,
        c: MetaHINConfig,
        batch: EpisodeBatch,
        generator: torch.Generator | None,
        item: torch.Tensor,
        context: torch.Tensor,
        further: bool,
    ) -> None:
        """further: whether the steps are to be differentiated in turn."""
        self.network, self.config, self.further = network, c, further
        self.known = network.user(batch.user, generator)[:, None]
        self.item, self.context = item[:, None], context
        self.inner = InnerLoss.of(network, batch, c.inner_loss, c.delta, c.inner_shrink)
        count = batch.support_mask.sum(1, keepdim=True).clamp(min=1)
        self.share = (batch.support_mask / count).to(item.dtype)

    def user(self, weight: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
        """x, from phi's [B, P, latent, W] and [B, P, 1, latent]: [B, P, latent]."""
        seen = leaky_relu(self.context @ weight.transpose(-1, -2) + bias)
        return torch.einsum("bpsd,bs->bpd", seen, self.share)

    def losses(self, omega: Layers, user: torch.Tensor) -> torch.Tensor:
        """Of the support, [B, P]."""
        known = self.known.expand(*user.shape[:2], -1)
        output = scores(omega, torch.cat([user, known], -1), self.item)
        error = output - self.inner.value[:, None]
        found = pointwise(self.inner.kind, error, self.inner.delta) * self.inner.weight[:, None]
        return found.sum(-1)

    def descended(
        self, values: Layers, loss: Callable[[Layers], torch.Tensor], rate: float, steps: int = 1
    ) -> Layers:
        """The values after SGD steps; in first order the steps are constants of the graph."""
        moved = values if self.further else [v.detach().clone().requires_grad_() for v in values]
        for _ in range(steps):
            slopes = torch.autograd.grad(loss(moved).sum(), moved, create_graph=self.further)
            if self.further:
                moved = [v - rate * slope for v, slope in zip(moved, slopes, strict=True)]
            else:
                with torch.no_grad():
                    torch._foreach_add_(moved, slopes, alpha=-rate)
        if self.further:
            return moved
        return [v + (m.detach() - v.detach()) for v, m in zip(values, moved, strict=True)]

    def adapted(self) -> tuple[Layers, torch.Tensor]:
        """omega_up and x_up."""
        network, c = self.network, self.config
        shape = self.context.shape[:2]
        phi = [p.expand(*shape, *p.shape) for p in self._phi()]
        common = network.omega()
        phi = self.descended(phi, lambda p: self.losses(common, self.user(*p)), c.semantic_rate)
        user = self.user(*phi)

        def loss(omega: Layers) -> torch.Tensor:
            return self.losses(omega, user if self.further else user.detach())

        return self.descended(network.gated(user), loss, c.inner_rate, c.inner_steps), user

    def fused(self) -> tuple[Layers, torch.Tensor]:
        """omega_u, and [x_u, e_u]."""
        omega, user = self.adapted()
        share = (-self.losses(omega, user)).softmax(1)
        own = [torch.einsum("bp,bpio->bio", share, part) for part in omega]
        x = torch.einsum("bp,bpd->bd", share, user)
        return own, torch.cat([x, self.known[:, 0]], 1)

    def _phi(self) -> Layers:
        layer = self.network.semantics
        assert layer.bias is not None
        return [layer.weight, layer.bias[None]]
