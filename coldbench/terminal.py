"""What the command line shows: progress, summaries and lists, on a terminal or in plain lines.

Names come from strangers, so text is never read as markup (`rich.text.Text`).
"""

import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich import progress as bars
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from coldbench.records import RunRecord
from coldbench.report.names import display_name, plain

if TYPE_CHECKING:
    from coldbench.plan import StudyConfig
    from coldbench.ratings import Ratings
    from coldbench.store import Study

__all__ = ["Display", "print_info", "print_names", "print_plan", "print_report", "print_study"]

NARROWEST = 100  # columns assumed where the output is not a terminal
MARKS = {"finished": "✓", "diverged": "✗", "failed": "✗", "declined": "–"}


def _console() -> Console:
    console = Console(highlight=False, emoji=False, markup=False)
    return console if console.is_terminal else _plain_console()


def _plain_console() -> Console:
    return Console(highlight=False, emoji=False, markup=False, width=NARROWEST, no_color=True)


def duration(seconds: float) -> str:
    """`8 s`, `3 min 20 s`, `2 h 05 min`."""
    whole = max(round(seconds), 0)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


class Display:
    """Shows a study while it runs; a context manager.

    progress: hand it to `coldbench.drive.drive`; failures: the records that did not finish.
    On a terminal a bar with time left; elsewhere about ten plain lines, and one a failure.
    """

    def __init__(self, console: Console | None = None) -> None:
        from coldbench.drive import Progress

        self.console = console or _console()
        self.failures: list[RunRecord] = []
        self.progress: Progress = Progress(start=self._begin, done=self._done)
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

    def _begin(self, pending: int, stored: int) -> None:
        self._total, self._since = pending, time.monotonic()
        kept = f", {stored} stored already" if stored else ""
        self.console.print(f"{pending} {_runs(pending)} to do{kept}.")
        self._bar.update(self._task, total=pending, visible=pending > 0)

    def _done(self, record: RunRecord) -> None:
        self._count += 1
        if record.status != "finished":
            self.failures.append(record)
            self.console.print(_failure(record))
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


def _failure(record: RunRecord) -> Text:
    name, seed = display_name(record.job.learner), display_name(record.job.seeds.label, 16)
    reason = display_name(record.reason or "no reason recorded", 160)
    line = f"{MARKS[record.status]} {name} seed {seed} {record.status}: {reason}"
    return Text(line, style="yellow" if record.status == "declined" else "red")


def _runs(count: int) -> str:
    return "run" if count == 1 else "runs"


def _table(title: str, columns: Sequence[str], lines: Iterable[Sequence[object]]) -> Table:
    """Cells are plain text; columns after the first that hold numbers only align right."""
    cells = [[_cell(value) for value in line] for line in lines]
    table = Table(title=Text(title), title_justify="left", title_style="bold", pad_edge=False)
    for place, column in enumerate(columns):
        numeric = bool(cells) and all(line[place].plain[:1] in "-.0123456789n" for line in cells)
        table.add_column(Text(column), justify="right" if numeric else "left", overflow="fold")
    for line in cells:
        table.add_row(*line)
    return table


def _cell(value: object) -> Text:
    return value if isinstance(value, Text) else Text(plain(value))


def print_plan(config: "StudyConfig", workers: int | None) -> None:
    """The jobs of a study and an estimate of the time they take; runs none of them."""
    import os

    from coldbench.drive import default_folder, todo
    from coldbench.estimate import estimate
    from coldbench.plan import plan
    from coldbench.store import Study

    console = _console()
    ratings, jobs = plan(config)
    study = Study(default_folder(config, ratings.name))
    pending = todo(study, jobs)
    console.print(f"{len(jobs)} {_runs(len(jobs))}, {len(jobs) - len(pending)} stored already.")
    console.print(_where(study.path))
    count = min(workers or os.cpu_count() or 1, max(len(pending), 1))
    probes = estimate(ratings, pending)
    lines = [
        (display_name(p.learner), p.jobs, p.epochs, p.problem or f"{p.seconds:.1f}") for p in probes
    ]
    columns = ("learner", "runs to do", "most epochs", "seconds a run")
    console.print(_table("Jobs", columns, lines))
    total = sum(probe.seconds * probe.jobs for probe in probes) / count
    console.print(
        f"Estimate: about {duration(total)} with {count} worker{'s' if count > 1 else ''}. It "
        "scales one epoch on at most 200 users to the most epochs; early stopping makes it "
        "shorter."
    )


def print_study(study: "Study", failures: Sequence[RunRecord]) -> bool:
    """One screen: MAE, what failed, where the files are, what to type next.

    Returns whether a stored run diverged or failed (declining is not failing).
    """
    from coldbench.report.summary import summarise

    console = _console()
    summary = summarise(study)
    console.print(_league(summary, "MAE, mean ± half-width of the 95 % interval"))
    bad = [record for record in study.records() if record.status != "finished"]
    for record in bad[:10]:
        console.print(_failure(record))
    if len(bad) > 10:
        console.print(f"... and {len(bad) - 10} more: see `coldbench report`.")
    holes = len(study.manifest.jobs) - sum(1 for _ in study.runs.glob("*/record.json"))
    if holes > 0:
        console.print(f"{holes} planned {_runs(holes)} not done yet: the same command goes on.")
    console.print(_where(study.path))
    console.print(Text(f"Next: coldbench report {plain(study.path)}"), soft_wrap=True)
    return any(record.status in ("failed", "diverged") for record in bad)


def _league(summary: Any, title: str) -> Table:
    """Learners by scenarios; `summary` has the columns of summary.csv."""
    mae = summary[summary["metric"] == "mae"]
    scenarios = list(dict.fromkeys(mae["scenario"]))
    cells = {(line.learner, line.scenario): _estimate(line) for line in mae.itertuples()}
    names = list(dict.fromkeys(mae["learner"]))
    lines = [
        (display_name(name), *(cells.get((name, scenario), "n/a") for scenario in scenarios))
        for name in names
    ]
    return _table(title, ("learner", *scenarios), lines)


def _estimate(line: Any) -> str:
    if not line.n_seeds:
        return "n/a"
    if line.ci_high != line.ci_high:
        return f"{line.mean:.4f}"
    return f"{line.mean:.4f} ± {line.ci_high - line.mean:.4f}"


def _where(path: Path) -> Text:
    return Text(f"Files: {plain(path)}")


def print_report(study: "Study", paths: dict[str, Path]) -> None:
    """The league table and the verdicts; the last line names the report's file."""
    from coldbench.report.summary import summarise

    console = _console()
    console.print(_league(summarise(study), "MAE, mean ± half-width of the 95 % interval"))
    console.print(Text(plain(paths["report.html"])), soft_wrap=True)


def print_names(what: str) -> None:
    """Everything that can be named: with the package it comes from and one line about it."""
    columns = ("name", "package", "what it is")
    _console().print(_table("", columns, _NAMES[what]()))


def _models() -> list[tuple[str, str, str]]:
    from coldbench.learner import Variant

    def summary(name: str, target: Any) -> str:
        variant = Variant.of(target, name)
        return variant.note or _first_line(variant.learner)

    return _plugins("learner", summary)


def _datasets() -> list[tuple[str, str, str]]:
    return _plugins("dataset", lambda name, target: target.summary or _first_line(target))


def _metrics() -> list[tuple[str, str, str]]:
    return _plugins("metric", lambda name, target: target.summary)


def _protocols() -> list[tuple[str, str, str]]:
    from importlib.metadata import version

    from coldbench.protocols import PROTOCOLS

    package = f"coldbench {version('coldbench')}"
    return [(name, package, protocol.summary) for name, protocol in PROTOCOLS.items()]


_NAMES = {
    "models": _models,
    "datasets": _datasets,
    "protocols": _protocols,
    "metrics": _metrics,
}


def _plugins(kind: str, summary: Any) -> list[tuple[str, str, str]]:
    """A plugin that cannot be imported is listed with its error, not hidden."""
    from coldbench import registry
    from coldbench.errors import ColdbenchError

    lines = []
    for name, plugin in registry.plugins(kind).items():
        try:
            told = summary(name, registry.load(kind, name))
        except (ColdbenchError, AttributeError) as error:
            told = f"cannot be used: {display_name(error, 200)}"
        package = f"{plugin.package} {plugin.version}"
        lines.append((display_name(name), display_name(package), display_name(told, 200)))
    return lines


def _first_line(thing: Any) -> str:
    return (thing.__doc__ or "").strip().split("\n")[0]


def print_info(ratings: "Ratings") -> None:
    """Counts, histogram, fields, licence and fingerprint of a data set."""
    from coldbench.datasets import describe

    console = _console()
    told: Any = describe(ratings)
    console.print(Text(told) if isinstance(told, str) else _mapping(told))


def _mapping(told: Any) -> Table:
    return _table("", ("what", "value"), [(key, value) for key, value in told.items()])
