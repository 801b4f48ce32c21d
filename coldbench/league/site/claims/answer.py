"""The answer to a claim, before it has a page."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from coldbench.report.drawing.style import Plot
from coldbench.report.topic import Rows
from coldbench.text import Table

__all__ = ["Answer"]


@dataclass(frozen=True, slots=True)
class Answer:
    """words: the first is the answer; rows: of the table, in full precision; seeds: of each run
    behind it; values: what `{values}` of the question stands for; how: to read the numbers."""

    words: tuple[str, ...]
    tables: tuple[Table, ...]
    rows: Rows
    seeds: Rows
    figures: tuple[Plot, ...] = ()
    values: str = ""
    how: str = ""
    svgs: Mapping[str, str] = field(default_factory=dict)
