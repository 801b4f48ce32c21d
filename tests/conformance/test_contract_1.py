"""Packages written for contract 1 work: every line of what `coldbench new` made at that time."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.reliability.conftest import package

EARLIER = Path(__file__).parent / "contract_1"
ROOT = EARLIER.parent.parent.parent
POINTS = {
    "learners": "old_learner:OldLearner",
    "datasets": "old_dataset:OldDataset",
    "metrics": "old_metric:metric",
}
PROGRAM = """
from pathlib import Path
from coldbench import StudyConfig, check_dataset, check_learner, check_metric, run_study

if __name__ == "__main__":
    check_learner("old-learner")
    check_dataset("old-dataset")
    check_metric("old-metric")
    config = StudyConfig(
        models=("old-learner",), dataset="old-dataset", seeds=1, out=Path("study"), yardsticks=False
    )
    (record,) = run_study(config, workers=1).records()
    assert record.status == "finished", record.reason
    scores = [row.value for row in record.scores if row.metric == "old-metric"]
    assert scores and None not in scores, record.scores
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Of a process in which a package of that time is installed."""
    for group, target in POINTS.items():
        kind = group[:-1]
        package(tmp_path, f"old_{kind}", {f"old-{kind}": target}, group)
    paths = os.pathsep.join(map(str, (tmp_path, EARLIER, ROOT)))
    return {**os.environ, "PYTHONPATH": paths, "COLDBENCH_CACHE": str(tmp_path / "cache")}


@pytest.mark.thorough
def test_they_pass_every_check_and_run(environment: dict[str, str], tmp_path: Path) -> None:
    command = [sys.executable, "-W", "always::DeprecationWarning", "-c", PROGRAM]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-4000:]
    for path in ("coldbench.learner", "coldbench.datasets", "coldbench.metrics.metric"):
        assert f"{path} is an import path of an earlier coldbench: import from" in done.stderr
