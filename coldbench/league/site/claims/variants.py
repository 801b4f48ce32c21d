"""One change to many learners: each with it beside itself without it, seed by seed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from coldbench.errors import UsageError
from coldbench.league.site.claims.answer import Answer
from coldbench.league.site.claims.described import Claim
from coldbench.league.site.claims.seeds import runs_of
from coldbench.report.drawing.forest import Line, Row
from coldbench.report.drawing.panels import panels
from coldbench.report.drawing.style import Plot
from coldbench.report.pairs import holm, outcome, seen_from
from coldbench.report.study import ReportData
from coldbench.report.topic import with_limits
from coldbench.statistics import Interval
from coldbench.text import NA, Cell, Column, Table, interval, number

__all__ = ["answer"]

HOW = (
    "MAE of each learner whose name ends in {} minus that of the same learner without it, on the "
    "same seeds: below 0 the change helps. Shown: by a paired t test, after Holm's correction for "
    "all {} comparisons of this table."
)


@dataclass(frozen=True, slots=True)
class Change:
    """gaps: by seed, with the change minus without; p: of the paired t test; adjusted: Holm's."""

    scenario: str
    learner: str
    gaps: dict[str, float]
    mean: Interval
    p: float | None
    adjusted: float | None = None

    @property
    def outcome(self) -> str:
        """`better`, `worse` or `open`."""
        return outcome(self.mean.value, self.adjusted)


def answer(claim: Claim, data: ReportData) -> Answer:
    """Raises UsageError where the study has no learner with and without the change."""
    ended = [name for name in data.learners if name.endswith(claim.suffix)]
    bases = [name.removesuffix(claim.suffix) for name in ended]
    both = [name for name in bases if name in data.learners]
    changes = _corrected([one for name in both for one in _changes(data, name, claim.suffix)])
    if not changes:
        raise UsageError(f"{data.study.path} has no learner with and without {claim.suffix}")
    every = [name for base in both for name in (base, base + claim.suffix)]
    return Answer(
        words=tuple(_words(data, changes)),
        tables=(_table(data, changes),),
        rows=[_row(one) for one in changes],
        seeds=runs_of(data, every),
        figures=(_figure(data, changes),),
        how=HOW.format(claim.suffix, len(changes)),
    )


def _changes(data: ReportData, base: str, suffix: str) -> list[Change]:
    made = []
    for scenario in data.scenarios:
        seen = seen_from(data.every_pair, scenario, base + suffix, base)
        if seen is not None:
            gaps = dict(zip(seen.pair.seeds, seen.differences, strict=True))
            p = seen.pair.difference.p
            made.append(Change(scenario, base, gaps, seen.difference, p))
    return made


def _corrected(changes: Sequence[Change]) -> list[Change]:
    adjusted = holm([one.p for one in changes], len(changes))
    return [replace(one, adjusted=p) for one, p in zip(changes, adjusted, strict=True)]


def _words(data: ReportData, changes: Sequence[Change]) -> list[str]:
    """How many gain and lose, a clause for each scenario."""
    said = []
    for scenario in data.scenarios:
        mine = [one for one in changes if one.scenario == scenario]
        found = [one.outcome for one in mine]
        means = [one.mean.value for one in mine if one.mean.value is not None]
        if means:
            falls, mean = sum(value < 0 for value in means), number(sum(means) / len(means))
            said.append(
                f"{scenario}: the error falls for {falls} of {len(mine)} learners, shown for "
                f"{found.count('better')}; it is shown to rise for {found.count('worse')}. Mean "
                f"change of all: {mean}"
            )
    return [f"{text}." for text in said]


def _table(data: ReportData, changes: Sequence[Change]) -> Table:
    columns = (
        Column("learner", False), Column("scenario", False),
        Column("mean difference, 95 % interval"), Column("shown", False), Column("seeds won"),
        Column("p, corrected"),
    )  # fmt: skip
    rows = tuple(
        (
            Cell(data.names[one.learner]),
            Cell(one.scenario),
            interval(one.mean),
            Cell({"open": "not shown"}.get(one.outcome, one.outcome)),
            Cell(f"{sum(gap < 0 for gap in one.gaps.values())} of {len(one.gaps)}"),
            Cell(NA if one.adjusted is None else f"{one.adjusted:.3f}", sort=one.adjusted),
        )
        for one in changes
    )
    return Table("claim", "Each learner with the change beside itself without", columns, rows)


def _row(one: Change) -> dict[str, object]:
    return {
        "learner": one.learner,
        "scenario": one.scenario,
        "n_seeds": len(one.gaps),
        **with_limits("difference", one.mean),
        "p": one.p,
        "p_holm": one.adjusted,
        "outcome": one.outcome,
    }


def _figure(data: ReportData, changes: Sequence[Change]) -> Plot:
    rows: dict[str, list[Row]] = {}
    for one in changes:
        row = Row(data.names[one.learner], tuple(one.gaps.values()), one.mean)
        rows.setdefault(one.scenario, []).append(row)
    labels = list(dict.fromkeys(data.names[one.learner] for one in changes))
    alt = "MAE of each learner with the change minus without, every seed, with 95 % interval."
    label = "MAE with the change minus without (left: it helps)"
    return panels("claim-variants", alt, labels, rows, label, Line("", 0.0))
