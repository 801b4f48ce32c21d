"""A stranger's plugin package with toy learners, and studies on tiny data."""

import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from coldbench import registry

if TYPE_CHECKING:
    from coldbench.running.records import Job
    from coldbench.study.config import StudyConfig
    from coldbench.study.store import Study

TINY = {"n_users": 150, "n_items": 120, "n_ratings": 6000}
ENTRY_POINTS = "[coldbench.learners]\ntoy = tests.toy:Toy\ndrawn = tests.toy:Drawn\n"
ENTRY_POINTS += "switched = tests.toy:Switched\n"


def forget() -> None:
    registry.plugins.cache_clear()
    registry.load.cache_clear()


@pytest.fixture
def toys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Installs a package `toys` with the learners of `toy.py`; worker processes see it too."""
    info = tmp_path / "site" / "toys-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: toys\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(ENTRY_POINTS)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    forget()
    yield
    monkeypatch.undo()
    forget()


def small(out: Path) -> "StudyConfig":
    """Two closed-form learners, two seeds, 6,000 ratings, no yardsticks."""
    from coldbench.study.config import StudyConfig

    return StudyConfig(
        models=("bias", "global-mean"), seeds=2, dataset_options=TINY, out=out, yardsticks=False
    )


def prepared(
    path: Path, jobs: Iterable["Job"], dataset_options: Mapping[str, Any] | None = None, **told: Any
) -> "Study":
    """The study of these jobs before its first run, or with them; told: other parts of its plan."""
    from coldbench.study.manifest import Manifest
    from coldbench.study.store import Study

    plan = Manifest.of(jobs, dataset_options)
    return Study.planned(path, plan.model_copy(update=told))


@pytest.fixture
def config(tmp_path: Path) -> "StudyConfig":
    return small(tmp_path / "study")


@pytest.fixture(scope="session")
def small_study(own_cache: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study of `small`, run once."""
    from coldbench.study.drive import run_study

    return run_study(small(tmp_path_factory.mktemp("small")), workers=1).path


@pytest.fixture
def study(small_study: Path, config: "StudyConfig") -> "Study":
    """A copy of it, where `config` says."""
    from coldbench.study.store import Study

    shutil.copytree(small_study, config.out)
    return Study.open(config.out)
