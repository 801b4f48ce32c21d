"""The signs behind the numbers of a paper's table."""

__all__ = ["ABSENT", "SIGNS"]

ABSENT = "–"  # no finished run
SIGNS = {"contender": "●", "unsettled": "○", "ahead": "○", "partial": "‡"}
