"""Learners from outside: the entries among what a site is made of, and what each has earned."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from coldbench.errors import StoreError
from coldbench.league.entries.form import ENTRY, STUDY, Submission
from coldbench.league.entries.marks import Review, read_review
from coldbench.league.entries.received import receive
from coldbench.league.site.places import Place, places_of
from coldbench.report.study import build
from coldbench.study import Study

__all__ = ["Entrant", "entrants", "find_entries", "is_entry"]


@dataclass(frozen=True, slots=True)
class Entrant:
    """A learner that entered; places: its own, beside the sentinel that ran with it; review: the
    last one, None where the entry has changed since or there was none."""

    submission: Submission
    review: Review | None
    places: tuple[Place, ...]

    @property
    def learner(self) -> str:
        return self.submission.entered.learner

    @property
    def reference(self) -> str:
        """NAME@RELEASE of the pack."""
        return self.submission.entered.pack

    @property
    def mark(self) -> str:
        return self.review.mark if self.review else "claimed"

    @property
    def reviewed(self) -> str:
        """The day of the review."""
        return self.review.reviewed[:10] if self.review else ""


def find_entries(paths: Sequence[Path]) -> list[Path]:
    """Entries in each path: itself, those right below it, and those of the folders below it."""
    found = {
        file.parent.resolve(): file.parent
        for path in paths
        for depth in ("", "*/", "*/*/")
        for file in sorted(path.glob(f"{depth}{ENTRY}"))
        if is_entry(file.parent)
    }
    return list(found.values())


def is_entry(folder: Path) -> bool:
    """Whether it was written by `--submit`; else it may be the folder of `coldbench enter`."""
    return (folder / ENTRY).is_file() and (folder / STUDY).is_dir()


def entrants(folders: Sequence[Path], spare: Path) -> Iterator[Entrant | StoreError]:
    """Each entry, or why it is not shown; spare: an empty folder for what is copied."""
    for number, folder in enumerate(folders):
        try:
            yield _entrant(folder, spare / str(number))
        except StoreError as error:
            yield error


def _entrant(folder: Path, spare: Path) -> Entrant:
    """Raises StoreError for an entry or a review that was edited."""
    submission = receive(folder, spare)
    entered = submission.entered
    data = build(Study.open(spare / STUDY))
    places = places_of(data, entered.pack, (entered.sentinel,))
    own = tuple(place for place in places if place.learner == entered.learner)
    return Entrant(submission, read_review(folder), own)
