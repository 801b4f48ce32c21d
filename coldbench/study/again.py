"""Run a learner of a stored study again, or take it out; nothing of other learners is touched.

Both are one change of study.json: before it nothing has happened, after it the learner's earlier
runs count as not there. Their files are then moved to a folder of the study, a study of its own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from coldbench.errors import UsageError, unknown
from coldbench.learning import load_variant
from coldbench.options import validated
from coldbench.rng import Seeds
from coldbench.running import Job, RunRecord, code_of
from coldbench.study.changes import Change, change_of, short_seal
from coldbench.study.manifest import Manifest, Planned, differences
from coldbench.study.store import Study

__all__ = ["Again", "again_of", "job_of", "remove", "set_again", "without"]

Options = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Again:
    """What running learners again comes to. manifest: the plan with today's configurations;
    outdated: the stored runs to set aside, by learner; kept: the jobs of those that stay; moved:
    options that are others than before, `name.option: old -> new`."""

    manifest: Manifest
    outdated: Mapping[str, tuple[RunRecord, ...]]
    kept: frozenset[str]
    moved: tuple[str, ...]

    @property
    def folders(self) -> dict[str, str]:
        """Where the runs of each learner were last set aside, below the study's folder."""
        return {change.learner: change.folder for change in self.manifest.history}

    def jobs(self) -> list[Job]:
        """All jobs of the learners, in the order of the plan."""
        mine = (one for one in self.manifest.jobs if one.learner in self.outdated)
        return [job_of(self.manifest, one.learner, one.seed) for one in mine]

    def pending(self) -> list[Job]:
        """Those of them that are to run."""
        return [job for job in self.jobs() if job.hash not in self.kept]


def job_of(manifest: Manifest, learner: str, label: str) -> Job:
    """The job of a learner at a seed label, as a plan describes it."""
    config = dict(manifest.learners[learner])
    base, seeds = config.pop("base"), Seeds.parse(label)
    return Job(learner=learner, base=base, config=config, seeds=seeds, **manifest.fixed)


def again_of(study: Study, names: Iterable[str], given: Options) -> Again:
    """What running these learners again would do; changes nothing.

    given: options that differ from those of the study. Outdated are runs of other code, of another
    configuration, and those that did not finish: the others would come out the same. Raises
    UsageError for unknown names and options.
    """
    old, names = study.manifest, tuple(dict.fromkeys(names))
    _check_names(old, names)
    stray = sorted(given.keys() - set(names))
    if stray:
        raise unknown("learner of --again in --set", stray[0], names)
    asked = {name: _asked(old, name, given.get(name, {})) for name in names}
    full = {name: _configuration(old, name, asked[name]) for name in names}
    new = _replanned(old, full, asked)
    outdated = {name: tuple(_outdated(study, old, name, full[name])) for name in names}
    gone = {record.job_hash for records in outdated.values() for record in records}
    moved = (
        line for name in names for line in differences(old.learners[name], full[name], f"{name}.")
    )
    return Again(new, outdated, frozenset(study.stored()) - gone, tuple(moved))


def set_again(study: Study, names: Iterable[str], given: Options) -> Again:
    """`again_of`, carried out: what is outdated is set aside and the study has a new plan."""
    done: list[Again] = []

    def make() -> Manifest:
        done.append(again_of(study, names, given))
        again, history = done[-1], list(study.manifest.history)
        for name, records in again.outdated.items():
            if records or any(line.startswith(f"{name}.") for line in again.moved):
                code = code_of(again.manifest.learners[name]["base"])
                history.append(_changed(study, history, "again", name, records, code))
        new = again.manifest.model_copy(update={"history": tuple(history)})
        done.append(replace(again, manifest=new))
        return new

    study.amend(make)
    return done[-1]


def remove(study: Study, names: Iterable[str]) -> tuple[Change, ...]:
    """Take learners out of a study.

    Raises UsageError for unknown names, where nobody would be left, and for a learner that others
    depart from.
    """
    names = tuple(dict.fromkeys(names))
    made: list[Change] = []

    def make() -> Manifest:
        old = study.manifest
        _check_names(old, names)
        _check_rest(old, names)
        made.clear()
        for name in names:
            stored = [study.record(job) for job in study.stored() if job in _jobs(old, name)]
            history = [*old.history, *made]
            made.append(_changed(study, history, "removed", name, stored, ""))
        return without(old, names, (*old.history, *made))

    study.amend(make)
    return tuple(made)


def _check_names(manifest: Manifest, names: Iterable[str]) -> None:
    for name in names:
        if name not in manifest.learners:
            raise unknown("learner of the study", name, manifest.learners)


def _check_rest(manifest: Manifest, names: tuple[str, ...]) -> None:
    if set(manifest.learners) <= {*names, *manifest.yardsticks}:
        raise UsageError("no learner would be left: delete the study's folder instead")
    for one in (one for one in manifest.departures if not one.left_out):
        if one.base in names and one.label not in names:
            raise UsageError(
                f"{one.label!r} is a departure from {one.base!r}: take both out, or none of them"
            )


def _asked(old: Manifest, name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The options of a learner that are no defaults; those of a study that does not tell which
    were asked for are all kept. An option that its class has no more is left out."""
    stored = {key: value for key, value in old.learners[name].items() if key != "base"}
    options = old.given.get(name, stored)
    known = load_variant(old.learners[name]["base"]).learner.Config.model_fields
    return {**{key: value for key, value in options.items() if key in known}, **given}


def _configuration(old: Manifest, name: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    base = old.learners[name]["base"]
    variant = load_variant(base)
    full = validated(variant.learner.Config, variant.completed(asked), f"learner {name!r}")
    return {"base": base, **full.model_dump(mode="json")}


def _replanned(old: Manifest, full: Options, asked: Options) -> Manifest:
    learners = {**old.learners, **{name: dict(one) for name, one in full.items()}}
    given = {name: dict(asked[name]) for name in asked}
    new = old.model_copy(update={"learners": learners, "given": {**old.given, **given}})
    jobs = [
        Planned(job_hash=job_of(new, one.learner, one.seed).hash, learner=one.learner,
                seed=one.seed) if one.learner in full else one
        for one in old.jobs
    ]  # fmt: skip
    return new.model_copy(update={"jobs": jobs})


def _outdated(
    study: Study, old: Manifest, name: str, full: Mapping[str, Any]
) -> Iterable[RunRecord]:
    code, same = code_of(full["base"]), old.learners[name] == full
    mine = _jobs(old, name)
    for record in (study.record(job) for job in study.stored() if job in mine):
        today = code != "" and record.code == code
        if not (same and today and record.status == "finished"):
            yield record


def _jobs(manifest: Manifest, name: str) -> set[str]:
    return {one.job_hash for one in manifest.jobs if one.learner == name}


def _changed(
    study: Study, history: Iterable[Change], kind: Literal["again", "removed"], name: str,
    records: Iterable[RunRecord], code: str,
) -> Change:  # fmt: skip
    """The next change, for which the folder that keeps these records is a study of its own."""
    taken = [int(change.folder.partition("/")[2]) for change in history]
    records, folder = tuple(records), f"aside/{max(taken, default=0) + 1}"
    runs = {one.job_hash: short_seal(study.contents(one.job_hash)) for one in records}
    old = study.manifest
    others = tuple(other for other in old.learners if other != name)
    alone = without(old, others, ())
    jobs = [one for one in alone.jobs if one.job_hash in runs]
    alone = alone.model_copy(update={"jobs": jobs, "yardsticks": ()})
    study.keep_aside(folder, alone, runs)
    return change_of(kind, name, records, runs, folder, code)


def without(old: Manifest, names: tuple[str, ...], history: tuple[Change, ...]) -> Manifest:
    """The plan without some learners; history: what is kept of it."""
    gone = set(names)

    def rest(by_name: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in by_name.items() if name not in gone}

    departures = [one for one in old.departures if not gone & {one.label, one.base}]
    return old.model_copy(
        update={
            "learners": rest(old.learners),
            "jobs": [one for one in old.jobs if one.learner not in gone],
            "departures": tuple(departures),
            "tuning": rest(old.tuning),
            "against": tuple(name for name in old.against if name not in gone),
            "given": rest(old.given),
            "yardsticks": tuple(name for name in old.yardsticks if name not in gone),
            "tunable": rest(old.tunable),
            "history": history,
        }
    )
