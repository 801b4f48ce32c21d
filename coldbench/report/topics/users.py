"""Other users: how much of the spread over seeds is only that other users were tested."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import sqrt
from typing import Any

from coldbench.report.predictions import Place, array, by_place, incomplete, without
from coldbench.report.study import ReportData
from coldbench.report.topic import Topic
from coldbench.statistics import CrossedVariance, Interval, NestedVariance, nested_from_moments
from coldbench.study import Digest, Line
from coldbench.text import Cell, Column, Section, Table, interval, number, percent, range_of

__all__ = ["Crossed", "Nested", "Users", "by_users"]

HOW = (
    "A mean may move because the learner changed or because other users were tested. From how "
    "much users differ, the table says how far a run's mean would move by the choice of its "
    "test users alone, and what is left over: splits, training data, initial state, order."
)
RETURNING = (
    "Means here are over users, as `mae_user`. Users who return at other seeds, as most warm "
    "users do, cannot move a mean from seed to seed: what they share is taken off. Nothing left "
    "over does not mean that a learner is stable, only that these seeds cannot show the opposite."
)
UPPER = (
    "Means here are over users, as `mae_user`. A user who returns at another seed counts "
    "as another user, since the digest is of an earlier version; where many return, as warm users "
    "do, the part of the users is an upper limit. Nothing left over does not mean that a learner "
    "is stable, only that these seeds cannot show the opposite."
)
SAME = "All runs tested the same users: both kinds of uncertainty can be told apart."


@dataclass(frozen=True, eq=False)
class Nested:
    """Every seed tests users of its own. users: mean number a seed; as standard deviations,
    single: of one user; run: of a run's mean over users, observed; chance: of that by the choice
    of users alone; rest: what is left over; part: of chance in the variance of a run's mean."""

    variance: NestedVariance
    users: float
    single: float | None
    run: float | None
    chance: float | None
    rest: float | None
    part: float | None


@dataclass(frozen=True, eq=False)
class Crossed:
    """All runs test the same users."""

    variance: CrossedVariance


class Users(Topic):
    """The choice of test users against everything else that a seed moves."""

    order = 100

    @cached_property
    def places(self) -> "dict[Place, Nested | Crossed]":
        """Empty where neither predictions nor their digest are at hand."""
        digest, _ = self.data.digest
        return {} if digest is None else by_users(digest)

    @property
    def nested(self) -> dict[Place, Nested]:
        return {place: one for place, one in self.places.items() if isinstance(one, Nested)}

    @property
    def crossed(self) -> dict[Place, Crossed]:
        return {place: one for place, one in self.places.items() if isinstance(one, Crossed)}

    def section(self) -> Section:
        title, (digest, gap) = "Other seeds, other users", self.data.digest
        if digest is None:
            return Section("users", "Users", title, HOW, notes=(without(gap),))
        nested = _nested_table(self.data, self.nested)
        crossed = _crossed_table(self.data, self.crossed)
        notes = incomplete(self.data)
        if nested.rows:
            notes.append(RETURNING if digest.returning else UPPER)
        notes += [SAME] if crossed.rows else []
        tables = tuple(table for table in (nested, crossed) if table.rows)
        return Section("users", "Users", title, HOW, (), tables, tuple(notes))

    def files(self) -> dict[str, list[dict[str, object]]]:
        return {
            "users.csv": [_nested_columns(*place, one) for place, one in self.nested.items()],
            "crossed-users.csv": [
                _crossed_columns(*place, one) for place, one in self.crossed.items()
            ],
        }


def by_users(digest: Digest) -> dict[Place, Nested | Crossed]:
    """By learner and scenario: seeds against users."""
    returning = {(one.learner, one.scenario): one.covariance for one in digest.returning}
    nested: dict[Place, Nested | Crossed] = {
        place: _nested(lines, returning.get(place, 0.0))
        for place, lines in by_place(digest).items()
    }
    crossed = {(str(one["learner"]), str(one["scenario"])): _crossed(one) for one in digest.crossed}
    return {**nested, **crossed}


def _nested(lines: list[Line], returning: float) -> Nested:
    sizes, means = array(line.users for line in lines), array(line.mean for line in lines)
    variance = nested_from_moments(sizes, means, array(line.squares for line in lines))
    users = float(sizes.mean())
    if variance.user is None or variance.seed_raw is None:
        return Nested(variance, users, None, None, None, None, None)
    apart = variance.user * float((1 / sizes).mean())  # by users who never return
    shared = min(max(returning, 0.0), apart)
    chance, rest = apart - shared, max(variance.seed_raw + shared, 0.0)
    return Nested(
        variance,
        users,
        sqrt(variance.user),
        float(means.std(ddof=1)),
        sqrt(chance),
        sqrt(rest),
        chance / (chance + rest) if chance + rest else None,
    )


def _crossed(stored: Mapping[str, Any]) -> Crossed:
    facts = {key: value for key, value in stored.items() if key not in ("learner", "scenario")}
    intervals = {k: Interval(**v) for k, v in facts.items() if isinstance(v, dict)}
    return Crossed(CrossedVariance(**{**facts, **intervals}))


def _nested_table(data: ReportData, places: dict[Place, Nested]) -> Table:
    columns = (
        Column("scenario", False),
        Column("learner", False),
        Column("seeds"),
        Column("users a seed"),
        Column("mean over users, 95 % interval"),
        Column("sd of single users"),
        Column("sd of a run's mean"),
        Column("by its users alone"),
        Column("left over"),
        Column("users' part"),
    )
    rows = tuple(
        (
            Cell(scenario),
            Cell(data.names[name]),
            Cell(str(one.variance.n)),
            Cell(f"{one.users:,.0f}"),
            interval(one.variance.mean),
            Cell(number(one.single)),
            Cell(number(one.run)),
            Cell(number(one.chance)),
            Cell(number(one.rest)),
            Cell(percent(one.part)),
        )
        for scenario in data.scenarios
        for name in data.learners
        if (one := places.get((name, scenario)))
    )
    return Table("users", "The spread over seeds, and the choice of users", columns, rows, big=True)


def _crossed_table(data: ReportData, places: dict[Place, Crossed]) -> Table:
    columns = (
        Column("scenario", False),
        Column("learner", False),
        Column("runs"),
        Column("users"),
        Column("mean"),
        Column("other seeds, same users"),
        Column("other users, same seeds"),
        Column("both"),
    )
    rows = tuple(
        (
            Cell(scenario),
            Cell(data.names[name]),
            Cell(str(one.variance.n)),
            Cell(f"{one.variance.n_users:,}"),
            Cell(number(one.variance.both.value)),
            Cell(range_of(one.variance.other_seeds)),
            Cell(range_of(one.variance.other_users)),
            Cell(range_of(one.variance.both)),
        )
        for scenario in data.scenarios
        for name in data.learners
        if (one := places.get((name, scenario)))
    )
    title = "95 % intervals of the mean over users"
    return Table("crossed-users", title, columns, rows, big=True)


def _nested_columns(learner: str, scenario: str, one: Nested) -> dict[str, object]:
    return {
        "scenario": scenario,
        "learner": learner,
        "n_seeds": one.variance.n,
        "users_a_seed": one.users,
        "mean": one.variance.mean.value,
        "ci_low": one.variance.mean.low,
        "ci_high": one.variance.mean.high,
        "sd_user": one.single,
        "sd_run": one.run,
        "sd_by_users": one.chance,
        "sd_left_over": one.rest,
        "share_of_users": one.part,
    }


def _crossed_columns(learner: str, scenario: str, one: Crossed) -> dict[str, object]:
    variance = one.variance
    return {
        "scenario": scenario,
        "learner": learner,
        "n_runs": variance.n,
        "n_users": variance.n_users,
        "mean": variance.both.value,
        "other_seeds_low": variance.other_seeds.low,
        "other_seeds_high": variance.other_seeds.high,
        "other_users_low": variance.other_users.low,
        "other_users_high": variance.other_users.high,
        "both_low": variance.both.low,
        "both_high": variance.both.high,
    }
