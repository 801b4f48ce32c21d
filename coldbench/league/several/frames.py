"""The tables of a league over data sets as data frames, which are its CSV files too."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from coldbench.league.several.league import LeagueOver
from coldbench.league.several.meta import meta_gaps
from coldbench.league.several.over import Overall
from coldbench.league.several.skills import RIDGE, Skill
from coldbench.report.topic import with_limits
from coldbench.statistics import Interval, OverDataSets

__all__ = ["frames_of"]

NOTHING = Interval(None, None, None, 0)


def frames_of(league: LeagueOver) -> dict[str, pd.DataFrame]:
    """By name: `league` a learner over all data sets and scenarios; `skills` on each data set;
    `runs` each seed; `meta` the best meta-learner beside the best other learner;
    `agreement` of the learners' order between data sets; `left-out` what the other data sets tell
    of each; `seconds` of a run."""
    return {
        "league": _frame(_over(one) for every in league.overall.values() for one in every),
        "skills": _frame(_skill(league, one) for one in league.skills.values()),
        "runs": _frame(line for one in league.skills.values() for line in _runs(one)),
        "agreement": _frame(
            {
                "scenario": one.scenario,
                "data_set": one.a,
                "other": one.b,
                "learners": one.learners,
                **with_limits("tau", one.tau or NOTHING),
            }
            for one in league.agreements
        ),
        "meta": _frame(
            {
                "scenario": one.scenario,
                "data_set": one.dataset,
                "meta_learner": one.meta,
                "meta_learners": one.sizes[0],
                "other": one.other,
                "others": one.sizes[1],
                **with_limits("gap", one.gap),
                "decision": one.decision,
                "limits_low": one.limits.low,
                "limits_high": one.limits.high,
                "times": one.times,
            }
            for one in meta_gaps(league)
        ),
        "left-out": _frame(
            {
                "scenario": one.scenario,
                "left_out": one.dataset,
                "learners": one.learners,
                "chosen": one.chosen,
                "skill": one.skill,
                "place": one.place,
                "best": one.best,
                "lost": one.lost,
                "tau": one.tau,
            }
            for one in league.left_out
        ),
        "seconds": _frame(
            {"data_set": name, "learner": learner, "seconds": value}
            for name, mine in league.seconds.items()
            for learner, value in mine.items()
        ),
    }


def _frame(lines: Iterator[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(list(lines))


def _over(one: Overall) -> dict[str, Any]:
    """A line of league.csv."""
    more = one.over_ridge
    return {
        "scenario": one.scenario,
        "learner": one.learner,
        "data_sets": one.skill.n,
        "of": one.of,
        "not_run": " ".join(one.missing),
        "fewer_seeds": " ".join(one.partial),
        **_limits("skill", one.skill),
        "sd_between": one.skill.between,
        **(
            _limits("over_ridge", more) if more else dict.fromkeys(_limits("over_ridge", one.skill))
        ),
        "over_ridge_data_sets": more.n if more else 0,
        "over_ridge_p": more.p if more and one.learner != RIDGE else None,
        "over_ridge_p_holm": one.holm,
        "needed_optimistic": one.needed and one.needed.optimistic,
        "needed": one.needed and one.needed.value,
        **_count("ridge", one.ridge),
        **_count("constant", one.constant),
        "mean_rank": sum(one.ranks.values()) / len(one.ranks) if one.ranks else None,
        "worst_rank": max(one.ranks.values(), default=None),
        "times": one.times,
        "front": one.front,
    }


def _limits(name: str, one: OverDataSets) -> dict[str, float | None]:
    new = one.new
    return {**with_limits(name, one.mean), f"{name}_new_low": new.low, f"{name}_new_high": new.high}


def _count(name: str, counts: tuple[int, int, int]) -> dict[str, int]:
    won, lost, tested = counts
    return {f"beats_{name}": won, f"loses_to_{name}": lost, f"compared_with_{name}": tested}


def _skill(league: LeagueOver, one: Skill) -> dict[str, Any]:
    """A line of skills.csv."""
    low, high = one.ranks or (None, None)
    return {
        "data_set": one.dataset,
        "scenario": one.scenario,
        "learner": one.learner,
        "seeds": len(one.values),
        "seeds_of_any": one.tested,
        **with_limits("mae", one.mae or NOTHING),
        **with_limits("skill", one.skill or NOTHING),
        "rank": league.ranks.get((one.dataset, one.scenario, one.learner)),
        "rank_low": low,
        "rank_high": high,
        "to_ridge": one.to_ridge,
        "to_constant": one.to_constant,
        "why": one.why,
    }


def _runs(one: Skill) -> Iterator[dict[str, Any]]:
    for seed, value in one.values.items():
        yield {
            "data_set": one.dataset,
            "scenario": one.scenario,
            "learner": one.learner,
            "seed": seed,
            "skill": value,
        }
