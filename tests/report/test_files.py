"""The files of a report: columns, precision, the same bytes twice, one number in all formats."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from coldbench.errors import StoreError, UsageError
from coldbench.report import artists, build, render, write_report
from coldbench.report.document import Document
from coldbench.report.drawing.draw import drawn
from coldbench.report.summary import SUMMARY_COLUMNS
from coldbench.statistics import mean_interval
from coldbench.study.results import RUN_COLUMNS
from coldbench.study.store import Study
from tests.report.fake import fake_study
from tests.waiting import over, until


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_summary_has_the_promised_columns_and_numbers(
    study: Study, report: dict[str, Path]
) -> None:
    found = rows(report["summary.csv"])
    assert tuple(found[0]) == SUMMARY_COLUMNS
    assert ",".join(SUMMARY_COLUMNS) == (
        "dataset,protocol,learner,scenario,metric,n_seeds,mean,ci_low,ci_high,sd,min,max,n_failed"
    )
    line = next(
        r for r in found if (r["learner"], r["scenario"], r["metric"]) == ("melu", "C-W", "mae")
    )
    values = [
        score.value
        for record in study.records()
        for score in record.scores
        if (record.job.learner, score.scenario, score.metric) == ("melu", "C-W", "mae")
        and score.shots == -1
    ]
    expected = mean_interval(values)
    assert (int(line["n_seeds"]), int(line["n_failed"])) == (5, 1)
    assert float(line["mean"]) == expected.value
    assert float(line["ci_low"]) == expected.low
    assert float(line["sd"]) == pytest.approx(np.std(values, ddof=1), rel=1e-12)


def test_runs_has_every_run_and_repeats(study: Study, report: dict[str, Path]) -> None:
    found = rows(report["runs.csv"])
    assert tuple(found[0]) == RUN_COLUMNS
    assert len({line["job"] for line in found}) == 17
    lost = [line for line in found if line["status"] == "diverged"]
    assert {line["value"] for line in lost} == {""}
    assert {line["scenario"] for line in lost} == {"W-W", "W-C", "C-W", "C-C"}
    assert "seconds" not in report["runs.csv"].read_text()


def test_the_oracle_has_rows_where_the_data_know_it(report: dict[str, Path]) -> None:
    oracle = [line for line in rows(report["summary.csv"]) if line["learner"] == "oracle"]
    assert len(oracle) == 24
    assert "oracle" in report["report.md"].read_text()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """One of each kind of figure, drawn soon."""
    path = tmp_path_factory.mktemp("small")
    return fake_study(path, ("mamo", "melu"), 3, ("C-C",), (0, 5), status={("melu", 2): "diverged"})


@pytest.mark.thorough
def test_two_builds_are_equal_byte_for_byte_one_drawn_by_two_processes(
    small: Study, tmp_path: Path
) -> None:
    with artists(workers=2) as draw:
        first = write_report(small, tmp_path / "two", kinds=("svg", "png"), draw=draw)
        again = write_report(small, tmp_path / "one", kinds=("svg", "png"))
    assert again.keys() == first.keys()
    assert {Path(name).suffix for name in again} >= {".html", ".md", ".csv", ".svg", ".png"}
    for name, path in again.items():
        assert path.read_bytes() == first[name].read_bytes(), name


def test_a_report_of_a_study_does_not_wait_for_torch(small: Study, tmp_path: Path) -> None:
    code = (
        "import sys; sys.argv = ['coldbench', 'report', *sys.argv[1:]]\n"
        "from coldbench.cli.main import main\n"
        "try: main()\n"
        "finally: print({'torch'} & set(sys.modules))"
    )
    words = [sys.executable, "-c", code, str(small.path), "--out", str(tmp_path / "report")]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.stdout.strip().endswith("set()"), done.stdout + done.stderr
    assert (tmp_path / "report" / "report.html").exists()


def test_a_pdf_repeats_too(study: Study) -> None:
    plot = next(iter(build(study).of(Document).figures.values()))
    files = drawn(plot)
    assert set(files) == {"svg", "png", "pdf"}
    assert files["pdf"] == drawn(plot)["pdf"]
    assert b"CreationDate" not in files["pdf"]


def test_the_league_table_says_the_same_in_every_format(
    study: Study, report: dict[str, Path]
) -> None:
    table = build(study).of(Document).sections[0].tables[0]
    texts = {name: report[name].read_text() for name in ("report.html", "report.md", "report.tex")}
    for row in table.rows[:3]:
        for cell in row[1:5]:
            half = cell.note.removeprefix("± ")
            for name, text in texts.items():
                assert cell.text in text, name
                assert half in text, name
    csv_mean = next(
        float(line["mean"])
        for line in rows(report["summary.csv"])
        if (line["learner"], line["scenario"], line["metric"]) == ("mamo", "W-W", "mae")
    )
    shown = next(row for row in table.rows if row[0].text == "mamo")[1].text
    assert shown == f"{csv_mean:.4f}"


@pytest.mark.parametrize("form", ["latex", "markdown", "csv", "html"])
def test_render_gives_one_table(small: Study, form: str) -> None:
    text = render(small, form, "main")
    assert "mamo" in text
    assert text == render(small, form, "main")


def test_render_suggests_the_nearest_name(small: Study) -> None:
    with pytest.raises(UsageError, match="did you mean 'latex'"):
        render(small, "latx", "main")
    with pytest.raises(UsageError, match="did you mean 'main'"):
        render(small, "latex", "mian")


def test_runs_of_another_protocol_are_not_pooled(tmp_path: Path) -> None:
    study = fake_study(tmp_path / "a", seeds=2)
    other = fake_study(tmp_path / "b", seeds=2, dataset="ml-100k")
    folder = next(other.runs.iterdir())
    folder.rename(study.runs / folder.name)
    with pytest.raises(StoreError, match="another configuration: dataset"):
        build(study)


def test_other_episodes_at_one_seed_are_not_paired(tmp_path: Path) -> None:
    study = fake_study(tmp_path, seeds=2, odd_episodes="melu")
    with pytest.raises(StoreError, match="episodes differ"):
        build(study)


def test_an_empty_study_says_so(tmp_path: Path) -> None:
    study = fake_study(tmp_path, learners=("a",), seeds=1, absent=[("a", 0)])
    with pytest.raises(StoreError, match="no run yet"):
        build(study)


def test_a_folder_that_cannot_be_written_is_a_named_error(study: Study, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot write the report"):
        write_report(study, tmp_path / "file", kinds=("svg",))


@pytest.mark.thorough
@pytest.mark.skipif(not hasattr(os, "killpg"), reason="needs process groups")
def test_artists_end_with_a_killed_driver() -> None:
    script = "from coldbench.report import artists\n"
    script += "from functools import partial\nfrom coldbench.report.drawing.style import Plot\n"
    script += "from matplotlib.figure import Figure\n"
    script += "if __name__ == '__main__':\n    with artists(2) as draw:\n"
    script += "        made = draw([Plot('empty', '', partial(Figure))], ['svg'])\n"
    script += "        print(len(next(made)['svg']), flush=True)\n        input()\n"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, start_new_session=True, **pipes) as driver:  # type: ignore[call-overload]
        assert int(driver.stdout.readline()) > 100
        driver.kill()
    until(lambda: over(driver.pid))
