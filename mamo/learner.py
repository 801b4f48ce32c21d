"""MAMO as a coldbench learner, and its named configurations."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import torch

from coldbench.episodes import EpisodeBatch
from coldbench.learner import Declined, Domain, Episode, Learner, TrainingData, Variant
from coldbench.ratings import Scale
from coldbench.rng import generator, torch_generator
from mamo.content import Content
from mamo.episode import Figures, learn, personalise
from mamo.global_update import GlobalUpdate
from mamo.loss import Target, readout
from mamo.model import Model
from mamo.switches import MAMOConfig

__all__ = ["MAMO", "mamo"]


class MAMO(Learner):
    """MAMO as its paper states it (Dong et al. 2020): the switches of MAMOConfig depart from it."""

    Config = MAMOConfig
    config: MAMOConfig

    def __init__(self, config: MAMOConfig, domain: Domain, rng: np.random.Generator) -> None:
        super().__init__(config, domain, rng)
        if not (domain.catalogue.user_fields or domain.catalogue.item_fields):
            raise Declined("MAMO needs content of users or items; the data set has no field")
        if config.classifies and domain.scale.step <= 0:
            raise Declined(f"loss {config.loss!r} needs a rating scale of steps; it is continuous")
        self.target = target_of(domain.scale)
        outputs = len(self.target.levels) if config.classifies else 1
        self.model = Model(config, domain.catalogue, outputs, rng).to(domain.device)
        self.update = GlobalUpdate(self.model, config)
        self.seed = int(rng.integers(2**63))

    def train_epoch(
        self, data: TrainingData, epoch: int, rng: np.random.Generator
    ) -> Mapping[str, float]:
        if epoch == 0:
            self.model.user.observe(data.user)
            self.model.item.observe(data.item)
            self.target = replace(self.target, offset=float(data.value.mean(dtype=np.float64)))
        if self.config.meta_users is not None:
            data = first_users(data, self.config.meta_users)
        hide = torch_generator(rng)
        episodes = list(self._episodes(data, rng))
        figures = []
        for index, episode in enumerate(episodes):
            self.update.schedule(epoch + index / len(episodes))
            figures.append(self._learn(episode, hide, rng))
            if self.config.outer_step == "batch" or index == len(episodes) - 1:
                self.update.step()
        return self._report(figures)

    def _episodes(self, data: TrainingData, rng: np.random.Generator) -> Iterator[Episode]:
        c = self.config
        return data.episodes(rng, c.batch, c.query_share, c.max_query, c.max_support)

    def _learn(self, episode: Episode, hide: torch.Generator, rng: np.random.Generator) -> Figures:
        batch = episode.batch
        content = Content(self.model, batch, hide)
        rngs = [rng] * len(batch)
        adapted = personalise(self.model, batch, content, self.target, self.config, rngs)
        self.update.users += len(batch)
        return learn(self.model, episode, adapted, self.target, self.config)

    def _report(self, figures: list[Figures]) -> Mapping[str, float]:
        if not figures:
            return {}
        memories = self.model.memories
        means = {
            name: float(torch.cat([getattr(f, name) for f in figures]).double().mean())
            for name in Figures._fields
        }
        return {
            **means,
            "profile_memory_norm": float(memories.profile.norm()),
            "gradient_memory_norm": float(memories.gradient1.norm()),
            "task_memory_norm": float(memories.task.norm()),
        }

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        with torch.no_grad():
            content = Content(self.model, batch)
            rngs = [generator(self.seed, "attention", int(user)) for user in batch.user]
            adapted = personalise(self.model, batch, content, self.target, self.config, rngs)
            _, out = adapted.theta.forward(adapted.inputs.query())
            return readout(self.config.readout, out, self.target).float()


def target_of(scale: Scale) -> Target:
    """A quarter of the scale is the unit of regression: rates mean the same on any scale."""
    middle, unit = (scale.low + scale.high) / 2, (scale.high - scale.low) / 4 or 1.0
    count = round((scale.high - scale.low) / scale.step) + 1 if scale.step > 0 else 1
    return Target(middle, unit, torch.linspace(scale.low, scale.high, count))


def first_users(data: TrainingData, count: int) -> TrainingData:
    """The training data of the first `count` users only."""
    lists = data.lists.select(np.arange(min(count, len(data.task_user))))
    return replace(data, lists=lists, task_user=data.task_user[:count])


mamo = Variant(
    MAMO,
    {
        "size": 32,
        "task_write": "convex",
        "loss": "absolute",
        "temperature": 10.0,
        "tau": 0.3,
        "rho": 0.05,
        "local_loops": 5,
        "outer_optimizer": "adamw",
        "rate": 2e-3,
        "linear_decay": True,
        "reduction": "mean",
        "rare_dropout": 0.3,
    },
    "MAMO at its honest best: the convex task-memory write keeps M_UI alive",
)
