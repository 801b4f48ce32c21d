"""The answer: each learner's mean error in each scenario, and who cannot be told from the best."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from coldbench.report.pairs import ALPHA, Pair
from coldbench.rng import generator
from coldbench.statistics import Interval, Spread, bootstrap_t, mean_interval, spread

__all__ = ["Standing", "Values", "order_of", "standings", "ungrouped"]

Values = Mapping[str, float]  # seed label -> value of a finished run


@dataclass(frozen=True, slots=True)
class Standing:
    """One learner in one scenario.

    group: `best` (the lowest mean), `tied` (not distinguishable from the best by the paired test,
    corrected over all pairs and scenarios), `behind`, or `` where no test was possible.
    resampled: the mean with bootstrap-t limits, which do not assume normal runs.
    """

    learner: str
    scenario: str
    values: Values
    mean: Interval
    resampled: Interval
    spread: Spread
    group: str
    adjusted: float | None


def standings(
    values: Mapping[tuple[str, str], Values], pairs: Sequence[Pair]
) -> dict[tuple[str, str], Standing]:
    """By (learner, scenario), wherever at least one run finished."""
    found = {}
    for scenario in dict.fromkeys(scenario for _, scenario in values):
        here = {name: runs for (name, place), runs in values.items() if place == scenario}
        best = _best(here)
        for name, runs in here.items():
            adjusted = _adjusted(pairs, scenario, name, best)
            found[name, scenario] = Standing(
                name,
                scenario,
                runs,
                mean_interval(list(runs.values())),
                bootstrap_t(
                    list(runs.values()), generator(0, "report", "bootstrap-t", scenario, name)
                ),
                spread(list(runs.values())),
                _group(name == best, adjusted, len(here)),
                adjusted,
            )
    return found


def _best(here: Mapping[str, Values]) -> str:
    """The lowest mean; a learner with under half of the seeds that others have cannot win."""
    most = max(len(runs) for runs in here.values())
    fit = {name: runs for name, runs in here.items() if 2 * len(runs) >= most}
    return min(fit, key=lambda name: sum(fit[name].values()) / len(fit[name]))


def _adjusted(pairs: Sequence[Pair], scenario: str, name: str, best: str) -> float | None:
    for pair in pairs:
        if pair.scenario == scenario and {pair.a, pair.b} == {name, best}:
            return pair.adjusted
    return None


def _group(is_best: bool, adjusted: float | None, learners: int) -> str:
    if is_best:
        return "best" if learners > 1 else ""
    if adjusted is None:
        return ""
    return "tied" if adjusted > ALPHA else "behind"


def ungrouped(table: Mapping[tuple[str, str], Standing]) -> dict[tuple[str, str], Standing]:
    """Without best and tied: not every pair was compared, so nobody can be told from the best."""
    return {key: replace(found, group="", adjusted=None) for key, found in table.items()}


def order_of(table: Mapping[tuple[str, str], Standing], learners: Sequence[str]) -> list[str]:
    """Learners from the lowest mean over scenarios to the highest; without a finished run last."""

    def key(name: str) -> tuple[bool, float, str]:
        means = [s.mean.value for (who, _), s in table.items() if who == name]
        known = [mean for mean in means if mean is not None]
        return (not known, sum(known) / len(known) if known else 0.0, name)

    return sorted(learners, key=key)
