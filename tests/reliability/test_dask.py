"""Dask on loopback: a scheduler and three workers, and whatever may be killed is killed."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from coldbench.study import results
from coldbench.study.config import StudyConfig
from coldbench.study.drive import run_study
from coldbench.study.store import Study
from tests.reliability.faults import contents, shell, whole
from tests.studies import TINY
from tests.waiting import HANG, SOON, until

pytest.importorskip("distributed")
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default")]
SEEDS = 30
OPTIONS = {"sleeper": {"seconds": 0.4}}


class Cluster:
    """A scheduler and three workers as processes of their own, at a fixed port."""

    def __init__(self, folder: Path, *tls: str) -> None:
        self.folder, self.tls = folder, tls
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"{'tls' if tls else 'tcp'}://127.0.0.1:{self.port}"
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        self._spawn("scheduler", "scheduler", "--host", self.address, "--no-dashboard", "--no-show")
        for name in ("one", "two", "three"):
            self.worker(name)

    def worker(self, name: str) -> None:
        words = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--death-timeout", "60")
        self._spawn(name, "worker", self.address, *words)

    def _spawn(self, name: str, kind: str, *words: str) -> None:
        command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", *words, *self.tls]
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command, cwd=self.folder, stdout=log, stderr=log
            )

    def kill(self, *names: str) -> None:
        for name in names:
            self.processes[name].kill()
            self.processes[name].wait()

    def stop(self) -> None:
        self.kill(*self.processes)


@pytest.fixture
def cluster(tmp_path: Path, strangers: Path) -> Iterator[Cluster]:
    made = Cluster(tmp_path)
    made.start()
    yield made
    made.stop()


def driver(out: Path, address: str, *words: str) -> "subprocess.Popen[bytes]":
    size = [word for key, value in TINY.items() for word in ("--set", f"dataset.{key}={value}")]
    command = shell(
        "run", "-m", "sleeper,bias", "-s", SEEDS, "-o", out, "--scheduler", address,
        "--set", "sleeper.seconds=0.4", "--no-yardsticks", *size, *words,
    )  # fmt: skip
    with out.with_suffix(".log").open("ab") as log:
        return subprocess.Popen(command, stdout=log, stderr=log)


def stored(out: Path) -> int:
    return len(list(out.glob("runs/[0-9a-f]*/record.json")))


def reach(out: Path, count: int, process: "subprocess.Popen[bytes]") -> int:
    """Waits until so many runs are stored."""
    until(lambda: stored(out) >= count or process.poll() is not None)
    assert process.poll() is None, out.with_suffix(".log").read_text()
    return stored(out)


def test_worker_scheduler_and_driver_are_killed(
    cluster: Cluster, config: StudyConfig, tmp_path: Path
) -> None:
    out, start = tmp_path / "dask", time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - start:5.1f} s  {text}, {stored(out)} runs stored")

    first = driver(out, cluster.address)
    reach(out, 6, first)
    cluster.kill("one")
    say("killed worker one in the middle of a job")
    reach(out, 16, first)
    cluster.kill("scheduler", "two", "three")
    say("killed the scheduler and its workers")
    time.sleep(2)
    cluster.start()
    say("started a scheduler and three workers at the same address")
    before = reach(out, stored(out) + 8, first)
    first.kill()
    first.wait()
    say("killed the driver")
    whole(Study.open(out))
    assert stored(out) >= before
    second = driver(out, cluster.address)
    assert second.wait(timeout=HANG) == 0, out.with_suffix(".log").read_text()
    say("a second driver finished the study")
    serial = run_study(
        config.model_copy(
            update={"models": ("sleeper", "bias"), "seeds": SEEDS, "options": OPTIONS,
                    "out": tmp_path / "serial"}
        ),
        workers=1,
    )  # fmt: skip
    dask = Study.open(out)
    assert contents(dask) == contents(serial)
    assert results.runs(dask).to_csv() == results.runs(serial).to_csv()
    print(f"runs.csv of {2 * SEEDS} runs: equal to the serial study's, byte for byte")


def test_a_learner_that_kills_workers_fails_alone(config: StudyConfig, strangers: Path) -> None:
    mixed = {"models": ("toy", "bias"), "options": {"toy": {"fault": "die"}}, "seeds": 2}
    study = run_study(config.model_copy(update=mixed), 2, "dask")
    statuses = {(r.job.learner, r.status) for r in study.records()}
    assert statuses == {("toy", "failed"), ("bias", "finished")}
    assert all("worker died" in r.reason for r in study.records() if r.status == "failed")


def test_control_c(cluster: Cluster, tmp_path: Path) -> None:
    out = tmp_path / "stopped"
    process = driver(out, cluster.address)
    begin = time.monotonic()
    reach(out, 3, process)
    started = time.monotonic() - begin
    process.send_signal(signal.SIGINT)
    stopped = until(lambda: process.poll() is not None)
    assert process.returncode == 130
    assert stopped < max(SOON, started)
    whole(Study.open(out))


def test_nobody_answers(config: StudyConfig) -> None:
    from coldbench.errors import UsageError

    nobody = {"scheduler": "tcp://127.0.0.1:9", "patience": "1"}
    with pytest.raises(UsageError, match="no Dask scheduler answers"):
        run_study(config, backend="dask", engine=nobody)


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate that is its own authority, and its key."""
    import datetime

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    files = folder / f"{name}.pem", folder / f"{name}.key"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    files[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))
    return files


def test_tls(config: StudyConfig, study: Study, strangers: Path, tmp_path: Path) -> None:
    pytest.importorskip("cryptography")
    ours, key = certificate(tmp_path, "ours")
    stranger, its_key = certificate(tmp_path, "stranger")
    files = ("--tls-ca-file", ours, "--tls-cert", ours, "--tls-key", key)
    cluster = Cluster(tmp_path, *map(str, files))
    cluster.start()
    try:
        other = config.model_copy(update={"out": tmp_path / "tls"})
        safe = {"scheduler": cluster.address, "tls_ca": ours, "tls_cert": ours, "tls_key": key}
        settings = {name: str(value) for name, value in safe.items()}
        assert contents(run_study(other, 2, "dask", engine=settings)) == contents(study)
        from coldbench.errors import UsageError

        wrong = {**settings, "tls_cert": str(stranger), "tls_key": str(its_key), "patience": "3"}
        refused = config.model_copy(update={"out": tmp_path / "refused"})
        with pytest.raises(UsageError, match="no Dask scheduler answers"):
            run_study(refused, 2, "dask", engine=wrong)
        assert not stored(tmp_path / "refused")
    finally:
        cluster.stop()
