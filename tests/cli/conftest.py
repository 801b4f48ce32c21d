"""The study of the tests of the report, shown on the terminal."""

from tests.report.conftest import study

__all__ = ["study"]
