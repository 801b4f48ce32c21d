"""`coldbench show`: what is in a study."""

from pathlib import Path

import click

from coldbench.cli.commands.output import json_option, write_json

__all__ = ["show"]


@click.command()
@click.argument("study", type=click.Path(path_type=Path))
@json_option
def show(study: Path, as_json: bool) -> None:
    """Show what is in STUDY: settings, learners with the options that they ran with, runs,
    fingerprints, and warnings.

    Options are those that differ from the defaults of today.
    """
    from coldbench.cli.facts.study import study_facts
    from coldbench.cli.terminal.looking import print_study_facts
    from coldbench.study import Study

    facts = study_facts(Study.open(study))
    if as_json:
        write_json(facts)
    else:
        print_study_facts(facts)
