"""bmf against NumPy's conditionals and a chain without batches; svdpp-fold against loops."""

import numpy as np
import pytest
import torch
from scipy.stats import wishart

from baselines.closed_form.ridge_regressions import Cells
from baselines.factorisation.bmf import BMF, BMFConfig
from baselines.factorisation.gaussians import conditional_draw, conditional_mean
from baselines.factorisation.gibbs import Gibbs, conditional, with_one
from baselines.factorisation.linear_prior import LinearPrior
from baselines.factorisation.svdpp import SVDppConfig, SVDppFold, own_ratings
from coldbench.data.ratings import Array
from coldbench.tasks.episodes import EpisodeBatch
from tests.baselines.worlds import RNG, domain, training, world

WORLD = world()
DATA = training(WORLD)


def tensor(array: Array) -> torch.Tensor:
    return torch.from_numpy(np.asarray(array, np.float64))


def one_user(x: Array, y: Array, mean: Array, prior: Array, noise: float) -> tuple[Array, Array]:
    """Mean and covariance of a vector v ~ N(mean, prior^-1) given y = x v + noise: by conditioning
    the joint Gaussian of (v, y), which inverts no precision of v."""
    wide = np.linalg.inv(prior)
    cross = wide @ x.T
    of_y = x @ cross + np.eye(len(y)) / noise
    gain = np.linalg.solve(of_y, cross.T).T
    return mean + gain @ (y - x @ mean), wide - gain @ cross.T


def test_the_conditional_of_each_user_is_that_of_the_joint_gaussian() -> None:
    rng = RNG(0)
    group, x, y = rng.integers(0, 4, 30), rng.normal(size=(30, 3)), rng.normal(size=30)
    mean, prior = rng.normal(size=(5, 3)), np.asarray(wishart.rvs(9, np.eye(3), random_state=rng))
    precision, right = conditional(
        torch.from_numpy(group), tensor(x), tensor(y), tensor(mean), tensor(prior), 2.5
    )
    got, wide = conditional_mean(precision, right).numpy(), np.linalg.inv(precision.numpy())
    for g in range(5):
        expected = one_user(x[group == g], y[group == g], mean[g], prior, 2.5)
        np.testing.assert_allclose(got[g], expected[0], atol=1e-9)
        np.testing.assert_allclose(wide[g], expected[1], atol=1e-9)


def test_draws_have_the_mean_and_the_covariance_of_the_conditional() -> None:
    rng = RNG(1)
    precision = np.asarray(wishart.rvs(6, np.eye(3), random_state=rng))
    right, n = np.array([1.0, -2.0, 0.5]), 40_000
    drawn = conditional_draw(
        tensor(precision).expand(n, 3, 3),
        tensor(right).expand(n, 3),
        tensor(rng.normal(size=(n, 3))),
    ).numpy()
    wide = np.linalg.inv(precision)
    error = 5 * np.sqrt(np.diag(wide) / n)
    assert (np.abs(drawn.mean(0) - wide @ right) < error).all()
    size = np.sqrt(np.outer(np.diag(wide), np.diag(wide)))
    assert (np.abs(np.cov(drawn.T) - wide) / size).max() < 0.03


def grid(prior: LinearPrior, vector: Array, x: Array) -> tuple[float, float]:
    """E[W] and E[1 / L] of one dimension and one content column, by summing over a grid of
    (W, log L, log c)."""
    w = np.linspace(-4, 4, 161)[:, None, None]
    precision = np.exp(np.linspace(-5, 5, 101))[None, :, None]
    c = np.exp(np.linspace(-12, 8, 101))[None, None]
    square = ((vector[:, None] - x[:, None] * w.ravel()) ** 2).sum(0)[:, None, None]
    log = len(vector) / 2 * np.log(precision) - precision * square / 2
    log = log + 0.5 * np.log(precision * c) - precision * c * w**2 / 2
    log = log + 0.5 * np.log(precision) - prior.spread**2 * precision / 2 + 0.5 * np.log(c) - c / 2
    weight = np.exp(log - log.max())  # both are on a log grid: d log L = dL / L
    return float((weight * w).sum() / weight.sum()), float(
        (weight / precision).sum() / weight.sum()
    )


@pytest.mark.thorough
def test_the_prior_is_drawn_from_its_posterior() -> None:
    rng = RNG(2)
    x = rng.normal(size=12)
    vector = 0.7 * x + rng.normal(0, 0.8, 12)
    prior = LinearPrior(tensor(x[:, None]), 1, 0.5)
    weights, spreads = [], []
    for _ in range(6000):
        prior.sample(tensor(vector[:, None]), torch.arange(12), rng)
        weights.append(float(prior.weight))
        spreads.append(1 / float(prior.precision))
    expected = grid(prior, vector, x)
    for drawn, exact in zip((weights, spreads), expected, strict=True):
        error = 4 * np.std(drawn) / np.sqrt(len(drawn))
        assert abs(np.mean(drawn) - exact) < error + 0.005


def by_hand(learner: BMF, batch: EpisodeBatch, task: int) -> Array:
    """The prediction for one task, by NumPy, sample by sample."""
    mask = batch.support_mask[task].numpy()
    item, asked = batch.support_item[task].numpy()[mask], batch.query_item[task].numpy()
    z = (batch.support_value[task].double().numpy()[mask] - learner.mean) / learner.sd
    total = np.zeros(len(asked))
    for sample in learner.samples:
        q = sample.item.numpy()
        x = np.concatenate([np.ones((len(item), 1)), q[item, 1:]], 1)
        mean = learner.user_content[batch.user[task]].numpy() @ sample.user_weight.numpy()
        prior, y = sample.user_precision.numpy(), z - q[item, 0]
        user, _ = one_user(x, y, mean, prior, sample.noise)
        of_query = q[asked, 0] + user[0] + q[asked, 1:] @ user[1:]
        total += learner.mean + learner.sd * of_query
    return total / len(learner.samples) + learner.shift


def test_bmf_folds_users_in_and_gives_cold_items_their_prior() -> None:
    rest = training(world())
    kept = rest.item != 7
    lists = rest.lists.where(kept[rest.lists.rows])
    cold = type(rest)(rest.user, rest.item, rest.value, lists, rest.task_user)
    config = BMFConfig(factors=3, kept=4, burn_in=0.5)
    learner = BMF(config, domain(WORLD), RNG(0))
    learner.train_epoch(cold, 0, RNG(1))
    batch = next(DATA.episodes(RNG(3), batch_size=8)).batch
    mask, item = batch.support_mask.clone(), batch.support_item.clone()
    mask[0], item[1, 0] = False, 7
    rest_of_batch = batch.support_value, mask, batch.query_item, batch.query_mask
    batch = EpisodeBatch(batch.user, item, *rest_of_batch)
    got = learner.predict(batch).numpy()
    for task in range(len(batch)):
        np.testing.assert_allclose(got[task], by_hand(learner, batch, task), atol=1e-5)
    for sample in learner.samples:
        torch.testing.assert_close(sample.item[7], learner.item_content[7] @ sample.item_weight)


def test_the_first_samples_are_dropped() -> None:
    all_kept, learner = (
        BMF(BMFConfig(factors=2, sweeps=1, burn_in=share), domain(WORLD), RNG(0))
        for share in (0.0, 0.4)
    )
    for epoch, dropped in enumerate((1, 2, 3, 4)):
        for one in (all_kept, learner):
            one.train_epoch(DATA, epoch, RNG(epoch))
        noises = [sample.noise for sample in all_kept.samples]
        assert len(set(noises)) == 3 * (epoch + 1)
        assert [sample.noise for sample in learner.samples] == noises[dropped:]


def test_the_chain_finds_the_vectors_that_made_the_ratings() -> None:
    """Ratings made by known biases, factors and noise: the posterior means are near them."""
    rng, n, m = RNG(4), 60, 50
    user, item = rng.normal(0, 0.7, (n, 2)), rng.normal(0, 0.7, (m, 2))
    pairs = np.stack(np.meshgrid(np.arange(n), np.arange(m)), -1).reshape(-1, 2)
    truth = (
        user[pairs[:, 0], 0] + item[pairs[:, 1], 0] + user[pairs[:, 0], 1] * item[pairs[:, 1], 1]
    )
    value = truth + rng.normal(0, 0.5, len(truth))
    columns = [torch.from_numpy(a) for a in (pairs[:, 0], pairs[:, 1], value)]
    cells = Cells(columns[0], columns[1], columns[2], n)
    priors = [LinearPrior(torch.ones(size, 1).double(), 2, 0.3) for size in (n, m)]
    start = tensor(rng.normal(0, 0.1, (m, 2)))
    chain = Gibbs(cells, torch.arange(n), priors[0], priors[1], start)
    fitted, noise = np.zeros(len(value)), []
    for sweep in range(120):
        chain.sweep(rng)
        if sweep >= 40:
            vectors = chain.item[cells.item], chain.user[cells.user]
            fitted += (vectors[0][:, 0] + (with_one(vectors[0]) * vectors[1]).sum(1)).numpy() / 80
            noise.append(chain.noise**-0.5)
    assert abs(np.mean(noise) - 0.5) < 0.02
    assert np.abs(fitted - truth).mean() < 0.12  # the ratings are .4 away


def test_the_shift_of_bmf_does_not_see_a_user_s_own_ratings() -> None:
    config = BMFConfig(factors=3, kept=1)
    learner = BMF(config, domain(WORLD), RNG(0))
    learner.train_epoch(DATA, 0, RNG(1))
    chain = learner.chain
    assert chain is not None
    out = torch.zeros(chain.cells.n_users, dtype=torch.bool)
    out[3] = True
    before = chain.items_without(out)
    mine = chain.cells.user == 3
    chain.cells = chain.cells._replace(value=chain.cells.value + mine * 2.0)
    assert torch.equal(chain.items_without(out), before)
    assert not torch.equal(chain.items_without(~out), before)


def svdpp() -> SVDppFold:
    learner = SVDppFold(SVDppConfig(factors=3, epochs=2), domain(WORLD), RNG(0))
    for epoch in range(2):
        learner.train_epoch(DATA, epoch, RNG(epoch))
    return learner


def in_a_loop(learner: SVDppFold, user: int, rated: dict[int, float], asked: int) -> float:
    """The rating of one item, from the equations, one rating after another."""
    network, shrink = learner.predictor, learner.config.shrink_user
    with torch.no_grad():
        level, *own = network.of_user(network.user(torch.tensor([user])))[0].tolist()
        bias, q, x, y = (
            dict(enumerate(part.tolist()))
            for part in network.items(torch.arange(WORLD.catalogue.n_items))
        )
    errors = {
        j: (value - network.offset) / network.unit - bias[j] - level for j, value in rated.items()
    }
    shift = sum(errors.values()) / (len(rated) + shrink)
    factors = list(own)
    for j, error in errors.items():
        for k in range(3):
            factors[k] += ((error - shift) * x[j][k] + y[j][k]) / len(rated) ** 0.5
    output = bias[asked] + level + shift
    output += sum(q[asked][k] * factors[k] for k in range(3))
    rating: float = output * network.unit + network.offset
    return rating


def test_svdpp_folds_a_user_in_as_the_equations_say() -> None:
    learner = svdpp()
    batch = next(DATA.episodes(RNG(3), batch_size=6)).batch
    mask = batch.support_mask.clone()
    mask[0] = False
    rest = mask, batch.query_item, batch.query_mask
    batch = EpisodeBatch(batch.user, batch.support_item, batch.support_value, *rest)
    got = learner.predict(batch)
    for task, known in enumerate(mask):
        items, values = batch.support_item[task, known], batch.support_value[task, known]
        rated = dict(zip(items.tolist(), values.tolist(), strict=True))
        expected = in_a_loop(learner, int(batch.user[task]), rated, int(batch.query_item[task, 0]))
        np.testing.assert_allclose(float(got[task, 0]), expected, atol=2e-5)


def test_svdpp_trains_on_each_rating_given_the_user_s_others_alone() -> None:
    learner = svdpp()
    network = learner.predictor
    batch = next(own_ratings(DATA, 5, RNG(2)))
    with torch.no_grad():
        output = network.rating(network.score_own(batch, None))
    for task, known in enumerate(batch.support_mask):
        items, values = batch.support_item[task, known], batch.support_value[task, known]
        rated = dict(zip(items.tolist(), values.tolist(), strict=True))
        for place, item in enumerate(items.tolist()):
            others = {j: value for j, value in rated.items() if j != item}
            expected = in_a_loop(learner, int(batch.user[task]), others, item)
            np.testing.assert_allclose(float(output[task, place]), expected, atol=2e-5)


def test_svdpp_trains_on_every_rating_once() -> None:
    batches = list(own_ratings(DATA, 7, RNG(0)))
    pairs = [
        (int(user), item)
        for batch in batches
        for user, items, mask in zip(
            batch.user, batch.support_item, batch.support_mask, strict=True
        )
        for item in items[mask].tolist()
    ]
    assert sorted(pairs) == sorted(zip(DATA.user.tolist(), DATA.item.tolist(), strict=True))


def test_an_epoch_of_svdpp_waits_for_its_loss_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each number read from a GPU makes it wait."""
    learner, real, read = svdpp(), torch.Tensor.__float__, []

    def counted(tensor: torch.Tensor) -> float:
        read.append(tensor.shape)
        return real(tensor)

    monkeypatch.setattr(torch.Tensor, "__float__", counted)
    learner.train_epoch(DATA, 0, RNG(0))
    assert len(read) == 1
