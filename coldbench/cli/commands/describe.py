"""`coldbench describe`: one learner, before it is run."""

import click

from coldbench.cli.commands.output import json_option, write_json

__all__ = ["describe"]


@click.command()
@click.argument("learner")
@json_option
def describe(learner: str, as_json: bool) -> None:
    """Describe LEARNER: idea and paper, options with defaults and what `tune` may change, where
    its code is, and what a run costs where that was measured.
    """
    from coldbench.cli.terminal.looking import print_learner
    from coldbench.league import cost_of
    from coldbench.study import learner_facts

    facts = {**learner_facts(learner), "cost": cost_of(learner)}
    if as_json:
        write_json(facts)
    else:
        print_learner(facts)
