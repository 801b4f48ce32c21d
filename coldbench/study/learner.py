"""A registered learner: options, search space, and where it comes from."""

import inspect
from dataclasses import asdict
from typing import Any

from coldbench import registry
from coldbench.errors import unknown
from coldbench.learning import Variant, load_variant
from coldbench.running import code_of

__all__ = ["learner_facts"]


def learner_facts(name: str) -> dict[str, Any]:
    """What `coldbench describe` says of it, but for its cost. Raises UsageError for a name that is
    not registered, with the nearest one, and for a learner that cannot be loaded."""
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
