"""The pages on adding things are followed literally: every command exits with 0."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.plugins.pages import DOCS, ROOT, blocks, follow, offline_tools

PAGES = ("adding-a-learner.md", "adding-a-dataset.md", "adding-a-metric.md")
needs_bash = pytest.mark.skipif(os.name != "posix", reason="the commands are for a POSIX shell")


@needs_bash
@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_follows_the_page(page: str, tmp_path: Path) -> None:
    for module in ("pip", "hatchling"):
        pytest.importorskip(module)
    skip = "" if find_spec("optuna") else "tune"
    done = follow(DOCS / page, tmp_path, offline_tools(tmp_path), skip)
    assert len(done) >= 4


def test_listings_are_short_enough() -> None:
    """What the page promises: a learner of about 60 lines."""
    listings = [text for _, mark, text in blocks(DOCS / PAGES[0]) if "my_learner.py" in mark]
    assert len(listings) == 1
    assert listings[0].count("\n") < 75


@needs_bash
@pytest.mark.slow
def test_in_a_new_environment(tmp_path: Path) -> None:
    """A new virtual environment that shares the installed libraries, and the real pip."""
    pytest.importorskip("hatchling")
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    (site,) = (tmp_path / "venv" / "lib").glob("python*/site-packages")
    shared = [path for path in sys.path if path.endswith("site-packages")]
    (site / "shared.pth").write_text("\n".join([*shared, str(ROOT)]))
    tools = tmp_path / "venv" / "bin"
    command = f'exec "{tools / "python"}" -m'
    for name in ("coldbench", "pytest"):
        (tools / name).write_text(f'#!/usr/bin/env bash\n{command} {name} "$@"\n')
        (tools / name).chmod(0o755)
    environment = {
        **{key: value for key, value in os.environ.items() if key != "PYTHONPATH"},
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
        "PIP_NO_BUILD_ISOLATION": "0",
        "PIP_NO_DEPS": "1",
        "PIP_NO_INDEX": "1",
    }
    skip = "" if find_spec("optuna") else "tune"
    assert len(follow(DOCS / PAGES[0], tmp_path, environment, skip)) >= 9
