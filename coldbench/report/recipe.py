"""What to type to get the runs of a study again: a configuration file, and the commands."""

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from coldbench import registry
from coldbench.errors import UsageError
from coldbench.report.seeds import vector_of
from coldbench.rng import Seeds
from coldbench.study import YARDSTICKS, Manifest, Study, seed_vectors

__all__ = ["FILE", "Design", "Recipe", "design_of", "parts_of", "recipe_of"]

FILE = "study.yaml"


@dataclass(frozen=True, slots=True)
class Recipe:
    """config: text of FILE, which `coldbench run --config` reads; commands: one, or one for each
    part of a study that no single command plans; missing: seeds that no design gives; frames:
    whether the commands are Python, since the ratings were handed in."""

    config: str
    commands: tuple[str, ...]
    missing: tuple[str, ...] = ()
    frames: bool = False


@dataclass(frozen=True, slots=True)
class Design:
    """The seed vectors of `--design name --seeds seeds`."""

    name: str
    seeds: tuple[int, ...]

    def vectors(self) -> set[Seeds]:
        """Empty where the design does not take these seeds."""
        try:
            return set(seed_vectors(self.name, self.seeds))
        except UsageError:
            return set()


def recipe_of(study: Study) -> Recipe:
    """From the plan alone, so that runs which are missing or failed are planned too."""
    manifest = study.manifest
    parts, missing = _parts(manifest, _apart(manifest))
    data = _common(manifest, apart=len(parts) != 1)
    words = ["coldbench", "run", "--config", FILE]
    if manifest.data.frames:
        commands = _in_python(parts, data)
        return Recipe(_yaml(data), commands, missing, frames=True)
    if manifest.fixed["dataset"] not in registry.names("dataset"):
        words += ["--dataset", "FOLDER"]
    if manifest.fixed["protocol_options"].get("sha256"):  # of published tasks
        words += ["--set", "protocol.file=TASKS"]
    if len(parts) == 1:
        _, design = parts[0]
        data |= {"seeds": list(design.seeds), "design": design.name}
        return Recipe(_yaml(data), (shlex.join([*words, "--out", "again"]),), missing)
    commands = tuple(
        shlex.join([*words, *_chosen(names, design), "--out", "again"]) for names, design in parts
    )
    return Recipe(_yaml(data), commands, missing)


def _common(manifest: Manifest, apart: bool) -> dict[str, Any]:
    """The study as `coldbench run --config` reads it, without seeds; apart: for commands that
    name some of its learners, which `options` would not allow."""
    fixed, options, variants = manifest.fixed, {}, {}
    for name, config in manifest.learners.items():
        given = {key: value for key, value in config.items() if key != "base"}
        if config.get("base", name) == name and not apart:
            options[name] = given
        else:
            variants[name] = {"base": config.get("base", name), "options": given}
    opened, beside = manifest.dataset_options, _apart(manifest)
    added = beside or (not apart and YARDSTICKS.keys() <= manifest.learners.keys())
    against = () if apart else manifest.against
    departures = [one.model_dump(mode="json", exclude_defaults=True) for one in manifest.departures]
    return {
        "dataset": fixed["dataset"],
        **({"dataset_options": opened} if opened else {}),
        "protocol": fixed["protocol"],
        "protocol_options": fixed["protocol_options"],
        "models": [name for name in manifest.learners if name not in beside],
        **({} if added else {"yardsticks": False}),
        **({"variants": variants} if variants else {}),
        **({"departures": departures} if departures else {}),
        **({"options": options} if options else {}),
        **({"against": list(against)} if against else {}),
        "scenarios": fixed["scenarios"],
        "shots": fixed["shots"],
        "refit": fixed["refit"],
        "device": fixed.get("device", "cpu"),
        **({"stop_by": fixed["stop_by"]} if "stop_by" in fixed else {}),
    }


def _in_python(parts: Sequence[tuple[list[str], Design]], data: dict[str, Any]) -> tuple[str, ...]:
    """The same in Python, with `ratings` made of the same frames; takes the data set out."""
    for name in ("dataset", "dataset_options"):
        data.pop(name, None)
    chosen = [
        {"models": names, "design": design.name, "seeds": list(design.seeds), "out": "again"}
        for names, design in parts
    ]
    run = "coldbench.run_study(coldbench.StudyConfig(**{**config, **part}), ratings=ratings)"
    return (
        "import coldbench, pathlib, yaml",
        f'config = yaml.safe_load(pathlib.Path("{FILE}").read_text())',
        *(f"part = {part!r}\n{run}" for part in chosen),
    )


def _yaml(data: dict[str, Any]) -> str:
    text: str = yaml.safe_dump(data, sort_keys=False, width=96, allow_unicode=False)
    return text


def _chosen(names: Sequence[str], design: Design) -> list[str]:
    seeds = ",".join(map(str, design.seeds))
    seeds += "," if len(design.seeds) == 1 else ""
    return ["--models", ",".join(names), "--design", design.name, "--seeds", seeds]


def design_of(manifest: Manifest) -> Design | None:
    """The one design that gives the seeds of all runs together, None where none does."""
    labels = dict.fromkeys(job.seed for job in manifest.jobs)
    designs, left = _designs([v for label in labels if (v := vector_of(label)) is not None])
    return designs[0] if len(designs) == 1 and not left else None


def parts_of(manifest: Manifest) -> list[tuple[list[str], Design]]:
    """(learners, design) pairs that plan all runs, yardsticks left out where a plan adds them."""
    return _parts(manifest, _apart(manifest))[0]


def _apart(manifest: Manifest) -> tuple[str, ...]:
    """The yardsticks, if every command that plans other learners adds them at the same seeds."""
    mine = {(job.learner, job.seed) for job in manifest.jobs}
    seeds = {seed for learner, seed in mine if learner not in manifest.yardsticks}
    whole = {(name, seed) for name in manifest.yardsticks for seed in seeds}
    beside = {place for place in mine if place[0] in manifest.yardsticks}
    return manifest.yardsticks if whole == beside else ()


def _parts(
    manifest: Manifest, left_out: Sequence[str] = ()
) -> tuple[list[tuple[list[str], Design]], tuple[str, ...]]:
    """(learners, design) pairs that plan all runs and no other, and the labels that none gives."""
    seeds: dict[str, list[str]] = {}
    for job in (job for job in manifest.jobs if job.learner not in left_out):
        seeds.setdefault(job.learner, []).append(job.seed)
    groups: dict[frozenset[str], list[str]] = {}
    for learner, labels in seeds.items():
        groups.setdefault(frozenset(labels), []).append(learner)
    parts: list[tuple[list[str], Design]] = []
    missing: dict[str, None] = {}
    for learners in groups.values():
        labels = list(dict.fromkeys(seeds[learners[0]]))
        designs, left = _designs([v for label in labels if (v := vector_of(label)) is not None])
        parts += [(learners, design) for design in designs]
        missing |= dict.fromkeys(vector.label for vector in left)
    return parts, tuple(missing)


def _designs(known: Sequence[Seeds]) -> tuple[list[Design], list[Seeds]]:
    """One design, or runs of `joint` and one more; then the vectors that these do not give."""
    if not known:
        return [], []
    for design in _candidates(known):
        if design.vectors() == set(known):
            return [design], []
    together = [vector for vector in known if vector.is_joint]
    apart = [vector for vector in known if not vector.is_joint]
    joint = [Design("joint", tuple(vector.split for vector in together))] if together else []
    for design in _candidates(apart):
        if set(apart) <= design.vectors() <= set(known):
            return [*joint, design], []
    return joint, apart


def _candidates(vectors: Sequence[Seeds]) -> Iterable[Design]:
    levels = tuple(dict.fromkeys(vector.split for vector in vectors))
    yield Design("joint", levels)
    for name in ("sources", "sources-4"):
        yield Design(name, levels)
        yield Design(name, tuple(sorted(levels)))
    fixed = [n for n in Seeds._fields if len({getattr(v, n) for v in vectors}) == 1]
    moving = [name for name in Seeds._fields if name not in fixed]
    base = [getattr(vectors[0], name) for name in fixed[:1] if name != "rounding"]
    every = dict.fromkeys([*base, *(getattr(v, name) for v in vectors for name in moving)])
    yield Design(f"cross:{','.join(moving)}", tuple(every))
