"""What a plan will cost, from a probe of each learner."""

import pytest

from coldbench.study import estimating
from coldbench.study.config import StudyConfig
from coldbench.study.planning import plan
from tests.studies import TINY


def test_a_learner_of_fixed_epochs_pays_for_no_search(
    toys: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(estimating, "_epoch_seconds", lambda *given: 1.0)
    monkeypatch.setattr(estimating, "_task_seconds", lambda *given: 0.0)
    options = {"toy": {"epochs": 5, "fixed_epochs": True}, "drawn": {"epochs": 5}}
    config = StudyConfig(
        models=tuple(options), seeds=1, dataset_options=TINY, options=options, yardsticks=False
    )
    fixed, searched = estimating.estimate(plan(config)[1])
    assert searched.seconds - fixed.seconds == pytest.approx(5.0)
