"""What a site is made of: studies, reference packs, and folders of these."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from coldbench.errors import StoreError
from coldbench.league.packs.facts import SUFFIX
from coldbench.league.packs.opening import open_pack
from coldbench.league.site.entrants import find_entries, is_entry
from coldbench.league.site.slugs import slug
from coldbench.study import Study
from coldbench.text import display_name

__all__ = ["Setting", "Source", "find_sources"]

DEPTH = 1  # folders of studies in a folder


class Setting(NamedTuple):
    """Numbers of different ones never meet. tuned: whether any learner was."""

    protocol: str
    version: int
    tuned: bool


@dataclass(frozen=True)
class Source:
    """A study. name: of its folder or pack, behind that of the folder of studies that it is part
    of; group: that folder, or what a pack is of, `` for a study alone."""

    name: str
    group: str
    study: Study

    @property
    def key(self) -> str:
        """Names its report."""
        return slug(self.name)

    @property
    def shown(self) -> str:
        """Its name on a page."""
        return display_name(self.name, 60)

    @property
    def dataset(self) -> str:
        """The name of its data set: in a folder of studies, that of its folder."""
        return _name_of(self.study) if self.group else str(self.study.manifest.fixed["dataset"])

    @property
    def setting(self) -> Setting:
        plan = self.study.manifest
        version = int(plan.fixed["protocol_options"].get("version", 1))
        return Setting(str(plan.fixed["protocol"]), version, bool(plan.tuning))


def find_sources(paths: Sequence[Path], spare: Path) -> list[Source]:
    """The studies and packs in each path: itself, those right below it, and those of the folders
    right below it. spare: an empty folder, for the studies in packs.

    A path with entries of learners alone gives none. Raises StoreError for a path with neither,
    and for two of one name.
    """
    names: dict[str, Source] = {}
    for one in (source for path in paths for source in _within(path, spare)):
        other = names.setdefault(one.name, one)
        if other is not one and other.study.path.resolve() != one.study.path.resolve():
            raise StoreError(
                f"two studies are called {one.shown}: {other.study.path} and {one.study.path}; "
                "rename a folder"
            )
    return list(names.values())


def _within(path: Path, spare: Path) -> list[Source]:
    """Raises StoreError for a folder without a study."""
    if path.suffix == SUFFIX:
        return [_unpacked(path, spare)]
    if _is_study(path):
        return [Source(path.resolve().name, "", Study.open(path))]
    found = list(_below(path, spare, DEPTH))
    if not found and not find_entries([path]):
        raise StoreError(f"no study in {path}: start one with `coldbench run`")
    return found


def _below(path: Path, spare: Path, depth: int) -> Iterator[Source]:
    if is_entry(path):
        return
    folders = sorted(child for child in path.glob("*") if child.is_dir())
    studies = [Study.open(folder) for folder in folders if _is_study(folder)]
    several = _are_of_several(studies) and (depth < DEPTH or _are_named_so(studies))
    group = path.resolve().name if several else ""
    for study in studies:
        yield Source(f"{group}/{study.path.name}".strip("/"), group, study)
    for pack in sorted(path.glob(f"*{SUFFIX}")):
        yield _unpacked(pack, spare)
    for folder in folders if depth else ():
        if not _is_study(folder):
            yield from _below(folder, spare, depth - 1)


def _unpacked(path: Path, spare: Path) -> Source:
    """Raises StoreError for a pack that was edited."""
    pack = open_pack(path)
    study = pack.unpack(spare / pack.title / pack.facts.name)
    return Source(pack.title, "reference packs", study)


def _are_of_several(studies: Sequence[Study]) -> bool:
    """Whether they are studies of several data sets, one each."""
    sets = {study.manifest.fixed["dataset"] for study in studies}
    return len(sets) == len(studies) > 1


def _are_named_so(studies: Sequence[Study]) -> bool:
    """Whether each is named for its data set: a folder of unlike studies is not."""
    return all(_name_of(study) == study.manifest.fixed["dataset"] for study in studies)


def _name_of(study: Study) -> str:
    """That of its folder, without the protocol that `run` puts behind a data set's name."""
    return study.path.resolve().name.removesuffix(f"-{study.manifest.fixed['protocol']}")


def _is_study(path: Path) -> bool:
    return (path / "study.json").is_file()
