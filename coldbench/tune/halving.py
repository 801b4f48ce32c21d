"""Successive halving, rung by rung: what is measured next, from what was measured so far.

A rung is complete before the next begins, so that what is measured does not depend on which run
ends first, as it does with optuna's pruners. Those also cut runs short, which would rank learning
rates that fall over all epochs by their beginning; here a short run is one with fewer epochs, over
which its rate falls to 0 (`LearnerConfig.shortened`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from coldbench.study import Rung
from coldbench.tune.history import Trial

__all__ = ["Step", "promoted", "upcoming"]

Propose = Callable[[Sequence[Trial]], dict[str, Any]]


@dataclass(frozen=True)
class Step:
    """A configuration to measure in a rung."""

    rung: int
    configuration: int
    options: dict[str, Any]


def upcoming(rungs: Sequence[Rung], done: Sequence[Trial], propose: Propose) -> Step | None:
    """The next step, None after the last; `propose` is given the trials of the first rung."""
    first = [trial for trial in done if trial.rung == 0]
    if len(first) < rungs[0].configurations:
        return Step(0, len(first), propose(first))
    entrants = first
    for place, rung in enumerate(rungs[1:], start=1):
        measured = [trial for trial in done if trial.rung == place]
        entrants = promoted(entrants, rung.configurations)
        if len(measured) < len(entrants):
            chosen = entrants[len(measured)]
            return Step(place, chosen.configuration or 0, chosen.options)
        entrants = measured
    return None


def promoted(trials: Sequence[Trial], count: int) -> list[Trial]:
    """The best `count` that finished, the defaults always among them, in the order of trials."""
    finished = [trial for trial in trials if trial.mae is not None]
    finished.sort(key=lambda t: (t.configuration != 0, t.mae, t.configuration))
    return sorted(finished[:count], key=lambda t: t.number)
