"""What the released code does to gradients, widths and users, beyond the paper."""

import numpy as np
import pytest
import torch

from coldbench.learning.learner import Episode
from coldbench.rng import generator
from mamo.clipping import clipped
from mamo.episode import learn, personalise
from mamo.learner import MAMO, mamo_released, meta_users
from mamo.network import Network, backward
from mamo.released import Drift, Drifting, single_episode
from tests.mamo.problem import batch, domain, learner, training

RELEASED = mamo_released.configure({})


def test_widths_are_those_of_the_released_code() -> None:
    """On three fields of users and four of items: 300-150-100, 400-200-100, 200-100-5."""
    network = Network(RELEASED, 300, 400, 5, torch.Generator())
    shapes = {name: tuple(value.shape) for name, value in network.named_parameters()}
    weights = "user1", "user2", "item1", "item2", "memory", "hidden", "out"
    assert [shapes[f"{name}.weight"] for name in weights] == [
        (300, 150), (150, 100), (400, 200), (200, 100), (200, 200), (200, 100), (100, 5),
    ]  # fmt: skip


def released(seed: int) -> MAMO:
    return MAMO(RELEASED, domain(), generator(seed, "init"))


def test_meta_users_are_drawn_once() -> None:
    data, config = training(), mamo_released.configure({"meta_users": 12})

    def users(seed: int) -> list[int]:
        return meta_users(data, config, released(seed).seed).task_user.tolist()

    assert users(0) == users(0)
    assert users(0) != users(1)
    assert users(0) != data.task_user[:12].tolist()
    assert len(set(users(0))) == 12


def test_ratings_of_drawn_users_are_their_own() -> None:
    data = training()
    some = meta_users(data, mamo_released.configure({"meta_users": 7}), seed=3)
    for place, user in enumerate(some.task_user):
        rows = some.lists.rows[some.lists.ptr[place] : some.lists.ptr[place + 1]]
        assert set(some.user[rows]) == {user}
        assert len(rows) == np.count_nonzero(data.user == user)


def gradients(made: MAMO, episode: Episode) -> list[torch.Tensor]:
    """The embeddings' and the network's, by autograd, at one user's support of a drifting start."""
    model, one = made.model, episode.batch
    user, item = model.user_profile(one.user)[:, None], model.item_profile(one.query_item[0])
    w = dict(model.network.named_parameters())
    e = []
    for side, x in (("user", user[0]), ("item", item)):
        for layer in (f"{side}1", f"{side}2"):
            x = torch.nn.functional.leaky_relu(x @ w[f"{layer}.weight"] + w[f"{layer}.bias"], 0.1)
        e.append(x)
    x = torch.cat([e[0].expand(len(item), -1), e[1]], 1) @ w["memory.weight"] + w["memory.bias"]
    x = torch.nn.functional.leaky_relu(x @ w["hidden.weight"] + w["hidden.bias"], 0.1)
    y = (x @ w["out.weight"] + w["out.bias"])[:, 0]
    error = (y - made.target.truth("squared", episode.target)[0, :, 0]).square().mean()
    return list(torch.autograd.grad(error, list(model.parameters())))


@pytest.mark.parametrize("limit", [0.3, 1e6])
def test_a_clipped_norm_counts_embeddings_that_drift(limit: float) -> None:
    """One step of descent on a user's ratings moves all that drifts by torch's clipped gradient."""
    made = learner(double=True, restore="weights", embedding_std=1.0)
    episode = single_episode(Episode(batch((4,)), torch.tensor([[1.0, 5.0, 2.0, 4.0]])), 0)
    inputs = Drifting(Drift(made.model), episode.batch, made.model.network.out.bias)
    config = made.config.model_copy(update={"local_loops": 0, "task_memory": False})
    config = config.model_copy(update={"gradient_memory": False})
    rng = [np.random.default_rng(0)]
    adapted = personalise(made.model, episode.batch, inputs, made.target, config, rng)
    with torch.no_grad():
        seen, out = adapted.theta.forward(inputs.query())
        truth = made.target.truth("squared", episode.target.double())
        plain = backward(adapted.theta.layers, seen, 2 * (out - truth) / out.shape[1])
        found = clipped(adapted.theta.layers, inputs, seen, plain, limit)
    whole = torch.cat([grad.flatten() for grad in gradients(made, episode)]).norm().item()
    share = float((found["out"] / plain["out"]).mean())
    assert share == pytest.approx(min(1.0, limit / (whole + 1e-6)))


def test_one_user_does_not_rule_the_sum() -> None:
    """Gradients are clipped user by user, and their sum is not."""
    config = learner(local_loops=0).config
    sizes = {}
    for clip in (None, 0.01):
        made = learner(local_loops=0, user_clip=clip)
        data = Episode(batch((5, 3, 4)), torch.tensor([[1.0, 5.0, 2.0, 4.0]] * 3))
        for task in range(3):
            one = single_episode(data, task)
            inputs = Drifting(Drift(made.model), one.batch, made.model.network.out.bias)
            adapted = personalise(made.model, one.batch, inputs, made.target, config, [])
            learn(made.model, one, adapted, made.target, made.config)
        parts = [p.grad.flatten() for p in made.model.network.parameters() if p.grad is not None]
        sizes[clip] = torch.cat(parts).norm().item()
    assert RELEASED.clip is None
    assert 0.01 < sizes[0.01] < 0.03 < sizes[None]
