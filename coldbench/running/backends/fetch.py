"""Prepared data for a worker, by fingerprint: its own cache, the driver's folder, or made anew.

Wherever the data come from, their fingerprint is computed here and compared; a mismatch is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from coldbench.data import (
    SCHEMA,
    Ratings,
    cache_home,
    keep,
    open_dataset,
    open_prepared,
    read_entry,
)
from coldbench.errors import ColdbenchError, DataError, shorten
from coldbench.running.records import Job
from coldbench.tasks import PROTOCOLS

__all__ = ["Source", "fetch", "fetch_tasks"]


@dataclass(frozen=True)
class Source:
    """Where ratings can be had: cache, the driver's folder of prepared data, which a worker may
    share; dataset and options, from which to make them again ("" when that cannot be done); tasks:
    the file of published tasks that the user named, if any."""

    cache: str = ""
    dataset: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    tasks: str = ""

    @classmethod
    def of(cls, job: Job, dataset: str = "", options: Mapping[str, Any] | None = None) -> "Source":
        """This machine's cache; else the data set that the job names, or another in its place."""
        return cls(str(cache_home()), dataset or job.dataset, options or {})


def fetch_tasks(job: Job, source: Source) -> None:
    """Make what the job's protocol reads beside the ratings open in this process."""
    protocol = PROTOCOLS[job.protocol].model_validate(job.protocol_options)
    protocol.provide(Path(source.cache), source.tasks)


def fetch(sha256: str, source: Source) -> None:
    """Make ratings of this fingerprint open in this process with `open_prepared`.

    Raises DataError when none can be had.
    """
    if sha256 not in _intact():
        _provide(sha256, source)
        _intact().add(sha256)


@cache
def _intact() -> set[str]:
    """Fingerprints that this process has checked itself."""
    return set()


def _provide(sha256: str, source: Source) -> None:
    reasons = []
    for way in (_own, _shared, _made):
        try:
            ratings = way(sha256, source)
            actual = replace(ratings, sha256="").sha256
        except (ColdbenchError, OSError, ValueError) as error:
            reasons.append(f"{way.__name__[1:]}: {error}")
            continue
        if actual == sha256:
            return
        reasons.append(f"{way.__name__[1:]}: the fingerprint is {actual[:16]}")
    tried = "; ".join(shorten(reason, 200) for reason in reasons)
    raise DataError(f"this worker has no ratings with fingerprint {sha256[:16]} ({tried})")


def _own(sha256: str, source: Source) -> Ratings:
    return open_prepared(sha256)


def _shared(sha256: str, source: Source) -> Ratings:
    folder = Path(source.cache) / f"prepared-{SCHEMA}"
    key = (folder / f"{sha256}.link").read_text(encoding="ascii").strip()
    ratings = read_entry(folder / Path(key).name, verify=True)
    return keep(ratings) if ratings.sha256 == sha256 else ratings


def _made(sha256: str, source: Source) -> Ratings:
    if not source.dataset:
        raise DataError("nothing says how to make them")
    return open_dataset(source.dataset, source.options)
