"""`coldbench verify`: is a study complete, and does it repeat?"""

import sys
from pathlib import Path

import click

__all__ = ["verify"]


@click.command()
@click.argument("study", type=click.Path(path_type=Path))
@click.option("--replay", type=click.IntRange(1), metavar="K", help="Run K stored jobs again.")
@click.option("--seed", default=0, show_default=True, help="Which jobs are drawn for --replay.")
@click.option("--data", "dataset", default="", help="For --replay: name or folder of the data.")
@click.option(
    "--set", "assign", multiple=True, metavar="OPTION=VALUE", help="An option of those data."
)
@click.option("--workers", "-w", type=click.IntRange(1), default=1, help="Processes for --replay.")
def verify(
    study: Path, replay: int | None, seed: int, dataset: str, assign: tuple[str, ...], workers: int
) -> None:
    """Check that a study is complete, unedited and consistent; --replay checks that runs repeat.

    Other bits on another machine are a note where rounding explains them, else damage.
    """
    from coldbench.options import parse_assignments
    from coldbench.study import Study
    from coldbench.study import replay as replay_runs
    from coldbench.study import verify as verify_study

    verdict = verify_study(study)
    for finding in verdict.findings:
        click.echo(str(finding))
    click.echo(
        f"{verdict.stored} of {verdict.planned} planned runs, "
        f"{verdict.predictions} with predictions: {'good' if verdict.passed else 'not good'}"
    )
    again = []
    if replay is not None and verdict.intact:
        options = parse_assignments([f"dataset.{text}" for text in assign]).get("dataset", {})
        show = lambda record, same: click.echo(  # noqa: E731
            f"{record.job.learner!a} seed {record.job.seeds.label}: "
            f"{'the same, bit for bit' if same else 'not the same, bit for bit: see below'}"
        )
        again = replay_runs(Study.open(study), replay, seed, dataset, options, show, workers)
        for finding in again:
            click.echo(str(finding))
    if any(one.kind == "damage" for one in again) or not verdict.passed:
        sys.exit(4)
