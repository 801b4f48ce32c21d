"""Sections that need more than scores: other users, and two seeds on the same rating."""

from coldbench.report.study import ReportData
from coldbench.report.topics.users import Crossed, Nested, by_users, disagreements
from coldbench.statistics import Interval
from coldbench.study import Digest
from coldbench.text import NA, Cell, Column, Section, Table, interval, number, percent, range_of

__all__ = ["disagreement", "users"]


def users(data: ReportData) -> Section:
    """#11: how much of the spread over seeds is only that other users were tested."""
    how = (
        "A mean may move because the learner changed or because other users were tested. From how "
        "much users differ, the table says how far a run's mean would move by the choice of its "
        "test users alone, and what is left over: splits, training data, initial state, order."
    )
    title = "Other seeds, other users"
    digest, gap = data.digest
    if digest is None:
        return Section("users", "Users", title, how, notes=(_missing(gap),))
    found = by_users(digest)
    nested = _nested(data, {key: one for key, one in found.items() if isinstance(one, Nested)})
    crossed = _crossed(data, {key: one for key, one in found.items() if isinstance(one, Crossed)})
    notes = [_partial(digest, data, gap)] if gap else []
    if nested.rows:
        notes.append(
            "Means here are over users, as `mae_user`. A user who returns at another seed counts "
            "as another user; where many return, as warm users do, the part of the users is an "
            "upper limit. Nothing left over does not mean that a learner is stable, only that "
            "these seeds cannot show the opposite."
        )
    if crossed.rows:
        notes.append("All runs tested the same users: both kinds of uncertainty can be told apart.")
    tables = tuple(table for table in (nested, crossed) if table.rows)
    return Section("users", "Users", title, how, (), tables, tuple(notes))


def _nested(data: ReportData, found: dict[tuple[str, str], Nested]) -> Table:
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
        if (one := found.get((name, scenario)))
    )
    return Table("users", "The spread over seeds, and the choice of users", columns, rows, big=True)


def _crossed(data: ReportData, found: dict[tuple[str, str], Crossed]) -> Table:
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
        if (one := found.get((name, scenario)))
    )
    title = "95 % intervals of the mean over users"
    return Table("crossed-users", title, columns, rows, big=True)


def disagreement(data: ReportData) -> Section:
    """#17: two seeds of one learner on the same rating."""
    how = (
        "Two runs of one learner predict the same rating: how far apart are they? In rating "
        "points, and how often they round to different stars. Equal means can hide this: users "
        "would see other recommendations although the error is the same. Bars: 95 % intervals."
    )
    title = "Do two seeds predict the same?"
    digest, gap = data.digest
    if digest is None:
        return Section("disagreement", "Disagreement", title, how, notes=(_missing(gap),))
    columns = (
        Column("scenario", False),
        Column("learner", False),
        Column("seeds"),
        Column("ratings that two seeds share"),
        Column("apart, rating points"),
        Column("other star"),
    )
    found = disagreements(digest)
    rows = tuple(
        (
            Cell(scenario),
            Cell(data.names[name]),
            Cell(str(one.n)),
            Cell(f"{one.n_ratings:,}" if one.n_ratings else NA),
            interval(one.difference),
            _share(one.churn),
        )
        for scenario in data.scenarios
        for name in data.learners
        if (one := found.get((name, scenario)))
    )
    notes = [_partial(digest, data, gap)] if gap else []
    notes.append(
        "Only ratings that both seeds ask for in the same scenario; the streams that this study "
        "moves (split, episodes, initial state, order) differ between the two."
    )
    figures = tuple(f"disagreement-{scenario}" for scenario in data.scenarios)
    table = Table("disagreement", "Two seeds on the same rating", columns, rows, big=True)
    return Section("disagreement", "Disagreement", title, how, figures, (table,), tuple(notes))


def _share(value: Interval) -> Cell:
    limits = "" if value.low is None else f"[{percent(value.low, 1)}, {percent(value.high, 1)}]"
    return Cell(percent(value.value, 1), limits, sort=value.value)


def _missing(gap: str) -> str:
    return f"n/a: {gap}; run `coldbench report` where the study was made, and keep its digest.json."


def _partial(digest: Digest, data: ReportData, gap: str) -> str:
    done = data.runs.loc[data.runs["status"] == "finished", "job"].nunique()
    return f"From {len(digest.runs)} of {done} finished runs: {gap}."
