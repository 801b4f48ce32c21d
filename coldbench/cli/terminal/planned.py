"""What a study would run, and how long it may take."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from coldbench.cli.terminal.names import print_warnings
from coldbench.cli.terminal.screen import duration, open_console, runs, table
from coldbench.text import display_name, plain

if TYPE_CHECKING:
    from coldbench.study import StudyConfig

__all__ = ["print_left_out", "print_plan"]


def print_left_out(config: "StudyConfig", console: Console) -> None:
    """The configurations of an ablation that will not run, each with its reason."""
    from coldbench.study import expanded

    left_out = {one.label: one.left_out for one in expanded(config).departures if one.left_out}
    _print_left_out(left_out, console)


def _print_left_out(left_out: Mapping[str, str], console: Console) -> None:
    for label, reason in left_out.items():
        console.print(Text(f"Left out: {plain(label)}: {plain(reason)}"), soft_wrap=True)


def print_plan(facts: Mapping[str, Any]) -> None:
    """The jobs of a study and an estimate of the time they take, as `facts.rehearsal` has
    them."""
    console = open_console()
    _print_left_out(facts["left_out"], console)
    print_warnings(facts["warnings"])
    for sentence in facts["statements"]:
        console.print(Text(sentence, style="yellow"))
    console.print(f"{runs(facts['runs'])}, {facts['stored']} stored already.")
    console.print(Text(f"Files: {plain(facts['study'])}"), soft_wrap=True)
    lines = [
        (display_name(p["learner"]), p["runs"], p["epochs"], p["problem"] or f"{p['seconds']:.1f}")
        for p in facts["learners"]
    ]
    columns = ("learner", "runs to do", "maximum epochs", "seconds a run")
    console.print(table("Jobs", columns, lines))
    workers = facts["workers"]
    console.print(
        f"Estimate: about {duration(facts['seconds'])} with {workers} "
        f"worker{'s' if workers > 1 else ''}. It scales one epoch on at most 200 users to the "
        "maximum number of epochs; early stopping makes it shorter."
    )
