"""What a site consists of before it is written: text by its place from the root."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from coldbench.league.site.frame import Frame
from coldbench.league.site.places import Place
from coldbench.league.site.sheets import csv_files, rows_of, seed_rows

__all__ = ["Files"]


@dataclass
class Files:
    """texts: by place."""

    frame: Frame
    texts: dict[str, str] = field(default_factory=dict)

    def page(self, template: str, place: str, title: str, **given: object) -> None:
        """Add a page; given: what its template needs."""
        self.texts[place] = self.frame.page(template, place, title, **given)

    def tables(self, stem: str, places: Sequence[Place]) -> None:
        """Add the two CSV files of a table about these."""
        self.texts |= csv_files(stem, rows_of(places), seed_rows(places))
