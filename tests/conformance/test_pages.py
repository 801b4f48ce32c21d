"""The pages on adding things are followed literally: every command succeeds."""

import ast
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import coldbench
from coldbench import registry
from coldbench.conformance.problem import Problem
from coldbench.data.ratings import Ratings
from coldbench.learning.learner import Domain, Variant
from tests.conformance.conftest import Run
from tests.conformance.pages import DOCS, ROOT, blocks, follow

PAGES = ("adding-a-learner.md", "adding-a-dataset.md", "adding-a-metric.md", "answers.md")
TUNE = "" if find_spec("optuna") else "tune"
needs_posix = pytest.mark.skipif(os.name != "posix", reason="the pages are for a POSIX shell")


@needs_posix
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("page", [pytest.param(PAGES[0], marks=pytest.mark.thorough), *PAGES[1:]])
def test_a_stranger_follows_the_page(page: str, run: Run, tmp_path: Path) -> None:
    assert len(follow(DOCS / page, tmp_path, run, TUNE)) >= 4


def listings() -> list[str]:
    """All Python on the pages, and in what `coldbench new` writes, with its placeholders filled."""
    pages = [ROOT / "README.md", *DOCS.glob("*.md")]
    shown = [text for page in pages for kind, _, text in blocks(page) if kind == "python"]
    templates = (ROOT / "coldbench" / "conformance" / "scaffold").glob("*/*.py.jinja")
    return shown + [re.sub(r"{{.*?}}", "x", path.read_text("utf-8")) for path in templates]


@pytest.mark.parametrize("text", listings())
def test_plugins_import_from_the_public_face_and_it_has_the_names(text: str) -> None:
    nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ImportFrom)]
    for node in nodes:
        if (node.module or "").partition(".")[0] == "coldbench":
            assert node.module == "coldbench"
            assert {alias.name for alias in node.names} <= set(coldbench.__all__)


def test_the_lines_on_content_do_what_they_say(ratings: Ratings) -> None:
    (text,) = [text for _, mark, text in blocks(DOCS / PAGES[0]) if "ContentEmbedding" in text]
    problem = Problem(Variant.of(registry.load("learner", "bias"), "bias"), ratings)
    names: dict[str, Any] = {
        "domain": Domain(ratings.catalogue, ratings.scale),
        "rng": np.random.default_rng(0),
        "batch": problem.batch,
    }
    exec(text, names)
    assert len(names["ids"]) == ratings.catalogue.n_items
    assert names["ids"].max() < names["size"]
    assert names["vectors"].shape == (*problem.batch.query_item.shape, names["embedding"].width)


def test_the_listing_is_short() -> None:
    """What the page promises: a learner that fits on a screen or two."""
    listings = [text for _, mark, text in blocks(DOCS / PAGES[0]) if "my_learner.py" in mark]
    assert len(listings) == 1
    assert listings[0].count("\n") < 75


@needs_posix
@pytest.mark.slow
def test_in_a_new_environment(tmp_path: Path) -> None:
    """A new virtual environment that shares the installed libraries, its own pip and shell."""
    pytest.importorskip("hatchling")
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    (site,) = (tmp_path / "venv" / "lib").glob("python*/site-packages")
    shared = [path for path in sys.path if path.endswith("site-packages")]
    (site / "shared.pth").write_text("\n".join([*shared, str(ROOT)]))
    tools = tmp_path / "venv" / "bin"
    for name in ("coldbench", "pytest"):
        (tools / name).write_text(f'#!/bin/sh\nexec "{tools / "python"}" -m {name} "$@"\n')
        (tools / name).chmod(0o755)
    environment = {
        **{key: value for key, value in os.environ.items() if key != "PYTHONPATH"},
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
        "PIP_NO_BUILD_ISOLATION": "0",
        "PIP_NO_DEPS": "1",
        "PIP_NO_INDEX": "1",
    }

    def run(command: str) -> None:
        ran = subprocess.run(
            command, shell=True, cwd=tmp_path, env=environment, text=True, capture_output=True,
            check=False,
        )  # fmt: skip
        assert ran.returncode == 0, f"{command}\n{ran.stdout[-3000:]}\n{ran.stderr[-3000:]}"

    assert len(follow(DOCS / PAGES[0], tmp_path, run, TUNE)) >= 9
