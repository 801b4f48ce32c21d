"""A pack of a tiny synthetic study, made once; a learner of another package."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from coldbench.league.packs.making import Naming, make_pack
from coldbench.league.packs.opening import Pack
from coldbench.study.config import StudyConfig
from coldbench.study.drive import run_study
from coldbench.study.store import Study
from tests.studies import TINY, forget

NAMING = Naming("embedded", 1, "2026-11-27", "6,000 ratings made by coldbench")
STRANGER = """[coldbench.learners]
mine = baselines.closed_form.trivial:support_median
leaky = tests.audit.cheats:Mates
"""


@pytest.fixture(scope="session")
def packed_study(own_cache: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ridge, another and the yardsticks, at four seeds."""
    out = tmp_path_factory.mktemp("reference") / "study"
    config = StudyConfig(
        models=("ridge", "item-mean"), seeds=4, dataset_options=TINY, shots=(1,), out=out
    )
    return run_study(config, workers=1).path


@pytest.fixture(scope="session")
def made(packed_study: Path, tmp_path_factory: pytest.TempPathFactory) -> Pack:
    file = tmp_path_factory.mktemp("packs") / "embedded@1.coldbench"
    return make_pack(Study.open(packed_study), NAMING, file)


@pytest.fixture
def pack_file(made: Pack, tmp_path: Path) -> Path:
    """A copy of its file, to be spoilt."""
    return Path(shutil.copy(made.path, tmp_path / "embedded@1.coldbench"))


@pytest.fixture
def stranger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Installs a package with a learner `mine` and one that leaks; workers see it too."""
    info = tmp_path / "site" / "stranger-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: stranger\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(STRANGER)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    forget()
    yield
    monkeypatch.undo()
    forget()
