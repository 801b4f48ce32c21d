"""The first layer and the embeddings of B tasks under steps of first order, each task's its own.

`whole_network` states such a step by parameters that an optimiser moves; here it is taken by
hand. With X_b [S, F D] the embeddings of a support's items, u_b those of its user, W = [W_u; W_i]
the first layer, delta_b -rate times the gradient by its values and d_b = sum_s delta_bs, a step of
SGD on W and on all tables of ids is (old values on the right)

    X_b <- X_b + P_b (delta_b W_ib')        W_ib <- W_ib + X_b' delta_b
    u_b <- u_b + p_b * (d_b W_ub')          W_ub <- W_ub + u_b' d_b

P_b: what each two cells share of their ids, by field. Rows of a table that no cell of the task
reads are not there at all, and W_ub, which one row reads, stays a sum: W_u + sum_k u_bk' d_bk. No
graph needs the old values, so W_ib and X_b change in place.
Axes: B tasks, C cells of a task, S support, F fields, D embedding, H hidden.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch

from baselines.decision_layers import rows
from baselines.maml.whole_network import shared_ids
from baselines.network import ContentNetwork
from coldbench import ContentEmbedding, EpisodeBatch, known_ids

__all__ = ["AdaptedCells", "DrawnIds"]

Ids = Sequence[torch.Tensor]


class DrawnIds(NamedTuple):
    """The ids of each field, int64 [n, L], of a batch's users and of its M distinct items."""

    user: Ids
    item: Ids
    items: int

    @classmethod
    def of(
        cls, network: ContentNetwork, batch: EpisodeBatch, generator: torch.Generator | None
    ) -> "DrawnIds":
        """Under one dropout; without a generator under none."""
        users, distinct = network.user.ids(batch.user, generator), batch.distinct[0]
        return cls(users, network.item.ids(distinct, generator), len(distinct))


class AdaptedCells:
    """What the first layer of B tasks reads and gives.

    position: the item of each cell, int64 [B, C], of which the first n are the ones to adapt on.
    e_user [B, F D] and e_item [M, F D]: embeddings of users and distinct items, with their graph.
    user [B, F D], item [B, n, F D]: those that a task has made of them by now.
    """

    def __init__(
        self, network: ContentNetwork, ids: DrawnIds, position: torch.Tensor, n: int
    ) -> None:
        self.weight = network.decision.get_parameter("weight0")
        self.bias = network.decision.get_parameter("bias0")
        self.position, self.n, self.size = position, n, network.item.size
        self.e_user = self._embedded(network.user, ids.user, len(position))
        self.e_item = self._embedded(network.item, ids.item, ids.items)
        with torch.no_grad():
            self.own_share = _shares_of_one(ids.user, self.e_user)
            counts = [len(weight) for weight in network.item.weights]
            self.shares = _shares(ids.item, counts, position, n, self.weight.dtype)
            self._start()

    def _embedded(self, side: ContentEmbedding, ids: Ids, n: int) -> torch.Tensor:
        return side.embed(ids) if ids else self.weight.new_zeros(n, 0)

    def _start(self) -> None:
        split = self.e_user.shape[1]
        self.user_weight, self.item_weight = self.weight[:split], self.weight[split:]
        self.user, self.own_bias = self.e_user.detach(), self.bias.expand(len(self.position), -1)
        self.item = rows(self.e_item.detach(), self.position[:, : self.n])
        self.users, self.moves = self.user[:, None][:, :0], self.own_bias[:, None][:, :0]

    def of_user(self) -> torch.Tensor:
        """The part of the layer's values that all cells of a task have in common, [B, 1, H]."""
        user = self.user[:, None]
        own = torch.bmm(torch.bmm(user, self.users.mT), self.moves)
        return own + (self.user @ self.user_weight + self.own_bias)[:, None]

    def values(self, x: torch.Tensor) -> torch.Tensor:
        """The layer's values before relu for item embeddings [B, c, F D] -> [B, c, H]."""
        if self.item_weight.dim() == 2:
            return torch.matmul(x, self.item_weight) + self.of_user()
        return torch.baddbmm(self.of_user(), x, self.item_weight)

    def by_items(self, delta: torch.Tensor) -> torch.Tensor:
        """The gradient by the embeddings of items, from that by the values: [B, c, F D]."""
        return torch.matmul(delta, self.item_weight.mT)

    def by_user(self, total: torch.Tensor) -> torch.Tensor:
        """The gradient by those of the user, from the sum over his cells [B, H]: [B, F D]."""
        own = torch.bmm(torch.bmm(total[:, None], self.moves.mT), self.users)
        return torch.addmm(own[:, 0], total, self.user_weight.mT)

    def step(
        self, cells: slice, delta: torch.Tensor, total: torch.Tensor, of_user: torch.Tensor
    ) -> None:
        """A step on some of the first n cells, but that of the items' embeddings (`spread`).

        delta [B, c, H]: -rate times the gradient by their values; total: its sum over them;
        of_user: `by_user` of that.
        """
        x, weight = self.item[:, cells], self.item_weight
        if weight.dim() == 2:
            self.item_weight = torch.baddbmm(weight.expand(len(x), -1, -1), x.mT, delta)
        else:
            weight.baddbmm_(x.mT, delta)
        self.users = torch.cat([self.users, self.user[:, None]], 1)
        self.moves = torch.cat([self.moves, total[:, None]], 1)
        self.user = torch.addcmul(self.user, of_user, self.own_share)
        self.own_bias = self.own_bias + total

    def spread(self, x: torch.Tensor, to: slice, cells: slice, move: torch.Tensor) -> None:
        """Adds to the embeddings x [B, n, F D] of the cells `to`, in place, what a step on the
        tables adds, from what it would add to `cells` did each have ids of its own, [B, c, F D]."""
        shares = self.shares[:, :, to, cells]
        tasks, fields, n, c = shares.shape
        by_field = move.view(tasks, c, fields, self.size).transpose(1, 2)
        flat = by_field.reshape(tasks * fields, c, self.size)
        added = torch.bmm(shares.flatten(0, 1), flat).view(tasks, fields, n, self.size)
        x.view(tasks, n, fields, self.size).add_(added.transpose(1, 2))


def _shares(
    ids: Ids, counts: Sequence[int], position: torch.Tensor, n: int, dtype: torch.dtype
) -> torch.Tensor:
    """a_z a_s' of each cell z and the first n cells s, by field: [B, F, C, n]."""
    shares = position.new_empty(len(position), len(ids), position.shape[1], n, dtype=dtype)
    for field, (own, count) in enumerate(zip(ids, counts, strict=True)):
        shares[:, field] = shared_ids(own, count, position, n, dtype)
    return shares


def _shares_of_one(ids: Ids, e_user: torch.Tensor) -> torch.Tensor:
    """a_u a_u' of each user, over the places of his embeddings: [B, F D]."""
    share = torch.ones_like(e_user)
    for of_field, own in zip(share.chunk(max(len(ids), 1), 1), ids, strict=False):
        if own.shape[1] > 1:
            of_field /= known_ids(own, share.dtype).sum(1, keepdim=True)
    return share
