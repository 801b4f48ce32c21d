"""A learner that looks for the true ratings when its module is imported, which no job has begun."""

from pathlib import Path

from tests.audit.cheats import Honest

if Path("/proc/self/environ").is_file():
    GIVEN = Path("/proc/self/environ").read_bytes()


class Imports(Honest):
    """Honest but for its module."""
