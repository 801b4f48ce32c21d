"""Neither the environment, nor other runs, nor the number of workers shows in a result."""

import os
import subprocess
from pathlib import Path

import pytest

from coldbench.study.config import StudyConfig
from coldbench.study.drive import run_study
from coldbench.study.store import Study
from tests.reliability.faults import contents, shell
from tests.studies import TINY

SIZE = [word for key, value in TINY.items() for word in ("--set", f"dataset.{key}={value}")]
SECRET = "hunter2-do-not-tell"
ELSEWHERE = {
    "PYTHONHASHSEED": "12345", "TZ": "Asia/Kolkata", "LANG": "tr_TR.UTF-8", "LC_ALL": "tr_TR.UTF-8",
    "OMP_NUM_THREADS": "2", "MY_API_TOKEN": SECRET,
}  # fmt: skip
BLOCKED = """
import socket, sys
def refuse(*args, **kwargs): raise AssertionError('a socket was opened')
socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
from coldbench.cli.main import main
for words in (['run', *sys.argv[1:]], ['report', sys.argv[-1]], ['verify', sys.argv[-1]]):
    sys.argv = ['coldbench', *words]
    main()
"""


def elsewhere(models: list[str], out: Path, seeds: int, *words: str) -> Study:
    """The study made by another process in a strange environment."""
    command = shell(
        "run", "--no-yardsticks", "-m", ",".join(models), "-s", seeds, *SIZE, *words, "-o", out
    )
    environment = {**os.environ, **ELSEWHERE}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return Study.open(out)


@pytest.mark.thorough
def test_another_process_order_and_environment_and_no_token_in_any_file(
    study: Study, tmp_path: Path
) -> None:
    there = elsewhere(["global-mean", "bias"], tmp_path / "there", 2, "-w", "2")
    assert contents(there) == contents(study)
    for file in there.path.rglob("*"):
        if file.is_file():
            assert SECRET.encode() not in file.read_bytes()


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_every_learner_repeats_in_another_process(
    learners: list[str], config: StudyConfig, tmp_path: Path
) -> None:
    short = {
        name: {"epochs": 2} for name in learners if "epochs" in _fields(name)
    }  # whatever the default, two epochs reach every line
    same = {"models": tuple(learners), "options": short, "seeds": 1, "out": tmp_path / "here"}
    here = run_study(config.model_copy(update=same), workers=1)
    words = [f"--set={name}.epochs=2" for name in short]
    there = elsewhere(learners[::-1], tmp_path / "there", 1, "-w", "2", *words)
    assert {record.status for record in here.records()} == {"finished"}
    assert contents(there) == contents(here)
    print(f"{len(learners)} learners, bit for bit")


def _fields(name: str) -> set[str]:
    from coldbench import registry
    from coldbench.learning.learner import Variant

    return set(Variant.of(registry.load("learner", name), name).learner.Config.model_fields)


def test_hashes_of_split_and_episodes_ignore_other_learners_and_seeds(
    study: Study, config: StudyConfig, tmp_path: Path
) -> None:
    more = {"models": ("support-mean",), "seeds": 3, "out": tmp_path / "more"}
    known = {r.job.seeds: (r.split_sha256, r.episode_sha256) for r in study.records()}
    for record in run_study(config.model_copy(update=more), workers=1).records():
        expected = known.get(record.job.seeds)
        assert expected in (None, (record.split_sha256, record.episode_sha256))
    assert len(set(known.values())) == 2


@pytest.mark.thorough
@pytest.mark.filterwarnings("default")
def test_no_socket_is_opened(tmp_path: Path) -> None:
    import sys

    (tmp_path / "fewer.yaml").write_text("scenarios: [C-C]")  # and fewer figures in the report
    words = ("--config", str(tmp_path / "fewer.yaml"), "-m", "bias,global-mean", "-s", "2")
    words += ("-w", "1", *SIZE, "-o", str(tmp_path / "s"))
    done = subprocess.run(
        [sys.executable, "-c", BLOCKED, *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_files_are_parquet_and_json_only(study: Study) -> None:
    kinds = {file.suffix for file in study.path.rglob("*") if file.is_file()}
    assert kinds <= {".json", ".parquet", ""}  # "": the lock
    for file in study.path.rglob("*"):
        if file.is_file():
            assert not file.read_bytes().startswith(b"\x80")  # how pickles start
