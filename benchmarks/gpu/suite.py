"""The conformance suite of all learners on a device, by pytest; what was seen so far is kept."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from benchmarks.gpu.sheet import Sheet
from coldbench.conformance.learners import CHECKS

__all__ = ["suite"]

ROOT = Path(__file__).parents[2]
FILE = "tests/conformance/test_conformance.py"
CASE = r"\S*test_learner\[([\w.-]+?)-(\w+)\]\S*"
OUTCOME = r"(PASSED|FAILED|ERROR|SKIPPED)"
SEEN = re.compile(rf"{CASE} {OUTCOME}")
REASON = re.compile(rf"^(?:FAILED|ERROR) {CASE} - (.*)$", re.MULTILINE)


def suite(
    device: str, names: Sequence[str], workers: int, log: Path, sheet: Sheet, deadline: float
) -> None:
    """Of these learners, some in each process; interrupted at `deadline` (time.monotonic)."""
    shares = [names[n::workers] for n in range(min(workers, len(names)))]
    running = [_started(device, share) for share in shares]
    with log.open("w", encoding="utf-8") as file:
        for process, output in running:
            _await(process, [each for each, _ in running], deadline)
            output.seek(0)
            text = output.read()
            output.close()
            file.write(text)
            for row in results(text):
                sheet.add({"device": device, **row})


def _started(device: str, names: Sequence[str]) -> tuple[subprocess.Popen[bytes], IO[str]]:
    """A process and the file of what it prints: a pipe that nobody reads would fill up."""
    cases = [f"{FILE}::test_learner[{name}-{check}]" for name in names for check in CHECKS]
    command = [
        sys.executable, "-m", "pytest", *cases, "-v", "-rfE", "--tb=short", "-W", "default",
        "-p", "no:cacheprovider", "--device", device,
        "-m", "",
    ]  # fmt: skip
    output = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115
    wide = {**os.environ, "COLUMNS": "400"}  # else reasons are cut off
    process = subprocess.Popen(command, cwd=ROOT, env=wide, stdout=output, stderr=subprocess.STDOUT)
    return process, output


def _await(
    process: subprocess.Popen[bytes], every: Sequence[subprocess.Popen[bytes]], deadline: float
) -> None:
    """Until the process ends; at the deadline all are interrupted, and still say what failed."""
    try:
        process.wait(max(deadline - time.monotonic(), 0))
    except subprocess.TimeoutExpired:
        for running in every:
            running.send_signal(signal.SIGINT)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def results(text: str) -> list[dict[str, Any]]:
    """A record of each learner, from what pytest printed: counts, and the reasons of failures."""
    seen: dict[str, Counter[str]] = {}
    for learner, _, outcome in SEEN.findall(text):
        seen.setdefault(learner, Counter())[outcome.lower()] += 1
    reasons: dict[str, dict[str, str]] = {}
    for learner, check, reason in REASON.findall(text):
        reasons.setdefault(learner, {})[check] = reason
    known = sorted(seen.items())
    return [{"learner": n, **count, "reasons": reasons.get(n, {})} for n, count in known]
