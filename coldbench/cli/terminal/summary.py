"""A finished or stopped study on one screen."""

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from coldbench.cli.terminal.display import failure
from coldbench.cli.terminal.screen import open_console, runs, table
from coldbench.running import RunRecord
from coldbench.text import display_name, plain

if TYPE_CHECKING:
    from coldbench.report import ReportData
    from coldbench.study import Study
    from coldbench.text import Table as Rows

__all__ = ["print_report", "print_study"]

TITLE = "MAE, mean ± half of the 95 % interval"
MARK = " (yardstick)"
MOST_FAILURES = 10


def print_study(study: "Study", quiet: bool = False) -> None:
    """MAE, what beats the yardsticks, what failed, where the files are, what to type next.

    quiet: results only, not what to type next.
    """
    from coldbench.cli.facts.runs import yardstick_line
    from coldbench.report.formats.terms import spelled
    from coldbench.report.topics.metrics import sentences
    from coldbench.study import gaps
    from coldbench.study import runs as lines_of

    console = open_console()
    records = list(study.records())
    lines = lines_of(study, records)
    if records:
        console.print(_means(lines))
        console.print(Text(spelled(list(dict.fromkeys(lines["scenario"])))))
        console.print(Text(yardstick_line(study), style="bold"))
    for text in sentences(gaps(lines)):
        console.print(Text(text, style="yellow"))
    bad = [record for record in records if record.status != "finished"]
    _print_bad(console, study, bad)
    holes = len(study.manifest.jobs) - len(study.stored())
    if holes > 0:
        console.print(f"{runs(holes)} of the plan not done yet: the same command goes on.")
    if not quiet:
        console.print(Text(f"Files: {plain(study.path)}"), soft_wrap=True)
        console.print(Text(f"Next: coldbench report {plain(study.path)}"), soft_wrap=True)


def _print_bad(console: Console, study: "Study", bad: Sequence[RunRecord]) -> None:
    for record in bad[:MOST_FAILURES]:
        console.print(failure(record, study), soft_wrap=True)
    if len(bad) > MOST_FAILURES:
        console.print(f"... and {len(bad) - MOST_FAILURES} more: see `coldbench report`.")
    if any(record.status != "declined" for record in bad):
        failed = [record for record in bad if record.status != "declined"]
        names = ",".join(dict.fromkeys(plain(record.job.learner) for record in failed))
        again = shlex.join(["coldbench", "run", "--again", names, "--out", plain(study.path)])
        console.print(
            Text(f"Mended the code? {again}\nElse the same command with --retry-failed tries "
                 "them again."), soft_wrap=True,
        )  # fmt: skip


def _means(lines: Any) -> Table:
    """Learners by scenarios, from `results.runs`."""
    from coldbench.report.summary import summary_of
    from coldbench.study import YARDSTICKS

    summary, done = summary_of(lines), lines[lines["status"] == "finished"]
    mae = summary[summary["metric"] == "mae"]
    tested = done.groupby("scenario")["seed"].nunique().to_dict()
    cells = {
        (str(line.learner), str(line.scenario)): _mean(line, tested.get(line.scenario, 0))
        for line in mae.itertuples()
    }
    names, scenarios = dict.fromkeys(mae["learner"]), dict.fromkeys(mae["scenario"])
    shown = {name: display_name(name) + MARK * (name in YARDSTICKS) for name in names}
    return _by_scenario(shown, list(scenarios), cells)


def _mean(line: Any, tested: int) -> str:
    """tested: seeds that any learner finished."""
    from coldbench.report.standings import of_seeds

    if not line.n_seeds:
        return "n/a"
    half = line.ci_high - line.mean
    text = f"{line.mean:.4f}" if half != half else f"{line.mean:.4f} ± {half:.4f}"
    return f"{text}\n{of_seeds(line.n_seeds, tested)}".strip()


def _by_scenario(
    names: Mapping[str, str], scenarios: Sequence[str], cells: Mapping[tuple[str, str], str]
) -> Table:
    lines = [
        (shown, *(cells.get((name, scenario), "n/a") for scenario in scenarios))
        for name, shown in names.items()
    ]
    return table(TITLE, ("learner", *scenarios), lines)


def print_report(
    study: "Study", paths: Mapping[str, Path], data: "ReportData | None" = None
) -> None:
    """The league table and the verdicts; the last line names the report's file.

    data: what `coldbench.report.build` made of the study, if at hand.
    """
    from coldbench.report import build
    from coldbench.report.document import Document
    from coldbench.report.formats.terms import spelled
    from coldbench.report.topics.league import LEGEND

    console = open_console()
    document = (data or build(study)).of(Document)
    console.print(Text(spelled(document.data.scenarios)))
    for text in document.front.answer:
        console.print(Text(text, style="bold"))
    console.print(_league(document.sections[0].tables[0]))
    console.print(f"{LEGEND}\n")
    for sentence in document.sentences:
        subject = f"{sentence.subject}: " if sentence.subject else ""
        console.print(Text(f"{subject}{sentence.text}"))
    console.print()
    console.print(Text(plain(paths["report.html"])), soft_wrap=True)


def _league(league: "Rows") -> Table:
    """The rows of the report's first table, marks included."""
    marks = {"best": "◆ ", "contender": "● ", "unsettled": "○ "}
    lines = [
        [
            f"{name.text}{MARK * name.note.startswith('yardstick')}",
            *(f"{marks.get(c.mark, '')}{c.text} {_note(c.note)}".strip() for c in cells),
        ]
        for name, *cells in league.rows
    ]
    return table(TITLE, [column.title for column in league.columns], lines)


def _note(note: str) -> str:
    """Half of the interval; how many seeds, if not all, on a line of its own."""
    parts = note.replace("± ", "±").split(", ")
    return "\n".join(part for part in parts if part.startswith("±") or part.endswith(" seeds"))
