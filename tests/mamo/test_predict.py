"""Predictions: pure, one episode at a time, with whatever content, scale and support there is."""

import copy
import pickle

import pytest
import torch

from coldbench.data.ratings import Scale
from coldbench.errors import Declined
from coldbench.rng import generator
from coldbench.tasks.episodes import EpisodeBatch
from mamo.learner import MAMO
from mamo.switches import MAMOConfig
from tests.mamo.problem import batch, domain, learner, training


def trained(**options: object) -> MAMO:
    made = learner(**options)
    for epoch in range(2):
        made.train_epoch(training(), epoch, generator(0, "order", epoch))
    return made


def pick(whole: EpisodeBatch, rows: list[int]) -> EpisodeBatch:
    index = torch.tensor(rows)
    return EpisodeBatch(*(getattr(whole, f)[index] for f in whole.__dataclass_fields__))


def state(made: MAMO) -> dict[str, torch.Tensor]:
    return {name: value.clone() for name, value in made.model.state_dict().items()}


@pytest.mark.parametrize("options", [{}, {"attention": "random-layer"}, {"loss": "cross-entropy"}])
def test_pure_and_one_row_one_episode(options: dict) -> None:
    made, data = trained(**options), batch()
    before = state(made)
    whole = made.predict(data)
    assert whole.dtype == torch.float32
    assert torch.equal(whole, made.predict(data))
    assert all(torch.equal(before[k], v) for k, v in made.model.state_dict().items())
    for order in ([2, 0, 3, 1], [1], [3]):
        torch.testing.assert_close(made.predict(pick(data, order)), whole[order])
    torch.testing.assert_close(made.predict(batch(width=20)), whole, rtol=0, atol=1e-5)


def test_empty_support_predicts_from_the_start() -> None:
    made, data = trained(), batch((0, 0))
    still = copy.deepcopy(made)
    still.config = made.config.model_copy(update={"local_loops": 0})
    assert torch.equal(made.predict(data), still.predict(data))


@pytest.mark.parametrize("kinds", [{"user_fields": False}, {"item_fields": False}])
def test_content_of_one_side_is_enough(kinds: dict) -> None:
    config = MAMOConfig(size=4)
    made = MAMO(config, domain(**kinds), generator(0, "init"))
    made.train_epoch(training(), 0, generator(0, "order"))
    assert made.predict(batch()).isfinite().all()


def test_no_content_is_declined() -> None:
    nothing = domain(user_fields=False, item_fields=False)
    with pytest.raises(Declined, match="content"):
        MAMO(MAMOConfig(), nothing, generator(0, "init"))


@pytest.mark.parametrize("scale", [Scale(1, 10, 1), Scale(0.5, 5, 0.5), Scale(0, 100, 0)])
@pytest.mark.parametrize("loss", ["absolute", "cross-entropy"])
def test_any_scale(scale: Scale, loss: str) -> None:
    if loss == "cross-entropy" and not scale.step:
        with pytest.raises(Declined, match="continuous"):
            learner(scale, loss=loss)
        return
    made = learner(scale, loss=loss, outer_optimizer="adamw", rate=0.01)
    data = training(scale)
    for epoch in range(8):
        made.train_epoch(data, epoch, generator(0, "order", epoch))
    found = made.predict(batch())
    assert found.min() > scale.low - 0.3 * (scale.high - scale.low)
    assert found.max() < scale.high + 0.3 * (scale.high - scale.low)
    assert made.target.offset == pytest.approx(data.value.mean(), rel=1e-5)


def test_copies_predict_alike() -> None:
    made, data = trained(test_start="last-user"), batch()
    expected = made.predict(data)
    for other in (copy.deepcopy(made), pickle.loads(pickle.dumps(made))):
        assert torch.equal(other.predict(data), expected)
