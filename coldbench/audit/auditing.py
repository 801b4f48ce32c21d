"""The audit of one job: ask in several rooms, compare, and name the replay that finds a leak.

A job is predicted twice: alone, and on data where every hidden rating is another one, after a job
at another seed, and after some of its test tasks. An honest learner cannot tell and gives the same
bits. Only where they differ is the job run again, with one of these at a time, to name the cause.
"""

import time
from collections.abc import Iterator
from itertools import chain

from coldbench.audit.answering import Answer, Request
from coldbench.audit.audited import Audit, Leak, Replay
from coldbench.audit.comparing import moved
from coldbench.audit.counterfactual import hidden_rows
from coldbench.audit.floor import floors
from coldbench.audit.rooms import Ask, Rooms
from coldbench.data import Ratings, open_prepared
from coldbench.running import Job, SplitKey, code_of, fingerprint, permitted
from coldbench.tasks import Split

__all__ = ["audit_job", "findings_of"]

MOST_FILES = 4  # that are named
OTHER = "the stored predictions are not those of the job alone, in a fresh process"
CAUSES: tuple[tuple[Replay, Request, str], ...] = (
    ("repeat", Request(), "when the same job runs in another fresh process"),
    (
        "counterfactual",
        Request(counterfactual=True),
        "when only ratings that nobody may see change",
    ),
    ("history", Request(after_another=True), "after a job at another seed in the same process"),
    ("order", Request(parts=True), "after some of the test tasks were predicted on their own"),
)


def audit_job(
    job: Job, stored: str = "", comparable: bool = True, limit: float | None = None
) -> Audit:
    """Audit a job whose data are in the cache.

    stored: the fingerprint of the predictions that a study holds; comparable: they come from the
    same code and libraries; limit: seconds of each process, which makes two runs at most. Raises
    DataError where the data are missing.
    """
    ratings = open_prepared(job.dataset_sha256)
    _, split = permitted(SplitKey.of(job))
    rooms = Rooms(job, ratings, split, limit)
    return findings_of(rooms, rooms.apart, stored, comparable)


def findings_of(rooms: Rooms, ask: Ask, stored: str = "", comparable: bool = True) -> Audit:
    """What an audit finds, by answers from `ask`."""
    start, job, ratings = time.perf_counter(), rooms.job, rooms.ratings
    alone = ask(Request())
    common = {"job_hash": job.hash, "learner": job.learner, "seed": job.seeds.label}
    common |= {"code": code_of(job.base)}
    if alone.made is None:
        return Audit(**common, status="not audited", reason=alone.reason)
    after = ask(Request(counterfactual=True, after_another=True, parts=True))
    leaks = [
        *_overlap(rooms.split, len(ratings)),
        *_files(alone, after),
        *_causes(alone, after, ask, ratings),
        *_parts(after, ratings),
        *(Leak(replay="floor", text=text) for text in floors(alone.made.whole, ratings)),
    ]
    told = OTHER if stored and stored != fingerprint(alone.made.whole) else ""
    if told and comparable:
        leaks.append(Leak(replay="stored", text=f"{told}, with the same code and libraries"))
    return Audit(
        **common,
        status="leaks" if leaks else "clean",
        leaks=tuple(leaks),
        notes=(f"{told}: other code or libraries made them",) if told and not comparable else (),
        predictions=len(alone.made.whole.row),
        sequential=alone.made.sequential,
        seconds=time.perf_counter() - start,
        seconds_alone=alone.seconds,
    )


def _overlap(split: Split, n: int) -> Iterator[Leak]:
    rows = split.test.query.rows
    seen = int((~hidden_rows(split, n)[rows]).sum())
    if seen:
        text = f"{seen:,} of {len(rows):,} test ratings train, validate or support as well"
        yield Leak(replay="split", text=text)


def _files(*answers: Answer) -> Iterator[Leak]:
    told = list(dict.fromkeys(chain.from_iterable(answer.files for answer in answers)))
    if told:
        more = f", and {len(told) - MOST_FILES} more" if len(told) > MOST_FILES else ""
        text = f"while it trains or predicts it {', '.join(told[:MOST_FILES])}{more}"
        yield Leak(replay="files", text=text)


def _causes(alone: Answer, after: Answer, ask: Ask, ratings: Ratings) -> Iterator[Leak]:
    """Why two passes differ: each circumstance on its own, until the job does not even repeat."""
    if not _change(alone, after, ratings):
        return
    found = False
    for replay, request, when in CAUSES:
        change = _change(alone, ask(request), ratings)
        if change:
            found = True
            yield Leak(replay=replay, text=f"{change} {when}")
        if change and replay == "repeat":
            return
    if not found:
        change = _change(alone, after, ratings)
        when = "on changed hidden ratings, after another job and after some of the tasks"
        yield Leak(replay="history", text=f"{change} {when}, by none of these alone")


def _change(alone: Answer, other: Answer, ratings: Ratings) -> str:
    """Empty for the same bits."""
    assert alone.made is not None
    if other.made is None:
        return f"there are no predictions ({other.reason})"
    if fingerprint(alone.made.whole) == fingerprint(other.made.whole):
        return ""
    return str(moved(alone.made.whole, other.made.whole, ratings.scale))


def _parts(after: Answer, ratings: Ratings) -> Iterator[Leak]:
    if after.made is None:
        return
    for part in after.made.parts:
        change = moved(after.made.whole, part.predictions, ratings.scale, part.exact)
        if change.count:
            yield Leak(replay="subset", text=f"{change} when asked for {part.how}")
