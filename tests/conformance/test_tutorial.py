"""The tutorial is followed literally, from a CSV to LaTeX that compiles."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conformance.conftest import Run
from tests.conformance.pages import DOCS, follow
from tests.conformance.test_pages import TUNE, needs_posix


def write_shop() -> None:
    """By the code that the page gives for it."""
    code = (DOCS / "tutorial.md").read_text("utf-8").partition("```python\n")[2]
    exec(compile(code.partition("```")[0], "tutorial.md", "exec"), {})


@pytest.mark.thorough
@needs_posix
@pytest.mark.filterwarnings("default")
def test_from_a_csv_to_a_papers_table(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()  # figures are drawn, whatever `run` leaves out of reports
    monkeypatch.chdir(tmp_path)
    write_shop()
    assert len(follow(DOCS / "tutorial.md", tmp_path, run, TUNE or "none")) >= 10
    table = (tmp_path / "table.tex").read_text("utf-8")
    assert r"\multicolumn{4}{c}{shop} & \multicolumn{4}{c}{synthetic}" in table
    assert (tmp_path / "intervals.pdf").read_bytes().startswith(b"%PDF")
    assert r"14,000 ratings of" in (tmp_path / "methods.tex").read_text("utf-8")
    if shutil.which("pdflatex") and shutil.which("bibtex"):
        compiled(tmp_path)


def compiled(folder: Path) -> None:
    for command in ("pdflatex", "bibtex", "pdflatex", "pdflatex"):
        halt = ["-halt-on-error"] if command == "pdflatex" else []
        done = subprocess.run(
            [command, *halt, "paper"], cwd=folder, capture_output=True, text=True, errors="replace"
        )
        assert done.returncode == 0, done.stdout[-2000:]
    assert "undefined" not in done.stdout
    assert "multiply" not in done.stdout
