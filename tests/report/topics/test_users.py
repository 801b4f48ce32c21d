"""Users who return at other seeds do not move a mean from one seed to the next."""

import json
import shutil
from math import sqrt
from pathlib import Path

import pytest

from coldbench.report import build
from coldbench.report.topics.users import Nested, Users
from coldbench.running import seal
from coldbench.study import Study
from tests.report.real import real_study


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return real_study(tmp_path_factory.mktemp("study"), models=("item-mean",), seeds=6)


def found(study: Study, scenario: str) -> Nested:
    one = build(study).of(Users).places["item-mean", scenario]
    assert isinstance(one, Nested)
    return one


def notes(study: Study) -> str:
    section = build(study).of(Users).section()
    return " ".join(section.notes)


def test_what_returning_users_share_is_taken_off(study: Study) -> None:
    assert "what they share is taken off" in notes(study)
    shares = []
    for scenario in ("W-C", "C-C"):
        one = found(study, scenario)
        apart = (one.single or 0.0) / sqrt(one.users)  # if nobody came back
        assert 0.0 <= (one.chance or 0.0) <= apart * 1.01
        shares.append((one.chance or 0.0) / apart)
    assert shares[0] < 0.9  # four warm users in five come back, one cold user in five
    assert shares[0] < shares[1]


def test_a_digest_that_does_not_know_says_so(study: Study, tmp_path: Path) -> None:
    before = found(study, "W-C")
    shutil.copytree(study.path, tmp_path / "copy")
    study = Study.open(tmp_path / "copy")
    for file in study.runs.glob("*/predictions.parquet"):
        file.unlink()
    file = study.path / "digest.json"
    data = json.loads(file.read_text())
    data.update(schema_version=1, returning=[], sampled=[])
    data.pop("sha256")
    file.write_text(json.dumps({**data, "sha256": seal(data)}))
    assert "an upper limit" in notes(study)
    assert (found(study, "W-C").chance or 0.0) > (before.chance or 0.0)
