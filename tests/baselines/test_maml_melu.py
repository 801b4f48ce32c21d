"""The batched MeLU is a loop of learn2learn over tasks: losses and meta-gradients, in float64."""

from collections.abc import Iterator

import pytest
import torch
from torch import nn

from baselines.inner_loop import ThroughMAML
from baselines.learn2learn_maml import load_maml
from baselines.losses import Loss, pointwise
from baselines.maml.anil import ANIL
from baselines.maml.melu import MeLU, MeLUConfig
from baselines.network import ContentNetwork
from coldbench.learning.learner import Episode
from tests.baselines.worlds import RNG, domain, training, with_empty_support, world


class Canonical(nn.Module):
    """The decision layers as anyone would write them for one user."""

    def __init__(self, network: ContentNetwork) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        decision = network.decision
        for layer in range(decision.depth):
            weight = decision.get_parameter(f"weight{layer}")
            linear = nn.Linear(*weight.shape).double()
            with torch.no_grad():
                linear.weight.copy_(weight.T)
                linear.bias.copy_(decision.get_parameter(f"bias{layer}"))
            layers += [linear, nn.ReLU()]
        self.layers = nn.Sequential(*layers[:-1])

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        output: torch.Tensor = self.layers(inputs)
        return output[:, 0]


def loop(
    network: ContentNetwork, layers: Canonical, c: MeLUConfig, episode: Episode
) -> Iterator[torch.Tensor]:
    """The outer loss of each task, one MAML clone a task."""
    maml = load_maml()(layers, c.inner_rate, c.first_order)
    batch = episode.batch
    for task in range(len(batch)):

        def inputs(items: torch.Tensor, user: torch.Tensor = batch.user[task]) -> torch.Tensor:
            return torch.cat([network.user(user.expand(len(items))), network.item(items)], 1)

        known, asked = batch.support_mask[task], batch.query_mask[task]
        x, r = inputs(batch.support_item[task, known]), batch.support_value[task, known].double()
        learner = maml.clone()
        for _ in range(c.inner_steps if len(x) else 0):
            error = learner(x) - network.normal(r)
            learner.adapt(pointwise(c.inner_loss, error, c.delta).mean())
        output = learner(inputs(batch.query_item[task, asked]))
        error = output - network.normal(episode.target[task, asked].double())
        yield pointwise(c.loss, error, c.delta).mean()


def gradients(module: nn.Module) -> dict[str, torch.Tensor]:
    return {name: p.grad for name, p in module.named_parameters() if p.grad is not None}


@pytest.mark.parametrize("inner", ["absolute", "squared", "huber"])
@pytest.mark.parametrize("loss", ["absolute", "squared", "huber"])
@pytest.mark.parametrize("first_order", [False, True])
@pytest.mark.parametrize(("steps", "hidden"), [(1, (8, 8)), (5, (8, 8)), (2, (8,)), (2, (8, 6, 4))])
def test_batched_melu_equals_a_loop_of_learn2learn(
    inner: Loss, loss: Loss, first_order: bool, steps: int, hidden: tuple[int, ...]
) -> None:
    ratings = world(12)
    c = MeLUConfig(
        inner_loss=inner,
        loss=loss,
        first_order=first_order,
        inner_steps=steps,
        hidden=hidden,
        embedding=5,
    )
    learner = MeLU(c, domain(ratings), RNG(1))
    learner.network.observe(training(ratings))
    network = learner.network.double()
    episode = with_empty_support(next(training(ratings).episodes(RNG(2), batch_size=8)))

    batched = learner.losses(episode)
    batched.sum().backward()
    ours = {name: p.clone() for name, p in gradients(network).items()}
    network.zero_grad()

    layers = Canonical(network)
    looped = torch.stack(list(loop(network, layers, c, episode)))
    looped.sum().backward()
    torch.testing.assert_close(batched, looped, rtol=0, atol=1e-9)
    for layer in range(network.decision.depth):
        linear = layers.layers[2 * layer]
        expected = {"weight": linear.weight.grad.T, "bias": linear.bias.grad}
        for kind, gradient in expected.items():
            got = ours[f"decision.{kind}{layer}"]
            torch.testing.assert_close(got, gradient, rtol=0, atol=1e-9)
    for name, gradient in gradients(network).items():
        torch.testing.assert_close(ours[name], gradient, rtol=0, atol=1e-9)
        assert gradient.abs().max() > 0


@pytest.mark.parametrize("learner", [MeLU, ANIL])
def test_predictions_are_those_of_learn2learn_though_it_takes_no_step(
    learner: type[ThroughMAML], monkeypatch: pytest.MonkeyPatch
) -> None:
    ratings = world(12)
    made = learner(learner.Config(epochs=1), domain(ratings), RNG(1))
    made.train_epoch(training(ratings), 0, RNG(2))
    network = made.predictor.double()
    episode = with_empty_support(next(training(ratings).episodes(RNG(3), batch_size=8)))
    through = made.output(network, episode.batch).detach()
    monkeypatch.setattr("baselines.inner_loop.through_maml", None)
    with torch.no_grad():
        ours = made.output(network, episode.batch)
    mask = episode.batch.query_mask
    torch.testing.assert_close(ours[mask], through[mask], rtol=0, atol=1e-12)
    assert (through[mask] - through[mask].mean()).abs().max() > 0.01
