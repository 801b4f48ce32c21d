"""Trials as they finish, and the result of tuning."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from coldbench.cli.terminal.screen import duration, open_console, table
from coldbench.text import display_name, listed, percent, plain

if TYPE_CHECKING:
    from coldbench.tune import Trial, Tuning

__all__ = ["print_trial", "print_tuning"]

CHOSEN = (
    "The best is the lowest of several on the seeds that chose it: on others, expect more error."
)


def print_trial(trial: "Trial") -> None:
    """One line."""
    outcome = f"MAE {trial.mae:.4f}" if trial.mae is not None else f"{trial.status} {trial.reason}"
    options = ", ".join(f"{name} {_short(value)}" for name, value in trial.options.items())
    rung = "" if trial.rung is None else f", rung {trial.rung + 1}"
    which = f"{trial.number if trial.rung is None else trial.configuration}{rung}"
    line = f"{display_name(trial.learner)} {which}: {outcome}  ({options or 'defaults'})"
    open_console().print(Text(plain(line)), soft_wrap=True)


def print_tuning(tunings: Sequence["Tuning"], file: Path) -> None:
    """Budget and gain of each learner, and what to type next."""
    lines = []
    for tuning in tunings:
        if tuning.declined:
            continue
        budget = tuning.budget
        lines.append(
            (
                display_name(tuning.learner),
                budget.trials,
                budget.pruned,
                budget.failed,
                budget.runs,
                f"{budget.epochs:,}",
                duration(budget.seconds),
                _mae(budget.default_mae),
                _mae(budget.best_mae),
            )
        )
    numbers = ("tried", "pruned", "failed", "runs", "epochs", "time", "defaults", "best")
    columns = ("learner", *numbers)
    console = open_console()
    console.print(table("Mean validation MAE over scenarios and seeds", columns, lines))
    for line in _said(tunings):
        console.print(Text(line), soft_wrap=True)
    if tunings and tunings[0].overlap:
        console.print(Text(_overlap(tunings[0].overlap)), soft_wrap=True)
    console.print(Text(f"Next: coldbench run --config {plain(file)} --seeds 10"), soft_wrap=True)


def _said(tunings: Sequence["Tuning"]) -> Iterator[str]:
    """What the table leaves out: what the best is the best of, bounds, and the most epochs."""
    yield CHOSEN
    for tuning in tunings:
        if tuning.declined:
            name, why = display_name(tuning.learner), plain(tuning.declined)
            yield f"{name} was not tuned: {why}. The same command tunes it once that is there."
            continue
        if tuning.bases:
            yield f"{display_name(tuning.learner)} has the base options of {listed(tuning.bases)}."
        if parts := [f"{name} ({end})" for name, end in tuning.budget.at_bounds.items()]:
            name = display_name(tuning.learner)
            yield f"{name} is at an end of what was searched: {', '.join(parts)}."
    budgets = [tuning.budget for tuning in tunings if not tuning.declined]
    searched = sum(budget.searched for budget in budgets)
    if capped := sum(budget.capped for budget in budgets):
        yield f"{capped} of {searched} whole runs chose the highest number of epochs they may."


def _overlap(shares: Mapping[str, float]) -> str:
    parts = ", ".join(f"{percent(share)} in {scenario}" for scenario, share in shares.items())
    return f"Of the test ratings of seeds 0 to 9, these seeds trained or validated on {parts}."


def _mae(value: float | None) -> str:
    return "n/a" if value is None else f"{value:.4f}"


def _short(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
