"""Users one after the other, as the released code has them: each may leave traces for the next.

With `restore` "weights" a user starts from phi's weights, but from the biases and input embeddings
that earlier users left; with `profile_at_test` "write" test users write M_P.
"""

import torch

from coldbench import ContentEmbedding, Episode, EpisodeBatch
from mamo.content import Cells, Content
from mamo.episode import Adapted
from mamo.local import LocalInputs
from mamo.model import Model

__all__ = ["Drift", "Drifting", "inputs_of", "leave_traces", "single", "single_episode"]


class Table:
    """Every embedding of users or items in one table, so that a user's few rows can be trained.

    rows int64 [n, F, L]: the rows of each entity's fields; share [n, F, L]: their part in the mean.
    """

    def __init__(self, embedding: ContentEmbedding) -> None:
        self.embedding = embedding
        self.values = torch.cat([weight.detach() for weight in embedding.weights])
        ids = [getattr(embedding, f"ids{field}") for field in range(len(embedding.weights))]
        length = max(table.shape[1] for table in ids)
        starts = torch.tensor([0, *map(len, embedding.weights)]).cumsum(0)
        padded = [torch.nn.functional.pad(table, (0, length - table.shape[1])) for table in ids]
        known = torch.stack([table > 0 for table in padded], 1).to(self.values)
        known[..., 0] += (known.sum(2) == 0).to(known)
        self.share = known / known.sum(2, keepdim=True)
        moved = [table + start for table, start in zip(padded, starts, strict=False)]
        self.rows = torch.stack(moved, 1)

    def pick(self, index: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """The distinct rows of the entities int64 [n], and the matrix [n * F, rows] of means."""
        chosen = self.rows[index].flatten(0, 1)
        rows, at = torch.unique(chosen, return_inverse=True)
        mean = self.values.new_zeros(len(chosen), len(rows))
        return rows, mean.scatter_add_(1, at, self.share[index].flatten(0, 1))

    def store(self) -> None:
        """Writes the table back into the embedding."""
        sizes = [len(weight) for weight in self.embedding.weights]
        with torch.no_grad():
            for weight, part in zip(
                self.embedding.weights, self.values.split_with_sizes(sizes), strict=True
            ):
                weight.copy_(part)


class Drift:
    """The tables of a model while its embeddings drift; `store` ends it."""

    def __init__(self, model: Model) -> None:
        self.user = Table(model.user) if model.user.width else None
        self.item = Table(model.item) if model.item.width else None

    def store(self) -> None:
        """Writes both tables back into the model."""
        for table in (self.user, self.item):
            if table is not None:
                table.store()


class Local:
    """Some entities' embeddings, trained by the local update: profile = mean @ values."""

    def __init__(self, table: Table | None, index: torch.Tensor, like: torch.Tensor) -> None:
        self.table = table
        self.values, self.constant = like.new_zeros(0, 1), like.new_ones(len(index), 1)
        if table is not None:
            self.rows, mean = table.pick(index)
            self.mean = self.used = mean.view(len(index), -1, len(self.rows))
            self.values = table.values[self.rows]

    def profile(self, part: slice = slice(None)) -> torch.Tensor:
        """[n, F * D]."""
        if self.table is None:
            return self.constant[part]
        self.used = self.mean[part].flatten(0, 1)
        return (self.used @ self.values).view(-1, self.mean.shape[1] * self.values.shape[1])

    def gradient(self, profile: torch.Tensor, into: torch.Tensor) -> None:
        """Of the values, from that of the profiles asked for last."""
        torch.mm(self.used.T, profile.reshape(-1, self.values.shape[1]), out=into)

    def keep(self) -> None:
        if self.table is not None:
            self.table.values[self.rows] = self.values


class Drifting:
    """The inputs of one user, B = 1, whose embeddings the local update trains and leaves behind."""

    splits = True

    def __init__(self, drift: Drift, batch: EpisodeBatch, like: torch.Tensor) -> None:
        items = torch.cat([batch.support_item[0], batch.query_item[0]])
        self.user = Local(drift.user, batch.user, like)
        self.item = Local(drift.item, items, like)
        self.masks = batch.support_mask, batch.query_mask

    def support(self, part: slice = slice(None)) -> Cells:
        """Support inputs, as trained so far."""
        first, last, _ = part.indices(self.masks[0].shape[1])
        return self._cells(self.item.profile(slice(first, last)), self.masks[0][:, part])

    def query(self) -> Cells:
        """Query inputs, as trained so far."""
        count = self.masks[0].shape[1]
        return self._cells(self.item.profile(slice(count, None)), self.masks[1])

    def _cells(self, item: torch.Tensor, mask: torch.Tensor) -> Cells:
        return Cells(self.user.profile()[:, None], item[None], mask, None)

    def _trained(self) -> list[Local]:
        return [local for local in (self.user, self.item) if local.table is not None]

    def tensors(self) -> list[torch.Tensor]:
        """The rows of the user's and the items' embeddings."""
        return [local.values for local in self._trained()]

    def adopt(self, tensors: list[torch.Tensor]) -> None:
        """Uses these in place of `tensors`: an optimiser changes them in place."""
        for local, values in zip(self._trained(), tensors, strict=True):
            local.values = values

    def gradient(self, user: torch.Tensor, item: torch.Tensor, into: list[torch.Tensor]) -> None:
        """Of `tensors`, from the gradients of p_u and p_i of the cells that `support` gave."""
        given = [g for local, g in ((self.user, user), (self.item, item)) if local.table]
        for local, gradient, written in zip(self._trained(), given, into, strict=True):
            local.gradient(gradient, written)

    def keep(self) -> None:
        """Leaves the trained embeddings to later users."""
        for local in self._trained():
            local.keep()


def leave_traces(model: Model, adapted: Adapted) -> None:
    """Where inputs drift: leaves the user's adapted embeddings and biases to later users."""
    if not isinstance(adapted.inputs, Drifting):
        return
    adapted.inputs.keep()
    network = model.network
    with torch.no_grad():
        for name, layer in adapted.theta.per_task.items():
            if layer.bias is not None:
                own = network.memory if name == "memory_item" else getattr(network, name)
                own.bias.copy_(layer.bias.reshape(-1))


def inputs_of(
    model: Model, batch: EpisodeBatch, drift: Drift | None, hide: torch.Generator | None
) -> LocalInputs:
    """The inputs of a batch, left alone, or (with `drift`, one user) drifting.

    With a generator `hide` (training) rare fields are hidden at random.
    """
    if drift is None:
        return Content(model, batch, hide)
    return Drifting(drift, batch, model.network.out.bias)


def single(batch: EpisodeBatch, task: int) -> EpisodeBatch:
    """One task of a batch, without its padding (at least one cell each)."""
    support = max(int(batch.support_mask[task].sum()), 1)
    query = max(int(batch.query_mask[task].sum()), 1)
    one = slice(task, task + 1)
    return EpisodeBatch(
        batch.user[one],
        batch.support_item[one, :support],
        batch.support_value[one, :support],
        batch.support_mask[one, :support],
        batch.query_item[one, :query],
        batch.query_mask[one, :query],
    )


def single_episode(episode: Episode, task: int) -> Episode:
    """The same with targets."""
    batch = single(episode.batch, task)
    return Episode(batch, episode.target[task : task + 1, : batch.query_mask.shape[1]])
