"""What an entry has earned, and review.json, which says why.

claimed: anyone may write an entry. replayed: it is whole, the same study as the reference's, its
code is the code installed here, which is sound and clean, and stored runs repeat. fresh seeds
passed: besides, runs on seeds that nobody knew before give what its own runs let expect. Three
runs (`--lite`), and runs that spread far, let expect nearly anything, and earn no such mark; where
fresh runs come out otherwise, the entry is claimed again.
"""

import json
from math import inf
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from coldbench.errors import StoreError, shorten
from coldbench.league.entries.form import REVIEW
from coldbench.league.entries.fresh import REACH
from coldbench.running import seal, sealed
from coldbench.study import Study
from coldbench.text import plain

__all__ = ["ASKING", "BEFORE", "Check", "Mark", "Review", "read_review", "write_review"]

Mark = Literal["claimed", "replayed", "fresh seeds passed"]
FRESH = "fresh seeds"
BEFORE = ("plugin", "study")  # without which the learner is not asked
ASKING = ("claims", "conformance", "audit", "replay", FRESH)
CHECKS = ("seal", *BEFORE, *ASKING)
LARGEST = 2_000_000  # bytes of review.json


class Check(BaseModel):
    """One check: said in a sentence, with what was measured; passed: None where it was not run,
    since one before it failed."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str
    passed: bool | None
    said: str
    more: tuple[str, ...] = ()
    measured: list[dict[str, Any]] = []

    @field_validator("said", "more")
    @classmethod
    def _shown(cls, told: str | tuple[str, ...]) -> str | tuple[str, ...]:
        """Text of a stranger's entry is in it, and it goes to terminals and into a file."""
        return plain(told) if isinstance(told, str) else tuple(map(plain, told))

    def __str__(self) -> str:
        word = {True: "ok", False: "FAIL", None: "-"}[self.passed]
        return "\n".join([f"{word:<6}{self.name}: {self.said}", *(f"      {x}" for x in self.more)])


class Review(BaseModel):
    """entry: SHA-256 of entry.json, "" where it could not be read; seeds: the fresh ones, drawn:
    by the review itself; lite: an entry of three seeds; draw: of the runs to replay and to audit;
    by: machine, versions and revision of the review; requires: the versions here of what the
    plugin's package requires; reviewed: when, in UTC."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    schema_version: int = 1
    entry: str = ""
    learner: str = ""
    reference: str = ""
    checks: tuple[Check, ...]
    seeds: tuple[int, ...] = ()
    drawn: bool = True
    lite: bool = False
    draw: int = 0
    reviewed: str = ""
    by: dict[str, Any] = {}
    requires: dict[str, str] = Field({}, exclude_if=lambda value: not value)
    sha256: str = ""

    @property
    def passed(self) -> bool:
        """Whether every check was run, none other, and all passed."""
        return self._complete and all(check.passed for check in self.checks)

    @property
    def _complete(self) -> bool:
        return tuple(check.name for check in self.checks) == CHECKS

    @property
    def mark(self) -> Mark:
        """The highest that it has earned; seeds that somebody named show nothing new."""
        if not self.passed:  # fresh seeds that came out otherwise speak against the stored ones too
            return "claimed"
        return "fresh seeds passed" if self._shows else "replayed"

    @property
    def _shows(self) -> bool:
        """Whether the fresh seeds could have come out otherwise."""
        return self.drawn and not self.lite and self._reach <= REACH

    @property
    def _reach(self) -> float:
        """How much worse than claimed a mean could be without being found out, as a share of the
        MAE, in the scenario where it is most; of the two quantities of a scenario the better."""
        least: dict[Any, float] = {}
        for one in (one for check in self.checks if check.name == FRESH for one in check.measured):
            scenario, reach = one.get("scenario"), one.get("reach")
            if isinstance(scenario, str) and isinstance(reach, float):
                least[scenario] = min(reach, least.get(scenario, inf))
        return max(least.values(), default=inf)

    def __str__(self) -> str:
        wrong = [check.name for check in self.checks if check.passed is False]
        told = shorten(self.learner)[1:-1] or "the entry"
        told += f" against {self.reference}" if self.reference else ""
        if self.passed and not self._shows:
            why = f"its runs spread so far that means {self._reach:.0%} worse would pass"
            why = "the seeds were named" if not self.drawn else why
            why = "three runs let expect nearly anything" if self.lite else why
            return f"{told}: {self.mark}; {why}, which earns no mark for fresh seeds"
        return f"{told}: {self.mark}" + (f"; refused by: {', '.join(wrong)}" if wrong else "")


def write_review(folder: Path, review: Review) -> Path:
    """review.json in the folder of an entry, in place of an earlier one."""
    data = {**json.loads(review.model_dump_json(exclude={"sha256"}))}
    data |= {"mark": review.mark, "passed": review.passed}
    Study(folder).keep(REVIEW, sealed(data))
    return folder / REVIEW


def read_review(folder: Path) -> Review | None:
    """The review of an entry, None where there was none or it is of an earlier entry.json.

    Raises StoreError for one that was edited.
    """
    file = folder / REVIEW
    if not file.exists():
        return None
    try:
        if file.stat().st_size > LARGEST:
            raise StoreError(f"{file} is longer than {LARGEST:,} bytes, so it is not read")
        data = json.loads(file.read_text("utf-8"))
        if data["sha256"] != seal(data):
            raise StoreError(f"{file} does not match its seal: review the entry again")
        review = Review.model_validate(
            {k: v for k, v in data.items() if k not in ("mark", "passed")}
        )
        current = json.loads((folder / "entry.json").read_text("utf-8"))["sha256"]
    except (OSError, ValueError, ValidationError, KeyError, TypeError, RecursionError) as error:
        reason = shorten(" ".join(str(error).split()), 200)
        raise StoreError(f"{file} is damaged: {reason}; review the entry again") from None
    return review if review.entry == current else None
