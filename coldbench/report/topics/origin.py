"""Where the numbers of a report come from, and what to type to get them again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coldbench.report.recipe import Recipe, recipe_of
from coldbench.running import RunRecord
from coldbench.study import Study
from coldbench.text import plain

__all__ = ["Origin", "origin_of"]


@dataclass(frozen=True, eq=False)
class Origin:
    """facts: (what, value) pairs, values that differ between runs side by side; prints: for each
    seed the fingerprints of its split and episodes; configs: by learner; recipe: what to type
    to get these runs again; query: most query ratings of a task, where the
    protocol says."""

    facts: tuple[tuple[str, str], ...]
    prints: tuple[tuple[str, str, str], ...]
    configs: Mapping[str, Mapping[str, Any]]
    recipe: Recipe
    query: int | None


def origin_of(study: Study, records: Sequence[RunRecord]) -> Origin:
    """From the records alone: neither this machine nor the clock leaves a trace."""
    fixed = study.manifest.fixed
    facts = [
        ("data set", plain(fixed["dataset"])),
        ("data fingerprint (SHA-256)", plain(fixed["dataset_sha256"])),
        ("data set options", _pairs(study.manifest.dataset_options)),
        ("protocol", plain(fixed["protocol"])),
        ("protocol numbers", _pairs(fixed["protocol_options"])),
        ("code revision", _all(records, _revision)),
        ("Python", _all(records, lambda facts: str(facts.get("python", "")))),
        ("platform", _all(records, lambda facts: str(facts.get("platform", "")))),
        ("libraries", _all(records, lambda facts: _pairs(facts.get("libraries", {})))),
        ("learners of other packages", _all(records, _foreign)),
        ("device", plain(fixed.get("device", "cpu"))),
        ("refit on all training ratings", "yes" if fixed.get("refit", True) else "no"),
    ]
    return Origin(
        tuple((name, value) for name, value in facts if value),
        _prints(records),
        study.manifest.learners,
        recipe_of(study),
        _query(fixed["protocol_options"]),
    )


def _query(options: Mapping[str, Any]) -> int | None:
    query = options.get("query")
    return query if isinstance(query, int) else None


def _revision(facts: Mapping[str, Any]) -> str:
    revision = facts.get("revision") or "not in a repository"
    return f"{revision} with uncommitted changes" if facts.get("dirty") else str(revision)


def _foreign(facts: Mapping[str, Any]) -> str:
    plugin = str(facts.get("plugin") or "")
    ours = not plugin or plugin.startswith("coldbench ") or plugin == "unknown"
    return "" if ours else f"{plugin}, code {facts.get('code') or 'unknown'}"


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
