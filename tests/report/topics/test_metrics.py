"""A metric without a value is n/a with its reason in every format; all other numbers stand."""

import csv
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from coldbench.cli.terminal import print_report, print_study
from coldbench.report import build, render
from coldbench.report.compare import contrast
from coldbench.report.topics.metrics import sentences
from coldbench.running.records import Job, Outcome
from coldbench.study.missing_values import Gap, definitions, gaps
from coldbench.study.results import runs
from coldbench.study.store import Study
from coldbench.study.verification.consistency import consistency
from tests.report.fake import fake_study

Writer = Callable[[Study], dict[str, Path]]
NAN = "returned nan, not a finite number"
NAMES = ("mamo", "bias")


def once(job: Job, line: Mapping[str, Any]) -> str | None:
    """ndcg@3 of mamo at one seed of three, in W-C only."""
    here = job.learner == "mamo" and job.seeds.split == 1 and line["scenario"] == "W-C"
    return NAN if here and line["metric"] == "ndcg@3" else None


def everywhere(job: Job, line: Mapping[str, Any]) -> str | None:
    return "raised ValueError: <u>`x`</u>" if line["metric"] == "ndcg@3" else None


def rows(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(file.read_text().splitlines()))


def study_of(path: Path, gap: Callable[..., str | None], **given: Any) -> Study:
    return fake_study(path, NAMES, 3, ("W-W", "W-C"), gap=gap, **given)


def test_one_seed_of_three_in_one_scenario(tmp_path: Path, worded: Writer) -> None:
    study = study_of(tmp_path / "s", once)
    files = worded(study)
    said = f"ndcg@3 is n/a in 1 of 3 runs of mamo (W-C: {NAN})."
    assert said in files["report.html"].read_text()
    assert said.replace("@", "\\@") in files["report.md"].read_text()
    assert said in files["report.tex"].read_text()
    table = render(study, "csv", "metrics-W-C")
    assert re.search(r"^mamo,.*, 2 of 3 seeds", table.replace('"', ""), re.MULTILINE)
    assert "of 3 seeds" not in render(study, "csv", "metrics-W-W")
    (line,) = csv.DictReader(render(study, "csv", "gaps").splitlines())
    assert list(line.values()) == ["ndcg@3", "mamo", "W-C", "1 of 3", NAN]


def test_statistics_are_of_the_seeds_that_have_it(tmp_path: Path, worded: Writer) -> None:
    whole = worded(fake_study(tmp_path / "w", NAMES, 3, ("W-W", "W-C")))
    before = {name: rows(whole[name]) for name in ("summary.csv", "runs.csv", "pairs.csv")}
    after_files = worded(study_of(tmp_path / "s", once))
    after = {name: rows(after_files[name]) for name in before}
    assert after["pairs.csv"] == before["pairs.csv"]
    place = {"learner": "mamo", "scenario": "W-C", "metric": "ndcg@3"}
    odd = [new for new in after["summary.csv"] if place.items() <= new.items()]
    assert [line["n_seeds"] for line in odd] == ["2"]
    assert "gaps.csv" not in whole
    (gap,) = rows(after_files["gaps.csv"])
    assert gap == {**place, "n_missing": "1", "n_runs": "3", "reason": NAN}
    kept = [
        float(line["value"])
        for line in before["runs.csv"]
        if place.items() <= line.items() and line["seed"] != "1"
    ]
    assert float(odd[0]["mean"]) == pytest.approx(sum(kept) / 2)
    assert [line for line in after["summary.csv"] if line not in odd] == [
        line for line in before["summary.csv"] if not place.items() <= line.items()
    ]
    lost = [line for line in after["runs.csv"] if line["reason"]]
    assert [(line["value"], line["reason"], line["status"]) for line in lost] == [
        ("", NAN, "finished")
    ]
    assert len(after["runs.csv"]) == len(before["runs.csv"])


def test_no_run_has_it(tmp_path: Path, light: Writer) -> None:
    study = study_of(tmp_path / "s", everywhere)
    files = light(study)
    for name in ("report.html", "report.md", "report.tex"):
        assert not re.search(r"\bnan\b|<u>", files[name].read_text().lower()), name
    line = next(one for one in rows(files["summary.csv"]) if one["metric"] == "ndcg@3")
    assert (line["n_seeds"], line["mean"]) == ("0", "")
    assert {one["reason"] for one in rows(files["gaps.csv"])} == {"raised ValueError: <u>`x`</u>"}
    assert "n/a & " in render(study, "latex", "metrics-W-C").replace(r" {\scriptsize", " &")
    assert "0 of 3 seeds" in render(study, "latex", "metrics-W-C")
    (said,) = sentences(build(study).gaps)
    assert said.startswith("ndcg@3 is n/a in 6 of 6 runs of mamo, bias (W-W: raised ValueError")


def test_the_screen_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = study_of(tmp_path, once)
    assert not print_study(study, [])
    first = capsys.readouterr().out
    print_report(study, {"report.html": tmp_path})
    for text in (first, capsys.readouterr().out):
        assert "ndcg@3 is n/a in 1 of 3 runs of mamo (W-C:" in " ".join(text.split())


def test_records_that_say_no_reason(tmp_path: Path, worded: Writer) -> None:
    """Versions before stored NaN as null and nothing else."""
    study = study_of(tmp_path / "s", lambda job, line: everywhere(job, line) and "")
    stored = json.loads(next(study.runs.glob("*/record.json")).read_text())
    assert {None} == {x["value"] for x in stored["scores"] if x["metric"] == "ndcg@3"}
    assert "(W-W: not finite)." in worded(study)["report.md"].read_text()


def test_even_the_mae_may_lack(tmp_path: Path, light: Writer) -> None:
    """Pairs and comparisons of studies are then of the seeds that both have."""

    def mae(job: Job, line: Mapping[str, Any]) -> str | None:
        lost = job.learner == "mamo" and job.seeds.split == 1 and line["metric"] == "mae"
        return NAN if lost or (line["scenario"] == "W-C" and line["metric"] == "mae") else None

    study = study_of(tmp_path / "s", mae, shots=(0, 5), status={("bias", 2): "failed"})
    data = build(study)
    light(study)
    assert {pair.scenario: pair.seeds for pair in data.pairs} == {"W-W": ("0",)}
    assert data.standing("mamo", "W-C") is None
    other = fake_study(tmp_path / "w", NAMES, 3, ("W-W", "W-C"))
    lines = contrast(study, other, 0.005).lines
    assert {line.scenario for line in lines} == {"W-W"}
    assert {line.seeds for line in lines if line.learner == "mamo"} == {(2, 2)}


def test_verify_notes_it_and_passes(tmp_path: Path) -> None:
    study = study_of(tmp_path, once)
    found = [one for one in consistency(study, list(study.records())) if "no value" in one.text]
    assert [(one.kind, NAN in one.text) for one in found] == [("note", True)]


def test_gaps_count_seeds_and_reasons(tmp_path: Path) -> None:
    (found,) = gaps(runs(study_of(tmp_path, once)))
    assert found == Gap("ndcg@3", "mamo", "W-C", ("1",), 3, (NAN,))


def test_two_definitions_in_one_study_are_told(tmp_path: Path, worded: Writer) -> None:
    study = fake_study(tmp_path / "s", NAMES, 2, ("W-W",))
    assert definitions(study.records()) == {}
    record = next(iter(study.records()))
    scores = [
        row.model_copy(update={"version": 2}) if row.metric == "ndcg@1" else row
        for row in record.scores
    ]
    (study.runs / record.job_hash / "record.json").unlink()
    (study.runs / record.job_hash).rmdir()
    study.save(Outcome(record.model_copy(update={"scores": scores, "sha256": ""})))
    assert definitions(study.records()) == {"ndcg@1": {1: 3, 2: 1}}
    said = "is of several definitions, version 1 (3 runs), version 2 (1 runs)"
    assert said in worded(study)["report.md"].read_text()
    found = consistency(study, list(study.records()))
    assert [one.kind for one in found if "differ in the definition" in one.text] == ["note"]
