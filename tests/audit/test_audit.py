"""`coldbench audit`: of a study and of learners, stored, reported, verified; and bad input."""

import json
import shutil
from pathlib import Path

import pytest

from coldbench.report import build, text_files
from coldbench.report.topics.audit import LeakAudit
from coldbench.running.backends.fetch import _intact
from coldbench.study.audits import stored_audits
from coldbench.study.config import StudyConfig
from coldbench.study.drive import run_study
from coldbench.study.packing import pack
from coldbench.study.store import Study
from coldbench.study.verification import audit_study, verify
from tests.cli.test_cli import SIZE, coldbench
from tests.studies import TINY

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def study(cheats: None, tmp_path: Path) -> Study:
    config = StudyConfig(
        models=("bias", "popular"),
        seeds=2,
        dataset_options=TINY,
        out=tmp_path / "study",
        yardsticks=False,
    )
    return run_study(config, workers=1)


def test_a_study_is_audited_and_remembers(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    assert "not audited" not in text_files(study)["report.md"]
    assert coldbench(monkeypatch, "audit", study.path) == 3
    shown = capsys.readouterr().out
    assert "'bias' seed" in shown
    assert "LEAKS" in shown
    assert "  subset: " in shown
    assert "1 of 2 audited jobs are clean" in shown
    found = {audit.learner: audit for audit in stored_audits(study).values()}
    assert (found["bias"].status, found["popular"].status) == ("clean", "leaks")
    assert found["bias"].code
    topic = build(study).of(LeakAudit)
    assert {one.learner: one.verdict for one in topic.audited} == {
        "bias": "clean", "popular": "leaks",
    }  # fmt: skip
    assert "popular sees what it must not: subset" in topic.sentences()[0].text
    assert "| popular | leaks |" in text_files(study)["report.md"]
    assert any(
        "popular" in one.text and "leaks: " in one.text for one in verify(study.path).of("note")
    )
    pack(study, tmp_path / "packed")
    assert stored_audits(Study.open(tmp_path / "packed")) == stored_audits(study)


def test_audits_add_up_and_an_edited_one_is_damage(study: Study) -> None:
    audit_study(study, 1, apiece=False)
    audit_study(study, 1, seed=3, apiece=False)
    first = len(stored_audits(study))
    audit_study(study, 1, apiece=False)
    assert len(stored_audits(study)) == first
    file = study.path / "audit.json"
    data = json.loads(file.read_text())
    data["audits"][0]["status"] = "leaks"
    file.write_text(json.dumps(data))
    assert "audit.json" in str(verify(study.path).of("damage")[0])
    topic = build(study).of(LeakAudit)
    assert {one.verdict for one in topic.audited} == {"not audited"}
    assert "was edited" in topic.sentences()[0].text


def test_predictions_that_the_job_alone_does_not_give_are_told(
    cheats: None, tmp_path: Path
) -> None:
    config = StudyConfig(
        models=("remembers",),
        seeds=2,
        dataset_options=TINY,
        out=tmp_path / "study",
        yardsticks=False,
    )
    study = run_study(config, workers=1)
    (found,) = [audit for audit in audit_study(study, 2) if audit.seed == "1"]
    assert {"stored", "history"} <= {leak.replay for leak in found.leaks}


def test_verify_audits_a_few(
    study: Study, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    shutil.rmtree(study.path)
    config = StudyConfig(
        models=("bias",), seeds=2, dataset_options=TINY, out=study.path, yardsticks=False
    )
    run_study(config, workers=1)
    assert coldbench(monkeypatch, "verify", study.path, "--audit", 1) == 0
    assert "clean" in capsys.readouterr().out


def test_learners_are_audited_by_name(
    cheats: None, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    words = ("--dataset", "synthetic", *SIZE, "--protocol", "mixed", "--seed", 3)
    assert coldbench(monkeypatch, "audit", "honest,toy-that-declines", *words) == 2
    assert coldbench(monkeypatch, "audit", "honest", *words) == 0
    assert "'honest' seed 3: clean" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (["melo"], 2, "did you mean 'melu'"),
        (["bias", "--dataset", "ml-2m"], 2, "unknown dataset"),
        (["bias", "--dataset", "no/such/folder"], 4, "no such file, folder"),
        (["bias", "--seed", "1000"], 2, "seeds from 1000 on"),
        (["no/such/study"], 4, "is not a study"),
        (["bias", "--protocol", "seperate"], 2, "did you mean 'separate'"),
        ([""], 2, "models"),
    ],
)
def test_bad_input_is_one_line(
    words: list[str], status: int, message: str, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    assert coldbench(monkeypatch, "audit", *words) == status
    shown = capsys.readouterr().err
    assert message in shown
    assert "Traceback" not in shown


def test_a_study_without_runs_or_data_says_so(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    assert coldbench(monkeypatch, "audit", study.path, "--protocol", "all") == 2
    assert coldbench(monkeypatch, "audit", study.path, "--set", "bias.sweeps=3") == 2
    monkeypatch.setenv("COLDBENCH_CACHE", str(tmp_path / "empty"))
    _intact.cache_clear()
    assert coldbench(monkeypatch, "audit", study.path, "--set", "dataset.n_users=151") == 4
    assert "no ratings with fingerprint" in capsys.readouterr().err
    shutil.rmtree(study.path / "runs")
    assert coldbench(monkeypatch, "audit", study.path) == 4
    assert "has no finished run to audit" in capsys.readouterr().err
