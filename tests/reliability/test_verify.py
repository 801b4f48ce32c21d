"""`verify` names each damaged, edited, foreign or missing file; `merge` copies sound runs only."""

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from coldbench.data import open_dataset
from coldbench.errors import DataError, StoreError
from coldbench.learning.predictions import Predictions
from coldbench.report import write_report
from coldbench.running import run
from coldbench.running.encoding import decode, encode, fingerprint, seal
from coldbench.running.records import Job, Outcome
from coldbench.study.config import StudyConfig
from coldbench.study.drive import run_study
from coldbench.study.merging import merge
from coldbench.study.planning import plan
from coldbench.study.store import Study
from coldbench.study.verification import replay, verify
from coldbench.study.verification.rescoring import Referee
from coldbench.study.verification.rounding import RUNS, Rerun, judged, noisy_jobs
from tests.cli.test_cli import coldbench
from tests.reliability.conftest import package
from tests.reliability.faults import contents
from tests.studies import TINY, forget

Edit = Callable[[dict[str, Any]], object]


def edit(file: Path, change: Edit, resealed: bool = False) -> None:
    data = json.loads(file.read_text())
    change(data)
    if resealed:
        data["sha256"] = seal(data)
    file.write_text(json.dumps(data))


def first(study: Study, name: str = "record.json") -> Path:
    return study.runs / study.manifest.jobs[0].job_hash / name


def better(data: dict[str, Any]) -> None:
    data["scores"][0]["value"] -= 0.01


def shifted(file: Path) -> None:
    old = decode(file.read_bytes())
    file.write_bytes(encode(Predictions(old.row, old.score + 1, old.scenario, old.shots)))


DAMAGES: dict[str, tuple[Callable[[Study], object], str, str]] = {
    "torn record": (lambda s: first(s).write_text("{"), "record.json", "damaged"),
    "better score": (lambda s: edit(first(s), better), "record.json", "was edited"),
    "no seal": (lambda s: edit(first(s), lambda d: d.pop("sha256")), "record.json", "no hash"),
    "other job": (
        lambda s: edit(first(s), lambda d: d["job"].update(device="x"), True),
        "record.json", "does not match its hash",
    ),
    "newer schema": (
        lambda s: edit(first(s), lambda d: d.update(schema_version=9)), "record.json", "newer",
    ),
    "other split": (
        lambda s: edit(first(s), lambda d: d.update(split_sha256="0" * 64), True),
        "record.json", "split_sha256 differs",
    ),
    "half a character": (
        lambda s: edit(first(s), lambda d: d["scores"][0].update(metric="\ud800"), True),
        "record.json", "half of a character",
    ),
    "no relative_sd": (
        lambda s: edit(first(s), lambda d: d["concentration"].pop("relative_sd"), True),
        "record.json", "concentration has no relative_sd",
    ),
    "seconds without end": (
        lambda s: edit(first(s), lambda d: d["seconds"].update(total=float("inf")), True),
        "record.json", "finite",
    ),
    "scores twice": (
        lambda s: edit(first(s), lambda d: d.update(scores=d["scores"] * 2), True),
        "record.json", "2 scores of hit@5 in W-W at shots -1, not one",
    ),
    "no origin": (
        lambda s: edit(first(s), lambda d: d.update(provenance={}), True),
        "record.json", "does not say its origin",
    ),
    "torn predictions": (
        lambda s: first(s, "predictions.parquet").write_bytes(b"PAR1"),
        "predictions.parquet", "damaged",
    ),
    "other predictions": (
        lambda s: shifted(first(s, "predictions.parquet")), "predictions.parquet", "hash in its",
    ),
    "pickle": (lambda s: first(s, "x.pkl").write_bytes(b"x"), "x.pkl", "does not belong"),
    "link": (
        lambda s: (s.runs / ("0" * 16)).symlink_to(first(s).parent), "0" * 16, "a link",
    ),
    "edited plan": (
        lambda s: edit(s.path / "study.json", lambda d: d["jobs"][0].update(seed="5")),
        "study.json", "does not match its hash",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", list(DAMAGES))
def test_damage_is_named(study: Study, name: str) -> None:
    break_it, file, message = DAMAGES[name]
    break_it(study)
    verdict = verify(study.path)
    assert not verdict.intact
    named = [finding for finding in verdict.of("damage") if file in str(finding.file)]
    assert any(message in finding.text for finding in named), verdict.findings


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda d: d["fixed"].clear(), "fixed has no dataset"),
        (lambda d: d["fixed"]["protocol_options"].update(version="two"), "'two', no whole number"),
    ],
)
def test_a_plan_that_lacks_what_every_reader_needs(study: Study, change: Edit, told: str) -> None:
    edit(study.path / "study.json", change)
    with pytest.raises(StoreError, match=told):
        Study.open(study.path)


def test_a_sound_study_passes(study: Study) -> None:
    verdict = verify(study.path)
    assert verdict.passed, verdict.findings
    assert (verdict.planned, verdict.stored, verdict.predictions) == (4, 4, 4)
    for file in study.runs.glob("*/predictions.parquet"):
        file.unlink()
    assert verify(study.path).passed


def test_holes_and_foreign_runs(study: Study, config: StudyConfig, tmp_path: Path) -> None:
    elsewhere = config.model_copy(update={"protocol": "all", "out": tmp_path / "o"})
    other = run_study(elsewhere, workers=1)
    foreign = next(iter(other.records())).job_hash
    shutil.copytree(other.runs / foreign, study.runs / foreign)
    shutil.rmtree(first(study).parent)
    verdict = verify(study.path)
    assert [finding.file.name for finding in verdict.of("hole")] == [first(study).parent.name]
    assert ["of another configuration: protocol" in f.text for f in verdict.of("damage")] == [True]
    with pytest.raises(StoreError, match=r"record\.json: of another configuration"):
        write_report(study, study.path)


def test_the_report_refuses_edited_scores(study: Study) -> None:
    edit(first(study), better)
    with pytest.raises(StoreError, match=r"record\.json: the record does not match its hash"):
        write_report(study, study.path)


def test_replay(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[bool] = []
    assert replay(study, 3, seed=1, told=lambda record, same: told.append(same)) == []
    assert told == [True] * 3
    edit(first(study), lambda d: d.update(predictions_sha256="0" * 64), True)
    found = replay(study, 100)
    assert [finding.file for finding in found] == [first(study)]
    assert "other predictions when run again on the same machine" in found[0].text


def test_a_learner_that_scores_itself_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, root = tmp_path / "site", Path(__file__).parent.parent.parent
    package(site, "flattering", {"flatters": "tests.reliability.scores_itself:Flatters"})
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(site), str(root)]))
    monkeypatch.setattr(run, "score", run.score)  # the plan imports the learner into this process
    forget()
    try:
        config = StudyConfig(
            models=("flatters",),
            seeds=1,
            dataset_options=TINY,
            yardsticks=False,
            out=tmp_path / "s",
        )
        made = run_study(config, workers=2)
        told: list[bool] = []
        found = replay(made, 1, told=lambda record, same: told.append(same))
    finally:
        monkeypatch.undo()
        forget()
    assert told == [False]
    assert "was scored otherwise in its own process: " in found[0].text


def test_predictions_of_other_rows_are_no_answer(config: StudyConfig) -> None:
    job = plan(config)[1][0]
    referee, outcome = Referee.of(job.dataset_sha256), run.run_job(job)
    assert referee.fault(outcome) == ""
    made = outcome.predictions
    assert made is not None
    for moved in (replace(made, row=made.row[::-1].copy()), replace(made, shots=made.shots + 1)):
        assert "predicts other ratings than the test tasks" in referee.fault(
            replace(outcome, predictions=moved)
        )


def test_prepared_data_that_were_overwritten_judge_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLDBENCH_CACHE", str(tmp_path / "cache"))
    ratings = open_dataset("synthetic", TINY)
    (facts,) = (tmp_path / "cache").glob("prepared-*/*/meta.json")
    file = json.loads(facts.read_text())["arrays"]["value"]["file"]
    value = np.load(facts.parent / file, mmap_mode="r+")
    value[:] = np.where(value == 1, 2, 1)
    value.flush()
    with pytest.raises(DataError, match="in the cache were changed: delete them"):
        Referee.of(ratings.sha256)


def elsewhere(study: Study, shift: float = 0.0) -> None:
    """As if the first run had been made on another machine, with an error that differs."""

    def change(data: dict[str, Any]) -> None:
        data["predictions_sha256"] = "0" * 64
        data["provenance"]["processor"] = "Abacus 2"
        data["provenance"]["libraries"]["numpy"] = "1.0"
        for row in data["scores"]:
            row["value"] += shift

    edit(first(study), change, True)


def test_other_bits_on_another_machine_may_be_the_same_result(
    study: Study, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere(study, 1e-8)
    told: list[bool] = []
    (found,) = replay(study, 100, told=lambda record, same: told.append(same))
    assert (found.kind, told.count(False)) == ("note", 1)
    for word in ("other bits, same result", "rounding alone by", "4 runs here", "Abacus 2 ->"):
        assert word in found.text
    first(study, "predictions.parquet").unlink()  # they have other bits than the record says
    assert coldbench(monkeypatch, "verify", study.path, "--replay", 4) == 0
    assert "same result" in capsys.readouterr().out


def test_more_than_rounding_is_another_result(study: Study) -> None:
    elsewhere(study, 1e-3)
    (found,) = replay(study, 100)
    assert found.kind == "damage"
    assert "other result: moved the MAE in" in found.text
    assert "numpy 1.0 -> " in found.text


@pytest.mark.parametrize(
    ("spread", "shift", "kind"),
    [
        (1e-5, 1e-3, "damage"),
        (1e-3, 1e-3, "note"),
        (1e-3, 0.02, "damage"),
        (0.05, 0.01, "unsure"),
    ],
)
def test_the_limit_is_that_of_rounding(
    study: Study, spread: float, shift: float, kind: str
) -> None:
    """A chaotic learner may move about as far as it moves by itself, and no further; of one that
    moves by more than a reader would overlook, nothing is verified."""
    stored = next(study.records())
    first(study, "predictions.parquet").unlink()

    def run(job: Job, by: float) -> Outcome:
        scores = [row.model_copy(update={"value": (row.value or 0) + by}) for row in stored.scores]
        return Outcome(stored.model_copy(update={"job": job, "scores": scores}))

    noisy = noisy_jobs(stored.job)
    assert len({job.hash for job in (stored.job, *noisy)}) == RUNS + 1
    moves = (shift - spread, shift, shift + spread)
    again = {job.hash: run(job, by) for job, by in zip(noisy, moves, strict=True)}
    rerun = Rerun(stored, run(stored.job, shift), ["processor A -> B"])
    found = judged(study, rerun, again)
    assert ("unsure" if found.unsure else found.kind) == kind
    assert ("off would pass" in found.text) == (kind == "unsure")
    lost = dict.fromkeys(again, Outcome(stored.model_copy(update={"status": "diverged"})))
    assert "did not finish" in judged(study, rerun, lost).text


@pytest.mark.parametrize(("like", "kind"), [(0, "damage"), (1, "note")])
def test_a_run_that_diverged_elsewhere_does_so_with_noise_too(
    study: Study, like: int, kind: str
) -> None:
    here = next(study.records())
    there = here.model_copy(update={"status": "diverged", "scores": []})
    noisy = noisy_jobs(here.job)
    again = {job.hash: Outcome(there if k < like else here) for k, job in enumerate(noisy)}
    found = judged(study, Rerun(there, Outcome(here), ["processor A -> B"]), again)
    assert found.kind == kind
    assert f"of 4 runs here {like} do" in found.text


def test_a_score_that_was_taken_out_is_missed(study: Study) -> None:
    edit(first(study), lambda d: d["scores"].pop(3), True)
    (found,) = replay(study, 100)
    assert "is missing in the stored run" in found.text


def test_equal_errors_of_other_predictions_are_another_result(study: Study) -> None:
    """Where predictions are stored, they are compared too."""
    file = first(study, "predictions.parquet")
    old = decode(file.read_bytes())
    mirrored = Predictions(old.row, old.score[::-1].copy(), old.scenario, old.shots)
    file.write_bytes(encode(mirrored))
    elsewhere(study)
    edit(first(study), lambda d: d.update(predictions_sha256=fingerprint(mirrored)), True)
    (found,) = replay(study, 100)
    assert found.kind == "damage"
    assert "predictions move by" in found.text


def test_replay_needs_the_same_data(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from coldbench.running.backends.fetch import _intact

    monkeypatch.setenv("COLDBENCH_CACHE", str(tmp_path / "empty"))
    _intact.cache_clear()
    with pytest.raises(DataError, match="no ratings with fingerprint"):
        replay(study, 1, options={"n_users": 151, "n_items": 120, "n_ratings": 6000})


def test_the_command(
    study: Study, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert coldbench(monkeypatch, "verify", study.path, "--replay", 1) == 0
    assert "the same, bit for bit" in capsys.readouterr().out
    edit(first(study), better)
    assert coldbench(monkeypatch, "verify", study.path) == 4
    assert f"damage: {first(study)}" in capsys.readouterr().out


@pytest.fixture
def shards(config: StudyConfig, tmp_path: Path) -> list[Path]:
    parts = [tmp_path / f"part{k}" for k in (1, 2)]
    for k, part in enumerate(parts, 1):
        run_study(config.model_copy(update={"out": part}), workers=1, shard=(k, 2))
    return parts


def test_shards_make_the_whole(shards: list[Path], study: Study, tmp_path: Path) -> None:
    merged, new = merge(shards, tmp_path / "whole")
    assert new == 4
    assert contents(merged) == contents(study)
    assert verify(merged.path).passed
    assert merge(shards, tmp_path / "whole")[1] == 0


def test_damaged_or_contradicting_studies_are_not_merged(
    shards: list[Path], study: Study, tmp_path: Path
) -> None:
    edit(first(study), lambda d: d.update(predictions_sha256="0" * 64), True)
    first(study, "predictions.parquet").unlink()
    with pytest.raises(StoreError, match="different predictions"):
        merge([*shards, study.path], tmp_path / "whole")
    edit(first(study), better)
    with pytest.raises(StoreError, match="is not merged"):
        merge([study.path], tmp_path / "whole")
    assert not (tmp_path / "whole").exists()


def test_other_configurations_are_not_merged(
    study: Study, config: StudyConfig, tmp_path: Path
) -> None:
    other = run_study(config.model_copy(update={"refit": False, "out": tmp_path / "o"}), workers=1)
    with pytest.raises(StoreError, match="refit"):
        merge([study.path, other.path], tmp_path / "whole")
