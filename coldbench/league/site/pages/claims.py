"""A page for each published claim: the question, the answer, and the study behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coldbench.league.site.claims.answer import Answer
from coldbench.league.site.claims.described import Claim, claims
from coldbench.league.site.files import Files
from coldbench.league.site.reported import Reported
from coldbench.league.site.sheets import Sheet
from coldbench.report.formats.csv import to_files

__all__ = ["Answered", "add_claims", "all_claims"]


@dataclass(frozen=True, slots=True)
class Answered:
    """A claim with its answer and the study that gave it, or why there is none."""

    claim: Claim
    answer: Answer | None
    study: Reported | None
    why: str = ""

    @property
    def page(self) -> str:
        return f"claims/{self.claim.key}.html"

    @property
    def question(self) -> str:
        values = self.answer.values if self.answer else ""
        return self.claim.question.replace("{values}", values or "those published")

    @property
    def short(self) -> str:
        """The first sentence of the answer."""
        return self.answer.words[0] if self.answer and self.answer.words else self.why


def add_claims(files: Files, answered: Sequence[Answered]) -> None:
    """The list of claims and a page for each."""
    for one in answered:
        stem = f"claims/{one.claim.key}"
        sheets: list[Sheet] = []
        if one.answer:
            files.texts |= to_files(
                {f"{stem}.csv": one.answer.rows, f"{stem}-seeds.csv": one.answer.seeds}
            )
            sheets = [Sheet(table, one.claim.key) for table in one.answer.tables]
        files.page("claim.html", one.page, one.question, one=one, sheets=sheets)
    files.page("claims.html", "claims.html", "Published claims", answered=answered)


def all_claims(found: Mapping[str, Answered]) -> list[Answered]:
    """All claims in their order; those without a study say which one would answer them."""
    return [found.get(one.key) or Answered(one, None, None, _missing(one)) for one in claims()]


def _missing(claim: Claim) -> str:
    how = f": `coldbench run --config {claim.config}` makes it" if claim.config else ""
    return f"No study at hand answers this; it would be {claim.studies[0]}{how}."
