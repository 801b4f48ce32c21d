"""Studies in notebooks: the numbers of the report, safe to show, drawn on axes of one's own."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from matplotlib import pyplot, rcParams
from matplotlib.axes import Axes

import coldbench
from coldbench.errors import StoreError, UsageError
from coldbench.report import csv_files
from tests.report.conftest import HOSTILE
from tests.report.fake import departure, fake_study


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> coldbench.Study:
    """Three learners at eight seeds, two numbers of shots."""
    folder = tmp_path_factory.mktemp("notebook")
    return coldbench.open_study(fake_study(folder, seeds=8, shots=(0, 5)).path)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> coldbench.Study:
    folder = tmp_path_factory.mktemp("hostile")
    fake_study(folder, learners=HOSTILE, seeds=2, dataset="<b>data</b>", scenarios=("C-C",))
    return coldbench.open_study(folder)


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    pyplot.close("all")


def test_a_study_says_what_it_is(study: coldbench.Study) -> None:
    assert "ml-1m, protocol separate, 3 learners, 8 seeds, 24 of 24 runs stored" in repr(study)
    assert "3: mamo, melu and bias" in study._repr_html_()
    with pytest.raises(StoreError, match="is not a study"):
        coldbench.open_study(study.path / "nowhere")


def test_the_league_is_that_of_the_report(study: coldbench.Study) -> None:
    frame = study.league().frame
    stored = csv.DictReader(io.StringIO(csv_files(study)["league.csv"]))
    told = {(line["scenario"], line["learner"]): line for line in stored}
    assert len(frame) == len(told) == 12
    for line in frame.to_dict("records"):
        other = told[line["scenario"], line["learner"]]
        assert float(other["mean"]) == line["mean"]
        assert (other["p"] or "nan") == str(line["p"])
        assert line["low"] < line["mean"] < line["high"]
    assert set(frame.loc[frame["verdict"] == "lowest mean", "scenario"]) == set(frame["scenario"])


def test_the_league_is_shown_to_people(study: coldbench.Study) -> None:
    league = study.league()
    text = repr(league)
    assert re.search(r"^mamo +[◆● ] 0\.\d{4} ± 0\.\d{4}", text, re.MULTILINE)
    assert "◆ lowest mean" in text
    assert "W-W: " in text
    assert all(sentence in text for sentence in league.sentences)
    html = league._repr_html_()
    assert html.count("<tr>") == 4
    assert "<b>" in html


def test_names_are_text_in_html(hostile: coldbench.Study) -> None:
    first, second = hostile.manifest.learners.keys() - {"A" * 10_000}, HOSTILE[0]
    shown = (hostile, hostile.league(), hostile.compare(second, min(first - {second})))
    for thing in shown:
        html = thing._repr_html_()
        tags = {tag.lower() for tag in re.findall(r"<\s*/?\s*(\w+)", html)}
        assert tags <= {"table", "caption", "thead", "tbody", "tr", "th", "td", "b", "small", "p"}
        assert "\x1b" not in html + repr(thing)
    assert "&lt;b&gt;data&lt;/b&gt;" in hostile._repr_html_()


def test_two_learners_compared_from_either_side(study: coldbench.Study) -> None:
    one, other = study.compare("mamo", "melu"), study.compare("melu", "mamo")
    first, second = one.frame, other.frame
    assert list(first["scenario"]) == ["W-W", "W-C", "C-W", "C-C"]
    assert list(first["difference"]) == list(-second["difference"])
    assert list(first["low"]) == list(-second["high"])
    assert list(first["p"]) == list(second["p"])
    assert list(first["verdict"]) == list(second["verdict"])
    pairs = {(pair.scenario, pair.a, pair.b): pair for pair in study._data().pairs}
    for line in first.to_dict("records"):
        pair = pairs[line["scenario"], "mamo", "melu"]
        assert line["p"] == pair.adjusted
        assert ("is better" in line["verdict"]) == pair.shown
    assert "for all 3 pairs at once" in repr(one)
    assert len(one.sentences) == 4


def test_verdicts_are_never_stronger_than_the_numbers(tmp_path: Path) -> None:
    levels = {("bias", seed): 0.2 + 0.001 * seed for seed in range(8)}
    far = coldbench.open_study(fake_study(tmp_path / "far", seeds=8, levels=levels).path)
    frame = far.compare("bias", "mamo").frame
    assert frame["verdict"].str.startswith("mamo is better").all()
    assert (frame["low"] > 0).all()
    one = coldbench.open_study(fake_study(tmp_path / "one", seeds=1).path)
    assert set(one.compare("bias", "mamo").frame["verdict"]) == {"n/a: one common seed"}
    assert "lowest" not in " ".join(one.league().sentences)


def test_what_is_not_compared_is_refused(study: coldbench.Study, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="did you mean 'mamo'"):
        study.compare("mammo", "bias")
    changes = [departure("melu:paper", "step"), departure("melu:paper", "rate")]
    labels = ("melu:paper", *(one.label for one in changes))
    fake_study(tmp_path, learners=labels, seeds=2, departures=changes)
    ablation = coldbench.open_study(tmp_path)
    with pytest.raises(UsageError, match="with its own base only"):
        ablation.compare(labels[1], labels[2])
    assert not ablation.league().frame["verdict"].isin(["lowest mean"]).any()


def test_new_runs_are_seen(tmp_path: Path) -> None:
    study = coldbench.open_study(fake_study(tmp_path, seeds=2, absent=[("bias", 1)]).path)
    assert study.league() is not study.league()
    assert study._data() is study._data(), "analysed once"
    before = study.league().frame
    fake_study(tmp_path, seeds=2)
    after = study.league().frame
    assert before.loc[before["learner"] == "bias", "seeds"].max() == 1
    assert after.loc[after["learner"] == "bias", "seeds"].max() == 2


@pytest.mark.parametrize("name", ["intervals", "differences", "curves", "shots", "cost", "wins"])
def test_figures_draw_on_new_axes_and_on_given_ones(study: coldbench.Study, name: str) -> None:
    draw = getattr(study.plot, name)
    named = {"scenario": "C-C"} if name in ("intervals", "differences", "curves", "shots") else {}
    new = draw(**named)
    assert isinstance(new, Axes)
    assert new.has_data()
    figure, ax = pyplot.subplots()
    assert draw(**named, ax=ax) is ax
    assert ax.has_data()
    assert figure.axes == [ax]
    figure.canvas.draw()


def test_all_scenarios_stand_side_by_side(study: coldbench.Study) -> None:
    axes = study.plot.intervals()
    assert [ax.get_title(loc="left") for ax in axes] == ["W-W", "W-C", "C-W", "C-C"]
    assert len({ax.figure for ax in axes}) == 1
    with pytest.raises(UsageError, match="name one of W-W, W-C, C-W, C-C"):
        study.plot.intervals(ax=axes[0])
    with pytest.raises(UsageError, match="unknown scenario 'C-D'"):
        study.plot.intervals("C-D")


def test_what_cannot_be_drawn_is_said(tmp_path: Path) -> None:
    study = coldbench.open_study(fake_study(tmp_path, seeds=2).path)
    with pytest.raises(UsageError, match="nothing to draw as shots"):
        study.plot.shots()


def test_a_report_is_written_where_one_wants_it(tmp_path: Path) -> None:
    fake_study(tmp_path / "study", seeds=2, scenarios=("C-C",), learners=("melu", "bias"))
    page = coldbench.open_study(tmp_path / "study").report(tmp_path / "page", focus=["bias"])
    assert page == tmp_path / "page" / "report.html"
    assert "bias, on common seeds" in page.read_text("utf-8")


def test_run_study_gives_such_a_study(config: coldbench.StudyConfig) -> None:
    study = coldbench.run_study(config, workers=1)
    assert isinstance(study, coldbench.Study)
    assert set(study.league().frame["learner"]) == {"bias", "global-mean"}
    assert set(study.results()["status"]) == {"finished"}


def test_what_a_notebooks_backend_sets_with_its_first_figure_stays(
    study: coldbench.Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a notebook shows the first figure and none after it."""
    figure = pyplot.figure

    def first(*args: Any, **options: Any) -> Any:
        rcParams["interactive"] = True
        return figure(*args, **options)

    monkeypatch.setitem(rcParams, "interactive", False)
    monkeypatch.setattr(pyplot, "figure", first)
    study.plot.intervals("C-C")
    assert rcParams["interactive"]
    assert len(pyplot.get_fignums()) == 1
