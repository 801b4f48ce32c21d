"""What tables show is what their CSV files hold, and what the studies say."""

import csv
from pathlib import Path
from statistics import fmean, stdev

import pytest

from coldbench.league import build_site
from coldbench.league.several.cells import span
from coldbench.league.site.slugs import slug
from coldbench.report.study import ReportData
from coldbench.statistics import mean_interval
from coldbench.study import Study
from tests.league.site.conftest import HOSTILE, LEARNERS, STARS
from tests.league.site.pages import Page, Table
from tests.report.conftest import composed
from tests.report.fake import fake_study

pytestmark = pytest.mark.thorough

Row = dict[str, str]


def rows(path: Path) -> list[Row]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def shown(page: Page, place: int = 0) -> list[Row]:
    table: Table = page.tables[place]
    return [dict(zip(table.heads, row, strict=True)) for row in table.rows]


def test_the_table_of_a_learner_is_its_csv(site: Path) -> None:
    for name in LEARNERS:
        stem = site / "learners" / slug(name)
        table, held = shown(Page(stem.with_suffix(".html"))), rows(stem.with_suffix(".csv"))
        assert len(table) == len(held) == 4, "two data sets, two scenarios"
        for cell, row in zip(table, held, strict=True):
            assert (cell["data set"], cell["scenario"]) == (row["dataset"], row["scenario"])
            assert cell["MAE"] == f"{float(row['mae']):.4f}"
            assert cell["skill, %"].replace("−", "-") == f"{100 * float(row['skill']):.1f}"
            assert cell["seeds"] == row["n_seeds"] == "3"


def test_each_seed_is_in_a_csv_and_makes_the_mean(site: Path) -> None:
    held = rows(site / "league-seeds.csv")
    assert len(held) == 2 * 2 * len(LEARNERS) * 3
    for row in rows(site / "league.csv"):
        key = ("dataset", "scenario", "learner")
        mine = [float(o["mae"]) for o in held if all(o[name] == row[name] for name in key)]
        assert sum(mine) / len(mine) == pytest.approx(float(row["mae"]))


def test_the_league_over_data_sets_is_its_csv(site: Path) -> None:
    page = Page(site / "league.html")
    (_, over, _, _, _) = page.tables
    held = {row["learner"]: row for row in rows(site / "over.csv") if row["scenario"] == "W-W"}
    assert over.heads[:2] == ["learner", "mean skill, %"]
    assert len(over.rows) == len(held) == len(LEARNERS)
    for name, skill, *_ in over.rows:
        assert skill.replace("−", "-") == f"{100 * float(held[name]['skill']):.1f}", name


def test_the_mean_of_scenarios_has_the_interval_of_its_seeds(site: Path, studies: Path) -> None:
    data = ReportData(Study.open(studies / "reference" / "yelp"))
    mine, constant = (
        [data.values(name, scenario) for scenario in data.scenarios]
        for name in ("melu", "global-median")
    )
    mean = mean_interval(
        [
            fmean(1 - one[seed] / best[seed] for one, best in zip(mine, constant, strict=True))
            for seed in data.seeds
        ]
    )
    page = Page(site / "league.html")
    (row,) = [row for row in shown(page) if row["learner"] == "melu"]
    assert row["yelp"].replace("−", "-") == f"{100 * (mean.value or 0):.1f}"
    assert span(mean) in page.text


def test_a_learner_that_a_data_set_lacks_has_no_mean_and_stands_behind(tmp_path: Path) -> None:
    for place, more in enumerate(((), ("cnp",))):
        name = f"set-{place}"
        levels = {**STARS, **{("cnp", seed): -0.2 for seed in range(3)}}  # the best where it ran
        fake_study(
            tmp_path / "studies" / name, (*LEARNERS[:4], *more), 3, ("W-W",), levels=levels,
            dataset=name, data=f"0{place}",
        )  # fmt: skip
    build_site([tmp_path / "studies"], tmp_path / "site", draw=composed)
    table = shown(Page(tmp_path / "site" / "league.html"))
    assert [row["learner"] for row in table][-1] == "cnp"
    assert (table[-1]["mean"], table[-1]["set-0"]) == ("n/a", "n/a")
    assert all(row["mean"] != "n/a" for row in table[:-1])


def test_a_learner_that_lacks_seeds_has_no_mean_and_stands_behind(tmp_path: Path) -> None:
    levels = {**STARS, **{("cnp", seed): -0.2 for seed in range(3)}}  # the best where it ran
    for place in range(2):
        lost = {} if place else {("cnp", seed): "failed" for seed in range(2)}
        fake_study(
            tmp_path / "studies" / f"set-{place}", (*LEARNERS[:4], "cnp"), 3, ("W-W",), status=lost,
            levels=levels, dataset=f"set-{place}", data=f"0{place}",
        )  # fmt: skip
    build_site([tmp_path / "studies"], tmp_path / "site", draw=composed)
    page = Page(tmp_path / "site" / "league.html")
    for place in (0, 2):  # of all scenarios, and of W-W; between them stands the league's own
        table = shown(page, place)
        assert [row["learner"] for row in table][-1] == "cnp"
        assert table[-1]["mean"] == "n/a"
        assert all("n/a" not in (row["mean"], row["set-0"]) for row in table[:-1])


def test_skill_is_the_share_of_the_constants_error_that_is_gone(site: Path, studies: Path) -> None:
    data = ReportData(Study.open(studies / "reference" / "yelp"))
    mine, constant = (data.values(name, "C-C") for name in ("melu", "global-median"))
    wanted = sum(1 - mine[seed] / constant[seed] for seed in mine) / len(mine)
    row = next(
        row
        for row in rows(site / "league.csv")
        if (row["dataset"], row["scenario"], row["learner"]) == ("yelp", "C-C", "melu")
    )
    assert float(row["skill"]) == pytest.approx(wanted)


def test_a_claims_numbers_are_those_of_its_study(site: Path, studies: Path) -> None:
    page = Page(site / "claims" / "mamo-reproduction.html")
    title = "Is 0.8234 / 0.7778 a plausible run of MAMO?"
    assert title in "".join(page.text), "of the scenarios that the study has"
    data = ReportData(Study.open(studies / "mamo-melu-ml-1m"))
    assert "A plausible run of mamo in no scenario." in "".join(page.text)
    held = rows(site / "claims" / "mamo-reproduction-seeds.csv")
    assert {row["seed"]: float(row["mae"]) for row in held if row["scenario"] == "C-C"} == (
        pytest.approx(dict(data.values("mamo", "C-C")))
    )
    duel = rows(site / "claims" / "melu-better.csv")
    gaps = [data.values("melu", "W-W")[s] - data.values("mamo", "W-W")[s] for s in data.seeds]
    (row,) = [row for row in duel if row["scenario"] == "W-W"]
    assert float(row["difference"]) == pytest.approx(sum(gaps) / 3)
    assert float(row["lowest"]) == pytest.approx(min(gaps))
    assert int(row["won"]) == sum(gap < 0 for gap in gaps)


def test_the_spread_of_a_side_is_beside_that_of_the_other(site: Path, studies: Path) -> None:
    data = ReportData(Study.open(studies / "mamo-switches-mixed"))
    one, other = (
        list(data.values(f"mamo-paper:{side}", "W-W").values()) for side in ("released", "paper")
    )
    held = rows(site / "claims" / "unsteady.csv")
    ratio = next(float(r["sd_ratio"]) for r in held if r["base"] == "mamo-paper:paper")
    assert ratio == pytest.approx(stdev(one) / stdev(other))
    text = "".join(Page(site / "claims" / "unsteady.html").text)
    assert f"mamo-paper:paper times {ratio:.1f} [" in text
    assert "Changed alone, " in text


def test_a_claim_shows_code_as_code(site: Path) -> None:
    for page in (site / "claims").glob("*.html"):
        assert "`" not in "".join(Page(page).text)


def test_a_claim_without_its_study_says_which_would_answer(site: Path) -> None:
    text = "".join(Page(site / "claims" / "memories.html").text)
    assert "No study at hand answers this; it would be mamo-memories" in text
    assert not (site / "claims" / "memories.csv").exists()


def test_studies_of_another_kind_stay_out_of_the_league(site: Path) -> None:
    text = (site / "league.html").read_text("utf-8")
    assert "Not in these tables" in text
    assert {row["dataset"] for row in rows(site / "league.csv")} == {"ml-1m", "yelp"}
    assert HOSTILE in {row["learner"] for row in rows(site / "league.csv")}
