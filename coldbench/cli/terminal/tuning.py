"""Trials as they finish, and the result of tuning."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from coldbench.cli.terminal.screen import duration, open_console, table
from coldbench.text import display_name, percent, plain

if TYPE_CHECKING:
    from coldbench.tune import Trial, Tuning

__all__ = ["print_trial", "print_tuning"]


def print_trial(trial: "Trial") -> None:
    """One line."""
    outcome = f"MAE {trial.mae:.4f}" if trial.mae is not None else f"{trial.status} {trial.reason}"
    options = ", ".join(f"{name} {_short(value)}" for name, value in trial.options.items())
    line = f"{display_name(trial.learner)} {trial.number}: {outcome}  ({options or 'defaults'})"
    open_console().print(Text(plain(line)), soft_wrap=True)


def print_tuning(tunings: Sequence["Tuning"], file: Path) -> None:
    """Budget and gain of each learner, and what to type next."""
    lines = []
    for tuning in tunings:
        budget = tuning.budget
        lines.append(
            (
                display_name(tuning.learner),
                budget.trials,
                budget.pruned,
                budget.failed,
                duration(budget.seconds),
                _mae(budget.default_mae),
                _mae(budget.best_mae),
            )
        )
    columns = ("learner", "trials", "pruned", "failed", "time", "defaults", "best")
    console = open_console()
    console.print(table("Mean validation MAE over scenarios and seeds", columns, lines))
    if tunings and tunings[0].overlap:
        console.print(Text(_overlap(tunings[0].overlap)), soft_wrap=True)
    console.print(Text(f"Next: coldbench run --config {plain(file)} --seeds 10"), soft_wrap=True)


def _overlap(shares: Mapping[str, float]) -> str:
    parts = ", ".join(f"{percent(share)} in {scenario}" for scenario, share in shares.items())
    return f"Of the test ratings of seeds 0 to 9, these seeds trained or validated on {parts}."


def _mae(value: float | None) -> str:
    return "n/a" if value is None else f"{value:.4f}"


def _short(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
