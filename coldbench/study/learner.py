"""A registered learner: options, search space, where it comes from, and what a run of it costs."""

import inspect
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Any

import coldbench
from coldbench import registry
from coldbench.errors import ColdbenchError, unknown
from coldbench.learning import Variant, load_variant
from coldbench.running import code_of
from coldbench.study.store import Study

__all__ = ["learner_facts"]

MEASURED = Path(coldbench.__file__).parent.parent / "results" / "all-ml-1m"  # in a clone


def learner_facts(name: str, measured: bool = True) -> dict[str, Any]:
    """measured: with its cost in a committed study. Raises UsageError for a name that is not
    registered, with the nearest one, and for a learner that cannot be loaded."""
    known = registry.plugins("learner")
    if name not in known:
        raise unknown("learner", name, known)
    plugin, variant = known[name], load_variant(name)
    module = inspect.getmodule(variant.learner)
    return {
        "name": name,
        "what": variant.note or (inspect.getdoc(variant.learner) or "").partition("\n")[0],
        "package": f"{plugin.package} {plugin.version}",
        "target": plugin.target,
        "file": inspect.getsourcefile(variant.learner),
        "code": code_of(name),
        "options": _options(variant),
        "switches": sorted(getattr(variant.learner.Config, "switches", {})),
        "documentation": (inspect.getdoc(module) if module else None) or "",
        "cost": _cost(name) if measured else None,
    }


def _options(variant: Variant) -> list[dict[str, Any]]:
    """tuned: within what `coldbench tune` may change it, None where it leaves it alone; tuned_by:
    the learner whose option it takes."""
    config, space = variant.configure({}), variant.dimensions()
    tuned_by = type(config).tuned_by
    return [
        {
            "name": name,
            "default": getattr(config, name),
            "tuned": asdict(space[name]) if name in space else None,
            "tuned_by": None if name in space else tuned_by.get(name),
            "about": field.description or "",
        }
        for name, field in type(config).model_fields.items()
    ]


def _cost(name: str) -> dict[str, Any] | None:
    """Medians over the runs of a committed study, None where these are not at hand."""
    try:
        study = Study.open(MEASURED)
    except ColdbenchError:
        return None
    hashes = [job.job_hash for job in study.manifest.jobs if job.learner == name]
    stored = [study.contents(job_hash) for job_hash in hashes if job_hash in study.packed]
    done = [record for record in stored if record.get("status") == "finished"]
    if not done:
        return None
    return {
        "dataset": study.manifest.fixed["dataset"],
        "runs": len(done),
        "seconds": median(record["seconds"]["total"] for record in done),
        "parameters": median(record.get("n_parameters", 0) for record in done),
        "peak_bytes": median(record.get("peak_bytes", 0) for record in done),
    }
