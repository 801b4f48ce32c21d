"""Seventeen learners that cheat are named, with the replay that finds each; honest ones are clean,
and so are two that look for ratings where a study leaves none."""

import pytest

from coldbench.audit.audited import Audit
from coldbench.study.config import StudyConfig
from coldbench.study.verification import audit_config
from tests.audit.cheats import CHEATS, DISARMED, HONEST
from tests.studies import TINY


def audited(name: str) -> Audit:
    (found,) = audit_config(StudyConfig(models=(name,), seeds=1, dataset_options=TINY))
    return found


LATE = (
    "mates",
    "mixes",
    "cached",
    "counts",
    "popular",
)  # found by the replays that find the others


def early(name: str) -> object:
    return pytest.param(name, marks=[pytest.mark.thorough] if name in LATE else [])


@pytest.mark.parametrize("name", [early(name) for name in CHEATS])
def test_a_cheat_is_named(name: str, cheats: None) -> None:
    found = audited(name)
    assert found.status == "leaks", found
    _, replay = CHEATS[name]
    assert replay in [leak.replay for leak in found.leaks], found.leaks


def test_a_module_is_watched_when_it_is_imported(cheats: None) -> None:
    found = audited("imports")
    assert [leak.replay for leak in found.leaks] == ["files"]
    assert "reads environ of a process" in found.leaks[0].text


@pytest.mark.parametrize("name", [*HONEST, *DISARMED])
def test_an_honest_learner_is_clean(name: str, cheats: None) -> None:
    found = audited(name)
    assert found.clean, found
    assert found.predictions > 100
    assert found.sequential == (name == "follows")
