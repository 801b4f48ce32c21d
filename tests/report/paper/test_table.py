"""The table of a paper: side by side, marked as the league is, explained, safe in LaTeX."""

import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from coldbench.errors import StoreError, UsageError
from coldbench.league import find_pack
from coldbench.report import build, render_table
from coldbench.report.paper.table import paper_table
from coldbench.report.topics.to_the_best import ToTheBest
from coldbench.study.store import Study
from coldbench.text import Table
from tests.committed import committed
from tests.report.conftest import HOSTILE
from tests.report.fake import fake_study

MODELS = ("mamo", "melu", "bias")


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> list[Study]:
    """Two data sets: eight seeds of all, and six of which one learner lost one."""
    folder = tmp_path_factory.mktemp("pair")
    first = fake_study(folder / "a", seeds=8, learners=(*MODELS, "ridge"))
    lost = {("melu", 2): "diverged"}
    second = fake_study(folder / "b", seeds=6, dataset="ml-100k", learners=MODELS, status=lost)
    return [first, second]


def column(table: Table, place: int) -> dict[str, str]:
    return {row[0].text: row[place].text for row in table.rows}


def test_data_sets_stand_side_by_side(pair: list[Study]) -> None:
    table = paper_table(pair, digits=3)
    assert table.groups == (("", 1), ("ml-1m", 4), ("ml-100k", 4))
    assert table.headings[1] == "ml-1m W-W"
    assert table.headings[-1] == "ml-100k C-C"
    assert all(len(row) == 9 for row in table.rows)
    assert column(table, 5)["ridge"] == "–", "not in the second study"
    assert re.fullmatch(r"0\.\d{3}[●○]?", column(table, 1)["melu"])


def test_rows_follow_the_models_asked_for(pair: list[Study]) -> None:
    rows = paper_table(pair, models=("bias", "mamo")).rows
    assert [row[0].text for row in rows] == ["bias", "mamo"]
    with pytest.raises(UsageError, match="did you mean 'mamo'"):
        paper_table(pair, models=("mammo",))
    with pytest.raises(UsageError, match="unknown metric 'mea'"):
        paper_table(pair, metric="mea")


@pytest.mark.thorough
def test_marks_are_those_of_the_league(tmp_path: Path) -> None:
    """Of a reference pack, all of its learners: a best one, contenders, unsettled ones."""
    study = find_pack("ml-1m@1").unpack(tmp_path / "pack")
    data, table = build(study), paper_table([study])
    signs = {"best": "", "contender": "●", "unsettled": "○", "worse": ""}
    seen = set()
    for row in table.rows:
        for scenario, cell in zip(data.scenarios, row[1:], strict=True):
            standing = data.standing(row[0].text, scenario)
            assert standing is not None
            seen.add(standing.group)
            assert cell.text == f"{standing.mean.value:.4f}{signs[standing.group]}"
            assert (cell.mark == "bold") == (standing.group == "best")
    assert seen == set(signs)


def test_a_metric_where_more_is_better_turns_the_order_round(pair: list[Study]) -> None:
    table = paper_table(pair[:1], metric="ndcg@5", digits=6)
    values = {name: float(text.rstrip("●○‡")) for name, text in column(table, 1).items()}
    (best,) = [row[0].text for row in table.rows if row[1].mark == "bold"]
    assert values[best] == max(values.values()) > 0
    assert "highest mean" in table.caption
    assert "higher is better" in table.caption


def test_the_caption_explains_each_sign_that_occurs_and_no_other(pair: list[Study]) -> None:
    both, whole = paper_table(pair), paper_table(pair[:1])
    for table in (both, whole):
        text = "".join(cell.text for row in table.rows for cell in row[1:])
        for sign in "●○‡–":
            assert (sign in text) == (f"{sign} " in table.caption), sign
    assert "‡ over fewer seeds, as runs are missing (melu 5 of 6 seeds)" in both.caption
    assert "over seeds (ml-1m 8, ml-100k 6)" in both.caption
    assert "over 8 seeds" in whole.caption
    assert "`separate`, version 1" in both.caption


def test_skewed_runs_are_not_called_few_seeds(tmp_path: Path) -> None:
    names, rng = ["a", "b", "c", "d", "e"], np.random.default_rng(0)
    runs = [(name, seed) for name in names for seed in range(10)]
    levels = {run: float(0.1 * rng.lognormal(0.0, 1.5)) for run in runs}
    study = fake_study(tmp_path / "s", names, 10, ("W-W",), levels=levels)
    caption = paper_table([study]).caption
    assert "where runs are strongly skewed, with the error of the most variable" in caption
    assert "few seeds" not in caption
    section = build(study).of(ToTheBest).section()
    assert section is not None
    assert any("Signs cannot be exchanged there" in note for note in section.notes)


def test_few_seeds_say_what_is_assumed_and_one_claims_nothing(tmp_path: Path) -> None:
    few = paper_table([fake_study(tmp_path / "few", seeds=3)])
    assert "normal runs assumed" in few.caption
    one = paper_table([fake_study(tmp_path / "one", seeds=1)])
    assert "one seed, so without an interval" in one.caption
    assert "Nothing is tested." in one.caption
    assert not any(cell.mark or cell.note for row in one.rows for cell in row)


def test_a_subset_is_tested_among_itself(pair: list[Study]) -> None:
    """Its best is the best of those shown, though the study has a better one."""
    table = paper_table(pair[:1], models=("bias", "ridge"))
    assert any(row[1].mark == "bold" for row in table.rows)


def test_protocols_never_mix(pair: list[Study]) -> None:
    other = Study.open(committed("mamo-switches-mixed"))
    with pytest.raises(StoreError, match=r"never mixes protocols: .*separate, v.* and .*mixed, v"):
        paper_table([pair[0], other])


def test_two_studies_of_one_data_set_are_told_apart(pair: list[Study], tmp_path: Path) -> None:
    again = fake_study(tmp_path / "again", seeds=2)
    groups = paper_table([pair[0], again]).groups
    assert groups[1:] == (("ml-1m (a)", 4), ("ml-1m (again)", 4))


def test_wide_tables_are_stacked_on_paper(pair: list[Study], tmp_path: Path) -> None:
    studies = [
        fake_study(tmp_path / name, seeds=2, dataset=name) for name in ("one", "two", "three")
    ]
    source = render_table(studies, "latex")
    assert source.count(r"\begin{tabular}") == 2
    assert source.count(r"\caption") == source.count(r"\label") == 1
    lines = [line for line in source.splitlines() if line.startswith("mamo ")]
    assert [line.count("&") for line in lines] == [8, 4], "no column is lost"
    assert render_table(studies, "markdown").count("| learner |") == 1


@pytest.mark.parametrize("form", ["latex", "markdown", "html", "csv"])
def test_every_format_has_every_number(pair: list[Study], form: str) -> None:
    text = render_table(pair, form, digits=3)
    for row in paper_table(pair, digits=3).rows:
        for cell in row[1:]:
            assert cell.text == "–" or cell.text.rstrip("●○‡") in text


def test_only_the_main_table_takes_several_studies(pair: list[Study]) -> None:
    with pytest.raises(UsageError, match="go with the table 'main'"):
        render_table(pair, "latex", "pairs")
    with pytest.raises(UsageError, match="did you mean 'latex'"):
        render_table(pair, "latxe")


def test_latex_compiles_whatever_names_hold(pair: list[Study], tmp_path: Path) -> None:
    """With a real LaTeX where there is one; its source has no live name in any case."""
    hostile = fake_study(tmp_path / "hostile", learners=HOSTILE, seeds=2, dataset="%_&#$\\input{x}")
    sources = [render_table([*pair, hostile], "latex", digits=3), render_table(pair, "latex")]
    assert not any(r"\input" in source for source in sources)
    compiler = shutil.which("pdflatex")
    if compiler is None:
        pytest.skip("no pdflatex: the source was checked, not compiled")
    head = "\\documentclass{article}\\usepackage[T1]{fontenc}\\usepackage{booktabs,graphicx}"
    document = "\n".join([head, "\\begin{document}", *sources, "\\end{document}"])
    (tmp_path / "paper.tex").write_text(document, "utf-8")
    command = [compiler, "-halt-on-error", "-interaction=nonstopmode", "paper.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace")
    assert done.returncode == 0, done.stdout[-2000:]
    assert "Overfull" not in done.stdout
