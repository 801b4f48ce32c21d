"""Studies with something missing: the report says what, and nothing breaks."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from coldbench.report import build
from coldbench.report.document import Document
from coldbench.report.drawing.draw import drawn
from coldbench.report.study import ReportData
from coldbench.report.topics.origin import OriginTopic
from coldbench.report.topics.sources import Sources, oa_order
from coldbench.rng import Seeds
from coldbench.study.designs import seed_vectors
from coldbench.study.store import Study
from coldbench.text.tables import Section, number, spans
from tests.report.fake import fake_study

Writer = Callable[[Study], dict[str, Path]]


def section(data: ReportData, key: str) -> Section:
    return next(one for one in data.of(Document).sections if one.key == key)


def test_one_seed_one_learner_one_scenario(tmp_path: Path, light: Writer) -> None:
    study = fake_study(tmp_path / "s", ["mamo"], 1, ("C-C",), dataset="x", oracle=False)
    paths = light(study)
    text = paths["report.html"].read_text()
    assert not re.search(r"\bnan\b", text, re.IGNORECASE)
    assert "one seed" in text
    line = paths["summary.csv"].read_text().splitlines()[1].split(",")
    assert line[5] == "1"
    assert line[7] == line[8] == line[9] == ""
    assert "One seed: no interval" in build(study).of(Document).sentences[0].text


def test_unequal_seeds_compare_common_ones_only(study: Study) -> None:
    data = build(study)
    counts = {(p.scenario, p.a, p.b): len(p.seeds) for p in data.pairs}
    assert counts["W-W", "mamo", "melu"] == 5
    assert counts["W-W", "melu", "bias"] == 4
    assert data.declared == 12


def test_failures_and_holes_are_told(study: Study) -> None:
    data = build(study)
    tables = {table.key: table for table in section(data, "failures").tables}
    assert tables["failures"].rows[0][2].text == "1 of 6"
    assert tables["reasons"].rows[0][3].text == "loss is nan in epoch 3"
    assert [cell.text for cell in tables["missing"].rows[0]] == ["bias", "4"]
    warnings = [
        sentence.text for sentence in data.of(Document).sentences if sentence.kind == "warning"
    ]
    assert warnings == [
        "1 run failed or diverged (melu).",
        "1 planned run not done yet: this report is partial.",
    ]


def test_a_failed_run_counts_as_the_trivial_predictor(tmp_path: Path) -> None:
    study = fake_study(
        tmp_path, ["mamo", "global-mean"], 3, ("C-C",), status={("mamo", 1): "failed"}
    )
    data = build(study)
    row = section(data, "failures").tables[0].rows[0]
    fallback = data.values("global-mean", "C-C")
    finished = data.values("mamo", "C-C")
    assert row[5].text == number((sum(finished.values()) + fallback["1"]) / 3)


def test_declined_is_not_failed(tmp_path: Path) -> None:
    study = fake_study(tmp_path, seeds=2, status={("melu", 0): "declined", ("melu", 1): "declined"})
    data = build(study)
    assert set(data.summary.loc[data.summary["learner"] == "melu", "n_failed"]) == {0}
    assert data.learners[-1] == "melu"
    assert not [sentence for sentence in data.of(Document).sentences if "failed" in sentence.text]


def test_who_declines_some_seeds_only_failed_at_them(tmp_path: Path) -> None:
    study = fake_study(tmp_path, seeds=3, status={("melu", 1): "declined"})
    data = build(study)
    assert data.lost("melu") == 1
    shares = next(t for t in section(data, "failures").tables if t.key == "shares")
    cells = {row[0].text: row[1].text for row in shares.rows}
    assert cells["melu"] == "1 of 3"
    assert "1 run failed or diverged (melu)" in str(data.of(Document).sentences)


def test_all_runs_failed_still_gives_a_report(tmp_path: Path, light: Writer) -> None:
    status = {(name, seed): "failed" for name in ("mamo", "melu") for seed in range(2)}
    paths = light(fake_study(tmp_path / "s", ["mamo", "melu"], 2, status=status))
    assert "4 runs failed or diverged" in paths["report.html"].read_text()


def test_sources_need_their_design(tmp_path: Path, study: Study, worded: Writer) -> None:
    assert "n/a" in section(build(study), "sources").notes[0]
    design = fake_study(tmp_path / "s", ["mamo", "bias"], seed_vectors("sources", (3, 1, 0, 2, 7)))
    data = build(design)
    assert len(data.of(Sources).attributions) == 8
    shares = [c.share.value or 0.0 for c in data.of(Sources).attributions[0].variance.components]
    assert sum(shares) == pytest.approx(1.0)
    assert "rounding" in [c.name for c in data.of(Sources).attributions[0].variance.components]
    assert "Rounding" in section(data, "sources").notes[1]
    assert "design: sources\n" in data.of(OriginTopic).origin.recipe.config
    paths = worded(design)
    assert "sources.csv" in paths
    assert "figures/sources-C-C.svg" in paths
    assert len(drawn(data.of(Document).figures["sources-C-C"], ["svg"])["svg"]) > 1000


def test_runs_that_did_not_collapse_have_limits_too(tmp_path: Path) -> None:
    """None of ten may mean up to 31 %, and the section says what a mean assumes."""
    status = {("mamo", 3): "diverged"}
    found = section(build(fake_study(tmp_path, ["mamo", "bias"], 10, status=status)), "failures")
    shares = next(table for table in found.tables if table.key == "shares")
    cells = {row[0].text: [(cell.text, cell.note) for cell in row[1:]] for row in shares.rows}
    assert cells["bias"] == [("0 of 10", ""), ("0 %", "[0 %, 31 %]")] * 2
    assert cells["mamo"][:2] == [("1 of 10", ""), ("10 %", "[0 %, 45 %]")]
    assert cells["mamo"][2] == ("0 of 9", "")
    assert "no rare collapse is still to come" in found.notes[-1]


def test_sources_of_studies_without_rounding(tmp_path: Path) -> None:
    data = build(fake_study(tmp_path, ["bias"], seed_vectors("sources-4", (3, 1, 0, 2, 7))))
    (one,) = {tuple(c.name for c in a.variance.components) for a in data.of(Sources).attributions}
    assert one == ("split", "episode", "init", "order", "error")
    assert len(section(data, "sources").notes) == 1
    assert "design: sources-4" in data.of(OriginTopic).origin.recipe.config


def test_rounding_crossed_with_another_stream(tmp_path: Path) -> None:
    data = build(fake_study(tmp_path, ["bias"], seed_vectors("cross:init,rounding", (3, 1, 0))))
    names = [c.name for c in data.of(Sources).attributions[0].variance.components]
    assert names == ["init", "rounding", "error"]
    assert "two sources move" in section(data, "sources").notes[-1]


def test_the_order_of_the_orthogonal_array_is_found_in_any_mixture() -> None:
    labels = [seeds.label for seeds in seed_vectors("sources", range(5))]
    extra = [Seeds.joint(seed).label for seed in range(5, 10)]
    assert oa_order([*extra, *reversed(labels)]) == labels
    assert oa_order(labels[:-1]) is None


def test_published_rows_only_for_their_data(tmp_path: Path, study: Study) -> None:
    data = build(study)
    assert [row.values["C-C"] for row, _ in data.published] == [0.8894, 0.7778]
    rows = section(data, "published").tables[0].rows
    assert {row[3].text for row in rows} == {"mamo"}
    other = build(fake_study(tmp_path, seeds=2, dataset="synthetic"))
    assert other.published == ()
    assert "published" not in [one.key for one in other.of(Document).sections]


def test_users_add_published_rows_beside_the_study(tmp_path: Path) -> None:
    study = fake_study(tmp_path, seeds=2, dataset="mine")
    (tmp_path / "published.yaml").write_text(
        "rows: [{label: A, dataset: mine, learner: bias, source: B, values: {C-C: 0.9}}]"
    )
    assert [row.label for row, _ in build(study).published] == ["A"]


def test_ties_and_best_are_marked(tmp_path: Path) -> None:
    data = build(fake_study(tmp_path, [f"m{k}" for k in range(6)], 10))
    groups = {name: data.standings[name, "C-C"].group for name in data.learners}
    assert groups["m0"] == "best"
    assert groups["m5"] == "worse"
    assert {p.a for p in data.pairs} == {f"m{k}" for k in range(5)}


def test_verdicts_link_to_sections(study: Study) -> None:
    data = build(study)
    keys = {one.key for one in data.of(Document).sections}
    assert {sentence.section for sentence in data.of(Document).sentences} <= keys


def test_code_spans_need_pairs_of_backquotes() -> None:
    assert spans("a `b` c") == [(False, "a "), (True, "b"), (False, " c")]
    assert spans("a ` b") == [(False, "a ` b")]


def test_two_crossed_streams_are_told_apart(tmp_path: Path) -> None:
    vectors = seed_vectors("cross:init,split", range(3))
    data = build(fake_study(tmp_path, ["mamo"], vectors, ("C-C",)))
    names = [part.name for part in data.of(Sources).attributions[0].variance.components]
    assert names == ["split", "init", "error"]
    assert "design: cross:split,init" in data.of(OriginTopic).origin.recipe.config
