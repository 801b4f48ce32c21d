"""One thing that `verify` found, and the file it is about."""

from dataclasses import dataclass
from pathlib import Path

from coldbench.errors import StoreError, shorten

__all__ = ["Finding", "damage"]


@dataclass(frozen=True)
class Finding:
    """kind `damage`: the study cannot be trusted as it is; `hole`: a planned run is missing;
    `note`: worth knowing, such as runs made with different versions of a library; unsure: a note
    of a run that could be another one without being found out here."""

    kind: str
    file: Path
    text: str
    unsure: bool = False

    def __str__(self) -> str:
        return f"{self.kind}: {shorten(str(self.file), 300)[1:-1]}: {self.text}"


def damage(file: Path, error: StoreError | str) -> Finding:
    """A finding of damage; a message that starts with the file is not repeated."""
    text = str(error)
    for name in (str(file), "cannot read " + str(file)):
        text = text.removeprefix(name).lstrip(": ").removeprefix("is ")
    return Finding("damage", file, " ".join(text.split()))
