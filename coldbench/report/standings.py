"""The answer: each learner's mean error in each scenario, and who cannot be told from the best."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from coldbench.report.best import Duel, best_of, duels_of
from coldbench.report.pairs import Pair
from coldbench.rng import generator
from coldbench.statistics import Interval, Spread, bootstrap_t, mean_interval, spread

__all__ = ["Standing", "Values", "of_seeds", "order_of", "standings", "ungrouped"]

Values = Mapping[str, float]  # seed label -> value of a finished run
GROUPS = {"better": "ahead", "open": "tied", "worse": "behind"}


@dataclass(frozen=True, slots=True)
class Standing:
    """One learner in one scenario.

    tested: seeds that any learner finished in the scenario. group: `best` (see `best_of`), `tied`
    (not distinguishable from the best by the paired test, corrected over all pairs and scenarios),
    `behind`, `ahead` (shown to beat the best, with too few seeds to be it), or `` where no test was
    possible. gap: mean difference to the best on common seeds, the one that `adjusted` tests.
    resampled: the mean with bootstrap-t limits, which do not assume normal runs.
    """

    learner: str
    scenario: str
    values: Values
    tested: int
    mean: Interval
    resampled: Interval
    spread: Spread
    group: str
    gap: float | None
    adjusted: float | None

    @property
    def partial(self) -> str:
        """`6 of 10 seeds` where others finished seeds that this learner did not, else ``."""
        return of_seeds(len(self.values), self.tested)


def of_seeds(finished: int, tested: int) -> str:
    """`6 of 10 seeds`, `` for all of them."""
    return f"{finished} of {tested} seeds" if finished < tested else ""


def standings(
    values: Mapping[tuple[str, str], Values], pairs: Sequence[Pair]
) -> dict[tuple[str, str], Standing]:
    """By (learner, scenario), wherever at least one run finished."""
    table = {}
    for scenario in dict.fromkeys(scenario for _, scenario in values):
        finished = {name: runs for (name, place), runs in values.items() if place == scenario}
        tested = len({seed for runs in finished.values() for seed in runs})
        duels = duels_of(pairs, scenario)
        best = best_of({name: len(runs) for name, runs in finished.items()}, duels)
        for name, runs in finished.items():
            alone = _alone(name, scenario, runs, tested)
            placed = _placed(alone, name == best, duels.get((name, best or "")))
            table[name, scenario] = placed if len(finished) > 1 else alone
    return table


def _alone(name: str, scenario: str, runs: Values, tested: int) -> Standing:
    """Before it is compared."""
    values = list(runs.values())
    rng = generator(0, "report", "bootstrap-t", scenario, name)
    return Standing(
        name,
        scenario,
        runs,
        tested,
        mean_interval(values),
        bootstrap_t(values, rng),
        spread(values),
        "",
        None,
        None,
    )


def _placed(standing: Standing, is_best: bool, duel: Duel | None) -> Standing:
    if is_best:
        return replace(standing, group="best", gap=0.0)
    if duel is None:
        return standing
    group = "" if duel.adjusted is None else GROUPS[duel.outcome]
    return replace(standing, group=group, gap=duel.gap, adjusted=duel.adjusted)


def ungrouped(table: Mapping[tuple[str, str], Standing]) -> dict[tuple[str, str], Standing]:
    """Without best and tied: not every pair was compared, so nobody can be told from the best."""
    return {
        key: replace(standing, group="", gap=None, adjusted=None) for key, standing in table.items()
    }


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
