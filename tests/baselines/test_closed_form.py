"""trivial, bias, ridge, mf and knn against direct solutions, one user at a time."""

from collections.abc import Iterator

import numpy as np
import pytest
import torch

from baselines.closed_form.bias import Bias, BiasConfig, bias, item_biases
from baselines.closed_form.knn import KNN, KNNConfig, nearest
from baselines.closed_form.mf import MF, MFConfig
from baselines.closed_form.ridge import Ridge, RidgeConfig, solve_dual, solve_primal
from baselines.closed_form.ridge_regressions import Cells, solve_groups
from baselines.closed_form.trivial import (
    CentreConfig,
    Global,
    ItemMean,
    ItemMeanConfig,
    masked_mean,
    masked_median,
)
from coldbench.data.ratings import Array
from coldbench.learning.learner import Learner
from coldbench.tasks.episodes import EpisodeBatch
from tests.baselines.worlds import RNG, domain, training, world

WORLD = world()
DATA = training(WORLD)


def trained(learner: Learner, epochs: int = 1) -> Learner:
    for epoch in range(epochs):
        learner.train_epoch(DATA, epoch, RNG(epoch))
    return learner


def episode() -> EpisodeBatch:
    """Ragged supports, the first one empty."""
    batch = next(DATA.episodes(RNG(3), batch_size=8)).batch
    mask = batch.support_mask.clone()
    mask[0] = False
    rest = mask, batch.query_item, batch.query_mask
    return EpisodeBatch(batch.user, batch.support_item, batch.support_value, *rest)


def users(batch: EpisodeBatch) -> Iterator[tuple[int, Array, Array]]:
    """Each task's place, support items and support ratings (float64)."""
    for task, known in enumerate(batch.support_mask):
        value = batch.support_value[task, known].double().numpy()
        yield task, batch.support_item[task, known].numpy(), value


def close(got: torch.Tensor, expected: list[Array], atol: float = 1e-4) -> None:
    assert torch.isfinite(got).all()
    np.testing.assert_allclose(got.numpy(), np.stack(expected), atol=atol)


def test_global_and_item_means() -> None:
    batch = episode()
    value = np.sort(DATA.value)
    middle = trained(Global(CentreConfig(statistic="median"), domain(WORLD), RNG(0)))
    assert (middle.predict(batch) == value[(len(value) - 1) // 2]).all()
    learner = trained(ItemMean(ItemMeanConfig(), domain(WORLD), RNG(0)))
    asked = batch.query_item[0, 0]
    expected = DATA.value[DATA.item == int(asked)].mean()
    assert learner.predict(batch)[0, 0] == pytest.approx(expected, abs=1e-5)


def test_masked_mean_and_median() -> None:
    batch = episode()
    mean, median = masked_mean(batch), masked_median(batch)
    for task, _, value in users(batch):
        if len(value):
            assert mean[task] == pytest.approx(value.mean(), abs=1e-5)
            assert median[task] == np.sort(value)[(len(value) - 1) // 2]
    assert mean[0] == 0


def test_item_biases_solve_their_equations() -> None:
    """The alternation ends where both shrunk equations hold: one linear system."""
    n, m, mean = WORLD.catalogue.n_items, len(DATA.task_user), 3.0
    system, right = np.diag([5.0] * n + [3.0] * m), np.zeros(n + m)
    for user, item, value in zip(DATA.user, DATA.item, DATA.value, strict=True):
        pair = [int(item), n + int(user)]
        system[np.ix_(pair, pair)] += 1
        right[pair] += value - mean
    solved = np.linalg.solve(system, right)[:n]
    np.testing.assert_allclose(item_biases(DATA, n, mean, 5.0, 3.0, 300), solved, atol=1e-9)


def test_bias_by_hand() -> None:
    learner = trained(Bias(BiasConfig(), domain(WORLD), RNG(0)))
    assert isinstance(learner, Bias)
    batch, item = episode(), learner.item.numpy()
    expected = []
    for task, known, value in users(batch):
        own = (value - learner.mean - item[known]).sum() / (len(value) + 3.0)
        expected.append(learner.mean + item[batch.query_item[task].numpy()] + own)
    close(learner.predict(batch), expected)


def test_the_shift_of_bias_is_the_median_residual_of_held_out_ratings() -> None:
    learner = trained(Bias(BiasConfig(median_shift=True), domain(WORLD), RNG(0)))
    plain = trained(Bias(BiasConfig(), domain(WORLD), RNG(0)))
    assert isinstance(learner, Bias)
    residuals = np.concatenate([
        (episode.target - plain.predict(episode.batch))[episode.batch.query_mask].numpy()
        for episode in DATA.episodes(RNG(0), batch_size=256)
    ])  # fmt: skip
    middle = np.sort(residuals)[(len(residuals) - 1) // 2]
    assert middle != 0
    moved = learner.predict(episode()) - plain.predict(episode())
    torch.testing.assert_close(moved, torch.full_like(moved, float(middle)))


def test_jobs_of_bias_from_before_its_shift_keep_their_names() -> None:
    before = {"epochs": 1, "patience": 4, "fixed_epochs": False, "shrink_item": 5.0,
              "shrink_user": 3.0, "sweeps": 10}  # fmt: skip
    assert BiasConfig.model_validate(before).model_dump(mode="json") == before
    assert bias.configure(before).model_dump(mode="json") == before
    assert bias.configure({}).model_dump(mode="json") == before | {"median_shift": True}


def test_primal_and_dual_agree_with_numpy() -> None:
    x, y = (
        torch.from_numpy(RNG(0).normal(size=(5, 7, 4))),
        torch.from_numpy(RNG(1).normal(size=(5, 7))),
    )
    penalty = torch.tensor([3.0, 1.0, 10.0, 0.5], dtype=torch.float64)
    expected = []
    for a, b in zip(x.numpy(), y.numpy(), strict=True):
        stacked = np.concatenate([a, np.diag(penalty.sqrt().numpy())])
        expected.append(np.linalg.lstsq(stacked, np.concatenate([b, np.zeros(4)]))[0])
    close(solve_primal(x, y, penalty), expected, 1e-9)
    close(solve_dual(x, y, penalty), expected, 1e-9)


def test_ridge_per_user() -> None:
    learner = trained(Ridge(RidgeConfig(), domain(WORLD), RNG(0)))
    assert isinstance(learner, Ridge)
    batch, item, content = episode(), learner.item.numpy(), learner.content.numpy()
    expected = []
    for task, known, value in users(batch):
        x, y = content[known], value - learner.mean - item[known]
        w = np.linalg.solve(x.T @ x + np.diag(learner.penalty.numpy()), x.T @ y)
        asked = batch.query_item[task].numpy()
        expected.append(learner.mean + item[asked] + content[asked] @ w + learner.shift)
    close(learner.predict(batch), expected)


def test_ridge_without_content_is_bias() -> None:
    bare = domain(world(content=False))
    ridge = trained(Ridge(RidgeConfig(median_shift=False), bare, RNG(0)))
    biased = trained(Bias(BiasConfig(), bare, RNG(0)))
    torch.testing.assert_close(ridge.predict(episode()), biased.predict(episode()))


def test_solve_groups_is_one_ridge_a_group() -> None:
    rng = RNG(0)
    group, x, y = rng.integers(0, 4, 40), rng.normal(size=(40, 3)), rng.normal(size=40)
    penalty = np.array([2.0, 1.0, 5.0])
    given = (torch.from_numpy(a) for a in (x, y, penalty))
    got = solve_groups(torch.from_numpy(group), 5, *given)
    for g in range(4):
        a, b = x[group == g], y[group == g]
        np.testing.assert_allclose(got[g], np.linalg.solve(a.T @ a + np.diag(penalty), a.T @ b))
    assert (got[4] == 0).all()


def objective(learner: MF, cells: Cells, users: torch.Tensor, prior: torch.Tensor) -> float:
    """What both steps of ALS minimise, given the prior of the items."""
    f = learner.factors
    of_user, of_item = users[cells.user], f.item[cells.item]
    prediction = f.mean + of_user[:, 0] + of_item[:, 0] + (of_user[:, 1:] * of_item[:, 1:]).sum(1)
    moved = (f.item - prior).square() @ f.item_penalty
    loss = (cells.value - prediction).square().sum() + moved.sum()
    return float(loss + (users.square() @ f.user_penalty).sum())


def test_each_step_of_mf_lowers_the_objective() -> None:
    learner = trained(MF(MFConfig(factors=3), domain(WORLD), RNG(0)))
    assert isinstance(learner, MF)
    f, cells = learner.factors, Cells.of(DATA)
    users, prior = f.users(cells), f.prior(cells)
    losses = [objective(learner, cells, users, prior)]
    for _ in range(4):
        f.item = f.items(cells, users, prior)
        losses.append(objective(learner, cells, users, prior))
        users = f.users(cells)
        losses.append(objective(learner, cells, users, prior))
    assert (np.diff(losses) < 0).all()


def test_mf_folds_users_in_and_gives_cold_items_their_prior() -> None:
    learner = trained(MF(MFConfig(factors=3), domain(WORLD), RNG(0)), 3)
    assert isinstance(learner, MF)
    f, batch, expected = learner.factors, episode(), []
    q = f.item.numpy()
    for task, known, value in users(batch):
        x = np.concatenate([np.ones((len(known), 1)), q[known, 1:]], 1)
        y = value - f.mean - q[known, 0]
        w = np.linalg.solve(x.T @ x + np.diag(f.user_penalty.numpy()), x.T @ y)
        asked = q[batch.query_item[task].numpy()]
        expected.append(f.mean + asked[:, 0] + w[0] + asked[:, 1:] @ w[1:] + learner.shift)
    close(learner.predict(batch), expected)
    cells = Cells.of(DATA)
    rest = cells.where(cells.item != 7)
    prior = f.prior(rest)
    torch.testing.assert_close(f.items(rest, f.users(rest), prior)[7], prior[7])


def similarity_by_hand(learner: KNN, i: int, j: int) -> float:
    c, rest = learner.config, {}
    item = learner.item.double().numpy()
    for user in np.unique(DATA.user):
        mine = np.flatnonzero(DATA.user == user)
        left = DATA.value[mine] - learner.mean - item[DATA.item[mine]]
        left = left - left.sum() / (len(left) + c.shrink_user)
        rest[user] = dict(zip(DATA.item[mine].tolist(), left.tolist(), strict=True))
    both = np.array([(r[i], r[j]) for r in rest.values() if i in r and j in r]).reshape(-1, 2)
    rho = 0.0
    if len(both):
        rho = (both[:, 0] @ both[:, 1]) / np.sqrt((both**2).sum(0).prod())
    close = float(learner.content[i] @ learner.content[j])
    return (len(both) * rho + c.damp * c.prior * close) / (len(both) + c.damp)


def test_neighbours_that_tie_share_the_last_places() -> None:
    weight = torch.tensor([[0.3, 0.9, 0.3 + 1e-8, 0.1, 0.3, 0.0], [0.5, 0.0, 0.0, 0.0, 0.0, 0.0]])
    expected = torch.tensor([[2 / 3, 1, 2 / 3, 0, 2 / 3, 0], [1, 0.4, 0.4, 0.4, 0.4, 0.4]])
    torch.testing.assert_close(nearest(weight, 3), expected)
    torch.testing.assert_close(nearest(weight[:, :2], 3), torch.ones(2, 2))
    order = torch.tensor([5, 2, 0, 4, 1, 3])
    torch.testing.assert_close(nearest(weight[:, order], 3), expected[:, order])


def test_knn_by_hand() -> None:
    learner = trained(KNN(KNNConfig(neighbours=2, median_shift=False), domain(WORLD), RNG(0)))
    assert isinstance(learner, KNN)
    batch, c, item = episode(), learner.config, learner.item.numpy()
    got = learner.predict(batch)
    for task, known, value in list(users(batch))[:3]:
        rest = value - learner.mean - item[known]
        own = rest.sum() / (len(rest) + c.shrink_user)
        asked = int(batch.query_item[task, 0])
        near = [(similarity_by_hand(learner, asked, int(j)), y - own)
                for j, y in zip(known, rest, strict=True)]  # fmt: skip
        top = sorted(((max(s, 0.0), y) for s, y in near), reverse=True)[:2]
        moved = sum(s * y for s, y in top) / (c.shrink + sum(s for s, _ in top))
        expected = learner.mean + item[asked] + own + moved
        assert float(got[task, 0]) == pytest.approx(expected, abs=1e-4)
