"""An outcome as bytes between worker and driver: a header with a checksum, JSON, Parquet.

coldbench-outcome 1 <bytes of record> <bytes of predictions> <sha256 of both>\\n
"""

import hashlib

from pydantic import ValidationError

from coldbench.errors import DataError
from coldbench.running.encoding import decode, fingerprint
from coldbench.running.records import Job, Outcome, RunRecord

__all__ = ["packed", "unpacked"]

MAGIC = b"coldbench-outcome 1"


def packed(outcome: Outcome) -> bytes:
    """The outcome as bytes."""
    text, data = outcome.record.model_dump_json().encode(), outcome.parquet
    digest = hashlib.sha256(text + data).hexdigest().encode()
    return b"%s %d %d %s\n%s%s" % (MAGIC, len(text), len(data), digest, text, data)


def unpacked(data: object, job: Job) -> Outcome:
    """The outcome of a job; raises DataError for damage, or for the outcome of another job."""
    try:
        return _unpacked(data, job)
    except (ValueError, ValidationError, TypeError, RecursionError) as error:
        text = " ".join(str(error).split())[:200]
        raise DataError(f"a worker's answer is damaged: {text}") from None


def _unpacked(data: object, job: Job) -> Outcome:
    if not isinstance(data, bytes):
        raise TypeError(f"{type(data).__name__}, not bytes")
    header, _, body = data.partition(b"\n")
    words = header[len(MAGIC) :].split()
    if not header.startswith(MAGIC + b" ") or len(words) != 3:
        raise ValueError("no header")
    size, rest, digest = int(words[0]), int(words[1]), words[2].decode("ascii")
    if size < 0 or size + rest != len(body) or hashlib.sha256(body).hexdigest() != digest:
        raise ValueError("its checksum does not match")
    record = RunRecord.model_validate_json(body[:size])
    if record.job != job or record.job_hash != job.hash:
        raise ValueError("it answers another job")
    predictions = decode(body[size:]) if rest else None
    if (predictions is not None) != (record.status == "finished"):
        raise ValueError(f"status {record.status} does not fit its predictions")
    if predictions is not None and fingerprint(predictions) != record.predictions_sha256:
        raise ValueError("the hash of its predictions does not match")
    return Outcome(record, predictions, body[size:])
