"""A pack is made of a complete study of one code and one revision; equal input, equal bytes."""

import dataclasses
import json
import os
import shutil
from pathlib import Path

import pytest

from coldbench.errors import StoreError, UsageError
from coldbench.league.packs.making import make_pack
from coldbench.league.packs.opening import Pack
from coldbench.running.records import Outcome
from coldbench.study.packing import pack
from coldbench.study.store import Study
from tests.league.packs.conftest import NAMING


def test_the_same_study_gives_the_same_bytes_packed_or_not(
    made: Pack, packed_study: Path, tmp_path: Path
) -> None:
    again = make_pack(Study.open(packed_study), NAMING, tmp_path / "again")
    assert again.sha256 == made.sha256
    pack(Study.open(packed_study), tmp_path / "packed")
    assert make_pack(Study.open(tmp_path / "packed"), NAMING, tmp_path / "third").sha256 == (
        made.sha256
    )


def test_it_holds_no_rating_and_no_prediction(made: Pack) -> None:
    assert set(made.files) == {"study.json", "records.jsonl", "digest.json", "summary.csv"}
    assert "score" not in json.loads(made.files["study.json"])


@pytest.fixture
def study(packed_study: Path, tmp_path: Path) -> Study:
    """A copy of it, to be spoilt."""
    return Study.open(Path(shutil.copytree(packed_study, tmp_path / "study")))


def with_facts(study: Study, learner: str, seed: str, **facts: object) -> None:
    """One of its runs comes from elsewhere."""
    job = next(j for j in study.manifest.jobs if (j.learner, j.seed) == (learner, seed)).job_hash
    record, parquet = study.record(job), study.files(job)["predictions.parquet"]
    moved = record.model_copy(update={"provenance": {**record.provenance, **facts}, "sha256": ""})
    shutil.rmtree(study.runs / job)
    study.save(Outcome(moved, None, parquet))


def test_a_study_that_lacks_runs_is_refused(study: Study, tmp_path: Path) -> None:
    job = next(j for j in study.manifest.jobs if (j.learner, j.seed) == ("bias", "1"))
    shutil.rmtree(study.runs / job.job_hash)
    with pytest.raises(StoreError, match=r"1 of 16 planned runs are missing \('bias' seed '1'"):
        make_pack(study, NAMING, tmp_path / "pack")
    assert not (tmp_path / "pack").exists()


def test_an_edited_study_is_refused(study: Study, tmp_path: Path) -> None:
    file = next(study.runs.glob("*/record.json"))
    file.write_text(file.read_text().replace('"status": "finished"', '"status": "declined"'))
    with pytest.raises(StoreError, match="makes no pack: damage"):
        make_pack(study, NAMING, tmp_path / "pack")


def test_runs_of_several_revisions_are_refused_unless_told(study: Study, tmp_path: Path) -> None:
    with_facts(study, "bias", "1", revision="f" * 40)
    with pytest.raises(StoreError, match=r"2 revisions of coldbench, [0-9a-f]{12} \(15 runs\)"):
        make_pack(study, NAMING, tmp_path / "pack")
    naming = dataclasses.replace(NAMING, several=True)
    assert len(make_pack(study, naming, tmp_path / "pack").facts.revisions) == 2


def test_runs_of_mixed_code_are_refused(study: Study, tmp_path: Path) -> None:
    with_facts(study, "bias", "1", code="2:" + "a" * 16)
    with pytest.raises(StoreError, match="2 versions of its code"):
        make_pack(study, NAMING, tmp_path / "pack")


def test_a_pack_is_never_replaced(made: Pack, packed_study: Path) -> None:
    with pytest.raises(StoreError, match="never replaced"):
        make_pack(Study.open(packed_study), NAMING, made.path)


def test_a_listed_release_is_not_made_anew(packed_study: Path, tmp_path: Path) -> None:
    naming = dataclasses.replace(NAMING, name="ml-100k")
    with pytest.raises(
        StoreError, match="lists another ml-100k@1, and a release is never replaced"
    ):
        make_pack(Study.open(packed_study), naming, tmp_path / "pack")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_no_torn_pack(
    packed_study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    study = Study.open(packed_study)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="No space left on device"):
        make_pack(study, NAMING, tmp_path / "pack")
    assert list(tmp_path.iterdir()) == []


def test_a_name_has_no_path(packed_study: Path, tmp_path: Path) -> None:
    naming = dataclasses.replace(NAMING, name="../x")
    with pytest.raises(UsageError, match="cannot name a pack"):
        make_pack(Study.open(packed_study), naming, tmp_path / "pack")
