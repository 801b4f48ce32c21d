"""The whole network of B tasks, embeddings and all, in the form in which adapting it is cheap.

`decision_layers` adapts the decision layers; here every parameter may move. Decision layers get
a leading task axis. A task's own embedding tables are never formed. With a_z the row that says
how cell z reads a table T of ids (one-hot; for a set, shares of its members), e_z = a_z T, and a
step of SGD on T, with G_b [S, D] the gradient by the support's embeddings, gives

    T_b <- T - rate * A_b' G_b      so      e_z <- e_z + (a_z A_b') M_b,    M_b the sum of -rate G_b

a_z A_b' [S] counts the ids that z shares with each cell of the support. `item_move` and
`user_move` are what an optimiser sees: zeros added to the embeddings, which hold -rate G_b after
a step; `fold` spreads them over all cells that share ids. This is SGD on the tables, to the last
digit but rounding. Axes: B tasks, S support, Q query, F fields, D embedding, H hidden, L ids.
"""

from typing import Any

import torch
from scipy.sparse import csr_array
from torch.nn.functional import embedding, pad

from baselines.decision_layers import rows
from baselines.inner_loop import Adaptable
from baselines.network import ContentNetwork
from coldbench import ContentEmbedding, EpisodeBatch, known_ids

__all__ = ["WholeLayers", "dense_products", "shared_ids", "sparse_products"]

FEW = 64  # ids of a field that are multiplied cell by cell, occurring or not


class WholeLayers(Adaptable):
    """Parameters: `weight{l}` [B, in, out] and `bias{l}` [B, 1, out], and with `embeddings` the
    moves `user_move` [B, 1, F D] and `item_move` [B, S, F D] as well."""

    def __init__(
        self,
        network: ContentNetwork,
        batch: EpisodeBatch,
        generator: torch.Generator | None = None,
        embeddings: bool = True,
    ) -> None:
        super().__init__()
        self.depth, self.size = network.decision.depth, network.item.size
        self.n, self.embeddings = batch.support_item.shape[1], embeddings
        distinct, position = batch.distinct
        user_ids, of_user = _read(network.user, batch.user, generator)
        item_ids, of_item = _read(network.item, distinct, generator)
        self.e_user, self.e_item = of_user[:, None], embedding(position, of_item)
        if embeddings:
            dtype = of_user.dtype
            one = torch.arange(len(batch), device=batch.user.device)[:, None]
            self.user_shares = [shared_ids(*of, one, 1, dtype) for of in user_ids]
            self.item_shares = [shared_ids(*of, position, self.n, dtype) for of in item_ids]
            self._no_moves()
        for name, value in network.decision.named_parameters():
            row = value if value.dim() == 2 else value[None]
            self.own(name, row.expand(len(batch), -1, -1))

    def forward(self, query: bool = False) -> torch.Tensor:
        own: dict[str, Any] = self._parameters
        e_user, cells = self.e_user, slice(self.n, None) if query else slice(self.n)
        e_item = self.e_item[:, cells]
        if self.embeddings and not query:
            e_user, e_item = e_user + own["user_move"], e_item + own["item_move"]
        weight, split = own["weight0"], e_user.shape[-1]
        of_user = torch.baddbmm(own["bias0"], e_user, weight[:, :split])
        values = of_user + torch.bmm(e_item, weight[:, split:])
        for layer in range(1, self.depth):
            values = torch.baddbmm(own[f"bias{layer}"], values.relu(), own[f"weight{layer}"])
        return values[..., 0]

    def fold(self) -> None:
        if not self.embeddings:
            return
        own: dict[str, Any] = self._parameters
        self.e_user = self.e_user + self._spread(self.user_shares, own["user_move"])
        self.e_item = self.e_item + self._spread(self.item_shares, own["item_move"])
        self._no_moves()

    def _no_moves(self) -> None:
        self.own("user_move", torch.zeros_like(self.e_user, requires_grad=True))
        self.own("item_move", torch.zeros_like(self.e_item[:, : self.n], requires_grad=True))

    def _spread(self, shares: list[torch.Tensor], move: torch.Tensor) -> torch.Tensor:
        """What a step on the tables adds to each cell, from what it adds to the support's."""
        if not shares:
            return torch.zeros_like(move[:, :1])
        fields = torch.split(move, self.size, -1)
        return torch.cat([torch.bmm(s, m) for s, m in zip(shares, fields, strict=True)], -1)


def shared_ids(
    ids: torch.Tensor, count: int, position: torch.Tensor, n: int, dtype: torch.dtype
) -> torch.Tensor:
    """a_z a_s' of each cell z and the first n cells s, [B, C, n].

    ids: those of M users or items, int64 [M, L], all below count; position: the one in each cell,
    int64 [B, C].
    """
    if ids.shape[1] == 1:
        own = ids[:, 0][position]
        return (own[:, :, None] == own[:, None, :n]).to(dtype)
    share = known_ids(ids, dtype)
    share = share / share.sum(1, keepdim=True)
    if count <= FEW:
        read = rows(share.new_zeros(len(ids), count).scatter_add_(1, ids, share), position)
        return torch.bmm(read, read[:, :n].mT)
    alike = (dense_products if ids.is_cuda else sparse_products)(ids, count, share)
    cell = position[:, :, None] * len(ids) + position[:, None, :n]
    return alike.flatten().index_select(0, cell.flatten()).view(cell.shape)


def sparse_products(ids: torch.Tensor, count: int, share: torch.Tensor) -> torch.Tensor:
    """A A' [M, M], from the ids that occur alone: a product of two sparse matrices."""
    known = share > 0
    first = pad(known.sum(1).cumsum(0), (1, 0))
    parts = (tensor.numpy() for tensor in (share[known], ids[known], first))
    a = csr_array(tuple(parts), shape=(len(ids), count))
    return torch.from_numpy((a @ a.T).toarray())


def dense_products(ids: torch.Tensor, count: int, share: torch.Tensor) -> torch.Tensor:
    """The same over all ids: many more products, of shapes that a GPU knows without waiting."""
    rows = share.new_zeros(len(ids), count).scatter_add_(1, ids, share)
    return rows @ rows.T


def _read(
    side: ContentEmbedding, index: torch.Tensor, generator: torch.Generator | None
) -> tuple[list[tuple[torch.Tensor, int]], torch.Tensor]:
    """The ids of users or items, with the number of ids of their field, and their embeddings
    [n, F D], both under the same dropout."""
    ids = side.ids(index, generator)
    counts = [len(weight) for weight in side.weights]
    return list(zip(ids, counts, strict=True)), side.embed(ids) if ids else side(index)
