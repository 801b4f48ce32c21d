"""`mamo-released` with autograd and torch's own Adam on a working copy of the whole model.

The copy's biases and embeddings drift from user to user; its weights are set anew for each.
"""

import copy
from collections.abc import Mapping

import numpy as np
import torch

from benchmarks.loops.loop import episodes_of, in_turn
from benchmarks.loops.mamo import begin, output, start
from coldbench.learning import Episode, Learner, TrainingData
from coldbench.rng import generator, torch_generator
from coldbench.tasks import EpisodeBatch
from mamo.episode import attend
from mamo.learner import MAMO, meta_users
from mamo.loss import Target, readout
from mamo.memories import Memories
from mamo.model import Model

__all__ = ["ReleasedLoop"]

WEIGHTS = ("user1", "user2", "item1", "item2", "hidden", "out")


class ReleasedLoop:
    """Every switch of the released code, and no other."""

    def __init__(self, learner: Learner) -> None:
        assert isinstance(learner, MAMO)
        self.learner = learner
        self.last: dict[str, torch.Tensor] | None = None

    def train_epoch(self, data: TrainingData, epoch: int, rng: np.random.Generator) -> None:
        """As the learner's."""
        made, c = self.learner, self.learner.config
        if epoch == 0:
            begin(made, data)
        data = meta_users(data, c, made.seed)
        torch_generator(rng)  # the learner draws a seed for dropout here
        fast = copy.deepcopy(made.model)
        for episode in list(data.episodes(rng, c.batch, c.query_share, c.max_query, c.max_support)):
            for one in episodes_of(episode):
                self._learn(fast, one, rng)
                made.update.users += 1
        with torch.no_grad():
            keep_traces(fast, made.model)
        made.update.step()
        self.last = {k: v.detach().clone() for k, v in fast.network.state_dict().items()}

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        """As the learner's `predict`: one pass over these tasks."""
        made = self.learner
        fast = copy.deepcopy(made.model)

        def score(one: EpisodeBatch) -> torch.Tensor:
            rng = generator(made.seed, "attention", int(one.user[0]))
            with torch.no_grad():
                profile = fast.user_profile(one.user)
                a = attend(fast, profile, made.config, [rng])
                if self.last:
                    set_weights(fast, self.last)
                else:
                    self._begin(fast, fast.memories, a[0])
            self._adapt(fast, one)
            with torch.no_grad():
                outputs = self._output(fast, one.user, one.query_item[0])
                fast.memories.write_profile(a, profile, made.config.alpha)
            return readout(made.config.readout, outputs[None], made.target)[0]

        if self.last:
            fast.network.load_state_dict(self.last)
        return in_turn(batch, score)

    def _learn(self, fast: Model, one: Episode, rng: np.random.Generator) -> None:
        model, c = self.learner.model, self.learner.config
        with torch.no_grad():
            profile = fast.user_profile(one.batch.user)
            a = attend(model, profile, c, [rng])
            self._begin(fast, model.memories, a[0])
        self._adapt(fast, one.batch)
        fast.zero_grad()
        outputs = self._output(fast, one.batch.user, one.batch.query_item[0])
        loss(outputs, self.learner.target, one.target[0]).backward()  # type: ignore[no-untyped-call]
        clip(fast, c.user_clip)
        with torch.no_grad():
            for layer in WEIGHTS:
                ours = model.network.get_parameter(f"{layer}.weight")
                grad = fast.network.get_parameter(f"{layer}.weight").grad
                assert grad is not None
                ours.grad = grad.clone() if ours.grad is None else ours.grad + grad
            self._remember(fast, a, profile)

    def _remember(self, fast: Model, a: torch.Tensor, profile: torch.Tensor) -> None:
        c, memories = self.learner.config, self.learner.model.memories
        memories.write_profile(a, profile, c.alpha)
        for memory, layer in ((memories.gradient1, "user1"), (memories.gradient2, "user2")):
            grad = fast.network.get_parameter(f"{layer}.weight").grad
            assert grad is not None
            joined = torch.nn.functional.pad(grad, (0, 0, 0, 1))
            memory.mul_(1 - c.beta).add_(a[0, :, None, None] * joined, alpha=c.beta)
        memories.write_task(a, fast.network.memory.weight[None], c.gamma, convex=False)

    def _begin(self, fast: Model, memories: Memories, a: torch.Tensor) -> None:
        """phi's weights, moved by the memories; biases are moved from where they drifted to."""
        phi = self.learner.model
        begun = start(phi, memories, a, self.learner.config.tau)
        set_weights(fast, begun)
        for name in ("user1.bias", "user2.bias"):
            fast.network.get_parameter(name).add_(begun[name] - phi.network.get_parameter(name))

    def _adapt(self, fast: Model, one: EpisodeBatch) -> None:
        c, known = self.learner.config, int(one.support_mask.sum())
        adam = torch.optim.Adam(fast.parameters(), c.rho, fused=True)
        for _ in range(c.local_loops):
            for first in range(0, known, c.local_batch or known):
                part = slice(first, first + (c.local_batch or known))
                adam.zero_grad()
                outputs = self._output(fast, one.user, one.support_item[0, part])
                error = loss(outputs, self.learner.target, one.support_value[0, part])
                error.backward()  # type: ignore[no-untyped-call]
                clip(fast, c.local_clip)
                adam.step()

    def _output(self, fast: Model, user: torch.Tensor, items: torch.Tensor) -> torch.Tensor:
        w = dict(fast.network.named_parameters())
        return output(w, fast.user_profile(user), fast.item_profile(items))


def loss(outputs: torch.Tensor, target: Target, rating: torch.Tensor) -> torch.Tensor:
    """Cross-entropy of the softmax of a softmax, as released."""
    index = (rating[:, None] - target.levels).abs().argmin(1)
    return torch.nn.functional.cross_entropy(torch.softmax(outputs, 1), index)


def clip(fast: Model, limit: float | None) -> None:
    """Over all parameters: weights, biases, M_u,I and embeddings."""
    if limit is not None:
        torch.nn.utils.clip_grad_norm_(fast.parameters(), limit)


def set_weights(fast: Model, to: Mapping[str, torch.Tensor]) -> None:
    """The network's weights, not its biases."""
    for name, value in to.items():
        if name.endswith("weight"):
            fast.network.get_parameter(name).copy_(value)


def keep_traces(fast: Model, model: Model) -> None:
    """Leaves the drifted embeddings and biases in the model."""
    for name, parameter in model.named_parameters():
        if not name.startswith("network.") or name.endswith("bias"):
            parameter.copy_(fast.get_parameter(name))
