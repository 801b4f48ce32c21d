"""Where the numbers of a report come from, and what to type to get them again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from coldbench.designs import seed_vectors
from coldbench.errors import UsageError
from coldbench.records import RunRecord
from coldbench.report.names import plain
from coldbench.report.sources import vector_of
from coldbench.rng import Seeds
from coldbench.store import Study

__all__ = ["Origin", "origin_of"]


@dataclass(frozen=True, eq=False)
class Origin:
    """facts: (what, value) pairs, values that differ between runs side by side; prints: for each
    seed the fingerprints of its split and episodes; configs: by learner; config: the study as
    YAML that `coldbench run --config` reads; query: most query ratings of a task, where the
    protocol says."""

    facts: tuple[tuple[str, str], ...]
    prints: tuple[tuple[str, str, str], ...]
    configs: Mapping[str, Mapping[str, Any]]
    config: str
    query: int | None


def origin_of(study: Study, records: Sequence[RunRecord]) -> Origin:
    """From the records alone: neither this machine nor the clock leaves a trace."""
    fixed = study.manifest.fixed
    facts = [
        ("data set", plain(fixed["dataset"])),
        ("data fingerprint (SHA-256)", plain(fixed["dataset_sha256"])),
        ("protocol", plain(fixed["protocol"])),
        ("protocol numbers", _pairs(fixed["protocol_options"])),
        ("code revision", _all(records, _revision)),
        ("Python", _all(records, lambda facts: str(facts.get("python", "")))),
        ("platform", _all(records, lambda facts: str(facts.get("platform", "")))),
        ("libraries", _all(records, lambda facts: _pairs(facts.get("libraries", {})))),
        ("device", plain(fixed.get("device", "cpu"))),
        ("refit on all training ratings", "yes" if fixed.get("refit", True) else "no"),
    ]
    return Origin(
        tuple((name, value) for name, value in facts if value),
        _prints(records),
        study.manifest.learners,
        _config(study),
        _query(fixed["protocol_options"]),
    )


def _query(options: Mapping[str, Any]) -> int | None:
    query = options.get("query")
    return query if isinstance(query, int) else None


def _revision(facts: Mapping[str, Any]) -> str:
    revision = facts.get("revision") or "not in a repository"
    return f"{revision} with uncommitted changes" if facts.get("dirty") else str(revision)


def _all(records: Sequence[RunRecord], read: Any) -> str:
    return "; ".join(sorted({plain(read(record.provenance)) for record in records} - {""}))


def _pairs(mapping: Mapping[str, Any]) -> str:
    return ", ".join(f"{plain(key)} {plain(value)}" for key, value in sorted(mapping.items()))


def _prints(records: Sequence[RunRecord]) -> tuple[tuple[str, str, str], ...]:
    found = {
        record.job.seeds.label: (record.split_sha256[:16], record.episode_sha256[:16])
        for record in records
        if record.status == "finished"
    }
    return tuple((plain(seed), *prints) for seed, prints in found.items())


def _config(study: Study) -> str:
    fixed, learners = study.manifest.fixed, study.manifest.learners
    plain_options, variants = {}, {}
    departures = [
        one.model_dump(mode="json", exclude_defaults=True) for one in study.manifest.departures
    ]
    for name, config in learners.items():
        options = {key: value for key, value in config.items() if key != "base"}
        if config.get("base", name) == name:
            plain_options[name] = options
        else:
            variants[name] = {"base": config["base"], "options": options}
    data = {
        "dataset": fixed["dataset"],
        "protocol": fixed["protocol"],
        "protocol_options": fixed["protocol_options"],
        "models": list(learners),
        **({"variants": variants} if variants else {}),
        **({"departures": departures} if departures else {}),
        "options": plain_options,
        **_design([job.seed for job in study.manifest.jobs]),
        "scenarios": fixed["scenarios"],
        "shots": fixed["shots"],
        "refit": fixed["refit"],
    }
    text: str = yaml.safe_dump(data, sort_keys=False, width=96, allow_unicode=False)
    return text


def _design(labels: Sequence[str]) -> dict[str, Any]:
    """`seeds` and `design` that give these runs; without `design` where no single one does."""
    vectors = [vector_of(label) for label in dict.fromkeys(labels)]
    known = [vector for vector in vectors if vector is not None]
    levels = list(dict.fromkeys(vector.split for vector in known))
    moving = [n for n in Seeds._fields if len({getattr(v, n) for v in known}) > 1]
    every = list(dict.fromkeys(level for vector in known for level in vector))
    for design, seeds in (
        ("joint", levels),
        ("sources", levels),
        (f"cross:{','.join(moving)}", every),
    ):
        try:
            if set(seed_vectors(design, seeds)) == set(known):
                return {"seeds": seeds, "design": design}
        except UsageError:
            continue
    return {"seeds": every}
