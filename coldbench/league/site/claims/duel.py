"""One learner against others, seed by seed: how far apart in the mean, and at the luckiest seed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from coldbench.errors import UsageError, shorten
from coldbench.league.site.claims.answer import Answer
from coldbench.league.site.claims.described import Claim
from coldbench.league.site.claims.seeds import runs_of
from coldbench.report.drawing.forest import Line, Row
from coldbench.report.drawing.panels import panels
from coldbench.report.drawing.style import Plot
from coldbench.report.pairs import Seen, seen_from
from coldbench.report.study import ReportData
from coldbench.report.topic import with_limits
from coldbench.statistics import Interval
from coldbench.text import NA, Cell, Column, Table, interval, listed, number, percent

__all__ = ["answer"]

HOW = (
    "MAE of {} minus that of the other learner on the same seeds: below 0 it does better. Shown: "
    "past the correction for all pairs of the scenario. Wrong winner: how often one run of each, "
    "on splits of their own, names the learner whose mean is higher."
)


@dataclass(frozen=True, slots=True)
class Bout:
    """gaps: by seed, of the learner minus the rival."""

    scenario: str
    rival: str
    gaps: dict[str, float]
    mean: Interval
    outcome: str
    wrong: float | None

    @property
    def won(self) -> int:
        return sum(gap < 0 for gap in self.gaps.values())

    @property
    def luckiest(self) -> tuple[str, float]:
        """The seed at which the learner does best beside the rival."""
        return min(self.gaps.items(), key=lambda item: item[1])


def answer(claim: Claim, data: ReportData) -> Answer:
    """Raises UsageError where the study has no pair of them."""
    wanted = claim.rivals or tuple(name for name in data.learners if name != claim.learner)
    rivals = [name for name in wanted if name in data.learners]
    bouts = [bout for name in rivals for bout in _bouts(data, claim.learner, name)]
    if not bouts:
        raise UsageError(
            f"{data.study.path} compares {shorten(claim.learner)} with no such learner"
        )
    return Answer(
        words=tuple(_words(data, claim.learner, bouts)),
        tables=(_table(data, claim.learner, bouts),),
        rows=[_row(claim.learner, bout) for bout in bouts],
        seeds=runs_of(data, [claim.learner, *rivals]),
        figures=(_figure(data, claim.learner, bouts),),
        how=HOW.format(data.names[claim.learner]),
    )


def _bouts(data: ReportData, learner: str, rival: str) -> Iterator[Bout]:
    for scenario in data.scenarios:
        seen = seen_from(data.every_pair, scenario, learner, rival)
        if seen is not None:
            yield _bout(seen, rival)


def _bout(seen: Seen, rival: str) -> Bout:
    pair = seen.pair
    gaps = dict(zip(pair.seeds, seen.differences, strict=True))
    wrong = pair.reversal.observed.value if len(pair.seeds) > 1 else None
    return Bout(pair.scenario, rival, gaps, seen.difference, seen.outcome, wrong)


def _words(data: ReportData, learner: str, bouts: Sequence[Bout]) -> Iterator[str]:
    """What is shown of the means; then the seeds at which each comes out best."""
    name = data.names[learner]
    lower, higher = (_shown(data, bouts, outcome) for outcome in ("better", "worse"))
    yield (
        f"Of {len(bouts)} comparisons of mean errors, each with a rival in a scenario: {name} is "
        f"shown to be lower than {lower}, and higher than {higher}."
    )
    never = []
    for rival in dict.fromkeys(bout.rival for bout in bouts):
        mine = [bout for bout in bouts if bout.rival == rival]
        if any(bout.won for bout in mine):
            yield _luckiest(data.names[rival], mine)
        else:
            never.append(data.names[rival])
    if never:
        yield f"In no run is it lower than {listed(never, 9)}."


def _shown(data: ReportData, bouts: Sequence[Bout], outcome: str) -> str:
    """Rivals with the scenarios."""
    found: dict[str, list[str]] = {}
    for bout in bouts:
        if bout.outcome == outcome:
            found.setdefault(data.names[bout.rival], []).append(bout.scenario)
    return listed([f"{name} ({', '.join(some)})" for name, some in found.items()], 9) or "none"


def _luckiest(rival: str, bouts: Sequence[Bout]) -> str:
    """How often it is lower than one rival at one seed in one scenario, and by how much at most."""
    lucky = min(bouts, key=lambda bout: bout.luckiest[1])
    seed, gap = lucky.luckiest
    runs, won = sum(len(bout.gaps) for bout in bouts), sum(bout.won for bout in bouts)
    return (
        f"It is lower than {rival} in {won} of {runs} comparisons of one seed in one scenario, "
        f"by up to {number(-gap)} ({lucky.scenario}, seed {seed})."
    )


def _table(data: ReportData, learner: str, bouts: Sequence[Bout]) -> Table:
    columns = (
        Column("against", False),
        Column("scenario", False),
        Column("mean difference, 95 % interval"),
        Column("shown", False),
        Column("seeds won"),
        Column("most in its favour"),
        Column("most against it"),
        Column("wrong winner"),
    )
    rows = tuple(
        (
            Cell(data.names[bout.rival]),
            Cell(bout.scenario),
            interval(bout.mean),
            Cell({"open": "not shown"}.get(bout.outcome, bout.outcome)),
            Cell(f"{bout.won} of {len(bout.gaps)}", sort=bout.won),
            Cell(number(min(bout.gaps.values()))),
            Cell(number(max(bout.gaps.values()))),
            Cell(NA if bout.wrong is None else percent(bout.wrong)),
        )
        for bout in bouts
    )
    return Table("claim", f"{data.names[learner]} against others", columns, rows)


def _row(learner: str, bout: Bout) -> dict[str, object]:
    return {
        "learner": learner,
        "rival": bout.rival,
        "scenario": bout.scenario,
        "n_seeds": len(bout.gaps),
        **with_limits("difference", bout.mean),
        "outcome": bout.outcome,
        "won": bout.won,
        "lowest": min(bout.gaps.values()),
        "highest": max(bout.gaps.values()),
        "wrong_winner": bout.wrong,
    }


def _figure(data: ReportData, learner: str, bouts: Sequence[Bout]) -> Plot:
    rivals = dict.fromkeys(data.names[bout.rival] for bout in bouts)
    rows: dict[str, list[Row]] = {}
    for bout in bouts:
        row = Row(data.names[bout.rival], tuple(bout.gaps.values()), bout.mean)
        rows.setdefault(bout.scenario, []).append(row)
    name = data.names[learner]
    alt = f"MAE of {name} minus that of each other learner, every seed, with 95 % interval."
    label = f"MAE of {name} minus theirs (left: {name} is better)"
    return panels("claim-duel", alt, list(rivals), rows, label, Line("", 0.0))
