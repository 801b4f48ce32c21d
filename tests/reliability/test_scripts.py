"""A script of a user's own needs no `if __name__ == "__main__"`: workers leave it alone."""

import subprocess
import sys
from pathlib import Path

import pytest

from coldbench.study.store import Study
from tests.report.fake import fake_study
from tests.studies import TINY

DRIVES = f"""
from pathlib import Path
from coldbench.study.drive import run_study
from coldbench.study.config import StudyConfig

print("started")
settings = dict(seeds=2, dataset_options={TINY}, yardsticks=False)
config = StudyConfig(models=("bias", "global-mean"), out=Path("s"), **settings)
run_study(config, workers=1, backend="processes")
"""
DRAWS = """
from pathlib import Path
from coldbench.report import artists, write_report
from coldbench.study.store import Study

print("started")
with artists(2) as draw:
    write_report(Study.open(Path("s")), Path("out"), kinds=("svg",), draw=draw)
"""


def run(script: str, folder: Path) -> None:
    """A hang is a failure: Python's own workers start such a script over and over."""
    (folder / "script.py").write_text(script)
    done = subprocess.run(
        [sys.executable, "script.py"], cwd=folder, capture_output=True, text=True, timeout=300,
        check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "started\n"), done.stderr[-3000:]


@pytest.mark.slow  # the script of conformance/test_readme.py starts workers as well
@pytest.mark.filterwarnings("default")
def test_a_study(tmp_path: Path) -> None:
    run(DRIVES, tmp_path)
    records = list(Study.open(tmp_path / "s").records())
    assert [record.status for record in records] == ["finished"] * 4


@pytest.mark.thorough
@pytest.mark.filterwarnings("default")
def test_figures(tmp_path: Path) -> None:
    fake_study(tmp_path / "s", ["bias"], 2, ("C-C",))
    run(DRAWS, tmp_path)
    assert (tmp_path / "out" / "report.html").exists()
