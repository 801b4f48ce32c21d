"""How many seeds a study needs, planned from a pilot: a study that is already there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from coldbench.errors import StoreError, unknown
from coldbench.report.standings import Values
from coldbench.report.study import main_values
from coldbench.statistics import (
    Interval,
    PairedDifference,
    SeedsNeeded,
    differences,
    paired_difference,
    seeds_for,
    seeds_needed,
    spread,
)
from coldbench.study import Study, results
from coldbench.tasks import SCENARIOS
from coldbench.text import NA, Cell, Column, Table, display_name, interval, number

__all__ = ["Need", "Target", "needs", "needs_table"]

TOO_MANY = "over 1,000,000"


@dataclass(frozen=True, slots=True)
class Target:
    """difference: to be shown, None for the one that the pilot observed; power: the chance to show
    it; level: of the paired t test."""

    difference: float | None = None
    power: float = 0.8
    level: float = 0.05


@dataclass(frozen=True, slots=True)
class Need:
    """A pair of learners in a scenario. sd: of the paired differences; seeds: None when nothing was
    observed to aim at; low, high: seeds at the ends of the sd's 95 % interval."""

    scenario: str
    a: str
    b: str
    observed: PairedDifference
    sd: Interval
    seeds: SeedsNeeded | None
    low: int | None
    high: int | None


def needs(study: Study, target: Target, learners: Sequence[str] | None = None) -> list[Need]:
    """For each scenario and pair of `learners` (default: all but
    yardsticks) with at least two common seeds.

    Raises UsageError for a learner that the study does not have, StoreError for a study from which
    nothing can be planned.
    """
    planned = list(study.manifest.learners)
    for name in learners or ():
        if name not in planned:
            raise unknown("learner of this study", name, planned)
    values = main_values(results.runs(study))
    beside = study.manifest.yardsticks
    chosen = list(learners or (name for name in planned if name not in beside))
    pairs = [
        _need(scenario, a, b, values[a, scenario], values[b, scenario], target)
        for scenario in SCENARIOS
        for a, b in combinations(chosen, 2)
        if len(_common(values.get((a, scenario), {}), values.get((b, scenario), {}))) > 1
    ]
    if not pairs:
        raise StoreError(
            f"{study.path}: no two learners finished two common seeds, so nothing says how much "
            "their difference varies; run at least --seeds 5 as a pilot"
        )
    return pairs


def _common(a: Values, b: Values) -> list[str]:
    return [seed for seed in a if seed in b]


def _need(scenario: str, a: str, b: str, first: Values, second: Values, target: Target) -> Need:
    seeds = _common(first, second)
    x, y = [first[seed] for seed in seeds], [second[seed] for seed in seeds]
    observed, d = paired_difference(x, y), differences(x, y)
    sd = spread(d).sd
    wanted = observed.difference.value if target.difference is None else target.difference
    if not wanted or sd.low is None or sd.high is None:
        return Need(scenario, a, b, observed, sd, None, None, None)
    aim = {"power": target.power, "alpha": target.level}
    return Need(
        scenario,
        a,
        b,
        observed,
        sd,
        seeds_needed(d, wanted, **aim),
        seeds_for(wanted, sd.low, **aim),
        seeds_for(wanted, sd.high, **aim),
    )


def needs_table(pairs: Sequence[Need], target: Target) -> Table:
    """One row for each pair and scenario."""
    columns = (
        Column("scenario", False),
        Column("A", False),
        Column("B", False),
        Column("pilot"),
        Column("A − B, 95 % interval"),
        Column("sd of A − B"),
        Column("seeds"),
        Column("planned safely"),
        Column("at the sd's limits"),
    )
    aim = target.difference
    aimed = "the observed difference" if aim is None else f"a difference of {abs(aim):g}"
    chance = f"{100 * target.power:g} % power at level {target.level:g}"
    rows = tuple(tuple(_row(need)) for need in pairs)
    return Table("power", f"Seeds that show {aimed}, {chance}", columns, rows)


def _row(need: Need) -> Iterator[Cell]:
    yield Cell(need.scenario)
    yield Cell(display_name(need.a))
    yield Cell(display_name(need.b))
    yield Cell(str(need.sd.n))
    yield interval(need.observed.difference)
    yield Cell(number(need.sd.value))
    if need.seeds is None:
        yield from (Cell(NA), Cell(NA), Cell(NA))
        return
    yield _seeds(need.seeds.optimistic)
    yield _seeds(need.seeds.value)
    yield Cell(f"{_count(need.low)} to {_count(need.high)}")


def _seeds(count: int | None) -> Cell:
    return Cell(_count(count), sort=None if count is None else float(count))


def _count(count: int | None) -> str:
    return TOO_MANY if count is None else f"{count:,}"
