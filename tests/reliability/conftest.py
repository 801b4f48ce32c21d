"""Strangers' packages and tiny studies."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from coldbench import registry
from tests.studies import forget

HERE = "tests.reliability"
ENTRIES = {
    "toy": "tests.toy:Toy",
    "sleeper": f"{HERE}.strangers:Sleeper",
    "mortal": f"{HERE}.strangers:Mortal",
    "dying": f"{HERE}.strangers:Dying",
    "choosy": f"{HERE}.strangers:Choosy",
    "batch-mean": "tests.conformance.faulty:BatchMean",
    "sound": "tests.conformance.faulty:Sound",
    "wrong-signature": f"{HERE}.strangers:WrongSignature",
    "wrong-verb": f"{HERE}.strangers:WrongVerb",
    "not-a-learner": f"{HERE}.strangers:NOT_A_LEARNER",
    "absent": f"{HERE}.nowhere:Absent",
    "quits": f"{HERE}.quits:Quits",
}


def package(site: Path, name: str, entries: dict[str, str], kind: str = "learners") -> None:
    """Install a distribution of that name which registers learners, data sets or metrics."""
    info = site / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    lines = "".join(f"{key} = {value}\n" for key, value in entries.items())
    (info / "entry_points.txt").write_text(f"[coldbench.{kind}]\n{lines}")


@pytest.fixture
def strangers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a package that registers ENTRIES; child processes see it too."""
    site = tmp_path / "site"
    package(site, "strangers", ENTRIES)
    monkeypatch.syspath_prepend(str(site))
    root = Path(__file__).parent.parent.parent
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(site), str(root)]))
    forget()
    yield site
    monkeypatch.undo()
    forget()


@pytest.fixture
def learners() -> list[str]:
    return registry.names("learner")
