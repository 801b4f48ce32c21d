"""`coldbench audit`: does a learner see what it must not?"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from coldbench.cli.commands.output import json_option, write_json

if TYPE_CHECKING:
    from coldbench.audit import Audit

__all__ = ["audit", "print_audit"]

Told = Callable[["Audit"], None]


@click.command()
@click.argument("target", metavar="STUDY|LEARNER[,LEARNER]")
@click.option("--dataset", "-d", help="A name of `coldbench list datasets`, or a folder.")
@click.option(
    "--set", "assign", multiple=True, metavar="OPTION=VALUE",
    help="An option of a learner, or dataset.OPTION, protocol.OPTION, as for `run`. Repeatable.",
)  # fmt: skip
@click.option("--protocol", "-p", help="A name of `coldbench list protocols`, for learners.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True,
              help="Of the job of a learner; of a study, which runs are drawn.")  # fmt: skip
@click.option("--runs", type=click.IntRange(1), default=1, show_default=True,
              help="How many runs of each learner of a study.")  # fmt: skip
@json_option
def audit(
    target: str, dataset: str | None, assign: tuple[str, ...], protocol: str | None, seed: int,
    runs: int, as_json: bool,
) -> None:  # fmt: skip
    """Audit the runs of a study, or learners, for leaks; exit status 0 only when all are clean.

    A job runs again in fresh processes without a true test rating in reach: with other hidden
    ratings, after another job, and with a part of its test tasks alone. What was found about a
    study is stored in it, and stands in its report.
    """
    given = {"dataset": dataset, "protocol": protocol}
    told: Told = (lambda one: None) if as_json else print_audit
    if _is_study(target):
        made = _study(target, given, assign, seed, runs, told)
    else:
        made = _learners(target, given, assign, seed, told)
    clean = sum(one.clean for one in made)
    if as_json:
        write_json({"clean": clean, "audited": made})
    else:
        click.echo(f"{clean} of {len(made)} audited jobs are clean")
    if clean < len(made):
        sys.exit(3)


def print_audit(one: "Audit") -> None:
    """One line, and one more for each leak or note."""
    seconds = f"{one.predictions:,} predictions, {one.seconds:.1f} s"
    told = {
        "clean": f"clean ({seconds})",
        "leaks": f"LEAKS ({seconds})",
        "not audited": f"not audited: {one.reason}",
    }[one.status]
    if one.sequential:
        told += "; its test users depend on each other, as it declares"
    click.echo(f"{one.learner!a} seed {one.seed}: {told}")
    for line in (*map(str, one.leaks), *(f"note: {note}" for note in one.notes)):
        click.echo(f"  {line}")


def _is_study(target: str) -> bool:
    """A folder with a plan, or what can only be meant as a folder."""
    return "/" in target or (Path(target) / "study.json").exists()


def _study(
    target: str, given: dict[str, str | None], assign: tuple[str, ...], seed: int, runs: int,
    told: "Told",
) -> list["Audit"]:  # fmt: skip
    from coldbench.errors import UsageError
    from coldbench.options import parse_assignments
    from coldbench.study import Study, audit_study

    if given["protocol"]:
        raise UsageError("a study has its own protocol: leave --protocol away")
    options = parse_assignments(assign)
    if stray := options.keys() - {"dataset"}:
        raise UsageError(f"a study has its own options: leave --set {min(stray)}... away")
    study, name = Study.open(Path(target)), given["dataset"] or ""
    return audit_study(study, runs, seed, name, options.get("dataset", {}), told)


def _learners(
    target: str, given: dict[str, str | None], assign: tuple[str, ...], seed: int, told: "Told"
) -> list["Audit"]:
    from coldbench.cli.commands.run import overrides
    from coldbench.study import audit_config, read_study

    models = [name.strip() for name in target.split(",") if name.strip()]
    said: dict[str, Any] = {**overrides(models, assign), **given, "seeds": (seed,)}
    config = read_study(None, {key: value for key, value in said.items() if value is not None})
    return audit_config(config, told)
