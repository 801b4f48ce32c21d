"""What HTML and Markdown need of a document: a study's, or a league's over several studies."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from coldbench.report.drawing.style import Plot
from coldbench.report.topic import Rows, Sentence
from coldbench.text import Section, Table

__all__ = ["Opening", "Page"]


class Opening(Protocol):
    """What is said first. tall: whether the picture is one, which stands beside the answer; marked:
    whether its table has the marks of a league."""

    tall: bool
    marked: bool

    @property
    def answer(self) -> tuple[str, ...]:
        """In a few sentences."""

    @property
    def top(self) -> Table:
        """The first rows."""

    @property
    def plot(self) -> Plot | None:
        """In one picture."""


class Page(Protocol):
    """A document before it has a format; figures by key, files by name."""

    @property
    def front(self) -> Opening:
        """Its first screen."""

    @property
    def title(self) -> str:
        """In a few words."""

    @property
    def lead(self) -> str:
        """What it is about, in a sentence or two."""

    @property
    def scenarios(self) -> Sequence[str]:
        """Those that it speaks of."""

    @property
    def sections(self) -> tuple[Section, ...]:
        """In order."""

    @property
    def figures(self) -> Mapping[str, Plot]:
        """That of the first screen first."""

    @property
    def files(self) -> Mapping[str, Rows]:
        """Rows of CSV files."""

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """Verdicts, warnings first."""
