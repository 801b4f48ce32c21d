"""r2d2's ridge and gp's posterior against scikit-learn, one user at a time."""

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel
from sklearn.linear_model import Ridge

from baselines.amortised.episode_inputs import read_sides
from baselines.amortised.r2d2 import R2D2, R2D2Config, head
from baselines.closed_form.gp import GP, GPConfig, Rated
from baselines.closed_form.ridge_regressions import Cells
from coldbench.data.ratings import Array
from coldbench.tasks.episodes import EpisodeBatch
from tests.baselines.worlds import RNG, domain, training, with_empty_support, world

WORLD = world()
DATA = training(WORLD)
EPISODE = with_empty_support(next(DATA.episodes(RNG(3), batch_size=8)))


def ridge(x: Array, y: Array, penalty: Array) -> Array:
    """scikit-learn's ridge has one penalty: others by the scale of each column."""
    if not len(y):
        return np.zeros(len(penalty))
    root = np.sqrt(penalty)
    found: Array = Ridge(alpha=1.0, fit_intercept=False).fit(x / root, y).coef_ / root
    return found


@pytest.mark.parametrize("length", [3, 9])
def test_head_is_a_ridge_in_both_of_its_forms(length: int) -> None:
    features = torch.from_numpy(RNG(0).normal(size=(4, length, 6)))
    y, mask = torch.from_numpy(RNG(1).normal(size=(4, length))), torch.ones(4, length).bool()
    mask[0], mask[1, 2:] = False, False
    penalty = torch.tensor([3.0, 1.0, 10.0, 0.5, 2.0, 0.1, 1.0]).double()
    found = head(features, y, mask, penalty)
    for task, known in enumerate(mask):
        x = np.column_stack([np.ones(int(known.sum())), features[task, known].numpy()])
        expected = ridge(x, y[task, known].numpy(), penalty.numpy())
        np.testing.assert_allclose(found[task].numpy(), expected, atol=1e-9)


def moved() -> R2D2:
    """A learner whose lambda, alpha and beta are not those of the start."""
    learner = R2D2(R2D2Config(embedding=4, hidden=(8, 5), shorten=0.5), domain(WORLD), RNG(0))
    network = learner.network
    network.observe(DATA)
    network.double()
    with torch.no_grad():
        network.log_penalty.copy_(torch.tensor([0.05, -0.1]))
        network.log_scale.fill_(-0.02)
        network.beta.fill_(0.3)
    return learner


def test_r2d2_is_a_ridge_on_what_the_shared_head_leaves() -> None:
    network, batch = moved().network, EPISODE.batch
    with torch.no_grad():
        sides, output = read_sides(network, batch), network(batch)
        support, query = (network.features(sides.user, s) for s in (sides.support, sides.query))
        penalty = np.array([3.0 * np.exp(0.5), *[np.exp(-1.0)] * 5])
        shared, intercept = network.shared.weight[0].numpy(), float(network.shared.bias)
        assert penalty == pytest.approx(network.penalty().numpy())
    for task, known in enumerate(batch.support_mask):
        h = support[task, known].numpy()
        y = sides.rating[task, known, 0].numpy() - h @ shared - intercept
        own = np.exp(-0.2) * ridge(np.column_stack([np.ones(len(h)), h]), y, penalty)
        asked = query[task].numpy()
        expected = 0.3 + intercept + own[0] + asked @ (shared + own[1:])
        np.testing.assert_allclose(output[task].numpy(), expected, atol=1e-9)


def test_without_ratings_r2d2_is_its_shared_head() -> None:
    network, batch = moved().network, EPISODE.batch
    with torch.no_grad():
        sides = read_sides(network, batch)
        shared = network.shared(network.features(sides.user, sides.query))[0, :, 0]
        assert float(shared.std()) > 1e-4
        torch.testing.assert_close(network(batch)[0], shared + network.beta)


def test_some_training_supports_are_shortened() -> None:
    network, mask = moved().network, torch.arange(6).expand(4000, 6) < 5
    generator = torch.Generator().manual_seed(0)
    kept = network._shortened(mask, generator)
    assert not (kept & ~mask).any()
    assert (kept[:, 1:] <= kept[:, :-1]).all()
    share = torch.bincount(kept.sum(1), minlength=6) / 4000
    expected = torch.tensor([1, 1, 1, 1, 1, 7]) / 12  # half uniform on 0..5, half all 5
    torch.testing.assert_close(share, expected, atol=0.02, rtol=0)
    network.shorten = 0.0
    assert torch.equal(network._shortened(mask, generator), mask)


def trained() -> GP:
    learner = GP(GPConfig(factors=3), domain(WORLD), RNG(0))
    for epoch in range(2):
        learner.train_epoch(DATA, epoch, RNG(epoch))
    return learner


def users(learner: GP, batch: EpisodeBatch) -> Iterator[tuple[int, Array, Array]]:
    """For users with ratings: the place, what the kernel reads of the support, its residuals."""
    item = learner.factors.item
    for task, known in enumerate(batch.support_mask):
        if known.any():
            items, value = batch.support_item[task, known], batch.support_value[task, known]
            rest = value.double() - learner.factors.mean - item[items, 0]
            yield task, read(learner, items), rest.numpy()


def read(learner: GP, items: torch.Tensor) -> Array:
    points = learner.points(items, learner.factors.item[items])
    return np.concatenate([points.q.numpy(), points.x.numpy()], 1)


def fitted(learner: GP, x: Array, y: Array) -> GaussianProcessRegressor:
    level, of_factors, of_content, noise = learner.kernel.variances.detach().exp().tolist()
    near, alike = learner.kernel.lengths.detach().exp().tolist()
    far, factors = 1e12, learner.config.factors
    content = x.shape[1] - factors
    kernel = (
        ConstantKernel(level)
        + ConstantKernel(of_factors) * RBF([near] * factors + [far] * content)
        + ConstantKernel(of_content) * RBF([far] * factors + [alike] * content)
    )
    return GaussianProcessRegressor(kernel, alpha=noise, optimizer=None).fit(x, y)


def test_gp_predicts_as_scikit_learn() -> None:
    learner, batch = trained(), EPISODE.batch
    found, item = learner.predict(batch), learner.factors.item
    for task, x, y in users(learner, batch):
        asked = batch.query_item[task]
        own = fitted(learner, x, y).predict(read(learner, asked))
        expected = learner.factors.mean + item[asked, 0].numpy() + own + learner.shift
        np.testing.assert_allclose(found[task].numpy(), expected, atol=1e-5)
    asked = batch.query_item[0]  # a user without ratings
    expected = learner.factors.mean + item[asked, 0] + learner.shift
    torch.testing.assert_close(found[0].double(), expected, atol=1e-5, rtol=0)


def test_gp_climbs_the_likelihood_of_scikit_learn() -> None:
    learner, batch = trained(), EPISODE.batch
    known = Rated(batch.support_item, batch.support_value, batch.support_mask)
    vector = learner.factors.item[batch.support_item]
    found = learner.posterior(known, vector).log_likelihood().detach()
    for task, x, y in users(learner, batch):
        expected = fitted(learner, x, y).log_marginal_likelihood_value_
        constant = len(y) / 2 * np.log(2 * np.pi)
        assert float(found[task]) == pytest.approx(expected + constant, abs=1e-8)
    at_start = GP(GPConfig(factors=3), domain(WORLD), RNG(0))
    at_start.factors = learner.factors
    assert found.sum() > at_start.posterior(known, vector).log_likelihood().sum() + 1


def test_held_out_factors_have_not_seen_the_ratings_of_their_fold() -> None:
    learner, cells = trained(), Cells.of(DATA)
    fold = torch.from_numpy(RNG(5).integers(0, 4, cells.n_users))
    tables = learner._held_out(cells, fold)
    mine = fold[cells.user] == 2
    given = cells._replace(value=torch.where(mine, 6 - cells.value, cells.value))
    factors = learner.factors
    users, prior = factors.users(cells), factors.content @ factors.weight
    torch.testing.assert_close(
        factors.items(given.where(~mine), users, prior), tables[2]
    )  # whatever they rated
    assert (factors.items(given, users, prior) - tables[2]).abs().max() > 0.1
