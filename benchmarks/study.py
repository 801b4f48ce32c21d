"""The ten-seed study of mamo and melu on one and on two workers, as a user runs it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.clock import seconds
from benchmarks.line import Line, Ratio
from benchmarks.options import Options
from coldbench.data import open_dataset

__all__ = ["study"]


def study(options: Options) -> Iterator[Line]:
    """Training to the stopping rule, and four scenarios; the targets are for ML-1M."""
    open_dataset(options.dataset)  # preparing is another benchmark
    seeds = 2 if options.quick else 10
    named = f"study, {seeds} seeds, {Path(options.dataset).name}"
    spent = {workers: run(options, seeds, workers) for workers in (1, 2)}
    yield Line(named, "1 worker", spent[1], "s")
    yield Line(named, "2 workers", spent[2], "s", 180, at_most=True)
    gain = spent[1] / spent[2]
    figure = "2 workers beside 1, on so many cores"
    count = float(os.cpu_count() or 1)
    yield Line(named, figure, count, "", 1.8, ratio=Ratio(gain, gain, gain))


def run(options: Options, seeds: int, workers: int) -> float:
    """Seconds of the whole command, in a folder of its own."""
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "coldbench", "run", "--models", "mamo,melu"]
        command += ["--dataset", options.dataset, "--seeds", str(seeds)]
        command += ["--workers", str(workers), "--out", folder]
        command += ["--set", "mamo.epochs=1", "--set", "melu.epochs=1"] if options.quick else []
        return seconds(lambda: subprocess.run(command, check=True, capture_output=True))
