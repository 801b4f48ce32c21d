"""The training of a model while it runs, and what is told about a stored one."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich import progress as bars
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from coldbench.cli.terminal.screen import duration, open_console
from coldbench.text import display_name, plain

if TYPE_CHECKING:
    from coldbench.models import ModelRecord, SeedRecord, Step

__all__ = ["TrainingDisplay", "print_model", "print_notes"]


class TrainingDisplay:
    """Shows a training; a context manager. progress: hand it to `train_model`.

    On a terminal a bar of the epochs of each seed; a line for each seed that is stored.
    """

    def __init__(self, quiet: bool = False) -> None:
        from coldbench.models import TrainingProgress

        self.console = open_console()
        self.console.quiet = quiet
        self.console.file = sys.stdout  # while a learner trains, what is printed is its own log
        self.progress = TrainingProgress(self._begin, self._step, self._done)
        columns = TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn()
        self._bar = bars.Progress(
            *columns, TimeElapsedColumn(), console=self.console, transient=True,
            redirect_stdout=False, redirect_stderr=False,
        )  # fmt: skip
        self._task = self._bar.add_task("epochs", total=None)

    def __enter__(self) -> "TrainingDisplay":
        if self.console.is_terminal:
            self._bar.start()
        return self

    def __exit__(self, *exception: object) -> None:
        if self.console.is_terminal:
            self._bar.stop()

    def _begin(self, record: "ModelRecord", seeds: tuple[int, ...]) -> None:
        there = len(record.seeds) - len(seeds)
        already = f", {there} stored already" if there else ""
        self._print(
            f"{display_name(record.learner)} on {display_name(record.dataset)}: "
            f"{record.ratings:,} ratings of {record.users:,} users and {record.items:,} items, "
            f"{_seeds(len(seeds))} to train{already}."
        )

    def _step(self, step: "Step") -> None:
        what = "all ratings" if step.mae is None else f"validation MAE {step.mae:.4f}"
        self._bar.update(
            self._task, completed=step.epoch + 1, total=step.most,
            description=f"seed {step.seed}, {what}",
        )  # fmt: skip

    def _done(self, record: "SeedRecord") -> None:
        mae = record.validation_mae
        chosen = "" if mae is None else f" chosen on validation (MAE {mae:.4f})"
        epochs = "1 epoch" if record.epochs == 1 else f"{record.epochs} epochs"
        self._print(f"seed {record.seed}: {epochs}{chosen}, {duration(record.seconds)}")

    def _print(self, text: str) -> None:
        self.console.print(Text(text), soft_wrap=True)


def print_model(path: Path) -> None:
    """Where the model is, its size, and what to type next."""
    from coldbench.models import ModelFolder

    folder = ModelFolder(path)
    console = open_console()
    size = f"{folder.size() / 1e6:.1f} MB"
    where = plain(path)
    console.print(Text(f"{where}: {_seeds(len(folder.stored()))}, {size}"), soft_wrap=True)
    line = f"Next: coldbench predict {where} --support new.csv --out predictions.csv"
    console.print(Text(line), soft_wrap=True)


def print_notes(notes: Sequence[str]) -> None:
    """One line each, on standard error."""
    console = Console(stderr=True, highlight=False, emoji=False, markup=False)
    for note in notes:
        console.print(Text(f"note: {plain(note)}"), soft_wrap=True)


def _seeds(count: int) -> str:
    return "1 seed" if count == 1 else f"{count} seeds"
