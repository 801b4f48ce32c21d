"""Runs of one learner that were made with several versions of its code."""

import shlex
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from coldbench.errors import StoreError, shorten
from coldbench.running import RunRecord, code_scheme

__all__ = ["Mixed", "mixed", "refuse_mixed"]


@dataclass(frozen=True)
class Mixed:
    """codes: how many runs of the learner each fingerprint of its code made."""

    learner: str
    codes: Mapping[str, int]

    def sentence(self, study: Path) -> str:
        """What is wrong, and the command that mends it."""
        told = " and ".join(
            f"{shorten(code)[1:-1]} ({n} run{'s' * (n > 1)})" for code, n in self.codes.items()
        )
        mend = shlex.join(["coldbench", "run", "--again", self.learner, "--out", str(study)])
        return (
            f"{shorten(self.learner)} ran with {len(self.codes)} versions of its code, {told}: its "
            f"numbers would be of none of them. `{mend}` runs again those that today's code did "
            "not make"
        )


def mixed(records: Iterable[RunRecord]) -> list[Mixed]:
    """The learners whose runs, finished or not, have fingerprints of one scheme that differ."""
    counted: dict[tuple[str, str], Counter[str]] = {}
    for record in records:
        if code := record.code:
            counted.setdefault((record.job.learner, code_scheme(code)), Counter())[code] += 1
    return [Mixed(name, codes) for (name, _), codes in counted.items() if len(codes) > 1]


def refuse_mixed(records: Iterable[RunRecord], study: Path) -> None:
    """Raises StoreError for the first learner whose code was changed between its runs."""
    for one in mixed(records):
        raise StoreError(one.sentence(study))
