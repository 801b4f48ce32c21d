"""A pack of a tiny synthetic study, made once."""

import shutil
from pathlib import Path

import pytest

from coldbench.league.packs.making import Naming, make_pack
from coldbench.league.packs.opening import Pack
from coldbench.study.config import StudyConfig
from coldbench.study.drive import run_study
from tests.studies import TINY

NAMING = Naming("synthetic", 1, "2026-11-27", "6,000 ratings made by coldbench")


@pytest.fixture(scope="session")
def packed_study(own_cache: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ridge, two others and the yardsticks, at three seeds."""
    out = tmp_path_factory.mktemp("reference") / "study"
    config = StudyConfig(
        models=("ridge", "item-mean"), seeds=3, dataset_options=TINY, shots=(1,), out=out
    )
    return run_study(config, workers=1).path


@pytest.fixture(scope="session")
def made(packed_study: Path, tmp_path_factory: pytest.TempPathFactory) -> Pack:
    from coldbench.study.store import Study

    file = tmp_path_factory.mktemp("packs") / "synthetic@1.coldbench"
    return make_pack(Study.open(packed_study), NAMING, file)


@pytest.fixture
def pack_file(made: Pack, tmp_path: Path) -> Path:
    """A copy of its file, to be spoilt."""
    return Path(shutil.copy(made.path, tmp_path / "synthetic@1.coldbench"))
