"""Entries that were edited and sealed again to look better: each way is found by its check."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from coldbench.data.cache import cache_home
from coldbench.errors import StoreError
from coldbench.league.entries.asking import replayed
from coldbench.league.entries.fresh import judged, too_many_lost
from coldbench.league.entries.matching import mismatches
from coldbench.league.entries.received import receive
from coldbench.league.entries.reviewing import review
from coldbench.league.entries.sentinels import agreeing
from coldbench.league.packs.opening import Pack
from coldbench.running.backends import Source
from coldbench.running.encoding import seal
from coldbench.running.records import RunRecord
from coldbench.study.alone import alone_of
from coldbench.study.store import Study
from tests.league.entries.forging import forged
from tests.league.entries.test_reviewing import refused
from tests.studies import TINY

Record = dict[str, Any]


def of_mine(edit: Callable[[Record], object], which: str = "mine") -> Callable[[Record], None]:
    """The edit of each record of a learner."""

    def edited(record: Record) -> None:
        if record["job"]["learner"] == which:
            edit(record)

    return edited


def of_version_2(record: Record) -> None:
    for row in record["scores"]:
        if row["metric"] == "mae":
            row.update(version=2, value=0.0)


def without_maes(record: Record) -> None:
    if record["job"]["seeds"][0] > 3:
        record["scores"] = [row for row in record["scores"] if row["metric"] != "mae"]


def without_a_value(record: Record) -> None:
    if record["job"]["seeds"][0] > 3:
        for row in record["scores"]:
            row.update({"value": None, "reason": "none"} if row["metric"] == "mae" else {})


def of_fewer_queries(record: Record) -> None:
    record["scores"][0]["n"] -= 1


def with_another_metric(record: Record) -> None:
    record["scores"].append({**record["scores"][0], "metric": "joy"})


def with_a_better_best(record: Record) -> None:
    record["scores"][0]["best"] = 0.0


def with_every_score_twice(record: Record) -> None:
    record["scores"] = record["scores"] * 2


def alone(entry: Path) -> Study:
    """Its learner's runs, as a study of their own."""
    place = entry.parent / "alone"
    place.mkdir()
    for name, data in alone_of(Study.open(entry / "study"), ("mine",)).items():
        (place / name).write_bytes(data)
    return Study.open(place)


def source() -> Source:
    return Source(str(cache_home()), "synthetic", TINY)


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (of_mine(of_version_2), "of version 2 of the metric, here it is version 1; run `coldbench"),
        (of_mine(of_version_2, "ridge"), "'ridge' seed 0: mae in "),
        (of_mine(without_maes), "seed 4: mae in C-C with all support ratings is missing"),
        (of_mine(without_a_value), "has no value, though the test tasks give one"),
        (of_mine(of_fewer_queries), "query ratings) is a score that tiny@1 has not"),
        (of_mine(with_another_metric), "joy in W-W with all support ratings is of no metric"),
        (of_mine(with_a_better_best), "could at best be 0.0, by the reference "),
        (of_mine(with_every_score_twice), "2 scores of hit@5 in W-W at shots -1, not one"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_scores_that_no_run_here_has(
    entry: Path, pack: Pack, edit: Callable[[Record], None], told: str
) -> None:
    assert told in refused(review(forged(entry, edit), str(pack.path)), "study")


def test_a_run_that_is_said_to_have_diverged_is_run_again(entry: Path, here: None) -> None:
    def diverged(record: Record) -> None:
        if record["job"]["seeds"][0] == 5:
            record.update(status="diverged", reason="loss is nan", scores=[], concentration={})
            record["predictions_sha256"] = ""

    check = replayed(alone(forged(entry, of_mine(diverged))), source(), 1)
    assert check.passed is False
    assert "0 of 1 that did not finish end in the same way again" in check.said
    assert "'mine' seed 5 diverged in the study, finished when run again" in check.more[0]


def test_scores_of_another_machine_are_judged_metric_by_metric(entry: Path, here: None) -> None:
    def elsewhere(record: Record) -> None:
        record["provenance"]["processor"] = "Abacus 2"
        record["predictions_sha256"] = "1" * 64
        for row in record["scores"]:
            row["value"] = 0.0 if row["metric"] == "rmse" else row["value"]

    check = replayed(alone(forged(entry, of_mine(elsewhere))), source(), 1)
    assert check.passed is False
    assert "other result: moved the rmse in" in check.more[0]


def runs(good: Path, learner: str = "mine") -> list[RunRecord]:
    return [one for one in Study.open(good / "study").records() if one.job.learner == learner]


def lost(records: list[RunRecord], count: int) -> list[RunRecord]:
    """The first of them did not finish."""
    update = {"status": "diverged", "reason": "nan", "scores": []}
    failed = [one.model_copy(update=update) for one in records[:count]]
    return [*failed, *records[count:]]


@pytest.mark.parametrize(
    ("stored", "fresh", "passes"),
    [(0, 0, True), (0, 1, False), (1, 1, True), (1, 2, False), (4, 2, True), (7, 3, False)],
)
def test_fresh_runs_fail_no_more_often_than_those_of_the_entry(
    good: Path, stored: int, fresh: int, passes: bool
) -> None:
    records = runs(good)
    told = too_many_lost(lost(records, stored), lost(records[:3], fresh), ("mine",))
    assert (told == "") is passes
    if not passes:
        assert f"{fresh} of 3 fresh runs did not finish" in told


def test_a_scenario_without_stored_values_is_no_excuse(good: Path) -> None:
    records = runs(good)
    less = [
        one.model_copy(update={"scores": [r for r in one.scores if r.scenario != "C-C"]})
        for one in records
    ]
    with pytest.raises(StoreError, match="the stored runs have no MAE in C-C, the others have one"):
        judged(less, records[:3], "mine", "ridge")


def test_a_sentinel_whose_metrics_have_other_versions(entry: Path, pack: Pack) -> None:
    """Keys that the reference does not have say nothing of its scores."""

    def newer(record: Record) -> None:
        for row in record["scores"]:
            row.update(version=7, value=0.0)

    theirs = pack.unpack(entry.parent / "theirs")
    mine = Study.open(forged(entry, of_mine(newer, "ridge")) / "study")
    wrong, _ = agreeing("ridge", mine, theirs, "tiny@1", lambda jobs: [])
    assert "has the predictions of tiny@1 and other scores" in wrong


def test_a_metric_that_was_defined_anew_is_not_compared(entry: Path, pack: Pack) -> None:
    def newer(record: Record) -> None:
        for row in record["scores"]:
            if row["metric"] == "rmse":
                row.update(version=7, value=0.0)

    theirs = pack.unpack(entry.parent / "theirs")
    mine = Study.open(forged(entry, of_mine(newer, "ridge")) / "study")
    wrong, said = agreeing("ridge", mine, theirs, "tiny@1", lambda jobs: [])
    assert (wrong, "bit for bit" in said) == ("", True)


@pytest.mark.parametrize("name", ["ridge", "RIDGE", "Ridge-", "_ridge"])
def test_the_name_of_a_learner_of_the_pack(
    entry: Path, pack: Pack, tmp_path: Path, name: str
) -> None:
    made = receive(entry, tmp_path / "copy")
    named = made.entered.model_copy(update={"learner": name})
    posing = made.model_copy(update={"entered": named})
    theirs = pack.unpack(tmp_path / "theirs")
    found = mismatches(posing, Study.open(entry / "study"), "tiny@1", theirs)
    assert "tiny@1 has a learner called 'ridge' itself" in found[0]


@pytest.mark.parametrize("name", ["r\u0456dge", "mine ", "", "-x", "a b"])
def test_a_name_that_looks_like_another(entry: Path, tmp_path: Path, name: str) -> None:
    data = json.loads((entry / "entry.json").read_text())
    data["entered"]["learner"] = name
    (entry / "entry.json").write_text(json.dumps({**data, "sha256": seal(data)}))
    with pytest.raises(StoreError, match="a learner's name holds what no name does"):
        receive(entry, tmp_path / "copy")
