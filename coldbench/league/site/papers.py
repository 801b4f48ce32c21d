"""The sources of a learner or data set, each with an address where one is known."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from coldbench.report.references import Reference
from coldbench.text import plain

__all__ = ["Paper", "papers_of"]

ARXIV = re.compile(r"arXiv:(\d{4}\.\d{4,5})")
DOI = re.compile(r"10\.\d{4,9}/[\w.()/:;-]+")


@dataclass(frozen=True, slots=True)
class Paper:
    """short: `Dong et al. 2020`; address: `` where none is known."""

    short: str
    title: str
    where: str
    address: str


def papers_of(references: Sequence[Reference]) -> list[Paper]:
    """In their order."""
    return [_paper(one) for one in references]


def _paper(one: Reference) -> Paper:
    fields = {name: _text(value) for name, value in one.fields.items()}
    where = fields.get("booktitle") or fields.get("journal") or fields.get("publisher") or ""
    return Paper(one.short, fields.get("title", ""), where, _address(fields))


def _text(value: str) -> str:
    return plain(re.sub(r"[{}]|\\\W?", "", value))


def _address(fields: dict[str, str]) -> str:
    if DOI.fullmatch(fields.get("doi", "")):
        return f"https://doi.org/{fields['doi']}"
    preprint = ARXIV.search(fields.get("journal", ""))
    if preprint:
        return f"https://arxiv.org/abs/{preprint[1]}"
    return fields["url"] if fields.get("url", "").startswith("https://") else ""
