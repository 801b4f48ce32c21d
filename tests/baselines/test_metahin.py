"""MetaHIN's contexts by hand, and its co-adaptation user by user with autograd."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn.functional import leaky_relu

from baselines.maml.metahin import MetaHIN, MetaHINConfig, MetaHINNetwork
from baselines.maml.semantic_contexts import (
    informative,
    neighbours,
    ratings_incidence,
    values_incidence,
)
from coldbench.data.ratings import Field
from coldbench.learning.learner import Domain
from coldbench.tasks.episodes import EpisodeBatch
from tests.baselines.worlds import RNG, domain, training, with_empty_support, world

WORLD = world()
DATA = training(WORLD)
EPISODE = with_empty_support(next(DATA.episodes(RNG(3), batch_size=6)))
BRANDS = Field("brand", "category", 5, np.array([1, 1, 2, 0, 1, 3, 2], np.int32))
TAGS = Field(
    "tags", "set", 9, np.array([[1, 2], [1, 0], [2, 1], [0, 0], [3, 0], [8, 0], [2, 0]], np.int32)
)


def test_neighbours_share_a_value_and_the_most_alike_come_first() -> None:
    found = neighbours(values_incidence(BRANDS), 3, RNG(0))
    assert [set(row) - {-1} for row in found.tolist()] == [
        {1, 4}, {0, 4}, {6}, set(), {0, 1}, set(), {2},
    ]  # fmt: skip
    assert neighbours(values_incidence(TAGS), 1, RNG(0))[0] == 2  # it has both of its tags
    few = [neighbours(values_incidence(BRANDS), 1, RNG(seed))[0, 0] for seed in range(30)]
    assert set(few) == {1, 4}  # ties at random


def test_items_with_a_common_rater_are_neighbours() -> None:
    n_users, n_items = 40, 60
    found = neighbours(ratings_incidence(DATA.item, DATA.user, n_items, n_users), n_items, RNG(0))
    for item in range(n_items):
        raters = set(DATA.user[DATA.item == item].tolist())
        expected = {
            other for other in range(n_items)
            if other != item and raters & set(DATA.user[DATA.item == other].tolist())
        }  # fmt: skip
        assert set(found[item].tolist()) - {-1} == expected


def test_paths_go_through_the_fields_with_the_most_values_that_items_share() -> None:
    number = Field("year", "number", 0, np.zeros(7, np.float32))
    unique = Field("title", "category", 8, np.arange(1, 8, dtype=np.int32))
    assert informative([number, unique, BRANDS, TAGS], 2) == [TAGS, BRANDS]
    assert informative([BRANDS, TAGS], 1) == [TAGS]


def learner(**options: Any) -> MetaHIN:
    """In float64, with the contexts by raters."""
    given: dict[str, Any] = {"embedding": 4, "hidden": (8, 5), "latent": 3, "context": 4}
    made = MetaHIN(MetaHINConfig(**{**given, **options}), domain(WORLD), RNG(0))
    made.network.observe(DATA)
    made.network.see_raters(DATA, 40, RNG(1))
    made.network.double()
    return made


def by_hand(network: MetaHINNetwork, c: MetaHINConfig, batch: EpisodeBatch, task: int) -> Any:
    """Output for the queries of one user; each step by autograd on this user's own copies."""
    known, asked = batch.support_mask[task], batch.query_mask[task]
    items, e_user = batch.support_item[task, known], network.user(batch.user[task, None])[0]
    value = network.normal(batch.support_value[task, known].double())

    def h(omega: list[torch.Tensor], x: torch.Tensor, item: torch.Tensor) -> torch.Tensor:
        e_item = network.item(item)
        out = torch.cat([torch.cat([x, e_user]).expand(len(item), -1), e_item], 1)
        for layer in range(0, len(omega), 2):
            out = out @ omega[layer] + omega[layer + 1]
            out = out.relu() if layer + 2 < len(omega) else out
        return out[:, 0]

    def loss(omega: list[torch.Tensor], x: torch.Tensor) -> torch.Tensor:
        error = (h(omega, x, items) - value).abs()
        return error.mean() if len(items) else error.sum()

    names = [f"{kind}{layer}" for layer in range(3) for kind in ("weight", "bias")]
    parts: list[torch.Tensor] = [network.decision.get_parameter(name) for name in names]
    xs, omegas, fits = [], [], []
    for path in network.context:
        means = []
        for item in items.tolist():
            near = [j for j in path[item].tolist() if j >= 0]
            means.append(network.item(torch.tensor(near)).mean(0))

        def user(weight: torch.Tensor, bias: torch.Tensor, means: Any = means) -> torch.Tensor:
            seen = [leaky_relu(weight @ mean + bias) for mean in means]
            return torch.stack(seen).mean(0) if seen else torch.zeros(c.latent).double()

        phi: list[Any] = [network.semantics.weight, network.semantics.bias]
        if len(items):
            slopes = torch.autograd.grad(loss(parts, user(*phi)), phi)
            phi = [p - c.semantic_rate * slope for p, slope in zip(phi, slopes, strict=True)]
        x = user(*phi)
        gates = torch.split(2 * torch.sigmoid(network.gates(x)), [*c.hidden, 1])
        omega = [part * gates[place // 2] for place, part in enumerate(parts)]
        for _ in range(c.inner_steps if len(items) else 0):
            slopes = torch.autograd.grad(loss(omega, x), omega)
            omega = [p - c.inner_rate * slope for p, slope in zip(omega, slopes, strict=True)]
        xs.append(x)
        omegas.append(omega)
        fits.append(-loss(omega, x))
    share = torch.stack(fits).softmax(0)
    x = sum(a * one for a, one in zip(share, xs, strict=True))
    omega = [sum(a * one for a, one in zip(share, parts, strict=True))
             for parts in zip(*omegas, strict=True)]  # fmt: skip
    return h(omega, x, batch.query_item[task, asked])


def test_co_adaptation_is_that_of_each_user_alone() -> None:
    made = learner(inner_steps=2, inner_loss="absolute")
    network, batch = made.network, EPISODE.batch
    assert len(network.context) == 3  # rated items, raters, genres
    with torch.no_grad():
        found = made.output(network, batch)
    for task, asked in enumerate(batch.query_mask):
        expected = by_hand(network, made.config, batch, task)
        torch.testing.assert_close(found[task, asked], expected.detach(), atol=1e-10, rtol=0)


@pytest.mark.parametrize("first_order", [True, False])
def test_gradients_go_through_the_steps_only_in_second_order(first_order: bool) -> None:
    """Against finite differences, which see all that a parameter does."""
    made = learner(first_order=first_order, inner_steps=1, inner_loss="squared")
    network = made.network

    def loss() -> torch.Tensor:
        return (made.output(network, EPISODE.batch) * EPISODE.batch.query_mask).square().sum()

    (slope,) = torch.autograd.grad(loss(), [network.semantics.weight])
    move = torch.from_numpy(RNG(5).normal(size=tuple(slope.shape)))
    ends = []
    for step in (1e-5, -1e-5):
        with torch.no_grad():
            network.semantics.weight.add_(move, alpha=step)
        ends.append(float(loss().detach()))
        with torch.no_grad():
            network.semantics.weight.sub_(move, alpha=step)
    exact = (ends[0] - ends[1]) / 2e-5
    assert (abs(float((slope * move).sum()) / exact - 1) < 1e-5) is not first_order


def test_new_items_lead_to_themselves() -> None:
    made = learner()
    more = world(n_items=64)
    grown = replace(WORLD.catalogue, n_items=64, item_fields=more.catalogue.item_fields)
    before = made.network.context.clone()
    made.extend(Domain(grown, WORLD.scale))
    assert torch.equal(made.network.context[:, :60], before)
    assert (made.network.context[:, 60:, 0] == torch.arange(60, 64)).all()
    assert (made.network.context[:, 60:, 1:] == -1).all()
