"""The console: plain lines elsewhere than on a terminal, and names that stay text."""

from pathlib import Path

import pytest

from coldbench.cli.facts.names import names_of
from coldbench.cli.facts.runs import has_failed
from coldbench.cli.terminal import Display, print_names, print_report, print_study
from coldbench.cli.terminal.names import print_info
from coldbench.cli.terminal.screen import duration
from coldbench.study import estimating as estimate
from coldbench.study.config import StudyConfig
from coldbench.study.planning import plan
from coldbench.study.store import Study
from tests.report.conftest import HOSTILE
from tests.report.fake import fake_study


def test_a_study_on_one_screen(study: Study, capsys: pytest.CaptureFixture[str]) -> None:
    print_study(study)
    told = capsys.readouterr().out
    assert "✗ melu seed 2 diverged: loss is nan in epoch 3" in told
    assert "1 run of the plan not done yet" in told
    assert f"Next: coldbench report {study.path}" in told
    assert len(told.splitlines()) < 25


def test_declining_is_not_failing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = fake_study(tmp_path, seeds=1, status={("melu", 0): "declined"})
    assert not has_failed(list(study.records()))
    print_study(study)
    assert "– melu seed 0 declined" in capsys.readouterr().out


def test_a_report_ends_with_its_file(
    study: Study, report: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    print_report(study, report)
    told = capsys.readouterr().out
    assert told.splitlines()[-1] == str(report["report.html"])
    assert "names the wrong winner" in " ".join(told.split())


def test_hostile_names_do_not_reach_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = [*HOSTILE, "[red]x[/red]", "[/]"]
    study = fake_study(tmp_path, names, 1, status={(HOSTILE[6], 0): "failed"}, reason="\x1b[2J[/]")
    print_study(study)
    told = capsys.readouterr().out
    assert "\x1b" not in told
    assert "[red]x[/red]" in told
    assert max(map(len, told.splitlines())) <= 160


def test_progress_in_few_plain_lines(study: Study, capsys: pytest.CaptureFixture[str]) -> None:
    records = list(study.records())
    with Display() as display:
        display.progress.start(len(records), 3)
        for record in records:
            display.progress.done(record)
    lines = capsys.readouterr().out.strip().splitlines()
    assert lines[0] == "17 runs to do, 3 stored already."
    assert any("melu seed 2 diverged" in line for line in lines)
    assert lines[-1].startswith("[17/17] 100 %")
    assert len(lines) <= 20
    assert [record.status for record in display.failures] == ["diverged"]


def test_each_look_of_a_study_counts_its_own_runs(
    study: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    records = list(study.records())[:4]
    with Display() as display:
        for looked in (records[:2], records[2:]):
            display.progress.start(len(looked), 0)
            for record in looked:
                display.progress.done(record)
    told = capsys.readouterr().out
    assert told.count("[2/2] 100 %") == 2
    assert "150 %" not in told


@pytest.mark.parametrize("what", ["models", "datasets", "protocols", "metrics"])
def test_names_come_with_their_package(what: str, capsys: pytest.CaptureFixture[str]) -> None:
    print_names({what: names_of(what)})
    assert "coldbench" in capsys.readouterr().out


def test_durations() -> None:
    assert [duration(s) for s in (0.4, 59, 200, 7500)] == [
        "0 s",
        "59 s",
        "3 min 20 s",
        "2 h 05 min",
    ]


def test_an_estimate_scales_a_real_probe(capsys: pytest.CaptureFixture[str]) -> None:
    small = {"n_users": 60, "n_items": 80, "n_ratings": 3000}
    config = StudyConfig(models=("global-mean", "bias"), seeds=2, dataset_options=small)
    ratings, jobs = plan(config)
    probes = estimate.estimate(jobs)
    assert [(probe.learner, probe.jobs) for probe in probes] == [("global-mean", 2), ("bias", 2)]
    assert all(probe.seconds > 0 and not probe.problem for probe in probes)
    print_info(ratings)
    assert "user fields" in capsys.readouterr().out
