"""Is an entry's study one that was run against the reference: same data, tasks, seeds, sentinel?"""

import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from coldbench.errors import shorten
from coldbench.league.entries.form import Submission
from coldbench.league.entries.rows import odd_scores
from coldbench.league.packs.asking import LITE
from coldbench.league.packs.naming import folded
from coldbench.running import RunRecord
from coldbench.study import Entered, Study

__all__ = ["mismatches"]

SPLITS = ("split_sha256", "episode_sha256")


def mismatches(entry: Submission, mine: Study, title: str, theirs: Study) -> list[str]:
    """A sentence for each thing that differs, with the command that mends it; empty for a match."""
    kept = entry.entered
    again = f"run `{shlex.join(['coldbench', 'enter', kept.learner, '--reference', title])}` again"
    texts = [*_settings(mine.manifest.fixed, theirs.manifest.fixed, title)]
    if taken := list(_taken(kept, theirs, title)):
        return taken
    if not texts:
        texts = [*_learners(entry, mine), *_seeds(kept, mine, theirs, title)]
    if not texts:
        texts = [*_tasks(mine, theirs, title), *_sentinel(kept, mine, theirs, title)]
    if not texts:
        texts, again = [*odd_scores(mine, theirs, title)], f"{again}, with another --out"
    return [f"{text}; {again}" for text in texts]


def _settings(mine: Mapping[str, Any], theirs: Mapping[str, Any], title: str) -> Iterator[str]:
    """Protocol and data first: what follows from them is not said again."""
    versions = [_protocol(one) for one in (mine, theirs)]
    if versions[0] != versions[1]:
        yield f"the entry was run by the protocol {versions[0]}, {title} by {versions[1]}"
        return
    prints = [shorten(str(one.get("dataset_sha256"))[:16])[1:-1] for one in (mine, theirs)]
    if mine.get("dataset_sha256") != theirs["dataset_sha256"]:
        yield (
            f"the entry's data have the fingerprint {prints[0]}, those of {title} {prints[1]}: "
            f"another edition; see `coldbench reference show {title}`"
        )
        return
    for key in sorted(mine.keys() | theirs.keys()):
        if mine.get(key) != theirs.get(key):
            here, there = shorten(mine.get(key)), shorten(theirs.get(key))
            yield f"{shorten(key)} is {here} in the entry, {there} in {title}"


def _protocol(fixed: Mapping[str, Any]) -> str:
    options = fixed.get("protocol_options")
    version = options.get("version", 1) if isinstance(options, dict) else "unknown"
    return f"{shorten(fixed.get('protocol'))[1:-1]} version {shorten(version)[1:-1]}"


def _taken(entry: Entered, theirs: Study, title: str) -> Iterator[str]:
    names = {folded(name): name for name in theirs.manifest.learners}
    if taken := names.get(folded(entry.learner)):
        yield (
            f"{title} has a learner called {shorten(taken)} itself, with runs of its own: give "
            f"{shorten(entry.learner)} another name"
        )


def _learners(entry: Submission, mine: Study) -> Iterator[str]:
    manifest, kept = mine.manifest, entry.entered
    if set(manifest.learners) != {kept.learner, kept.sentinel}:
        names = shorten(", ".join(sorted(manifest.learners)))
        yield f"study.json has the learners {names}, entry.json speaks of others"
        return
    base = manifest.learners[kept.learner].get("base")
    if base != entry.plugin.learner:
        yield f"study.json ran {shorten(base)}, entry.json holds the code of another learner"
    if entry.tuned != (kept.learner in manifest.tuning):
        yield "study.json and entry.json do not agree whether the learner was tuned"


def _seeds(entry: Entered, mine: Study, theirs: Study, title: str) -> Iterator[str]:
    """All of the reference, or its first ones: whoever chooses among seeds chooses a result."""
    known = list(dict.fromkeys(job.seed for job in theirs.manifest.jobs))
    due = known[:LITE] if entry.lite else known
    for learner in mine.manifest.learners:
        seeds = [job.seed for job in mine.manifest.jobs if job.learner == learner]
        if sorted(seeds) != sorted(due):
            lite = f" (--lite: the first {LITE})" if entry.lite else ""
            yield (
                f"{shorten(learner)} ran on the seeds {_named(seeds)}, learners of {title} on "
                f"{_named(due)}{lite}"
            )


def _named(seeds: list[str]) -> str:
    return shorten(", ".join(seeds))


def _tasks(mine: Study, theirs: Study, title: str) -> Iterator[str]:
    known = {r.job.seeds.label: r for r in theirs.records() if r.status == "finished"}
    for record in _finished(mine):
        seed = record.job.seeds.label
        other = known.get(seed)
        if other and any(getattr(record, name) != getattr(other, name) for name in SPLITS):
            yield f"the test tasks of seed {seed} are others in the entry than in {title}"
            return


def _sentinel(entry: Entered, mine: Study, theirs: Study, title: str) -> Iterator[str]:
    name = entry.sentinel
    if name not in theirs.manifest.learners:
        yield f"the entry's sentinel is {name}, which {title} does not hold"
    elif mine.manifest.learners[name] != theirs.manifest.learners[name]:
        yield f"the sentinel {name} has other options in the entry than in {title}"


def _finished(study: Study) -> list[RunRecord]:
    return [record for record in study.records() if record.status == "finished"]
