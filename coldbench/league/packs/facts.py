"""pack.json: what a reference pack says of itself, and the seals of what else it holds."""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from coldbench.study import Manifest

__all__ = [
    "DIGEST",
    "MEMBERS",
    "NAMED",
    "SCHEMA",
    "SUFFIX",
    "PackFacts",
    "machine_of",
    "planned",
    "sums",
]

SCHEMA = 1  # of pack.json; a pack of a newer one is refused
SUFFIX = ".coldbench"
NAMED = r"[a-z0-9][a-z0-9._-]{0,63}"
MEMBERS = (
    "study.json", "records.jsonl", "digest.json", "summary.csv", "audit.json", "published.yaml",
)  # fmt: skip
DIGEST = r"^[0-9a-f]{64}$"


class PackFacts(BaseModel):
    """name, release: of the pack; edition: of the data, in words; obtain: how to get that edition;
    licence: of the data, of which a pack holds no rating; created: the day; seeds: labels of the
    seed vectors; tuned: the learners that were, with their budgets in words; seconds: the median of
    a run, by learner; machines, versions, revisions: of all runs; dirty: whether some were made
    with uncommitted changes; members: SHA-256 of each file in the pack; sha256: of pack.json."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    schema_version: int = SCHEMA
    name: str = Field(pattern=f"^{NAMED}$")
    release: int = Field(ge=1)
    edition: str = ""
    obtain: str = ""
    licence: str = ""
    created: str = ""
    dataset: str
    dataset_sha256: str = Field(pattern=DIGEST)
    rows_sha256: str = ""
    content_sha256: str = ""
    ratings: int = 0
    users: int = 0
    items: int = 0
    protocol: str
    protocol_version: int
    scenarios: tuple[str, ...]
    shots: tuple[int, ...] = ()
    learners: tuple[str, ...]
    seeds: tuple[str, ...]
    tuned: dict[str, str] = {}
    seconds: dict[str, FiniteFloat] = {}
    machines: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()
    revisions: tuple[str, ...] = ()
    dirty: bool = False
    members: dict[str, str] = {}
    sha256: str = ""

    @property
    def title(self) -> str:
        """`NAME@RELEASE`."""
        return f"{self.name}@{self.release}"


def planned(manifest: Manifest) -> dict[str, Any]:
    """What pack.json says of a plan, as this plan says it."""
    fixed = manifest.fixed
    return {
        "dataset": fixed["dataset"],
        "dataset_sha256": fixed["dataset_sha256"],
        "protocol": fixed["protocol"],
        "protocol_version": fixed["protocol_options"].get("version", 1),
        "scenarios": tuple(fixed["scenarios"]),
        "shots": tuple(fixed["shots"]),
        "learners": tuple(manifest.learners),
        "seeds": tuple(dict.fromkeys(job.seed for job in manifest.jobs)),
    }


def sums(members: Iterable[tuple[str, bytes]]) -> dict[str, str]:
    """SHA-256 of each member."""
    return {name: sha256(data).hexdigest() for name, data in members}


def machine_of(facts: Mapping[str, Any]) -> str:
    """`Intel Xeon (AVX512), 2 cores, Linux x86_64, Python 3.11.7`."""
    processor = facts.get("processor") or "processor unknown"
    level = f" ({facts['instructions']})" if facts.get("instructions") else ""
    cores = f", {facts['cpu_count']} cores" if facts.get("cpu_count") else ""
    return f"{processor}{level}{cores}, {facts.get('platform')}, Python {facts.get('python')}"
