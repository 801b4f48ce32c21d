"""Whatever a stranger's learner does is confined to its runs."""

from pathlib import Path

import pytest

from coldbench import registry
from coldbench.errors import UsageError
from coldbench.study.config import StudyConfig
from coldbench.study.drive import run_study
from coldbench.study.store import Study
from tests.reliability.conftest import package
from tests.reliability.faults import contents
from tests.studies import forget

FAULTS = {
    "absent": "cannot be imported",
    "quits": "cannot be imported",
    "not-a-learner": "neither a coldbench.Learner",
    "wrong-signature": "TypeError",
    "wrong-verb": "TypeError",
}


def test_each_fault_is_recorded_and_the_others_are_bit_equal(
    strangers: Path, study: Study, config: StudyConfig, tmp_path: Path
) -> None:
    toys = {"toy": {"fault": "mutate"}}
    models = ("absent", "bias", *list(FAULTS)[1:], "global-mean", "toy")
    mixed = {"models": models, "options": toys, "out": tmp_path / "mixed"}
    found = run_study(config.model_copy(update=mixed), workers=1)
    records = list(found.records())
    for name, reason in FAULTS.items():
        of_it = [record for record in records if record.job.learner == name]
        assert [record.status for record in of_it] == ["failed"] * 2
        assert all(reason in record.reason for record in of_it)
    good = {job: told for job, told in contents(found).items() if told[0]["status"] == "finished"}
    assert good == contents(study)


def test_two_packages_with_one_name(strangers: Path) -> None:
    package(strangers, "impostors", {"sleeper": "impostors.module:Sleeper"})
    forget()
    with pytest.raises(UsageError, match="two packages register") as caught:
        registry.names("learner")
    assert "strangers" in str(caught.value)
    assert "impostors" in str(caught.value)


def test_a_stranger_named_like_ours(strangers: Path) -> None:
    package(strangers, "impostors", {"bias": "impostors.module:Bias"})
    forget()
    with pytest.raises(UsageError, match=r"coldbench.*impostors|impostors.*coldbench"):
        registry.names("learner")
