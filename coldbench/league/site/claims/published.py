"""A published row as one more run of each of our learners that it may be about."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from coldbench.errors import UsageError, shorten
from coldbench.league.site.claims.answer import Answer
from coldbench.league.site.claims.described import Claim
from coldbench.league.site.claims.seeds import runs_of
from coldbench.report.drawing.forest import Line, Row, forest
from coldbench.report.drawing.style import Plot
from coldbench.report.study import ReportData
from coldbench.report.topic import with_limits
from coldbench.report.topics.published import HOW, Check, PublishedTopic
from coldbench.text import display_name, listed, number

__all__ = ["answer"]


def answer(claim: Claim, data: ReportData) -> Answer:
    """Raises UsageError where the study cannot be compared with the row."""
    topic = data.of(PublishedTopic)
    checks, section = [one for one in topic.checks if one.row.label == claim.row], topic.section()
    if not checks or section is None:
        raise UsageError(f"{data.study.path} has no run that {shorten(claim.row)} is about")
    label, values = display_name(claim.row), checks[0].row.values
    table = section.tables[0]
    said = [s.text for s in topic.sentences() if s.text.startswith(f"{label}, as one more")]
    return Answer(
        words=(_plausible(data, checks), *said),
        tables=(replace(table, rows=tuple(row for row in table.rows if row[0].text == label)),),
        rows=[_row(check) for check in checks],
        seeds=runs_of(data, dict.fromkeys(check.learner for check in checks)),
        figures=tuple(_figures(data, checks)),
        values=" / ".join(number(values[s]) for s in data.scenarios if s in values),
        how=HOW,
    )


def _plausible(data: ReportData, checks: Sequence[Check]) -> str:
    """In which scenarios it may be one more run of which learner."""
    inside: dict[str, list[str]] = {data.names[check.learner]: [] for check in checks}
    for check in checks:
        if check.result.inside:
            inside[data.names[check.learner]].append(check.scenario)
    some = [f"{name} in {listed(found)}" for name, found in inside.items() if found]
    none = [name for name, found in inside.items() if not found]
    nowhere = f"; of {listed(none)} in no scenario" if none else ""
    if not some:
        return f"A plausible run of {listed(none)} in no scenario."
    return f"A plausible run of {'; of '.join(some)}{nowhere}."


def _row(check: Check) -> dict[str, object]:
    result = check.result
    return {
        "published": check.row.label,
        "scenario": check.scenario,
        "value": result.published,
        "learner": check.learner,
        "n_seeds": result.n,
        **with_limits("further_run", result.prediction),
        "inside": result.inside,
        "percentile": result.percentile,
        "p_equivalence": result.tost_p,
    }


def _figures(data: ReportData, checks: Sequence[Check]) -> Iterator[Plot]:
    """For each scenario: runs and where 95 % of further ones fall, with the published value."""
    for scenario in dict.fromkeys(check.scenario for check in checks):
        mine = [check for check in checks if check.scenario == scenario]
        rows = [
            Row(
                data.names[one.learner],
                tuple(data.values(one.learner, scenario).values()),
                one.result.prediction,
            )
            for one in mine
        ]
        line = Line("published", mine[0].result.published)
        alt = f"{scenario}: every run, and where 95 % of further runs fall."
        label = "MAE; bars: 95 % of further runs"
        yield forest(f"claim-{scenario}", scenario, alt, rows, label, (line,))
