"""Predictors without a model: the mean or median of all, of the user's or of the item's ratings.

The floor under every other learner. A median is the lower one, so it always lies on the scale.
"""

from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np
import torch
from pydantic import Field

from coldbench import Domain, EpisodeBatch, Learner, LearnerConfig, TrainingData, Variant

__all__ = [
    "Global",
    "ItemMean",
    "Support",
    "global_mean",
    "global_median",
    "item_mean",
    "support_mean",
    "support_median",
]


class CentreConfig(LearnerConfig):
    """statistic: the mean is best for squared error, the median for absolute error."""

    statistic: Literal["mean", "median"] = "mean"


class Global(Learner):
    """One number for everything: the mean or median of the training ratings."""

    Config: ClassVar[type[LearnerConfig]] = CentreConfig
    config: CentreConfig

    def __init__(self, config: CentreConfig, domain: Domain, rng: np.random.Generator) -> None:
        super().__init__(config, domain, rng)
        self.centre = domain.scale.middle

    def train_epoch(
        self, data: TrainingData, epoch: int, rng: np.random.Generator
    ) -> Mapping[str, float]:
        value = torch.from_numpy(data.value.astype(np.float64))
        if len(value):
            middle = value.mean() if self.config.statistic == "mean" else value.median()
            self.centre = float(middle)
        return {}

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        shape, device = batch.query_mask.shape, batch.query_mask.device
        return torch.full(shape, self.centre, dtype=torch.float32, device=device)


class Support(Global):
    """The mean or median of the user's support ratings; without support, that of all ratings."""

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        mean = self.config.statistic == "mean"
        own = masked_mean(batch) if mean else masked_median(batch)
        known = batch.support_mask.any(1)
        row = torch.where(known, own, torch.full_like(own, self.centre))
        return row[:, None].expand(batch.query_mask.shape).clone()


class ItemMeanConfig(LearnerConfig):
    """shrink: weight of the global mean, in ratings; 0 is the plain mean of each item."""

    shrink: float = Field(0.0, ge=0)


class ItemMean(Learner):
    """The training mean of the item; the global mean for items that training never rated."""

    Config: ClassVar[type[LearnerConfig]] = ItemMeanConfig
    config: ItemMeanConfig

    def __init__(self, config: ItemMeanConfig, domain: Domain, rng: np.random.Generator) -> None:
        super().__init__(config, domain, rng)
        centre = domain.scale.middle
        self.mean = torch.full((domain.catalogue.n_items,), centre)

    def train_epoch(
        self, data: TrainingData, epoch: int, rng: np.random.Generator
    ) -> Mapping[str, float]:
        if len(data.value):
            n, centre = len(self.mean), data.value.mean(dtype=np.float64)
            count = np.bincount(data.item, minlength=n)
            total = np.bincount(data.item, weights=data.value - centre, minlength=n)
            mean = centre + total / np.maximum(count + self.config.shrink, 1e-9)
            self.mean = torch.from_numpy(mean.astype(np.float32)).to(data.device)
        return {}

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        return self.mean.to(batch.query_item.device)[batch.query_item]


def masked_mean(batch: EpisodeBatch) -> torch.Tensor:
    """Mean support rating of each task, float32 [B]; 0 without support."""
    mask = batch.support_mask.double()
    total = (batch.support_value.double() * mask).sum(1)
    return (total / mask.sum(1).clamp(min=1)).float()


def masked_median(batch: EpisodeBatch) -> torch.Tensor:
    """Lower median of the support ratings of each task, float32 [B]; arbitrary without support."""
    ordered = batch.support_value.masked_fill(~batch.support_mask, torch.inf).sort(1).values
    middle = (batch.support_mask.sum(1) - 1).clamp(min=0) // 2
    return ordered.gather(1, middle[:, None])[:, 0]


global_mean = Variant(Global, {"statistic": "mean"}, "the mean of all training ratings")
global_median = Variant(Global, {"statistic": "median"}, "the median of all training ratings")
support_mean = Variant(Support, {"statistic": "mean"}, "the mean of the user's support ratings")
support_median = Variant(Support, {"statistic": "median"}, "the median of the user's support")
item_mean = Variant(ItemMean, {}, "the training mean of the item, the global mean when unseen")
