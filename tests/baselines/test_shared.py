"""What families of learners share: losses, features, decision layers, the outer optimiser."""

from collections import OrderedDict

import numpy as np
import pytest
import torch
from torch import nn

from baselines.content_features import content_features
from baselines.decision_layers import TaskLayers, task_cells
from baselines.decision_layers_first_order import FirstOrderLayers
from baselines.inner_loop import InnerLoss, sgd_step
from baselines.losses import pointwise, task_weights
from baselines.network import ContentNetwork, Decision
from baselines.neural_options import NeuralConfig
from baselines.outer_optimiser import Optimiser
from coldbench.data.ratings import Field
from tests.baselines.worlds import RNG, domain, training, world


def test_losses_by_hand() -> None:
    error = torch.tensor([-2.0, 0.05, 0.0, 0.1])
    assert pointwise("absolute", error, 0.1).tolist() == pytest.approx([2, 0.05, 0, 0.1])
    assert pointwise("squared", error, 0.1).tolist() == pytest.approx([4, 0.0025, 0, 0.01])
    assert pointwise("huber", error, 0.1).tolist() == pytest.approx([1.95, 0.0125, 0, 0.05])


def test_huber_is_torchs_over_delta() -> None:
    error = torch.linspace(-1, 1, 41)
    expected = nn.functional.huber_loss(error, torch.zeros(41), reduction="none", delta=0.3) / 0.3
    torch.testing.assert_close(pointwise("huber", error, 0.3), expected)


def test_task_weights() -> None:
    mask = torch.tensor([[True, True, False], [False, False, False]])
    assert task_weights(mask, torch.float32).tolist() == [[0.5, 0.5, 0], [0, 0, 0]]
    assert task_weights(mask, torch.float32, 2.0)[0].tolist() == [0.25, 0.25, 0]


def test_content_features() -> None:
    fields = (
        Field("year", "number", 0, np.array([1.0, np.nan, 3.0], np.float32)),
        Field("genre", "set", 4, np.array([[1, 2], [0, 0], [3, 0]], np.int32)),
        Field("director", "category", 500, np.array([1, 2, 3], np.int32)),
    )
    half = 0.5**0.5
    expected = [[-1, half, half, 0], [0, 0, 0, 0], [1, 0, 0, 1]]
    np.testing.assert_allclose(content_features(fields, 3), expected)
    assert content_features(fields[2:], 3).shape == (3, 0)
    assert content_features((), 3).shape == (3, 0)


def test_decision_is_a_stack_of_linear_layers() -> None:
    decision = Decision((5, 4, 3, 1), RNG(0))
    layers: list[nn.Module] = []
    for layer in range(3):
        weight = decision.get_parameter(f"weight{layer}")
        linear = nn.Linear(*weight.shape)
        with torch.no_grad():
            linear.weight.copy_(weight.T)
            linear.bias.copy_(decision.get_parameter(f"bias{layer}"))
        layers += [linear, nn.ReLU()]
    x = torch.from_numpy(RNG(1).normal(size=(6, 5))).float()
    of_user, of_item = decision.first(x[:, :2], x[:, 2:])
    expected = nn.Sequential(*layers[:-1])(x)[:, 0]
    torch.testing.assert_close(decision.rest(of_user + of_item), expected)


def test_units_of_the_network() -> None:
    ratings = world()
    network = ContentNetwork(domain(ratings), NeuralConfig(), RNG(0))
    network.observe(training(ratings))
    value = torch.tensor([1.0, 4.5])
    torch.testing.assert_close(network.rating(network.normal(value)), value)
    assert network.offset == pytest.approx(float(ratings.value.mean()), abs=1e-5)


@pytest.mark.parametrize("kind", [TaskLayers, FirstOrderLayers])
@pytest.mark.parametrize("steps", [0, 1, 3])
def test_task_layers_are_sgd_on_one_users_copy(
    steps: int, kind: type[TaskLayers] | type[FirstOrderLayers]
) -> None:
    ratings = world()
    network = ContentNetwork(domain(ratings), NeuralConfig(embedding=4), RNG(0)).double()
    network.observe(training(ratings))
    batch = next(training(ratings).episodes(RNG(1), batch_size=4)).batch
    target = network.normal(batch.support_value.double())
    layers = kind(network.decision, task_cells(network, batch))
    inner = InnerLoss.of(network, batch, "squared", 0.1)
    for _ in range(steps):
        before = inner(layers())
        loss = layers.loss(inner)
        torch.testing.assert_close(loss, before)
        sgd_step(layers, loss, 0.05)
        assert inner(layers()) < before
    got = layers(query=True)
    for task in range(len(batch)):
        known = batch.support_mask[task]
        own = Decision((network.user.width + network.item.width, 64, 64, 1), RNG(0)).double()
        own.load_state_dict(OrderedDict(network.decision.state_dict()))
        sgd = torch.optim.SGD(own.parameters(), 0.05)

        def output(items: torch.Tensor, task: int = task, own: Decision = own) -> torch.Tensor:
            user = network.user(batch.user[task].expand(len(items))).detach()
            of_user, of_item = own.first(user, network.item(items).detach())
            return own.rest(of_user + of_item)

        for _ in range(steps):
            sgd.zero_grad()
            error = output(batch.support_item[task, known]) - target[task, known]
            error.square().mean().backward()
            sgd.step()
        torch.testing.assert_close(got[task], output(batch.query_item[task]), atol=1e-9, rtol=0)


@pytest.mark.parametrize("average", [0.0, 0.8])
def test_optimiser_is_adamw_with_decay_and_an_average(average: float) -> None:
    """Against AdamW written out (Loshchilov & Hutter 2019, algorithm 2)."""
    c = NeuralConfig(average=average, rate=0.01, weight_decay=0.1, rare_decay=2.0, embedding=3)
    network = ContentNetwork(domain(world()), c, RNG(0)).double()
    rare = {id(weight) for weight in network.rare_weights()}
    assert len(rare) == 1  # zip
    values = [p.detach().clone() for p in network.parameters()]
    means = [value.clone() for value in values]
    first, second = ([torch.zeros_like(v) for v in values] for _ in range(2))
    optimiser = Optimiser(network, c, planned=5)
    for t in range(1, 5):
        loss = sum((p.square() * (1 + i)).sum() for i, p in enumerate(network.parameters()))
        assert isinstance(loss, torch.Tensor)
        optimiser.step(loss)
        rate = c.rate * (1 - (t - 1) / 5)
        share = max(1 - average, 9 / (10 + t)) if average else 1.0
        for i, p in enumerate(network.parameters()):
            gradient = 2 * (1 + i) * values[i]
            first[i] = 0.9 * first[i] + 0.1 * gradient
            second[i] = 0.999 * second[i] + 0.001 * gradient.square()
            root = (second[i] / (1 - 0.999**t)).sqrt() + 1e-8
            decay = c.rare_decay if id(p) in rare else c.weight_decay
            moved = values[i] * (1 - rate * decay)
            values[i] = moved - rate * first[i] / (1 - 0.9**t) / root
            means[i] = means[i] + share * (values[i] - means[i])
    for p, value in zip(network.parameters(), values, strict=True):
        torch.testing.assert_close(p.detach(), value, atol=1e-10, rtol=1e-8)
    for p, value in zip(optimiser.averaged.parameters(), means, strict=True):
        torch.testing.assert_close(p.detach(), value, atol=1e-10, rtol=1e-8)
