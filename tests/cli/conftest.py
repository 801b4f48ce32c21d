"""The study and report of the tests of the report, shown on the terminal."""

from tests.report.conftest import report, study

__all__ = ["report", "study"]
