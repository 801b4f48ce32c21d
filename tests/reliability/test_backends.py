"""Engines: the same numbers from each; damage, deaths and lost engines cost nothing but time."""

import dataclasses
import pickle
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from coldbench.data import open_prepared
from coldbench.errors import ColdbenchError, DataError, UsageError
from coldbench.running import backends
from coldbench.running.backends import Engine, Settings, Source, outcomes
from coldbench.running.backends.collect import collect
from coldbench.running.backends.engine import DeadWorkerError
from coldbench.running.backends.fetch import _intact, fetch
from coldbench.running.backends.wire import packed, unpacked
from coldbench.running.backends.work import work
from coldbench.running.records import Job
from coldbench.running.run import failure, run_job
from coldbench.study.config import StudyConfig
from coldbench.study.drive import run_study, shard_of
from coldbench.study.planning import plan
from tests.reliability.faults import contents, damaged
from tests.waiting import HANG

Act = Callable[[int, Callable[..., bytes], tuple[Any, ...]], bytes]


@pytest.fixture
def jobs(config: StudyConfig) -> list[Job]:
    return plan(config)[1]


@pytest.fixture
def source(config: StudyConfig) -> Source:
    return Source("", config.dataset, config.dataset_options)


class Acting(Executor):
    """Runs `act(number of the call, function, arguments)` instead of the function."""

    def __init__(self, calls: list[int], act: Act) -> None:
        self.calls, self.act = calls, act

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        self.calls.append(len(self.calls))
        future: Future[Any] = Future()
        try:
            future.set_result(self.act(self.calls[-1], fn, args))
        except Exception as error:
            future.set_exception(error)
        return future


def acting(jobs: list[Job], source: Source, act: Act) -> tuple[list[Any], int]:
    """The outcomes of the jobs under a misbehaving executor, and the number of calls."""
    calls: list[int] = []
    engine = Engine(lambda: Acting(calls, act), window=1)
    return list(collect(engine, jobs, Settings(1, source))), len(calls)


def test_an_outcome_survives_the_wire(jobs: list[Job]) -> None:
    sent = run_job(jobs[0])
    got = unpacked(packed(sent), jobs[0])
    assert got.record.model_dump(exclude={"predictions_sha256"}) == sent.record.model_dump(
        exclude={"predictions_sha256"}
    )
    assert sent.predictions is not None
    assert got.predictions is not None
    for field in dataclasses.fields(sent.predictions):
        name = field.name
        assert np.array_equal(getattr(sent.predictions, name), getattr(got.predictions, name))


def test_damaged_answers_are_refused(jobs: list[Job]) -> None:
    data, rng = packed(run_job(jobs[0])), np.random.default_rng(0)
    refused = 0
    for _ in range(300):
        bad = damaged(data, rng)
        if bad != data:
            with pytest.raises(DataError, match="damaged"):
                unpacked(bad, jobs[0])
            refused += 1
    assert refused > 250
    for odd in (b"", None, "text", b"coldbench-outcome 1 9 9 x\n", pickle.dumps(3)):
        with pytest.raises(DataError, match="damaged"):
            unpacked(odd, jobs[0])


def test_the_answer_of_another_job_is_refused(jobs: list[Job]) -> None:
    with pytest.raises(DataError, match="another job"):
        unpacked(packed(run_job(jobs[0])), jobs[1])


@pytest.mark.parametrize("kind", ["damage", "death"])
def test_one_loss_is_made_good(jobs: list[Job], source: Source, kind: str) -> None:
    def act(number: int, fn: Callable[..., bytes], args: tuple[Any, ...]) -> bytes:
        if number == 1 and kind == "death":
            raise DeadWorkerError("killed")
        return fn(*args)[: -1 if number == 1 else None]

    found, calls = acting(jobs, source, act)
    assert {outcome.record.status for outcome in found} == {"finished"}
    assert calls == len(jobs) + 1


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (DeadWorkerError("killed"), "its worker died twice"),
        (ValueError("odd"), "the engine: Value"),
    ],
)
def test_two_losses_fail_that_job_only(
    jobs: list[Job], source: Source, error: Exception, reason: str
) -> None:
    def act(number: int, fn: Callable[..., bytes], args: tuple[Any, ...]) -> bytes:
        if Job.model_validate_json(args[0]) == jobs[1]:
            raise error
        return fn(*args)

    found = {outcome.record.job_hash: outcome.record for outcome in acting(jobs, source, act)[0]}
    assert reason in found.pop(jobs[1].hash).reason
    assert {record.status for record in found.values()} == {"finished"}


def test_of_a_seed_the_slowest_learner_comes_first_once_that_is_known(
    jobs: list[Job], source: Source
) -> None:
    names = list(dict.fromkeys(job.learner for job in jobs))
    slow = names[-1]
    order: list[tuple[int, str]] = []

    def act(number: int, fn: Callable[..., bytes], args: tuple[Any, ...]) -> bytes:
        job = Job.model_validate_json(args[0])
        order.append((job.seeds.split, job.learner))
        seconds = {"total": 9.0 if job.learner == slow else 1.0}
        outcome = failure(job, "failed", "not run")
        record = outcome.record.model_copy(update={"seconds": seconds})
        return packed(dataclasses.replace(outcome, record=record))

    later = [slow, *names[:-1]]
    assert later != names
    for workers, second in ((1, names), (2, later)):
        order.clear()
        engine = Engine(lambda: Acting([], act), window=1)
        list(collect(engine, jobs, Settings(workers, source)))
        assert order == [(0, name) for name in names] + [(1, name) for name in second]


def test_a_lost_engine_is_opened_again(jobs: list[Job], source: Source) -> None:
    def act(number: int, fn: Callable[..., bytes], args: tuple[Any, ...]) -> bytes:
        if number in (1, 3):
            raise BrokenExecutor("gone")
        return fn(*args)

    found, calls = acting(jobs, source, act)
    assert [outcome.record.job_hash for outcome in found] == [job.hash for job in jobs]
    assert calls == len(jobs) + 2


def test_an_engine_that_is_always_lost_is_given_up(jobs: list[Job], source: Source) -> None:
    def act(number: int, fn: Callable[..., bytes], args: tuple[Any, ...]) -> bytes:
        raise BrokenExecutor("gone")

    with pytest.raises(ColdbenchError, match="lost 5 times in a row"):
        acting(jobs, source, act)


@pytest.mark.thorough
def test_a_job_in_a_process_of_its_own(jobs: list[Job], source: Source, strangers: Path) -> None:
    here = next(iter(outcomes("serial", jobs[:1], Settings(1, source))))
    there = next(iter(outcomes("serial", jobs[:1], Settings(1, source, timeout=HANG))))
    assert here.record.predictions_sha256 == there.record.predictions_sha256
    late = next(iter(outcomes("serial", jobs[:1], Settings(1, source, timeout=0.1))))
    assert "longer than the time-out of 0.1 s" in late.record.reason


@pytest.mark.slow
def test_a_worker_that_dies_once_costs_nothing(
    config: StudyConfig, strangers: Path, tmp_path: Path
) -> None:
    mortal = {"models": ("mortal",), "options": {"mortal": {"grave": str(tmp_path / "grave")}}}
    study = run_study(
        config.model_copy(update={**mortal, "seeds": 1}), workers=2, backend="processes"
    )
    assert [record.status for record in study.records()] == ["finished"]
    assert (tmp_path / "grave").exists()


@pytest.fixture
def driver_cache(jobs: list[Job]) -> Path:
    from coldbench.data.homes import cache_home

    return cache_home()


def test_workers_copy_from_a_shared_folder(
    jobs: list[Job], driver_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha256 = jobs[0].dataset_sha256
    monkeypatch.setenv("COLDBENCH_CACHE", str(tmp_path / "worker"))
    _intact.cache_clear()
    fetch(sha256, Source(str(driver_cache)))
    assert open_prepared(sha256).sha256 == sha256
    assert list((tmp_path / "worker").glob("prepared-*/*.link"))


def test_workers_make_data_again(
    jobs: list[Job], source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLDBENCH_CACHE", str(tmp_path / "worker"))
    _intact.cache_clear()
    fetch(jobs[0].dataset_sha256, source)
    assert open_prepared(jobs[0].dataset_sha256).sha256 == jobs[0].dataset_sha256


def test_other_data_are_refused(
    jobs: list[Job], source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLDBENCH_CACHE", str(tmp_path / "worker"))
    _intact.cache_clear()
    other = Source("", source.dataset, {**source.options, "seed": 5})
    record = unpacked(work(jobs[0].model_dump_json(), other), jobs[0]).record
    assert record.status == "failed"
    assert f"no ratings with fingerprint {jobs[0].dataset_sha256[:16]}" in record.reason


def test_a_tampered_copy_is_refused(
    jobs: list[Job], driver_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil

    sha256 = jobs[0].dataset_sha256
    shutil.copytree(driver_cache, tmp_path / "shared")
    for file in (tmp_path / "shared").rglob("002.npy"):
        file.write_bytes(file.read_bytes()[:-4] + b"\0\0\0\0")
    monkeypatch.setenv("COLDBENCH_CACHE", str(tmp_path / "worker"))
    _intact.cache_clear()
    with pytest.raises(DataError, match="no ratings with fingerprint"):
        fetch(sha256, Source(str(tmp_path / "shared")))


class _Trap:
    """Runs where it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return exec, ("raise SystemExit('unpickled')",)


def test_a_worker_apart_answers_in_bytes_alone(jobs: list[Job], source: Source) -> None:
    """What is sent instead of an outcome costs the run, and is read as an outcome or not at all."""
    made = list(outcomes("apart", jobs[:2], Settings(2, source)))
    here = {job.hash: run_job(job).record.predictions_sha256 for job in jobs[:2]}
    assert {one.record.job_hash: one.record.predictions_sha256 for one in made} == here
    with pytest.raises(DataError, match="a worker's answer is damaged"):
        unpacked(pickle.dumps(_Trap()), jobs[0])


def test_names_and_settings(config: StudyConfig) -> None:
    with pytest.raises(UsageError, match="did you mean 'dask'"):
        run_study(config, backend="dusk")
    with pytest.raises(UsageError, match="no settings"):
        run_study(config, backend="serial", engine={"x": "1"})


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(backends.BACKENDS, "dask", "coldbench.running.backends.not_there")
    with pytest.raises(UsageError, match=r"pip install 'coldbench\[dask\]'"):
        backends.engine("dask", Settings(1, Source()))


def test_shards_are_balanced_and_complete(config: StudyConfig, tmp_path: Path) -> None:
    many = plan(config.model_copy(update={"seeds": 9}))[1]
    parts = [shard_of(many, (k, 4)) for k in (1, 2, 3, 4)]
    assert sorted(job.hash for part in parts for job in part) == sorted(job.hash for job in many)
    for part in parts:
        assert {job.learner for job in part} == {"bias", "global-mean"}
        assert len(part) in (4, 5)
    with pytest.raises(UsageError, match="shard"):
        shard_of(many, (0, 4))


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_submitit_equals_serial(config: StudyConfig, study: Any, tmp_path: Path) -> None:
    pytest.importorskip("submitit")
    here = {"cluster": "local", "folder": str(tmp_path)}
    other = config.model_copy(update={"out": tmp_path / "other"})
    assert contents(run_study(other, 2, "submitit", engine=here)) == contents(study)
    assert not list(tmp_path.glob(".submitit-*"))
