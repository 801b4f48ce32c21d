"""A learner of another package is checked before its first run in a study."""

import re
from pathlib import Path

import pytest

from coldbench.conformance import learners as conformance
from coldbench.errors import UsageError
from coldbench.study import plugins
from coldbench.study.config import StudyConfig
from coldbench.study.drive import run_again, run_study
from coldbench.study.plugins import check_plugins, quick_failures
from coldbench.study.progress import Progress
from coldbench.study.starting import How
from coldbench.study.store import Study
from tests.cli.test_cli import SIZE, coldbench
from tests.edited import Edit
from tests.reliability.conftest import strangers

__all__ = ["strangers"]

LEAKY = """batch.query_mask.sum(); import torch
        value = batch.support_value.new_full(batch.query_item.shape, 3.0)
        return value + batch.query_item.float().mean() / 100"""


@pytest.fixture(autouse=True)
def own_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is remembered of earlier tests is not."""
    monkeypatch.setattr(plugins, "cache_home", lambda: tmp_path / "memory")


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The checks run in this process; a list of the learners that were checked."""
    asked: list[str] = []

    def apart(name: str) -> plugins.Failures:
        asked.append(name)
        return quick_failures(name)

    monkeypatch.setattr(plugins, "_apart", apart)
    return asked


@pytest.mark.thorough
def test_a_learner_that_breaks_the_contract_is_refused_before_anything_is_written(
    strangers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    words = (
        "--models",
        "bias,batch-mean",
        "--seeds",
        "1",
        "-w",
        "1",
        "--out",
        tmp_path / "s",
        *SIZE,
    )
    for dry in (("--dry-run",), ()):
        assert coldbench(monkeypatch, "run", *words, *dry) == 2
        told = capsys.readouterr().err
        assert "the learner 'batch-mean' of strangers 1.0 fails" in told
        assert "batch_mates_do_not_matter (other episodes of the batch matter" in told
        assert "`coldbench check batch-mean` explains; --no-check runs it" in told
        assert not (tmp_path / "s").exists()
    assert coldbench(monkeypatch, "run", *words, "--no-check") == 0
    assert coldbench(monkeypatch, "run", *words) == 0  # its runs are there


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize(
    ("name", "told"),
    [
        pytest.param("dying", "its process (ended with exit code 9)", marks=pytest.mark.thorough),
        pytest.param(
            "absent",
            "the learner can be loaded (the learner 'absent' of package strangers cannot",
            marks=pytest.mark.thorough,
        ),
        pytest.param("wrong-verb", "answers_are_ratings (TypeError", marks=pytest.mark.thorough),
    ],
)
def test_whatever_it_does_is_a_sentence(strangers: Path, name: str, told: str) -> None:
    with pytest.raises(UsageError, match=re.escape(told)):
        check_plugins([name])


def test_one_that_declines_or_takes_its_time_is_not_refused(
    strangers: Path, here: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (told,) = check_plugins(["choosy"])
    assert told == (
        "choosy was not checked: it declines the small synthetic data of the check: "
        "'needs the phase of the moon'"
    )

    def late(name: str) -> plugins.Failures:
        raise TimeoutError

    monkeypatch.setattr(plugins, "_apart", late)
    assert "takes longer than" in check_plugins(["sound"])[0]


def test_ours_are_not_checked_and_one_that_passed_not_again(
    strangers: Path, here: list[str]
) -> None:
    assert check_plugins(["bias", "sound", "sound"]) == ()
    assert check_plugins(["sound"]) == ()
    assert here == ["sound"]


def test_an_edit_brings_the_check_back(config: StudyConfig, edit: Edit, here: list[str]) -> None:
    mine = config.model_copy(update={"models": ("bias", "mine"), "seeds": 1})
    study = run_study(mine, workers=1, check=True)
    run_study(mine.model_copy(update={"seeds": 2}), workers=1, check=True)
    assert here == ["mine"]
    edit(prediction=LEAKY)
    before = (study.path / "study.json").read_bytes()
    with pytest.raises(UsageError, match=r"fails .*checks? .*batch_mates_do_not_matter"):
        run_again(study.path, ["mine"], how=How(workers=1, check=True))
    assert here == ["mine", "mine"]
    assert (study.path / "study.json").read_bytes() == before
    assert len(Study.open(study.path).stored()) == 4
    seen: list[tuple[int, int]] = []
    run_again(
        study.path, ["mine"], how=How(workers=1),
        progress=Progress(start=lambda todo, kept: seen.append((todo, kept))),
    )  # fmt: skip
    assert seen == [(2, 0)]


def test_what_is_checked_is_part_of_the_suite() -> None:
    assert set(conformance.QUICK) < set(conformance.CHECKS.values())
    needed = {one for test in conformance.QUICK for one in conformance.NEEDS.get(test, ())}
    assert needed <= set(conformance.QUICK)
