"""The documentation: every page is in the menu, cards exist for all learners, the site builds."""

import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from coldbench import registry
from coldbench.report import text_files
from tests.conformance.pages import DOCS, ROOT
from tests.report.real import real_study


@pytest.fixture(scope="module")
def parts() -> Any:
    return runpy.run_path(str(DOCS / "hooks.py"))["PARTS"]


def test_every_page_is_in_the_menu_and_every_mark_is_known(parts: Any) -> None:
    menu = set(re.findall(r"[\w-]+\.md", (ROOT / "mkdocs.yml").read_text()))
    assert menu == {path.name for path in DOCS.glob("*.md")}
    for page in DOCS.glob("*.md"):
        assert set(re.findall(r"<!-- (\w+)(?: [\w-]+)? -->", page.read_text())) <= set(parts)


def test_tables_of_results_are_those_of_the_report(
    parts: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = ("bias", "ridge", "support-mean")
    study = real_study(tmp_path / "results" / "small", models=models, against=("bias",))
    report = text_files(study)["report.md"]
    monkeypatch.setitem(parts["league"].__globals__, "ROOT", tmp_path)
    shown = parts["league"]("small").splitlines()[2:]
    assert len(shown) == len(models)
    for line in shown:
        name, *cells = (cell.strip() for cell in line.strip("|").split("|"))
        row = re.search(rf"^\| {name} \|(.*)$", report, re.MULTILINE)
        assert row is not None
        assert re.findall(r"0\.\d{4}|1\.\d{4}", row[1]) == re.findall(
            r"[01]\.\d{4}", " ".join(cells[:4])
        )


def test_every_learner_has_a_card_and_every_note_a_learner(parts: Any) -> None:
    cards = parts["learners"]()
    ours = {n for n, p in registry.plugins("learner").items() if p.package == "coldbench"}
    assert ours == set(re.findall(r"^## `([\w-]+)`$", cards, re.MULTILINE))
    notes = yaml.safe_load((DOCS / "learner-notes.yaml").read_text())
    assert set(notes) == ours
    assert all(note["fails"].endswith(".") for note in notes.values())


def test_citation_is_of_this_version() -> None:
    told = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    version = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert version is not None
    assert told["version"] == version[1]


@pytest.mark.slow
def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    pytest.importorskip("material")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, timeout=600)
    assert (tmp_path / "learners" / "index.html").exists()
