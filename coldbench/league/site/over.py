"""The league over data sets as tables and a picture of the site."""

from collections.abc import Iterator, Mapping

from coldbench.league.several.league import LeagueOver
from coldbench.league.several.over import Overall
from coldbench.league.site.cells import learner_cell, skill_text
from coldbench.league.site.families import family_of
from coldbench.report.drawing.forest import Line, Row
from coldbench.report.drawing.panels import panels
from coldbench.report.drawing.style import Plot
from coldbench.statistics import Interval
from coldbench.text import NA, Cell, Column, Table, number

__all__ = ["over_picture", "over_table"]

SHOWN = 8  # learners that a first screen has room for


def over_table(league: LeagueOver, scenario: str, shown: Mapping[str, str]) -> Table:
    """A row for each learner; shown: how each is called."""
    columns = (
        Column("learner", False),
        Column("family", False),
        Column("mean skill, %"),
        Column("on the next data set"),
        Column("more than ridge, %"),
        Column("beats ridge on"),
        Column("beats the constant on"),
        Column("mean rank"),
        Column(f"time, runs of {league.sentinel}" if league.sentinel else "time"),
    )
    rows = tuple(_row(league, one, shown) for one in league.overall[scenario])
    title = f"Over all data sets in {scenario}"
    return Table("over", title, columns, rows, interactive=True)


def _row(league: LeagueOver, one: Overall, shown: Mapping[str, str]) -> tuple[Cell, ...]:
    over = one.over_ridge
    rank = sum(one.ranks.values()) / len(one.ranks) if one.ranks else None
    return (
        learner_cell(one.learner, shown[one.learner], "", one.learner not in league.asked),
        Cell(family_of(_base(league, one.learner))),
        _percent(one.skill.mean, f"{one.skill.n} of {one.of} data sets" if one.missing else ""),
        Cell(_limits(one.skill.new)),
        _percent(over.mean) if over else Cell(NA),
        _count(one.ridge),
        _count(one.constant),
        Cell(number(rank, 1), sort=rank),
        Cell(NA if one.times is None else number(one.times, 1), _front(one), sort=one.times),
    )


def _front(one: Overall) -> str:
    return "nobody better and cheaper" if one.front else ""


def _base(league: LeagueOver, learner: str) -> str:
    configs = (m.data.manifest.learners.get(learner) for m in league.members)
    return next((str(config.get("base", learner)) for config in configs if config), learner)


def _percent(value: Interval, note: str = "") -> Cell:
    if value.value is None:
        return Cell(NA)
    limits = _limits(value)
    more = "; ".join(part for part in (limits if limits != NA else "", note) if part)
    return Cell(skill_text(value.value), more, sort=value.value)


def _limits(value: Interval) -> str:
    if value.low is None or value.high is None:
        return NA
    return f"[{skill_text(value.low)}, {skill_text(value.high)}]"


def _count(counts: tuple[int, int, int]) -> Cell:
    won, lost, tested = counts
    if not tested:
        return Cell(NA)
    return Cell(f"{won} of {tested}", f"loses on {lost}" if lost else "", sort=won - lost / 1000)


def over_picture(league: LeagueOver, shown: Mapping[str, str]) -> Plot | None:
    """Mean skill of the first learners and of ridge over data sets, each data set a point."""
    if len(league.members) < 2:
        return None
    names = list(_first(league))
    rows = {
        scenario: [_drawn(one, league, shown) for one in every if one.learner in names]
        for scenario, every in league.overall.items()
    }
    alt = "Mean skill over data sets with 95 % interval, and every data set, by scenario."
    label = "skill, % of the best constant's MAE (right: better)"
    return panels("front", alt, [shown[name] for name in names], rows, label, Line("", 0.0))


def _first(league: LeagueOver) -> Iterator[str]:
    """Those with the best mean place over scenarios, and ridge."""
    places: dict[str, list[int]] = {}
    for every in league.overall.values():
        for place, one in enumerate(one for one in every if one.learner in league.asked):
            places.setdefault(one.learner, []).append(place)
    order = sorted(places, key=lambda name: sum(places[name]) / len(places[name]))
    yield from order[:SHOWN]
    if "ridge" in order[SHOWN:]:
        yield "ridge"


def _drawn(one: Overall, league: LeagueOver, shown: Mapping[str, str]) -> Row:
    return Row(shown[one.learner], _points(league, one), _scaled(one.skill.mean))


def _points(league: LeagueOver, one: Overall) -> tuple[float, ...]:
    found = (league.skills[name, one.scenario, one.learner] for name in league.places(one.scenario))
    return tuple(100 * skill.level for skill in found if skill.values)


def _scaled(value: Interval) -> Interval:
    middle, low, high = (
        None if end is None else 100 * end for end in (value.value, value.low, value.high)
    )
    return Interval(middle, low, high, value.n)
