"""A good entry earns all marks; each bad one is refused by the check that is made for it."""

from pathlib import Path

import pytest

from coldbench.league.entries.marks import Review, read_review
from coldbench.league.entries.reviewing import review
from coldbench.league.packs.opening import Pack


def test_a_good_entry_passes(entry: Path, pack: Pack) -> None:
    told: list[str] = []
    found = review(entry, str(pack.path), told=lambda check: told.append(str(check)))
    assert found.passed, found
    assert found.mark == "fresh seeds passed"
    print("\n".join(told))
