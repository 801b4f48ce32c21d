"""The audit of one job: ask in several rooms, compare, and name the replay that finds a leak.

A job is predicted twice: alone, and on data where every hidden rating is another one and so are the
supports of half of the test users, after a job at another seed, and after some of its test tasks.
An honest learner cannot tell, and gives the other half the same bits. Only where they differ is the
job run again, with one of these at a time, to name the cause.
"""

import time
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Literal

from coldbench.audit.answering import Answer, Request
from coldbench.audit.audited import Audit, Leak, Replay
from coldbench.audit.comparing import among, moved
from coldbench.audit.counterfactual import hidden_rows
from coldbench.audit.floor import floors
from coldbench.audit.rooms import Ask, Rooms
from coldbench.data import Ratings, open_prepared
from coldbench.running import Job, SplitKey, code_of, fingerprint, permitted
from coldbench.tasks import Split

__all__ = ["audit_job", "findings_of"]

MOST_FILES = 4  # that are named
HERE = "run here as a study runs it, the job gives other predictions than alone, in a private room"
OTHER = "the stored predictions are not those of the job alone, in a fresh process"
CAUSES: tuple[tuple[Replay, Request, str], ...] = (
    ("repeat", Request(), "when the same job runs in another fresh process"),
    (
        "counterfactual",
        Request(counterfactual=True),
        "when only ratings that nobody may see change",
    ),
    (
        "supports",
        Request(supports="random"),
        "when only the support ratings of other test users change",
    ),
    ("history", Request(after_another=True), "after a job at another seed in the same process"),
    ("order", Request(parts=True), "after some of the test tasks were predicted on their own"),
)


def audit_job(
    job: Job,
    stored: str = "",
    comparable: bool = True,
    limit: float | None = None,
    again: Callable[[], str] | None = None,
) -> Audit:
    """Audit a job whose data are in the cache.

    stored: the fingerprint of the predictions that a study holds; comparable: they come from the
    same code and libraries; limit: seconds of each process, which makes two runs at most; again():
    the fingerprint of those that the job gives here, as a study runs it, asked for where the stored
    ones are others and cannot be compared; empty where it gives none. Raises DataError where the
    data are missing.
    """
    ratings = open_prepared(job.dataset_sha256)
    _, split = permitted(SplitKey.of(job))
    rooms = Rooms(job, ratings, split, limit)
    return findings_of(rooms, rooms.apart, stored, comparable, again)


def findings_of(
    rooms: Rooms,
    ask: Ask,
    stored: str = "",
    comparable: bool = True,
    again: Callable[[], str] | None = None,
) -> Audit:
    """What an audit finds, by answers from `ask`."""
    start, job, ratings = time.perf_counter(), rooms.job, rooms.ratings
    alone = ask(Request())
    common = {"job_hash": job.hash, "learner": job.learner, "seed": job.seeds.label}
    common |= {"code": code_of(job.base)}
    if alone.made is None:
        return Audit(**common, status="not audited", reason=alone.reason)
    half: Literal["first", "random"] = "first" if alone.made.sequential else "random"
    both = Request(counterfactual=True, supports=half, after_another=True, parts=True)
    after = ask(both)
    leaks = [
        *_overlap(rooms.split, len(ratings)),
        *_files(alone, after),
        *_causes(alone, after, ask, rooms, both),
        *_parts(after, ratings),
        *(Leak(replay="floor", text=text) for text in floors(alone.made.whole, ratings)),
    ]
    own = fingerprint(alone.made.whole)
    told = OTHER if stored and stored != own else ""
    if told and comparable:
        leaks.append(Leak(replay="stored", text=f"{told}, with the same code and libraries"))
    elif told and again and again() != own:
        leaks.append(Leak(replay="stored", text=HERE))
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


def _causes(alone: Answer, after: Answer, ask: Ask, rooms: Rooms, both: Request) -> Iterator[Leak]:
    """Why two passes differ: each circumstance on its own, until the job does not even repeat."""
    if not _change(alone, after, rooms, both):
        return
    found = False
    for replay, request, when in CAUSES:
        if request.supports:
            request = request.model_copy(update={"supports": both.supports})
        change = _change(alone, ask(request), rooms, request)
        if change:
            found = True
            yield Leak(replay=replay, text=f"{change} {when}")
        if change and replay == "repeat":
            return
    if not found and (change := _change(alone, after, rooms, both, exact=False)):
        when = "on changed hidden ratings, after another job and after some of the tasks"
        yield Leak(replay="history", text=f"{change} {when}, by none of these alone")


def _change(
    alone: Answer, other: Answer, rooms: Rooms, request: Request, exact: bool = True
) -> str:
    """Empty for the same bits. Other values in a batch may round otherwise, if it is summed over:
    where only they change, or with `exact` False, by more than TOLERANCE."""
    assert alone.made is not None
    if other.made is None:
        return f"there are no predictions ({other.reason})"
    one, two = alone.made.whole, other.made.whole
    if request.supports:
        one, two = (among(some, rooms.halves[request.supports][0]) for some in (one, two))
    alike = exact and not (request.supports and not request.counterfactual)
    change = moved(one, two, rooms.ratings.scale, alike)
    return str(change) if change.count or len(one.row) != len(two.row) else ""


def _parts(after: Answer, ratings: Ratings) -> Iterator[Leak]:
    if after.made is None:
        return
    for part in after.made.parts:
        change = moved(after.made.whole, part.predictions, ratings.scale, part.exact)
        if change.count:
            yield Leak(replay="subset", text=f"{change} when asked for {part.how}")
