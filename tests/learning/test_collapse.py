"""Entropy and spread of predictions by hand, and which runs count as collapsed."""

from math import log

import numpy as np
import pytest

from coldbench.data.ratings import Scale
from coldbench.learning.collapse import concentration, has_collapsed, spread_of
from coldbench.running.records import RunRecord
from coldbench.running.run import run_job
from coldbench.study.config import StudyConfig
from coldbench.study.planning import plan
from tests.learning.test_fit import fitted

STARS = Scale(1.0, 5.0, 1.0)


def scores(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def test_entropy_is_of_the_levels_and_sd_of_the_scores() -> None:
    found = spread_of(scores(3.1, 2.9, 4.2, 3.8), STARS)
    assert found["entropy"] == pytest.approx(log(2) / log(5))
    assert found["sd"] == pytest.approx(np.std([3.1, 2.9, 4.2, 3.8]), rel=1e-6)


def test_limits_of_the_entropy() -> None:
    assert spread_of(scores(1, 2, 3, 4, 5), STARS)["entropy"] == pytest.approx(1.0)
    assert spread_of(scores(4, 4, 4), STARS) == {"entropy": 0.0, "sd": 0.0}
    assert spread_of(scores(9, 70, 5), STARS) == {"entropy": 0.0, "sd": 0.0}  # all clipped to 5


def test_a_scale_without_steps_has_twenty_parts() -> None:
    found = spread_of(np.linspace(0, 1, 21), Scale(0.0, 1.0, 0.0))
    assert found["entropy"] == pytest.approx(1.0)
    assert spread_of(scores(2, 2), Scale(2.0, 2.0, 0.0)) == {"entropy": 0.0, "sd": 0.0}


def test_concentration() -> None:
    found = concentration(scores(3.0001, 3.0004, 3.002, 5.0), STARS)
    assert found["top_share"] == 0.5
    assert found["relative_sd"] == found["sd"] / 4
    assert concentration(scores(), STARS) == {}


@pytest.mark.parametrize(
    ("top", "relative", "epochs", "parameters", "flagged"),
    [
        (1.0, 0.0, 5, 10, True),
        (0.99, 0.2, 5, 10, True),
        (0.98, 0.0101, 5, 10, False),
        (0.2, 0.0099, 5, 10, True),
        (1.0, 0.0, 1, 10, True),
        (1.0, 0.0, 5, 0, True),
        (1.0, 0.0, 1, 0, False),
    ],
)
def test_the_rule(top: float, relative: float, epochs: int, parameters: int, flagged: bool) -> None:
    figures = {"top_share": top, "relative_sd": relative}
    assert has_collapsed(figures, epochs, parameters) is flagged


def test_records_without_figures_are_not_flagged() -> None:
    assert not has_collapsed({}, 5, 10)


def record(config: StudyConfig, **options: object) -> RunRecord:
    chosen = config.model_copy(update={"seeds": 1, **options})
    return run_job(plan(chosen)[1][0]).record


def test_a_run_keeps_what_its_predictions_look_like(config: StudyConfig, toys: None) -> None:
    flat = record(config, models=("toy",), options={"toy": {"epochs": 2}})
    assert flat.concentration["top_share"] == 1.0
    assert flat.concentration["sd"] == 0.0
    varied = record(config, models=("bias",))
    assert 0.1 < varied.concentration["sd"] < 2
    assert varied.concentration["top_share"] < 0.5
    both = record(config, models=("bias",), shots=(0,))
    assert both.concentration == varied.concentration  # of all support ratings only


def test_every_epoch_tells_how_validation_predictions_differ(ratings: object) -> None:
    curve = fitted(ratings, epochs=2).curve  # type: ignore[arg-type]
    assert [(e["prediction_entropy"], e["prediction_sd"]) for e in curve] == [(0.0, 0.0)] * 2
