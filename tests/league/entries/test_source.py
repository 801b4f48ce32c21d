"""A plugin has one hash however it is installed, and its source leaves without its data."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from coldbench.errors import UsageError
from coldbench.league.entries import project as handing
from coldbench.league.entries.project import is_source
from coldbench.league.entries.source import plugin_of, source_of
from tests.league.entries.conftest import ENTRY_POINTS, fresh

MODULES = ("mine.py", "mine_level.py")


def test_a_project_is_handed_over_as_source(installed: Path) -> None:
    found = source_of("mine")
    assert set(found.files) == {*MODULES, "pyproject.toml"}
    assert found.plugin.kept == "project"


def test_what_git_ignores_stays(installed: Path) -> None:
    if shutil.which("git") is None:
        pytest.skip("no git")
    before = plugin_of("mine").sha256
    try:
        subprocess.run(["git", "init", "-q", str(installed)], check=True)
        (installed / ".gitignore").write_text("built.py\n")
        (installed / "built.py").write_text("")
        found = source_of("mine")
    finally:
        shutil.rmtree(installed / ".git")
        for name in (".gitignore", "built.py"):
            (installed / name).unlink()
    assert set(found.files) == {*MODULES, "pyproject.toml", "test_mine.py", "leaky.py"}
    assert set(found.plugin.left_out) == {"ratings.csv", ".gitignore"}
    assert found.plugin.sha256 == before


def test_a_wheel_has_the_hash_of_its_project(
    installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, info = plugin_of("mine").sha256, tmp_path / "mine-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: mine\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(ENTRY_POINTS)
    (info / "RECORD").write_text("".join(f"{name},,\n" for name in MODULES))
    for name in MODULES:
        text = (installed / name).read_text().replace("\n", "\r\n")
        (tmp_path / name).write_text(text, newline="")
    (tmp_path / "numpy.py").write_text("")  # of another package, and not imported from there
    with monkeypatch.context() as patched:
        patched.setattr(sys, "path", [str(tmp_path), *sys.path])
        fresh()
        found = source_of("mine")
    fresh()
    assert found.plugin.sha256 == before
    assert (found.plugin.kept, set(found.files)) == ("modules", set(MODULES))


def test_a_learner_of_coldbench_is_not_handed_over() -> None:
    found = source_of("ridge")
    assert (found.plugin.kept, found.files) == ("coldbench", {})
    assert found.plugin.sha256 != plugin_of("bias").sha256


def test_a_source_that_nobody_would_read(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handing, "LARGEST", 100)
    with pytest.raises(UsageError, match=r"the largest mine\.py of .* 100 bytes each"):
        source_of("mine")


@pytest.mark.parametrize(
    "name",
    ["../up.py", ".hidden.py", "a/.git/b.py", "ratings.csv", "weights.pt", "a/__pycache__/b.py",
     "-r.py"],
)  # fmt: skip
def test_no_source(name: str) -> None:
    assert not is_source(name)


@pytest.mark.thorough
def test_pip_installs_what_was_handed_over(good: Path, installed: Path, tmp_path: Path) -> None:
    """Really: the folder plugin/ becomes a wheel with the same modules."""
    pytest.importorskip("hatchling")
    words = ["install", "-q", "--no-deps", "--no-index", "--no-build-isolation", "--target"]
    folder = shutil.copytree(good / "plugin", tmp_path / "plugin")
    command = [sys.executable, "-m", "pip", *words, str(tmp_path / "site"), str(folder)]
    subprocess.run(command, check=True, timeout=600, capture_output=True)
    there = {name: (tmp_path / "site" / name).read_bytes() for name in MODULES}
    assert there == {name: (installed / name).read_bytes() for name in MODULES}
