"""Item-based nearest neighbours on the user's support, over the biases.

    r_ui = b_ui + sum_j s_ij (r_uj - b_uj) / (shrink + sum_j s_ij)
    b_ui = mu + b_i + b_u;   j: the k support items of largest s_ij > 0 (ties share)

    s_ij = (n_ij rho_ij + damp * prior * c_ij) / (n_ij + damp)

n_ij: training users who rated both; rho_ij: the correlation of their residuals from `bias`
(Koren 2010, sections 2.1 and 2.2: equation 3 is the first line, and n / (n + damp) shrinks the
correlation); c_ij: cosine of the items' content. Departures from Koren 2010: the correlation is
shrunk towards content and not towards 0, so that cold items (n_ij = 0) have neighbours too; the
denominator has `shrink`, which pulls a prediction from few or distant neighbours to b_ui; b_u
comes from the support, never from training. `shift`: to the median, as in `ridge`, measured on
ratings that b_i and rho were fitted to (`bmf` leaves their users out).
Axes: I items, U training users, D content, P pairs of items with a common user.
"""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import torch
from pydantic import Field
from scipy.sparse import csr_array

from baselines.closed_form.bias import Shrinkage, item_biases, support_bias, user_biases
from baselines.closed_form.median_shift import median_residual
from baselines.content_features import content_features
from coldbench import (
    Array,
    Dimension,
    Domain,
    EpisodeBatch,
    Learner,
    LearnerConfig,
    Real,
    TrainingData,
    Whole,
)

__all__ = ["KNN", "KNNConfig", "common_users", "nearest", "residuals"]

TIE = 1e-6  # similarities closer than this are equal but for rounding


class KNNConfig(Shrinkage):
    """Options of `bias`, and those of the neighbours. Validation: .793 against .799 with the
    shrinkages of `bias` and a prior of .3."""

    shrink_item: float = Field(2.0, ge=0)
    shrink_user: float = Field(5.0, ge=0)
    neighbours: int = Field(20, ge=1)
    damp: float = Field(30.0, gt=0, description="content counts as so many common users")
    prior: float = Field(0.1, ge=0, le=1, description="similarity of two items with equal content")
    shrink: float = Field(1.0, gt=0, description="total similarity that halves the correction")
    most_ids: int = Field(100, ge=2, description="fields with more ids are left out")
    most_ratings: int = Field(
        2500,
        ge=2,
        description="users with more are left out: their pairs grow with the square",
    )
    median_shift: bool = Field(True, description="off: the mean of least squares")
    space: ClassVar[Mapping[str, Dimension]] = {
        **Shrinkage.space,
        "neighbours": Whole(5, 50, log=True),
        "damp": Real(3, 300, log=True),
        "prior": Real(0.0, 0.5),
        "shrink": Real(0.1, 5, log=True),
    }


class KNN(Learner):
    """Item-based nearest neighbours over biases; similarity from ratings, or content when cold."""

    Config: ClassVar[type[LearnerConfig]] = KNNConfig
    config: KNNConfig

    def __init__(self, config: KNNConfig, domain: Domain, rng: np.random.Generator) -> None:
        super().__init__(config, domain, rng)
        n = domain.catalogue.n_items
        content = content_features(domain.catalogue.item_fields, n, config.most_ids)
        self.content = _unit(content)
        self.mean = domain.scale.middle
        self.shift = 0.0
        self.item = torch.zeros(n)
        self.pair = torch.zeros(0, dtype=torch.int64)  # [P], i * I + j, ascending
        self.count, self.rho = torch.zeros(0), torch.zeros(0)  # [P]

    def train_epoch(
        self, data: TrainingData, epoch: int, rng: np.random.Generator
    ) -> Mapping[str, float]:
        c = self.config
        if not len(data.value):
            return {}
        self.mean = float(data.value.mean(dtype=np.float64))
        bias = item_biases(data, len(self.item), self.mean, c.shrink_item, c.shrink_user, c.sweeps)
        self.item = torch.from_numpy(bias.astype(np.float32)).to(data.device)
        self.content = self.content.to(data.device)
        residual = residuals(data, self.mean, bias, c.shrink_user)
        pairs = common_users(data, residual, len(self.item), c.most_ratings)
        self.pair, self.count, self.rho = (torch.from_numpy(a).to(data.device) for a in pairs)
        if c.median_shift:
            self.shift = median_residual(self._expected, data, rng)
        return {"shift": self.shift, "pairs": float(len(self.pair))}

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        return self._expected(batch) + self.shift

    def extend(self, domain: Domain) -> None:
        known, fields = self.domain.catalogue.item_fields, domain.catalogue.item_fields
        old, n = len(self.item), domain.catalogue.n_items
        added = _unit(content_features(fields, n, self.config.most_ids, known)[old:])
        self.content = torch.cat([self.content, added.to(self.content)])
        self.item = torch.nn.functional.pad(self.item, (0, n - old))
        self.pair = self.pair // old * n + self.pair % old
        self.domain = domain

    def similarity(self, query: torch.Tensor, support: torch.Tensor) -> torch.Tensor:
        """s_ij of each query with each support item: [B, Q], [B, S] -> [B, Q, S]."""
        cosine = self.content[query] @ self.content[support].mT
        n, rho = torch.zeros_like(cosine), torch.zeros_like(cosine)
        if len(self.pair):
            key = query[:, :, None] * len(self.item) + support[:, None]
            position = torch.searchsorted(self.pair, key).clamp(max=len(self.pair) - 1)
            known = self.pair[position] == key
            n, rho = self.count[position] * known, self.rho[position]
        damp = self.config.damp
        return (n * rho + damp * self.config.prior * cosine) / (n + damp)

    def _expected(self, batch: EpisodeBatch) -> torch.Tensor:
        """The prediction before the shift, float32 [B, Q]."""
        mask = batch.support_mask
        residual, user = support_bias(batch, self.mean, self.item, self.config.shrink_user)
        residual = (residual - user[:, None]) * mask
        weight = self.similarity(batch.query_item, batch.support_item).clamp(min=0)
        weight = weight * mask[:, None]
        weight = weight * nearest(weight, self.config.neighbours)
        correction = (weight * residual[:, None]).sum(2) / (self.config.shrink + weight.sum(2))
        return self.mean + self.item[batch.query_item] + user[:, None] + correction


def _unit(content: Array) -> torch.Tensor:
    """Rows of length 1 (0 without content), float32 [n, D]."""
    length = np.linalg.norm(content, axis=1, keepdims=True)
    return torch.from_numpy((content / np.maximum(length, 1e-9)).astype(np.float32))


def nearest(weight: torch.Tensor, k: int) -> torch.Tensor:
    """How much each cell of [..., S] counts among the k largest: 1, 0, or an equal share of the
    last places for those that tie for them. Neither the order of items with equal content nor
    rounding in a batch's products may decide."""
    k = min(k, weight.shape[-1])
    last = weight.topk(k).values[..., -1:]
    above, tied = weight > last + TIE, (weight - last).abs() <= TIE
    left = k - above.sum(-1, keepdim=True)
    return above + tied * (left / tied.sum(-1, keepdim=True).clamp(min=1))


def residuals(data: TrainingData, mean: float, item: Array, shrink_user: float) -> Array:
    """r_ui - b_ui of the training ratings, in the order of `data.lists`, float64 [n]."""
    residual, user = user_biases(data, mean, item, shrink_user)
    return residual - user[data.lists.owner]


def common_users(
    data: TrainingData, residual: Array, n_items: int, most_ratings: int
) -> tuple[Array, Array, Array]:
    """Pairs i * I + j with a common user, ascending, int64 [P]; their n_ij and rho_ij, float32.

    rho is the cosine of the two items' residuals over the users they share.
    """
    owner, lengths = data.lists.owner, data.lists.lengths
    few = (lengths <= most_ratings)[owner]
    item = data.item[data.lists.rows][few]
    shape = len(lengths), n_items

    def table(values: Array) -> csr_array:
        return csr_array((values[few], (owner[few], item)), shape)

    one, value, square = table(np.ones(len(residual))), table(residual), table(residual**2)
    count = (one.T @ one).tocsr().sorted_indices()
    i, j = count.nonzero()
    product, power = (value.T @ value).tocsr()[i, j], (square.T @ one).tocsr()
    rho = product / np.maximum(np.sqrt(power[i, j] * power[j, i]), 1e-9)
    key = i.astype(np.int64) * n_items + j
    return key, count.data.astype(np.float32), rho.astype(np.float32)
