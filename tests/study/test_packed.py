"""A packed study reads as the live one does; damage is named with file and line."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from coldbench import registry
from coldbench.errors import StoreError
from coldbench.report import csv_files, text_files
from coldbench.running.encoding import seal
from coldbench.study import results
from coldbench.study.compact import expand, name_of, shrink
from coldbench.study.drive import run_study, todo
from coldbench.study.merging import merge
from coldbench.study.packed import LONGEST, NAME, packed_bytes
from coldbench.study.packing import pack
from coldbench.study.planning import StudyConfig, plan
from coldbench.study.store import Study
from coldbench.study.verification import replay, verify
from tests.cli.test_cli import coldbench
from tests.committed import committed


@pytest.fixture
def packed(study: Study, tmp_path: Path) -> Study:
    pack(study, tmp_path / "packed")
    return Study.open(tmp_path / "packed")


def resealed(lines: list[bytes]) -> list[bytes]:
    """Lines below the first with a first line that fits them, as a careful forger would."""
    import hashlib

    digests = [hashlib.sha256(line + b"\n").hexdigest() for line in lines[1:]]
    head = {"schema_version": 1, "lines": digests}
    return [json.dumps({**head, "sha256": seal(head)}).encode(), *lines[1:]]


def change(study: Study, edit: Callable[[list[bytes]], list[bytes]]) -> Study:
    """The study, opened anew, with other lines in its file of records."""
    file = study.path / NAME
    file.write_bytes(b"".join(line + b"\n" for line in edit(file.read_bytes().splitlines())))
    return Study.open(study.path)


def last(lines: list[bytes], edit: Callable[[dict[str, Any]], object]) -> list[bytes]:
    """With the last record edited and the first line made to fit."""
    data = json.loads(lines[-1])
    edit(data)
    return resealed([*lines[:-1], json.dumps(data).encode()])


def test_a_packed_study_is_a_few_files_and_reads_as_the_live_one(
    study: Study, tmp_path: Path
) -> None:
    pack(study, tmp_path / "packed", lambda: text_files(study))
    packed = Study.open(tmp_path / "packed")
    names = {"study.json", NAME, "digest.json", "report.md", "summary.csv"}
    assert {file.name for file in packed.path.iterdir()} == names
    assert text_files(packed) == {
        name: (packed.path / name).read_text() for name in ("report.md", "summary.csv")
    }
    assert list(packed.records()) == list(study.records())
    assert [packed.status(name) for name in packed.stored()] == ["finished"] * 4
    assert csv_files(packed) == csv_files(study)
    assert "](figures/" not in (packed.path / "report.md").read_text()
    live, again = verify(study.path), verify(packed.path)
    assert again.passed
    assert (again.planned, again.stored, again.predictions) == (4, 4, 0)
    assert [str(f).replace(str(packed.path), "") for f in again.findings] == [
        str(f).replace(str(study.path), "") for f in live.findings
    ]


def test_replay_of_a_packed_study(packed: Study) -> None:
    assert replay(packed, 2) == []


def test_packing_repeats_byte_for_byte_and_unpacks(study: Study, packed: Study) -> None:
    first = (packed.path / NAME).read_bytes()
    pack(study, study.path)
    assert (study.path / NAME).read_bytes() == first
    for source, name in ((packed, "again"), (study, "both")):
        pack(source, packed.path.with_name(name))
        assert (packed.path.with_name(name) / NAME).read_bytes() == first
    live, new = merge([packed.path], packed.path.with_name("live"))
    assert new == 4
    for folder in study.runs.iterdir():
        record = live.runs / folder.name / "record.json"
        assert record.read_bytes() == (folder / "record.json").read_bytes()
    pack(live, packed.path.with_name("repacked"))
    for name in (NAME, "study.json"):
        again = packed.path.with_name("repacked") / name
        assert again.read_bytes() == (packed.path / name).read_bytes()


def test_running_goes_on_from_a_packed_study(packed: Study, config: StudyConfig) -> None:
    bigger = config.model_copy(update={"out": packed.path, "seeds": 3})
    _, jobs = plan(bigger)
    assert [job.seeds.label for job in todo(packed, jobs)] == ["2", "2"]
    grown = run_study(bigger, workers=1)
    assert len(list(grown.runs.iterdir())) == 2
    assert [record.job.seeds.label for record in grown.records()] == list("001122")
    assert results.missing(grown).empty
    pack(grown, grown.path)
    shutil.rmtree(grown.runs)
    assert verify(grown.path).passed
    assert len(list(Study.open(grown.path).records())) == 6


def test_a_run_in_both_places_must_be_the_same(study: Study, packed: Study) -> None:
    shutil.copytree(study.runs, packed.runs)
    both = Study.open(packed.path)
    assert list(both.records()) == list(study.records())
    assert verify(both.path).predictions == 4
    file = next(both.runs.glob("*/record.json"))
    data = json.loads(file.read_text())
    data["peak_bytes"] += 1
    file.write_text(json.dumps({**data, "sha256": seal(data)}))
    with pytest.raises(StoreError, match=rf"record\.json: differs from .*{NAME}:\d"):
        list(both.records())
    (found,) = verify(both.path).of("damage")
    assert found.file == file


def test_a_failed_run_may_be_repeated_after_packing(study: Study, packed: Study) -> None:
    job_hash = packed.stored()[0]
    records = [packed.contents(name) for name in packed.stored()]
    failed = {**records[0], "status": "failed", "scores": [], "predictions_sha256": ""}
    failed["sha256"] = seal(failed)
    (packed.path / NAME).write_bytes(packed_bytes([failed, *records[1:]]))
    again = Study.open(packed.path)
    assert again.status(job_hash) == "failed"
    again.runs.mkdir()
    assert again.put(job_hash, study.files(job_hash)) is True
    assert again.status(job_hash) == "finished"
    assert again.put(again.stored()[1], study.files(again.stored()[1])) is False
    assert verify(again.path).passed


def test_packed_and_live_parts_merge(packed: Study, config: StudyConfig, tmp_path: Path) -> None:
    more = config.model_copy(update={"out": tmp_path / "more", "seeds": (2,)})
    live = run_study(more, workers=1)
    whole, new = merge([packed.path, live.path], tmp_path / "whole")
    assert (new, len(list(whole.records()))) == (6, 6)
    assert merge([live.path], packed.path)[1] == 2
    assert list(Study.open(packed.path).records()) == list(whole.records())


def long_line(lines: list[bytes]) -> list[bytes]:
    return resealed([*lines[:-1], b'{"x": "' + b"x" * LONGEST + b'"}'])


FIRST = b'{"schema_version":1,"lines":[],"sha256":""}'

DAMAGES: dict[str, tuple[Callable[[list[bytes]], list[bytes]], int, str]] = {
    "edited": (lambda x: [*x[:-2], x[-2].replace(b"0", b"1", 1), x[-1]], -2, "was edited"),
    "removed": (lambda x: [*x[:-2], x[-1]], -2, "1 line removed before"),
    "last removed": (lambda x: x[:-1], -1, "1 line removed before"),
    "doubled": (lambda x: [*x, x[-1]], 0, "there twice"),
    "reordered": (lambda x: [*x[:-2], x[-1], x[-2]], -2, "another's place"),
    "added": (lambda x: [*x, x[-1].replace(b"0", b"1", 1)], 0, "was added"),
    "empty": (lambda x: [], 1, "damaged"),
    "no list": (lambda x: x[1:], 1, "damaged"),
    "other list": (lambda x: [FIRST, *x[1:]], 1, "edited"),
    "newer file": (lambda x: [b'{"schema_version":9}'], 1, "newer coldbench"),
    "10 MB": (long_line, -1, "longer than"),
    "not JSON": (lambda x: resealed([*x[:-1], b'{"job_hash":']), -1, "damaged"),
    "nested": (lambda x: resealed([*x[:-1], b"[" * 99999]), -1, "damaged"),
    "a list": (lambda x: resealed([*x[:-1], b"[1, 2]"]), -1, "damaged"),
    "no job": (lambda x: resealed([*x[:-1], b"{}"]), -1, "damaged"),
    "a path": (lambda x: last(x, lambda d: d.update(job_hash="../x")), -1, "not the hash"),
    "same job": (lambda x: resealed([*x[:-1], x[-2]]), -1, "there twice, first in line"),
    "forged share": (
        lambda x: resealed([x[0], x[1].replace(b"0", b"1", 1), *x[2:]]), 2, "match its name",
    ),
    "no share": (lambda x: resealed([x[0], *x[2:]]), -5, "damaged"),
    "newer record": (lambda x: last(x, lambda d: d.update(schema_version=9)), -1, "newer"),
    "resealed": (lambda x: last(x, lambda d: d.update(peak_bytes=1)), -1, "match its hash"),
    "short scores": (lambda x: last(x, lambda d: d["scores"]["value"].pop()), -1, "damaged"),
    "other job": (lambda x: last(x, lambda d: d["job"].update(seeds=[9] * 4)), -1, "its hash"),
}  # fmt: skip


@pytest.mark.parametrize("name", list(DAMAGES))
def test_damage_is_named_with_its_line(packed: Study, name: str) -> None:
    damage, number, message = DAMAGES[name]
    lines = len((packed.path / NAME).read_bytes().splitlines())
    line = number if number > 0 else lines + 1 + number
    broken = change(packed, damage)
    verdict = verify(broken.path)
    named = [one for one in verdict.of("damage") if message in one.text]
    assert f"{NAME}:{line}" in [one.file.name for one in named], verdict.findings
    with pytest.raises(StoreError, match=rf"{NAME}:\d"):
        list(broken.records())
    with pytest.raises(StoreError, match="is not packed"):
        pack(broken, broken.path.with_name("out"))


def test_a_torn_file_is_named(packed: Study) -> None:
    file = packed.path / NAME
    lines = len(file.read_bytes().splitlines())
    file.write_bytes(file.read_bytes()[:-9])
    with pytest.raises(StoreError, match=rf"{NAME}:{lines}: torn off"):
        list(Study.open(packed.path).records())


def test_foreign_records_are_refused(packed: Study, config: StudyConfig, tmp_path: Path) -> None:
    elsewhere = config.model_copy(update={"protocol": "all", "out": tmp_path / "o"})
    other = run_study(elsewhere, workers=1)
    pack(other, tmp_path / "p")
    shutil.copy(tmp_path / "p" / NAME, packed.path / NAME)
    with pytest.raises(StoreError, match=rf"{NAME}:\d+: of another configuration: protocol"):
        list(Study.open(packed.path).records())
    assert len(verify(packed.path).of("damage")) == 4


def test_an_unfinished_study_is_packed_on_request_only(study: Study, tmp_path: Path) -> None:
    shutil.rmtree(next(study.runs.iterdir()))
    with pytest.raises(StoreError, match=r"lacks 1 of 4 planned runs \('[\w-]+' seed '\d'\)"):
        pack(study, tmp_path / "p")
    assert not (tmp_path / "p").exists()
    pack(study, tmp_path / "p", partial=True)
    assert [one.kind for one in verify(tmp_path / "p").findings if one.kind != "note"] == ["hole"]


def test_another_folder_is_not_overwritten(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "p").mkdir()
    pack(study, tmp_path / "p")
    with pytest.raises(StoreError, match="not empty"):
        pack(study, tmp_path / "p")

    def full(file: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(StoreError, match="No space left"):
        pack(study, tmp_path / "q")
    assert sorted(tmp_path.iterdir()) == before


ROWS = [{"scenario": "W-W", "value": 1.5}, {"scenario": "C-C", "value": None}]


@pytest.mark.parametrize(
    "scores",
    [ROWS, [], [*ROWS, {**ROWS[0], "reason": "x"}], [{"value": 1, "of": "x"}], [{}, {}]],
)
def test_a_shrunk_record_expands_to_itself(scores: list[dict[str, Any]]) -> None:
    shared: dict[str, Any] = {}

    def share(value: Any) -> str:
        shared[name := name_of(value)] = value
        return name

    record = {"job": {"seeds": [1], "config": {}}, "scores": scores, "curve": [{"loss": -0.0}]}
    line = json.loads(json.dumps(shrink(record, share)))
    assert json.dumps(expand(line, shared)) == json.dumps(record)


def test_the_command(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    assert coldbench(monkeypatch, "pack", study.path, "--out", tmp_path / "p") == 0
    assert f"{tmp_path / 'p'}: 4 runs, 0.1 MB in study.json, {NAME}" in capsys.readouterr().out
    assert coldbench(monkeypatch, "verify", tmp_path / "p") == 0
    shutil.rmtree(next(study.runs.iterdir()))
    assert coldbench(monkeypatch, "pack", study.path) == 4
    assert "--partial" in capsys.readouterr().err


def test_metrics_of_later_versions_are_no_lines_of_an_earlier_study() -> None:
    """One of its runs failed: what it lacks are the metrics that the others have."""
    study = Study.open(committed("melu-ablation"))
    first, *others = study.records()
    failed = first.model_copy(update={"status": "failed", "scores": ()})
    runs = results.runs(study, [failed, *others])
    assert (runs["status"] != "finished").any()
    scored = set(runs.loc[runs["status"] == "finished", "metric"])
    assert set(runs["metric"]) == scored < set(registry.names("metric"))
