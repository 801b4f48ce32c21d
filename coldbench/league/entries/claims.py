"""What an entry says of itself, beside what its study, its reference and the learner here say.

What follows from records is compared with them; records of machine, seconds and tuning themselves
are nobody's but the author's, which the check says too.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from statistics import median
from typing import Any

from coldbench.errors import UsageError, shorten
from coldbench.league.entries.form import CARD, STUDY, TUNING, Submission
from coldbench.league.entries.marks import Check
from coldbench.league.entries.sentinels import runs_of
from coldbench.league.entries.tuned import chosen_otherwise, tuning_text
from coldbench.league.entries.writing import environment_of
from coldbench.league.packs.facts import machine_of
from coldbench.league.packs.opening import Pack
from coldbench.league.packs.sentinel import scale_of
from coldbench.running import RunRecord, code_has_changed, code_of, provenance
from coldbench.study import Budget, Study, describe, stored_audits

__all__ = ["CLAIMED", "claims"]

CLAIMED = (
    "claimed, since nothing here can check it: machine and environment, seconds, the author's own "
    "audit, how far rounding moved the sentinel there"
)
TRIALS = (
    "claimed: what the trials in tuning.csv gave; there are as many as the study says, and the "
    "options are those of the best"
)
AGAIN = "write the entry again with `coldbench enter ... --submit FOLDER`"
Runs = Mapping[str, RunRecord]  # by seed
Card = Callable[[], str]


def claims(entry: Submission, folder: Path, pack: Pack, theirs: Study, card: Card) -> Check:
    """folder: the copy of the entry; card: card.md as the learner here gives it."""
    mine = Study.open(folder / STUDY)
    wrong = [
        *_facts(entry, mine, pack),
        *_sentinel(entry, mine, theirs),
        *_audits(entry, mine),
        *_tuning(entry, mine, folder),
    ]
    cards = list(_card(folder, card))
    noted = tuple(f"claimed, since another coldbench wrote it: {text}" for text in cards)
    if _of_this_coldbench(entry):  # whose options and words stand on a card too
        wrong, noted = [*wrong, *cards], ()
    code, here = entry.entered.code, code_of(entry.plugin.learner)
    other = (f"claimed: code {code}, here it is {here}",) if code_has_changed(code, here) else ()
    if wrong:
        return Check(name="claims", passed=False, said=f"{wrong[0]}; {AGAIN}", more=wrong[1:])
    said = f"{CARD} and entry.json say what the study and the learner here do"
    trials = (TRIALS,) if entry.tuned else ()
    return Check(name="claims", passed=True, said=said, more=(CLAIMED, *trials, *noted, *other))


def _facts(entry: Submission, mine: Study, pack: Pack) -> Iterator[str]:
    kept = entry.entered
    records = list(runs_of(mine, kept.learner).values())
    origin = records[0].provenance
    codes = {record.code for record in records}
    if len(codes) > 1:
        yield f"the learner's runs are of {len(codes)} codes, an entry is of one"
    yield from _differing(
        {
            "status": (kept.status, "joined"),
            "seeds": (sorted(kept.seeds), sorted(r.job.seeds.label for r in records)),
            "pack_seeds": (kept.pack_seeds, len(pack.facts.seeds)),
            "pack_machines": (kept.pack_machines, pack.facts.machines),
            "plugin": (kept.plugin, str(origin.get("plugin") or "")),
            "code": (kept.code, records[0].code),
            "machine": (kept.machine, machine_of(origin)),
            "environment": (entry.environment, environment_of(records)),
        }
    )


def _sentinel(entry: Submission, mine: Study, theirs: Study) -> Iterator[str]:
    kept = entry.entered
    here, there = runs_of(mine, kept.sentinel), runs_of(theirs, kept.sentinel)
    same = [one.predictions_sha256 == there[seed].predictions_sha256 for seed, one in here.items()]
    said = kept.agreement
    if said is None:
        yield "entry.json says nothing of its sentinel"
        return
    yield from _differing(
        {
            "agreement's learner": (said.learner, kept.sentinel),
            "agreement": (said.verdict, "bit for bit" if all(same) else "within rounding"),
            "agreement's seeds": (said.seeds, len(here)),
            "agreement's exact": (said.exact, sum(same)),
            "scale": (kept.scale, scale_of(there, here)),
            **_seconds(
                kept.seconds, {kept.learner: runs_of(mine, kept.learner), kept.sentinel: here}
            ),
        }
    )


def _seconds(said: Mapping[str, float], runs: Mapping[str, Runs]) -> dict[str, tuple[Any, Any]]:
    known = {
        name: [one.seconds["total"] for one in found.values() if one.seconds.get("total")]
        for name, found in runs.items()
    }
    medians = {name: median(values) for name, values in known.items() if values}
    names = said.keys() | medians.keys()
    return {f"seconds of {shorten(n)}": (said.get(n), medians.get(n)) for n in sorted(names)}


def _audits(entry: Submission, mine: Study) -> Iterator[str]:
    kept = entry.entered
    jobs = {record.job_hash for record in runs_of(mine, kept.learner).values()}
    found = [audit for job, audit in stored_audits(mine).items() if job in jobs]
    leaks = any(audit.leaks for audit in found)
    clean = "clean" if any(audit.clean for audit in found) else "not audited"
    yield from _differing({"audit": (kept.audit, "leaks" if leaks else clean)})
    if leaks or kept.leaks:
        yield "its own audit says that it leaks"
    if stray := set(kept.audited) - {audit.seed for audit in found}:
        yield f"entry.json says that seed {shorten(min(stray))} was audited, audit.json does not"


def _tuning(entry: Submission, mine: Study, folder: Path) -> Iterator[str]:
    kept, manifest = entry.entered, mine.manifest
    if entry.tuned != (TUNING in entry.files):
        yield f"{TUNING} and entry.json do not agree whether the learner was tuned"
        return
    if not entry.tuned:
        yield from _differing({"tuned": (kept.tuned, "")})
        return
    try:
        budget = Budget.model_validate(manifest.tuning[kept.learner]).model_dump(mode="json")
        text = tuning_text(kept.learner, budget, folder / TUNING)
    except (UsageError, ValueError) as error:
        yield f"{TUNING} is not that of the study: {' '.join(str(error).split())[:200]}"
        return
    if text.encode() != (folder / TUNING).read_bytes():
        yield f"{TUNING} holds more than the trials of {shorten(kept.learner)}"
    given = manifest.given.get(kept.learner, manifest.learners[kept.learner])
    try:
        other = chosen_otherwise(kept.learner, given, budget["options"], folder / TUNING)
    except (ValueError, KeyError, TypeError, AttributeError):
        other = "a line of it is no trial"
    if other:
        yield f"{TUNING} does not give what was entered: {other}"
    yield from _differing({"tuned": (kept.tuned, describe(budget, given))})


def _of_this_coldbench(entry: Submission) -> bool:
    here = str(provenance("")["revision"] or "")
    return set(entry.environment.revision) == {here} - {""}


def _card(folder: Path, card: Card) -> Iterator[str]:
    said, found = card().splitlines(), (folder / CARD).read_text("utf-8").splitlines()
    if said != found:
        pairs = zip([*said, ""], [*found, ""], strict=False)
        here, there = next((pair for pair in pairs if pair[0] != pair[1]), ("", ""))
        lines = f"it says {shorten(there)}, not {shorten(here)}"
        yield f"{CARD} is not that of the learner here: {lines}"


def _differing(pairs: Mapping[str, tuple[Any, Any]]) -> Iterator[str]:
    """pairs: what entry.json says, and what follows from the rest."""
    for name, (said, found) in pairs.items():
        if not _alike(said, found):
            words = shorten(said), shorten(found)
            yield f"entry.json says {name} {words[0]}, which by study and reference is {words[1]}"


def _alike(said: Any, found: Any) -> bool:
    if isinstance(said, float) and isinstance(found, float):
        return math.isclose(said, found, rel_tol=1e-9)
    return bool(said == found)
