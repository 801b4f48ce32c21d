"""What a study says of a claim, by the kind of the claim."""

from collections.abc import Callable, Mapping

from coldbench.league.site.claims import duel, published, rounding, section, spread, variants
from coldbench.league.site.claims.answer import Answer
from coldbench.league.site.claims.described import Claim
from coldbench.report.study import ReportData

__all__ = ["KINDS", "answer_to"]

KINDS: Mapping[str, Callable[[Claim, ReportData], Answer]] = {
    "published": published.answer,
    "spread": spread.answer,
    "duel": duel.answer,
    "rounding": rounding.answer,
    "section": section.answer,
    "variants": variants.answer,
}


def answer_to(claim: Claim, data: ReportData) -> Answer:
    """Raises UsageError where the study lacks what the claim is about."""
    return KINDS[claim.kind](claim, data)
