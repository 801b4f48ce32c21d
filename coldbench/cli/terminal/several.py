"""Studies of several data sets on the console: what they would run, and what came out."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.text import Text

from coldbench.cli.terminal.planned import print_plan
from coldbench.cli.terminal.screen import duration, open_console, runs
from coldbench.cli.terminal.summary import print_study
from coldbench.text import plain

if TYPE_CHECKING:
    from coldbench.study import Study

__all__ = ["print_each_study", "print_plans"]


def print_plans(facts: Mapping[str, Any]) -> None:
    """The plan of each study, then their sum."""
    for name, one in facts["studies"].items():
        _head(name)
        print_plan(one)
    open_console().print(
        f"\n{len(facts['studies'])} data sets: {runs(facts['runs'])}, {facts['stored']} stored "
        f"already; about {duration(facts['seconds'])} for all, one after the other."
    )


def print_each_study(folder: Path, studies: Mapping[str, "Study"], quiet: bool = False) -> None:
    """The results of each; then, unless it is to be quiet, where they are and what to type next."""
    for name, study in studies.items():
        _head(name)
        print_study(study, quiet=True)
    if not quiet:
        console = open_console()
        console.print(Text(f"\nFiles: {plain(folder)}"), soft_wrap=True)
        console.print(Text(f"Next: coldbench report {plain(folder)}"), soft_wrap=True)


def _head(name: str) -> None:
    open_console().print(Text(f"\n{plain(name)}", style="bold underline"))
