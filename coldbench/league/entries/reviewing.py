"""The review of an entry: what CI does with it. The entry is hostile input, its plugin is trusted.

Nothing of the entry runs: the learner that is asked is the one installed here, and only when its
code is the entry's, and the study is one that was run against the reference.
"""

import shlex
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from secrets import randbelow
from typing import Any

from coldbench.data import cache_home
from coldbench.errors import ColdbenchError, StoreError, UsageError, shorten
from coldbench.league.entries.asking import Data, audited, conforming, fresh, replayed
from coldbench.league.entries.form import ENTRY, PLUGIN, Entry
from coldbench.league.entries.fresh import drawn_seeds
from coldbench.league.entries.marks import Check, Review, write_review
from coldbench.league.entries.matching import mismatches
from coldbench.league.entries.received import receive
from coldbench.league.entries.source import plugin_of
from coldbench.league.packs.getting import find_pack
from coldbench.league.packs.opening import Pack
from coldbench.running import provenance
from coldbench.study import Study, alone_of, verify

__all__ = ["Asked", "review"]

Told = Callable[[Check], None]
LATER = ("conformance", "audit", "replay", "fresh seeds")


@dataclass(frozen=True)
class Asked:
    """reference: name or file of a pack (default: that of the entry); data: name or folder of the
    data; seeds: how many fresh ones to draw, or which."""

    reference: str = ""
    data: str = ""
    seeds: int | tuple[int, ...] = 3


def review(folder: Path, asked: Asked, told: Told = lambda check: None) -> Review:
    """Check an entry and write its review.json; told: called after each check.

    Raises StoreError for a folder that is no entry, or that cannot be written to.
    """
    if not (folder / ENTRY).is_file():
        raise StoreError(
            f"{folder} is no entry, it has no {ENTRY}: `coldbench enter ... --submit` writes one"
        )
    checks: list[Check] = []
    with tempfile.TemporaryDirectory(prefix="coldbench-review-") as place:
        made = _Review(folder, Path(place), asked)
        for check in made.checks():
            checks.append(check)
            told(check)
    found = made.facts(checks)
    write_review(folder, found)
    return found


class _Review:
    """One review under way: what a check finds out, the next ones use."""

    def __init__(self, folder: Path, place: Path, asked: Asked) -> None:
        self.folder, self.place, self.asked = folder, place, asked
        self.entry: Entry | None = None
        self.pack: Pack | None = None
        self.seeds: tuple[int, ...] = ()
        self.draw = randbelow(2**31)

    def checks(self) -> Iterator[Check]:
        """Each check in turn; those that run the learner only if nothing before them failed."""
        first = _done("seal", self._sealed)
        yield first
        entry = self.entry
        rest = ("plugin", "study", *LATER)
        if not first.passed or entry is None:
            yield from _left(rest)
            return
        same, matching = _done("plugin", self._same_plugin), _done("study", self._matching)
        yield from (same, matching)
        if not (same.passed and matching.passed):
            yield from _left(LATER)
            return
        study, alone, data = Study.open(self._copy), self._alone(entry), self._data()
        learner, sentinel = entry.learner, entry.sentinel
        yield _done("conformance", lambda: conforming(entry.plugin.learner))
        yield _done("audit", lambda: audited(alone, data, self.draw))
        yield _done("replay", lambda: replayed(alone, data, self.draw))
        yield _done("fresh seeds", lambda: fresh(study, learner, sentinel, self.seeds, data))

    def facts(self, checks: list[Check]) -> Review:
        entry = self.entry
        return Review(
            entry=entry.sha256 if entry else "",
            learner=entry.learner if entry else "",
            reference=self.pack.title if self.pack else "",
            checks=tuple(checks),
            seeds=self.seeds,
            drawn=isinstance(self.asked.seeds, int),
            draw=self.draw,
            reviewed=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            by=_here(),
        )

    @property
    def _copy(self) -> Path:
        return self.place / "entry"

    def _sealed(self) -> Check:
        self.entry = receive(self.folder, self._copy)
        count = len(self.entry.files)
        said = f"{count} files, whole and as sealed; entry.json {self.entry.sha256[:16]}"
        return Check(name="seal", passed=True, said=said)

    def _same_plugin(self) -> Check:
        assert self.entry is not None
        wanted = self.entry.plugin
        install = _install(self.folder, self.entry)
        try:
            here = plugin_of(wanted.learner)
        except ColdbenchError as error:
            said = f"{error}; read the entry's {PLUGIN}/, then install it: `{install}`"
            return Check(name="plugin", passed=False, said=said)
        name = f"{shorten(wanted.distribution)[1:-1]} {shorten(wanted.version)[1:-1]}"
        if here.sha256 != wanted.sha256:
            said = (
                f"the entry ran {name} with code {wanted.sha256[:16]}, installed here is "
                f"{here.distribution} {here.version} with {here.sha256[:16]}: `{install}`"
            )
            return Check(name="plugin", passed=False, said=said)
        return Check(name="plugin", passed=True, said=f"{name}, code {here.sha256[:16]}, as here")

    def _matching(self) -> Check:
        assert self.entry is not None
        verdict = verify(self._copy)
        wrong = [one.text for one in (*verdict.of("damage"), *verdict.of("hole"))]
        if wrong:
            return Check(name="study", passed=False, said=wrong[0], more=tuple(wrong[1:5]))
        title, sha256 = self.entry.reference.title, self.entry.reference.sha256
        self.pack = find_pack(self.asked.reference or title)
        if self.pack.sha256 != sha256:
            said = (
                f"the entry was run against {title} with sha256 {sha256[:16]}, this is "
                f"{self.pack.title} with {self.pack.sha256[:16]}: give --reference {title}, or "
                f"`coldbench enter` it again"
            )
            return Check(name="study", passed=False, said=said)
        theirs = self.pack.unpack(self.place / "reference")
        if found := mismatches(self.entry, Study.open(self._copy), title, theirs):
            return Check(name="study", passed=False, said=found[0], more=tuple(found[1:]))
        self._choose(theirs)
        said = f"{verdict.stored} runs; data, protocol, tasks and sentinel are those of {title}"
        return Check(name="study", passed=True, said=said)

    def _choose(self, theirs: Study) -> None:
        seeds = self.asked.seeds
        known = {job.seed for job in theirs.manifest.jobs}
        if old := [
            seed for seed in (() if isinstance(seeds, int) else seeds) if str(seed) in known
        ]:
            raise UsageError(f"seed {old[0]} is one of the reference, not a fresh one: --seeds")
        self.seeds = drawn_seeds(known, seeds) if isinstance(seeds, int) else seeds
        self.options: Mapping[str, Any] = theirs.manifest.dataset_options

    def _alone(self, entry: Entry) -> Study:
        """The learner without the sentinel, which is ours: a study that an audit may write to."""
        place = self.place / "alone"
        place.mkdir()
        for name, data in alone_of(Study.open(self._copy), (entry.learner,)).items():
            (place / name).write_bytes(data)
        return Study.open(place)

    def _data(self) -> Data:
        return Data(str(cache_home()), self.asked.data, dict(self.options))


def _done(name: str, check: Callable[[], Check]) -> Check:
    """What cannot be checked has not passed."""
    try:
        return check()
    except ColdbenchError as error:
        return Check(name=name, passed=False, said=str(error))


def _left(names: tuple[str, ...]) -> Iterator[Check]:
    for name in names:
        yield Check(name=name, passed=None, said="not run, since a check before it failed")


def _install(folder: Path, entry: Entry) -> str:
    plugin = entry.plugin
    if plugin.kept == "project":
        return shlex.join(["pip", "install", str(folder / PLUGIN)])
    return shlex.join(["pip", "install", f"{plugin.distribution}=={plugin.version}"])


def _here() -> dict[str, Any]:
    """Machine, versions and revision; nothing of a learner."""
    facts = provenance("")
    return {name: value for name, value in facts.items() if name not in ("plugin", "code")}
