"""gbdt: its features by hand, no target in them, and one line when scikit-learn is missing."""

import sys

import numpy as np
import pytest
import torch

from baselines.trees.gbdt import GBDT, GBDTConfig
from baselines.trees.stored_trees import Trees
from baselines.trees.support_features import Content, Statistics, features, leave_one_out
from coldbench.data.ratings import Catalogue, Field, Scale
from coldbench.errors import Declined
from coldbench.learning.learner import Domain, Episode
from coldbench.tasks.episodes import EpisodeBatch
from tests.baselines.worlds import RNG, domain, training, world


def test_declines_without_scikit_learn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.ensemble", None)
    with pytest.raises(Declined, match=r"pip install 'coldbench\[gbdt\]'") as caught:
        GBDT(GBDTConfig(), domain(world()), RNG(0))
    assert "\n" not in str(caught.value)


def test_stored_trees_predict_what_the_regressor_does() -> None:
    """Bit for bit, missing values and values on a threshold included."""
    boosted = pytest.importorskip("sklearn.ensemble").HistGradientBoostingRegressor
    rng = RNG(0)
    x = rng.integers(0, 9, (600, 5)).astype(np.float32)
    x[rng.random(x.shape) < 0.1] = np.nan
    y = np.nan_to_num(x[:, 0]) - 2 * np.isnan(x[:, 1]) + rng.normal(0, 0.1, 600)
    model = boosted(max_iter=30, loss="absolute_error", min_samples_leaf=5).fit(x, y)
    new = rng.integers(-2, 11, (500, 5)).astype(np.float32)
    new[rng.random(new.shape) < 0.1] = np.nan
    assert np.array_equal(Trees.of(model).predict(new), model.predict(new))
    stump = boosted(max_iter=1, min_samples_leaf=400).fit(x, y)  # a tree of one leaf
    assert np.array_equal(Trees.of(stump).predict(new), stump.predict(new))


def test_features_by_hand() -> None:
    """One user, support items 0 (genres 1, 2; rated 5) and 1 (genre 3; rated 2), query 2."""
    genre = Field("genre", "set", 4, np.array([[1, 2], [3, 0], [1, 0]], np.int32))
    content = Content.of(Domain(Catalogue(1, 3, (), (genre,)), Scale(1, 5, 1)), 100)
    batch = EpisodeBatch(
        torch.tensor([0]), torch.tensor([[0, 1, 0]]), torch.tensor([[5.0, 2.0, 9.0]]),
        torch.tensor([[True, True, False]]), torch.tensor([[2]]), torch.tensor([[True]]),
    )  # fmt: skip
    known = Statistics(torch.tensor([0.5, 0.0, 0.25]), torch.tensor([4.0, 0.0, 6.0]))
    support, query = known.of(batch.support_item), known.of(batch.query_item)
    x, rating = features(content, batch, support, query, 3.0, 2.0, 1.0)
    own = ((5 - 3 - 0.5) + (2 - 3)) / (2 + 2)
    level = (2 - 1) / (2 + 2)
    spread = (((2 - level) ** 2 + (-1 - level) ** 2) / 2) ** 0.5
    taste = (1.5 - own) / (1 + 1)  # item 0 alone shares a genre with the query
    head = [6.0, 0.25, 0.25 + own, taste, 1.0, 2.0, level, own, spread]
    assert x[0, 0].tolist() == pytest.approx([*head, 1.0, 0.0, 0.0])
    assert float(rating) == pytest.approx(3.25 + own)


def test_the_target_is_left_out_of_its_items_mean() -> None:
    """Against means over the other users' residuals, cell by cell."""
    ratings, mean, shrink = world(), 3.2, 2.0
    data, n = training(ratings), ratings.catalogue.n_items
    known, own = Statistics.train(data, n, mean, shrink, 5.0)
    # the bias that the removal starts from: each item's shrunk mean given the users' biases
    rest = data.value - mean - own.numpy()[data.user]
    total, count = np.bincount(data.item, rest, n), np.bincount(data.item, minlength=n)
    exact = Statistics(torch.from_numpy(total / (count + shrink)).float(), known.number)
    np.testing.assert_allclose(known.bias, exact.bias, atol=2e-3)
    episode = next(data.episodes(RNG(0), batch_size=8))
    _, query = leave_one_out(exact, episode, mean, own, shrink)
    for task, user in enumerate(episode.batch.user.tolist()):
        for place in episode.batch.query_mask[task].nonzero()[:, 0].tolist():
            item = int(episode.batch.query_item[task, place])
            others = rest[(data.item == item) & (data.user != user)]
            expected = others.sum() / (len(others) + shrink)
            assert float(query.bias[task, place]) == pytest.approx(expected, abs=1e-5)
            assert float(query.number[task, place]) == len(others)


def test_no_feature_moves_with_its_own_target() -> None:
    ratings = world()
    data, n = training(ratings), ratings.catalogue.n_items
    content = Content.of(domain(ratings), 100)
    episode = next(data.episodes(RNG(0), batch_size=8))
    known, own = Statistics.train(data, n, 3.2, 2.0, 5.0)
    total = known.bias * (known.number + 2.0)

    def table(target: torch.Tensor) -> torch.Tensor:
        moved = total.index_add(0, episode.batch.query_item[0], (target - episode.target)[0])
        shifted = Statistics(moved / (known.number + 2.0), known.number)
        pair = leave_one_out(shifted, Episode(episode.batch, target), 3.2, own, 2.0)
        return features(content, episode.batch, *pair, 3.2, 5.0, 5.0)[0]

    changed = episode.target.clone()
    changed[0] += episode.batch.query_mask[0].float()
    torch.testing.assert_close(table(changed)[0], table(episode.target)[0], atol=1e-4, rtol=0)


def test_an_epoch_adds_trees_and_lowers_the_error() -> None:
    pytest.importorskip("sklearn")
    ratings = world(120)
    c = GBDTConfig(trees=5, leaf_ratings=5)
    learner = GBDT(c, domain(ratings), RNG(0))
    for epoch in range(2):
        learner.train_epoch(training(ratings), epoch, RNG(epoch))
        assert learner.model.n_iter_ == 5 * (epoch + 1)
    episode = next(training(ratings).episodes(RNG(7), batch_size=64))
    asked = episode.batch.query_mask
    boosted = (learner.predict(episode.batch) - episode.target)[asked].abs().mean()
    learner.fitted = False
    assert boosted < (learner.predict(episode.batch) - episode.target)[asked].abs().mean()
