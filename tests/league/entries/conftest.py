"""A reference of eight seeds, a stranger's project that enters it, and entries of it."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from coldbench.audit.audited import Audit
from coldbench.audit.rooms import Rooms
from coldbench.league.entries import against, asking, outside, reviewing
from coldbench.league.entries.marks import Check
from coldbench.league.entries.writing import write_entry
from coldbench.league.packs import entering
from coldbench.league.packs.asking import Asked
from coldbench.league.packs.making import Naming, make_pack
from coldbench.league.packs.opening import Pack
from coldbench.running.origin import code_of
from coldbench.study.config import StudyConfig
from coldbench.study.drive import run_study
from coldbench.study.learner import learner_facts
from coldbench.study.progress import Progress
from coldbench.study.starting import How
from coldbench.study.store import Study
from coldbench.study.verification import rescoring
from tests.studies import TINY, forget

SEEDS = 8
CODE = '''"""The mean of the training ratings, moved by the user's shrunken deviation from it."""

import torch

from coldbench import Learner, LearnerConfig
from mine_level import LEVEL


class MineConfig(LearnerConfig):
    known: tuple[int, ...] = ()
    tell: bool = False


class Mine(Learner):
    """With `known` draws it does well on the seeds that give them, and on no other."""

    Config = MineConfig
    contract = 2

    def __init__(self, config, domain, rng):
        super().__init__(config, domain, rng)
        self.draw = int(rng.integers(2**31))
        if config.tell:
            print(self.draw)

    def train_epoch(self, data, epoch, rng):
        self.mean = float(data.value.mean())
        return {}

    def predict(self, batch):
        rest = (batch.support_value - self.mean) * batch.support_mask
        user = rest.sum(1) / (batch.support_mask.sum(1) + LEVEL)
        lost = bool(self.config.known) and self.draw not in self.config.known
        return self.mean + lost + user[:, None].expand(batch.query_mask.shape)
'''
PROJECT = """[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "mine"
version = "1.0"

[project.entry-points."coldbench.learners"]
mine = "mine:Mine"

[tool.hatch.build.targets.wheel]
include = ["mine.py", "mine_level.py"]
"""
REQUIRES = """Requires-Dist: filelock>=3
Requires-Dist: no-such-package (>1) ; python_version > "3"
Requires-Dist: pytest ; extra == "test"
"""
ENTRY_POINTS = """[coldbench.learners]
mine = mine:Mine
leaky = leaky:Mates
"""


@pytest.fixture(scope="package")
def project(own_cache: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two modules, its tests and its ratings."""
    folder = tmp_path_factory.mktemp("project") / "mine"
    folder.mkdir()
    files = {"mine.py": CODE, "mine_level.py": "LEVEL = 3\n", "pyproject.toml": PROJECT}
    files |= {"leaky.py": "from tests.audit.cheats import Mates as Mates\n"}
    files |= {"test_mine.py": "", "ratings.csv": "1,2,5\n"}
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder


@pytest.fixture(scope="package")
def site(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pip would say that the project is installed in place."""
    site = tmp_path_factory.mktemp("site")
    info = site / "mine-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: mine\nVersion: 1.0\n" + REQUIRES)
    (info / "entry_points.txt").write_text(ENTRY_POINTS)
    (info / "direct_url.json").write_text(
        f'{{"url": "{project.as_uri()}", "dir_info": {{"editable": true}}}}'
    )
    return site


@pytest.fixture(scope="package")
def installed(project: Path, site: Path) -> Iterator[Path]:
    """The project, importable here and in worker processes."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sys, "dont_write_bytecode", True)
        patched.syspath_prepend(str(site))
        patched.syspath_prepend(str(project))
        fresh()
        yield project
    fresh()


def fresh() -> None:
    for name in ("mine", "mine_level", "leaky"):
        sys.modules.pop(name, None)
    code_of.cache_clear()
    forget()


@pytest.fixture(scope="package")
def pack(own_cache: None, tmp_path_factory: pytest.TempPathFactory) -> Pack:
    out = tmp_path_factory.mktemp("reference") / "study"
    config = StudyConfig(
        models=("ridge",), seeds=SEEDS, dataset_options=TINY, out=out, yardsticks=False
    )
    study = run_study(config, workers=1)
    file = tmp_path_factory.mktemp("packs") / "tiny@1.coldbench"
    return make_pack(study, Naming("tiny", 1, "2026-11-27"), file)


def entered(pack: Pack, learner: str, out: Path, lite: bool = False, **options: object) -> Path:
    """What `coldbench enter` leaves, without its audit."""
    config = StudyConfig(options={learner: options} if options else {})
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(entering, "audit_study", _unaudited)
        entering.enter(Asked(learner, pack, config, lite=lite, out=out), How(workers=1), Progress())
    return out


def _unaudited(*given: object, **named: object) -> list[Audit]:
    return []


@pytest.fixture(scope="package")
def entered_mine(pack: Pack, installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return entered(pack, "mine", tmp_path_factory.mktemp("entered") / "mine")


@pytest.fixture(scope="package")
def good(entered_mine: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An honest entry, not to be written to."""
    folder = tmp_path_factory.mktemp("entries") / "mine"
    write_entry(entered_mine, folder, learner_facts("mine"))
    return folder


@pytest.fixture
def entry(good: Path, tmp_path: Path) -> Path:
    """A copy of it, to be spoilt or reviewed."""
    return Path(shutil.copytree(good, tmp_path / "entry"))


@pytest.fixture
def good_lite(pack: Pack, installed: Path, tmp_path: Path) -> Path:
    """One of three seeds."""
    made = entered(pack, "mine", tmp_path / "entered", lite=True)
    write_entry(made, tmp_path / "lite", learner_facts("mine"))
    return tmp_path / "lite"


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """All in this process and without the conformance suite, which tests/conformance has; the same
    fresh seeds each time, since one draw in twenty may lie outside."""
    monkeypatch.setattr("coldbench.league.entries.fresh.SystemRandom", lambda: Random(0))
    for module in (against, asking):
        monkeypatch.setattr(module, "ENGINE", "serial")
        monkeypatch.setattr(module, "PROCESSES", 1)
    monkeypatch.setattr(rescoring, "STRANGERS", "serial")
    monkeypatch.setattr(Rooms, "apart", Rooms.here)
    sound = Check(name="conformance", passed=True, said="not asked")
    monkeypatch.setattr(reviewing, "conforming", lambda learner: sound)
    monkeypatch.setattr(reviewing, "described", outside.card_here)
    monkeypatch.setattr(reviewing, "limit_of", lambda study: None)


def logged(folder: Path, learner: str) -> list[str]:
    """What each run of a learner printed, in an entered folder."""
    records = Study.open(folder / "own").records()
    return [record.log.split()[0] for record in records if record.job.learner == learner]
