"""What a study would run, and how long it may take."""

import os
from typing import TYPE_CHECKING

from rich.text import Text

from coldbench.cli.terminal.names import print_warnings
from coldbench.cli.terminal.screen import duration, open_console, runs, table
from coldbench.text import display_name, plain

if TYPE_CHECKING:
    from coldbench.study import StudyConfig

__all__ = ["print_left_out", "print_plan"]


def print_left_out(config: "StudyConfig") -> None:
    """The configurations of an ablation that will not run, each with its reason."""
    from coldbench.study import expanded

    console = open_console()
    for departure in (one for one in expanded(config).departures if one.left_out):
        line = f"Left out: {plain(departure.label)}: {plain(departure.left_out)}"
        console.print(Text(line), soft_wrap=True)


def print_plan(config: "StudyConfig", workers: int | None) -> None:
    """The jobs of a study and an estimate of the time they take; runs none of them."""
    from coldbench.study import Study, default_folder, estimate, plan, statements, todo

    console = open_console()
    ratings, jobs = plan(config)
    print_warnings(ratings.warnings)
    study = Study(default_folder(config, ratings.name))
    pending = todo(study, jobs)
    for sentence in statements(jobs[0]):
        console.print(Text(sentence, style="yellow"))
    console.print(f"{runs(len(jobs))}, {len(jobs) - len(pending)} stored already.")
    console.print(Text(f"Files: {plain(study.path)}"), soft_wrap=True)
    count = min(workers or os.cpu_count() or 1, max(len(pending), 1))
    probes = estimate(pending)
    lines = [
        (display_name(p.learner), p.jobs, p.epochs, p.problem or f"{p.seconds:.1f}") for p in probes
    ]
    columns = ("learner", "runs to do", "maximum epochs", "seconds a run")
    console.print(table("Jobs", columns, lines))
    total = sum(probe.seconds * probe.jobs for probe in probes) / count
    console.print(
        f"Estimate: about {duration(total)} with {count} worker{'s' if count > 1 else ''}. It "
        "scales one epoch on at most 200 users to the maximum number of epochs; early stopping "
        "makes it shorter."
    )
