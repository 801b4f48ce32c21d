"""A run is confined: whatever a learner does ends as a record."""

import gc
import os
import signal
import sys
import warnings

import numpy as np
import pytest
import torch

from coldbench.running.origin import VARIABLES
from coldbench.running.records import Job
from coldbench.running.run import run_job
from coldbench.study.config import StudyConfig
from coldbench.study.planning import plan
from coldbench.study.store import Study
from tests.committed import committed


def outcome(config: StudyConfig, name: str = "toy", **options: object):  # type: ignore[no-untyped-def]
    chosen = config.model_copy(
        update={"models": (name,), "seeds": 1, "options": {name: options} if options else {}}
    )
    return run_job(plan(chosen)[1][0])


@pytest.mark.parametrize(
    ("fault", "status", "reason"),
    [
        ("raise", "failed", "RuntimeError: boom"),
        ("exit", "failed", "SystemExit: 7"),
        ("shape", "failed", "returned shape"),
        ("type", "failed", "returned ndarray"),
        ("mutate", "failed", "read-only"),
        ("nan", "diverged", "not finite"),
        ("decline", "declined", "no reason"),
    ],
)
def test_faults_become_records(
    config: StudyConfig, toys: None, fault: str, status: str, reason: str
) -> None:
    record = outcome(config, fault=fault).record
    assert record.status == status
    assert reason in record.reason
    assert record.scores == []


def test_what_a_learner_sets_for_its_process_ends_with_it(config: StudyConfig, toys: None) -> None:
    before = _surroundings()
    record = outcome(config, fault="rude").record
    assert record.status == "finished"
    assert _surroundings() == before


def _surroundings() -> tuple[object, ...]:
    return (
        torch.get_default_dtype(), torch.is_grad_enabled(), torch.is_anomaly_enabled(),
        torch.get_num_threads(), np.geterr(), signal.getsignal(signal.SIGALRM),
        signal.getitimer(signal.ITIMER_REAL), dict(os.environ), os.getcwd(), gc.isenabled(),
        sys.getrecursionlimit(), warnings.filters[:],
    )  # fmt: skip


def test_output_is_kept_aside(
    config: StudyConfig, toys: None, capsys: pytest.CaptureFixture[str]
) -> None:
    record = outcome(config, fault="print").record
    assert record.status == "finished"
    assert record.log == "hello from the learner\n"
    assert capsys.readouterr().out == ""


def test_global_generators_are_repeatable_inside_and_restored(
    config: StudyConfig, toys: None
) -> None:
    torch.manual_seed(1)
    np.random.seed(1)  # noqa: NPY002
    before = torch.get_rng_state(), np.random.get_state()[1].copy()  # noqa: NPY002
    first = outcome(config, "drawn", fault="seed")
    assert torch.equal(torch.get_rng_state(), before[0])
    assert np.array_equal(np.random.get_state()[1], before[1])  # noqa: NPY002
    torch.manual_seed(2)
    second = outcome(config, "drawn", fault="seed")
    assert np.array_equal(first.predictions.score, second.predictions.score)


def test_the_record_traces_the_run(config: StudyConfig) -> None:
    record = outcome(config, "bias").record
    assert record.job_hash == record.job.hash
    assert record.n_parameters > 0
    assert record.seconds["total"] > 0
    assert {row.scenario for row in record.scores} == {"W-W", "W-C", "C-W", "C-C"}
    assert all(row.best is not None for row in record.scores)
    assert record.provenance["libraries"]["torch"]
    assert set(record.provenance["environment"]) <= set(VARIABLES)


def test_shots_and_scenarios(config: StudyConfig) -> None:
    chosen = config.model_copy(update={"shots": (0, 2), "scenarios": ("C-W",)})
    scores = outcome(chosen, "bias").record.scores
    assert {(row.scenario, row.shots) for row in scores} == {
        ("C-W", -1), ("C-W", 0), ("C-W", 2),
    }  # fmt: skip


@pytest.mark.parametrize("name", ["sources-ml-1m", "mamo-memories"])
def test_jobs_of_earlier_versions_keep_their_hashes(name: str) -> None:
    """They were stored before there was a fifth stream, which no run of theirs used."""
    study = Study.open(committed(name))
    for record in study.records():
        assert record.job.hash == record.job_hash
        assert record.job.seeds.rounding == 0
        stored = study.contents(record.job_hash)["job"]["seeds"]
        assert record.job.model_dump(mode="json")["seeds"] == stored
        assert len(stored) == 4


def test_noise_is_part_of_a_job(config: StudyConfig) -> None:
    job = plan(config)[1][0]
    noisy = job.model_copy(update={"seeds": job.seeds._replace(rounding=2)})
    assert noisy.hash != job.hash
    assert noisy.model_dump(mode="json")["seeds"] == [0, 0, 0, 0, 2]
    assert Job.model_validate_json(noisy.model_dump_json()) == noisy
