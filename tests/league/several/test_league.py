"""The league over data sets, against what its studies say themselves."""

import os
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from coldbench.errors import StoreError
from coldbench.league import LeagueOver, frames_of, latest_work, league_over
from coldbench.league.several.chapters.caveats import caveats
from coldbench.league.several.chapters.meta import MetaChapter
from coldbench.league.several.chapters.overall import OverallChapter, columns_of, row_of
from coldbench.league.several.costs import front
from coldbench.league.several.front import LeagueFront
from coldbench.league.several.meta import meta_gaps
from coldbench.league.several.order import agreements
from coldbench.report import build
from coldbench.report.pairs import pair_of
from coldbench.report.topics.yardsticks import Yardsticks
from coldbench.statistics import seeds_for, seeds_needed
from coldbench.study import Study
from tests.league.several.conftest import LEVELS, SEEDS, made
from tests.report.fake import fake_study


def mae(folder: Path, dataset: str, learner: str, scenario: str) -> np.ndarray:
    frame = Study.open(folder / dataset).results()
    mine = frame[
        (frame.learner == learner) & (frame.scenario == scenario) & (frame.metric == "mae")
    ]
    return mine.sort_values("seed").value.to_numpy()


def test_skill_is_what_is_removed_of_the_best_constants_error(
    league: LeagueOver, folder: Path
) -> None:
    skill = league.skills["books", "C-C", "melu"].skill
    by_seed = 1 - mae(folder, "books", "melu", "C-C") / mae(folder, "books", "global-median", "C-C")
    low, high = stats.t.interval(0.95, SEEDS - 1, by_seed.mean(), stats.sem(by_seed))
    assert skill is not None
    assert (skill.value, skill.low, skill.high) == pytest.approx((by_seed.mean(), low, high))
    assert by_seed.mean() < 0  # worse than the constant
    assert league.skills["films", "W-W", "global-median"].level == 0.0


def test_ranks_are_by_skill_on_each_data_set(league: LeagueOver) -> None:
    for name, levels in LEVELS.items():
        order = sorted(levels, key=lambda learner: levels[learner])
        assert [league.ranks[name, "W-W", learner] for learner in order] == [
            *range(1, len(order) + 1)
        ]


def test_a_learner_that_was_not_run_is_said_and_not_averaged(league: LeagueOver) -> None:
    missing = league.skills["goods", "W-W", "icl"]
    assert (missing.skill, missing.why) == (None, "not run")
    order = league.overall["W-W"]
    assert [one.learner for one in order] == ["mf", "ridge", "melu", "global-median", "icl"]
    icl = order[-1]
    assert (icl.missing, icl.of, icl.skill.n, icl.front) == (("goods",), 3, 2, False)
    frame = frames_of(league)["skills"].set_index(["data_set", "scenario", "learner"])
    assert frame.loc[("goods", "W-W", "icl"), "why"] == "not run"
    assert np.isnan(frame.loc[("goods", "W-W", "icl"), "skill"])


def test_the_mean_and_the_next_data_set_have_data_sets_as_their_unit(league: LeagueOver) -> None:
    mf = next(one for one in league.overall["C-C"] if one.learner == "mf")
    means = [league.skills[name, "C-C", "mf"].level for name in LEVELS]
    low, high = stats.t.interval(0.95, 2, np.mean(means), stats.sem(means))
    assert (mf.skill.mean.low, mf.skill.mean.high) == pytest.approx((low, high))
    assert mf.skill.new.width == pytest.approx(2 * (high - low))  # sqrt(1 + 1/3) / sqrt(1/3)
    ridge = [league.skills[name, "C-C", "ridge"].level for name in LEVELS]
    assert mf.over_ridge is not None
    assert mf.over_ridge.mean.value == pytest.approx(np.mean(means) - np.mean(ridge))


def test_what_beats_ridge_and_the_constant_is_decided_by_each_study(
    league: LeagueOver, folder: Path
) -> None:
    mf = next(one for one in league.overall["W-W"] if one.learner == "mf")
    assert mf.ridge == (2, 1, 3)  # better on films and goods, worse on books
    assert mf.constant == (3, 0, 3)
    melu = next(one for one in league.overall["W-W"] if one.learner == "melu")
    assert melu.constant == (2, 1, 3)
    for name in LEVELS:
        for one in build(Study.open(folder / name)).of(Yardsticks).measures:
            if one.yardstick == "global-median":
                found = league.skills[name, one.scenario, one.learner].to_constant
                assert found == (one.outcome or None)


def test_only_learners_that_every_data_set_compares_with_the_constant_are_counted(
    league: LeagueOver,
) -> None:
    said = OverallChapter(league).sentences()[0].text  # not icl (2 of 3), nor the constant itself
    assert said.endswith("shown to beat the best constant on every one: 2 of 3 learners.")


def test_where_ridge_was_not_run_the_numbers_beside_it_say_over_how_many(tmp_path: Path) -> None:
    levels = {"global-median": 0.1, "ridge": 0.05, "mf": 0.0}
    without = {name: level for name, level in levels.items() if name != "ridge"}
    league = league_over(made(tmp_path, levels={"films": levels, "goods": without}))
    mf = next(one for one in league.overall["W-W"] if one.learner == "mf")
    titles = [column.title for column in columns_of()]
    row = dict(zip(titles, row_of(OverallChapter(league), mf), strict=True))
    assert mf.whole
    assert row["minus ridge"].note == "1 of 2 data sets"
    assert (row["beats ridge"].text, row["beats ridge"].mark) == ("1 of 1", "")
    assert row["beats ridge"].note == "1 of 2 data sets"
    assert (row["beats constant"].text, row["beats constant"].mark) == ("2 of 2", "bold")
    frame = frames_of(league)["league"].set_index(["scenario", "learner"])
    assert frame.loc[("W-W", "mf"), "over_ridge_data_sets"] == 1


def test_intervals_beside_ridge_are_one_at_a_time_and_the_least_p_of_all_is_said(
    league: LeagueOver,
) -> None:
    family = ["mf", "melu", "global-median"]  # icl was not run on every data set
    means = {
        name: [np.mean(list(league.skills[x, "W-W", name].over_ridge.values())) for x in LEVELS]
        for name in family
    }
    raw = {name: stats.ttest_1samp(mine, 0.0).pvalue for name, mine in means.items()}
    found = {one.learner: one.holm for one in league.overall["W-W"]}
    least = min(raw, key=lambda name: raw[name])
    assert found[least] == pytest.approx(3 * raw[least])
    assert {name for name, p in found.items() if p is not None} == set(family)
    notes = " ".join(caveats(OverallChapter(league)))
    assert "Minus ridge: 3 intervals a scenario, each for itself" in notes
    assert f"{3 * raw[least]:.4f} in W-W ({least}, " in notes


def test_data_sets_needed_are_planned_with_the_upper_limit_of_their_spread(
    league: LeagueOver,
) -> None:
    melu = next(one for one in league.overall["W-W"] if one.learner == "melu")
    gaps = [np.mean(list(league.skills[x, "W-W", "melu"].over_ridge.values())) for x in LEVELS]
    plan = seeds_needed(gaps, float(np.mean(gaps)))
    assert plan.optimistic == seeds_for(float(np.mean(gaps)), float(np.std(gaps, ddof=1)))
    assert plan.value is not None
    assert plan.value > (plan.optimistic or 0)
    frame = frames_of(league)["league"].set_index(["scenario", "learner"])
    line = frame.loc[("W-W", "melu")]
    assert (line["needed"], line["needed_optimistic"]) == (plan.value, plan.optimistic)
    cell = row_of(OverallChapter(league), melu)[4]
    assert (cell.text, cell.note) == (str(plan.value), f"{plan.optimistic} at the sd as it is")
    ridge = next(one for one in league.overall["W-W"] if one.learner == "ridge")
    assert row_of(OverallChapter(league), ridge)[4].text == "n/a"


def test_the_best_meta_learner_stands_beside_the_best_other(
    league: LeagueOver, folder: Path
) -> None:
    found = {(one.scenario, one.dataset): one for one in meta_gaps(league)}
    assert [(one.meta, one.other) for one in found.values()] == [
        *(2 * [("icl", "ridge"), ("icl", "mf"), ("melu", "mf")])
    ]
    books = found["W-W", "books"]
    assert (books.sizes, books.decision) == ((2, 3), "worse")
    constant = mae(folder, "books", "global-median", "W-W")
    gaps = (mae(folder, "books", "ridge", "W-W") - mae(folder, "books", "icl", "W-W")) / constant
    assert books.gap.value == pytest.approx(gaps.mean())
    assert (books.gap.low, books.gap.high) == pytest.approx(
        stats.t.interval(0.95, SEEDS - 1, gaps.mean(), stats.sem(gaps))
    )
    seconds = league.seconds["books"]
    assert books.times == pytest.approx(seconds["icl"] / seconds["ridge"])
    assert LeagueFront(league).answer[0] == (
        "The best meta-learner is shown ahead of the best other learner in none of 6 comparisons, "
        "one for each scenario of each data set, and behind in 6 (W-W 3 of 3, C-C 3 of 3)."
    )
    (drawn,) = MetaChapter(league).figures()
    assert books.limits.low is not None
    assert books.limits.high is not None
    ends = -100 * gaps.mean(), -100 * books.limits.high, -100 * books.limits.low
    middle, low, high = (f"{end:.4f}".replace("-", "−") for end in ends)
    assert f" W-W books: {middle} [{low}, {high}]." in drawn.alt


def test_where_neither_is_shown_ahead_the_width_of_the_limits_is_said(tmp_path: Path) -> None:
    levels = {"global-median": 0.1, "ridge": 0.05, "melu": 0.051}
    league = league_over(made(tmp_path, levels={"films": levels, "goods": levels}))
    widths = []
    for one in meta_gaps(league):
        data = league.member(one.dataset).data
        pair, sign = pair_of(data.every_pair, one.scenario, "melu", "ridge")
        assert pair is not None
        unit = mae(tmp_path, one.dataset, "global-median", one.scenario).mean()
        low, high = sorted((-sign * (pair.limits.low or 0), -sign * (pair.limits.high or 0)))
        assert (one.limits.low, one.limits.high) == pytest.approx((low / unit, high / unit))
        assert one.limits.low < one.gap.value < one.limits.high  # type: ignore[operator]
        widths.append(100 * (high - low) / unit)
    assert [one.decision for one in meta_gaps(league)] == ["open"] * 4
    assert LeagueFront(league).answer[0] == (
        "The best meta-learner is shown ahead of the best other learner in none of 4 comparisons, "
        "one for each scenario of each data set, and behind in none; 4 are open: their 95 % limits "
        f"lie {min(widths):.1f} to {max(widths):.1f} % of the constant's error apart."
    )


def test_the_front_draws_those_that_were_run_everywhere(league: LeagueOver) -> None:
    assert "icl" not in LeagueFront(league).plot.alt
    assert "melu" in LeagueFront(league).plot.alt


def test_the_order_on_one_data_set_and_on_another(league: LeagueOver) -> None:
    found = {(one.scenario, one.a, one.b): one for one in league.agreements}
    both = found["W-W", "books", "films"]
    a, b = ([LEVELS[name][x] for x in LEVELS["films"]] for name in ("films", "books"))
    assert both.learners == 5
    assert both.tau is not None
    assert both.tau.value == pytest.approx(stats.kendalltau(a, b).statistic)
    assert found["W-W", "films", "goods"].learners == 4
    itself = found["W-W", "books", "books"].tau
    assert itself is not None
    assert itself.value == pytest.approx(1.0)


def test_what_orders_share_does_not_depend_on_the_names_of_folders(league: LeagueOver) -> None:
    boards = {name: league.board(name, "W-W") for name in ("books", "films")}
    other = {"zines": boards["books"], "acts": boards["films"]}
    found, again, turned = (
        [one.tau for one in agreements("W-W", mine)]
        for mine in (boards, other, dict(reversed(other.items())))
    )
    assert found[2] is not None
    assert found[2].low is not None
    assert found == again == [turned[1], turned[0], turned[2]]


def test_one_data_set_left_out(league: LeagueOver) -> None:
    found = {(one.scenario, one.dataset): one for one in league.left_out}
    books = found["W-W", "books"]
    assert (books.chosen, books.best, books.place, books.learners) == ("mf", "ridge", 2, 4)
    ridge, mf = (league.skills["books", "W-W", name].level for name in ("ridge", "mf"))
    assert books.lost == pytest.approx(ridge - mf)
    assert found["W-W", "films"].lost == pytest.approx(
        league.skills["films", "W-W", "mf"].level
        - league.skills["films", "W-W", found["W-W", "films"].chosen].level
    )


def test_the_front_is_of_those_that_nobody_beats_in_both() -> None:
    skill = {"a": 0.1, "b": 0.2, "c": 0.2, "d": 0.3, "e": 0.05, "unknown": 0.9}
    cost = {"a": 1.0, "b": 2.0, "c": 3.0, "d": 9.0, "e": 1.0}
    assert front(skill, cost) == {"a", "b", "d"}
    assert front({"x": 0.1, "y": 0.1}, {"x": 1.0, "y": 1.0}) == {"x", "y"}  # equal in both


def test_cost_is_in_runs_of_ridge(league: LeagueOver) -> None:
    assert league.sentinel == "ridge"
    times = {one.learner: one.times for one in league.overall["W-W"]}
    assert times["ridge"] == 1.0
    seconds = league.seconds
    ratios = [seconds[name]["mf"] / seconds[name]["ridge"] for name in LEVELS]
    assert times["mf"] == pytest.approx(np.exp(np.mean(np.log(ratios))))


def test_other_versions_of_a_protocol_never_mix(folder: Path, tmp_path: Path) -> None:
    made(tmp_path, version=2, levels={"new": LEVELS["films"]})
    studies = [Study.open(folder / "films"), Study.open(tmp_path / "new")]
    with pytest.raises(StoreError) as refused:
        league_over(studies)
    told = str(refused.value)
    assert f"{folder / 'films'} (protocol separate, version 1)" in told
    assert f"{tmp_path / 'new'} (separate, version 2) cannot stand in one table" in told
    again = "coldbench run --dataset films --models global-median,ridge,mf,melu,icl --seeds 6 --out"
    assert f"`{again} {folder / 'films'}-again`" in told


def test_what_cannot_stand_in_one_league_is_refused(folder: Path, tmp_path: Path) -> None:
    fake_study(tmp_path / "films-2", ["global-median", "ridge"], 2, dataset="films", data="10")
    fake_study(tmp_path / "bare", ["ridge", "mf"], 2, dataset="bare", data="33")
    films = Study.open(folder / "films")
    with pytest.raises(StoreError, match="a data set counts once"):
        league_over([films, Study.open(tmp_path / "films-2")])
    fake_study(tmp_path / "few", ["global-median"], 2, dataset="films", data="44", part=50)
    with pytest.raises(StoreError, match="a data set counts once"):
        league_over([films, Study.open(tmp_path / "few")])
    with pytest.raises(StoreError, match="--models global-median`, which takes seconds"):
        league_over([films, Study.open(tmp_path / "bare")])
    with pytest.raises(StoreError, match="neither a study nor a folder of studies"):
        league_over(tmp_path / "nowhere")
    (tmp_path / "torn").mkdir()
    (tmp_path / "torn" / "study.json").write_text("{")
    with pytest.raises(StoreError, match="torn"):
        league_over(tmp_path)


def test_folders_that_would_share_a_name_keep_their_own(tmp_path: Path) -> None:
    made(tmp_path, levels={"a": LEVELS["films"], "a-separate": LEVELS["books"]})
    assert league_over(tmp_path).datasets == ("a", "a-separate")
    made(tmp_path / "one", levels={"b-separate": LEVELS["goods"]})
    alone = league_over(tmp_path / "one")
    assert alone.datasets == ("b",)
    first = alone.overall["W-W"][0]
    assert (first.learner, first.skill.mean.low) == ("mf", None)
    assert (alone.left_out, [one.a for one in alone.agreements]) == ([], ["b", "b"])


def test_the_latest_work_is_a_study_or_a_folder_of_them(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no study in"):
        latest_work(tmp_path)
    fake_study(tmp_path / "alone", ["bias"], 1)
    assert latest_work(tmp_path) == tmp_path / "alone"
    fake_study(tmp_path / "league" / "films", ["bias"], 1)
    os.utime(tmp_path / "alone" / "study.json", (1, 1))
    assert latest_work(tmp_path) == tmp_path / "league"
    os.utime(tmp_path / "league" / "films" / "study.json", (0, 0))
    assert latest_work(tmp_path) == tmp_path / "alone"
