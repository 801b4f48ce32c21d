"""Who is the best where runs are missing: decided on common seeds, with the sign."""

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coldbench.cli.terminal import print_report, print_study
from coldbench.report import build, write_report
from coldbench.report.document import Document
from coldbench.report.families import families
from coldbench.report.pairs import compare
from coldbench.report.standings import Standing, Values, order_of, standings
from coldbench.report.study import ReportData
from coldbench.report.topics.league import leading
from coldbench.study.store import Study
from tests.report.conftest import composed
from tests.report.fake import fake_study

PLACE = "C-C"
HARD = range(6, 10)


def league(table: Mapping[str, Values]) -> dict[str, Standing]:
    """The standings in one scenario."""
    values = {(name, PLACE): runs for name, runs in table.items() if runs}
    wanted = list(combinations(table, 2))
    family = families(values, wanted, [PLACE])
    pairs = compare(values, family, len(wanted))
    return {name: one for (name, _), one in standings(values, pairs, family).items()}


def said(table: Mapping[str, Values]) -> str:
    found = league(table)
    told = leading(list(found.values()), {name: name for name in table}, len(table) - len(found))
    return told[0] if told else ""


def runs(level: float, seeds: Sequence[int], step: float = 0.001) -> Values:
    """About `level`, a little noise."""
    return {str(seed): level + step * (seed % 3) for seed in seeds}


def gap(a: Values, b: Values) -> float | None:
    """Mean of a - b on common seeds."""
    common = [seed for seed in a if seed in b]
    return float(np.mean([a[seed] - b[seed] for seed in common])) if common else None


@pytest.fixture
def hard(tmp_path: Path) -> ReportData:
    """A fails on four hard seeds; B wins every seed that both finished."""
    levels = {("A", seed): 0.02 + 0.002 * (seed % 2) for seed in range(10)}
    levels |= {("B", seed): 0.2 if seed in HARD else 0.0 for seed in range(10)}
    status = {("A", seed): "failed" for seed in HARD}
    return build(fake_study(tmp_path / "s", ["A", "B"], 10, (PLACE,), status=status, levels=levels))


def test_failing_on_hard_seeds_does_not_make_a_winner(hard: ReportData) -> None:
    a, b = (hard.standings[name, PLACE] for name in "AB")
    assert (a.mean.value or 0.0) < (b.mean.value or 0.0)
    assert (a.group, b.group) == ("worse", "best")
    texts = [sentence.text for sentence in hard.of(Document).sentences]
    assert texts[1].startswith("B has the lowest MAE on common seeds (0.9")
    assert texts[1].endswith(" over all 10 seeds); A is shown to be worse.")
    assert any("B beats A in C-C: shown with 6 seeds" in text for text in texts)
    assert hard.learners == ("B", "A")


def test_a_mean_over_fewer_seeds_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study = fake_study(
        tmp_path / "t", ["A", "B"], 10, (PLACE,), status={("A", 7): "failed"}, shots=(0,)
    )
    data = build(study)
    paths = write_report(study, tmp_path / "out", ("svg",), data, draw=composed)
    page = paths["report.html"].read_text()
    assert "Runs are missing" in page
    shown = {"differences": "B, 9 of 10 seeds: ", "cost": ", 9 of 10 seeds."}
    for key in ("intervals", "differences", "shots", "steadiness", "cost"):
        part = page.partition(f'id="{key}">')[2].partition('<details class="part"')[0]
        assert shown.get(key, "A, 9 of 10 seeds: ") in part
    for name in ("report.md", "report.tex"):
        assert paths[name].read_text().count("9 of 10 seeds") > 7
    print_report(study, paths, data)
    assert "9 of 10 seeds" in capsys.readouterr().out
    print_study(study, [])
    assert "9 of 10 seeds" in capsys.readouterr().out


def test_with_all_runs_nothing_is_said_of_seeds(
    tmp_path: Path, worded: Callable[[Study], dict[str, Path]]
) -> None:
    for path in worded(fake_study(tmp_path / "s", ["A", "B"], 5, (PLACE,), shots=(0,))).values():
        if path.suffix in (".html", ".md", ".tex", ".csv"):
            assert "of 5 seeds" not in path.read_text()


def test_few_lucky_runs_are_not_the_best_and_not_behind() -> None:
    table = {
        "a": runs(0.8, range(20)),
        "b": runs(0.9, range(20), 0.0015),
        "c": runs(0.6, range(8), 0.0011),
    }
    groups = {name: one.group for name, one in league(table).items()}
    assert groups == {"a": "best", "b": "worse", "c": "ahead"}
    assert said(table) == (
        "a is taken as the best (0.8010 over all 20 seeds), although c did better on the seeds "
        "that both finished; shown to be beaten by c, with too few runs to be the best; the other "
        "is shown to be worse."
    )


def test_a_learner_with_one_common_seed_is_not_beaten() -> None:
    table = {"a": runs(0.8, range(5)), "b": runs(0.9, range(5), 0.002), "c": runs(0.95, [0])}
    assert said(table) == (
        "a has the lowest MAE on common seeds (0.8008 over all 5 seeds); with too few common "
        "seeds to compare: c; the other is shown to be worse."
    )


def test_a_circle_of_losses_is_opened_where_it_is_weakest() -> None:
    rock = {"0": 1.0, "1": 1.0, "2": 3.0, "3": 3.5}
    table = {
        "a": {seed: rock[seed] for seed in ("0", "1", "2")},
        "b": {"1": 1.2, "2": 3.1, "3": 2.0},
        "c": {"0": 0.7, "2": 3.2, "3": 2.9},
    }
    assert gap(table["a"], table["b"]) == pytest.approx(-0.15)
    assert gap(table["b"], table["c"]) == pytest.approx(-0.5)
    assert gap(table["c"], table["a"]) == pytest.approx(-0.05)
    assert league(table)["a"].group == "best"
    assert said(table).startswith("a is taken as the best (1.6667 over 3 of 4 seeds), although c ")


def test_without_a_common_seed_nobody_is_the_best() -> None:
    table = {"a": runs(0.8, range(5)), "b": runs(0.9, range(5, 10))}
    assert {one.group for one in league(table).values()} == {""}
    assert said(table).startswith("No learner is called the best: runs are missing")


def test_ties_one_seed_and_no_runs() -> None:
    same = runs(0.8, range(4))
    assert league({"b": same, "a": same})["b"].group == "best"
    one = {"a": runs(0.9, [0]), "b": runs(0.8, [0]), "c": {}}
    assert {name: s.group for name, s in league(one).items()} == {"a": "", "b": "best"}
    assert said(one) == ""
    assert league({"a": same})["a"].group == ""
    assert said({"a": same, "b": runs(0.9, range(4), 0.002), "c": {}}).endswith(
        "; b is shown to be worse."
    )


@st.composite
def tables(draw: st.DrawFn, complete: bool = False) -> dict[str, Values]:
    """Up to 5 learners of up to 12 seeds; hard seeds, and learners that fail."""
    learners = "abcde"[: draw(st.integers(2, 5))]
    count = draw(st.integers(1, 12))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    hardness = rng.normal(0.0, draw(st.sampled_from([0.0, 0.01, 0.3])), count)
    noise = draw(st.sampled_from([0.0, 0.001, 0.05]))
    table = {}
    for name in learners:
        level = float(rng.normal(0.8, 0.02))
        fails = set() if complete else draw(st.sets(st.integers(0, count - 1)))
        told = np.round(level + hardness + noise * rng.normal(size=count), 6)
        table[name] = {str(k): float(told[k]) for k in range(count) if k not in fails}
    return table


@settings(max_examples=75, deadline=None)
@given(tables())
def test_no_verdict_contradicts_the_common_seeds(table: dict[str, Values]) -> None:
    found = league(table)
    best = next((name for name, one in found.items() if one.group == "best"), None)
    for name, one in found.items():
        if best is not None and one.group in ("worse", "ahead"):
            apart = gap(table[name], table[best])
            assert apart is not None
            assert (apart > 0) == (one.group == "worse")
            assert (one.gap or 0.0) == pytest.approx(apart)
    fit = [name for name, one in found.items() if 2 * len(one.values) >= _most(table)]
    assert all(found[name].group != "ahead" for name in fit)
    if "others are shown to be worse" in said(table):
        others = [gap(table[str(best)], table[name]) for name in found if name != best]
        assert all(apart is not None and apart < 0 for apart in others)


def _most(table: Mapping[str, Values]) -> int:
    return max(len(one) for one in table.values())


@settings(max_examples=50, deadline=None)
@given(tables(complete=True))
def test_with_all_runs_the_best_has_the_lowest_mean(table: dict[str, Values]) -> None:
    found = league(table)
    means = {name: float(np.mean(list(one.values()))) for name, one in table.items()}
    best = next(name for name, one in found.items() if one.group == "best")
    assert means[best] == pytest.approx(min(means.values()), abs=1e-12)
    values = {(name, PLACE): one for name, one in found.items()}
    ordered = [means[name] for name in order_of(values, list(table))]
    assert ordered == pytest.approx(sorted(ordered), abs=1e-12)


def test_a_best_that_varies_far_more_says_why_nobody_is_called_worse() -> None:
    table = {
        "wild": {"0": 0.709, "1": 0.690, "2": 0.661},
        "calm": {"0": 0.781, "1": 0.739, "2": 0.704},
        "like": {"0": 0.815, "1": 0.769, "2": 0.736},
        "same": {"0": 0.825, "1": 0.780, "2": 0.746},
    }
    found = league(table)
    assert found["calm"].adjusted == 1.0
    assert [found[name].group for name in table] == ["best", "unsettled", "worse", "worse"]
    assert said(table) == (
        "wild has the lowest MAE (0.6867), but its runs vary far more than others', so that nobody "
        "is called worse than it; unsettled: calm (lost 3 of 3 runs to it); the "
        "other 2 are shown to be worse."
    )


@pytest.mark.parametrize(("others", "how_many"), [(2, "both others"), (3, "all 3 others")])
def test_all_others_are_counted_from_three_on(others: int, how_many: str) -> None:
    table = {str(place): runs(0.7 + 0.1 * place, range(8)) for place in range(others + 1)}
    assert said(table) == f"0 has the lowest MAE (0.7009); {how_many} are shown to be worse."


def test_pairs_and_league_agree_on_an_unsteady_winner() -> None:
    rng = np.random.default_rng(0)
    table = {f"steady-{k}": 1.0 + 0.01 * k + 0.001 * rng.standard_normal(10) for k in range(5)}
    table["wild"] = 0.7 + 0.1 * rng.standard_normal(10)
    values = {
        (name, PLACE): {str(seed): float(v) for seed, v in enumerate(runs)}
        for name, runs in table.items()
    }
    family = families(values, list(combinations(table, 2)), [PLACE])
    best = family[PLACE].best
    assert best.unsteady.tolist() == [False] * 5 + [True]
    for pair in compare(values, family, 15):
        led = "wild" in (pair.a, pair.b)
        assert pair.shown != led
        assert pair.limits.low is not None
        assert pair.limits.high is not None
        assert pair.limits.contains(0.0) == led
