"""The study of an entry against its reference, and the sentinel beside what rounding does here."""

import shlex
from collections.abc import Sequence

from coldbench.data import cache_home
from coldbench.league.entries.form import Submission
from coldbench.league.entries.marks import Check
from coldbench.league.entries.matching import mismatches
from coldbench.league.entries.sentinels import agreeing
from coldbench.league.packs.asking import Asked
from coldbench.league.packs.fitting import check_protocol, open_data
from coldbench.league.packs.opening import Pack
from coldbench.running import Job, RunRecord, Settings, Source, outcomes
from coldbench.study import Study, StudyConfig, verify

__all__ = ["ENGINE", "PROCESSES", "compared", "other_pack", "source_of_data", "whole"]

ENGINE, PROCESSES = "apart", 2  # no plugin is to enter this process, nor to answer in a pickle


def whole(study: Study) -> Check:
    """Whether the study is complete, unedited and consistent."""
    verdict = verify(study.path)
    wrong = [one.text for one in (*verdict.of("damage"), *verdict.of("hole"))]
    if wrong:
        return _study(False, f"{wrong[0]}; write the entry again", wrong[1:5])
    return _study(True, f"{verdict.stored} runs")


def other_pack(entry: Submission, pack: Pack) -> Check | None:
    """The refusal of a pack that is not the one that was entered."""
    wanted = entry.entered
    if pack.sha256 == wanted.pack_sha256:
        return None
    again = shlex.join(["coldbench", "enter", wanted.learner, "--reference", pack.title])
    return _study(
        False,
        f"the entry was run against {wanted.pack} with sha256 {wanted.pack_sha256[:16]}, this is "
        f"{pack.title} with {pack.sha256[:16]}: review it with --reference {wanted.pack}, or run "
        f"`{again}`",
    )


def source_of_data(theirs: Study, data: str) -> Source:
    """Where the data of the reference are, by its own options: an entry names no file."""
    manifest = theirs.manifest
    return Source(str(cache_home()), data or manifest.fixed["dataset"], manifest.dataset_options)


def compared(entry: Submission, mine: Study, pack: Pack, theirs: Study, data: str) -> Check:
    """Same settings, seeds, tasks, data here, and a sentinel that agrees.

    Raises StoreError for a protocol that this coldbench does not give, DataError and UsageError for
    data that are not the reference's.
    """
    kept, title = entry.entered, pack.title
    if found := mismatches(entry, mine, title, theirs):
        return _study(False, found[0], found[1:])
    asked = Asked(kept.learner, pack, StudyConfig(), data)
    check_protocol(asked, theirs.manifest)
    open_data(asked, theirs.manifest)
    source = source_of_data(theirs, data)

    def rerun(jobs: list[Job]) -> list[RunRecord]:
        return [one.record for one in outcomes(ENGINE, jobs, Settings(PROCESSES, source))]

    wrong, told = agreeing(kept.sentinel, mine, theirs, title, rerun)
    if wrong:
        again = shlex.join(["coldbench", "enter", kept.learner, "--reference", title])
        return _study(False, f"{wrong}; run `{again}` again")
    runs = f"{len(mine.stored())} runs; data, protocol and tasks are those of {title}"
    return _study(True, f"{runs}; the sentinel {kept.sentinel} {told}")


def _study(passed: bool, said: str, more: Sequence[str] = ()) -> Check:
    return Check(name="study", passed=passed, said=said, more=tuple(more))
