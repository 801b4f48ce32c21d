"""The cheats, installed as a package that the processes of an audit see too."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.audit.cheats import CHEATS, DISARMED, HONEST
from tests.reliability.conftest import package
from tests.studies import forget


@pytest.fixture
def cheats(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    site, root = tmp_path / "site", Path(__file__).parent.parent.parent
    kinds = {**{name: kind for name, (kind, _) in CHEATS.items()}, **HONEST, **DISARMED}
    entries = {name: f"tests.audit.cheats:{kind.__name__}" for name, kind in kinds.items()}
    entries["imports"] = "tests.audit.at_import:Imports"
    package(site, "cheats", entries)
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(site), str(root)]))
    forget()
    yield
    monkeypatch.undo()
    forget()
