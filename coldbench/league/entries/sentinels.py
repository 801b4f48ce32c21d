"""Does the sentinel of an entry agree with the reference? Whoever wrote the entry is not believed.

Where its bits are the reference's, so must its scores be. Where they are not, the sentinel runs
here: both the reference's runs and the entry's may differ from runs here by rounding only. Runs of
the entry never say themselves how far rounding moves them.
"""

import math
from collections.abc import Mapping

from coldbench.errors import shorten
from coldbench.league.packs.sentinel import Records, Rerun, agreement
from coldbench.report.topics.entry import in_words
from coldbench.running import RunRecord
from coldbench.study import Study

__all__ = ["agreeing", "runs_of"]

Scores = Mapping[tuple[str, int, str, int], float | None]


def agreeing(name: str, mine: Study, theirs: Study, title: str, rerun: Rerun) -> tuple[str, str]:
    """What is wrong, or empty; and how it agrees, in words. rerun: runs jobs on this machine."""
    stated, known = runs_of(mine, name), runs_of(theirs, name)
    for seed, record in stated.items():
        if seed not in known or not record.status == known[seed].status == "finished":
            return f"the sentinel {name} did not finish at seed {shorten(seed)}", ""
    odd = [seed for seed, one in stated.items() if not _same_bits(one, known[seed])]
    for seed in (seed for seed in stated if seed not in odd):
        if not _alike(_scores(stated[seed]), _scores(known[seed])):
            return f"the sentinel {name} has the predictions of {title} and other scores", ""
    if not odd:
        return "", f"agrees bit for bit at all {len(stated)} seeds"
    here = {one.job.seeds.label: one for one in rerun([known[seed].job for seed in odd])}
    for there, whose in ((known, title), (stated, "the entry")):
        if wrong := _disagreeing(name, there, here, whose, rerun):
            return wrong, ""
    return "", f"agrees within rounding with runs on this machine ({len(odd)} seeds of other bits)"


def _disagreeing(name: str, there: Records, here: Records, whose: str, rerun: Rerun) -> str:
    check = agreement(there, here, rerun)
    if check.verdict != "disagrees":
        return ""
    why = f" ({'; '.join(shorten(text) for text in check.why[:3])})" if check.why else ""
    return f"the sentinel {name} here is not that of {whose}: it {in_words(check)}{why}"


def _same_bits(one: RunRecord, other: RunRecord) -> bool:
    return one.predictions_sha256 == other.predictions_sha256


def _scores(record: RunRecord) -> Scores:
    return {(one.scenario, one.shots, one.metric, one.version): one.value for one in record.scores}


def _alike(old: Scores, new: Scores) -> bool:
    """The last bits are those of a sum; of the metrics that both know, neither has a score more."""
    common = {key[2:] for key in old} & {key[2:] for key in new}  # the others were defined anew
    here, there = ({key for key in one if key[2:] in common} for one in (old, new))
    pairs = [(old[key], new[key]) for key in here & there]
    return here == there != set() and all(
        a is b if a is None or b is None else math.isclose(a, b, rel_tol=1e-9) for a, b in pairs
    )


def runs_of(study: Study, learner: str) -> dict[str, RunRecord]:
    """The runs of a learner by seed; a reference has more of them than a lite entry."""
    jobs = [job for job in study.manifest.jobs if job.learner == learner]
    return {job.seed: study.record(job.job_hash) for job in jobs}
