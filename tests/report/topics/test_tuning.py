"""The section on tuning: budgets, epochs at their limit, and validation against test."""

from pathlib import Path

import pytest

from coldbench.report import build
from coldbench.report.document import Document
from coldbench.report.study import ReportData
from coldbench.report.topics.tuning import TuningTopic
from coldbench.study.store import Study
from tests.report.fake import fake_study

BUDGET = {"trials": 8, "seconds": 60.0, "seeds": [1000], "default_mae": 0.8, "best_mae": 0.79}


def topic(
    path: Path, tuning: dict[str, dict[str, object]] | None = None, seeds: int = 4
) -> TuningTopic:
    study = fake_study(path, ["mamo", "melu", "plain", "bias"], seeds)
    manifest = study.manifest.model_copy(update={"tuning": tuning or {}})
    (path / "study.json").write_text(manifest.model_dump_json())
    return build(Study.open(path)).of(TuningTopic)


def with_test_errors(data: ReportData, order: dict[str, float]) -> TuningTopic:
    """Validation as stored; the test MAE of each learner as given, at every seed."""
    data.main.update(
        {
            (name, scenario): dict.fromkeys(values, order[name])
            for (name, scenario), values in data.main.items()
        }
    )
    return data.of(TuningTopic)


def test_budgets_are_said_as_they_were(tmp_path: Path) -> None:
    overlap = {"W-W": 0.49, "W-C": 0.0}
    found = topic(
        tmp_path,
        {
            "mamo": {**BUDGET, "options": {"rate": 0.002}, "overlap": overlap},
            "melu": {**BUDGET, "best_mae": 0.8},
        },
    )
    by_name = {one.learner: one for one in found.tuned}
    assert (by_name["mamo"].options, by_name["mamo"].gain) == ("1 option", pytest.approx(0.01))
    assert (by_name["melu"].options, by_name["melu"].gain) == ("defaults", 0.0)
    assert by_name["plain"].options == "as configured"
    notes = " ".join(found.section().notes)
    assert "options for 1 learner, and none better than the defaults for 1: melu." in notes
    assert "Not tuned:" in notes
    assert "With at most 8 trials the search is random" in notes
    assert "49 % in W-W, 0 % in W-C are trained or validated on" in notes


@pytest.mark.parametrize(("trials", "random"), [(1, False), (10, True), (11, False)])
def test_random_search_ends_with_the_trials_that_tpe_needs(
    tmp_path: Path, trials: int, random: bool
) -> None:
    notes = " ".join(topic(tmp_path, {"mamo": {**BUDGET, "trials": trials}}).section().notes)
    assert ("the search is random" in notes) is random
    assert "was not recorded" in notes


def test_runs_at_the_most_epochs_are_counted(tmp_path: Path) -> None:
    study = fake_study(tmp_path, ["mamo", "bias"], 4)
    data = build(study)
    longest = [
        r.model_copy(update={"epochs": 12, "curve": [r.curve[0]] * 12})
        if r.job.learner == "mamo" and r.job.seeds.split < 3
        else r
        for r in data.records
    ]
    data.records = longest
    counts = {one.learner: (one.capped, one.searched) for one in data.of(TuningTopic).tuned}
    assert counts == {"mamo": (3, 4), "bias": (0, 0)}
    assert "3 of 4 runs that chose" in " ".join(data.of(TuningTopic).section().notes)


def test_validation_against_test(tmp_path: Path) -> None:
    """Validation ranks mamo, melu, plain, in this order, at nearly every seed; bias has none."""
    found = topic(tmp_path)
    for one in found.agreements:
        assert (one.learners, one.seeds) == (3, 4)
        assert -1 <= (one.correlation or 0) <= 1
    some = found.validated[0]
    record = next(r for r in found.data.records if r.job.learner == some.learner)
    label = record.job.seeds.label
    chosen = record.curve[record.epochs - 1]
    assert some.validation[label] == chosen[f"validation_{some.scenario}"]
    assert some.test[label] == found.data.values(some.learner, some.scenario)[label]
    gaps = [one.means[1] - one.means[0] for one in found.validated if one.scenario == "C-C"]
    (last,) = (one for one in found.agreements if one.scenario == "C-C")
    assert last.gap == pytest.approx(sum(gaps) / len(gaps))


@pytest.mark.parametrize(
    ("order", "correlation", "same"),
    [((0.7, 0.8, 0.9), 1.0, 4), ((0.9, 0.8, 0.7), -1.0, 0), ((0.8, 0.8, 0.8), None, None)],
)
def test_rank_correlation(
    tmp_path: Path, order: tuple[float, ...], correlation: float | None, same: int | None
) -> None:
    data = build(fake_study(tmp_path, ["mamo", "melu", "plain"], 4))
    names = ("mamo", "melu", "plain")
    for record in data.records:
        for entry in record.curve:
            for scenario in data.scenarios:
                entry[f"validation_{scenario}"] = 0.7 + 0.1 * names.index(record.job.learner)
    found = with_test_errors(data, dict(zip(names, order, strict=True)))
    for one in found.agreements:
        assert one.correlation == (None if correlation is None else pytest.approx(correlation))
        if same is not None:
            assert one.same == same


def test_a_study_without_validation_says_so(tmp_path: Path) -> None:
    study = fake_study(tmp_path, ["bias"], 2)
    found = build(study).of(TuningTopic)
    assert found.agreements == []
    assert found.section().notes == ("n/a: no run of this study was validated.",)
    files = build(study).of(Document).files
    assert files["validation.csv"] == []
    assert len(files["tuning.csv"]) == 1
