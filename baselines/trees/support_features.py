"""The features of a query for the trees: content, and statistics of its item's and user's ratings.

With e_u' the residuals of `bias`, y_s = r_us - mu - b_s - b_u on the support, and k_f(q, s) the
number of ids that items q and s share in field f (genres, directors, a certificate):

    user:   content; n support ratings; shrunk mean of r - mu and of r - mu - b_s; deviation of r
    item:   content; n training ratings; b_q
    both:   b_q + b_u; and for each field the user's shrunk mean residual on what the query has,
            sum_s k_f y_s / (sum_s k_f + shrink), and the evidence sum_s k_f

In training a target is in its item's mean. `Statistics.of` takes it out again (leave one out):
the user's own rating leaves the item's sum, so that every training user is seen as a new one.
Axes: B tasks, S support, Q query, F features.
"""

from typing import NamedTuple

import numpy as np
import torch

from baselines.closed_form.bias import item_biases, user_biases
from baselines.content_features import content_features
from coldbench import Domain, Episode, EpisodeBatch, TrainingData, category_ids

__all__ = ["Content", "Statistics", "features", "leave_one_out"]


class Content(NamedTuple):
    """user [U, .], item [I, .]: float32 columns; ids: int64 [I, L], one for each field of ids."""

    user: torch.Tensor
    item: torch.Tensor
    ids: list[torch.Tensor]

    @classmethod
    def of(cls, domain: Domain, most_ids: int, like: Domain | None = None) -> "Content":
        """That of a domain; like: the domain whose numbers say what is standard."""
        known, standard = domain.catalogue, (like or domain).catalogue
        sides = (
            (known.user_fields, known.n_users, most_ids, standard.user_fields),
            (known.item_fields, known.n_items, most_ids, standard.item_fields),
        )
        user, item = (content_features(*side).astype(np.float32) for side in sides)
        fields = [field for field in known.item_fields if field.kind != "number"]
        ids = [torch.from_numpy(category_ids(field)[0]) for field in fields]
        return cls(torch.from_numpy(user), torch.from_numpy(item), ids)


class Statistics(NamedTuple):
    """Bias and number of training ratings of items: of all, float32 [I], or of cells, [B, n]."""

    bias: torch.Tensor
    number: torch.Tensor

    @classmethod
    def train(
        cls, data: TrainingData, n_items: int, mean: float, item: float, user: float
    ) -> tuple["Statistics", torch.Tensor]:
        """Of all items, with the biases of training users by user id, float32 [largest id + 1];
        item, user: the shrinkages."""
        bias = item_biases(data, n_items, mean, item, user, 10)
        own = np.zeros(int(data.task_user.max()) + 1, np.float32)
        own[data.task_user] = user_biases(data, mean, bias, user)[1]
        rated = data.item[data.lists.rows]
        count = np.bincount(rated, minlength=n_items).astype(np.float32)
        columns = bias.astype(np.float32), count
        return cls(*map(torch.from_numpy, columns)), torch.from_numpy(own)

    def of(self, item: torch.Tensor) -> "Statistics":
        """Those of the items of cells, int64 [B, n]."""
        return Statistics(self.bias[item], self.number[item])

    def without(self, residual: torch.Tensor, shrink: float) -> "Statistics":
        """Of cells, when each cell's own rating, with `residual` = r - mu - b_u, is left out."""
        total = self.bias * (self.number + shrink) - residual
        left = (self.number - 1).clamp(min=0)
        return Statistics(total / (left + shrink).clamp(min=1e-9) * (left > 0), left)

    def hidden(self, tasks: torch.Tensor) -> "Statistics":
        """Nothing known of any item of the tasks marked True, bool [B]."""
        return Statistics(*(part * ~tasks[:, None] for part in self))


def leave_one_out(
    known: Statistics, episode: Episode, mean: float, own: torch.Tensor, shrink: float
) -> tuple[Statistics, Statistics]:
    """Statistics of an episode's support and query cells without the user's own ratings."""
    batch, bias = episode.batch, own[episode.batch.user][:, None]
    support = known.of(batch.support_item).without(batch.support_value - mean - bias, shrink)
    return support, known.of(batch.query_item).without(episode.target - mean - bias, shrink)


def features(
    content: Content,
    batch: EpisodeBatch,
    support: Statistics,
    query: Statistics,
    mean: float,
    shrink_user: float,
    shrink_taste: float,
) -> tuple[torch.Tensor, torch.Tensor]:
    """The features of each query, [B, Q, F], and the prediction of `bias` for it, [B, Q]."""
    mask = batch.support_mask.double()  # a threshold makes a jump of what padding rounds
    n = mask.sum(1)
    value = (batch.support_value - mean) * mask
    residual = (batch.support_value - mean - support.bias) * mask
    level, own = value.sum(1) / (n + shrink_user), residual.sum(1) / (n + shrink_user)
    spread = ((value - level[:, None]).square() * mask).sum(1) / n.clamp(min=1)
    baseline = query.bias + own[:, None]
    residual = (residual - own[:, None]) * mask
    of_user = torch.stack([n, level, own, spread.sqrt()], 1)
    of_user = torch.cat([of_user, content.user[batch.user]], 1)
    width = batch.query_item.shape[1]
    columns = [query.number, query.bias, baseline]
    for ids in content.ids:
        shared = _shared(ids[batch.query_item], ids[batch.support_item]) * mask[:, None]
        evidence = shared.sum(2)
        taste = (shared @ residual[..., None])[..., 0] / (evidence + shrink_taste)
        columns += [taste, evidence]
    parts = [of_user[:, None].expand(-1, width, -1), content.item[batch.query_item]]
    x = torch.cat([torch.stack(columns, 2), *parts], 2)
    return x.float(), (mean + baseline).float()


def _shared(query: torch.Tensor, support: torch.Tensor) -> torch.Tensor:
    """How many known ids items share: query [B, Q, L], support [B, S, L] -> [B, Q, S]."""
    shared = torch.zeros((*query.shape[:2], support.shape[1]), dtype=torch.int32)
    others = support.int().masked_fill(support == 0, -1).unbind(2)  # no query has an id of -1
    for one in query.int().unbind(2):
        same = one[:, :, None] == others[0][:, None]
        for other in others[1:]:  # a pass each: `any` over a short last axis takes longer
            same |= one[:, :, None] == other[:, None]
        shared += same
    return shared.double()
