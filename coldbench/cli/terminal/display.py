"""Progress of a study while it runs: a bar on a terminal, a few plain lines elsewhere."""

import shlex
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich import progress as bars
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from coldbench.cli.terminal.names import print_warnings
from coldbench.cli.terminal.screen import duration, open_console, runs
from coldbench.running import RunRecord
from coldbench.text import display_name, plain

if TYPE_CHECKING:
    from coldbench.study import Study

__all__ = ["MARKS", "Display", "failure"]

MARKS = {"finished": "✓", "diverged": "✗", "failed": "✗", "declined": "–"}


class Display:
    """Shows a study while it runs; a context manager.

    progress: hand it to `run_study`; failures: the records that did not finish;
    track: is called with each stored record.
    On a terminal a bar with time left; elsewhere about ten plain lines, and one a failure.
    """

    def __init__(
        self, console: Console | None = None, track: Callable[[RunRecord], None] | None = None
    ) -> None:
        from coldbench.study import Progress

        self.console = console or open_console()
        self.failures: list[RunRecord] = []
        self.progress: Progress = Progress(
            self._begin,
            self._done,
            self._changed,
            warned=self._warned,
            stated=self._stated,
            opened=self._opened,
            noted=self._stated,
        )
        self._study: Study | None = None
        self._said: tuple[str, ...] = ()
        self._track = track
        self._total = self._count = 0
        self._since = time.monotonic()
        self._bar = bars.Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=self.console,
            transient=True,
        )
        self._task = self._bar.add_task("runs", total=None, visible=False)

    def __enter__(self) -> "Display":
        if self.console.is_terminal:
            self._bar.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._bar.stop()

    def announce(self, text: str) -> None:
        """A line about what comes next."""
        self.console.print(Text(plain(text), style="bold"))

    def _begin(self, pending: int, stored: int) -> None:
        self._total, self._count, self._since = pending, 0, time.monotonic()
        already = f", {stored} stored already" if stored else ""
        self.console.print(f"{runs(pending)} to do{already}.")
        self._bar.update(self._task, total=pending, completed=0, visible=pending > 0)

    def _warned(self, warnings: Sequence[str]) -> None:
        """Once, though a study that runs until it is settled begins several times."""
        if tuple(warnings) != self._said:
            self._said = tuple(warnings)
            print_warnings(warnings)

    def _opened(self, study: "Study") -> None:
        self._study = study

    def _changed(self, learners: Sequence[str]) -> None:
        if learners:
            names = ", ".join(display_name(name) for name in learners)
            self.console.print(
                f"The code of {names} has changed since the stored runs, which are kept as they "
                f"are: `{self._again(learners)}` runs them again with the code of today.",
                style="yellow", markup=False, soft_wrap=True,
            )  # fmt: skip

    def _again(self, learners: Sequence[str]) -> str:
        out = plain(self._study.path) if self._study else "STUDY"
        return shlex.join(["coldbench", "run", "--again", ",".join(learners), "--out", out])

    def _stated(self, sentences: Sequence[str]) -> None:
        for sentence in sentences:
            self.console.print(sentence, style="yellow", markup=False)

    def _done(self, record: RunRecord) -> None:
        self._count += 1
        if self._track:
            self._track(record)
        if record.status != "finished":
            self.failures.append(record)
            self.console.print(failure(record, self._study), soft_wrap=True)
        self._bar.update(self._task, advance=1, description=self._last(record))
        if not self.console.is_terminal and self._is_milestone():
            self.console.print(self._line())

    def _last(self, record: RunRecord) -> str:
        failed = sum(record.status in ("failed", "diverged") for record in self.failures)
        bad = f" · {failed} failed" if failed else ""
        seconds = duration(record.seconds.get("total", 0.0))
        name = display_name(record.job.learner, 24)
        mark = MARKS[record.status]
        return f"{mark} {name} seed {display_name(record.job.seeds.label, 12)} {seconds}{bad}"

    def _is_milestone(self) -> bool:
        step = max(self._total // 10, 1)
        return self._count % step == 0 or self._count == self._total

    def _line(self) -> str:
        elapsed = time.monotonic() - self._since
        left = elapsed / self._count * (self._total - self._count)
        share = 100 * self._count // max(self._total, 1)
        tail = f", about {duration(left)} left" if self._count < self._total else ""
        return f"[{self._count}/{self._total}] {share} % after {duration(elapsed)}{tail}"


def failure(record: RunRecord, study: "Study | None" = None) -> Text:
    """One line about a run that did not finish; a second one about where it failed, and where
    `study` keeps the traceback."""
    name, seed = display_name(record.job.learner), display_name(record.job.seeds.label, 16)
    reason = display_name(record.reason or "no reason recorded", 160)
    line = f"{MARKS[record.status]} {name} seed {seed} {record.status}: {reason}"
    where = "; ".join(_where(record, study))
    line += f"\n  {where}" if where else ""
    return Text(line, style="yellow" if record.status == "declined" else "red")


def _where(record: RunRecord, study: "Study | None") -> Iterator[str]:
    if place := record.place:
        function = f", in {plain(place.function)}" if place.function else ""
        yield f"at {plain(_near(place.path))}:{place.line}{function}"
    if study and (file := study.trace(record)):
        yield f"traceback: {plain(_near(file))}"


def _near(file: Path) -> Path:
    """Below the current folder where it is there."""
    here = Path.cwd()
    return file.relative_to(here) if file.is_relative_to(here) else file
