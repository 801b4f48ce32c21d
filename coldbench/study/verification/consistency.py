"""Do the records of a study fit each other: same splits at same seeds, one origin?"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from coldbench.errors import shorten
from coldbench.running import RunRecord, code_scheme
from coldbench.study.missing_values import definitions, gaps
from coldbench.study.results import runs
from coldbench.study.store import Study
from coldbench.study.verification.finding import Finding, damage

__all__ = ["consistency"]

FACTS = ("revision", "dirty", "python", "platform", "processor", "instructions")


def consistency(study: Study, records: Sequence[RunRecord]) -> Iterator[Finding]:
    """Damage where learners met different tasks at one seed; notes where origins differ."""
    finished = [record for record in records if record.status == "finished"]
    yield from _tasks(study, finished)
    for record in finished:
        if not record.provenance.get("libraries") or "python" not in record.provenance:
            yield damage(study.place(record.job_hash), "does not say its origin")
    yield from _origins(study, finished)
    yield from _codes(study, finished)
    yield from _scores(study, finished)


def _tasks(study: Study, records: Sequence[RunRecord]) -> Iterator[Finding]:
    """The split and episode streams ignore the learner."""
    known: dict[tuple[Any, ...], RunRecord] = {}
    for record in records:
        seeds = record.job.seeds
        for name, key in (
            ("split_sha256", ("split", seeds.split)),
            ("episode_sha256", ("episode", seeds.split, seeds.episode)),
        ):
            first = known.setdefault(key, record)
            if getattr(first, name) != getattr(record, name):
                told = f"{name} differs from that of run {first.job_hash} at the same seeds"
                yield damage(study.place(record.job_hash), told)


def _origins(study: Study, records: Sequence[RunRecord]) -> Iterator[Finding]:
    counted: dict[str, Counter[str]] = {}
    for record in records:
        for name, value in _facts(record.provenance).items():
            counted.setdefault(name, Counter())[value] += 1
    for name, values in sorted(counted.items()):
        if len(values) > 1:
            told = ", ".join(f"{shorten(value)} ({n} runs)" for value, n in values.most_common(5))
            yield Finding("note", study.path, f"runs differ in {shorten(name)}: {told}")
        elif name == "dirty" and "True" in values:
            yield Finding("note", study.path, "made with uncommitted changes of the code")


def _codes(study: Study, records: Sequence[RunRecord]) -> Iterator[Finding]:
    counted: dict[tuple[str, str], Counter[str]] = {}
    for record in records:
        if code := record.code:
            counted.setdefault((record.job.base, code_scheme(code)), Counter())[code] += 1
    for (base, _), codes in counted.items():
        if len(codes) > 1:
            told = ", ".join(f"{shorten(code)} ({n} runs)" for code, n in codes.most_common(5))
            yield Finding("note", study.path, f"{shorten(base)} ran with different code: {told}")


def _scores(study: Study, records: Sequence[RunRecord]) -> Iterator[Finding]:
    """Metrics without a value, and of several definitions: true, yet good to know."""
    for gap in gaps(runs(study, records)):
        told = f"{shorten(gap.metric)} has no value at {len(gap.seeds)} of {gap.runs} seeds of "
        told += f"{shorten(gap.learner)} in {gap.scenario}: {shorten(gap.reasons[0], 120)}"
        yield Finding("note", study.path, told)
    for metric, versions in definitions(records).items():
        told = ", ".join(f"version {v} ({n} runs)" for v, n in sorted(versions.items()))
        yield Finding("note", study.path, f"runs differ in the definition of {metric}: {told}")


def _facts(provenance: dict[str, Any]) -> dict[str, str]:
    libraries = provenance.get("libraries")
    facts = {name: str(provenance[name]) for name in FACTS if name in provenance}
    if isinstance(libraries, dict):
        facts |= {str(name): str(version) for name, version in libraries.items()}
    return facts
