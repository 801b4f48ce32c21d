"""Steps taken by hand are those that autograd takes on a matrix and a move of tables per task."""

from functools import partial
from typing import Any

import pytest
import torch

from baselines.decision_layers import task_cells
from baselines.decision_layers_first_order import FirstOrderLayers
from baselines.inner_loop import InnerLoss, ThroughMAML, sgd_step
from baselines.losses import task_losses
from baselines.maml.fomaml import FOMAML, FOMAMLConfig
from baselines.maml.meta_sgd import MetaSGD, MetaSGDConfig
from baselines.maml.rated_layers import rated_product
from baselines.maml.reptile import Reptile, ReptileConfig, all_ratings, minibatches
from baselines.maml.whole_first_order import whole_layers
from baselines.maml.whole_network import WholeLayers, dense_products, shared_ids
from baselines.network import ContentNetwork
from baselines.neural_options import NeuralConfig
from coldbench import EpisodeBatch, known_ids
from coldbench.learning.learner import Episode
from coldbench.learning.loading import load_variant
from tests.baselines.worlds import RNG, domain, training, with_empty_support, world


class SlowFOMAML(FOMAML):
    """Through learn2learn."""

    def output(
        self, network: Any, batch: EpisodeBatch, generator: torch.Generator | None = None
    ) -> torch.Tensor:
        return ThroughMAML.output(self, network, batch, generator)


class SlowMetaSGD(MetaSGD):
    """With a first layer for every task."""

    def output(
        self, network: Any, batch: EpisodeBatch, generator: torch.Generator | None = None
    ) -> torch.Tensor:
        c = self.config
        with torch.enable_grad():
            layers = WholeLayers(network, batch, generator, embeddings=False)
            inner = InnerLoss.of(network, batch, c.inner_loss, c.delta, c.inner_shrink)
            for _ in range(c.inner_steps):
                sgd_step(layers, layers.loss(inner), dict(network.rates.items()))
        return layers(query=True)


class SlowReptile(Reptile):
    """With every minibatch on all cells, and a backward pass for each of the two gradients."""

    def losses(self, episode: Episode, generator: torch.Generator | None = None) -> torch.Tensor:
        c, batch = self.config, all_ratings(episode)
        layers = WholeLayers(self.network, batch, generator)
        parts: list[torch.Tensor] = []
        for cells in minibatches(batch.support_mask, c.inner_steps, generator):
            mask = batch.support_mask & torch.zeros_like(batch.support_mask).scatter_(
                1, cells, True
            )
            if parts:
                sgd_step(layers, parts[-1].sum(), c.inner_rate)
            error = layers() - self.network.normal(batch.support_value)
            parts.append(task_losses(c.inner_loss, error, c.delta, mask))
        return torch.stack(parts).mean(0)

    def output(
        self, network: Any, batch: EpisodeBatch, generator: torch.Generator | None = None
    ) -> torch.Tensor:
        c = self.config
        inner = InnerLoss.of(network, batch, c.inner_loss, c.delta)
        with torch.enable_grad():
            layers = WholeLayers(network, batch, generator)
            for _ in range(c.tune_steps):
                sgd_step(layers, layers.loss(inner), c.inner_rate)
        return layers(query=True)


@pytest.mark.parametrize(
    ("fast", "slow", "config"),
    [
        (FOMAML, SlowFOMAML, FOMAMLConfig),
        (MetaSGD, SlowMetaSGD, MetaSGDConfig),
        (Reptile, SlowReptile, ReptileConfig),
        pytest.param(Reptile, SlowReptile, partial(ReptileConfig, item_id=True), id="reptile-ids"),
    ],
)
@pytest.mark.parametrize("content", [True, False])
def test_training_by_hand_leads_to_the_same_predictions(
    content: bool, fast: Any, slow: Any, config: Any
) -> None:
    ratings = world(40, content=content)
    c = config(embedding=6, hidden=(8, 8), inner_steps=3, inner_loss="huber", rate=0.01)
    found = []
    for kind in (fast, slow):
        learner = kind(c, domain(ratings), RNG(1))
        for epoch in range(2):
            learner.train_epoch(training(ratings), epoch, RNG(epoch))
        asked = with_empty_support(next(training(ratings).episodes(RNG(7), batch_size=30))).batch
        found.append(learner.predict(asked)[asked.query_mask])
    assert found[0].std() > 0.01
    torch.testing.assert_close(found[0], found[1], rtol=0, atol=1e-5)


@pytest.mark.parametrize("whole", [False, True])
def test_a_step_by_hand_is_one_through_an_optimiser(whole: bool) -> None:
    ratings = world(12)
    network = ContentNetwork(domain(ratings), NeuralConfig(embedding=4), RNG(0)).double()
    batch = next(training(ratings).episodes(RNG(1), batch_size=6)).batch
    inner = InnerLoss.of(network, batch, "squared", 0.1)

    def made() -> FirstOrderLayers:
        if whole:
            return whole_layers(network, batch)
        return FirstOrderLayers(network.decision, task_cells(network, batch))

    ours, theirs = made(), made()
    for _ in range(3):
        ours.descend(inner, 0.05)
        sgd_step(theirs, theirs.loss(inner), 0.05)
    torch.testing.assert_close(ours(query=True), theirs(query=True), rtol=0, atol=1e-12)


@pytest.mark.parametrize("count", [9, 200])
@pytest.mark.parametrize("longest", [1, 3])
def test_shared_ids_are_products_of_shares(count: int, longest: int) -> None:
    ids = torch.from_numpy(RNG(0).integers(0, 9, (20, longest)))
    share = known_ids(ids, torch.float32)
    share = share / share.sum(1, keepdim=True)
    position = torch.from_numpy(RNG(1).integers(0, 20, (4, 7)))
    expected = dense_products(ids, count, share)[position[:, :, None], position[:, None, :5]]
    found = shared_ids(ids, count, position, 5, torch.float32)
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-6)


def test_products_of_rated_sums_do_not_depend_on_the_buffer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    draw = torch.Generator().manual_seed(0)
    z, x, total, rate = (
        torch.randn(shape, generator=draw) for shape in ((5, 3, 6), (5, 4, 6), (5, 4, 2), (6, 2))
    )
    expected = z @ (rate * (x.mT @ total))
    for size in (1, 24, 10**6):
        monkeypatch.setattr("baselines.maml.rated_layers.BUFFER", size)
        torch.testing.assert_close(rated_product(z, x, total, rate), expected)


@pytest.mark.parametrize(
    ("name", "rate", "shrink"),
    [
        ("melu", "inner_rate", "inner_shrink"),
        ("reptile", "inner_rate", "tune_shrink"),
        ("plain-finetune", "tune_rate", "tune_shrink"),
        ("mamo", "rho", "local_shrink"),
    ],
)
def test_as_many_empty_cells_as_ratings_halve_a_step(name: str, rate: str, shrink: str) -> None:
    ratings, variant = world(), load_variant(name)
    batch = next(training(ratings).episodes(RNG(7), batch_size=1)).batch
    n = int(batch.support_mask.sum())
    plain, shrunk, still = (
        variant.learner(variant.configure(options), domain(ratings), RNG(1)).predict(batch)
        for options in ({rate: 0.05}, {rate: 0.1, shrink: n}, {rate: 0.05, shrink: 1e9})
    )
    torch.testing.assert_close(shrunk, plain, rtol=0, atol=1e-5)
    assert (plain - still).abs().max() > 0.01
