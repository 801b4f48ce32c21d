"""The answer: each learner's mean error in each scenario, and who may be the best."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from coldbench.report.best import Duel, best_of, duels_of
from coldbench.report.families import ALPHA, Family
from coldbench.report.pairs import Pair
from coldbench.rng import generator
from coldbench.statistics import (
    Interval,
    Spread,
    bootstrap_t,
    mann_whitney,
    mean_interval,
    spread,
)

__all__ = ["Standing", "Values", "of_seeds", "order_of", "standings"]

Values = Mapping[str, float]  # seed label -> value of a finished run


@dataclass(frozen=True, slots=True)
class Standing:
    """One learner in one scenario.

    tested: seeds that any learner finished in the scenario. group: `best` (see `best_of`);
    `contender`: may be the best; `worse`: shown to be, `how`: in the `mean` or in its `runs`;
    `unsettled`: neither, and no mark of the best, since it lost all its runs to the best or its
    runs are of two kinds; `ahead`: shown to beat the best, with too few seeds to be it; `` where
    no test was possible. gap: mean difference to the best on common seeds, the one that `adjusted`
    tests; limits: of it, for all pairs at once; p: of not being among the best
    (`statistics.BestSet`); lost: of how many common seeds it lost how many to the best; ranks: that
    are left to it. resampled: the mean with bootstrap-t limits, which do not assume normal runs.
    """

    learner: str
    scenario: str
    values: Values
    tested: int
    mean: Interval
    resampled: Interval
    spread: Spread
    group: str = ""
    how: str = ""
    gap: float | None = None
    adjusted: float | None = None
    p: float | None = None
    limits: Interval | None = None
    lost: tuple[int, int] = (0, 0)
    ranks: tuple[int, int] | None = None
    unsteady: bool = False

    @property
    def partial(self) -> str:
        """`6 of 10 seeds` where others finished seeds that this learner did not, else ``."""
        return of_seeds(len(self.values), self.tested)


def of_seeds(finished: int, tested: int) -> str:
    """`6 of 10 seeds`, `` for all of them."""
    return f"{finished} of {tested} seeds" if finished < tested else ""


def standings(
    values: Mapping[tuple[str, str], Values],
    pairs: Sequence[Pair],
    families: Mapping[str, Family],
    collapsed: Collection[str] = (),
) -> dict[tuple[str, str], Standing]:
    """By (learner, scenario), wherever at least one run finished.

    families: of all pairs of learners; without that of a scenario nobody is called the best there,
    and a learner outside it is not compared.
    collapsed: learners with a run that predicts a constant.
    """
    table = {}
    for scenario in dict.fromkeys(scenario for _, scenario in values):
        finished = {name: runs for (name, place), runs in values.items() if place == scenario}
        tested = len({seed for runs in finished.values() for seed in runs})
        alone = {name: _alone(name, scenario, runs, tested) for name, runs in finished.items()}
        members = families[scenario].learners if scenario in families else ()
        if len(members) > 1:
            duels = duels_of(pairs, scenario)
            met = {name: one for name, one in alone.items() if name in members}
            alone |= _compared(met, duels, families[scenario], collapsed)
        table.update({(name, scenario): standing for name, standing in alone.items()})
    return table


def _alone(name: str, scenario: str, runs: Values, tested: int) -> Standing:
    """Before it is compared."""
    values = list(runs.values())
    rng = generator(0, "report", "bootstrap-t", scenario, name)
    resampled = bootstrap_t(values, rng)
    return Standing(name, scenario, runs, tested, mean_interval(values), resampled, spread(values))


def _compared(
    alone: Mapping[str, Standing],
    duels: Mapping[tuple[str, str], Duel],
    family: Family,
    collapsed: Collection[str],
) -> dict[str, Standing]:
    """With the best, and what can be said of the others."""
    best = best_of({name: len(one.values) for name, one in alone.items()}, duels)
    place = {name: index for index, name in enumerate(family.learners)}
    placed = {}
    for name, one in alone.items():
        limits, index = family.best, place[name]
        ranks = int(limits.lowest[index]), int(limits.highest[index])
        unsteady, p = bool(limits.unsteady[index]), float(limits.p[index])
        one = replace(one, ranks=ranks, unsteady=unsteady, p=p)
        duel = duels.get((name, best or ""))
        if name == best:
            one = replace(one, group="best", gap=0.0)
        elif duel is not None and best is not None:
            one = _met(one, alone[best], duel)
            may = bool(limits.may_be_best[index])
            one = _grouped(one, alone[best], duel, may, len(family.pairs), name in collapsed)
        placed[name] = one
    return placed


def _met(one: Standing, best: Standing, duel: Duel) -> Standing:
    common = [seed for seed in one.values if seed in best.values]
    lost = sum(one.values[seed] > best.values[seed] for seed in common)
    return replace(
        one, gap=duel.gap, adjusted=duel.adjusted, limits=duel.limits, lost=(lost, len(common))
    )


def _grouped(
    one: Standing, best: Standing, duel: Duel, may: bool, pairs: int, collapsed: bool
) -> Standing:
    if duel.adjusted is None:
        return one
    if duel.outcome == "better":
        return replace(one, group="ahead")
    behind = duel.gap > 0.0
    if behind and not may:
        return replace(one, group="worse", how="mean")
    if behind and _lower_runs(one, best, pairs):
        return replace(one, group="worse", how="runs")
    every = 2 <= one.lost[1] == one.lost[0]
    if not may or every or one.unsteady or (behind and collapsed):
        return replace(one, group="unsettled")
    return replace(one, group="contender")


def _lower_runs(one: Standing, best: Standing, pairs: int) -> bool:
    """Whether single runs of the best are shown to be lower, corrected for all pairs."""
    if 2 * one.lost[0] <= one.lost[1]:
        return False
    p = mann_whitney(list(one.values.values()), list(best.values.values()))
    return p is not None and p * pairs <= ALPHA


def order_of(table: Mapping[tuple[str, str], Standing], learners: Sequence[str]) -> list[str]:
    """Learners by their mean gap to the best of each scenario, so by common seeds; then those
    never compared with a best, by their own mean; without a finished run last."""

    def key(name: str) -> tuple[bool, bool, float, float, str]:
        mine = [standing for (who, _), standing in table.items() if who == name]
        gaps = [standing.gap for standing in mine if standing.gap is not None]
        means = [standing.mean.value for standing in mine if standing.mean.value is not None]
        return (not means, not gaps, _average(gaps), _average(means), name)

    return sorted(learners, key=key)


def _average(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
