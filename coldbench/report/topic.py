"""A topic: what one part of the report says, in numbers, tables, figures, files and words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

if TYPE_CHECKING:
    from coldbench.report.drawing.style import Plot
    from coldbench.report.study import ReportData
    from coldbench.statistics import Interval
    from coldbench.text import Section

__all__ = ["ALONE", "Rows", "Sentence", "Topic", "with_limits"]

Rows = pd.DataFrame | Sequence[Mapping[str, object]]  # of a CSV file: values by column
ALONE = "n/a: one learner, nothing to compare."


@dataclass(frozen=True, slots=True)
class Sentence:
    """section: the key of the section with its numbers; kind: shown, open, warning; subject: a
    scenario, or what else a reader may look for."""

    text: str
    section: str
    kind: str = "open"
    subject: str = ""


class Topic:
    """A class in a file of its own under `topics/`, which is all that it takes to be found.

    order: its place in the report. Its numbers are cached properties, so that every format shows
    the same ones; those of another topic are `self.data.of(Other)`.
    """

    order: ClassVar[int]

    def __init__(self, data: "ReportData") -> None:
        self.data = data

    def section(self) -> "Section | None":
        """None where the study has nothing to say about it; figures are added by key."""
        return None

    def figures(self) -> "Sequence[Plot]":
        """Nothing is drawn yet."""
        return ()

    def files(self) -> Mapping[str, Rows]:
        """The rows of CSV files by name, in full precision; a file without rows is not written."""
        return {}

    def sentences(self) -> Sequence[Sentence]:
        """For the first screen, never stronger than the numbers."""
        return ()


def with_limits(name: str, value: "Interval") -> dict[str, float | None]:
    """Three columns of a CSV file: `name`, `name_low`, `name_high`."""
    return {name: value.value, f"{name}_low": value.low, f"{name}_high": value.high}
