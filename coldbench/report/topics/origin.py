"""Provenance: where the numbers come from, and what to type to get them again."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic import ValidationError

from coldbench.report.recipe import FILE, Recipe, recipe_of
from coldbench.report.topic import Sentence, Topic
from coldbench.running import RunRecord
from coldbench.study import Study
from coldbench.tasks import PROTOCOLS
from coldbench.text import Cell, Column, Section, Table, display_name, plain

__all__ = ["Origin", "OriginTopic", "origin_of"]

HOW = (
    "What these numbers depend on. Runs repeat bit for bit from the same data, code and "
    "configuration; a seed with other fingerprints met other users or episodes."
)


@dataclass(frozen=True, eq=False)
class Origin:
    """facts: (what, value) pairs, values that differ between runs side by side; prints: for each
    seed the fingerprints of its split and episodes; configs: by learner; recipe: what to type
    to get these runs again."""

    facts: tuple[tuple[str, str], ...]
    prints: tuple[tuple[str, str, str], ...]
    configs: Mapping[str, Mapping[str, Any]]
    recipe: Recipe


class OriginTopic(Topic):
    """Provenance, and the commands that repeat the study."""

    order = 200

    @cached_property
    def origin(self) -> Origin:
        return origin_of(self.data.study, self.data.records)

    @cached_property
    def protocol(self) -> tuple[str, ...]:
        """What its protocol says a reader must know of the study's splits; nothing where this
        version does not know the protocol."""
        fixed = self.data.study.manifest.fixed
        try:
            protocol = PROTOCOLS[fixed["protocol"]].model_validate(fixed["protocol_options"])
        except (KeyError, ValidationError):
            return ()
        return protocol.statements()

    def section(self) -> Section:
        recipe = self.origin.recipe
        commands = [*recipe.commands, *([] if recipe.frames else ["coldbench report again"])]
        how = ", in Python, with ratings of the same frames" if recipe.frames else ""
        code = (
            (f"Save this as {FILE}", recipe.config),
            (f"then run{how}", "\n".join(commands)),
        )
        notes = (*self.protocol, *map(plain, self.data.manifest.history))
        if recipe.missing:
            seeds = ", ".join(recipe.missing[:10])
            notes += (
                f"No design gives these seed vectors, which the commands leave out: {seeds}.",
            )
        title, tables = "Provenance, and how to reproduce", _tables(self.origin)
        return Section("origin", "Provenance", title, HOW, (), tables, notes, code, paper=False)

    def sentences(self) -> list[Sentence]:
        """What the protocol says."""
        return [Sentence(text, "origin", "warning") for text in self.protocol]


def _tables(origin: Origin) -> tuple[Table, ...]:
    facts = Table(
        "facts",
        "Provenance",
        (Column("what", False), Column("value", False)),
        tuple((Cell(name), Cell(value)) for name, value in origin.facts),
    )
    prints = Table(
        "fingerprints",
        "Fingerprints of the splits",
        (Column("seed", False), Column("split", False), Column("episodes", False)),
        tuple((Cell(seed), Cell(split), Cell(ep)) for seed, split, ep in origin.prints),
        big=True,
    )
    configs = Table(
        "configurations",
        "Configurations of the learners",
        (Column("learner", False), Column("configuration", False)),
        tuple(
            (Cell(display_name(name)), Cell(plain(json.dumps(config, sort_keys=True))[:4000]))
            for name, config in origin.configs.items()
        ),
        big=True,
    )
    return facts, prints, configs


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
        ("processor", _all(records, _processor)),
        ("libraries", _all(records, _libraries)),
        ("learners of other packages", _all(records, _foreign)),
        ("device", plain(fixed.get("device", "cpu"))),
        ("early stopping by", plain(fixed.get("stop_by", ""))),
        ("refit on all training ratings", "yes" if fixed.get("refit", True) else "no"),
    ]
    return Origin(
        tuple((name, value) for name, value in facts if value),
        _prints(records),
        study.manifest.learners,
        recipe_of(study),
    )


def _revision(facts: Mapping[str, Any]) -> str:
    revision = facts.get("revision") or "not in a repository"
    return f"{revision} with uncommitted changes" if facts.get("dirty") else str(revision)


def _processor(facts: Mapping[str, Any]) -> str:
    model, level = facts.get("processor", ""), facts.get("instructions", "")
    return f"{model}, {level}" if model and level else str(model or level)


def _libraries(facts: Mapping[str, Any]) -> str:
    """Those that were installed."""
    found = facts.get("libraries", {})
    return _pairs({name: version for name, version in found.items() if version})


def _foreign(facts: Mapping[str, Any]) -> str:
    plugin = str(facts.get("plugin") or "")
    ours = not plugin or plugin.startswith("coldbench ") or plugin == "unknown"
    return "" if ours else f"{plugin}, code {facts.get('code') or 'unknown'}"


def _all(records: Sequence[RunRecord], read: Any) -> str:
    return "; ".join(sorted({plain(read(record.provenance)) for record in records} - {""}))


def _pairs(mapping: Mapping[str, Any]) -> str:
    return ", ".join(f"{plain(key)} {plain(value)}" for key, value in sorted(mapping.items()))


def _prints(records: Sequence[RunRecord]) -> tuple[tuple[str, str, str], ...]:
    by_seed = {
        record.job.seeds.label: (record.split_sha256[:16], record.episode_sha256[:16])
        for record in records
        if record.status == "finished"
    }
    return tuple((plain(seed), *prints) for seed, prints in by_seed.items())
