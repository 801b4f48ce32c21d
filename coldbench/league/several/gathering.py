"""The studies that stand in one league: found in a folder, and refused where they do not belong."""

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from coldbench.errors import StoreError, shorten
from coldbench.league.several.measure import makes_error
from coldbench.report.study import ReportData, build
from coldbench.study import Manifest, Study, latest_study
from coldbench.text import listed

__all__ = [
    "CONSTANT", "Member", "differences", "gathered", "holds_studies", "latest_work", "measured",
    "studies_of",
]  # fmt: skip

CONSTANT = "global-median"  # the yardstick that skill is measured by
SKILL = (
    "{} has no run of global-median, the best constant, by which skill is measured: `coldbench run "
    "--out {} --models global-median`, which takes seconds, adds it"
)
PERFECT = (
    "the best constant makes no error on {}, in any scenario: skill is a share of that error, so a "
    "league needs a study of another data set"
)
UNMEASURED = (
    "In {} of {} the best constant makes no error; skill is a share of that error, so the data set "
    "does not count there."
)
TWICE = (
    "{} and {} are both of {}: in a league over data sets a data set counts once; move one of the "
    "two folders elsewhere"
)


@dataclass(frozen=True, eq=False)
class Member:
    """A study, under the name of its data set."""

    name: str
    data: ReportData


def holds_studies(folder: Path) -> bool:
    """Whether it is no study itself and has studies right below it."""
    return not (folder / "study.json").exists() and bool(_paths(folder))


def studies_of(folder: Path) -> list[Study]:
    """The studies right below a folder, by name; raises StoreError where there is none, or where
    one cannot be read."""
    paths = _paths(folder)
    if not paths and (folder / "study.json").exists():
        raise StoreError(f"{folder} is one study, not a folder with several right below it")
    if not paths:
        raise StoreError(f"{folder} is neither a study nor a folder of studies")
    return [Study.open(path) for path in paths]


def latest_work(root: Path) -> Path:
    """The study under `root` whose plan changed last, or the folder of studies that has it; raises
    StoreError when there is none."""
    inner = [(file.stat().st_mtime, file.parent.parent) for file in root.glob("*/*/study.json")]
    outer = [(file.stat().st_mtime, file.parent) for file in root.glob("*/study.json")]
    return max(inner + outer)[1] if inner else latest_study(root)


def _paths(folder: Path) -> list[Path]:
    return sorted(file.parent for file in folder.glob("*/study.json"))


def gathered(studies: Sequence[Study]) -> tuple[Member, ...]:
    """Each with its analysis; raises StoreError for those that cannot stand in one table."""
    if not studies:
        raise StoreError("no study to compare")
    for first, second in combinations(studies, 2):
        _refuse(first, second)
    for study in studies:
        if CONSTANT not in study.manifest.learners:
            raise StoreError(SKILL.format(study.path, shlex.quote(str(study.path))))
    members = tuple(Member(name, build(study)) for name, study in _named(studies).items())
    every = [measured(one, scenario) for one in members for scenario in one.data.scenarios]
    if every and not any(every):
        raise StoreError(PERFECT.format(listed([one.name for one in members], 9)))
    return members


def measured(member: Member, scenario: str) -> bool:
    """Whether skill can be measured in a scenario: False only where the best constant has runs and
    makes no error in one."""
    constant = member.data.main.get((CONSTANT, scenario))
    return constant is None or makes_error(constant)


def _named(studies: Sequence[Study]) -> dict[str, Study]:
    """By the name of its folder, without the protocol that `run` puts behind a data set's name."""
    folders = [study.path.resolve().name for study in studies]
    protocol = studies[0].manifest.fixed["protocol"]
    names = [folder.removesuffix(f"-{protocol}") for folder in folders]
    return dict(zip(names if len(set(names)) == len(names) else folders, studies, strict=True))


def _refuse(first: Study, second: Study) -> None:
    one, other = first.manifest, second.manifest
    if _protocol(one) != _protocol(other):
        raise StoreError(_mixed(first, second))
    parts = one.fixed["dataset"] == other.fixed["dataset"] and (one.part or other.part)
    if parts or _data(one) == _data(other):
        raise StoreError(TWICE.format(first.path, second.path, shorten(one.fixed["dataset"])))
    for name in one.learners.keys() & other.learners.keys():
        bases = [str(plan.learners[name].get("base", name)) for plan in (one, other)]
        if bases[0] != bases[1]:
            raise StoreError(
                f"{shorten(name)} is {shorten(bases[0])} in {first.path}, {shorten(bases[1])} in "
                f"{second.path}: give one of them another name and run it again"
            )


def _protocol(plan: Manifest) -> tuple[str, int]:
    return str(plan.fixed["protocol"]), int(plan.fixed["protocol_options"].get("version", 1))


def _data(plan: Manifest) -> str:
    """What tells data sets apart: their ratings, or all of them where an earlier version ran."""
    return plan.data.rows_sha256 or str(plan.fixed["dataset_sha256"])


def _mixed(first: Study, second: Study) -> str:
    """Which protocols differ, and the command that runs the older study again."""
    (name, version), (other, its) = (_protocol(study.manifest) for study in (first, second))
    said = f"{first.path} (protocol {name}, version {version}) and {second.path} ({other}, "
    said += f"version {its}) cannot stand in one table"
    if name != other:
        return f"{said}: other tasks give other errors; move one of the two folders elsewhere"
    old = first if version < its else second
    return (
        f"{said}: the same numbers make other tasks in each version. Run the older one again, "
        f"in another folder, and move {old.path} elsewhere: `{_again(old)}`"
    )


def _again(study: Study) -> str:
    plan = study.manifest
    models = [name for name in plan.learners if name not in plan.yardsticks]
    words = ["coldbench", "run", "--dataset", str(plan.fixed["dataset"])]
    words += ["--models", ",".join(models), "--seeds", _seeds(plan)]
    words += ["--set", f"dataset.users={plan.part}"] if plan.part else []
    return shlex.join([*words, "--out", f"{study.path}-again"])


def _seeds(plan: Manifest) -> str:
    seeds = list(dict.fromkeys(job.seed for job in plan.jobs))
    plain = seeds == [str(place) for place in range(len(seeds))]
    return str(len(seeds)) if plain else ",".join(seeds)


def differences(members: Sequence[Member]) -> Iterator[str]:
    """What the studies do not share, and a reader must know, in sentences."""
    for one in members:
        flat = [scenario for scenario in one.data.scenarios if not measured(one, scenario)]
        if flat:
            yield UNMEASURED.format(listed(flat), one.name)
    options = {one.name: one.data.manifest.fixed["protocol_options"] for one in members}
    for key in dict.fromkeys(key for mine in options.values() for key in mine):
        values = {name: str(mine.get(key)) for name, mine in options.items()}
        if len(set(values.values())) > 1:
            said = [f"{value} on {name}" for name, value in values.items()]
            yield f"The protocol's {key} is {listed(said, 9)}."
    seeds = {one.name: len(one.data.seeds) for one in members}
    if len(set(seeds.values())) > 1:
        yield f"Seeds: {listed([f'{count} on {name}' for name, count in seeds.items()], 9)}."
