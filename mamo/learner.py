"""MAMO: personal starting weights from memories of other users, adapted on the support.

    attention   a_u = softmax_k(cos(p_u, M_P[k])),  p_u the embeddings of the user's content
    start       theta_u = phi_u - tau a_u' M_U,  theta_i = phi_i,  theta_r = phi_r,
                M_u,I = a_u' M_UI
    output      e_u = f(p_u; theta_u),  e_i = f(p_i; theta_i),  y = r(M_u,I [e_u, e_i]; theta_r)
    local       (theta, M_u,I) <- (theta, M_u,I) - rho * gradient of the support loss, some steps
    writes      M_P <- alpha a_u p_u' + (1 - alpha) M_P;  M_U <- beta a_u g_u + (1 - beta) M_U
                M_UI <- gamma a_u M_u,I + (1 - gamma) M_UI,  g_u the user network's query gradient
    global      phi <- phi - lambda * sum over users of the query gradient at their theta

Dong, Yuan, Yao, Xu, Zhu: MAMO, KDD 2020. `mamo-paper` is this, `mamo-released` what the authors'
released code does instead, each difference a switch (docs/mamo.md), `mamo` our honest best.

Departures of `mamo-paper`: the mean over 32 users, not their sum, which diverges at lambda .05;
embeddings of rare ids start at N(0, .01); the output is in quarters of the scale around the mean
rating; queries are half of a user's ratings, drawn anew each epoch; a batch of users reads the
memories as they were before it, and writes them in turn.
Two readings of what the paper's symbols leave open: g_u is the query gradient, where
RecBole-MetaRec takes that of the support; M_u,I is 2d x 2d, where RecBole-MetaRec has d x 2d.
Little hangs on either: without M_U at all `mamo` changes by .0040 at most, without M_UI by .0046
(95 % limits, docs/mamo.md).
Departures of `mamo`, each with its reason in the code: the convex write of M_UI, absolute loss,
d 32, other local and global rates, AdamW, batches of 64, averaged weights, rare ids hidden at
random and decayed.
`mamo-released` departs from the released code in what it reads: zip codes and actors too, and the
mean of a set's embeddings, not a sigmoid of their sum.
"""

import copy
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from coldbench import (
    Choice,
    Declined,
    Domain,
    Episode,
    EpisodeBatch,
    IdentityEmbedding,
    Real,
    SequentialLearner,
    TrainingData,
    Variant,
    Whole,
    centred,
    generator,
    hiding,
    torch_generator,
)
from mamo.episode import Figures, learn, personalise
from mamo.global_update import GlobalUpdate
from mamo.local import Theta
from mamo.loss import Target, readout
from mamo.model import Model
from mamo.released import Drift, inputs_of, leave_traces, single, single_episode
from mamo.switches import MAMOConfig

__all__ = ["MAMO", "mamo", "mamo_released", "meta_users"]


class MAMO(SequentialLearner):
    """MAMO as its paper states it (Dong et al. 2020): the switches of MAMOConfig depart from it."""

    Config = MAMOConfig
    config: MAMOConfig

    def __init__(self, config: MAMOConfig, domain: Domain, rng: np.random.Generator) -> None:
        super().__init__(config, domain, rng)
        fields = domain.catalogue.user_fields or domain.catalogue.item_fields
        if not (fields or config.item_id):
            raise Declined("MAMO needs content of users or items; the data set has no field")
        if config.classifies and domain.scale.step <= 0:
            raise Declined(f"loss {config.loss!r} needs a rating scale of steps; it is continuous")
        self.target = target_of(domain)
        outputs = len(self.target.levels) if config.classifies else 1
        self.model = Model(config, domain.catalogue, outputs, rng).to(domain.device)
        self.update = GlobalUpdate(self.model, config)
        self.seed = int(rng.integers(2**63))
        self.last_theta: Theta | None = None
        self.last_user: dict[str, torch.Tensor] | None = None

    def train_epoch(
        self, data: TrainingData, epoch: int, rng: np.random.Generator
    ) -> Mapping[str, float]:
        if epoch == 0:
            self.model.cpu()  # where ids are counted
            self.model.user.observe(data.user)
            self.model.item.observe(data.item)
            self.model.to(self.domain.device)
            self.target = replace(self.target, offset=float(data.value.mean(dtype=np.float64)))
        if self.config.meta_users is not None:
            data = meta_users(data, self.config, self.seed)
        hide = torch_generator(rng)
        drift = Drift(self.model) if self.config.restore == "weights" else None
        episodes = list(self._episodes(data, rng))
        figures = []
        for index, episode in enumerate(episodes):
            self.update.schedule(epoch + index / len(episodes))
            for part in self._parts(episode):
                figures.append(self._learn(part, hide, rng, drift))
            if self.config.outer_step == "batch" or index == len(episodes) - 1:
                self.update.step()
        if drift is not None:
            drift.store()
        if self.config.test_start == "last-user" and self.last_theta is not None:
            self.last_user = self.last_theta.of_last()
        self.last_theta = None
        return self._report(figures)

    def _parts(self, episode: Episode) -> list[Episode]:
        if not self.config.one_by_one:
            return [episode]
        return [single_episode(episode, task) for task in range(len(episode.batch))]

    def _episodes(self, data: TrainingData, rng: np.random.Generator) -> Iterator[Episode]:
        c = self.config
        batch = c.batch
        if c.least_steps is not None:
            batch = min(batch, max(int((data.lists.lengths >= 2).sum()) // c.least_steps, 1))
        sizes = batch, c.query_share, c.max_query, c.max_support
        return data.episodes(rng, *sizes, c.random_support)

    def _learn(
        self,
        episode: Episode,
        hide: torch.Generator,
        rng: np.random.Generator,
        drift: Drift | None,
    ) -> Figures:
        if self.config.item_id:
            share = self.config.item_id_dropout
            episode = hiding(self.model.identified, episode, share, hide)
        if self.config.has_offsets:
            episode = residual(self.model.identified, episode, self.target.unit)
        batch = episode.batch
        inputs = inputs_of(self.model, batch, drift, hide)
        rngs = [rng] * len(batch)
        adapted = personalise(self.model, batch, inputs, self.target, self.config, rngs)
        self.update.users += len(batch)
        figures = learn(self.model, episode, adapted, self.target, self.config)
        leave_traces(self.model, adapted)
        self.last_theta = adapted.theta
        return figures

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

    def extend(self, domain: Domain) -> None:
        old, new, model = self.domain.catalogue, domain.catalogue, self.update.predictor
        model.user.extend(old.user_fields, new.user_fields, new.n_users)
        model.item.extend(old.item_fields, new.item_fields, new.n_items)
        self.domain = domain

    def state(self) -> Mapping[str, Any]:
        names = "target", "seed", "last_user"
        return {"model": self.update.predictor, **{name: getattr(self, name) for name in names}}

    @property
    def depends_on_order(self) -> bool:
        return self.config.depends_on_order

    def predict_pass(self, batches: Iterable[EpisodeBatch]) -> Iterator[torch.Tensor]:
        """`predict` for each batch of one pass over the test users; pure as a whole.

        Under switches whose predictions depend on the order of users, traces of earlier users
        are carried in a copy of the model, from task to task and from batch to batch.
        """
        config = self.config
        last = self.last_user
        model = self.update.predictor
        if last or config.depends_on_order:
            model = copy.deepcopy(model)
        if last:
            model.network.load_state_dict(last)
        drift = Drift(model) if config.restore == "weights" else None
        for batch in batches:
            if config.depends_on_order or config.one_by_one:
                scores = torch.zeros(batch.query_mask.shape, device=batch.query_mask.device)
                for task in range(len(batch)):
                    found = self._predict(model, single(batch, task), drift)
                    scores[task, : found.shape[1]] = found[0]
                yield scores
            else:
                yield self._predict(model, batch, drift)

    def _predict(self, model: Model, batch: EpisodeBatch, drift: Drift | None) -> torch.Tensor:
        config = self.config
        with torch.no_grad():
            if config.has_offsets:
                offsets = self.target.unit * model.identified.offsets(batch.support_item)
                batch = centred(batch, offsets)
            inputs = inputs_of(model, batch, drift, None)
            rngs = (generator(self.seed, "attention", int(user)) for user in batch.user)
            use_memories = self.last_user is None
            adapted = personalise(model, batch, inputs, self.target, config, rngs, use_memories)
            _, out = adapted.theta.forward(adapted.inputs.query())
            if config.profile_at_test == "write":
                profile, a = adapted.profile, adapted.attention
                model.memories.write_profile(a, profile, config.alpha)
            leave_traces(model, adapted)
            if config.has_offsets:
                out = out + model.identified.offsets(batch.query_item)[..., None]
            return readout(config.readout, out, self.target).float()


def target_of(domain: Domain) -> Target:
    """A quarter of the scale is the unit of regression: rates mean the same on any scale."""
    scale = domain.scale
    unit = (scale.high - scale.low) / 4 or 1.0
    count = round((scale.high - scale.low) / scale.step) + 1 if scale.step > 0 else 1
    levels = torch.linspace(scale.low, scale.high, count).to(domain.device)
    return Target(scale.middle, unit, levels)


def meta_users(data: TrainingData, config: MAMOConfig, seed: int) -> TrainingData:
    """The training data of the `meta_users` only: those of the lowest ids, or drawn by `seed`."""
    users = len(data.task_user)
    order = np.arange(users)
    if config.meta_draw == "random":
        order = generator(seed, "meta-users").permutation(users)
    chosen = np.sort(order[: config.meta_users])
    return replace(data, lists=data.lists.select(chosen), task_user=data.task_user[chosen])


def residual(items: IdentityEmbedding, episode: Episode, unit: float) -> Episode:
    """The episode with ratings less the offsets of their items."""
    batch = episode.batch
    with torch.no_grad():
        known, asked = (
            unit * items.offsets(index) for index in (batch.support_item, batch.query_item)
        )
    return Episode(centred(batch, known), episode.target - asked)


mamo = Variant(
    MAMO,
    {
        # published, M_UI shrinks to 0 within 100 users and its layer outputs its bias
        "task_write": "convex",
        # what is measured is an absolute error; squared: .817 against .796
        "loss": "absolute",
        # d 100 is three times as slow and no better: 16, 32, 48: .801, .792, .791
        "size": 32,
        # .05, .1, .15 at 5 loops: .793, .792, .797; .07 at 8: .792
        "rho": 0.1,
        "local_loops": 5,
        # plain SGD at .05 leaves embeddings of rare ids where they began
        "outer_optimizer": "adamw",
        # chosen together by validation on ML-1M, eight seeds: 10 epochs of 64 users at .004 and 40
        # .778; at .005 .780; 12 at .005 .779; 12 of 32 users at .003 and 15, a half slower, .779.
        # On ML-100K (295 users) batches of 64 are .010 worse, of 18 and 32 as good
        "batch": 64,
        "least_steps": 16,
        "rate": 4e-3,
        "linear_decay": True,
        # all of them are tried: the curves are too noisy to stop early
        "epochs": 10,
        "patience": 10,
        # zip codes, directors and actors learn slowly, or long training remembers them alone:
        # without any of these four .796 at its best, 6 epochs
        "user_dropout": 0.95,
        "rare_dropout": 0.1,
        "rare_decay": 40.0,
        "weight_decay": 0.01,
        # steps of few users are noisy: without the average .793 (.791 with it, at 32 users)
        "averaging": 0.98,
    },
    "MAMO at its honest best: a task-memory write that keeps M_UI alive, absolute loss, AdamW; "
    "each departure has its validation MAE beside it (mean of the four scenarios on ML-1M)",
    # of this one alone: the published versions keep their options
    {
        "rate": Real(1e-3, 0.02, log=True),
        "rho": Real(0.01, 0.3, log=True),
        "local_loops": Whole(1, 10),
        "local_shrink": Real(0.0, 40.0),
        "size": Choice((16, 32, 48)),
        "tau": Real(1e-3, 0.1, log=True),
        "alpha": Real(0.05, 0.9),
        "rare_dropout": Real(0.0, 0.6),
        "batch": Choice((16, 32, 64, 128)),
        "random_support": Choice((False, True)),
        **MAMOConfig.id_space,
    },
)

mamo_released = Variant(
    MAMO,
    {
        **{k: v for sides in MAMOConfig.switches.values() for k, v in sides["released"].items()},
        "query_share": 0.25,
        "max_query": 5,
        "max_support": 15,
        "fixed_epochs": True,
    },
    "MAMO as its released code behaves: every switch, users one after the other",
)
