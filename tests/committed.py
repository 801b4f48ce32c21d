"""Committed studies: the one place where tests learn where they lie and whether they are there."""

from pathlib import Path

import pytest

__all__ = ["committed"]

RESULTS = Path(__file__).parent.parent / "results"


def committed(name: str) -> Path:
    """The folder of a committed study; a copy of the project without any skips, and says why."""
    if not RESULTS.is_dir():
        pytest.skip(f"no {RESULTS}: tests of committed studies need a clone of the project")
    folder = RESULTS / name
    assert folder.is_dir(), f"results/ lacks {name}, which a file in configs/ or docs/ names"
    return folder
