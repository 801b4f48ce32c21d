"""The command line: how long it takes to start, and to write a report of 1,000 runs."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.clock import seconds
from benchmarks.data import line, repeated
from benchmarks.line import Line
from benchmarks.options import Options

__all__ = ["report", "start"]

NAMES = ["mamo", "melu", "bias", *(f"learner-{k}" for k in range(4, 11))]


def start(options: Options) -> Iterator[Line]:
    """`coldbench --help`, as a new process."""
    command = [sys.executable, "-m", "coldbench", "--help"]

    def run(_: int) -> object:
        return subprocess.run(command, check=True, capture_output=True)

    yield line("command line", "coldbench --help", repeated(run, options.repeats), 0.5)


def report(options: Options) -> Iterator[Line]:
    """`coldbench report`, as a new process, of ten learners x 100 seeds of invented predictions,
    four scenarios, every metric."""
    from tests.report.fake import fake_study

    seeds = 10 if options.quick else 100
    with TemporaryDirectory() as folder:
        study = fake_study(Path(folder) / "study", NAMES, seeds)
        command = [sys.executable, "-m", "coldbench", "report", str(study.path)]
        spent = seconds(lambda: subprocess.run(command, check=True, capture_output=True))
    yield Line("report", f"of {10 * seeds:,} runs", spent, "s", 10, at_most=True)
