"""`coldbench enter`: a learner among all of a reference pack."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coldbench.cli.commands.audit import print_audit
from coldbench.cli.commands.output import json_option, quiet_option, write_json
from coldbench.cli.commands.run import overrides

if TYPE_CHECKING:
    from coldbench.league import Entry

__all__ = ["enter"]

WHERE = click.Path(path_type=Path)


@click.command()
@click.argument("learner")
@click.option("--reference", "-r", required=True, metavar="PACK",
              help="NAME@RELEASE of `coldbench reference list`, or a file.")  # fmt: skip
@click.option("--data", "-d", default="", help="Folder of the data, where no name finds them.")
@click.option("--lite", is_flag=True, help="Three seeds only, and what three can show.")
@click.option("--sentinel", default="ridge", show_default=True,
              help="The learner of the pack that has to come out here as there.")  # fmt: skip
@click.option("--config", "-c", type=WHERE,
              help="A YAML file with options, variants or tuning of the learner, such as "
              "tuned.yaml.")  # fmt: skip
@click.option("--set", "assign", multiple=True, metavar="LEARNER.OPTION=VALUE",
              help="An option of the learner, or dataset.OPTION. Repeatable.")  # fmt: skip
@click.option("--out", "-o", type=WHERE, help="Folder; default: results/PACK-LEARNER.")
@click.option("--submit", type=WHERE, metavar="FOLDER",
              help="Also write an entry for `coldbench review`; with --config tuned.yaml, the "
              "history.csv beside it goes along.")  # fmt: skip
@click.option("--workers", "-w", type=click.IntRange(1), help="Processes; default: one a core.")
@click.option("--no-check", is_flag=True, help="Run the learner without a quick check.")
@quiet_option
@json_option
def enter(
    learner: str, reference: str, data: str, lite: bool, sentinel: str, config: Path | None,
    assign: tuple[str, ...], out: Path | None, submit: Path | None, workers: int | None,
    no_check: bool, quiet: bool, as_json: bool,
) -> None:  # fmt: skip
    """Run LEARNER as all learners of a reference pack were run, and report it among them.

    Data set, protocol, seeds, scenarios and shots are those of the pack. Only LEARNER and a
    sentinel run here: the sentinel shows that data, splits and arithmetic are the pack's. LEARNER
    is audited for leaks; one that leaks is not joined. A stopped entry goes on where it stopped.
    """
    from coldbench.cli.facts.entering import entry_facts
    from coldbench.cli.facts.runs import has_failed
    from coldbench.cli.terminal import Display, print_report, progress_console
    from coldbench.cli.terminal.entering import print_entry
    from coldbench.league import Asked, find_pack
    from coldbench.league import enter as enter_learner
    from coldbench.report import build, write_report
    from coldbench.study import How, read_config

    said = {key: value for key, value in overrides(None, assign).items() if value is not None}
    asked = Asked(
        learner, find_pack(reference), read_config(config, said), data, sentinel, lite, out
    )
    shown = progress_console(quiet, as_json)
    told = (lambda one: None) if as_json or quiet else print_audit
    with Display(shown) as display:
        made = enter_learner(asked, How(workers, check=not no_check), display.progress, told)
    files = {}
    if made.study is not None:
        report = build(made.study, [learner])
        files = write_report(made.study, made.folder, data=report)
        if not as_json:
            print_report(made.study, files, report)
    if submit is not None and made.study is not None:
        files["submitted"] = _submitted(made, submit, config)
    if as_json:
        write_json(entry_facts(made, files))
    else:
        print_entry(made, asked)
        if "submitted" in files:
            click.echo(f"Entry for `coldbench review`: {submit}")
    if made.study is None or has_failed(tuple(made.own.records())):
        sys.exit(3)


def _submitted(made: "Entry", folder: Path, config: Path | None) -> Path:
    """An entry for review, with the trials that `coldbench tune` left beside its tuned.yaml."""
    from coldbench.league import write_entry
    from coldbench.study import learner_facts

    base = str(made.own.manifest.learners[made.facts.learner]["base"])
    history = config.parent / "history.csv" if config else None
    write_entry(made.folder, folder, learner_facts(base), history)
    return folder
