"""gbdt: its features by hand, no target in them, and one line when LightGBM is missing."""

import sys

import numpy as np
import pytest
import torch

from baselines.trees.boosting import add_trees, predict_trees
from baselines.trees.gbdt import GBDT, GBDTConfig
from baselines.trees.gbdt_stack import GBDTStack
from baselines.trees.stored_trees import Trees
from baselines.trees.support_features import (
    Content,
    Statistics,
    _shared,
    features,
    leave_one_out,
)
from coldbench.data.ratings import Array, Catalogue, Field, Scale
from coldbench.errors import Declined
from coldbench.learning.learner import Domain, Episode, Learner
from coldbench.tasks.episodes import EpisodeBatch
from tests.baselines.worlds import RNG, domain, training, world


@pytest.mark.parametrize("kind", [GBDT, GBDTStack])
def test_declines_without_lightgbm(monkeypatch: pytest.MonkeyPatch, kind: type[Learner]) -> None:
    monkeypatch.setitem(sys.modules, "lightgbm", None)
    with pytest.raises(Declined, match=r"pip install 'coldbench\[gbdt\]'") as caught:
        kind(kind.Config(), domain(world()), RNG(0))
    assert "\n" not in str(caught.value)


def table(n: int, missing: float = 0.1, seed: int = 0) -> tuple[Array, Array]:
    """Five features of few values, some unknown, and what follows from two of them and noise."""
    rng = RNG(seed)
    x = rng.integers(0, 9, (n, 5)).astype(np.float32)
    x[rng.random(x.shape) < missing] = np.nan
    return x, np.nan_to_num(x[:, 0]) - 2 * np.isnan(x[:, 1]) + rng.normal(0, 0.1, n)


@pytest.mark.parametrize("missing", [0, 0.1])
def test_stored_trees_predict_what_lightgbm_does(missing: float) -> None:
    """Bit for bit, missing values and values on a threshold included."""
    x, y = table(600, missing)
    new = table(500, seed=1)[0] - 1
    model = add_trees(None, x, y, 10, {"min_data_in_leaf": 5}, 0)
    model = add_trees(model, *table(300, missing, 2), 20, {"min_data_in_leaf": 5}, 1)
    assert model.num_trees() == 30
    assert np.array_equal(Trees.of(model).predict(new), model.predict(new))
    stump = add_trees(None, x, y, 2, {"min_data_in_leaf": 400}, 0)  # trees of one leaf
    assert np.array_equal(Trees.of(stump).predict(new), stump.predict(new))


def test_trees_are_those_that_scikit_learn_grows() -> None:
    """Another library, given the same options by other names; ties and medians may differ."""
    ensemble = pytest.importorskip("sklearn.ensemble")
    x, y = table(4000, missing=0)
    options = GBDTConfig(rate=0.1, leaves=8, leaf_ratings=40, penalty=3.0)
    other = ensemble.HistGradientBoostingRegressor(
        loss="absolute_error", learning_rate=0.1, max_iter=30, max_leaf_nodes=8,
        min_samples_leaf=40, l2_regularization=3.0, early_stopping=False,
    ).fit(x, y)  # fmt: skip
    model = add_trees(None, x, y, 30, options.growth, 0)
    new = table(1000, missing=0, seed=1)[0]
    assert np.abs(predict_trees(model, new) - other.predict(new)).mean() < 0.02 * y.std()


def test_any_number_of_threads_grows_the_same_trees() -> None:
    x, y = table(20_000)

    def grown() -> Trees:
        return Trees.of(add_trees(None, x, y, 20, {"num_leaves": 15}, 0))

    one = grown()
    torch.set_num_threads(2)
    try:
        two = grown()
        predicted = predict_trees(add_trees(None, x, y, 20, {"num_leaves": 15}, 0), x)
    finally:
        torch.set_num_threads(1)
    assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))
    assert np.array_equal(predicted, one.predict(x).astype(np.float32))


def test_an_epoch_on_other_rows_starts_from_what_the_trees_say_of_them() -> None:
    """The trees of epoch 0 are right on the rows of epoch 1, so those of epoch 1 add nothing."""
    learner = GBDT(GBDTConfig(trees=2, rate=1, leaf_ratings=5), domain(world()), RNG(0))
    high, low = np.arange(0, 10), np.arange(-200, 0)
    for epoch, values in enumerate((high, np.concatenate([low, high]))):
        x = np.tile(values, 40)[:, None].astype(np.float32)
        y = np.where(x[:, 0] >= 5, 1.0, -1.0)
        learner._table = lambda data, rng, x=x, y=y: (x, y)  # type: ignore[method-assign, misc]
        figures = learner.train_epoch(training(world()), epoch, RNG(epoch))
        assert figures["loss"] == pytest.approx(0, abs=1e-6)


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
    ratings = world(120)
    c = GBDTConfig(trees=5, leaf_ratings=5)
    learner = GBDT(c, domain(ratings), RNG(0))
    for epoch in range(2):
        learner.train_epoch(training(ratings), epoch, RNG(epoch))
        assert learner.model.num_trees() == 5 * (epoch + 1)
    episode = next(training(ratings).episodes(RNG(7), batch_size=64))
    asked = episode.batch.query_mask
    boosted = (learner.predict(episode.batch) - episode.target)[asked].abs().mean()
    learner.model = None
    assert boosted < (learner.predict(episode.batch) - episode.target)[asked].abs().mean()


def test_shared_ids_are_counted_once_for_each_of_the_query() -> None:
    draw = torch.Generator().manual_seed(0)
    query = torch.randint(5, (2, 3, 4), generator=draw)
    support = torch.randint(5, (2, 6, 4), generator=draw)
    expected = [
        [[sum(one in known and one > 0 for one in asked) for known in of] for asked in these]
        for these, of in zip(query.tolist(), support.tolist(), strict=True)
    ]
    found = _shared(query, support)
    assert found.dtype == torch.float64
    assert found.tolist() == expected
