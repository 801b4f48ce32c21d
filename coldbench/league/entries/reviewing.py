"""The review of an entry: what CI does with it. The entry is hostile input, its plugin is trusted.

Nothing of the entry runs: the learner that is asked is the one installed here, and only when its
code is the entry's, and the study is one that was run against the reference.
"""

import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from secrets import randbelow
from typing import Any

from coldbench.errors import ColdbenchError, StoreError, shorten
from coldbench.league.entries.against import compared, other_pack, source_of_data, whole
from coldbench.league.entries.asking import (
    audited,
    best_runs,
    conforming,
    described,
    fresh,
    limit_of,
    replayed,
)
from coldbench.league.entries.claims import claims
from coldbench.league.entries.form import ENTRY, STUDY, Submission
from coldbench.league.entries.fresh import COUNT, chosen_seeds
from coldbench.league.entries.marks import ASKING, BEFORE, Check, Review, write_review
from coldbench.league.entries.modules import required_by
from coldbench.league.entries.received import receive
from coldbench.league.entries.same_code import same_code
from coldbench.league.packs.getting import find_pack
from coldbench.league.packs.opening import Pack
from coldbench.running import Source, provenance
from coldbench.study import Study, alone_of

__all__ = ["review"]

Told = Callable[[Check], None]


def review(
    folder: Path,
    reference: str = "",
    data: str = "",
    seeds: int | tuple[int, ...] = COUNT,
    told: Told = lambda check: None,
) -> Review:
    """Check an entry and write its review.json.

    reference: name or file of a pack (default: that of the entry); data: name or folder of the
    data; seeds: how many fresh ones to draw, or which; told: called after each check. Raises
    StoreError for a folder that is no entry, or that cannot be written to.
    """
    if not (folder / ENTRY).is_file():
        raise StoreError(
            f"{folder} is no entry, it has no {ENTRY}: `coldbench enter ... --submit` writes one"
        )
    checks: list[Check] = []
    with tempfile.TemporaryDirectory(prefix="coldbench-review-") as place:
        made = _Review(folder, Path(place), reference, data, seeds)
        for check in made.checks():
            checks.append(check)
            told(check)
    found = made.facts(checks)
    write_review(folder, found)
    return found


class _Review:
    """One review under way: what a check finds out, the next ones use."""

    def __init__(
        self, folder: Path, place: Path, reference: str, data: str, seeds: int | tuple[int, ...]
    ) -> None:
        self.folder, self.place = folder, place
        self.reference, self.data, self.asked = reference, data, seeds
        self.entry: Submission | None = None
        self.pack: Pack | None = None
        self.source = Source()
        self.seeds: tuple[int, ...] = ()
        self.draw = randbelow(2**31)

    def checks(self) -> Iterator[Check]:
        """Each check in turn; those that run the learner only if nothing before them failed."""
        yield (seal := _done("seal", self._sealed))
        entry = self.entry
        if not seal.passed or entry is None:
            yield from _left((*BEFORE, *ASKING))
            return
        yield (code := _done("plugin", lambda: same_code(entry.plugin, self.folder)))
        yield (study := _done("study", lambda: self._compared(entry)))
        if not (code.passed and study.passed):
            yield from _left(ASKING)
            return
        yield from self._asked(entry)

    def facts(self, checks: list[Check]) -> Review:
        """What review.json says."""
        entry = self.entry
        return Review(
            entry=entry.sha256 if entry else "",
            learner=entry.entered.learner if entry else "",
            reference=self.pack.title if self.pack else "",
            checks=tuple(checks),
            seeds=self.seeds,
            drawn=isinstance(self.asked, int),
            lite=entry is not None and entry.entered.lite,
            draw=self.draw,
            reviewed=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            by=_here(),
            requires=required_by(entry.plugin.distribution) if entry else {},
        )

    @property
    def _copy(self) -> Path:
        return self.place / "entry"

    def _sealed(self) -> Check:
        self.entry = receive(self.folder, self._copy)
        count, seal = len(self.entry.files), self.entry.sha256[:16]
        return Check(name="seal", passed=True, said=f"{count} files, as {ENTRY} {seal} seals them")

    def _compared(self, entry: Submission) -> Check:
        mine = Study.open(self._copy / STUDY)
        if not (found := whole(mine)).passed:
            return found
        self.pack = find_pack(self.reference or entry.entered.pack)
        if other := other_pack(entry, self.pack):
            return other
        theirs = self.pack.unpack(self.place / "reference")
        self.source = source_of_data(theirs, self.data)
        self.seeds = chosen_seeds([job.seed for job in theirs.manifest.jobs], self.asked)
        return compared(entry, mine, self.pack, theirs, self.data)

    def _asked(self, entry: Submission) -> Iterator[Check]:
        learner, sentinel = entry.entered.learner, entry.entered.sentinel
        study, alone = Study.open(self._copy / STUDY), self._alone(learner)
        limit = limit_of(study)
        yield _done("claims", lambda: self._claimed(entry, study))
        yield _done("conformance", lambda: conforming(entry.plugin.learner))
        yield _done("audit", lambda: audited(alone, self.source, self.draw, limit))
        always = best_runs(study, learner, sentinel)
        yield _done("replay", lambda: replayed(alone, self.source, self.draw, limit, always))
        asked = (learner, sentinel, self.seeds, self.source, limit)
        yield _done("fresh seeds", lambda: fresh(study, *asked))

    def _claimed(self, entry: Submission, study: Study) -> Check:
        plugin, options = entry.plugin, study.manifest.learners[entry.entered.learner]
        package = f"{plugin.distribution} {plugin.version}"

        def card() -> str:
            return described(plugin.learner, package, entry.entered.code, options)

        assert self.pack is not None  # the study was compared with it
        theirs = Study.open(self.place / "reference")
        return claims(entry, self._copy, self.pack, theirs, card)

    def _alone(self, learner: str) -> Study:
        """The learner without the sentinel, which is ours: a study that an audit may write to."""
        place = self.place / "alone"
        place.mkdir()
        for name, data in alone_of(Study.open(self._copy / STUDY), (learner,)).items():
            (place / name).write_bytes(data)
        return Study.open(place)


def _done(name: str, check: Callable[[], Check]) -> Check:
    """What cannot be checked has not passed, whatever an entry made of it."""
    try:
        return check()
    except ColdbenchError as error:
        return Check(name=name, passed=False, said=str(error))
    except Exception as error:
        said = f"could not be carried out: {type(error).__name__}: {shorten(error, 300)}"
        return Check(name=name, passed=False, said=said)


def _left(names: tuple[str, ...]) -> Iterator[Check]:
    for name in names:
        yield Check(name=name, passed=None, said="not run, since a check before it failed")


def _here() -> dict[str, Any]:
    """Machine, versions and revision; nothing of a learner."""
    facts = provenance("")
    return {name: value for name, value in facts.items() if name not in ("plugin", "code")}
