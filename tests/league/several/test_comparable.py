"""Places, the best and the chosen, where some learners lack seeds that the others have."""

from pathlib import Path

import pytest

from coldbench.league import LeagueOver, frames_of, league_over
from coldbench.league.several.chapters.caveats import caveats
from coldbench.league.several.chapters.overall import OverallChapter
from coldbench.league.several.meta import meta_gaps
from coldbench.league.several.skills import Skill, comparable, ranked
from coldbench.rng import Seeds
from tests.report.fake import fake_study

EASY, ALL = {"0": 0.20, "1": 0.18}, {"0": 0.22, "1": 0.20, "2": 0.05, "3": 0.05}


def skills(**values: dict[str, float]) -> list[Skill]:
    return [Skill("films", "W-W", name, mine) for name, mine in values.items()]


def test_who_has_only_easy_seeds_has_no_place() -> None:
    lower = {seed: value - 0.01 for seed, value in ALL.items()}
    found = comparable(skills(easy=EASY, first=ALL, second=lower, none={}))
    assert list(found) == ["first", "second"]
    assert ranked(list(found.values())) == {"first": 1, "second": 2}


def test_a_seed_that_few_have_yet_is_not_compared() -> None:
    found = comparable(skills(ahead={**ALL, "4": 0.9}, first=ALL, second=ALL))
    assert [one.values for one in found.values()] == [ALL, ALL, ALL]
    assert comparable(skills(a={"0": 0.1}, b={"1": 0.2}, c={"2": 0.3})) == {}


def test_ties_share_the_better_place() -> None:
    tied = skills(worse={"0": 0.0}, a={"0": 0.1}, b={"0": 0.1})
    assert ranked(tied) == {"a": 1, "b": 1, "worse": 3}


@pytest.fixture(scope="module")
def lucky(tmp_path_factory: pytest.TempPathFactory) -> LeagueOver:
    """Two studies; on films, `icl` has only the two easy seeds, where it is behind `melu`."""
    folder: Path = tmp_path_factory.mktemp("lucky")
    levels = {"global-median": 0.3, "ridge": 0.10, "melu": 0.05, "icl": 0.07}
    for place, name in enumerate(("films", "goods")):
        hard = {
            (learner, seed): level + (0.0 if seed < 2 or learner == "global-median" else 0.1)
            for learner, level in levels.items()
            for seed in range(6)
        }
        lost = {("icl", seed): "failed" for seed in range(2, 6)} if name == "films" else {}
        fake_study(
            folder / name, list(levels), [Seeds.joint(s) for s in range(6)], ("W-W",),
            status=lost, levels=hard, dataset=name, oracle=False, data=f"2{place}",
        )  # fmt: skip
    return league_over(folder)


def test_a_learner_without_the_hard_seeds_is_nowhere_the_best(lucky: LeagueOver) -> None:
    own = lucky.skills["films", "W-W", "icl"].level
    assert own > lucky.skills["films", "W-W", "melu"].level  # over seeds of its own
    order = lucky.overall["W-W"]
    assert [one.learner for one in order] == ["melu", "ridge", "global-median", "icl"]
    icl = order[-1]
    assert (icl.partial, icl.missing, icl.front, list(icl.ranks)) == (
        ("films",), (), False, ["goods"],
    )  # fmt: skip
    assert {one.meta for one in meta_gaps(lucky)} == {"melu"}
    assert {(one.best, one.chosen, one.learners) for one in lucky.left_out} == {("melu", "melu", 3)}
    assert all(one.learners == 3 for one in lucky.agreements if "films" in (one.a, one.b))


def test_and_a_note_says_so(lucky: LeagueOver) -> None:
    notes = " ".join(caveats(OverallChapter(lucky)))
    assert "since means over other seeds cannot be compared: icl (films)." in notes
    frame = frames_of(lucky)["league"].set_index("learner")
    assert frame.loc["icl", "fewer_seeds"] == "films"
