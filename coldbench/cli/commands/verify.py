"""`coldbench verify`: is a study complete, and does it repeat?"""

import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from coldbench.cli.commands.output import json_option, write_json

__all__ = ["verify"]


@click.command()
@click.argument("study", type=click.Path(path_type=Path))
@click.option("--replay", type=click.IntRange(1), metavar="K", help="Run K stored jobs again.")
@click.option("--audit", type=click.IntRange(1), metavar="K", help="Audit K stored jobs for leaks.")
@click.option("--seed", default=0, show_default=True, help="Which jobs are drawn.")
@click.option("--data", "dataset", default="", help="Name or folder of the data, for both.")
@click.option(
    "--set", "assign", multiple=True, metavar="OPTION=VALUE", help="An option of those data."
)
@click.option("--workers", "-w", type=click.IntRange(1), default=1, help="Processes for --replay.")
@json_option
def verify(
    study: Path, replay: int | None, audit: int | None, seed: int, dataset: str,
    assign: tuple[str, ...], workers: int, as_json: bool,
) -> None:  # fmt: skip
    """Check that a study is complete, unedited and consistent; --replay checks that runs repeat,
    --audit that learners see nothing that they must not. Of a folder of studies, check each.

    Other bits on another machine are a note where rounding explains them, else damage.
    """
    from coldbench.league import holds_studies, studies_of
    from coldbench.options import parse_assignments

    options = parse_assignments([f"dataset.{text}" for text in assign]).get("dataset", {})
    say: Callable[[str], None] = (lambda text: None) if as_json else click.echo
    asked = replay, audit, seed, dataset, options, workers
    if not holds_studies(study):
        facts, good = _verified(study, say, *asked)
    else:
        every = {}
        for one in studies_of(study):
            say(f"{one.path.name}:")
            every[one.path.name] = _verified(one.path, say, *asked)
        good = all(passed for _, passed in every.values())
        found = {name: told for name, (told, _) in every.items()}
        facts = {"folder": study, "passed": good, "studies": found}
    if as_json:
        write_json(facts)
    if not good:
        sys.exit(4)


def _verified(
    path: Path, say: Callable[[str], None], replay: int | None, audit: int | None, seed: int,
    dataset: str, options: dict[str, Any], workers: int,
) -> tuple[dict[str, Any], bool]:  # fmt: skip
    """The facts about one study, and whether nothing is wrong with it."""
    from coldbench.cli.commands.audit import print_audit
    from coldbench.study import Study, audit_study
    from coldbench.study import replay as replay_runs
    from coldbench.study import verify as verify_study

    verdict = verify_study(path)
    for finding in verdict.findings:
        say(str(finding))
    say(
        f"{verdict.stored} of {verdict.planned} planned runs, "
        f"{verdict.predictions} with predictions: {'good' if verdict.passed else 'not good'}"
    )
    again = []
    if replay is not None and verdict.intact:
        show = lambda record, same: say(  # noqa: E731
            f"{record.job.learner!a} seed {record.job.seeds.label}: "
            f"{'the same, bit for bit' if same else 'not the same, bit for bit: see below'}"
        )
        again = replay_runs(Study.open(path), replay, seed, dataset, options, show, workers)
        for finding in again:
            say(str(finding))
    audited = []
    if audit is not None and verdict.intact:
        told = lambda one: None if say is not click.echo else print_audit(one)  # noqa: E731
        audited = audit_study(Study.open(path), audit, seed, dataset, options, told, apiece=False)
    wrong = any(one.kind == "damage" for one in again) or not all(one.clean for one in audited)
    facts = {**asdict(verdict), "passed": verdict.passed, "replayed": again, "audited": audited}
    return facts, verdict.passed and not wrong
