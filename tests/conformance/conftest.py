"""A place where a generated package can be installed, and its commands run in this process."""

import os
import runpy
import shlex
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.test_cli import SIZE, coldbench
from tests.report.conftest import composed_one
from tests.studies import forget

Run = Callable[[str], None]
OFFLINE = ("--no-build-isolation", "--no-deps", "--no-index", "-q")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Runs `coldbench ...`, `pip install -e FOLDER` (really, into a prefix) and `pytest FOLDER`.

    Studies of the embedded data are of fewer data, with one worker.
    """
    for module in ("pip", "hatchling"):
        pytest.importorskip(module)
    modules = set(sys.modules)
    prefix = tmp_path / "prefix"
    names = {"base": str(prefix), "platbase": str(prefix)}
    site = sysconfig.get_path("purelib", "posix_prefix", vars=names)
    monkeypatch.chdir(tmp_path)
    # two thirds of the time of a report; tests/report renders figures
    monkeypatch.setattr("coldbench.report.drawing.draw.drawn", composed_one)

    def fresh() -> None:
        for name in set(sys.modules) - modules:
            if name.startswith("my_"):
                del sys.modules[name]
        forget()

    def pip(folder: str) -> None:
        command = [sys.executable, "-W", "ignore", "-m", "pip", "install", "-e", folder]
        environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        environment["PIP_ROOT_USER_ACTION"] = "ignore"
        subprocess.run(
            [*command, *OFFLINE, "--prefix", str(prefix)], env=environment, check=True, timeout=600
        )
        monkeypatch.syspath_prepend(site)
        monkeypatch.syspath_prepend(str(tmp_path / folder))

    def run(command: str) -> None:
        fresh()
        tool, *words = shlex.split(command)
        if tool == "pip":
            pip(words[-1])
        elif tool == "pytest":
            (file,) = (tmp_path / words[0]).glob("test_*.py")
            runpy.run_path(str(file))["test_conformance"]()
        else:
            extra = ["--workers", "1"] if words[0] == "run" else []
            if words[0] in ("run", "tune") and not {"--dataset", "--config"} & set(words):
                extra += SIZE
            assert coldbench(monkeypatch, *words, *extra) == 0, command

    yield run
    monkeypatch.undo()
    fresh()
