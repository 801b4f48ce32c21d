"""Bayesian matrix factorisation with side information; a new user is folded in, sample by sample.

    r_ui = mean + sd (b_u + b_i + p_u . q_i) + noise        (baselines.factorisation.gibbs)
    prediction = shift + mean over samples s of E[r_ui | support, sample s]

Bayesian factorisation by Gibbs sampling: Salakhutdinov & Mnih, ICML 2008; with prior means that are
linear in content: Simm et al., Macau, 2017; with biases, as in libFM: Rendle, ACM TIST 2012. That
it is hard to beat when run with care: Rendle, Zhang, Koren 2019. Nothing is tuned but the number
of factors: shrinkages, noise and the weight of content are drawn with the rest.

A user's vector is never stored: warm or cold, it is N(P^-1 h, P^-1) given the support and a sample
of everything else, so that E is closed. A cold item has its prior's mean x_i W, also where the
support rates it: to count such ratings less, by the variance of its unknown vector, is worse in
validation on three data sets. An epoch keeps `kept` samples, `sweeps` draws of everything apart,
and drops the first ones (`burn_in`), so that validation chooses their number.

Departures: the biases are part of the vectors, with one Wishart prior; users' content is used as
well as items'; items that nobody rated are left out of the chain; hyperpriors are in units of the
ratings' standard deviation; test users change no sample (the papers predict users of the training
data); `shift`: to the median, as in `ridge`, by the residuals of training users whose ratings the
items' vectors were solved without, fold by fold: a sample fits its own ratings too well.
Axes: B tasks, S support, Q query, I items, K factors.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import torch
from pydantic import Field

from baselines.closed_form.bias import item_biases
from baselines.closed_form.median_shift import median_residual
from baselines.closed_form.ridge_regressions import Cells
from baselines.content_features import content_features
from baselines.factorisation.gaussians import conditional_mean
from baselines.factorisation.gibbs import Gibbs, State, with_one
from baselines.factorisation.linear_prior import LinearPrior
from coldbench import (
    Array,
    Dimension,
    Domain,
    EpisodeBatch,
    Learner,
    LearnerConfig,
    TrainingData,
    Whole,
)
from coldbench import Field as ContentField

__all__ = ["BMF", "BMFConfig"]


class BMFConfig(LearnerConfig):
    """Sizes of the model and of the chain."""

    epochs: int = Field(15, ge=1)
    patience: int = Field(15, ge=1, description="each sample adds to the mean of those before")
    kept: int = Field(3, ge=1, description="samples of an epoch")
    sweeps: int = Field(2, ge=1, description="from one sample to the next")
    burn_in: float = Field(0.25, ge=0, lt=1, description="share of all samples: the first ones")
    factors: int = Field(8, ge=1)
    spread: float = Field(0.3, gt=0, description="what a vector's entries are a priori, in sd")
    most_ids: int = Field(100, ge=2, description="fields with more ids are left out")
    user_content: bool = Field(True, description="off: all users have one prior")
    median_shift: bool = Field(True, description="off: the mean of least squares")
    folds: int = Field(4, ge=2, description="of the training users, for the shift")
    space: ClassVar[Mapping[str, Dimension]] = {"factors": Whole(2, 32, log=True)}


class BMF(Learner):
    """Bayesian matrix factorisation (Gibbs), prior means from content, users folded in."""

    Config: ClassVar[type[LearnerConfig]] = BMFConfig
    config: BMFConfig

    def __init__(self, config: BMFConfig, domain: Domain, rng: np.random.Generator) -> None:
        super().__init__(config, domain, rng)
        known = domain.catalogue
        self.user_content = _with_constant(self._users(known.user_fields, known.n_users))
        items = content_features(known.item_fields, known.n_items, config.most_ids)
        self.item_content = _with_constant(items)
        self.start = torch.from_numpy(rng.normal(0, 0.1, (known.n_items, 1 + config.factors)))
        self.mean, self.sd, self.shift = domain.scale.middle, 1.0, 0.0
        self.chain: Gibbs | None = None
        self.samples: list[State] = []
        self.dropped = 0  # samples that burn-in has taken
        self.shifts: list[float] = []  # of each epoch

    def train_epoch(
        self, data: TrainingData, epoch: int, rng: np.random.Generator
    ) -> Mapping[str, float]:
        if not len(data.value):
            return {}
        chain = self.chain or self._begun(data)
        self.chain, c = chain, self.config
        for _ in range(c.kept):
            for _ in range(c.sweeps):
                chain.sweep(rng)
            self.samples = [*self.samples, chain.state()]
        self.samples = self.samples[int(c.burn_in * c.kept * (epoch + 1)) - self.dropped :]
        self.dropped = c.kept * (epoch + 1) - len(self.samples)
        if c.median_shift:
            self.shifts = [*self.shifts, self._shift(chain, data, rng)]
            self.shift = float(np.mean(self.shifts[int(c.burn_in * len(self.shifts)) :]))
        return {"shift": self.shift, "noise": self.sd / chain.noise**0.5}

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        total = torch.zeros(batch.query_mask.shape, dtype=torch.float64, device=batch.user.device)
        for sample in self.samples:
            vectors = sample.item[batch.support_item], sample.item[batch.query_item]
            total += self.expected(sample, batch, *vectors)
        mean = total / len(self.samples) if self.samples else total + self.mean
        return (mean + self.shift).float()

    def extend(self, domain: Domain) -> None:
        known, new, old = self.domain.catalogue, domain.catalogue, len(self.item_content)
        users = self._users(new.user_fields, new.n_users, known.user_fields)
        items = content_features(
            new.item_fields, new.n_items, self.config.most_ids, known.item_fields
        )
        self.user_content = _with_constant(users).to(self.user_content)
        self.item_content = _with_constant(items).to(self.item_content)
        added = self.item_content[old:]
        self.samples = [
            one._replace(item=torch.cat([one.item, added @ one.item_weight]))
            for one in self.samples
        ]
        self.domain = domain

    def state(self) -> Mapping[str, Any]:
        names = "user_content", "item_content", "mean", "sd", "shift"
        samples = [tuple(one) for one in self.samples]
        return {**{name: getattr(self, name) for name in names}, "samples": samples}

    def restore(self, state: Mapping[str, Any]) -> None:
        vars(self).update(state, samples=[State(*one) for one in state["samples"]])

    def n_parameters(self) -> int:
        return sum(one.item.numel() for one in self.samples)

    def fold_in(
        self, sample: State, batch: EpisodeBatch, vector: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """P [B, 1 + K, 1 + K] and h [B, 1 + K] of each episode's user, given one sample and the
        vectors of the support's items, [B, S, 1 + K]."""
        weight = batch.support_mask * sample.noise
        x = with_one(vector)
        y = (batch.support_value.double() - self.mean) / self.sd - vector[..., 0]
        weighted = x * weight[..., None]
        mean = self.user_content[batch.user] @ sample.user_weight
        right = mean @ sample.user_precision + (weighted * y[..., None]).sum(1)
        return sample.user_precision + weighted.mT @ x, right

    def expected(
        self, sample: State, batch: EpisodeBatch, support: torch.Tensor, query: torch.Tensor
    ) -> torch.Tensor:
        """One sample's predictions before the shift, float64 [B, Q], for items of these vectors."""
        user = conditional_mean(*self.fold_in(sample, batch, support))
        own = torch.einsum("bqk,bk->bq", with_one(query), user)
        return self.mean + self.sd * (query[..., 0] + own)

    def _shift(self, chain: Gibbs, data: TrainingData, rng: np.random.Generator) -> float:
        """By the last sample and training users in folds that the items are solved without."""
        folds, sample = self.config.folds, self.samples[-1]
        drawn = torch.from_numpy(rng.integers(0, folds, len(data.task_user))).to(data.device)
        tables = torch.stack([chain.items_without(drawn == fold) for fold in range(folds)])
        fold = drawn.new_zeros(len(self.user_content)).index_copy(0, chain.task_user, drawn)

        def expected(batch: EpisodeBatch) -> torch.Tensor:
            own = fold[batch.user][:, None]
            vectors = tables[own, batch.support_item], tables[own, batch.query_item]
            return self.expected(sample, batch, *vectors)

        return median_residual(expected, data, rng)

    def _begun(self, data: TrainingData) -> Gibbs:
        """The chain before its first sweep: items start at the biases of `bias`."""
        self.mean = float(data.value.mean(dtype=np.float64))
        self.sd = float(data.value.std(dtype=np.float64)) or 1.0
        bias = item_biases(data, len(self.start), self.mean, 5.0, 3.0, 10) / self.sd
        self.start[:, 0] = torch.from_numpy(bias)
        cells = Cells.of(data)
        self.user_content = self.user_content.to(data.device)
        self.item_content = self.item_content.to(data.device)
        priors = [
            LinearPrior(content, 1 + self.config.factors, self.config.spread)
            for content in (self.user_content, self.item_content)
        ]
        for prior in priors:
            prior.to(data.device)
        task_user = torch.tensor(data.task_user, device=data.device)
        units = cells._replace(value=(cells.value - self.mean) / self.sd)
        return Gibbs(units, task_user, priors[0], priors[1], self.start.to(data.device))

    def _users(
        self, fields: tuple[ContentField, ...], n: int, like: tuple[ContentField, ...] | None = None
    ) -> Array:
        if not self.config.user_content:
            return np.zeros((n, 0))
        return content_features(fields, n, self.config.most_ids, like)


def _with_constant(content: Array) -> torch.Tensor:
    return torch.nn.functional.pad(torch.from_numpy(content), (1, 0), value=1.0)
