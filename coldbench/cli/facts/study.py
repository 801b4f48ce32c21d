"""What is in one study: settings, learners, runs, fingerprints, and what to doubt."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from coldbench import registry
from coldbench.cli.facts.runs import counts
from coldbench.errors import UsageError
from coldbench.learning import load_variant
from coldbench.running import RunRecord, code_has_changed, code_of
from coldbench.study import Manifest, Study
from coldbench.tasks import PROTOCOLS

__all__ = ["study_facts"]


def study_facts(study: Study) -> dict[str, Any]:
    """All of it; raises StoreError for a study that cannot be read."""
    manifest, records = study.manifest, list(study.records())
    by_learner = {name: [r for r in records if r.job.learner == name] for name in manifest.learners}
    learners = [_learner(manifest, name, mine) for name, mine in by_learner.items()]
    return {
        "study": study.path,
        "settings": _settings(manifest),
        "learners": learners,
        "runs": counts([record.status for record in records], len(manifest.jobs)),
        "fingerprints": _fingerprints(manifest, records),
        "warnings": list(_warnings(manifest, by_learner)),
    }


def _settings(manifest: Manifest) -> dict[str, Any]:
    """Options of data and protocol in full."""
    fixed = {
        k: v for k, v in manifest.fixed.items() if k not in ("schema_version", "dataset_sha256")
    }
    return {
        **fixed,
        "dataset_options": manifest.dataset_options,
        "seeds": list(dict.fromkeys(job.seed for job in manifest.jobs)),
        "against": list(manifest.against),
        "margin": manifest.margin,
        "looks": list(manifest.looks),
        "yardsticks": list(manifest.yardsticks),
    }


def _learner(manifest: Manifest, name: str, records: Sequence[RunRecord]) -> dict[str, Any]:
    """options: those that differ from the defaults of today."""
    config = {key: value for key, value in manifest.learners[name].items() if key != "base"}
    base = str(manifest.learners[name].get("base", name))
    planned = sum(job.learner == name for job in manifest.jobs)
    return {
        "name": name,
        "base": base,
        "yardstick": name in manifest.yardsticks,
        "package": str(records[0].provenance.get("plugin") or "unknown") if records else "",
        "options": _departures(base, config),
        "tuned": name in manifest.tuning,
        "runs": counts([record.status for record in records], planned),
        "code": _codes(records),
    }


def _departures(base: str, config: Mapping[str, Any]) -> dict[str, Any]:
    try:
        default = load_variant(base).configure({}).model_dump(mode="json")
    except UsageError:  # no longer installed, or broken: nothing to compare with
        return dict(config)
    return {key: value for key, value in config.items() if default.get(key) != value}


def _codes(records: Sequence[RunRecord]) -> list[str]:
    return list(dict.fromkeys(r.code or "unknown" for r in records))


def _fingerprints(manifest: Manifest, records: Sequence[RunRecord]) -> dict[str, Any]:
    revisions = dict.fromkeys(r.provenance.get("revision") for r in records)
    return {
        "dataset": manifest.fixed["dataset_sha256"],
        "rows": manifest.data.rows_sha256,
        "content": manifest.data.content_sha256,
        "revisions": [name for name in revisions if name],
        "edited": any(r.provenance.get("dirty") for r in records),
    }


def _warnings(manifest: Manifest, by_learner: Mapping[str, Sequence[RunRecord]]) -> Iterator[str]:
    yield from manifest.data.warnings
    fixed = manifest.fixed
    protocol = PROTOCOLS.get(fixed["protocol"])
    if protocol is not None:
        yield from protocol.model_validate(fixed["protocol_options"]).statements()
    for name, records in by_learner.items():
        yield from _of_learner(manifest, name, records)


def _of_learner(manifest: Manifest, name: str, records: Sequence[RunRecord]) -> Iterator[str]:
    bad = [record for record in records if record.status != "finished"]
    if bad:
        yield f"{name}: {len(bad)} of {len(records)} runs did not finish: {bad[0].reason}"
    codes = [code for code in _codes(records) if code != "unknown"]
    base = str(manifest.learners[name].get("base", name))
    if len(codes) > 1:
        yield f"{name}: its runs were made by {len(codes)} versions of its code"
    if base not in registry.names("learner"):
        yield f"{name}: {base} is not installed here"
    elif any(code_has_changed(code, code_of(base)) for code in codes):
        yield f"{name}: its code has changed since these runs"
