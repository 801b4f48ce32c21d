"""A card of each learner: where it comes from, its sources, and the options that it ran with."""

from collections.abc import Mapping
from typing import Any

from coldbench.report.references import of_learner
from coldbench.report.study import ReportData
from coldbench.report.topic import Topic
from coldbench.report.topics.tuning import TuningTopic
from coldbench.running import RunRecord
from coldbench.text import NA, Cell, Column, Section, Table, plain

__all__ = ["CardsTopic", "card_of"]

HOW = (
    "What ran under each name. `coldbench describe NAME` says what the options mean, and "
    "`coldbench cite` prints the sources."
)
COLUMNS = ("learner", "from", "code", "tuned", "sources", "options")


class CardsTopic(Topic):
    """Names of learners on the first screen lead here."""

    order = 175

    def section(self) -> Section:
        data = self.data
        records = {record.job.learner: record for record in data.records}
        tuned = data.of(TuningTopic).words
        rows = tuple(
            _row(data, name, records.get(name), tuned.get(name, NA)) for name in data.learners
        )
        columns = tuple(Column(title, numeric=False) for title in COLUMNS)
        table = Table("cards", "Learners", columns, rows)
        return Section("cards", "Learners", "Learners", HOW, (), (table,), paper=False)


def card_of(data: ReportData, learner: str) -> str:
    """The place of a learner's card on the page."""
    return f"card-{list(data.learners).index(learner) + 1}"


def _row(data: ReportData, name: str, record: RunRecord | None, tuned: str) -> tuple[Cell, ...]:
    config = data.manifest.learners.get(name, {})
    base = str(config.get("base", name))
    facts: Mapping[str, Any] = record.provenance if record else {}
    sources = "; ".join(one.short for one in of_learner(base))
    options = {key: value for key, value in config.items() if key != "base"}
    return (
        Cell(data.names[name], f"a {plain(base)}" if base != name else "", at=card_of(data, name)),
        Cell(plain(facts.get("plugin") or "unknown")),
        Cell(plain(facts.get("code") or "unknown")),
        Cell(tuned),
        Cell(sources or "none named"),
        Cell(", ".join(f"{plain(key)} {plain(value)}" for key, value in options.items())),
    )
