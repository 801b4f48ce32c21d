"""The conformance suite of all learners on a device, by pytest; what was seen so far is kept."""

import re
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.gpu.sheet import Sheet

__all__ = ["suite"]

ROOT = Path(__file__).parents[2]
SEEN = re.compile(r"(PASSED|FAILED|ERROR|SKIPPED) \S*test_learner\[([\w.-]+?)-(\w+)\]")
REASON = re.compile(r"^(?:FAILED|ERROR) \S*test_learner\[([\w.-]+?)-(\w+)\] - (.*)$", re.MULTILINE)


def suite(device: str, workers: int, only: str, log: Path, sheet: Sheet, deadline: float) -> None:
    """only: an expression of pytest's -k. At `deadline` (time.monotonic) it is interrupted."""
    command = [
        sys.executable, "-m", "pytest", "tests/conformance/test_conformance.py", "-v", "-rfE",
        "--tb=short", "-W", "default", "-p", "no:cacheprovider", "--device", device, "-k", only,
    ]  # fmt: skip
    if workers > 1:
        command += ["-n", str(workers), "--dist", "loadgroup"]
    with log.open("w", encoding="utf-8") as file:
        process = subprocess.Popen(command, cwd=ROOT, stdout=file, stderr=subprocess.STDOUT)
        try:
            process.wait(max(deadline - time.monotonic(), 1))
        except subprocess.TimeoutExpired:
            _end(process)
    for row in results(log.read_text("utf-8", "replace")):
        sheet.add({"device": device, **row})


def results(text: str) -> list[dict[str, Any]]:
    """A record of each learner, from what pytest printed: counts, and the reasons of failures."""
    seen: dict[str, Counter[str]] = {}
    for outcome, learner, _ in set(SEEN.findall(text)):
        seen.setdefault(learner, Counter())[outcome.lower()] += 1
    reasons: dict[str, dict[str, str]] = {}
    for learner, check, reason in REASON.findall(text):
        reasons.setdefault(learner, {})[check] = reason
    known = sorted(seen.items())
    return [{"learner": n, **count, "reasons": reasons.get(n, {})} for n, count in known]


def _end(process: subprocess.Popen[bytes]) -> None:
    """Interrupted, pytest still says what failed."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
