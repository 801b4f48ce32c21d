"""MAMO user by user with autograd: weights of every layer are formed, memories written in turn."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import torch
from torch.nn.functional import leaky_relu

from benchmarks.loops.loop import episodes_of, in_turn
from coldbench.learning import Episode, Learner, TrainingData
from coldbench.rng import torch_generator
from coldbench.tasks import EpisodeBatch
from mamo.attention import attention
from mamo.learner import MAMO
from mamo.loss import readout
from mamo.memories import Memories
from mamo.model import Model
from mamo.network import SLOPE

__all__ = ["MAMOLoop", "begin", "output", "start"]

Weights = dict[str, torch.Tensor]


class MAMOLoop:
    """MAMO under the paper's local update (SGD on the whole support) and any memory."""

    def __init__(self, learner: Learner) -> None:
        assert isinstance(learner, MAMO)
        self.learner = learner

    def train_epoch(self, data: TrainingData, epoch: int, rng: np.random.Generator) -> None:
        """As the learner's."""
        made, c = self.learner, self.learner.config
        if epoch == 0:
            begin(made, data)
        hide = torch_generator(rng)
        episodes = list(data.episodes(rng, c.batch, c.query_share, c.max_query, c.max_support))
        for index, episode in enumerate(episodes):
            made.update.schedule(epoch + index / len(episodes))
            written = {n: m.clone() for n, m in made.model.memories.named_buffers()}
            for one in episodes_of(episode):
                self._learn(one, hide, written)
            made.model.memories.load_state_dict(written)
            made.update.users = len(episode.batch)
            made.update.step()

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        """As the learner's."""
        made = self.learner
        model = made.update.predictor

        def score(one: EpisodeBatch) -> torch.Tensor:
            with torch.no_grad():
                user = model.user_profile(one.user)
                items = model.item_profile(one.query_item[0])
            _, w = self._adapted(model, one, user, None)
            outputs = output(w, user, items)
            return readout(made.config.readout, outputs[None], made.target)[0]

        return in_turn(batch, score)

    def _adapted(
        self, model: Model, one: EpisodeBatch, user: torch.Tensor, hide: torch.Generator | None
    ) -> tuple[torch.Tensor, Weights]:
        """a_u [1, K] and the weights after the local update."""
        c, target = self.learner.config, self.learner.target
        user = user.detach()
        with torch.no_grad():
            a = attention(user, model.memories.profile, c.temperature)
            w = start(model, model.memories, a[0], c.tau)
            items = model.item_profile(one.support_item[0], hide)
        truth = (one.support_value[0] - target.offset) / target.unit
        for _ in range(c.local_loops if one.support_mask.any() else 0):
            leaves = {name: value.requires_grad_() for name, value in w.items()}
            error = (output(leaves, user, items)[:, 0] - truth).abs().mean()
            grads = torch.autograd.grad(error, list(leaves.values()))
            with torch.no_grad():
                moved = zip(leaves.items(), grads, strict=True)
                w = {name: value - c.rho * grad for (name, value), grad in moved}
        return a, w

    def _learn(self, one: Episode, hide: torch.Generator, written: Weights) -> None:
        """Adds one user's query gradients to phi's, and his writes to the memories."""
        model, target = self.learner.model, self.learner.target
        user = model.user_profile(one.batch.user, hide)
        a, w = self._adapted(model, one.batch, user, hide)
        leaves = {name: value.requires_grad_() for name, value in w.items()}
        outputs = output(leaves, user, model.item_profile(one.batch.query_item[0], hide))
        truth = (one.target[0] - target.offset) / target.unit
        (outputs[:, 0] - truth).abs().mean().backward()  # type: ignore[no-untyped-call]
        for name, parameter in model.network.named_parameters():
            grad = leaves[name].grad
            if name != "memory.weight" and grad is not None:
                parameter.grad = grad if parameter.grad is None else parameter.grad + grad
        self._remember(a[0], user.detach(), leaves, written)

    def _remember(
        self, a: torch.Tensor, user: torch.Tensor, leaves: Weights, written: Weights
    ) -> None:
        c = self.learner.config
        new = leaves["memory.weight"].detach()
        profile = a[:, None] * user
        written["profile"].mul_(1 - c.alpha).add_(profile, alpha=c.alpha)
        for name, layer in (("gradient1", "user1"), ("gradient2", "user2")):
            weight, bias = leaves[f"{layer}.weight"].grad, leaves[f"{layer}.bias"].grad
            assert weight is not None
            assert bias is not None
            joined = a[:, None, None] * torch.cat([weight, bias[None]])
            written[name].mul_(1 - c.beta).add_(joined, alpha=c.beta)
        share = c.gamma * a[:, None, None]
        keep = 1 - share if c.task_write == "convex" else 1 - c.gamma
        written["task"].mul_(keep).add_(share * new)


def begin(made: MAMO, data: TrainingData) -> None:
    """What training shows: the ids, and the mean rating."""
    made.model.user.observe(data.user)
    made.model.item.observe(data.item)
    made.target = replace(made.target, offset=float(data.value.mean(dtype=np.float64)))


def start(model: Model, memories: Memories, a: torch.Tensor, tau: float) -> Weights:
    """phi, moved by the gradient memory, with the user's own task memory."""
    w = {name: p.detach().clone() for name, p in model.network.named_parameters()}
    for layer, memory in (("user1", memories.gradient1), ("user2", memories.gradient2)):
        b = torch.tensordot(a, memory, 1)
        w[f"{layer}.weight"] -= tau * b[:-1]
        w[f"{layer}.bias"] -= tau * b[-1]
    w["memory.weight"] = torch.tensordot(a, memories.task, 1)
    return w


def output(w: Mapping[str, torch.Tensor], user: torch.Tensor, item: torch.Tensor) -> torch.Tensor:
    """y [n, C] for one user p_u [1, P_u] and items p_i [n, P_i]."""

    def layer(name: str, x: torch.Tensor) -> torch.Tensor:
        return torch.addmm(w[f"{name}.bias"], x, w[f"{name}.weight"])

    e_u = leaky_relu(layer("user2", leaky_relu(layer("user1", user), SLOPE)), SLOPE)
    e_i = leaky_relu(layer("item2", leaky_relu(layer("item1", item), SLOPE)), SLOPE)
    both = torch.cat([e_u.expand(len(item), -1), e_i], 1)
    return layer("out", leaky_relu(layer("hidden", layer("memory", both)), SLOPE))
