"""Data: how they were read, what to doubt of them, and which learners read their content."""

from collections.abc import Sequence
from functools import cached_property

from coldbench.report.topic import Sentence, Topic
from coldbench.running import RunRecord
from coldbench.text import Cell, Column, Section, Table, display_name, plain

__all__ = ["DataTopic"]

HOW = (
    "Equal rows (users, items and values, row by row) mean equal splits and episodes in any "
    "edition of the data, as long as times and the years of items are equal, too; content is what "
    "learners may read besides. Whether one reads it is seen in its runs."
)


class DataTopic(Topic):
    """Nothing is said of studies whose plan and runs are of earlier versions."""

    order = 195

    @cached_property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """(what, value) pairs."""
        data, readers = self.data.manifest.data, _readers(self.data.records)
        names = {True: "learners that read content", False: "learners that read ratings alone"}
        facts = [
            ("rows (SHA-256)", data.rows_sha256),
            ("content (SHA-256)", data.content_sha256),
            *((what, ", ".join(readers.get(reads, ()))) for reads, what in names.items()),
            *(("understood", plain(sentence)) for sentence in data.understood),
            *(("warning", plain(sentence)) for sentence in data.warnings),
        ]
        return tuple((what, value) for what, value in facts if value)

    def section(self) -> Section | None:
        if not self.facts:
            return None
        columns = (Column("what", False), Column("value", False))
        rows = tuple((Cell(what), Cell(value)) for what, value in self.facts)
        tables = (Table("data-facts", "Data", columns, rows),)
        return Section("data", "Data", "Data", HOW, (), tables, paper=False)

    def sentences(self) -> list[Sentence]:
        count = len(self.data.manifest.data.warnings)
        words = "1 warning" if count == 1 else f"{count} warnings"
        text = f"The data were opened with {words}: read what they say before the results."
        return [Sentence(text, "data", "warning")] if count else []


def _readers(records: Sequence[RunRecord]) -> dict[bool, tuple[str, ...]]:
    """Names of the learners that read content fields in a run, and of those that never did."""
    read: dict[str, bool] = {}
    for record in records:
        parts = record.provenance.get("content_read")
        if isinstance(parts, list):
            fields = any(str(part).endswith("_fields") for part in parts)
            read[record.job.learner] = read.get(record.job.learner, False) or fields
    return {
        reads: tuple(display_name(name) for name, does in read.items() if does == reads)
        for reads in (True, False)
    }
