"""Ablation and diagnostics in the report: numbers by hand, restricted families, flagged runs."""

import csv
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from coldbench.report import build, render, write_report
from coldbench.report.document import Document
from coldbench.report.families import families
from coldbench.report.pairs import compare
from coldbench.report.study import ReportData
from coldbench.report.topics.ablation import AblationTopic
from coldbench.report.topics.diagnostics import Diagnostics, panels
from coldbench.statistics import compare_spread, holm_adjust, paired_difference
from coldbench.study.ablation import Departure
from coldbench.study.store import Study
from coldbench.study.verification import verify
from coldbench.text.names import display_names
from tests.committed import committed
from tests.report.conftest import HOSTILE
from tests.report.fake import departure, fake_study
from tests.report.test_partial import section

Writer = Callable[[Study], dict[str, Path]]
FACTORS = ("loss", "readout", "restore")
PLANNED = [departure(f"x:{side}", factor) for side in ("paper", "released") for factor in FACTORS]
BOTH = departure("x:paper", "loss", "readout")
LOST = departure("x:released", "slots=3", left_out="changes nothing")
DEPARTURES = (*PLANNED, BOTH, LOST)
LABELS = ["bias", "x:paper", *(one.label for one in PLANNED[:3]), BOTH.label,
          "x:released", *(one.label for one in PLANNED[3:])]  # fmt: skip


@pytest.fixture(scope="module")
def ablated(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Two bases with three departures each, one pair, one learner besides; 6 seeds."""
    return fake_study(
        tmp_path_factory.mktemp("ablated"),
        LABELS,
        6,
        departures=DEPARTURES,
        status={("x:paper~loss", 2): "diverged", ("x:released~loss", 0): "failed"},
        constant=[("x:paper~restore", 1), ("x:paper~restore", 3)],
    )


@pytest.fixture(scope="module")
def data(ablated: Study) -> ReportData:
    return build(ablated)


def runs(data: ReportData, label: str, scenario: str, seeds: tuple[str, ...]) -> np.ndarray:
    return np.array([data.values(label, scenario)[seed] for seed in seeds])


def test_effects_are_departure_minus_base_on_common_seeds(data: ReportData) -> None:
    assert data.ablation is not None
    effect = data.ablation.effect("C-W", "x:paper", "loss")
    assert effect is not None
    assert effect.seeds == ("0", "1", "3", "4", "5")
    after = runs(data, "x:paper~loss", "C-W", effect.seeds)
    before = runs(data, "x:paper", "C-W", effect.seeds)
    assert effect.difference.difference.value == pytest.approx((after - before).mean())
    assert effect.difference == paired_difference(after, before)
    assert effect.spread.ratio.value == pytest.approx(after.std(ddof=1) / before.std(ddof=1))
    assert effect.spread == compare_spread(after, before)


def test_bases_are_compared_with_each_other(data: ReportData) -> None:
    assert data.ablation is not None
    effect = data.ablation.effect("W-W", "x:paper", "all switches")
    assert effect is not None
    assert effect.label == "x:released"
    assert (effect.difference.difference.value or 0) > 0


def test_an_interaction_is_a_difference_of_differences(data: ReportData) -> None:
    assert data.ablation is not None
    found = [one for one in data.ablation.interactions if one.scenario == "C-C"]
    assert len(found) == 1
    labels = ("x:paper~loss~readout", "x:paper~loss", "x:paper~readout", "x:paper")
    both, first, second, base = (runs(data, name, "C-C", found[0].seeds) for name in labels)
    by_hand = (both - base) - (first - base) - (second - base)
    assert found[0].beyond.difference.value == pytest.approx(by_hand.mean())
    assert found[0].beyond.sd == pytest.approx(by_hand.std(ddof=1))
    raw = [one.beyond.p for one in data.ablation.interactions]
    adjusted = [one.adjusted for one in data.ablation.interactions]
    assert adjusted == list(holm_adjust([p or 0.0 for p in raw], family=4).adjusted)


def test_the_family_is_departures_and_bases_only(data: ReportData) -> None:
    # 6 departures against their base; bias, paper and released against each other
    assert data.declared == 4 * (6 + 3)
    met = {(pair.a, pair.b) for pair in data.pairs}
    assert ("x:paper", "x:paper~loss") in met
    assert ("x:paper", "x:released~loss") not in met
    assert ("bias", "x:paper~loss") not in met
    assert not any(BOTH.label in pair for pair in met)
    raw = [pair.difference.p or 0.0 for pair in data.pairs]
    expected = holm_adjust(raw, family=data.declared).adjusted
    assert [pair.holm for pair in data.pairs] == list(expected)
    assert {len(family.pairs) for family in data.families.values()} == {6 + 3}


def test_spreads_have_a_family_of_their_own(data: ReportData) -> None:
    assert data.ablation is not None
    raw = [effect.spread.p_paired or 0.0 for effect in data.ablation.effects]
    expected = holm_adjust(raw, family=4 * 7).adjusted
    assert [effect.spread_adjusted for effect in data.ablation.effects] == list(expected)


def test_failures_and_constants_are_counted_beside_the_effect(data: ReportData) -> None:
    tables = {table.key: table for table in section(data, "ablation").tables}
    row = next(r for r in tables["ablation"].rows if r[3].text == "paper~loss")
    assert [cell.text for cell in row[-4:]] == ["1", "0", "0", "0"]
    titles = [column.title for column in tables["ablation"].columns]
    assert [title for title in titles if title.startswith("p")] == [
        "p", "p of all pairs", "p", "p, Holm", "p, Brown-Forsythe, Holm",
    ]  # fmt: skip
    row = next(r for r in tables["ablation"].rows if r[3].text == "paper~restore")
    assert [cell.text for cell in row[-4:]] == ["0", "0", "2", "0"]
    assert [cell.text for cell in tables["left-out"].rows[0]] == [
        "x:released~slots=3",
        "changes nothing",
    ]
    assert len(tables["ablation-mae-1"].rows) == len(FACTORS)
    assert len(tables["interactions"].rows) == 4


def test_words_are_never_stronger_than_the_tests(data: ReportData) -> None:
    assert data.ablation is not None
    told = data.of(AblationTopic).sentences()
    assert len(told) == 8
    places = [(s, b) for s in data.scenarios for b in ("x:paper", "x:released")]
    for (scenario, base), sentence in zip(places, told, strict=True):
        assert sentence.subject == scenario
        text = sentence.text
        effects = [data.ablation.effect(scenario, base, factor) for factor in FACTORS]
        moved = [e.factor for e in effects if e and (e.adjusted or 0.0) <= 0.05]
        spread = [e.factor for e in effects if e and (e.spread_adjusted or 0.0) <= 0.05]
        means, _, ratios = text.partition("; ") if not moved else text.rpartition("; ")
        assert {f for f in FACTORS if f"{f} +" in means or f"{f} −" in means} == set(moved)
        assert {f for f in FACTORS if f"{f} x" in ratios} == set(spread)
        assert (sentence.kind == "shown") == bool(moved or spread)
        assert ("none is shown to move the MAE" in text) == (not moved)


def test_nobody_is_called_the_best(data: ReportData) -> None:
    assert data.learners == tuple(LABELS)  # in the order of the plan
    assert {found.group for found in data.standings.values()} == {""}
    assert not [s for s in data.of(Document).sentences if "lowest MAE" in s.text]
    compared = [s.text for s in data.of(Document).sentences if s.section == "differences"]
    assert compared
    assert not [text for text in compared if "~" in text]


def test_the_rest_of_the_report_stays_readable(data: ReportData) -> None:
    drawn = data.of(Document).figures
    assert not [key for key in drawn if key.startswith(("reversal-", "differences-"))]
    assert "~" not in drawn["curves-all-scenarios"].alt
    assert "~" not in drawn["ranks-C-C"].alt
    assert {f"ablation-{kind}-{s}" for kind in ("mae", "sd") for s in data.scenarios} <= set(drawn)
    assert "paper~loss: " in drawn["ablation-mae-C-C"].alt


def test_files(ablated: Study, worded: Writer) -> None:
    paths = worded(ablated)
    with paths["ablation.csv"].open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == 4 * 7
    line = next(one for one in lines if one["learner"] == "x:paper~restore")
    assert line["n_constant"] == "2"
    assert float(line["effect_low"]) < float(line["effect"]) < float(line["effect_high"])
    with paths["pairs.csv"].open(newline="") as file:
        places = ("scenario", "learner_a", "learner_b")
        pairs = {tuple(one[key] for key in places): one for one in csv.DictReader(file)}
    pair = pairs[line["scenario"], line["base"], line["learner"]]
    assert line["p_simultaneous"] == pair["p_simultaneous"] != pair["p_holm"]
    assert len(paths["interactions.csv"].read_text().splitlines()) == 5
    assert "bias" not in paths["diagnostics.csv"].read_text()
    with paths["concentration.csv"].open(newline="") as file:
        flags = [line["constant"] for line in csv.DictReader(file)]
    assert flags.count("1") == 2
    text = paths["report.html"].read_text()
    assert "An ablation from x:paper, x:released." in text
    assert "figures/ablation-mae-C-C.svg" in paths
    assert render(ablated, "markdown", "ablation-sd-2").count("\n| ") == 4


def test_the_same_study_gives_the_same_bytes(tmp_path: Path) -> None:
    study = fake_study(tmp_path / "s", LABELS[1:4], 3, ("C-C",), departures=PLANNED[:2])
    first, second = (write_report(study, tmp_path / name, kinds=("svg",)) for name in "ab")
    assert {"figures/ablation-mae-C-C.svg", "figures/ablation-sd-C-C.svg"} <= set(first)
    assert all(first[name].read_bytes() == second[name].read_bytes() for name in first)


def test_one_seed_shows_nothing_and_says_so(tmp_path: Path, light: Writer) -> None:
    study = fake_study(tmp_path / "s", LABELS, 1, ("C-C",), departures=DEPARTURES)
    light(study)
    found = build(study)
    assert {s.kind for s in found.of(AblationTopic).sentences()} == {"open"}
    assert "n/a: one seed" in section(found, "ablation").notes[-1]
    assert not [key for key in found.of(Document).figures if key.startswith("ablation-sd")]


def test_a_departure_without_runs_has_no_effect(tmp_path: Path, worded: Writer) -> None:
    absent = [("x:paper~loss", seed) for seed in range(3)]
    study = fake_study(tmp_path / "s", LABELS, 3, ("C-C",), departures=DEPARTURES, absent=absent)
    worded(study)
    found = build(study)
    assert found.ablation is not None
    assert found.ablation.effect("C-C", "x:paper", "loss") is None
    assert found.ablation.interactions == ()


def test_hostile_factors_stay_text(tmp_path: Path, light: Writer) -> None:
    odd = [Departure(label=f"x~{name}", base="x", factors=(name,)) for name in HOSTILE]
    study = fake_study(tmp_path, ["x", *(o.label for o in odd)], 2, ("C-C",), departures=odd)
    paths = light(study)
    assert "<script>alert" not in paths["report.html"].read_text()
    prose = [li for li in paths["report.md"].read_text().splitlines() if not li.startswith("    ")]
    assert "<script>alert" not in "\n".join(prose)
    with paths["ablation.csv"].open(newline="") as file:
        changes = [line["change"] for line in csv.DictReader(file)]
    assert len(changes) == len(HOSTILE)
    assert not [change for change in changes if change.startswith("=")]


def test_an_ordinary_study_has_no_ablation(study: Study) -> None:
    found = build(study)
    assert found.ablation is None
    assert "ablation" not in [one.key for one in found.of(Document).sections]
    assert found.anchors == found.learners
    every = list(combinations(("mamo", "melu", "bias"), 2))
    assert {(p.a, p.b) for p in found.pairs} == set(every)
    values = {("a", "C-C"): {"0": 1.0, "1": 2.0}, ("b", "C-C"): {"1": 2.5}}
    family = families(values, [("a", "b")], ["C-C"])
    assert [p.differences for p in compare(values, family, 1)] == [(-0.5,)]


def test_names_lose_what_they_share_unless_they_collide() -> None:
    labels = ["x:paper", "x:paper~a", "bias"]
    assert list(display_names(labels, ["x:paper"]).values()) == ["paper", "paper~a", "bias"]
    assert list(display_names([*labels, "paper"], ["x:paper"])) == [*labels, "paper"]
    assert display_names([*labels, "paper"], ["x:paper"])["x:paper"] == "x:paper"
    assert display_names(["x", "x~a=1"], ["x"]) == {"x": "x", "x~a=1": "x~a=1"}
    alike = display_names(["ridge", "ridge ", "bias"])
    assert len(set(alike.values())) == 3
    assert alike["bias"] == "bias"
    assert all(shown.startswith("ridge… ") for shown in list(alike.values())[:2])


def test_constant_runs_are_flagged_everywhere(tmp_path: Path) -> None:
    names = ["mamo", "melu", "global-mean"]
    flat = [("mamo", 0), ("global-mean", 0), ("global-mean", 1)]
    study = fake_study(tmp_path, names, 2, constant=flat)
    found = build(study)
    # the fake global-mean has parameters and epochs, so that the rule flags it as well
    assert {(r.job.learner, r.job.seeds.label) for r in found.collapsed} == {
        ("mamo", "0"),
        ("global-mean", "0"),
        ("global-mean", "1"),
    }
    warnings = [sentence for sentence in found.of(Document).sentences if sentence.kind == "warning"]
    told = ["3 runs predicted a constant (mamo and global-mean)."]
    assert [sentence.text for sentence in warnings] == told
    failures = section(found, "failures")
    assert [table.key for table in failures.tables] == ["constant", "shares"]
    counts = {row[0].text: (row[1].text, row[3].text) for row in failures.tables[1].rows}
    assert counts["mamo"] == ("0 of 2", "1 of 2")
    assert counts["melu"] == ("0 of 2", "0 of 2")
    assert failures.notes[0] == "All planned runs finished."
    cells = {row[-1].text for row in section(found, "runs").tables[0].rows}
    assert cells == {"finished", "finished, constant"}
    rows = {row[0].text: row[-1].text for row in section(found, "diagnostics").tables[0].rows}
    assert rows == {"mamo": "1", "melu": "0", "global-mean": "2"}


def test_diagnostics_are_of_the_learners_that_emit_them(study: Study) -> None:
    found = build(study)
    assert {one.name for one in found.of(Diagnostics).diagnostics} == {"loss", "prediction_entropy"}
    assert {one.learner for one in found.of(Diagnostics).diagnostics} == {"mamo", "melu"}
    mamo = next(one for one in found.of(Diagnostics).diagnostics if one.learner == "mamo")
    longest = max(len(run) for run in mamo.runs.values())
    last = [run[-1] for run in mamo.runs.values() if len(run) == longest]
    assert mamo.means[-1] == pytest.approx(np.mean(last))
    assert len(mamo.means) == longest
    keys = [panel.key for panel in panels(found.of(Diagnostics).diagnostics, {})]
    assert keys == ["diagnostics-loss-1", "diagnostics-prediction-entropy-2"]
    assert set(keys) <= set(found.of(Document).figures)
    assert section(found, "diagnostics").figures == tuple(keys)


STUDIES = (
    "few-users-ml-1m", "mamo-melu-ml-1m", "mamo-memories", "mamo-switches-mixed",
    "mamo-switches-separate", "melu-ablation", "sources-ml-1m", "tuned-ml-1m",
)  # fmt: skip


@pytest.mark.parametrize("name", STUDIES)
def test_committed_studies_open(name: str) -> None:
    folder = committed(name)
    assert verify(folder).passed
    found = build(Study.open(folder))
    assert (found.ablation is not None) == ("ablation" in name or "switches" in name)
    assert found.digest[1] == ""  # all that needs predictions is at hand without them
