"""Evidence: gradients against autograd, orders against hand-made ones, a whole small study."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from baselines.decision_layers import gradient_norms
from baselines.network import ContentNetwork
from baselines.neural_options import NeuralConfig
from coldbench.data import open_dataset
from coldbench.data.ragged import Ragged
from coldbench.data.ratings import Ratings
from coldbench.errors import UsageError
from coldbench.evidence import measure_evidence, write_evidence
from coldbench.evidence.criterion import informativeness
from coldbench.evidence.strategies import STRATEGIES, asked, item_scores
from coldbench.learning.fitting import fit
from coldbench.learning.learner import Domain, Learner, LearnerConfig, Variant
from coldbench.rng import Seeds, generator
from coldbench.study.config import StudyConfig
from coldbench.tasks.episodes import batches
from coldbench.tasks.protocols import Separate
from coldbench.tasks.splits import Split, Tasks
from tests.conformance.faulty import Sound
from tests.studies import TINY

pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture(scope="module")
def split(ratings: Ratings) -> Split:
    return Separate().split(ratings, Seeds.joint(0))


def test_gradient_norms_equal_those_of_a_plain_network(ratings: Ratings, split: Split) -> None:
    """Against torch.autograd on the whole network, one pair at a time."""
    domain = Domain(ratings.catalogue, ratings.scale)
    config = NeuralConfig(embedding=4, hidden=(6, 5))
    network = ContentNetwork(domain, config, generator(0, "x")).double()
    rows = split.train.rows[:7]
    ones = Ragged.of(rows, np.ones(7, np.int64))
    tasks = Tasks(ratings.user[rows].astype(np.int64), ones, ones, np.zeros(7, np.int8))
    ((batch, _),) = batches(tasks, ratings)
    found = gradient_norms(network, batch)
    for place in range(7):
        user, item = batch.user[place : place + 1], batch.support_item[place]
        error = (network(user, item) - 0.3).abs().sum()
        parts = torch.autograd.grad(error, list(network.decision.parameters()))
        expected = torch.stack([part.square().sum() for part in parts]).sum().sqrt()
        assert torch.allclose(found[place], expected, rtol=1e-9)


def test_influence_in_closed_form(ratings: Ratings, split: Split) -> None:
    """`Sound` moves all predictions by (r - mean) / 4 for one rating."""
    learner = fit(Variant(Sound), LearnerConfig(), ratings, split, Seeds.joint(0)).learner
    found = informativeness(learner, ratings, split, np.random.default_rng(0))
    assert found.kind == "influence"
    rows = split.train.rows
    counts = np.bincount(ratings.item[rows], minlength=ratings.catalogue.n_items)
    assert 0 < counts.max() <= 200
    few = np.flatnonzero((counts > 0) & (counts <= 50))  # none sampled away
    for item in few[:10]:
        values = ratings.value[rows[ratings.item[rows] == item]]
        mean = ratings.value[rows].mean(dtype=np.float64)
        assert found.value[item] == pytest.approx(np.abs(values - mean).mean() / 4, abs=1e-5)
    assert (found.value[counts == 0] == 0).all()


def test_orders(ratings: Ratings, split: Split) -> None:
    tasks = split.test.only(("C-W",))
    score = np.random.default_rng(0).normal(size=ratings.catalogue.n_items)
    shown = asked(tasks, score, ratings, 3)
    for task in range(len(tasks)):
        pool = tasks.support.select(np.array([task])).rows
        expected = sorted(pool, key=lambda row: -score[ratings.item[row]])[:3]
        assert list(shown.support.select(np.array([task])).rows) == expected
    assert np.array_equal(shown.query.rows, tasks.query.rows)
    unordered = asked(tasks, None, ratings, 3)
    assert np.array_equal(unordered.support.rows, tasks.shots(3).support.rows)


def test_scores_use_training_ratings_only(ratings: Ratings, split: Split) -> None:
    telling = np.ones(ratings.catalogue.n_items)
    found = item_scores(telling, ratings, split)
    assert set(found) == set(STRATEGIES) - {"random"}
    rows = split.train.rows
    item = int(ratings.item[rows][0])
    values = ratings.value[rows[ratings.item[rows] == item]].astype(np.float64)
    assert found["popular"][item] == len(values)
    assert found["divisive"][item] == pytest.approx(values.var() * len(values))
    largest = found["popular"].max()
    assert found["evidence"][item] == pytest.approx(len(values) / largest)


@pytest.mark.parametrize("learner", ["bias", "plain-finetune"])
def test_the_whole(learner: str, tmp_path: Path) -> None:
    options = {"plain-finetune": {"epochs": 1}} if learner != "bias" else {}
    config = StudyConfig(models=(learner,), seeds=2, dataset_options=TINY, options=options)
    found = measure_evidence(config, (2, 4))
    assert found.kind == ("influence" if learner == "bias" else "gradient")
    table = pd.read_csv(write_evidence(found, tmp_path))
    assert len(table) == 2 * len(STRATEGIES) + 1
    assert table["mae"].between(0.3, 2).all()
    compared = table[table["strategy"].isin(STRATEGIES[1:])]
    assert compared[["evidence_minus", "evidence_minus_low", "p"]].notna().all(axis=None)
    items = pd.read_csv(tmp_path / "evidence-items.csv")
    assert items["score"].is_monotonic_decreasing
    again = measure_evidence(config, (2, 4))
    assert np.array_equal(again.score, found.score)


class TasteOfOneItem(Sound):
    """Listens to the most popular training item only: asking about it must pay."""

    def train_epoch(
        self, data: object, epoch: int, rng: np.random.Generator
    ) -> Mapping[str, float]:
        super().train_epoch(data, epoch, rng)  # type: ignore[arg-type]
        self.item = int(np.bincount(data.item).argmax())  # type: ignore[attr-defined]
        return {}

    def predict(self, batch: object) -> torch.Tensor:
        heard = (batch.support_item == self.item) & batch.support_mask  # type: ignore[attr-defined]
        rest = ((batch.support_value - self.mean) * heard).sum(1)  # type: ignore[attr-defined]
        return self.mean + rest[:, None].expand(batch.query_mask.shape)  # type: ignore[attr-defined]


def test_the_item_that_tells_is_first(ratings: Ratings, split: Split) -> None:
    learner: Learner = fit(
        Variant(TasteOfOneItem), LearnerConfig(), ratings, split, Seeds.joint(0)
    ).learner
    value = informativeness(learner, ratings, split, np.random.default_rng(0)).value
    assert np.flatnonzero(value).tolist() == [learner.item]  # type: ignore[attr-defined]


def test_too_many_questions_are_refused() -> None:
    config = StudyConfig(models=("bias",), seeds=1, dataset_options=TINY)
    with pytest.raises(UsageError, match="ask fewer --questions"):
        measure_evidence(config, (5000,))
    with pytest.raises(UsageError, match="one learner"):
        measure_evidence(config.model_copy(update={"models": ("bias", "ridge")}), (5,))
    assert len(open_dataset("synthetic", TINY)) == TINY["n_ratings"]
