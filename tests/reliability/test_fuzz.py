"""Mutated records, plans, predictions, answers and configurations: a named error or a sound value.

Hypothesis is not used here: thousands of plain random edits in a second are worth more than
shrinking. Mutated raw data files are in tests/data/test_fuzz.py.
"""

import shutil
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from coldbench.errors import ColdbenchError
from coldbench.options import parse_assignments
from coldbench.running.backends.wire import packed, unpacked
from coldbench.running.encoding import decode
from coldbench.running.run import run_job
from coldbench.study.config import StudyConfig, read_config
from coldbench.study.planning import plan
from coldbench.study.store import Study
from coldbench.study.verification import verify
from tests.reliability.faults import damaged

MANY = [80, pytest.param(10_000, marks=pytest.mark.slow)]
PIECES = [
    b"\0", b"\xff", b"NaN", b"1e999", b"-1", b"null", b"[]", b"{}", b'"', b"[" * 2000, b"9" * 5000,
    b"\\ud800", b"!!python/object/apply:os.system [true]", b"&a [*a]", b"*a", b"<<: *a", b"0x1F",
    b"\xe2\x80\xa8", b"\t", b"\r", b"../../x", b"12:30:00", b"2001-01-01", b"!!binary x", b"? a",
]  # fmt: skip
YAML = b"""models: [bias, ridge]
seeds: 3
dataset: synthetic
dataset_options: {n_users: 150, n_items: 120}
options:
  bias: {shrink_user: 2.5}
shots: [0, 1, 5]
out: results/x
"""


def inputs(data: bytes, count: int) -> list[bytes]:
    """So many mutations of the bytes, of one to three edits each."""
    rng = np.random.default_rng(0)
    found = []
    while len(found) < count:
        made = data
        for _ in range(int(rng.integers(1, 4))):
            made = damaged(made or data, rng)
        if rng.integers(2):
            place, piece = int(rng.integers(len(made) + 1)), PIECES[int(rng.integers(len(PIECES)))]
            made = made[:place] + piece + made[place + int(rng.integers(8)) :]
        found.append(made)
    return found


def survives(data: bytes, count: int, read: Callable[[bytes], object], *named: type) -> None:
    """`read` returns or raises one of the named errors, with one short message."""
    refused = longest = 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for made in inputs(data, count):
            try:
                read(made)
            except named as error:
                refused += 1
                longest = max(longest, len(str(error)))
    print(f"{count} inputs, {refused} refused with a named error")
    assert refused > count // 4
    assert longest < 2000


@pytest.mark.parametrize("count", MANY)
def test_records(study: Study, count: int) -> None:
    file = next(study.runs.glob("*/record.json"))

    def read(data: bytes) -> None:
        file.write_bytes(data)
        study.record(file.parent.name)

    survives(file.read_bytes(), count, read, ColdbenchError)


@pytest.mark.parametrize("count", [60, pytest.param(10_000, marks=pytest.mark.slow)])
def test_plans(study: Study, count: int) -> None:
    file = study.path / "study.json"
    shutil.rmtree(study.runs)

    def read(data: bytes) -> None:
        file.write_bytes(data)
        verdict = verify(study.path)
        assert not verdict.passed

    survives(file.read_bytes(), count, read, ColdbenchError)


@pytest.mark.parametrize("count", MANY)
def test_predictions(study: Study, count: int) -> None:
    file = next(study.runs.glob("*/predictions.parquet"))
    survives(file.read_bytes(), count, decode, ValueError)


@pytest.mark.parametrize("count", MANY)
def test_answers_of_workers(config: StudyConfig, count: int) -> None:
    job = plan(config)[1][0]
    survives(packed(run_job(job)), count, lambda data: unpacked(data, job), ColdbenchError)


@pytest.mark.parametrize("count", MANY)
def test_configurations(tmp_path: Path, count: int) -> None:
    file = tmp_path / "study.yaml"

    def read(data: bytes) -> None:
        file.write_bytes(data)
        read_config(file, {})

    survives(YAML, count, read, ColdbenchError)


@pytest.mark.parametrize("count", MANY)
def test_assignments(count: int) -> None:
    def read(data: bytes) -> None:
        parse_assignments([data.decode("utf-8", "surrogateescape")])

    survives(b"bias.shrink_user=[1, 2.5, {a: b}]", count, read, ColdbenchError)
