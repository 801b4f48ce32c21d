"""Is an entry's study one that was run against the reference: same data, tasks, seeds, sentinel?"""

from collections.abc import Iterator, Mapping
from typing import Any

from coldbench.errors import shorten
from coldbench.league.entries.form import Entry
from coldbench.running import RunRecord
from coldbench.study import Study

__all__ = ["FEWEST", "maes", "mismatches"]

FEWEST = 3  # seeds, of `coldbench enter --lite`
ROUNDING = 1e-4  # of the reference's MAE: what the last bit does to a closed form, ample
SPLITS = ("split_sha256", "episode_sha256")


def mismatches(entry: Entry, mine: Study, title: str, theirs: Study) -> list[str]:
    """A sentence for each thing that differs, with the command that mends it; empty for a match."""
    again = f"run `coldbench enter {shorten(entry.learner)[1:-1]} --reference {title}` again"
    texts = [*_settings(mine.manifest.fixed, theirs.manifest.fixed, title)]
    if not texts:
        texts = [*_learners(entry, mine), *_seeds(mine, theirs, title)]
    if not texts:
        texts = [*_tasks(entry, mine, theirs, title), *_sentinel(entry, mine, theirs, title)]
    return [f"{text}; {again}" for text in texts]


def _settings(mine: Mapping[str, Any], theirs: Mapping[str, Any], title: str) -> Iterator[str]:
    """Protocol and data first: what follows from them is not said again."""
    versions = [f"{one['protocol']} version {_version(one)}" for one in (mine, theirs)]
    if versions[0] != versions[1]:
        yield f"the entry was run by the protocol {versions[0]}, {title} by {versions[1]}"
        return
    if mine["dataset_sha256"] != theirs["dataset_sha256"]:
        prints = [str(one["dataset_sha256"])[:16] for one in (mine, theirs)]
        yield (
            f"the entry's data have the fingerprint {prints[0]}, those of {title} {prints[1]}: "
            f"another edition; see `coldbench reference show {title}`"
        )
        return
    for key in sorted(mine.keys() | theirs.keys()):
        if mine.get(key) != theirs.get(key):
            here, there = shorten(mine.get(key)), shorten(theirs.get(key))
            yield f"{shorten(key)} is {here} in the entry, {there} in {title}"


def _version(fixed: Mapping[str, Any]) -> object:
    return fixed.get("protocol_options", {}).get("version", 1)


def _learners(entry: Entry, mine: Study) -> Iterator[str]:
    manifest = mine.manifest
    if set(manifest.learners) != {entry.learner, entry.sentinel}:
        names = shorten(", ".join(sorted(manifest.learners)))
        yield f"study.json has the learners {names}, entry.json speaks of others"
        return
    base = manifest.learners[entry.learner].get("base")
    if base != entry.plugin.learner:
        yield f"study.json ran {shorten(base)}, entry.json holds the code of another learner"
    if entry.tuned != (entry.learner in manifest.tuning):
        yield "study.json and entry.json do not agree whether the learner was tuned"


def _seeds(mine: Study, theirs: Study, title: str) -> Iterator[str]:
    """The reference's first ones: whoever chooses among seeds chooses a result."""
    known = list(dict.fromkeys(job.seed for job in theirs.manifest.jobs))
    for learner in mine.manifest.learners:
        seeds = [job.seed for job in mine.manifest.jobs if job.learner == learner]
        if len(seeds) < FEWEST or sorted(seeds) != sorted(known[: len(seeds)]):
            few = f"at least {FEWEST} of them" if len(seeds) < FEWEST else "the first of them"
            yield (
                f"{shorten(learner)} ran on the seeds {_named(seeds)}, {title} on {_named(known)}, "
                f"of which an entry has all, or with --lite {few}"
            )


def _named(seeds: list[str]) -> str:
    return shorten(", ".join(seeds))


def _tasks(entry: Entry, mine: Study, theirs: Study, title: str) -> Iterator[str]:
    known = {r.job.seeds.label: r for r in theirs.records() if r.status == "finished"}
    for record in _finished(mine):
        seed = record.job.seeds.label
        other = known.get(seed)
        if other and any(getattr(record, name) != getattr(other, name) for name in SPLITS):
            yield f"the test tasks of seed {seed} are others in the entry than in {title}"
            return


def _sentinel(entry: Entry, mine: Study, theirs: Study, title: str) -> Iterator[str]:
    """Same bits, or scores that differ by rounding only."""
    name = entry.sentinel
    if name not in theirs.manifest.learners:
        yield f"the entry's sentinel is {shorten(name)}, which {title} does not hold"
        return
    if mine.manifest.learners[name] != theirs.manifest.learners[name]:
        yield f"the sentinel {name!r} has other options in the entry than in {title}"
        return
    known = {r.job.seeds.label: r for r in _finished(theirs) if r.job.learner == name}
    for record in (one for one in _finished(mine) if one.job.learner == name):
        other = known.get(record.job.seeds.label)
        same = other is not None and record.predictions_sha256 == other.predictions_sha256
        worst = _apart(record, other) if other is not None and not same else ("", 0.0, 0.0)
        if other is None or abs(worst[1] - worst[2]) > ROUNDING * abs(worst[2]):
            yield (
                f"the sentinel {name!r} disagrees at seed {record.job.seeds.label}: its MAE in "
                f"{worst[0]} is {worst[1]:.6f} in the entry, {worst[2]:.6f} in {title}, more than "
                "rounding explains, so data, split or code are not the same"
            )
            return


def _apart(record: RunRecord, other: RunRecord) -> tuple[str, float, float]:
    """The scenario in which two runs differ most, and both MAEs."""
    mine, theirs = maes(record), maes(other)
    pairs = [(name, mine[name], theirs[name]) for name in theirs if name in mine]
    return max(pairs, key=lambda one: abs(one[1] - one[2]), default=("no scenario", 1.0, 0.0))


def maes(record: RunRecord) -> dict[str, float]:
    """With all support ratings, by scenario."""
    return {
        row.scenario: row.value
        for row in record.scores
        if row.metric == "mae" and row.shots < 0 and row.value is not None
    }


def _finished(study: Study) -> list[RunRecord]:
    return [record for record in study.records() if record.status == "finished"]
