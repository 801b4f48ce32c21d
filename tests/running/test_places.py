"""Where a run failed: the learner's own line, wherever the error came up."""

import re
from pathlib import Path

import pytest

from coldbench.report import write_report
from coldbench.running.places import place_of
from coldbench.study.config import StudyConfig
from coldbench.study.drive import run_study
from coldbench.study.store import Study
from coldbench.study.verification import verify
from tests.cli.test_cli import SIZE, coldbench
from tests.edited import Edit

TORCH = """import torch
        torch.nn.Linear(7, 7)(batch.support_value[:, :0])"""
LATE = "self.helper()\n\n    def helper(self):\n        {}['missing']"


def failed(config: StudyConfig) -> Study:
    return run_study(config.model_copy(update={"models": ("bias", "mine"), "seeds": 1}), workers=1)


def line_of(site: Path, text: str) -> int:
    lines = (site / "mine.py").read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


@pytest.mark.parametrize(
    ("edits", "text", "function"),
    [
        ({"prediction": TORCH}, "Linear(", "predict"),
        ({"training": LATE}, "missing", "helper"),
        ({"option": "x: int = 1 / 0"}, "1 / 0", "MineConfig"),
        ({"training": "if"}, "if", ""),
    ],
    ids=["in torch", "in a helper", "when it is imported", "no Python"],
)
def test_the_innermost_line_of_its_own(
    config: StudyConfig, edit: Edit, tmp_path: Path, edits: dict[str, str], text: str, function: str
) -> None:
    edit(**edits)
    study = failed(config)
    (record,) = [one for one in study.records() if one.status == "failed"]
    assert record.place is not None
    line = line_of(tmp_path / "site", text)
    assert (record.place.file, record.place.line) == ("mine.py", line)
    assert record.place.function == function
    assert record.place.path == (tmp_path / "site" / "mine.py").resolve()
    trace = study.runs / record.job_hash / "traceback.txt"
    assert trace.read_text() == record.traceback
    assert verify(study.path).passed
    trace.write_text("nothing happened")
    assert "traceback.txt" in str(verify(study.path).of("damage")[0])


def test_no_line_of_its_own(edit: Edit) -> None:
    """The harness found the fault in what it returned."""
    assert place_of(ValueError("predict returned text"), "mine") is None
    assert place_of(ValueError("of nobody"), "unknown") is None


def test_the_terminal_and_the_report_name_the_line(
    edit: Edit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(prediction=TORCH)
    line = line_of(tmp_path / "site", "Linear(")
    monkeypatch.chdir(tmp_path)
    words = ("--models", "bias,mine", "--seeds", "1", "-w", "1", "--out", "s", "--no-check")
    assert coldbench(monkeypatch, "run", *words, *SIZE) == 3
    told = capsys.readouterr().out
    where = rf"at site/mine\.py:{line}, in predict; traceback: s/runs/[0-9a-f]{{16}}/traceback\.txt"
    assert len(re.findall(where, told)) == 2  # when it happens, and at the end
    assert "coldbench run --again mine --out s" in told
    paths = write_report(Study.open(Path("s")), tmp_path / "r")
    (job,) = [one.job_hash for one in Study.open(Path("s")).records() if one.place]
    for name in ("report.md", "report.html"):
        text = paths[name].read_text()
        assert f"mine.py, line {line}, in predict" in text
        assert "runs/RUN/traceback.txt" in text
        assert job in text
        assert str(tmp_path) not in text
