"""Wide & Deep and DeepFM: each against NumPy, pair by pair, and what a cold id is worth."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest
import torch

from baselines.plain.deepfm import DeepFM, DeepFMConfig
from baselines.plain.shallow_part import ITEM, USER, ShallowLearner
from baselines.plain.wide_deep import WideDeep, WideDeepConfig
from coldbench.data.ratings import Array, Catalogue, Field
from coldbench.learning.learner import TrainingData
from coldbench.tasks.episodes import EpisodeBatch
from tests.baselines.worlds import RNG, domain, training, world

WORLD = world()
Maker = Callable[..., ShallowLearner[Any]]


def wide_deep(**options: Any) -> WideDeep:
    return WideDeep(WideDeepConfig(embedding=4, hidden=(8, 6), **options), domain(WORLD), RNG(0))


def deepfm(**options: Any) -> DeepFM:
    return DeepFM(DeepFMConfig(embedding=4, hidden=(8, 6), **options), domain(WORLD), RNG(0))


MAKERS: Mapping[str, Maker] = {"wide-deep": wide_deep, "deepfm": deepfm}


def shaken(learner: ShallowLearner[Any]) -> ShallowLearner[Any]:
    """In float64, after a look at the data, with random weights where training starts at 0."""
    learner.network.observe(training(WORLD))
    learner.network.double()
    generator = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for parameter in learner.network.parameters():
            parameter.add_(torch.randn(parameter.shape, generator=generator).double() / 4)
    return learner


def members(field: Field, row: int) -> list[int]:
    """The ids of a field of a user or item, a number's being its rank; 0 is unknown."""
    if field.kind == "number":
        known = np.unique(field.values[~np.isnan(field.values)])
        value = field.values[row]
        return [0 if np.isnan(value) else 1 + int(np.flatnonzero(known == value)[0])]
    return [id for id in np.atleast_1d(field.values[row]).tolist() if id] or [0]


def fields_of(which: int, row: int) -> list[tuple[list[int], bool]]:
    """For each field of a side, its own id last: the ids, and whether it is one of few."""
    known = WORLD.catalogue
    fields = (known.user_fields, known.item_fields)[which]
    small = [field.kind == "number" or field.size <= 100 for field in fields]
    ids = [members(field, row) for field in fields]
    return [*zip(ids, small, strict=True), ([row + 1], False)]


def arrays(parameters: Any) -> list[Array]:
    return [parameter.detach().numpy() for parameter in parameters]


def embeddings(network: Any, which: int, row: int) -> list[Array]:
    tables = arrays((network.user, network.item)[which].weights)
    rows = fields_of(which, row)
    return [table[ids].mean(0) for table, (ids, _) in zip(tables, rows, strict=True)]


def first_order(network: Any, which: int, row: int) -> float:
    tables = arrays(network.linear[which].weights)
    rows = fields_of(which, row)
    return float(sum(t[ids].mean() for t, (ids, _) in zip(tables, rows, strict=True)))


def deep(network: Any, x: Array) -> float:
    layers = arrays(network.decision.parameters())
    for weight, bias in zip(layers[::2], layers[1::2], strict=True):
        x = x @ weight + bias
        x = np.maximum(x, 0) if len(x) > 1 else x
    return float(x[0])


def features(which: int, row: int) -> Array:
    """What enters the products: numbers standardised, one-hot ids, sets of length 1."""
    known, blocks = WORLD.catalogue, []
    for field in (known.user_fields, known.item_fields)[which]:
        if field.kind == "number":
            values = field.values[~np.isnan(field.values)].astype(float)
            standard = (field.values[row] - values.mean()) / values.std()
            blocks.append(np.array([0.0 if np.isnan(standard) else standard]))
        elif field.size <= 100:
            hot = np.zeros(field.size)
            np.add.at(hot, members(field, row), 1.0)
            norm = np.linalg.norm(hot[1:])
            blocks.append(hot[1:] / (norm or 1.0))
    return np.concatenate(blocks)


def by_numpy(name: str, network: Any, user: int, item: int) -> float:
    e = [*embeddings(network, USER, user), *embeddings(network, ITEM, item)]
    total = deep(network, np.concatenate(e))
    total += first_order(network, USER, user) + first_order(network, ITEM, item)
    if name == "deepfm":
        return total + sum(float(a @ b) for a, b in combinations(e, 2))
    products = network.products.detach().numpy()
    left, right = features(USER, user), features(ITEM, item)
    return total + sum(left[a] * right[b] * products[a, b] for a, b in np.ndindex(*products.shape))


@pytest.mark.parametrize("name", MAKERS)
def test_the_forward_pass_is_the_formula(name: str) -> None:
    network = shaken(MAKERS[name]()).network
    seen = np.unique(training(WORLD).item)
    pairs = [(user, int(item)) for user in (0, 7, 31) for item in seen[::9]]
    user, item = torch.tensor(pairs).T
    got = network(user, item).detach().numpy()
    expected = [by_numpy(name, network, *pair) for pair in pairs]
    np.testing.assert_allclose(got, expected, rtol=0, atol=1e-6)  # features are float32
    assert np.std(expected) > 0.1


def test_second_order_terms_are_all_pairs_of_embeddings() -> None:
    """The sums of squares against the products of every pair, for numbers that none is 0 of."""
    network = shaken(deepfm()).network
    user, item = torch.tensor([3, 3, 12]), torch.tensor([1, 20, 41])
    left, right = network.side(USER, user), network.side(ITEM, item)
    fields = torch.cat([left.embedded, right.embedded], 1).unflatten(1, (-1, 4))
    pairs = combinations(range(fields.shape[1]), 2)
    brute = torch.stack([(fields[:, a] * fields[:, b]).sum(1) for a, b in pairs]).sum(0)
    with torch.no_grad():
        for linear in network.linear:
            for table in linear.weights:
                table.zero_()
    left, right = network.side(USER, user), network.side(ITEM, item)
    shallow = left.alone + right.alone + (left.paired * right.paired).sum(1)
    torch.testing.assert_close(shallow, brute, rtol=0, atol=1e-12)


def batch_of(data: TrainingData) -> EpisodeBatch:
    return next(data.episodes(RNG(1), batch_size=6)).batch


@pytest.mark.parametrize("name", MAKERS)
def test_it_ignores_the_support_as_published(name: str) -> None:
    learner, batch = shaken(MAKERS[name]()), batch_of(training(WORLD))
    changed = replace(batch, support_value=6 - batch.support_value)
    assert torch.equal(learner.predict(changed), learner.predict(batch))
    network = learner.network
    user = batch.user[:, None].expand_as(batch.query_item).reshape(-1)
    expected = network.rating(network(user, batch.query_item.reshape(-1))).view(len(batch), -1)
    torch.testing.assert_close(learner.predict(batch), expected, rtol=0, atol=1e-10)


@pytest.mark.parametrize("name", MAKERS)
def test_steps_on_the_support_fit_what_the_whole_network_says(name: str) -> None:
    """One step of the decision layers, by autograd through the whole output, user by user."""
    learner = shaken(MAKERS[name](tune_steps=1, tune_rate=0.05, tune_loss="squared"))
    network, batch = learner.network, batch_of(training(WORLD))
    got, start = learner.predict(batch), dict(network.decision.named_parameters())
    start = {key: value.detach().clone() for key, value in start.items()}
    for task in range(len(batch)):
        known, asked = batch.support_mask[task], batch.query_mask[task]
        item = batch.support_item[task, known]
        error = network(batch.user[task].expand(len(item)), item) - network.normal(
            batch.support_value[task, known].double()
        )
        own = list(network.decision.parameters())
        slopes = torch.autograd.grad(error.square().mean(), own)
        with torch.no_grad():
            for parameter, slope in zip(own, slopes, strict=True):
                parameter.sub_(0.05 * slope)
            item = batch.query_item[task, asked]
            expected = network.rating(network(batch.user[task].expand(len(item)), item))
            torch.testing.assert_close(got[task, asked], expected, rtol=0, atol=1e-9)
            for key, parameter in network.decision.named_parameters():
                parameter.copy_(start[key])


@pytest.mark.parametrize("name", MAKERS)
def test_a_cold_user_and_a_cold_item_have_the_unknown_id(name: str) -> None:
    """Training shows neither user 5 nor item 5: only rows 0 of the ids' tables reach them."""
    data, learner = training(WORLD), MAKERS[name]()
    network = learner.network
    known = replace(data, user=data.user[data.user != 5], item=data.item[data.item != 5])
    network.observe(known)
    for which, warm in ((USER, 6), (ITEM, 6)):
        before = network.side(which, torch.tensor([5, warm])).alone
        with torch.no_grad():
            network.linear[which].weights[-1][1:] += 1.0
        moved = network.side(which, torch.tensor([5, warm])).alone - before
        assert moved.tolist() == pytest.approx([0.0, 1.0])


@pytest.mark.parametrize("name", MAKERS)
def test_a_hidden_id_is_hidden_in_both_parts(name: str) -> None:
    learner = MAKERS[name](item_dropout=0.5)
    network, index = learner.network, torch.full((400,), 6)
    network.observe(training(WORLD))
    with torch.no_grad():
        network.linear[ITEM].weights[-1][7] = 100.0
        network.item.weights[-1][7] = 100.0
    side = network.side(ITEM, index, torch.Generator().manual_seed(0))
    in_shallow, in_deep = side.alone.abs() > 50, side.embedded[:, -1] > 50
    assert torch.equal(in_shallow, in_deep)
    assert 150 < int(in_deep.sum()) < 250


def longer(field: Field, n: int) -> Field:
    rows = np.concatenate([np.arange(len(field.values)), np.arange(n)])
    return replace(field, values=field.values[rows])


@pytest.mark.parametrize("name", MAKERS)
def test_newcomers_are_read_as_users_and_items_of_unknown_id(name: str) -> None:
    """Newcomers copy the content of user and item 0 to 4: with unknown ids they are alike."""
    learner, known = shaken(MAKERS[name]()), WORLD.catalogue
    network = learner.network
    before = network(torch.arange(40), torch.arange(40)).detach()
    new = Catalogue(
        45, 65,
        tuple(longer(field, 5) for field in known.user_fields),
        tuple(longer(field, 5) for field in known.item_fields),
    )  # fmt: skip
    learner.extend(replace(learner.domain, catalogue=new))
    torch.testing.assert_close(network(torch.arange(40), torch.arange(40)).detach(), before)
    fresh = network(torch.arange(40, 45), torch.arange(60, 65)).detach()
    with torch.no_grad():
        for embedding, linear in zip((network.user, network.item), network.linear, strict=True):
            for weights in (embedding.weights, linear.weights):
                weights[-1][1:] = weights[-1][0]
    torch.testing.assert_close(network(torch.arange(5), torch.arange(5)).detach(), fresh)
