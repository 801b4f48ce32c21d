"""A learner is run again, or taken out, and nothing of other learners is touched."""

import json
from pathlib import Path

import pytest

from coldbench.errors import StoreError, UsageError
from coldbench.report import build
from coldbench.report.topics.origin import OriginTopic
from coldbench.running.run import run_job
from coldbench.study.ablation import Departure
from coldbench.study.again import again_of, job_of, remove, set_again
from coldbench.study.config import StudyConfig
from coldbench.study.digest import digest_of
from coldbench.study.drive import run_again, run_study
from coldbench.study.merging import merge
from coldbench.study.packing import pack
from coldbench.study.progress import Progress
from coldbench.study.starting import How
from coldbench.study.store import Study
from coldbench.study.verification import verify
from tests.edited import Edit

ONE = How(workers=1)


@pytest.fixture
def mine(config: StudyConfig, edit: Edit) -> StudyConfig:
    """bias and the learner that is edited, two seeds."""
    return config.model_copy(update={"models": ("bias", "mine")})


def files(study: Study, learner: str) -> dict[str, bytes]:
    """Every file of a learner's runs."""
    return {
        str(file.relative_to(study.path)): file.read_bytes()
        for job in study.manifest.jobs
        if job.learner == learner
        for file in (study.runs / job.job_hash).iterdir()
    }


def codes(study: Study, learner: str = "mine") -> set[str]:
    return {r.provenance["code"] for r in study.records() if r.job.learner == learner}


def test_a_changed_learner_runs_again_and_the_others_stay(mine: StudyConfig, edit: Edit) -> None:
    study = run_study(mine, workers=1)
    before, others = codes(study), files(study, "bias")
    edit(training="self.edited = True")
    done: list[str] = []
    run_again(
        study.path, ["mine"], how=ONE, progress=Progress(done=lambda r: done.append(r.job.learner))
    )
    assert done == ["mine", "mine"]
    again = Study.open(study.path)
    assert len(codes(again)) == 1
    assert codes(again) != before
    assert files(again, "bias") == others
    assert verify(again.path).passed
    (change,) = again.manifest.history
    assert (change.kind, change.learner, change.codes) == ("again", "mine", {before.pop(): 2})
    assert {change.code} == codes(again)
    kept = Study.open(study.path / change.folder)
    assert verify(kept.path).passed
    assert codes(kept) == set(change.codes)
    assert {record.job.learner for record in kept.records()} == {"mine"}


def test_runs_of_todays_code_stay_so_that_the_same_command_goes_on(
    mine: StudyConfig, edit: Edit
) -> None:
    study = run_study(mine, workers=1)
    edit(training="self.edited = True")

    def stop(record: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_again(study.path, ["mine"], how=ONE, progress=Progress(done=stop))
    first = files(study, "bias")
    stored = [job for job in study.stored() if study.record(job).job.learner == "mine"]
    assert len(stored) == 1
    bytes_before = (study.runs / stored[0] / "record.json").read_bytes()
    seen: list[tuple[int, int]] = []
    progress = Progress(start=lambda todo, kept: seen.append((todo, kept)))
    run_again(study.path, ["mine"], how=ONE, progress=progress)
    run_again(study.path, ["mine"], how=ONE, progress=progress)
    assert seen == [(1, 1), (0, 2)]
    assert (study.runs / stored[0] / "record.json").read_bytes() == bytes_before
    assert len(Study.open(study.path).manifest.history) == 1
    assert files(study, "bias") == first


def test_defaults_are_todays_and_options_those_that_were_asked_for(
    mine: StudyConfig, edit: Edit
) -> None:
    study = run_study(mine.model_copy(update={"options": {"mine": {"size": 8}}}), workers=1)
    edit(level=4.0, option="depth: int = 1")
    told: list[str] = []
    run_again(study.path, ["mine"], how=ONE, progress=Progress(noted=told.extend))
    options = Study.open(study.path).manifest.learners["mine"]
    assert (options["level"], options["size"], options["depth"]) == (4.0, 8, 1)
    assert "mine.level: '3.0' -> '4.0': runs have another option than before." in told
    assert verify(study.path).passed
    run_again(study.path, ["mine"], {"mine": {"size": 9}}, ONE)
    assert Study.open(study.path).manifest.learners["mine"]["size"] == 9
    joined = mine.model_copy(update={"options": {"mine": {"size": 9}}, "seeds": 3})
    assert len(list(run_study(joined, workers=1).records())) == 6
    with pytest.raises(StoreError, match="coldbench run --again mine --out"):
        run_study(mine.model_copy(update={"options": {"mine": {"size": 1}}}))


def test_a_study_of_before_keeps_all_options_that_there_still_are(
    mine: StudyConfig, edit: Edit
) -> None:
    edit(option="gone: int = 2")
    study = run_study(mine.model_copy(update={"options": {"mine": {"size": 8}}}), workers=1)
    data = json.loads((study.path / "study.json").read_text())
    del data["given"]
    (study.path / "study.json").write_text(json.dumps(data))
    edit(level=4.0)
    again = again_of(Study.open(study.path), ["mine"], {})
    assert {k: again.manifest.learners["mine"][k] for k in ("level", "size")} == {
        "level": 3.0, "size": 8,
    }  # fmt: skip
    assert "gone" not in again.manifest.learners["mine"]


def test_a_learner_is_taken_out(mine: StudyConfig) -> None:
    study = run_study(mine.model_copy(update={"against": ("mine",)}), workers=1)
    others = files(study, "bias")
    (change,) = remove(study, ["mine"])
    left = Study.open(study.path)
    assert list(left.manifest.learners) == ["bias"]
    assert left.manifest.against == ()
    assert {record.job.learner for record in left.records()} == {"bias"}
    assert files(left, "bias") == others
    assert verify(left.path).passed
    assert len(list(Study.open(left.path / change.folder).records())) == 2
    assert "mine: removed" in str(left.manifest.history[0])
    run_study(mine, workers=1)  # it may come back
    assert len(list(Study.open(study.path).records())) == 4


def test_what_cannot_be_taken_out_or_run_again(mine: StudyConfig) -> None:
    departure = Departure(label="mine", base="bias", factors=("x",))
    study = run_study(mine.model_copy(update={"departures": (departure,)}), workers=1)
    before = (study.path / "study.json").read_bytes()
    for call, told in (
        (lambda: remove(study, ["mime"]), "did you mean 'mine'"),
        (lambda: remove(study, ["mine", "bias"]), "no learner would be left"),
        (lambda: remove(study, ["bias"]), "'mine' is a departure from 'bias'"),
        (lambda: set_again(study, ["mime"], {}), "did you mean 'mine'"),
        (lambda: set_again(study, ["mine"], {"bias": {}}), "learner of --again"),
        (lambda: set_again(study, ["mine"], {"mine": {"siz": 1}}), "did you mean 'size'"),
    ):
        with pytest.raises(UsageError, match=told):
            call()
    assert (study.path / "study.json").read_bytes() == before
    assert not (study.path / "aside").exists()


def test_a_packed_study(mine: StudyConfig, edit: Edit, tmp_path: Path) -> None:
    live = run_study(mine, workers=1)
    digest_of(live, list(live.records()))
    pack(live, tmp_path / "packed")
    edit(prediction="return batch.support_value.new_full(batch.query_item.shape, 3.5)")
    packed = run_again(tmp_path / "packed", ["mine"], how=ONE)
    assert verify(packed.path).passed
    assert len(codes(packed)) == 1
    assert [r.job_hash for r in packed.records()] == [r.job_hash for r in live.records()]
    digest, _ = digest_of(packed, list(packed.records()))
    assert digest is not None
    assert {line.learner for line in digest.lines} == {"bias"}
    assert len(list(Study.open(packed.path / "aside/1").records())) == 2
    pack(packed, packed.path)
    fresh = Study.open(packed.path)
    assert codes(fresh) == codes(packed)
    remove(fresh, ["mine"])
    left = Study.open(packed.path)
    assert {record.job.learner for record in left.records()} == {"bias"}
    assert verify(left.path).passed


@pytest.mark.parametrize("taken_out", [True, False])
def test_a_driver_that_was_overtaken_stores_nothing_more(
    mine: StudyConfig, edit: Edit, taken_out: bool
) -> None:
    study = run_study(mine.model_copy(update={"seeds": 1}), workers=1)
    running = Study.planned(study.path, study.manifest)  # of the code before the edit
    late = run_job(job_of(study.manifest, "mine", "1"))
    of_bias = run_job(job_of(study.manifest, "bias", "1"))
    edit(training="self.edited = True")
    other = Study.open(study.path)
    if taken_out:
        remove(other, ["mine"])
    else:
        set_again(other, ["mine"], {})
    assert running.save(late) is False
    assert running.save(of_bias) is True
    assert late.record.job_hash not in Study.open(study.path).stored()


def test_merging_brings_nothing_back_that_was_set_aside(
    mine: StudyConfig, edit: Edit, tmp_path: Path
) -> None:
    study = run_study(mine, workers=1)
    pack(study, tmp_path / "earlier")
    edit(training="self.edited = True")
    run_again(study.path, ["mine"], how=ONE)
    now = codes(study)
    merged, new = merge([tmp_path / "earlier"], study.path)
    assert new == 0
    assert codes(merged) == now
    assert len(merged.manifest.history) == 1


def test_a_report_refuses_a_learner_of_two_codes(mine: StudyConfig, edit: Edit) -> None:
    study = run_study(mine, workers=1)
    edit(training="self.edited = True")
    run_study(mine.model_copy(update={"seeds": 3}), workers=1)
    with pytest.raises(StoreError) as refused:
        build(study)
    told = str(refused.value)
    assert "'mine' ran with 2 versions of its code" in told
    assert "(2 runs)" in told
    assert "(1 run)" in told
    assert all(code in told for code in codes(study))
    assert f"`coldbench run --again mine --out {study.path}`" in told
    run_again(study.path, ["mine"], how=ONE)
    data = build(Study.open(study.path))
    assert data.finished == 6
    section = data.of(OriginTopic).section()
    assert any("mine: run again with code" in note for note in section.notes)
