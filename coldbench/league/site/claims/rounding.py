"""How much of a run its last bit decides: starts crossed with rounding, all else standing still."""

from collections.abc import Iterator, Sequence
from math import sqrt

from coldbench.errors import UsageError
from coldbench.league.site.claims.answer import Answer
from coldbench.league.site.claims.described import Claim
from coldbench.league.site.claims.seeds import runs_of
from coldbench.report.study import ReportData
from coldbench.report.topic import with_limits
from coldbench.report.topics.sources import Attribution, Sources
from coldbench.statistics import Interval
from coldbench.text import Cell, Column, Table, number, percent_cell

__all__ = ["answer"]

HOW = (
    "Standard deviation over runs of what the start does alike at every rounding, and of all that "
    "the last bit does. Share: of the start in the variance, with its 95 % interval; the rest is "
    "rounding."
)


def answer(claim: Claim, data: ReportData) -> Answer:
    """Raises UsageError where starts are not crossed with rounding."""
    crossed = {"init", "rounding"}
    found = [
        one
        for one in data.of(Sources).attributions
        if {part.name for part in one.variance.components} == crossed | {"error"}
    ]
    if not found:
        raise UsageError(f"{data.study.path} does not cross starts with rounding")
    learners = list(dict.fromkeys(one.learner for one in found))
    return Answer(
        words=tuple(_words(data, found, learners)),
        tables=(_table(data, found),),
        rows=[_row(one) for one in found],
        seeds=runs_of(data, learners),
        figures=tuple(data.of(Sources).figures()),
        how=HOW,
    )


def _start(one: Attribution) -> float:
    return sqrt(one.variance["init"].value)


def _bit(one: Attribution) -> float:
    return sqrt(max(one.variance.total - one.variance["init"].value, 0.0))


def _share(one: Attribution) -> Interval:
    return one.variance["init"].share


def _words(
    data: ReportData, found: Sequence[Attribution], learners: Sequence[str]
) -> Iterator[str]:
    """The learner that the last bit moves most first."""
    most = {name: [_bit(one) for one in found if one.learner == name] for name in learners}
    first, *others = sorted(learners, key=lambda name: -max(most[name]))
    yield (
        f"At one seed another last bit moves the MAE of {data.names[first]} by "
        f"{number(min(most[first]))} to {number(max(most[first]))}, depending on the scenario "
        "(standard deviations)."
    )
    if others:
        told = [f"{data.names[name]} by {number(max(most[name]))}" for name in others]
        yield f"It moves {', '.join(told)} at most."


def _table(data: ReportData, found: Sequence[Attribution]) -> Table:
    titles = ("last bit, sd", "start, sd", "share of the start")
    columns = (Column("learner", False), Column("scenario", False), *map(Column, titles))
    rows = tuple(
        (
            Cell(data.names[one.learner]),
            Cell(one.scenario),
            Cell(number(_bit(one))),
            Cell(number(_start(one))),
            percent_cell(_share(one)),
        )
        for one in sorted(found, key=lambda one: one.learner)
    )
    return Table("claim", "What the start does, and what the last bit does", columns, rows)


def _row(one: Attribution) -> dict[str, object]:
    return {
        "learner": one.learner,
        "scenario": one.scenario,
        "n_runs": one.variance.n,
        "sd_last_bit": _bit(one),
        "sd_start": _start(one),
        **with_limits("share_start", _share(one)),
    }
