"""What a worker does with a job: fetch the data, run, answer in bytes. The same in every engine."""

import json
import os
import subprocess
import sys
import threading
from dataclasses import asdict

from coldbench.errors import ColdbenchError
from coldbench.running.backends.engine import DeadWorkerError
from coldbench.running.backends.fetch import Source, fetch, fetch_tasks
from coldbench.running.backends.wire import packed
from coldbench.running.records import Job
from coldbench.running.run import failure, run_job

__all__ = ["end_children", "work"]

CHILDREN: set["subprocess.Popen[bytes]"] = set()  # that run a job now
ALONE = threading.Lock()  # a run sets up its process: workers with several threads take turns


def work(text: str, source: Source, timeout: float | None = None) -> bytes:
    """The packed outcome of a job given as JSON; with a time-out, in a process of its own.

    Raises DeadWorkerError when that process dies.
    """
    job = Job.model_validate_json(text)
    if timeout is not None:
        return _apart(job, source, timeout)
    try:
        with ALONE:
            fetch(job.dataset_sha256, source)
            fetch_tasks(job, source)
            return packed(run_job(job))
    except ColdbenchError as error:
        return packed(failure(job, "failed", str(error)))


def _apart(job: Job, source: Source, timeout: float) -> bytes:
    request = json.dumps({"job": job.model_dump(mode="json"), "source": asdict(source)})
    command = [sys.executable, "-m", "coldbench.running.backends.alone"]
    paths = os.pathsep.join(path for path in sys.path if path)
    environment = {**os.environ, "PYTHONPATH": paths}
    child: subprocess.Popen[bytes] = subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )  # fmt: skip
    with child:
        CHILDREN.add(child)
        try:
            answer, _ = child.communicate(request.encode(), timeout)
        except subprocess.TimeoutExpired:
            return packed(failure(job, "failed", f"longer than the time-out of {timeout:g} s"))
        finally:
            CHILDREN.discard(child)
            child.kill()
    if child.returncode:
        raise DeadWorkerError(f"exit code {child.returncode}")
    return answer


def end_children() -> None:
    """End the processes of jobs that are still running, which nobody waits for any more."""
    for child in list(CHILDREN):
        child.kill()
