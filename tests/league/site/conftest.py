"""A site of invented studies, built once."""

from pathlib import Path

import pytest

from coldbench.league import Frame, build_site
from tests.report.conftest import composed
from tests.report.fake import departure, fake_study

HOSTILE = "<script>alert(1)</script>"
LEARNERS = ("melu", "ridge", "mamo", "global-median", HOSTILE)
STARS = {("global-median", seed): 0.2 for seed in range(3)}  # far behind all others


def made(folder: Path) -> Path:
    """Two data sets in one league, and two studies beside them."""
    few = {"seeds": 3, "scenarios": ("W-W", "C-C"), "levels": STARS}
    for name in ("ml-1m", "yelp"):
        where = folder / "reference" / name
        fake_study(where, LEARNERS, dataset=name, data=f"{len(name):02}", **few)
    fake_study(folder / "mamo-melu-ml-1m", LEARNERS[:4], dataset="ml-1m", **few)
    sides = [departure("mamo-paper:paper"), departure("mamo-paper:released")]
    single = [departure("mamo-paper:released", name) for name in ("loss", "readout")]
    fake_study(
        folder / "mamo-switches-mixed",
        [one.label for one in (*sides, *single)],
        4,
        ("W-W", "C-C"),
        departures=(*sides, *single),
        dataset="ml-1m",
    )
    fake_study(folder / "odd", ("bias", "mamo"), 2, ("C-C",), dataset='<b>"data"</b>')
    return folder


@pytest.fixture(scope="session")
def studies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a folder of two studies and two studies."""
    return made(tmp_path_factory.mktemp("studies"))


@pytest.fixture(scope="session")
def told() -> list[str]:
    """What building it told."""
    return []


@pytest.fixture(scope="session")
def site(studies: Path, told: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its pages, for their words and numbers: figures are composed, not rendered."""
    out = tmp_path_factory.mktemp("site") / "site"
    build_site([studies], out, Frame(code="https://example.org/code/"), told.append, composed)
    return out
