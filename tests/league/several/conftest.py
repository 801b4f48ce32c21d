"""Three studies of invented numbers, of which one lacks a learner."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from coldbench.league import LeagueOver, league_over
from coldbench.rng import Seeds
from tests.report.fake import fake_study

Levels = Mapping[str, Mapping[str, float]]
SEEDS = 6  # the fewest at which a comparison by signs can show anything
LEVELS: Levels = {  # mean MAE above that of the study, by data set and learner
    "films": {"global-median": 0.10, "ridge": 0.02, "mf": 0.00, "melu": 0.05, "icl": 0.03},
    "books": {"global-median": 0.10, "ridge": 0.01, "mf": 0.04, "melu": 0.12, "icl": 0.03},
    "goods": {"global-median": 0.10, "ridge": 0.03, "mf": 0.01, "melu": 0.06},
}


def made(
    folder: Path, version: int = 1, levels: Mapping[str, Mapping[str, float]] = LEVELS
) -> Path:
    """A study of each data set in a folder; runs of one seed share what makes it hard."""
    for place, (name, mine) in enumerate(levels.items()):
        above = {
            (learner, seed): level + 0.001 * ((seed * (3 + k)) % 5)
            for k, (learner, level) in enumerate(mine.items())
            for seed in range(SEEDS)
        }
        seeds = [Seeds.joint(seed) for seed in range(SEEDS)]
        fake_study(
            folder / name, list(mine), seeds, ("W-W", "C-C"), dataset=name, oracle=False,
            levels=above, data=f"1{place}", version=version,
        )  # fmt: skip
    return folder


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of the three studies."""
    return made(tmp_path_factory.mktemp("league"))


@pytest.fixture(scope="session")
def league(folder: Path) -> LeagueOver:
    """Of that folder."""
    return league_over(folder)
