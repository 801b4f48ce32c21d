"""The sentinel: a learner of the pack, run here, proves that data, split and machine are the same.

    bit for bit       every prediction has the fingerprint that the pack's record has
    within rounding   every MAE lies as near to the pack's as two runs do that differ in the last
                      bit of a number only

For the second, jobs whose bits differ are run again with noise in the last bit (the stream
`rounding`), at up to three seeds; `statistics.rounding_limit` of these runs, for all comparisons of
the entry at once, is what rounding explains. Differences below one millionth are the arithmetic of
a sum. A pack holds no predictions, so that other bits are judged by errors: of each scenario and
number of support ratings.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from coldbench.errors import StoreError
from coldbench.running import Job, RunRecord, code_has_changed, machines_differ
from coldbench.statistics import rounding_limit
from coldbench.study import SentinelCheck, noisy_jobs
from coldbench.text import plain

__all__ = ["Rerun", "agreement", "disagreement", "scale_of"]

NOISY = 3  # seeds that are run again with noise
FLOOR = 1e-6  # of the MAE itself
LEVEL = 0.99  # that nothing but rounding is taken for something else
Records = Mapping[str, RunRecord]  # by seed
Rerun = Callable[[list[Job]], list[RunRecord]]
Place = tuple[str, int]  # scenario, shots


@dataclass(frozen=True)
class Shift:
    """How far an MAE moved, and how far rounding moves it."""

    seed: str
    place: Place
    moved: float
    limit: float

    def __str__(self) -> str:
        scenario, shots = self.place
        support = "all support ratings" if shots < 0 else f"{shots} support ratings"
        return f"seed {self.seed}, {scenario}, {support}"


def agreement(there: Records, here: Records, rerun: Rerun) -> SentinelCheck:
    """Compare the runs here with the pack's at the same seeds; rerun: runs jobs with noise.

    Raises StoreError where a run did not finish, or met other test tasks.
    """
    for seed, record in here.items():
        _comparable(record, there.get(seed), seed)
    odd = [s for s, one in here.items() if one.predictions_sha256 != there[s].predictions_sha256]
    told = {"learner": next(iter(here.values())).job.learner, "seeds": len(here)}
    told |= {"exact": len(here) - len(odd)}
    if not odd:
        return SentinelCheck(verdict="bit for bit", **told)
    chosen = [here[seed] for seed in odd[:NOISY]]
    noisy = rerun([job for record in chosen for job in noisy_jobs(record.job)])
    limits = _limits(chosen, noisy, len(odd))
    worst = max(_shifts(there, here, odd, limits), key=lambda one: one.moved / one.limit)
    return SentinelCheck(
        verdict="within rounding" if worst.moved <= worst.limit else "disagrees",
        moved=worst.moved,
        limit=worst.limit,
        where=str(worst),
        noisy=len(noisy),
        why=tuple(_why(there[odd[0]], here[odd[0]])),
        **told,
    )


def disagreement(check: SentinelCheck, title: str) -> str:
    """By how much a sentinel disagrees, and what to do."""
    why = (
        f" ({plain('; '.join(check.why[:3]))})" if check.why else " (on a machine of the same kind)"
    )
    return (
        f"{check.learner} is not what it is in {title}: its MAE differs by {check.moved:.2g} at "
        f"{check.where}, where rounding explains {check.limit:.2g}{why}; nothing was joined. "
        f"`coldbench reference show {title}` names the code and libraries that made the pack: "
        "install these"
    )


def scale_of(there: Records, here: Records) -> float | None:
    """By how much seconds here have to be multiplied to be read beside the pack's."""
    known = [
        there[seed].seconds["total"] / record.seconds["total"]
        for seed, record in here.items()
        if there[seed].seconds.get("total") and record.seconds.get("total")
    ]
    return median(known) if known else None


def _comparable(record: RunRecord, stored: RunRecord | None, seed: str) -> None:
    who = f"{record.job.learner} seed {seed}"
    if record.status != "finished":
        raise StoreError(f"{who} {record.status} on this machine: {record.reason[:200]}")
    if stored is None or stored.status != "finished":
        raise StoreError(f"the pack has no finished run of {who}: choose another --sentinel")
    for name in ("split_sha256", "episode_sha256"):
        if getattr(record, name) != getattr(stored, name):
            raise StoreError(
                f"{who} met other test tasks here than in the pack, by {name}: the protocol of "
                "this coldbench splits the same data otherwise; `coldbench reference list` shows "
                "its own packs"
            )


def _maes(record: RunRecord) -> dict[Place, float]:
    return {
        (row.scenario, row.shots): row.value
        for row in record.scores
        if row.metric == "mae" and row.value is not None
    }


def _limits(
    runs: Sequence[RunRecord], noisy: Sequence[RunRecord], seeds: int
) -> dict[Place, float]:
    """What rounding explains, by scenario and shots."""
    if lost := [one for one in noisy if one.status != "finished"]:
        raise StoreError(f"{lost[0].job.learner} {lost[0].status} with noise in the last bit")
    groups = [
        [_maes(run), *(_maes(one) for one in noisy if _same_but_noise(one.job, run.job))]
        for run in runs
    ]
    places = list(groups[0][0])
    return {
        place: rounding_limit(
            [[one[place] for one in group if place in one] for group in groups],
            seeds * len(places),
            level=LEVEL,
        )
        for place in places
    }


def _same_but_noise(one: Job, other: Job) -> bool:
    return one.seeds._replace(rounding=0) == other.seeds._replace(rounding=0)


def _shifts(
    there: Records, here: Records, seeds: Sequence[str], limits: Mapping[Place, float]
) -> Iterator[Shift]:
    for seed in seeds:
        old, new = _maes(there[seed]), _maes(here[seed])
        for place, limit in limits.items():
            if place in old and place in new:
                floor = FLOOR * max(abs(old[place]), FLOOR)
                yield Shift(seed, place, abs(old[place] - new[place]), max(limit, floor))


def _why(there: RunRecord, here: RunRecord) -> Iterator[str]:
    codes = there.code, here.code
    if code_has_changed(*codes):
        yield f"its code {codes[0]} -> {codes[1]}"
    yield from machines_differ(there.provenance, here.provenance)
